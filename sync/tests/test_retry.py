# Copyright 2026 Sync Studio contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl.html)
"""Which failures are tried again: real errors of real clients, and when."""

import errno
import http.client
import socket
import threading
import urllib.error
import urllib.request
import xmlrpc.client
from contextlib import contextmanager
from datetime import datetime, timedelta, timezone
from email.utils import format_datetime
from http.server import BaseHTTPRequestHandler, HTTPServer

import requests
import urllib3

from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import BaseCase

from odoo.addons.queue_job.exception import RetryableJobError

from .. import retry
from ..exceptions import CodeError

try:
    import httpx
except ImportError:
    httpx = None

TRANSIENT_STATUSES = (408, 425, 429, 500, 501, 502, 503, 504, 511, 599)
OTHER_STATUSES = (400, 401, 403, 404, 405, 409, 410, 413, 422, 451)
UNKNOWN_HOST = "http://no-such-host.invalid/"  # reserved to stay unknown


class Server(BaseHTTPRequestHandler):
    """Answers with the status in the path; 0 breaks the answer off."""

    headers_sent = {}

    def do_GET(self):
        status = int(self.path.strip("/"))
        if status:
            self.send_response(status)
            for name, value in self.headers_sent.items():
                self.send_header(name, value)
            self.send_header("Content-Length", "0")
            self.end_headers()
        else:
            self.wfile.write(b"HTTP/1.1 200 OK\r\n")
            self.wfile.write(b"Transfer-Encoding: chunked\r\n\r\n9\r\nbroken")

    def do_POST(self):
        self.rfile.read(int(self.headers["Content-Length"]))
        self.do_GET()

    def log_message(self, *args):
        """Be silent."""


@contextmanager
def listening():
    """Give a socket that takes connections, and never answers."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen()
        yield "http://127.0.0.1:%s/" % listener.getsockname()[1]


def closed_port():
    """Give an address where nobody listens."""
    with listening() as url:
        return url


def error_of(function, *args, **kwargs):
    """Call a function that must fail; give its exception."""
    try:
        function(*args, **kwargs)
    except Exception as error:
        return error
    raise AssertionError("No error came from %s" % (function,))


def http_error(url):
    response = requests.get(url, timeout=5)
    return error_of(response.raise_for_status)


class RetryCase(BaseCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.server = HTTPServer(("127.0.0.1", 0), Server)
        cls.url = "http://127.0.0.1:%s/" % cls.server.server_port
        thread = threading.Thread(target=cls.server.serve_forever, daemon=True)
        thread.start()
        cls.addClassCleanup(cls.server.server_close)
        cls.addClassCleanup(cls.server.shutdown)

    def setUp(self):
        super().setUp()
        self.addCleanup(setattr, Server, "headers_sent", {})

    def assertTransient(self, error, expected=True):
        chain = "%s of %s" % (error, type(error).__mro__)
        self.assertEqual(retry.is_transient(error), expected, chain)


class TestConnections(RetryCase):
    """Connection, time-out and name-resolution errors."""

    def test_requests(self):
        with listening() as silent:
            errors = {
                "refused": error_of(requests.get, closed_port(), timeout=5),
                "time-out": error_of(requests.get, silent, timeout=0.1),
                "name": error_of(requests.get, UNKNOWN_HOST, timeout=5),
                "broken": error_of(requests.get, self.url + "0", timeout=5),
            }
        for title, error in errors.items():
            with self.subTest(title):
                self.assertIsInstance(error, requests.RequestException)
                self.assertTransient(error)

    def test_requests_that_gave_up(self):
        """An adapter may try again by itself; then the last error is its own."""
        session = requests.Session()
        retries = urllib3.Retry(1, status_forcelist=[503], backoff_factor=0)
        session.mount("http://", requests.adapters.HTTPAdapter(max_retries=retries))
        error = error_of(session.get, self.url + "503")
        self.assertIsInstance(error, requests.exceptions.RetryError)
        self.assertTransient(error)

    def test_httpx(self):
        if not httpx:
            self.skipTest("httpx is not installed")
        with listening() as silent:
            errors = {
                "refused": error_of(httpx.get, closed_port()),
                "time-out": error_of(httpx.get, silent, timeout=0.1),
                "name": error_of(httpx.get, UNKNOWN_HOST),
                "broken": error_of(httpx.get, self.url + "0"),
            }
        for title, error in errors.items():
            with self.subTest(title):
                self.assertIsInstance(error, httpx.TransportError)
                self.assertTransient(error)

    def test_urllib3(self):
        pool = urllib3.PoolManager(retries=False)
        with listening() as silent:
            errors = {
                "refused": error_of(pool.request, "GET", closed_port()),
                "time-out": error_of(pool.request, "GET", silent, timeout=0.1),
                "name": error_of(pool.request, "GET", UNKNOWN_HOST),
                "retries": error_of(
                    urllib3.PoolManager().request, "GET", closed_port()
                ),
            }
        for title, error in errors.items():
            with self.subTest(title):
                self.assertIsInstance(error, urllib3.exceptions.HTTPError)
                self.assertTransient(error)

    def test_urllib(self):
        with listening() as silent:
            errors = {
                "refused": error_of(urllib.request.urlopen, closed_port()),
                "time-out": error_of(urllib.request.urlopen, silent, timeout=0.1),
                "name": error_of(urllib.request.urlopen, UNKNOWN_HOST),
                "broken": error_of(urllib.request.urlopen(self.url + "0").read),
            }
        for title, error in errors.items():
            with self.subTest(title):
                self.assertTransient(error)

    def test_socket(self):
        port = int(closed_port().rstrip("/").rsplit(":", 1)[1])
        with listening() as silent, socket.socket() as client:
            client.settimeout(0.1)
            client.connect(("127.0.0.1", int(silent.rstrip("/").rsplit(":", 1)[1])))
            errors = {
                "refused": error_of(socket.create_connection, ("127.0.0.1", port)),
                "time-out": error_of(client.recv, 1),
                "name": error_of(socket.getaddrinfo, "no-such-host.invalid", 80),
            }
        for title, error in errors.items():
            with self.subTest(title):
                self.assertTransient(error)

    def test_errors_of_the_system(self):
        """The class is Python's choice, by the number."""
        for number in (
            errno.ECONNREFUSED,
            errno.ECONNRESET,
            errno.ECONNABORTED,
            errno.EPIPE,
            errno.ETIMEDOUT,
            errno.EHOSTUNREACH,
            errno.ENETUNREACH,
        ):
            with self.subTest(errno.errorcode[number]):
                self.assertTransient(OSError(number, "of the network"))

    def test_xmlrpc(self):
        with listening() as silent:
            socket.setdefaulttimeout(0.1)
            self.addCleanup(socket.setdefaulttimeout, None)
            slow = error_of(xmlrpc.client.ServerProxy(silent).method)
        errors = {
            "refused": error_of(xmlrpc.client.ServerProxy(closed_port()).method),
            "time-out": slow,
            "name": error_of(xmlrpc.client.ServerProxy(UNKNOWN_HOST).method),
            "busy": error_of(xmlrpc.client.ServerProxy(self.url + "503").method),
        }
        for title, error in errors.items():
            with self.subTest(title):
                self.assertTransient(error)

    def test_a_closed_connection(self):
        self.assertTransient(http.client.RemoteDisconnected("closed"))
        self.assertTransient(http.client.IncompleteRead(b""))
        self.assertTransient(http.client.BadStatusLine(""))


class TestStatuses(RetryCase):
    """Answers that ask for patience, and those that do not."""

    def test_requests(self):
        for status in TRANSIENT_STATUSES + OTHER_STATUSES:
            with self.subTest(status):
                error = http_error("%s%s" % (self.url, status))
                self.assertEqual(retry.http_status(error), status)
                self.assertTransient(error, status in TRANSIENT_STATUSES)

    def test_httpx(self):
        if not httpx:
            self.skipTest("httpx is not installed")
        for status in TRANSIENT_STATUSES + OTHER_STATUSES:
            with self.subTest(status):
                response = httpx.get("%s%s" % (self.url, status))
                error = error_of(response.raise_for_status)
                self.assertTransient(error, status in TRANSIENT_STATUSES)

    def test_urllib(self):
        for status in TRANSIENT_STATUSES + OTHER_STATUSES:
            with self.subTest(status):
                error = error_of(
                    urllib.request.urlopen, "%s%s" % (self.url, status), timeout=5
                )
                self.assertTransient(error, status in TRANSIENT_STATUSES)

    def test_xmlrpc(self):
        for status in TRANSIENT_STATUSES + OTHER_STATUSES:
            with self.subTest(status):
                proxy = xmlrpc.client.ServerProxy("%s%s" % (self.url, status))
                error = error_of(proxy.method)
                self.assertIsInstance(error, xmlrpc.client.ProtocolError)
                self.assertTransient(error, status in TRANSIENT_STATUSES)

    def test_an_error_without_an_answer(self):
        error = requests.HTTPError("made by hand")
        self.assertIsNone(retry.http_status(error))
        self.assertIsNone(retry.retry_after(error))
        self.assertTransient(error, False)


class TestOtherErrors(RetryCase):
    """Everything else fails at once."""

    def test_errors_of_code_and_data(self):
        for error in (
            Exception("x"),
            OSError("x"),
            OSError(errno.ENOENT, "No such file"),
            OSError(errno.EACCES, "Not yours"),
            FileNotFoundError("x"),
            PermissionError("x"),
            ValueError("x"),
            KeyError("x"),
            ZeroDivisionError("x"),
            AttributeError("x"),
            RecursionError("x"),
            UserError("x"),
            ValidationError("x"),
            AccessError("x"),
            CodeError("x"),
            RetryableJobError("is queue_job's business"),
            xmlrpc.client.Fault(1, "x"),
            urllib.error.URLError("unknown url type"),
            requests.exceptions.TooManyRedirects("x"),
            urllib3.exceptions.LocationParseError("x"),
        ):
            with self.subTest(repr(error)):
                self.assertTransient(error, False)
                self.assertIsNone(retry.retry_after(error))

    def test_wrong_addresses(self):
        for url in ("no address", "ftp://127.0.0.1/", "http://"):
            with self.subTest(url):
                self.assertTransient(error_of(requests.get, url), False)
                self.assertTransient(error_of(urllib.request.urlopen, url), False)
                if httpx:
                    self.assertTransient(error_of(httpx.get, url), False)

    def test_answers_that_are_no_json(self):
        response = requests.get(self.url + "200", timeout=5)
        self.assertTransient(error_of(response.json), False)


class TestRetryAfter(RetryCase):
    """How long the server asks to wait."""

    def retry_after(self, value):
        Server.headers_sent = {"Retry-After": value}
        return retry.retry_after(http_error(self.url + "429"))

    def test_seconds(self):
        for value, seconds in {
            "120": 120,
            " 7 ": 7,
            "0": 1,
            "-5": 1,
            "0.2": 1,
            "1.5": 2,
            "99999999999": retry.LONGEST_WAIT,
        }.items():
            with self.subTest(value):
                self.assertEqual(self.retry_after(value), seconds)

    def test_no_time_at_all(self):
        for value in ("", "soon", "nan", "inf", "-inf", "1e999", "12 minutes", "Mon"):
            with self.subTest(value):
                self.assertIsNone(self.retry_after(value))

    def test_date(self):
        date = datetime.now(timezone.utc) + timedelta(seconds=300)
        for value in (format_datetime(date, usegmt=True), format_datetime(date)):
            with self.subTest(value):
                self.assertAlmostEqual(self.retry_after(value), 300, delta=5)

    def test_date_without_zone(self):
        date = datetime.utcnow() + timedelta(seconds=300)
        value = date.strftime("%a, %d %b %Y %H:%M:%S -0000")
        self.assertAlmostEqual(self.retry_after(value), 300, delta=5)

    def test_date_that_has_passed(self):
        self.assertEqual(self.retry_after("Wed, 21 Oct 2015 07:28:00 GMT"), 1)

    def test_date_that_is_far(self):
        far = "Fri, 31 Dec 9999 23:59:59 GMT"
        self.assertEqual(self.retry_after(far), retry.LONGEST_WAIT)

    def test_all_clients(self):
        Server.headers_sent = {"Retry-After": "42"}
        url = self.url + "503"
        errors = [
            http_error(url),
            error_of(urllib.request.urlopen, url),
            error_of(xmlrpc.client.ServerProxy(url).method),
        ]
        if httpx:
            errors.append(error_of(httpx.get(url).raise_for_status))
        for error in errors:
            with self.subTest(type(error)):
                self.assertEqual(retry.retry_after(error), 42)

    def test_no_header(self):
        self.assertIsNone(retry.retry_after(http_error(self.url + "503")))

    def test_connection_errors_say_nothing(self):
        self.assertIsNone(retry.retry_after(error_of(requests.get, closed_port())))
