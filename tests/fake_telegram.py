# Copyright 2026 Sync Studio contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl.html)
"""A local server that speaks the Telegram Bot API, with people who chat with its bot.

It keeps what a self-hosted Bot API server keeps: the webhook with its secret, chats,
files, and the updates that wait for delivery. Like Telegram it delivers them one after
another, and each again until the answer is 2xx. What it is told to do wrong is listed
in ``Faults``.
"""

import contextlib
import itertools
import json
import os
import re
import socket
import struct
import threading
import time
from collections import deque
from concurrent.futures import ThreadPoolExecutor
from email import message_from_bytes
from html.parser import HTMLParser
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qsl, unquote, urlsplit

import requests

TOKEN = "110201543:AAHdqTcvCH1vGWJxfSeofSAs0K5PALDsaw"
SECRET_HEADER = "X-Telegram-Bot-Api-Secret-Token"
SECRET = re.compile(r"[A-Za-z0-9_-]{1,256}")
ALLOWED_TAGS = frozenset(
    "a b blockquote code del em i ins pre s span strike strong tg-emoji tg-spoiler u".split()
)
ENTITIES = {"a": "text_link", "b": "bold", "i": "italic", "u": "underline"}
ENTITIES.update({"s": "strikethrough", "code": "code", "pre": "pre"})
ENTITIES.update({"blockquote": "blockquote"})
MAX_TEXT = 4096  # UTF-16 units
MAX_FILE = 20 * 1024 * 1024  # bytes
FIRST_PAUSE = 0.2  # seconds before a delivery is repeated; doubled each time
LONGEST_PAUSE = 2


class Refusal(Exception):
    """The answer to a call that Telegram does not carry out.

    :param int code: the HTTP status
    :param str text: Telegram's description
    :param parameters: e.g. ``{"retry_after": 7}``
    """

    def __init__(self, code, text, **parameters):
        super().__init__(text)
        self.answer = {"ok": False, "error_code": code, "description": text}
        if parameters:
            self.answer["parameters"] = parameters


class Faults:
    """What goes wrong with the next calls of a method, one fault per call.

    Faults are a status (``500``, ``429``), ``"time-out"`` (no answer for a while),
    ``"reset"`` (the connection breaks before anything is done) and ``"lost answer"``
    (it breaks afterwards).
    """

    def __init__(self):
        self._queues = {}
        self.retry_after = 7  # seconds, with 429
        self.silence = 15  # seconds, with "time-out"

    def add(self, method, *faults):
        self._queues.setdefault(method, deque()).extend(faults)

    def clear(self):
        self._queues.clear()

    def take(self, method):
        queue = self._queues.get(method)
        return queue.popleft() if queue else None


class User:
    """A person with a Telegram app.

    :param FakeTelegram server: where their bot is
    """

    def __init__(self, server, user_id, first_name, last_name=None, username=None):
        self.server = server
        self.id = user_id
        self.blocks_bot = False
        self.inbox = []  # messages (dict) of the bot
        names = dict(first_name=first_name, last_name=last_name, username=username)
        self.info = {"id": user_id, "is_bot": False}
        self.info.update({key: name for key, name in names.items() if name})
        self.chat = {key: self.info[key] for key in self.info if key != "is_bot"}
        self.chat["type"] = "private"

    @property
    def url(self):
        """Where somebody who tries the demo reads and writes in this person's place."""
        return "%s/people/%s" % (self.server.url, self.id)

    def texts(self):
        """Return the texts that the bot has sent."""
        return [message["text"] for message in self.inbox]

    def write(self, text=None, **content):
        """Send a message to the bot; give it back (dict).

        :param content: other fields of the message, e.g. ``photo``
        """
        if text is not None:
            content["text"] = text
        message = self.server.new_message(self.chat, self.info, content)
        self.server.add_update("message", message)
        return message

    def edit(self, message, text):
        """Change the text of a message; give the new version."""
        now = int(time.time())
        edited = dict(message, text=text, edit_date=max(now, message["date"] + 1))
        self.server.add_update("edited_message", edited)
        return edited

    def photo(self, content, **more):
        """Send a photo, of which Telegram keeps two sizes."""
        small = self.server.keep_file(content[:10], "photos/file_%s.jpg")
        large = self.server.keep_file(content, "photos/file_%s.jpg")
        sizes = [dict(small, width=90, height=90), dict(large, width=800, height=800)]
        return self.write(photo=sizes, **more)

    def document(self, content, name, **more):
        file = self.server.keep_file(content, "documents/file_%s")
        return self.write(document=dict(file, file_name=name), **more)

    def sticker(self, content, emoji):
        file = self.server.keep_file(content, "stickers/file_%s.webp")
        kind = {"type": "regular", "is_animated": False, "is_video": False}
        sticker = dict(file, width=512, height=512, emoji=emoji, **kind)
        return self.write(sticker=sticker)


class FakeTelegram(ThreadingHTTPServer):
    """The server; use it in a ``with`` block."""

    daemon_threads = True

    def __init__(self, port=0):
        super().__init__(("127.0.0.1", port), _Handler)
        self.url = "http://127.0.0.1:%s" % self.server_port
        self.token = TOKEN
        self.faults = Faults()
        self.users = {}
        self.files = {}
        self.calls = []  # (method, parameters) of all calls that reached the bot
        self.webhook = {"url": ""}
        self.deliveries = []  # (update id, status or name of the error)
        self.pending = deque()  # updates
        self.paused = threading.Event()
        self._numbers = itertools.count(1001)
        self._changed = threading.Condition()
        self._closed = False

    def __enter__(self):
        threading.Thread(target=self.serve_forever, daemon=True).start()
        threading.Thread(target=self._deliver_all, daemon=True).start()
        return self

    def __exit__(self, *error):
        self._closed = True
        with self._changed:
            self._changed.notify_all()
        self.shutdown()
        self.server_close()

    # People

    def user(self, first_name, **names):
        """Return a new person who has not written to the bot yet."""
        user = User(self, next(self._numbers) * 1000, first_name, **names)
        self.users[user.id] = user
        return user

    def new_message(self, chat, sender, content):
        number, now = next(self._numbers), int(time.time())
        message = {"message_id": number, "date": now, "chat": chat, "from": sender}
        return dict(message, **content)

    def keep_file(self, content, path):
        """Keep the content of a file; return its description.

        :param str path: where it is for downloads, with ``%s`` for a number
        """
        number = next(self._numbers)
        file_id = "id-%s" % number
        self.files[file_id] = (path % number, content)
        sizes = {"file_size": len(content)}
        return dict(sizes, file_id=file_id, file_unique_id="u" + file_id)

    # Deliveries

    def add_update(self, kind, content):
        """Queue an update; give it back (dict)."""
        update = {"update_id": next(self._numbers), kind: content}
        with self._changed:
            if kind in self.webhook.get("allowed_updates", [kind]):
                self.pending.append(update)
                self._changed.notify_all()
        return update

    @contextlib.contextmanager
    def held_back(self):
        """Deliver nothing in the block; it may change the order of ``pending``."""
        self.paused.set()
        try:
            yield self.pending
        finally:
            self.paused.clear()
            with self._changed:
                self._changed.notify_all()

    def deliver(self, update, secret=None):
        """Deliver an update once; give the status, or the name of the error.

        :param secret: another one than the webhook's
        """
        headers = {}
        if secret or self.webhook.get("secret_token"):
            headers[SECRET_HEADER] = secret or self.webhook["secret_token"]
        try:
            url = self.webhook["url"]
            response = requests.post(url, json=update, headers=headers, timeout=30)
            outcome = response.status_code
        except requests.RequestException as error:
            outcome = type(error).__name__
        self.deliveries.append((update["update_id"], outcome))
        return outcome

    def deliver_at_once(self, updates):
        """Deliver updates at the same time, each again until it arrives.

        :return: the status of each last try
        """

        def insist(update):
            for pause in (0.1, 0.2, 0.4, 0.8, 1.6):
                status = self.deliver(update)
                if status == 200:
                    break
                time.sleep(pause)
            return status

        with ThreadPoolExecutor(len(updates)) as pool:
            return list(pool.map(insist, updates))

    def _deliver_all(self):
        pause = FIRST_PAUSE
        while not self._closed:
            with self._changed:
                ready = self.webhook["url"] and self.pending
                if not ready or self.paused.is_set():
                    self._changed.wait(1)
                    continue
                update = self.pending[0]
            outcome = self.deliver(update)
            if isinstance(outcome, int) and 200 <= outcome < 300:
                pause = FIRST_PAUSE
                with contextlib.suppress(ValueError):  # taken away meanwhile
                    self.pending.remove(update)
            else:
                time.sleep(pause)
                pause = min(2 * pause, LONGEST_PAUSE)

    # Methods of the Bot API

    def call(self, method, parameters):
        """Carry a method out; give its result.

        :raises Refusal: as Telegram would
        """
        function = getattr(self, "_api_" + method, None)
        if not function:
            raise Refusal(404, "Not Found: method not found")
        self.calls.append((method, parameters))
        return function(parameters)

    def _api_getMe(self, _parameters):
        bot = {"id": int(self.token.split(":")[0]), "is_bot": True}
        return dict(bot, first_name="Demo", username="demo_bot")

    def _api_setWebhook(self, parameters):
        secret = parameters.get("secret_token")
        if secret is not None and not SECRET.fullmatch(secret):
            raise Refusal(
                400, "Bad Request: secret token contains unallowed characters"
            )
        url = parameters.get("url", "")
        if url and urlsplit(url).scheme not in ("http", "https"):
            raise Refusal(
                400, "Bad Request: bad webhook: An HTTPS URL must be provided"
            )
        if url and not urlsplit(url).hostname:
            raise Refusal(400, "Bad Request: invalid webhook URL specified")
        with self._changed:
            self.webhook = dict(parameters, url=url)
            self._changed.notify_all()
        return True

    def _api_getWebhookInfo(self, _parameters):
        shown = {key: self.webhook[key] for key in self.webhook if "secret" not in key}
        count = len(self.pending)
        return dict(shown, has_custom_certificate=False, pending_update_count=count)

    def _api_deleteWebhook(self, _parameters):
        self.webhook = {"url": ""}
        return True

    def _api_sendMessage(self, parameters):
        user = self.users.get(int(parameters["chat_id"]))
        if not user:
            raise Refusal(400, "Bad Request: chat not found")
        if user.blocks_bot:
            raise Refusal(403, "Forbidden: bot was blocked by the user")
        text, entities = parameters.get("text", ""), []
        if parameters.get("parse_mode") == "HTML":
            text, entities = parse_html(text)
        text = text.rstrip()
        if not text.strip():
            raise Refusal(400, "Bad Request: message text is empty")
        if _length(text) > MAX_TEXT:
            raise Refusal(400, "Bad Request: message is too long")
        content = {"text": text}
        if entities:
            content["entities"] = entities
        message = self.new_message(user.chat, self._api_getMe({}), content)
        user.inbox.append(message)
        return message

    def _api_getFile(self, parameters):
        if parameters["file_id"] not in self.files:
            raise Refusal(400, "Bad Request: invalid file_id")
        path, content = self.files[parameters["file_id"]]
        if len(content) > MAX_FILE:
            raise Refusal(400, "Bad Request: file is too big")
        file = {"file_id": parameters["file_id"], "file_size": len(content)}
        return dict(file, file_unique_id="u", file_path=path)

    def file_content(self, path):
        return next(
            (content for known, content in self.files.values() if known == path), None
        )


class _Handler(BaseHTTPRequestHandler):
    """``/bot<token>/<method>`` and ``/file/bot<token>/<path>``

    And for people who try the demo ``/people/<id>``: what the bot sent to somebody, and
    by POST a message to it.
    """

    protocol_version = "HTTP/1.1"

    def do_GET(self):
        path = unquote(urlsplit(self.path).path)
        prefix = "/file/bot%s/" % self.server.token
        user = self._user()
        if user:
            self._send_text("\n".join(user.texts()))
        elif path.startswith(prefix):
            self._send_file(path[len(prefix) :])
        else:
            self._answer_call(dict(parse_qsl(urlsplit(self.path).query)))

    def do_POST(self):
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        user = self._user()
        if user:
            user.write(body.decode())
            self._send_text("Sent")
            return
        self._answer_call(_parameters(self.headers.get("Content-Type", ""), body))

    def _user(self):
        match = re.fullmatch(r"/people/(\d+)", self.path)
        return match and self.server.users.get(int(match.group(1)))

    def _answer_call(self, parameters):
        match = re.fullmatch(r"/bot([^/]*)/(\w+)", urlsplit(self.path).path)
        if not match:
            return self._send(404, Refusal(404, "Not Found").answer)
        token, method = match.groups()
        if token != self.server.token:
            return self._send(401, Refusal(401, "Unauthorized").answer)
        fault = self.server.faults.take(method)
        if fault == "reset":
            return self._reset()
        if fault == "time-out":
            time.sleep(self.server.faults.silence)
            return self._reset()
        try:
            self._raise_status(fault)
            answer, status = {"ok": True}, 200
            answer["result"] = self.server.call(method, parameters)
        except Refusal as refusal:
            answer, status = refusal.answer, refusal.answer["error_code"]
        if fault == "lost answer":
            return self._reset()
        return self._send(status, answer)

    def _raise_status(self, fault):
        if fault == 429:
            wait = self.server.faults.retry_after
            text = "Too Many Requests: retry after %s" % wait
            raise Refusal(429, text, retry_after=wait)
        if isinstance(fault, int):
            raise Refusal(fault, "Internal Server Error")

    def _send_file(self, path):
        content = self.server.file_content(path)
        if content is None:
            self._send(404, Refusal(404, "Not Found").answer)
        else:
            self._send_bytes(200, "application/octet-stream", content)

    def _send_text(self, text):
        self._send_bytes(200, "text/plain; charset=utf-8", (text + "\n").encode())

    def _send(self, status, answer):
        self._send_bytes(status, "application/json", json.dumps(answer).encode())

    def _send_bytes(self, status, content_type, content):
        with contextlib.suppress(ConnectionError):
            self.send_response(status)
            self.send_header("Content-Type", content_type)
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

    def _reset(self):
        """End the connection by a reset, not by an orderly close."""
        at_once = struct.pack("ii", 1, 0)
        self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, at_once)
        self.close_connection = True
        os.close(self.connection.detach())

    def log_message(self, *args):
        pass


def _parameters(content_type, body):
    """Read the parameters in any of the forms that Telegram takes."""
    if content_type.startswith("application/json"):
        return json.loads(body or b"{}")
    if content_type.startswith("multipart/form-data"):
        head = b"Content-Type: %s\r\n\r\n" % content_type.encode()
        parts = message_from_bytes(head + body).get_payload()
        named = (
            (part.get_param("name", header="content-disposition"), part)
            for part in parts
        )
        return {name: _value(part.get_payload()) for name, part in named}
    pairs = parse_qsl(body.decode(), keep_blank_values=True)
    return {name: _value(value) for name, value in pairs}


def _value(text):
    """Lists and objects come as JSON."""
    return json.loads(text) if text[:1] in ("[", "{") else text


def _length(text):
    return len(text.encode("utf-16-le")) // 2


def parse_html(source):
    """Return the text and the entities of a message in HTML.

    :raises Refusal: Telegram would not take it
    """
    parser = _HTML()
    parser.feed(source)
    parser.close()
    if parser.open:
        tag = parser.open[-1][0]
        raise Refusal(
            400, _cannot_parse("Can't find end tag corresponding to %s" % tag)
        )
    return parser.text, parser.entities


def _cannot_parse(reason):
    return "Bad Request: can't parse entities: " + reason


class _HTML(HTMLParser):
    """The HTML of Telegram: few tags, all of them closed in their order."""

    def __init__(self):
        super().__init__()
        self.text = ""
        self.entities = []
        self.open = []  # (tag, attributes, where it begins)

    def handle_starttag(self, tag, attrs):
        if tag not in ALLOWED_TAGS:
            reason = 'Unsupported start tag "%s" at byte offset %s'
            raise Refusal(400, _cannot_parse(reason % (tag, self.getpos()[1])))
        self.open.append((tag, dict(attrs), _length(self.text)))

    def handle_endtag(self, tag):
        if not self.open or self.open[-1][0] != tag:
            raise Refusal(400, _cannot_parse('Unexpected end tag "%s"' % tag))
        _tag, attributes, offset = self.open.pop()
        length = _length(self.text) - offset
        if tag in ENTITIES and length:
            entity = {"type": ENTITIES[tag], "offset": offset, "length": length}
            if tag == "a":
                entity["url"] = attributes.get("href", "")
            self.entities.append(entity)

    def handle_data(self, data):
        self.text += data
