# Copyright 2026 Sync Studio contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl.html)
"""Which failures are worth another try, and when. No ORM.

A fault of the network or of a busy server passes; a fault in the code, in the data or
in the settings does not.
"""

import errno
import http.client
import math
import socket
import ssl
import urllib.error
import xmlrpc.client
from datetime import datetime, timezone
from email.utils import parsedate_to_datetime

import requests
import urllib3

try:
    import httpx
except ImportError:  # optional: only some integrations bring it
    httpx = None

# Answers of a server that ask for patience; those from 500 on do too.
RETRY_STATUSES = frozenset([408, 425, 429])
LONGEST_WAIT = 7 * 24 * 60 * 60  # seconds; no server's wish is followed any further

TRANSIENT_ERRORS = (
    ConnectionError,
    TimeoutError,
    socket.timeout,
    socket.gaierror,
    socket.herror,
    ssl.SSLEOFError,
    http.client.IncompleteRead,
    http.client.BadStatusLine,
    requests.exceptions.ConnectionError,
    requests.exceptions.Timeout,
    requests.exceptions.ChunkedEncodingError,
    requests.exceptions.RetryError,
    urllib3.exceptions.TimeoutError,
    urllib3.exceptions.ProtocolError,
    urllib3.exceptions.ProxyError,
    urllib3.exceptions.MaxRetryError,
)
if httpx:
    TRANSIENT_ERRORS += (
        httpx.NetworkError,
        httpx.ProxyError,
        httpx.RemoteProtocolError,
        httpx.TimeoutException,
    )
# Connection errors for which Python has no class.
TRANSIENT_CODES = frozenset(
    [
        errno.EHOSTDOWN,
        errno.EHOSTUNREACH,
        errno.ENETDOWN,
        errno.ENETRESET,
        errno.ENETUNREACH,
    ]
)


def is_transient(error):
    """Tell whether an exception that escaped user code deserves another try."""
    status = http_status(error)
    if status:
        return status in RETRY_STATUSES or 500 <= status <= 599
    if isinstance(error, urllib.error.URLError):
        return isinstance(error.reason, BaseException) and is_transient(error.reason)
    is_code = type(error) is OSError and error.errno in TRANSIENT_CODES
    return is_code or isinstance(error, TRANSIENT_ERRORS)


def http_status(error):
    """Return the HTTP status (int) that an HTTP client's error carries, or None."""
    if isinstance(error, urllib.error.HTTPError):
        return error.code
    if isinstance(error, xmlrpc.client.ProtocolError):
        return error.errcode
    response = _response(error)
    return None if response is None else response.status_code


def retry_after(error):
    """Return the seconds (int, at least 1) the server asked to wait, or None."""
    response = _response(error)
    headers = getattr(error if response is None else response, "headers", None)
    value = headers.get("Retry-After") if hasattr(headers, "get") else None
    seconds = _seconds(value) if value else None
    return None if seconds is None else min(max(1, math.ceil(seconds)), LONGEST_WAIT)


def _response(error):
    """The answer inside the error of requests, httpx or a client built on them."""
    is_http_error = isinstance(error, requests.exceptions.HTTPError) or (
        httpx and isinstance(error, httpx.HTTPStatusError)
    )
    return error.response if is_http_error else None


def _seconds(value):
    """Read the header's two forms, seconds or a date; None for anything else."""
    try:
        seconds = float(value)
    except ValueError:
        return _seconds_until(value)
    return seconds if math.isfinite(seconds) else None


def _seconds_until(value):
    try:
        date = parsedate_to_datetime(value)
    except (TypeError, ValueError):
        return None
    if date.tzinfo is None:
        date = date.replace(tzinfo=timezone.utc)
    return (date - datetime.now(timezone.utc)).total_seconds()
