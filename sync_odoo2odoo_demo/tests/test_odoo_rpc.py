# Copyright 2026 Sync Studio contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl.html)
"""The client of the external API, against a local server that answers as told."""

import http.client
import socket
import threading
import xmlrpc.client
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from unittest.mock import patch

from odoo.tests.common import BaseCase

from ..clients import odoo_rpc
from ..clients.odoo_rpc import (
    NotAllowed,
    OdooRpc,
    RemoteFault,
    WrongDatabase,
    WrongLogin,
    WrongUrl,
)

TRACEBACK = "Traceback (most recent call last):\n  File x, line 1, in y\n    z()\n%s\n"
NO_DATABASE = (
    TRACEBACK % 'psycopg2.OperationalError: FATAL:  database "db" does not exist'
)
DATABASE_DOWN = TRACEBACK % (
    "psycopg2.OperationalError: could not connect to server: Connection refused\n"
    "\tIs the server running?"
)
CONFLICT = TRACEBACK % "psycopg2.errors.SerializationFailure: could not serialize"
REMOTE_BUG = TRACEBACK % "KeyError: 'colour'"
CANNOT_MARSHAL = (
    TRACEBACK % "TypeError: cannot marshal None unless allow_none is enabled"
)

# (answer to the call after a good login, exception, part of its text)
FAULTS = [
    ((1, NO_DATABASE), WrongDatabase, "db"),
    ((1, DATABASE_DOWN), ConnectionError, "could not connect"),
    ((1, CONFLICT), ConnectionError, "could not serialize"),
    ((1, REMOTE_BUG), RemoteFault, "KeyError: 'colour'"),
    ((2, "Contacts require a name"), RemoteFault, "Contacts require a name"),
    ((3, "Access Denied"), WrongLogin, "admin"),
    ((4, "You are not allowed"), NotAllowed, "You are not allowed"),
]
# (status, headers, body, exception, part of its text)
ANSWERS = [
    (301, {"Location": "https://x/"}, b"", WrongUrl, "redirects to https://x/"),
    (404, {}, b"", WrongUrl, "404"),
    (200, {"Content-Type": "text/html"}, b"<html>", WrongUrl, "else than XML"),
    (200, {"Content-Type": "text/xml"}, b"<a>", WrongUrl, "XML-RPC"),
    (503, {}, b"", xmlrpc.client.ProtocolError, "503"),
    (429, {"Retry-After": "7"}, b"", xmlrpc.client.ProtocolError, "429"),
    (200, {"Content-Length": "999"}, b"<a", http.client.IncompleteRead, ""),
]
URLS = [
    "http://127.0.0.1:%s",
    "http://127.0.0.1:%s/",
    "  http://127.0.0.1:%s//  ",
    "http://127.0.0.1:%s/web/login?db=x#menu",
    "http://someone:secret@127.0.0.1:%s",
]
WRONG_URLS = [
    "127.0.0.1:8069",
    "odoo.example.com",
    "ftp://127.0.0.1",
    "http://",
    "http://127.0.0.1:99999",
    "http://exa mple",
    "http://.",
    None,
]


class FakeServer(ThreadingHTTPServer):
    """Accepts the login admin/admin; all else is answered with ``answer()``.

    :ivar list calls: (path, method, arguments) of each call
    """

    daemon_threads = True

    def __init__(self):
        super().__init__(("127.0.0.1", 0), Handler)
        self.calls = []
        self.answer = lambda handler: handler.send_result("result")
        threading.Thread(target=self.serve_forever, daemon=True).start()

    def close(self):
        self.shutdown()
        self.server_close()


class Handler(BaseHTTPRequestHandler):
    def do_POST(self):
        body = self.rfile.read(int(self.headers["Content-Length"]))
        arguments, method = xmlrpc.client.loads(body)
        self.server.calls.append((self.path, method, arguments))
        if method == "authenticate":
            self.send_result(arguments[1:3] == ("admin", "admin") and 2)
        else:
            self.server.answer(self)

    def send_result(self, result):
        text = xmlrpc.client.dumps((result,), methodresponse=True)
        self.send(200, {"Content-Type": "text/xml; charset=utf-8"}, text.encode())

    def send_fault(self, code, text):
        text = xmlrpc.client.dumps(xmlrpc.client.Fault(code, text))
        self.send(200, {"Content-Type": "text/xml"}, text.encode())

    def send(self, status, headers, body):
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_arguments):
        """Keep the output of the tests clean."""


class TestOdooRpc(BaseCase):
    def setUp(self):
        super().setUp()
        self.server = FakeServer()
        self.addCleanup(self.server.close)

    def client(self, url=None, password="admin"):
        url = url or "http://127.0.0.1:%s" % self.server.server_port
        return OdooRpc(url, "db", "admin", password)

    def ask(self, client=None):
        return (client or self.client()).execute_kw("res.partner", "read", [7])

    def assert_raises(self, error, text, client=None):
        with self.assertRaises(error) as caught:
            self.ask(client)
        self.assertIn(text, str(caught.exception))
        return caught.exception

    def test_call_is_sent_as_odoo_expects_it(self):
        client = self.client()
        self.assertEqual(client.execute_kw("m", "f", [7], None, limit=1), "result")
        login, call = self.server.calls
        expected = ("db", "admin", "admin", {})
        self.assertEqual(login, ("/xmlrpc/2/common", "authenticate", expected))
        expected = ("db", 2, "admin", "m", "f", [[7], None], {"limit": 1})
        self.assertEqual(call, ("/xmlrpc/2/object", "execute_kw", expected))

    def test_several_calls_log_in_once(self):
        client = self.client()
        for _turn in range(3):
            self.ask(client)
        methods = [method for _path, method, _arguments in self.server.calls]
        self.assertEqual(methods, ["authenticate"] + ["execute_kw"] * 3)

    def test_url_may_have_a_tail(self):
        for url in URLS:
            with self.subTest(url=url):
                client = self.client(url % self.server.server_port)
                self.assertEqual(self.ask(client), "result")

    def test_wrong_url(self):
        for url in WRONG_URLS:
            with self.subTest(url=url):
                with self.assertRaises(WrongUrl):
                    OdooRpc(url, "db", "admin", "admin").execute_kw("m", "f")

    def test_https_where_there_is_only_http(self):
        client = self.client("https://127.0.0.1:%s" % self.server.server_port)
        self.assert_raises(WrongUrl, "SSL", client)

    def test_wrong_password(self):
        self.assert_raises(WrongLogin, "admin", self.client(password="wrong"))

    def test_faults(self):
        for fault, error, text in FAULTS:
            with self.subTest(fault=fault):
                self.server.answer = lambda to, fault=fault: to.send_fault(*fault)
                self.assert_raises(error, text)

    def test_fault_keeps_the_whole_report(self):
        self.server.answer = lambda to: to.send_fault(1, REMOTE_BUG)
        error = self.assert_raises(RemoteFault, "colour")
        self.assertEqual(error.details, REMOTE_BUG)

    def test_result_that_odoo_cannot_send_is_none(self):
        self.server.answer = lambda to: to.send_fault(1, CANNOT_MARSHAL)
        self.assertIsNone(self.ask())

    def test_answers_that_are_none(self):
        for status, headers, body, error, text in ANSWERS:
            with self.subTest(status=status, headers=headers):
                answer = (status, headers, body)
                self.server.answer = lambda to, answer=answer: to.send(*answer)
                self.assert_raises(error, text)

    def test_busy_server_may_say_when_to_come_back(self):
        self.server.answer = lambda to: to.send(429, {"Retry-After": "7"}, b"")
        error = self.assert_raises(xmlrpc.client.ProtocolError, "429")
        self.assertEqual(error.headers["Retry-After"], "7")

    def test_lost_answer_is_not_asked_for_again(self):
        """The call may have been carried out: a second one could do it twice."""
        self.server.answer = lambda to: to.connection.shutdown(socket.SHUT_RDWR)
        self.assert_raises(ConnectionError, "")
        methods = [method for _path, method, _arguments in self.server.calls]
        self.assertEqual(methods, ["authenticate", "execute_kw"])

    def test_host_that_is_down(self):
        self.server.close()
        self.assert_raises(ConnectionError, "refused")

    def test_network_that_is_down(self):
        error = OSError(113, "No route to host")
        with patch.object(socket, "create_connection", side_effect=error):
            self.assert_raises(ConnectionError, "No route to host")

    def test_unknown_host_name(self):
        error = socket.gaierror(-2, "Name or service not known")
        with patch.object(socket, "create_connection", side_effect=error):
            self.assert_raises(socket.gaierror, "not known")

    def test_silent_server(self):
        end = threading.Event()
        self.addCleanup(end.set)
        self.server.answer = lambda to: end.wait()
        client = self.client()
        with patch.object(odoo_rpc, "ANSWER_TIMEOUT", 0.2):
            self.assert_raises(TimeoutError, "does not answer in time", client)
