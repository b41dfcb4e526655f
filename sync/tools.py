# Copyright 2026 Sync Studio contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl.html)
"""Tools for integrations: import them in ``_eval_context_<name>`` methods."""

import functools
from base64 import b64encode

import requests

from .models.ir_logging import LOG_ERROR

URL_TIMEOUT = 42  # seconds


class AttrDict(dict):
    """A dict whose keys are its attributes: ``params.URL``.

    Made from a dict or from keyword arguments. A missing key raises AttributeError
    that lists the keys there are.
    """

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        # A key wins over a method of the same name, as in ``api.get(...)``.
        self.__dict__ = self

    def __getattr__(self, name):
        keys = ", ".join(sorted(map(str, self))) or "none"
        raise AttributeError("There is no %s here. Keys found: %s." % (name, keys))

    def __reduce__(self):
        # How copies are made: anew, as a copied ``__dict__`` would be another dict.
        return type(self), (dict(self),)


def url2base64(url):
    """Download ``url`` and return its content as base64 (bytes); None without a URL.

    :raises requests.HTTPError: the server did not answer with success
    """
    if not url:
        return None
    response = requests.get(url, timeout=URL_TIMEOUT)
    response.raise_for_status()
    return b64encode(response.content)


def record2image(record, fname=None):
    """Return the ``ir.attachment`` that holds a binary field of a record, if any.

    :param str fname: name of the field, ``image_1920`` by default
    """
    record.flush()
    domain = [
        ("res_model", "=", record._name),
        ("res_id", "=", record.id),
        ("res_field", "=", fname or "image_1920"),
    ]
    return record.env["ir.attachment"].sudo().search(domain, limit=1)


def type2str(value):
    """Return the type of a value as text, e.g. ``"<class 'int'>"``."""
    return str(type(value))


class LogExternalQuery:
    """Decorator: log the arguments, the result and the failure of an external call.

    :param str target_name: what is called, e.g. ``"Viber->send_message"``
    :param dict eval_context: the base names given to ``_eval_context_<name>``
    """

    def __init__(self, target_name, eval_context):
        self.target_name = target_name
        self.log = eval_context["log"]
        self.log_transmission = eval_context["log_transmission"]

    def __call__(self, function):
        @functools.wraps(function)
        def logged(*args, **kwargs):
            self.log_transmission(self.target_name, "%s %s" % (args, kwargs))
            try:
                result = function(*args, **kwargs)
            except Exception as error:
                self._log_answer(str(error), level=LOG_ERROR)
                raise
            self._log_answer("RESULT: %s" % (result,))
            return result

        return logged

    def _log_answer(self, text, **level):
        self.log(text, name=self.target_name, log_type="data_in", **level)
