# Copyright 2026 Sync Studio contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl.html)
"""From what ``handle_webhook`` returns to the HTTP response. No ORM."""

import json
import re
from http import HTTPStatus
from reprlib import repr as short_repr

from werkzeug.wrappers import Response

from odoo import _

from .exceptions import SyncError
from .models.ir_logging import LOG_INFO

TEXT = "text/plain; charset=utf-8"
HTML = "text/html; charset=utf-8"
JSON = "application/json"
WITHOUT_BODY = (HTTPStatus.NO_CONTENT, HTTPStatus.NOT_MODIFIED)
# The server itself sets these, to what it really sends.
SERVER_HEADERS = ("connection", "content-length", "transfer-encoding")
HEADER_NAME = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+")
HEADER_VALUE = re.compile(r"[\t\x20-\x7e\x80-\xff]*")


def not_found():
    """The response for an address that is unknown, or that is switched off."""
    return Response("Not found", status=404, content_type=TEXT)


def too_large(limit):
    """The response for a body over the limit (MB)."""
    text = "The body is larger than %s MB." % limit
    return Response(text, status=413, content_type=TEXT)


def busy(job=None):
    """The response when others keep changing what the handler changes."""
    text = "job %s" % job.id if job else "Busy"
    headers = [("Retry-After", "60")]
    return Response(text, status=503, content_type=TEXT, headers=headers)


def broken():
    """The response to a body that is shorter than announced, or badly cut."""
    return Response("The body is incomplete.", status=400, content_type=TEXT)


def refused():
    """The response to a request that is not proven to come from the sender."""
    return Response("Not authorized", status=401, content_type=TEXT)


def forbidden():
    """The response to an address that may not call."""
    return Response("Forbidden", status=403, content_type=TEXT)


def limited(seconds):
    """The response to one request too many; the sender may come again in seconds."""
    headers = [("Retry-After", str(seconds))]
    text = "Too many requests"
    return Response(text, status=429, content_type=TEXT, headers=headers)


def stored(delivery):
    """The response to a request that a queued job is going to handle."""
    body = json.dumps({"delivery": delivery.id})
    return Response(body, status=202, content_type=JSON)


def greeting(body, content_type):
    """The response to a handshake."""
    # What the sender chose shall not be taken for anything but text by a browser.
    headers = [("X-Content-Type-Options", "nosniff")]
    return Response(body, status=200, content_type=content_type, headers=headers)


class Answer:
    """Makes the response to one request and logs both.

    :param str webhook_type: ``"json"`` or ``"http"``
    :param str trigger_name: for the log
    :param httprequest: the request (``HandlerRequest``)
    :param reception: keeps the response, see ``webhook_inbox``
    """

    def __init__(self, webhook_type, trigger_name, httprequest, reception):
        self._is_json = webhook_type == "json"
        self._trigger_name = trigger_name
        self._httprequest = httprequest
        self._reception = reception
        self._call = _json_rpc_call(httprequest.data) if self._is_json else None

    @property
    def side(self):
        """Where the job was opened (SideTransaction)."""
        return self._reception.side

    @property
    def job(self):
        """The job of the run; it was opened together with the delivery."""
        return self._reception.job

    @property
    def project_values(self):
        """What the project held when the request was judged (ProjectValues)."""
        return self._reception.project_values

    def store(self, cr):
        """Keep the response at the end of the run."""
        self._reception.store_answer(cr)

    def request_text(self):
        """Give the line that describes the request in the log."""
        httprequest = self._httprequest
        return "%s %s, %s bytes from %s" % (
            httprequest.method,
            httprequest.full_path.rstrip("?"),
            len(httprequest.data),
            httprequest.remote_addr,
        )

    def start(self, log):
        """Log the request."""
        log(self.request_text(), LOG_INFO, self._trigger_name, "data_in")

    def success(self, result, log):
        """Make the response from what the handler returned.

        :raises SyncError: it cannot be sent
        """
        data, status, headers = _split(result, self._is_json)
        try:
            body, content_type = self._body(data, status)
            response = Response(body, status=status, content_type=content_type)
        except (TypeError, ValueError, RecursionError) as error:
            raise _unsendable(result, error) from error
        for name, value in _checked_headers(result, headers):
            # Several cookies may be set; of the type there is one.
            add = response.headers.set if _is_type(name) else response.headers.add
            add(name, value)
        self._send(response, log)

    def failure(self, job, log):
        """Make the response to a failed run: the number of the job, nothing else."""
        if self._call:
            number = {"job": job.id}
            error = {"code": -32000, "message": "job %s" % job.id, "data": number}
            body, content_type = self._envelope("error", error), JSON
        elif self._is_json:
            body, content_type = json.dumps({"job": job.id}), JSON
        else:
            body, content_type = "job %s" % job.id, TEXT
        self._send(Response(body, status=500, content_type=content_type), log)

    def _send(self, response, log):
        self._reception.response = response
        text = "%s\n%s" % (response.status, _printable(response.data))
        log(text, name=self._recipient(), log_type="data_out")

    def _recipient(self):
        return "%s: %s" % (self._trigger_name, self._httprequest.remote_addr)

    def _body(self, data, status):
        """Give the body and its content type.

        :raises ValueError, TypeError, RecursionError: it is no JSON value
        """
        if status in WITHOUT_BODY:
            return b"", TEXT
        if self._call:
            result = "OK" if data is None else _text(data)
            return self._envelope("result", result), JSON
        if isinstance(data, (str, bytes)):
            return data, TEXT if self._is_json else HTML
        if data is None or not (data or self._is_json):
            return "OK", TEXT
        return _dump(data), JSON

    def _envelope(self, key, value):
        return _dump({"jsonrpc": "2.0", "id": self._call["id"], key: value})


def _split(result, is_json):
    """Take apart (data, status, headers), (data, status) or data alone."""
    if not isinstance(result, tuple) or not (result or is_json):
        return result, 200, []
    if len(result) not in (2, 3):
        raise _unsendable(result, _("a tuple has two or three items"))
    data, status, headers = result if len(result) == 3 else result + ([],)
    is_number = isinstance(status, int) and not isinstance(status, bool)
    if not is_number or not 200 <= status <= 599:
        raise _unsendable(result, _("%r is no HTTP status") % (status,))
    return data, int(status), headers


def _checked_headers(result, headers):
    """Give the headers as pairs of texts, without those of the server's own.

    :raises SyncError: one of them cannot be sent
    """
    try:
        items = headers.items() if isinstance(headers, dict) else headers or []
        pairs = [(str(name), str(value)) for name, value in items]
    except (TypeError, ValueError) as error:
        raise _unsendable(result, _("headers are a list of pairs")) from error
    for name, value in pairs:
        if not (HEADER_NAME.fullmatch(name) and HEADER_VALUE.fullmatch(value)):
            raise _unsendable(result, _("%s: %s is no header") % (name, value))
    return [pair for pair in pairs if pair[0].lower() not in SERVER_HEADERS]


def _is_type(header):
    return header.lower() == "content-type"


def _dump(data):
    return json.dumps(data, allow_nan=False)


def _unsendable(result, reason):
    return SyncError(
        _(
            "handle_webhook returned what cannot be sent as a response: %s: %s (%s). "
            "Return a text, bytes or a JSON value, alone or followed by a status, "
            "or by a status and a list of headers."
        )
        % (type(result).__name__, short_repr(result), reason)
    )


def _json_rpc_call(body):
    """Give the JSON-RPC 2.0 call (dict with its ``id``) in a body, or None."""
    if b"jsonrpc" not in body:
        return None
    try:
        call = json.loads(body)
    except (ValueError, RecursionError):
        return None
    is_call = isinstance(call, dict) and call.get("jsonrpc") == "2.0"
    if not is_call or "method" not in call:
        return None
    number = call.get("id")
    return {"id": number if isinstance(number, (str, int)) else None}


def _text(data):
    return data.decode("utf-8", "replace") if isinstance(data, bytes) else data


def _printable(body):
    try:
        return body.decode("utf-8")
    except UnicodeDecodeError:
        return "<%s bytes>" % len(body)
