# Copyright 2026 Sync Studio contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl.html)
"""What the logs tell about calls: images and long lists by their size only."""

import functools
import json

MAX_TEXT = 200  # characters
MAX_ITEMS = 20


def logged(function, recipient, eval_context):
    """Return ``function`` with its arguments and its result logged.

    :param str recipient: who is called, e.g. ``"https://odoo.example.com (odoo)"``
    :param dict eval_context: the base names given to ``_eval_context_<name>``
    """

    @functools.wraps(function)
    def call(*args, **kwargs):
        data = summary(list(args) + ([kwargs] if kwargs else []))
        eval_context["log_transmission"](recipient, data)
        result = function(*args, **kwargs)
        eval_context["log"](
            summary(result),
            level=eval_context["LOG_DEBUG"],
            name=recipient,
            log_type="data_in",
        )
        return result

    return call


def summary(value):
    """Return ``value`` as JSON text; what is long is replaced by its size.

    >>> summary({"name": "Ann", "image_1920": "iVBOR" * 100})
    '{"name": "Ann", "image_1920": "<500 characters>"}'
    """
    return json.dumps(_shorten(value), ensure_ascii=False, default=str)


def _shorten(value):
    if isinstance(value, (str, bytes)) and len(value) > MAX_TEXT:
        return "<%s characters>" % len(value)
    if isinstance(value, dict):
        return {key: _shorten(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        items = [_shorten(item) for item in value[:MAX_ITEMS]]
        more = len(value) - MAX_ITEMS
        return items + ["<%s more>" % more] if more > 0 else items
    return value
