# Copyright 2026 Sync Studio contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl.html)
"""Webhooks over real HTTP: every rule of what comes in and what goes out."""

import json
import re
import socket
from base64 import b64decode
from concurrent.futures import ThreadPoolExecutor
from urllib.parse import urlsplit

import pytest
import requests
from servers import tail, until

# Tells all it was given.
TELL = """
def handle_webhook(httprequest):
    return {
        "method": httprequest.method,
        "path": httprequest.path,
        "data": b64encode(httprequest.data).decode(),
        "args": httprequest.args.to_dict(flat=False),
        "form": httprequest.form.to_dict(flat=False),
        "files": {
            name: [file.filename, file.content_type, b64encode(file.read()).decode()]
            for name, file in httprequest.files.items()
        },
        "headers": dict(httprequest.headers.items()),
        "remote_addr": httprequest.remote_addr,
        "user": [user.login, env.uid, env.su, env.lang],
    }
"""
JSON_BODIES = [
    "{}",
    "[]",
    "[1, 2]",
    '{"a": {"b": [null, true, 1.5]}, "params": 7}',
    '"text"',
    "12",
    "true",
    "null",
    '{"params": [1]}',
    '{"jsonrpc": "1.0", "method": "call"}',
]
CONTENT_TYPES = [
    None,
    "application/json",
    "application/json-rpc",
    "application/json; charset=nonsense",
    "application/x-www-form-urlencoded",
    "application/vnd.api+json",
    "multipart/form-data",
    "text/plain; charset=utf-16",
    "text/xml",
    "nonsense",
    "/",
]
METHODS = ["GET", "POST", "PUT", "PATCH", "DELETE"]
KINDS = ["json", "http"]


def returning(expression):
    """Give the code of a handler that returns an expression."""
    return "def handle_webhook(httprequest):\n    return " + expression


def raw(url, request):
    """Send bytes and give all the bytes that come back."""
    parts = urlsplit(url)
    with socket.create_connection((parts.hostname, parts.port), 30) as connection:
        connection.sendall(request)
        answer = b""
        while True:
            try:
                block = connection.recv(65536)
            except ConnectionError:
                return answer
            if not block:
                return answer
            answer += block


class TestRequest:
    """Whatever is sent reaches the handler as it is."""

    @pytest.fixture
    def hook(self, make_webhook):
        return make_webhook(TELL)

    @pytest.mark.parametrize("kind", KINDS)
    def test_methods(self, make_webhook, kind):
        hook = make_webhook(TELL, webhook_type=kind)
        for method in METHODS:
            response = hook(b"abc", method)
            assert response.status_code == 200
            told = response.json()
            assert told["method"] == method
            assert b64decode(told["data"]) == b"abc"

    def test_other_methods_are_refused(self, hook):
        for method in ("OPTIONS", "TRACE", "PROPFIND", "CONNECT"):
            response = hook(method=method)
            assert response.status_code in (405, 501)
            assert "Traceback" not in response.text
        assert not hook.jobs()

    @pytest.mark.parametrize("kind", KINDS)
    def test_bodies_and_content_types(self, make_webhook, kind):
        hook = make_webhook(TELL, webhook_type=kind)
        for body in [*JSON_BODIES, "", "no JSON", "{", "\x00\x01", "ä漢"]:
            response = hook(body.encode(), headers={"Content-Type": "application/json"})
            assert b64decode(response.json()["data"]) == body.encode()
        for content_type in CONTENT_TYPES:
            response = hook(b'{"a": 1}', headers={"Content-Type": content_type})
            assert response.status_code == 200, content_type
            assert b64decode(response.json()["data"]) == b'{"a": 1}'
            assert response.json()["headers"].get("Content-Type") == content_type

    def test_bytes_that_are_no_text(self, hook):
        body = bytes(range(256)) * 10
        for content_type in CONTENT_TYPES:
            told = hook(body, headers={"Content-Type": content_type}).json()
            assert b64decode(told["data"]) == body

    @pytest.mark.parametrize("kind", KINDS)
    def test_form(self, make_webhook, kind):
        hook = make_webhook(TELL, webhook_type=kind)
        told = hook({"b": ["1", "2"], "a": "ä&="}).json()
        assert told["form"] == {"b": ["1", "2"], "a": ["ä&="]}
        assert b64decode(told["data"]) == b"b=1&b=2&a=%C3%A4%26%3D"

    def test_form_that_is_signed(self, hook):
        """The raw bytes stay available, which signatures are made of."""
        body = b"payload=%7B%22a%22%3A1%7D&&x"
        form = {"Content-Type": "application/x-www-form-urlencoded"}
        told = hook(body, headers=form).json()
        assert b64decode(told["data"]) == body
        assert told["form"]["payload"] == ['{"a":1}']

    def test_uploaded_files(self, hook):
        content = bytes(range(256)) * 4000  # more than is kept in memory
        files = {"one": ("ä.bin", content, "image/png"), "two": ("b.txt", b"b")}
        told = hook({"field": "value"}, files=files).json()
        assert told["form"] == {"field": ["value"]}
        name, content_type, data = told["files"]["one"]
        assert (name, content_type, b64decode(data)) == ("ä.bin", "image/png", content)
        assert told["files"]["two"][0] == "b.txt"
        assert b"b.txt" in b64decode(told["data"])

    def test_query_and_trailing_path(self, hook):
        told = hook(path="/more/path%20here?a=1&a=2&b=%C3%A4", method="GET").json()
        assert told["args"] == {"a": ["1", "2"], "b": ["ä"]}
        assert told["path"].endswith("/more/path here")

    def test_both_addresses_serve_both_types(self, make_webhook):
        for kind, other in (KINDS, KINDS[::-1]):
            hook = make_webhook(returning('{"a": 1}'), webhook_type=kind)
            hook.url = hook.url.replace("action-" + kind, "action-" + other)
            assert hook().json() == {"a": 1}

    def test_query_that_odoo_knows(self, hook):
        """Names that mean something to Odoo are the sender's here."""
        query = "?db=other&debug=1&session_id=x&csrf_token=y&redirect=z&lang=fr_FR"
        told = hook("db=b&token=c&path=d", path=query).json()
        assert told["args"]["db"] == ["other"]
        told = hook({"token": "a", "path": "b", "self": "c"}).json()
        assert told["form"] == {"token": ["a"], "path": ["b"], "self": ["c"]}

    def test_headers_and_sender(self, hook):
        told = hook(headers={"X-Custom": "a b", "Authorization": "Bearer t"}).json()
        assert told["headers"]["X-Custom"] == "a b"
        assert told["headers"]["Authorization"] == "Bearer t"
        assert told["remote_addr"] == "127.0.0.1"

    def test_chunks(self, hook):
        for chunks in ([b"a", b"bc"], [b"x" * 5000] * 5, [b"y" * 300000] * 3, []):
            told = hook(iter(chunks)).json()
            assert told["headers"].get("Transfer-Encoding") == "chunked"
            assert b64decode(told["data"]) == b"".join(chunks)

    def test_form_in_chunks(self, hook):
        form = {"Content-Type": "application/x-www-form-urlencoded"}
        told = hook(iter([b"a=1", b"&b=2"]), headers=form).json()
        assert told["form"] == {"a": ["1"], "b": ["2"]}

    def test_continue_is_granted(self, hook):
        request = (
            "POST /%s HTTP/1.1\r\nHost: localhost\r\nContent-Length: 3\r\n"
            "Expect: 100-continue\r\n\r\nabc" % hook.path
        )
        answer = raw(hook.url, request.encode())
        assert answer.startswith(b"HTTP/1.1 100 ")
        assert b" 200 OK" in answer

    def test_user_of_the_code(self, hook):
        login, uid, su, lang = hook().json()["user"]
        assert (login, su, lang) == ("public", True, "en_US")
        assert uid == hook.admin.ref("base.public_user")


class TestCallers:
    """Everybody gets the same answer, and hands over no login."""

    @pytest.fixture
    def hook(self, make_webhook):
        return make_webhook(TELL)

    @pytest.fixture
    def session(self, server):
        """A browser in which somebody is logged in."""
        session = requests.Session()
        params = {"db": server.database, "login": "demo", "password": "demo"}
        response = session.post(
            server.url + "/web/session/authenticate",
            json={"jsonrpc": "2.0", "params": params},
            timeout=60,
        )
        assert response.json()["result"]["uid"]
        return session

    @pytest.mark.parametrize("kind", KINDS)
    def test_who_is_logged_in_gets_the_same_answer(self, make_webhook, session, kind):
        hook = make_webhook(TELL, webhook_type=kind)
        anonymous = hook({"a": 1})
        logged_in = hook({"a": 1}, session=session)
        assert logged_in.json()["user"] == anonymous.json()["user"]
        assert logged_in.status_code == anonymous.status_code == 200
        for response in (anonymous, logged_in):
            assert "Set-Cookie" not in response.headers

    def test_login_is_not_handed_over(self, hook, session):
        """Else a webhook could be made to take over the session of its visitors."""
        sid = session.cookies["session_id"]
        session.cookies["other"] = "kept"
        response = hook(session=session, headers={"X-Openerp-Session-Id": sid})
        assert sid not in response.text
        assert response.json()["headers"]["Cookie"] == "other=kept"

    def test_session_stays_usable(self, hook, session, server):
        hook(session=session)
        response = session.post(
            server.url + "/web/session/get_session_info", json={}, timeout=60
        )
        assert response.json()["result"]["username"] == "demo"

    def test_odd_cookies(self, hook):
        for cookie in (
            "session_id=0123456789abcdef0123456789abcdef01234567",
            "session_id=../../../../etc/passwd",
            "session_id=",
            "session_id",
            "session_id=%00; frontend_lang=xx_XX; tz=Nowhere",
            "=;;=;\u00e4=\u00f6;;",
            "a" * 4000,
        ):
            response = hook(headers={"Cookie": cookie.encode("latin-1")})
            assert response.status_code == 200, cookie
            assert "session_id=" not in response.json()["headers"].get("Cookie", "")

    def test_odd_headers(self, hook):
        for headers in (
            {"Accept-Language": "xx-YY, *;q=nonsense, \t"},
            {"Accept": "nonsense"},
            {"X-Forwarded-For": "1.2.3.4, nonsense"},
            {"X-Forwarded-Host": "evil.example.com"},
            {"Range": "bytes=0-0"},
            {"If-None-Match": "*"},
            {"If-Modified-Since": "Thu, 01 Jan 2099 00:00:00 GMT"},
            {"Authorization": "Basic nonsense"},
            {"User-Agent": ""},
            {"Origin": "null"},
            {"X-HTTP-Method-Override": "DELETE"},
            {"Content-Encoding": "gzip"},
            {"X-Long": "x" * 60000},
            {"X-Letters": "\u00e4\u00ff".encode("latin-1")},
            {"X-Openerp-Session-Id": "../nonsense"},
        ):
            response = hook(b"abc", headers=headers)
            assert response.status_code == 200, headers
            assert b64decode(response.json()["data"]) == b"abc"

    @pytest.mark.parametrize(
        "head",
        [
            "POST {path} HTTP/1.1\r\nHost: x\r\nContent-Length: -5\r\n\r\n",
            "POST {path} HTTP/1.1\r\nHost: x\r\nContent-Length: nonsense\r\n\r\n",
            "POST {path} HTTP/1.0\r\n\r\n",
            "POST {path} HTTP/1.1\r\nHost: " + "y" * 5000 + "\r\n\r\n",
            "POST {path} HTTP/1.1\r\nHost:\r\nCookie\r\n\r\n",
            "POST {path}?%zz=%ff&&&=;a HTTP/1.1\r\nHost: x\r\n\r\n",
            "POST {path}/%ff%fe/%00/../x HTTP/1.1\r\nHost: x\r\n\r\n",
            "POST {path} HTTP/1.1\r\nHost: x\r\n" + "X-A: b\r\n" * 300 + "\r\n",
            "POST {path} HTTP/1.1\r\nHost: x\r\nX: " + "b" * 100000 + "\r\n\r\n",
            "POST {path} HTTP/9.9\r\nHost: x\r\n\r\n",
            "POST {path}\r\n\r\n",
            "POST {path} HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
            "POST {path} HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n-1\r\n",
        ],
    )
    def test_broken_requests(self, hook, head):
        answer = raw(hook.url, head.format(path="/" + hook.path).encode())
        assert b"Traceback" not in answer
        assert b" 500 " not in answer.split(b"\r\n")[0]
        assert hook(b"abc").status_code == 200

    def test_broken_off_bodies(self, hook):
        """Who hangs up early is not served, and leaves no trace."""
        for head, body in (
            ("Content-Length: 100", b"abc"),
            ("Transfer-Encoding: chunked", b"64\r\nabc"),
            ("Transfer-Encoding: chunked", b"3\r\nabc\r\n"),
        ):
            request = "POST /%s HTTP/1.1\r\nHost: x\r\n%s\r\n\r\n" % (hook.path, head)
            parts = urlsplit(hook.url)
            with socket.create_connection((parts.hostname, parts.port), 30) as caller:
                caller.sendall(request.encode() + body)
                caller.shutdown(socket.SHUT_WR)
                assert b" 400 " in caller.recv(1000)
        assert not hook.jobs()


class TestSafety:
    """Code does not get from a request to the server."""

    @pytest.mark.parametrize(
        "expression",
        [
            'httprequest.from_values(data={"x": ("/etc/passwd",)}).data',
            "httprequest.app",
            "httprequest.session",
            "httprequest.application",
            "httprequest.make_form_data_parser()",
            "httprequest.form_data_parser_class",
            'httprequest.environ["werkzeug.request"]',
            'httprequest.headers.environ["werkzeug.request"]',
            'httprequest.environ["wsgi.errors"]',
            'httprequest.environ["werkzeug.server.shutdown"]()',
            "httprequest._HandlerRequest_request",
            'httprequest.files["a"].save("{path}")',
            'getattr(httprequest.files["a"], "save")("{path}")',
        ],
    )
    def test_ways_out(self, make_webhook, tmp_path, expression):
        path = tmp_path / "written"
        hook = make_webhook(returning(expression.replace("{path}", str(path))))
        assert hook(files={"a": b"abc"}).status_code == 500
        assert not path.exists()

    def test_error_names_what_there_is(self, make_webhook):
        hook = make_webhook(returning("httprequest.body"))
        hook()
        (line,) = hook.lines(level="critical")
        assert "has no attribute body. Attributes: " in line["message"]
        assert "remote_addr" in line["message"]


# What a handler of each type returns, and what comes: status, content type, body.
ANSWERS = {
    "json": [
        ('{"a": [1, None, "ä"]}', 200, "application/json", {"a": [1, None, "ä"]}),
        ("{}", 200, "application/json", {}),
        ("[]", 200, "application/json", []),
        ('["a", "b"]', 200, "application/json", ["a", "b"]),
        ("[1, 2]", 200, "application/json", [1, 2]),
        ("7", 200, "application/json", 7),
        ("0", 200, "application/json", 0),
        ("1.5", 200, "application/json", 1.5),
        ("True", 200, "application/json", True),
        ("False", 200, "application/json", False),
        ("params", 200, "application/json", {}),
        ('"text ä"', 200, "text/plain", "text ä"),
        ("'{\"a\": 1}'", 200, "text/plain", '{"a": 1}'),
        ('""', 200, "text/plain", ""),
        ('b64decode("AP8=")', 200, "text/plain", b"\x00\xff"),
        ("None", 200, "text/plain", "OK"),
        ('({"a": 1}, 201)', 201, "application/json", {"a": 1}),
        ('("no", 403)', 403, "text/plain", "no"),
        ("(None, 202)", 202, "text/plain", "OK"),
        ('("", 204)', 204, None, ""),
        ('({"a": 1}, 204)', 204, None, ""),
        ("([], 418)", 418, "application/json", []),
        ('("x", 599)', 599, "text/plain", "x"),
        ('("<b>", 200, [("Content-Type", "text/html")])', 200, "text/html", "<b>"),
        ('({"a": 1}, 200, [("content-type", "text/x")])', 200, "text/x", b'{"a": 1}'),
        ('("x", 200, {"Content-Type": "text/css"})', 200, "text/css", "x"),
        ('("x", 200, None)', 200, "text/plain", "x"),
        ('("x", 302, [("Location", "/a")])', 302, "text/plain", "x"),
    ],
    "http": [
        ('"<b>ä</b>"', 200, "text/html", "<b>ä</b>"),
        ('""', 200, "text/html", ""),
        ('b64decode("AP8=")', 200, "text/html", b"\x00\xff"),
        ("None", 200, "text/plain", "OK"),
        ("False", 200, "text/plain", "OK"),
        ("0", 200, "text/plain", "OK"),
        ("[]", 200, "text/plain", "OK"),
        ("{}", 200, "text/plain", "OK"),
        ("()", 200, "text/plain", "OK"),
        ('{"a": 1}', 200, "application/json", {"a": 1}),
        ("[1]", 200, "application/json", [1]),
        ("True", 200, "application/json", True),
        ("7", 200, "application/json", 7),
        ('("no", 403)', 403, "text/html", "no"),
        ('({"a": 1}, 201)', 201, "application/json", {"a": 1}),
        ("(None, 202)", 202, "text/plain", "OK"),
        ('("", 204)', 204, None, ""),
        ('("a,b", 200, [("Content-Type", "text/csv")])', 200, "text/csv", "a,b"),
    ],
}

# What cannot be sent, and what the log says about it.
UNSENDABLE = [
    ("env.user", "res.users"),
    ("datetime.datetime.now()", "datetime"),
    ("{1, 2}", "set"),
    ("{(1, 2): 3}", "dict"),
    ("[env]", "list"),
    ("float('nan')", "float"),
    ("[float('inf')]", "list"),
    ("(x for x in [])", "generator"),
    ("log", "method"),
    ("Exception", "type"),
    ("chr(0xd800)", "str"),
    ('("x",)', "a tuple has two or three items"),
    ('("x", 200, [], 1)', "a tuple has two or three items"),
    ('("x", "200")', "'200' is no HTTP status"),
    ('("x", 99)', "99 is no HTTP status"),
    ('("x", 600)', "600 is no HTTP status"),
    ('("x", True)', "True is no HTTP status"),
    ('("x", None)', "None is no HTTP status"),
    ('("x", 200, "text/html")', "headers are a list of pairs"),
    ('("x", 200, 7)', "headers are a list of pairs"),
    ('("x", 200, [("a", "b\\r\\nX: y")])', "is no header"),
    ('("x", 200, [("a b", "c")])', "is no header"),
    ('("x", 200, [("", "c")])', "is no header"),
    ('("x", 200, [("a", chr(0x6f22))])', "is no header"),
]


class TestAnswer:
    """What the handler returns is what the caller gets."""

    @pytest.mark.parametrize("kind", KINDS)
    def test_results(self, make_webhook, kind):
        code = "RESULTS = [\n    lambda: %s,\n]\n" % ",\n    lambda: ".join(
            answer[0] for answer in ANSWERS[kind]
        )
        code += returning('RESULTS[int(httprequest.args["n"])]()')
        hook = make_webhook(code, webhook_type=kind)
        for number, (result, status, content_type, body) in enumerate(ANSWERS[kind]):
            response = hook(path="?n=%s" % number, allow_redirects=False)
            assert response.status_code == status, result
            got = response.headers.get("Content-Type")
            if content_type:
                assert got.split(";")[0] == content_type, result
            if got == "application/json":
                assert response.json() == body, result
            elif isinstance(body, bytes):
                assert response.content == body, result
            else:
                assert response.content == body.encode(), result

    @pytest.mark.parametrize("kind", KINDS)
    def test_what_cannot_be_sent(self, make_webhook, kind):
        code = "RESULTS = [\n    lambda: %s,\n]\n" % ",\n    lambda: ".join(
            result for result, _told in UNSENDABLE
        )
        code += returning('RESULTS[int(httprequest.args["n"])]()')
        hook = make_webhook(code, webhook_type=kind)
        for number, (result, told) in enumerate(UNSENDABLE):
            response = hook(path="?n=%s" % number)
            assert response.status_code == 500, result
            (message,) = hook.messages(level="critical")
            assert "handle_webhook returned what cannot be sent" in message, result
            assert told in message
            assert hook.jobs()[0]["state"] == "failed"

    def test_empty_tuple_on_json(self, make_webhook):
        assert make_webhook(returning("()"))().status_code == 500

    @pytest.mark.parametrize("kind", KINDS)
    def test_nested_too_deeply(self, make_webhook, kind):
        code = """
            def handle_webhook(httprequest):
                result = []
                for _i in range(100000):
                    result = [result]
                return result
        """
        hook = make_webhook(code, webhook_type=kind)
        assert hook().status_code == 500
        assert "cannot be sent" in hook.messages(level="critical")[0]

    @pytest.mark.parametrize("kind", KINDS)
    def test_headers_reach_the_caller(self, make_webhook, kind):
        headers = [
            ("X-One", "1"),
            ("Set-Cookie", "a=1"),
            ("Set-Cookie", "b=2"),
            ("X-N", 7),
        ]
        hook = make_webhook(returning('"x", 201, %r' % headers), webhook_type=kind)
        response = hook()
        assert response.headers["X-One"] == "1"
        assert response.headers["X-N"] == "7"
        assert response.cookies.get_dict() == {"a": "1", "b": "2"}

    def test_headers_of_the_server_stay_its_own(self, make_webhook):
        headers = [("Content-Length", "1"), ("Transfer-Encoding", "chunked")]
        hook = make_webhook(returning('"long", 200, %r' % headers))
        assert hook().text == "long"

    def test_large_answer(self, make_webhook):
        hook = make_webhook(returning('"x" * 5000000'))
        assert len(hook().content) == 5000000

    @pytest.mark.parametrize("kind", KINDS)
    def test_head(self, make_webhook, kind):
        hook = make_webhook(TELL, webhook_type=kind)
        for path in ("", "/more"):
            response = hook(method="HEAD", path=path)
            assert (response.status_code, response.content) == (200, b"")
        assert not hook.jobs()

    def test_handler_in_common_code(self, make_webhook):
        hook = make_webhook("", common_code=returning("params.A"), params={"A": "a"})
        assert hook().text == "a"


class TestJsonRpc:
    """Who calls in JSON-RPC is answered in it."""

    CALL = {"jsonrpc": "2.0", "method": "call", "params": {}, "id": 7}

    def call(self, hook, **changes):
        return hook(json.dumps(dict(self.CALL, **changes)))

    @pytest.mark.parametrize(
        ("returned", "status", "result"),
        [
            ('{"a": 1}', 200, {"a": 1}),
            ("None", 200, "OK"),
            ('""', 200, ""),
            ("False", 200, False),
            ("[]", 200, []),
            ('"text"', 200, "text"),
            ('b64decode("YWJj")', 200, "abc"),
            ('("no", 403)', 403, "no"),
            ("(None, 202)", 202, "OK"),
            ('([1], 201, [("X-One", "1")])', 201, [1]),
        ],
    )
    def test_results(self, make_webhook, returned, status, result):
        response = self.call(make_webhook(returning(returned)))
        assert response.status_code == status
        assert response.headers["Content-Type"] == "application/json"
        assert response.json() == {"jsonrpc": "2.0", "id": 7, "result": result}
        assert ("X-One" in response.headers) == ("X-One" in returned)

    @pytest.mark.parametrize("number", [None, 0, "a-1", 1, -1])
    def test_ids(self, make_webhook, number):
        response = self.call(make_webhook(returning("1")), id=number)
        assert response.json()["id"] == number

    def test_odd_ids(self, make_webhook):
        hook = make_webhook(returning("1"))
        for number in ("NaN", "[1]", "{}", "1e999", "1.5"):
            body = '{"jsonrpc": "2.0", "method": "x", "id": %s}' % number
            assert hook(body).json() == {"jsonrpc": "2.0", "id": None, "result": 1}
        notification = '{"jsonrpc": "2.0", "method": "x"}'
        assert hook(notification).json()["id"] is None

    def test_failure(self, make_webhook):
        hook = make_webhook("def handle_webhook(httprequest):\n    1 / 0")
        response = self.call(hook)
        job = hook.jobs()[0]["id"]
        assert response.status_code == 500
        assert response.headers["Content-Type"] == "application/json"
        answer = response.json()
        assert set(answer) == {"jsonrpc", "id", "error"}
        assert answer["error"]["data"] == {"job": job}
        assert "division" not in response.text

    def test_what_cannot_be_sent(self, make_webhook):
        hook = make_webhook(returning("env.user"))
        response = self.call(hook)
        assert response.status_code == 500
        assert response.json()["error"]["data"] == {"job": hook.jobs()[0]["id"]}

    def test_other_bodies_are_no_calls(self, make_webhook):
        hook = make_webhook(returning("1"))
        for body in (
            *JSON_BODIES,
            '[{"jsonrpc": "2.0", "method": "call"}]',
            '{"jsonrpc": 2.0, "method": "call"}',
            '{"jsonrpc": "2.0", "result": 1, "id": 1}',
            '"jsonrpc"',
            '{"jsonrpc": "2.0", "method"',
            '{"jsonrpc": ' + "[" * 100000,
        ):
            assert hook(body).json() == 1

    def test_http_webhooks_know_no_envelope(self, make_webhook):
        hook = make_webhook(returning('{"a": 1}'), webhook_type="http")
        assert self.call(hook).json() == {"a": 1}


class TestRefused:
    """Requests that no handler gets."""

    def answer(self, response):
        headers = {
            name: response.headers.get(name) for name in sorted(response.headers)
        }
        headers.pop("Date")
        return response.status_code, headers, response.content

    def test_unknown_and_disabled_look_the_same(self, make_webhook, server, admin):
        unknown = requests.post(server.url + "/website/action-json/unknown", timeout=60)
        assert unknown.status_code == 404
        hooks = [make_webhook(TELL, webhook_type=kind) for kind in KINDS * 2]
        hooks[0].write(active=False)
        hooks[1].write(active=False)
        admin("sync.task", "write", [hooks[2].task_id], {"active": False})
        admin("sync.project", "write", [hooks[3].project_id], {"active": False})
        for hook in hooks:
            for path in ("", "/more"):
                assert self.answer(hook("body", path=path)) == self.answer(unknown)
                head = hook(method="HEAD", path=path)
                assert (head.status_code, head.content) == (404, b"")
            for method in METHODS:
                assert self.answer(hook(method=method)) == self.answer(unknown)
            assert not hook.jobs()
        paths = [hook.path for hook in hooks]
        log = server.log
        until(lambda: all(path in tail(log, 500) for path in paths), 5, "its log")

    def test_unknown_paths(self, server, make_webhook):
        hook = make_webhook(TELL)
        token = hook.read("website_path")
        for path in (
            "x" * 3000,
            "%00",
            "%ff%fe",
            "%F0%9F%98%80",
            "'; DROP TABLE res_users; --",
            str(hook.id),
            token.upper(),
            token + "%00",
            token + "%0aINFO forged",
            token[:-1],
            "False",
            "%25",
        ):
            for kind in KINDS:
                url = "%s/website/action-%s/%s" % (server.url, kind, path)
                response = requests.post(url, b"x", timeout=60)
                assert (response.status_code, response.text) == (404, "Not found"), path

    def test_too_large(self, make_webhook, server):
        hook = make_webhook(returning("len(httprequest.data)"), body_limit=1)
        megabyte = 1024 * 1024
        assert hook(b"x" * megabyte).json() == megabyte
        assert hook(iter([b"x" * 1000] * 1000)).json() == 1000000
        jobs = len(hook.jobs())
        for body in (
            b"x" * (megabyte + 1),
            b"x" * 30 * megabyte,
            iter([b"x" * megabyte, b"x"]),
            iter([b"x" * megabyte] * 30),
        ):
            response = hook(body)
            assert response.status_code == 413
            assert "1 MB" in response.text
        assert len(hook.jobs()) == jobs
        assert "413" in tail(server.log, 200)

    def test_limit_is_25_megabytes(self, make_webhook):
        hook = make_webhook(returning("len(httprequest.data)"))
        assert hook.read("body_limit") == 25
        assert hook(b"x" * 25 * 1024 * 1024).json() == 25 * 1024 * 1024
        assert hook(b"x" * (25 * 1024 * 1024 + 1)).status_code == 413

    @pytest.mark.parametrize("kind", KINDS)
    @pytest.mark.parametrize(
        "code",
        [
            "def handle_webhook(httprequest):\n    1 / 0",
            'def handle_webhook(httprequest):\n    raise UserError("s3cr3t words")',
            'def handle_webhook(httprequest):\n    raise RetryableJobError("s3cr3t")',
            "def handle_webhook():\n    pass",
            "def handle_db(records):\n    pass",
            "nothing_of_this_name",
            "def handle_webhook(r):\n    return handle_webhook(r)",
            'def handle_webhook(r):\n    env.cr.execute("SELECT nonsense")',
            'def handle_webhook(r):\n    env["res.partner"].create({})',
            'def handle_webhook(r):\n    env.ref("base.main_company").unlink()',
        ],
    )
    def test_failure(self, make_webhook, kind, code):
        hook = make_webhook(code, webhook_type=kind)
        response = hook(b"body")
        (job,) = hook.jobs()
        assert response.status_code == 500
        if kind == "json":
            assert response.headers["Content-Type"] == "application/json"
            assert response.json() == {"job": job["id"]}
        else:
            assert response.headers["Content-Type"].startswith("text/plain")
            assert response.text == "job %s" % job["id"]
        assert job["state"] == "failed"
        (line,) = hook.lines(level="critical")
        assert "Traceback" in line["message"]

    def test_failure_leaves_no_writes(self, make_webhook, admin):
        name = "Written by a webhook that fails"
        hook = make_webhook(
            """
            def handle_webhook(httprequest):
                env["res.partner"].create({"name": "%s"}).flush()
                log("before")
                return env.user
            """
            % name
        )
        assert hook().status_code == 500
        assert not admin("res.partner", "search", [("name", "=", name)])
        assert "before" in hook.messages()

    def test_success_stays(self, make_webhook, admin):
        name = "Written by a webhook"
        for method in ("GET", "POST"):
            hook = make_webhook(
                """
                def handle_webhook(httprequest):
                    return env["res.partner"].create({"name": "%s"}).id
                """
                % name
            )
            partner_id = hook(method=method).json()
            assert admin("res.partner", "search", [("name", "=", name)])
            admin("res.partner", "unlink", [partner_id])
            assert hook.jobs()[0]["state"] == "done"


class TestConcurrency:
    def test_repeated_handling(self, make_webhook, admin):
        """Odoo repeats a request after a conflict; the body is still there then."""
        partner_id = admin("res.partner", "create", {"name": "0"})
        hook = make_webhook(
            """
            def handle_webhook(httprequest):
                partner = env["res.partner"].browse(%s)
                number = int(partner.name) + 1
                env.cr.execute("SELECT pg_sleep(0.2)")
                partner.write({"name": str(number)})
                return [httprequest.form["a"], httprequest.data.decode()]
            """
            % partner_id
        )
        with ThreadPoolExecutor(2) as pool:
            responses = list(pool.map(lambda _number: hook({"a": "b"}), range(4)))
        for response in responses:
            assert response.json() == ["b", "a=b"]
        (partner,) = admin("res.partner", "read", [partner_id], ["name"])
        assert partner["name"] == "4"
        assert [job["state"] for job in hook.jobs()] == ["done"] * 4
        assert "Stopped: other work changed the same records." in hook.all_messages()

    def test_endless_conflict(self, make_webhook):
        """Once Odoo gives up, the sender is asked to try again."""
        hook = make_webhook(
            """
            def handle_webhook(httprequest):
                sql = "DO $$ BEGIN RAISE EXCEPTION USING ERRCODE = '40001'; END $$"
                env.cr.execute(sql)
            """
        )
        response = hook()
        (job,) = hook.jobs()
        assert job["state"] == "failed"
        assert (response.status_code, response.text) == (503, "job %s" % job["id"])
        assert response.headers["Retry-After"] == "60"
        assert hook.verdicts() == [("accepted", 503)]

    def test_sub_jobs_run_in_the_queue(self, make_webhook):
        hook = make_webhook(
            """
            def handle_webhook(httprequest):
                add_job(step)(httprequest.args["x"])

            def step(text):
                log("step " + text)
            """
        )
        assert hook(path="?x=1").text == "OK"
        (job,) = hook.jobs()
        domain = [("sync_task_id", "=", hook.task_id), ("message", "=", "step 1")]
        until(
            lambda: hook.admin("ir.logging", "search", domain), 60, "run of the sub-job"
        )
        until(lambda: hook.jobs()[0]["state"] == "done", 10, "end of the job")


class TestLog:
    """Requests and responses are logged, without secrets."""

    def test_request_and_response(self, make_webhook):
        hook = make_webhook(returning('{"answer": 42}, 201'), trigger_name="ON_UPDATE")
        hook(b"12345", "PUT", path="/more?a=b")
        (request,) = hook.lines(type="data_in")
        path = "/%s/more?a=b" % hook.path
        assert request["message"] == "PUT %s, 5 bytes from 127.0.0.1" % path
        assert request["name"] == "ON_UPDATE"
        (response,) = hook.lines(type="data_out")
        assert response["message"] == '201 CREATED\n{"answer": 42}'
        assert response["level"] == "info"
        assert "127.0.0.1" in response["name"]

    @pytest.mark.parametrize("kind", KINDS)
    @pytest.mark.parametrize("returned", ["None", '""', "1", '("x", 403)', "env.user"])
    def test_every_response_is_logged(self, make_webhook, kind, returned):
        hook = make_webhook(returning(returned), webhook_type=kind)
        response = hook()
        (line,) = hook.lines(type="data_out")
        status, _newline, body = line["message"].partition("\n")
        assert status.startswith("%s " % response.status_code)
        assert body == response.text

    def test_binary_response(self, make_webhook):
        hook = make_webhook(returning('b64decode("AP8=")'))
        hook()
        assert hook.messages(type="data_out") == ["200 OK\n<2 bytes>"]

    @pytest.mark.parametrize("method", METHODS)
    def test_secrets_are_masked(self, make_webhook, method):
        secret = 'tOp/s3cr3t "token" ä'
        hook = make_webhook(
            """
            def handle_webhook(httprequest):
                log(httprequest.data)
                log(httprequest.args)
                log("to you", name=httprequest.args["token"])
                return {"token": httprequest.args["token"]}
            """,
            secrets={"TOKEN": secret},
        )
        response = hook(json.dumps({"token": secret}), method, params={"token": secret})
        assert response.json() == {"token": secret}
        lines = hook.lines()
        assert len(lines) > 5
        for line in lines:
            for text in (line["message"], line["name"]):
                assert not re.search("s3cr3t", text), text
        assert sum("********" in line["message"] for line in lines) == 4

    def test_secrets_in_failures_are_masked(self, make_webhook):
        hook = make_webhook(
            'def handle_webhook(r):\n    raise UserError(r.args["token"])',
            secrets={"TOKEN": "tOp-s3cr3t"},
        )
        assert "s3cr3t" not in hook(params={"token": "tOp-s3cr3t"}).text
        assert "s3cr3t" not in " ".join(hook.messages())


class TestTokens:
    def test_duplicate_has_a_token_of_its_own(self, make_webhook, admin):
        hook = make_webhook(returning('"original"'))
        copy_id = admin("sync.project", "copy", hook.project_id)
        (copy,) = admin(
            "sync.trigger.webhook",
            "search_read",
            [("sync_project_id", "=", copy_id)],
            ["website_path", "website_url"],
        )
        assert copy["website_path"] != hook.read("website_path")
        assert hook().text == "original"
        url = hook.url.replace(hook.read("website_path"), copy["website_path"])
        assert requests.post(url, timeout=60).status_code == 404  # it is archived
        admin("sync.project", "write", [copy_id], {"active": True})
        assert requests.post(url, timeout=60).text == "original"

    def test_new_token_closes_the_old_address(self, make_webhook, admin):
        hook = make_webhook(returning("1"))
        old = hook.url
        admin("sync.trigger.webhook", "action_website_path", [hook.id])
        new = old.rsplit("/", 1)[0] + "/" + hook.read("website_path")
        assert requests.post(old, timeout=60).status_code == 404
        assert requests.post(new, timeout=60).json() == 1
