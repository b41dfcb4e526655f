# Copyright 2026 Sync Studio contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl.html)
"""A network between two servers that loses or delays answers when told to."""

import http.client
import threading
import xmlrpc.client
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


class LossyProxy(ThreadingHTTPServer):
    """Passes XML-RPC calls on to an Odoo; use it in a ``with`` statement.

    :ivar set lose: methods whose calls arrive while their answers get lost
    :ivar set hold: methods whose answers never come
    :ivar held: event, set when such an answer is being held back
    """

    daemon_threads = True

    def __init__(self, target_port):
        super().__init__(("127.0.0.1", 0), _Handler)
        self.target_port = target_port
        self.url = "http://127.0.0.1:%s" % self.server_port
        self.lose = set()
        self.hold = set()
        self.held = threading.Event()
        self._end = threading.Event()

    def __enter__(self):
        threading.Thread(target=self.serve_forever, daemon=True).start()
        return self

    def __exit__(self, *_error):
        self._end.set()
        self.shutdown()
        self.server_close()

    def wait_for_end(self):
        """Hold an answer back as long as the proxy lives."""
        self.held.set()
        self._end.wait()


class _Handler(BaseHTTPRequestHandler):
    def do_POST(self):
        body = self.rfile.read(int(self.headers["Content-Length"]))
        status, content = self._pass_on(body)
        method = _method(body)
        if method in self.server.hold:
            self.server.wait_for_end()
        if method in self.server.lose | self.server.hold:
            self.close_connection = True
            return
        self.send_response(status)
        self.send_header("Content-Type", "text/xml")
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def _pass_on(self, body):
        connection = http.client.HTTPConnection("127.0.0.1", self.server.target_port)
        connection.request("POST", self.path, body, {"Content-Type": "text/xml"})
        response = connection.getresponse()
        content = response.read()
        connection.close()
        return response.status, content

    def log_message(self, *_arguments):
        """Keep the output of the tests clean."""


def _method(body):
    """Name the model's method of a call, e.g. ``"read"``."""
    arguments, method = xmlrpc.client.loads(body)
    return arguments[4] if method == "execute_kw" else method
