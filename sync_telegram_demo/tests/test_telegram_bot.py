# Copyright 2026 Sync Studio contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl.html)
"""The client of the Bot API, against a local server that answers as told."""

import json
import logging
import socket
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from unittest.mock import patch
from urllib.parse import parse_qsl, unquote

from odoo.tests.common import BaseCase

from ..clients import telegram_bot
from ..clients.telegram_bot import (
    InsecureWebhook,
    MissingToken,
    TelegramBot,
    TelegramRefusal,
    TooManyRequests,
    WrongServer,
    WrongToken,
)

TOKEN = "123:s3cr3t_token"
MESSAGE = {"message_id": 5, "date": 1, "chat": {"id": 7, "type": "private"}}
WRONG_URLS = ["api.telegram.org", "ftp://127.0.0.1", "http://", "https://?"]


def refusal(code, text, **parameters):
    """Give an answer of Telegram that says no: (status, body)."""
    answer = {"ok": False, "error_code": code, "description": text}
    return code, json.dumps(dict(answer, parameters=parameters)).encode()


def success(result):
    return 200, json.dumps({"ok": True, "result": result}).encode()


# (status and body, exception, part of its text)
ANSWERS = [
    (refusal(400, "Bad Request: chat not found"), TelegramRefusal, "hat not found"),
    (refusal(403, "Forbidden: bot was blocked"), TelegramRefusal, "bot was blocked"),
    (refusal(400, "Bad Request", migrate_to_chat_id=-5), TelegramRefusal, "-5"),
    (refusal(409, "Conflict: other getUpdates"), TelegramRefusal, "Conflict"),
    (refusal(401, "Unauthorized"), WrongToken, ""),
    (refusal(404, "Not Found"), WrongToken, ""),
    (refusal(429, "Too Many Requests", retry_after=7), TooManyRequests, "7 seconds"),
    (refusal(500, "Internal Server Error"), ConnectionError, "Internal Server Error"),
    ((502, b"<html>Bad Gateway</html>"), ConnectionError, "Bad Gateway"),
    ((200, b"<html>Welcome</html>"), WrongServer, ""),
]


class TestTelegramBot(BaseCase):
    def setUp(self):
        super().setUp()
        self.server = FakeBotApi()
        threading.Thread(target=self.server.serve_forever, daemon=True).start()
        self.addCleanup(self.server.server_close)
        self.addCleanup(self.server.shutdown)
        self.bot = TelegramBot(TOKEN, self.server.url + "/")

    def send(self):
        return self.bot.send_message("7", "<b>Hi</b>", parse_mode="HTML")

    def file(self, path, size=4):
        file = {"file_id": "f", "file_unique_id": "u", "file_path": path}
        self.server.answers["getFile"] = success(dict(file, file_size=size))

    def test_message_is_sent(self):
        message = self.send()
        self.assertEqual(message.message_id, 5)
        ((method, parameters),) = self.server.calls
        self.assertEqual(method, "sendMessage")
        self.assertEqual(
            parameters, {"chat_id": "7", "text": "<b>Hi</b>", "parse_mode": "HTML"}
        )

    def test_sent_message_has_no_token(self):
        with self.assertRaisesRegex(RuntimeError, "no bot associated"):
            self.send().get_bot()

    def test_each_answer_that_is_no_success_has_its_exception(self):
        for answer, exception, text in ANSWERS:
            self.server.answers["sendMessage"] = answer
            with self.subTest(answer=answer):
                with self.assertRaisesRegex(exception, text):
                    self.send()

    def test_wait_is_told_in_seconds(self):
        answer = refusal(429, "Too Many Requests", retry_after=7)
        self.server.answers["sendMessage"] = answer
        with self.assertRaises(TooManyRequests) as caught:
            self.send()
        self.assertEqual(caught.exception.seconds, 7)

    def test_silent_server_is_given_up(self):
        self.server.silence = 2
        for name in ("ANSWER_TIMEOUT", "CALL_TIMEOUT"):
            start = time.monotonic()
            with self.subTest(name=name), patch.object(telegram_bot, name, 0.2):
                with self.assertRaisesRegex(TimeoutError, "does not answer in time"):
                    self.send()
                self.assertLess(time.monotonic() - start, 1.5)

    def test_server_that_is_down_may_be_up_later(self):
        with socket.socket() as unused:
            unused.bind(("127.0.0.1", 0))
            port = unused.getsockname()[1]
        with self.assertRaises(ConnectionError):
            TelegramBot(TOKEN, "http://127.0.0.1:%s" % port).send_message("7", "Hi")

    def test_calls_of_several_threads_do_not_meet(self):
        with ThreadPoolExecutor(8) as pool:
            sent = list(pool.map(lambda _number: self.send(), range(16)))
        self.assertEqual(len(sent), len(self.server.calls))

    def test_missing_token_is_told_before_anything_is_sent(self):
        for token in (None, False, ""):
            with self.assertRaises(MissingToken):
                TelegramBot(token, self.server.url).send_message("7", "Hi")
        self.assertEqual(self.server.calls, [])

    def test_wrong_url_is_told(self):
        for url in WRONG_URLS:
            with self.subTest(url=url), self.assertRaises(WrongServer):
                TelegramBot(TOKEN, url).send_message("7", "Hi")

    def test_telegram_gets_https_addresses_only(self):
        bot = TelegramBot(TOKEN)
        with self.assertRaisesRegex(InsecureWebhook, "http://odoo.example.com/hook"):
            bot.set_webhook("http://odoo.example.com/hook")

    def test_own_server_gets_any_address(self):
        self.server.answers["setWebhook"] = success(True)
        self.bot.set_webhook("http://odoo/hook", secret_token="s")
        ((_method, parameters),) = self.server.calls
        self.assertEqual(parameters, {"url": "http://odoo/hook", "secret_token": "s"})

    def test_file_is_downloaded(self):
        self.server.files["documents/file_1.txt"] = b"data"
        self.file("documents/file_1.txt")
        self.assertEqual(self.bot.get_file("f"), ("file_1.txt", b"data"))

    def test_large_file_is_not_downloaded(self):
        self.file("documents/film.mov", size=telegram_bot.MAX_FILE + 1)
        with self.assertRaisesRegex(TelegramRefusal, "too big"):
            self.bot.get_file("f")

    def test_file_that_is_gone_is_told(self):
        self.file("documents/gone.txt")
        with self.assertRaisesRegex(TelegramRefusal, "not there any more"):
            self.bot.get_file("f")

    def test_files_of_this_machine_are_not_read(self):
        self.file(__file__)
        with self.assertRaises(WrongServer):
            self.bot.get_file("f")

    def test_token_is_not_in_the_log_of_the_http_library(self):
        with self.assertLogs("httpx", logging.INFO) as logs:
            self.send()
        text = "\n".join(logs.output)
        self.assertIn("/bot********/sendMessage", text)
        self.assertNotIn("s3cr3t_token", text)


class FakeBotApi(ThreadingHTTPServer):
    """Answers methods of the Bot API as told.

    :ivar dict answers: (status, body) by the name of the method
    :ivar dict files: content by path
    :ivar list calls: (method, parameters) of each call
    :ivar float silence: seconds before each answer
    """

    daemon_threads = True

    def __init__(self):
        super().__init__(("127.0.0.1", 0), _Handler)
        self.url = "http://127.0.0.1:%s" % self.server_port
        self.answers = {"sendMessage": success(MESSAGE)}
        self.files = {}
        self.calls = []
        self.silence = 0

    def handle_error(self, request, client_address):
        """A client that does not wait for its answer is no error here."""


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_GET(self):
        path = unquote(self.path).replace("/file/bot%s/" % TOKEN, "")
        content = self.server.files.get(path)
        self._send(*((200, content) if content else refusal(404, "Not Found")))

    def do_POST(self):
        body = self.rfile.read(int(self.headers["Content-Length"]))
        method = self.path.rsplit("/", 1)[-1]
        self.server.calls.append((method, dict(parse_qsl(body.decode()))))
        time.sleep(self.server.silence)
        self._send(*self.server.answers[method])

    def _send(self, status, body):
        self.send_response(status)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *args):
        pass
