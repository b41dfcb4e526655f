# Copyright 2026 Sync Studio contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl.html)
"""Libraries, tools and exceptions for user code."""

from base64 import b64decode, b64encode

from pytz import timezone

from odoo.exceptions import UserError, ValidationError
from odoo.tools import DEFAULT_SERVER_DATETIME_FORMAT, html2plaintext
from odoo.tools.misc import get_lang
from odoo.tools.safe_eval import datetime, dateutil, json, time

from odoo.addons.queue_job.exception import RetryableJobError

from ..attribute_guard import get_attribute, set_attribute
from ..tools import record2image, type2str, url2base64


def libs(run):
    """Libraries and tools

    * ``json``, ``time``, ``datetime``, ``dateutil``, ``timezone``, ``b64encode``,
      ``b64decode``
    * ``url2base64(url)``: download a file, e.g. for an image field
    * ``record2image(record, fname="image_1920")``: attachment that holds an image
    * ``get_lang(env, lang_code=False)``: language record
    * ``html2plaintext(html)``; ``type2str(value)``: name of the type of a value
    * ``getattr(record, name, default=None)``, ``setattr(record, name, value)``
    * ``DEFAULT_SERVER_DATETIME_FORMAT``
    * exceptions: ``UserError``, ``ValidationError``, ``OSError`` and
      ``RetryableJobError(message, seconds=None)``, which has a queued job tried again
      after 5 minutes, then 15 minutes, 1 hour and 3 hours, or after ``seconds``
    """
    return {
        "json": json,
        "time": time,
        "datetime": datetime,
        "dateutil": dateutil,
        "timezone": timezone,
        "b64encode": b64encode,
        "b64decode": b64decode,
        "url2base64": url2base64,
        "record2image": record2image,
        "get_lang": get_lang,
        "html2plaintext": html2plaintext,
        "type2str": type2str,
        "getattr": get_attribute,
        "setattr": set_attribute,
        "DEFAULT_SERVER_DATETIME_FORMAT": DEFAULT_SERVER_DATETIME_FORMAT,
        "UserError": UserError,
        "ValidationError": ValidationError,
        "RetryableJobError": RetryableJobError,
        "OSError": OSError,
    }
