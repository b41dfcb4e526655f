# Copyright 2026 Sync Studio contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl.html)
"""From a request to what the handler gets, and from its result to the response."""

import json
from io import BytesIO
from types import SimpleNamespace

from werkzeug.datastructures import FileStorage, ImmutableOrderedMultiDict
from werkzeug.exceptions import BadRequest
from werkzeug.serving import DechunkedInput
from werkzeug.test import EnvironBuilder
from werkzeug.wrappers import Request, Response

from odoo.tests import BaseCase

from ..exceptions import CodeError, SyncError
from ..webhook_answer import Answer
from ..webhook_inbox import Reception
from ..webhook_request import ATTRIBUTES, HandlerRequest, read_body

JOB = SimpleNamespace(id=7)
CALL = {"jsonrpc": "2.0", "method": "call", "id": 1}


def make_request(**options):
    """Make a request as the server has it, from werkzeug's options for tests."""
    options.setdefault("method", "POST")
    builder = EnvironBuilder("/website/action-json/x", **options)
    request = Request(builder.get_environ())
    request.parameter_storage_class = ImmutableOrderedMultiDict
    return request


def handed(**options):
    """Make a request as the handler gets it."""
    request = make_request(**options)
    read_body(request, 1000 * 1000)
    return HandlerRequest(request)


class TestReadBody(BaseCase):
    def test_limit(self):
        for size, expected in ((0, True), (9, True), (10, True), (11, False)):
            with self.subTest(size):
                request = make_request(data=b"x" * size)
                self.assertEqual(read_body(request, 10), expected)

    def test_raw_bytes_and_form(self):
        request = make_request(data={"a": "1"})
        read_body(request, 10)
        self.assertEqual(request.data, b"a=1")
        self.assertEqual(request.form["a"], "1")

    def test_reading_again(self):
        """Odoo may handle a request several times."""
        request = make_request(data=b"abc")
        for _time in range(2):
            self.assertTrue(read_body(request, 10))
            self.assertEqual(HandlerRequest(request).data, b"abc")

    def test_broken_body(self):
        body = DechunkedInput(BytesIO(b"no number\r\nabc"))
        request = make_request()
        request.environ.update({"wsgi.input": body, "wsgi.input_terminated": True})
        with self.assertRaises(BadRequest):
            read_body(request, 10)


class TestHandlerRequest(BaseCase):
    def test_attributes_are_those_of_werkzeug(self):
        options = {"data": {"a": "ä"}, "query_string": "b=1", "headers": {"X-One": "1"}}
        request = make_request(**options)
        given = handed(**options)
        for name in sorted(ATTRIBUTES - {"get_data", "data"}):
            with self.subTest(name):
                self.assertEqual(str(getattr(given, name)), str(getattr(request, name)))
        self.assertEqual(given.headers["x-one"], "1")
        self.assertEqual(given.environ["REQUEST_METHOD"], "POST")
        self.assertEqual(given.get_data(as_text=True), "a=%C3%A4")
        self.assertEqual(given.stream.read(3), b"a=%")
        self.assertEqual(given.stream.read(), b"C3%A4")

    def test_text(self):
        """So it can be logged as it is."""
        text = str(handed(data=b"abc", query_string="a=1"))
        self.assertEqual(text, "<POST /website/action-json/x?a=1, 3 bytes>")

    def test_files(self):
        given = handed(data={"a": (BytesIO(b"abc"), "a.txt"), "b": "text"})
        self.assertIsInstance(given.files["a"], FileStorage)
        self.assertEqual(given.files["a"].filename, "a.txt")
        self.assertEqual(given.files["a"].read(), b"abc")
        self.assertEqual(given.form["b"], "text")
        with self.assertRaisesRegex(CodeError, r"a\.read\(\)"):
            given.files["a"].save("/dev/null")

    def test_other_attributes_are_refused(self):
        given = handed()
        for name in ("app", "session", "from_values", "application", "close", "x"):
            with self.subTest(name), self.assertRaisesRegex(AttributeError, name):
                getattr(given, name)

    def test_nothing_of_the_server_is_in_reach(self):
        given = handed()
        for value in given.environ.values():
            self.assertIsInstance(value, str)
        self.assertFalse(hasattr(given.headers, "environ"))

    def test_cookies_without_session(self):
        for sent, kept in {
            "session_id=x": None,
            "a=1; session_id=x; b=2": "a=1; b=2",
            " session_id = x;session_id=y": None,
            "my_session_id=1": "my_session_id=1",
        }.items():
            with self.subTest(sent):
                given = handed(headers={"Cookie": sent})
                self.assertEqual(given.headers.get("Cookie"), kept)
                self.assertNotIn("session_id", given.cookies)


class AnswerCase(BaseCase):
    def setUp(self):
        super().setUp()
        self.lines = []

    def log(self, message, level="info", name="Log", log_type="server"):
        self.lines.append((log_type, name, message))

    def answer(self, kind="json", body=b"", **options):
        self.reception = Reception(side=None, delivery=None)
        return Answer(kind, "HOOK", handed(data=body, **options), self.reception)

    def response(self, result, **options):
        answer = self.answer(**options)
        answer.success(result, self.log)
        return self.reception.response


class TestSuccess(AnswerCase):
    def test_types(self):
        for kind, result, content_type, body in (
            ("json", "a", "text/plain", b"a"),
            ("json", b"a", "text/plain", b"a"),
            ("json", {"a": 1}, "application/json", b'{"a": 1}'),
            ("json", False, "application/json", b"false"),
            ("json", None, "text/plain", b"OK"),
            ("http", "a", "text/html", b"a"),
            ("http", {"a": 1}, "application/json", b'{"a": 1}'),
            ("http", False, "text/plain", b"OK"),
        ):
            with self.subTest(kind, result=result):
                response = self.response(result, kind=kind)
                self.assertIsInstance(response, Response)
                self.assertEqual(response.mimetype, content_type)
                self.assertEqual(response.data, body)

    def test_status_and_headers(self):
        response = self.response(("a", 403, [("X-One", 1), ("x-one", "2")]))
        self.assertEqual(response.status_code, 403)
        self.assertEqual(response.headers.getlist("X-One"), ["1", "2"])

    def test_content_type_is_set_once(self):
        response = self.response(("a", 200, [("content-TYPE", "text/x")]))
        self.assertEqual(response.headers.getlist("Content-Type"), ["text/x"])

    def test_what_cannot_be_sent(self):
        for result in (object(), ("a", 99), ("a", 200, 1), {1: object()}, ("a", "200")):
            with self.subTest(result):
                with self.assertRaisesRegex(SyncError, type(result).__name__):
                    self.response(result)

    def test_line_of_what_cannot_be_sent_stays_short(self):
        with self.assertRaises(SyncError) as caught:
            self.response(["x" * 1000] * 1000 + [object()])
        self.assertLess(len(str(caught.exception)), 1000)


class TestFailure(AnswerCase):
    def test_number_of_the_job(self):
        for kind, body in (("json", b'{"job": 7}'), ("http", b"job 7")):
            with self.subTest(kind):
                answer = self.answer(kind)
                answer.failure(JOB, self.log)
                self.assertEqual(self.reception.response.status_code, 500)
                self.assertEqual(self.reception.response.data, body)

    def test_json_rpc(self):
        answer = self.answer(body=json.dumps(CALL))
        answer.failure(JOB, self.log)
        told = json.loads(self.reception.response.data)
        self.assertEqual(told["error"]["data"], {"job": 7})
        self.assertEqual(told["id"], 1)


class TestLog(AnswerCase):
    def test_request(self):
        options = {"query_string": "a=1", "environ_base": {"REMOTE_ADDR": "1.2.3.4"}}
        self.answer(body=b"abc", **options).start(self.log)
        text = "POST /website/action-json/x?a=1, 3 bytes from 1.2.3.4"
        self.assertEqual(self.lines, [("data_in", "HOOK", text)])

    def test_response(self):
        self.response(("ä", 201), environ_base={"REMOTE_ADDR": "1.2.3.4"})
        line = ("data_out", "HOOK: 1.2.3.4", "201 CREATED\nä")
        self.assertEqual(self.lines, [line])
