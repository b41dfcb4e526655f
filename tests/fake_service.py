# Copyright 2026 Sync Studio contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl.html)
"""What local servers that play outside services share: HTTP, faults, and deliveries."""

import json
import random
import re
import socket
import struct
import threading
import time
from collections import namedtuple
from concurrent.futures import ThreadPoolExecutor
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qsl, unquote, urlsplit

import requests

DELIVERY_TIMEOUT = 60  # seconds
AT_ONCE = 4  # deliveries on their way at one time

Request = namedtuple("Request", "method path query headers data")
Response = namedtuple("Response", "status body headers", defaults=(b"", {}))


class Fault(namedtuple("Fault", "status headers carried_out stalls")):
    """What goes wrong with one call.

    :param int status: of the answer; None: the connection is reset without any
    :param dict headers: of the answer
    :param bool carried_out: whether the call is carried out all the same
    :param bool stalls: whether the client waits for an answer in vain
    """

    def __new__(cls, status=None, headers=None, carried_out=False, stalls=False):
        return super().__new__(cls, status, headers or {}, carried_out, stalls)


OUT_OF_ORDER = Fault(500)
RESET = Fault()
LOST_ANSWER = Fault(carried_out=True)
STALL = Fault(stalls=True)


def route(method, pattern):
    """Decorator: the method answers calls of a path (regular expression)."""

    def mark(function):
        function.route = (method, re.compile(pattern + "/?$"))
        return function

    return mark


class FakeService(ThreadingHTTPServer):
    """A service with state, that can be told to fail; use it in a ``with`` statement.

    Its routes are methods that get a ``Request`` and the groups of the path, and return
    a ``Response``. They and what users do run one at a time.

    :ivar list calls: (method, path) of each call
    :ivar deliveries: what it sends to webhooks
    """

    daemon_threads = True
    request_queue_size = 64

    def __init__(self, port=0):
        super().__init__(("127.0.0.1", port), _Handler)
        self.url = "http://127.0.0.1:%s" % self.server_port
        self.calls = []
        self.lock = threading.RLock()
        self.deliveries = Deliveries()
        self._faults = []
        self._random_faults = None
        functions = (getattr(type(self), name) for name in dir(type(self)))
        self._routes = [one for one in functions if hasattr(one, "route")]
        self._end = threading.Event()

    def __enter__(self):
        threading.Thread(target=self.serve_forever, daemon=True).start()
        return self

    def __exit__(self, *_error):
        self._end.set()
        self.deliveries.close()
        self.shutdown()
        self.server_close()

    # Faults

    def fail(self, fault, times=1, method="", path=""):
        """Let the next calls fail that have this method and part of a path."""
        self._faults += [(fault, method, path)] * times

    def fail_at_random(self, share, faults, seed=0):
        """Let a share of all calls fail, until it is called with the share 0."""
        self._random_faults = (share, faults, random.Random(seed)) if share else None

    def fault_of(self, request):
        """Return what goes wrong with a call, None for a call that works."""
        for entry in list(self._faults):
            fault, method, path = entry
            if method in ("", request.method) and path in request.path:
                self._faults.remove(entry)
                return fault
        if self._random_faults:
            share, faults, generator = self._random_faults
            if generator.random() < share:
                return generator.choice(faults)
        return None

    def stall(self):
        self._end.wait()

    # Calls

    def answer(self, request):
        """Return the Response to a call."""
        with self.lock:
            self.calls.append((request.method, request.path))
            refusal = self.refuse(request)
            if refusal:
                return refusal
            for function in self._routes:
                method, pattern = function.route
                match = pattern.match(request.path)
                if match and method == request.method:
                    return function(self, request, *map(unquote, match.groups()))
            return self.not_found()

    def refuse(self, request):
        """Return the Response to a caller without rights, None for others."""

    def not_found(self):
        return Response(404)


class Deliveries:
    """Sends events to webhooks, several at a time, as real services do.

    :ivar list answers: (address, status) of each event that arrived
    """

    def __init__(self):
        self.answers = []
        self._pool = ThreadPoolExecutor(AT_ONCE)
        self._under_way = 0
        self._lock = threading.Lock()
        self._held = None
        self._share, self._generator = 0, None

    def send(self, url, body, headers):
        """Send an event (bytes) without waiting for the answer."""
        if self._held is not None:
            self._held.append((url, body, headers))
            return
        for _time in range(self._times()):
            self._submit(url, body, headers)

    def lose_and_double(self, share, seed=0):
        """Lose this share of the events, and send the same share of them twice."""
        self._share, self._generator = share, random.Random(seed)

    def hold(self):
        """Keep events back until ``release``."""
        self._held = []

    def release(self, keep=lambda held: held):
        """Send the events kept back, one after the other.

        :param keep: function(list) -> list of those to send, in their order
        """
        held, self._held = keep(self._held), None
        for event in held:
            self._submit(*event)
            self.wait()

    def wait(self):
        """Wait until nothing is under way."""
        while self._under_way:
            time.sleep(0.02)

    def close(self):
        self._pool.shutdown(wait=True)

    def _times(self):
        chance = self._generator.random() if self._share else 1
        if chance < self._share:
            return 0
        return 2 if chance < 2 * self._share else 1

    def _submit(self, url, body, headers):
        with self._lock:
            self._under_way += 1
        self._pool.submit(self._post, url, body, headers)

    def _post(self, url, body, headers):
        headers = dict(headers, **{"Content-Type": "application/json"})
        try:
            response = requests.post(
                url, data=body, headers=headers, timeout=DELIVERY_TIMEOUT
            )
            self.answers.append((url, response.status_code))
        except requests.RequestException:
            pass  # the event is lost, as nobody is there
        finally:
            with self._lock:
                self._under_way -= 1


def as_json(data, status=200, headers=None):
    """Return a Response that holds a JSON value."""
    headers = dict({"Content-Type": "application/json"}, **(headers or {}))
    return Response(status, json.dumps(data).encode(), headers)


class _Handler(BaseHTTPRequestHandler):
    def _handle(self):
        request = self._request()
        with self.server.lock:
            fault = self.server.fault_of(request)
        if fault is None:
            self._send(self.server.answer(request))
            return
        if fault.carried_out:
            self.server.answer(request)
        if fault.stalls:
            self.server.stall()
        if fault.status:
            self._send(Response(fault.status, b"{}", fault.headers))
        else:
            self._reset()

    do_GET = do_POST = do_PUT = do_PATCH = do_DELETE = _handle

    def _request(self):
        parts = urlsplit(self.path)
        query = dict(parse_qsl(parts.query))
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        if "json" in self.headers.get("Content-Type", ""):
            data = json.loads(body) if body else None
        else:
            data = dict(parse_qsl(body.decode()))
        return Request(self.command, parts.path, query, self.headers, data)

    def _send(self, response):
        self.send_response(response.status)
        for name, value in response.headers.items():
            self.send_header(name, value)
        if response.status != 204:
            self.send_header("Content-Length", str(len(response.body)))
        self.end_headers()
        self.wfile.write(response.body)

    def _reset(self):
        at_once = struct.pack("ii", 1, 0)  # close by a reset
        self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, at_once)
        self.connection.close()
        self.close_connection = True

    def log_message(self, *_arguments):
        """Keep the output of the tests clean."""
