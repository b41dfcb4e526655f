# Copyright 2026 Sync Studio contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl.html)
"""The calls that Odoo's web client makes to open a screen, sent to Odoo in this process.

They go through the whole server but the socket, so that all queries can be counted.
"""

import json

from lxml import etree
from werkzeug.test import Client
from werkzeug.wrappers import BaseResponse

from odoo.service.wsgi_server import application

from .measure import queries

TAGS = "many2many_tags"
X2MANY = ("one2many", "many2many")
PAGE = 80  # records in a list
SUBPAGE = 40  # records in a list within a form


class WebClient:
    """A user's browser; ``calls`` lists what it called: name, queries."""

    def __init__(self, database, login, password):
        self.calls = []
        self._client = Client(application, BaseResponse)
        user = {"db": database, "login": login, "password": password}
        self._context = self._post("session/authenticate", user)["user_context"]

    def open_list(self, model, kind="list", view_id=False):
        """Open the list of a model, or its cards; return its records.

        :param int view_id: the view, where it is not the model's first
        """
        view = self._load_views(model, (kind, "form", "search"), view_id)[kind]
        parameters = {
            "model": model,
            "fields": list(view["fields"]),
            "domain": [],
            "limit": PAGE,
            "sort": "",
            "context": self._context,
        }
        found = self._post("dataset/search_read", parameters)["records"]
        self._read_tags(view, found)
        return found

    def open_form(self, model, record_id):
        """Open a record in a form; return what it shows."""
        view = self._load_views(model)["form"]
        (record,) = self._read(model, [record_id], view["fields"])
        for name, field in view["fields"].items():
            if field["type"] in X2MANY:
                self._read_list(field, record[name][:SUBPAGE])
        return record

    def _load_views(self, model, kinds=("list", "form", "search"), view_id=False):
        views = [[view_id, kinds[0]]] + [[False, kind] for kind in kinds[1:]]
        kwargs = {"views": views, "options": {"toolbar": True, "load_filters": True}}
        return self.call(model, "load_views", [], kwargs)["fields_views"]

    def _read_list(self, field, ids):
        """Read the records of a list within a form, and what their tags show."""
        view = field["views"].get("tree")
        if not view:
            view = self._load_views(field["relation"], ["list"])["list"]
        if ids:
            self._read_tags(view, self._read(field["relation"], ids, view["fields"]))

    def _read_tags(self, view, records):
        for name in tag_names(view):
            ids = sorted({tag for record in records for tag in record[name]})
            if ids:
                self._read(view["fields"][name]["relation"], ids, ["display_name"])

    def _read(self, model, ids, names):
        return self.call(model, "read", [ids, list({*names, "display_name"})])

    def call(self, model, method, args=(), kwargs=None):
        """Call a method of a model; return its result."""
        kwargs = dict(kwargs or {}, context=dict(self._context, bin_size=True))
        parameters = {
            "model": model,
            "method": method,
            "args": list(args),
            "kwargs": kwargs,
        }
        return self._post("dataset/call_kw/%s/%s" % (model, method), parameters)

    def _post(self, path, parameters):
        body = {"jsonrpc": "2.0", "method": "call", "params": parameters}
        answers = []
        count = queries(lambda: answers.append(self._send(path, body)))
        self.calls.append((path, count))
        return answers[0]

    def _send(self, path, body):
        response = self._client.post(
            "/web/" + path,
            data=json.dumps(body),
            content_type="application/json",
            environ_base={"REMOTE_ADDR": "127.0.0.1"},
        )
        answer = json.loads(response.data)
        assert "error" not in answer, answer
        return answer["result"]


def tag_names(view):
    """Return the fields that a list shows as tags."""
    nodes = etree.fromstring(view["arch"]).iter("field")
    return [node.get("name") for node in nodes if node.get("widget") == TAGS]
