# Copyright 2026 Sync Studio contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl.html)
"""Answers for clients that call by requests, in place of the network."""

import json
from io import BytesIO
from unittest.mock import patch
from urllib.parse import parse_qsl, urlsplit

import requests
from urllib3 import HTTPResponse

from odoo.tests.common import BaseCase


class WireCase(BaseCase):
    """Tests of a client: ``answer`` tells what the service says to each call.

    :ivar list calls: (method, path, values in the body) of each call
    :ivar list requests: (requests.PreparedRequest) of each call
    """

    def setUp(self):
        super().setUp()
        self.answers = {}
        self.calls = []
        self.requests = []
        patcher = patch.object(
            requests.adapters.HTTPAdapter, "send", autospec=True, side_effect=self._send
        )
        patcher.start()
        self.addCleanup(patcher.stop)

    def answer(self, method, path, data=None, status=200, headers=None):
        """Set the answer to a call; ``data`` is a JSON value."""
        self.answers[method, path] = (status, json.dumps(data), headers or {})

    def changes(self):
        """Return the calls that do more than read."""
        return [call for call in self.calls if call[0] != "GET"]

    def query(self):
        """Return the query (dict) of the last call."""
        return dict(parse_qsl(urlsplit(self.requests[-1].url).query))

    def _send(self, adapter, request, **_options):
        path = urlsplit(request.url).path.rstrip("/")
        self.calls.append((request.method, path, _values(request)))
        self.requests.append(request)
        status, text, headers = self.answers[request.method, path]
        raw = HTTPResponse(
            BytesIO(text.encode()), headers, status, preload_content=False
        )
        return adapter.build_response(request, raw)


def _values(request):
    """Return what the body of a call holds, None if there is none."""
    if not request.body:
        return None
    if "json" in request.headers["Content-Type"]:
        return json.loads(request.body)
    return dict(parse_qsl(request.body))
