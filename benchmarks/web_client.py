# Copyright 2026 Sync Studio contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl.html)
"""The calls that Odoo's web client makes to open a screen, sent to Odoo in this process.

They go through the whole server but the socket, so that all queries can be counted.
"""

import json
import re

from lxml import etree
from werkzeug.test import Client
from werkzeug.wrappers import BaseResponse

from odoo.service.wsgi_server import application

from .measure import queries

TAGS = "many2many_tags"
VIEW_REF = re.compile("'([a-z]*_view_ref)' *: *'(.*?)'")
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

    def open_graph(self, model):
        """Open the bars of a model: days, and a colour for each value of a field."""
        view = self._load_views(model, ("graph", "search"))["graph"]
        self._read_groups(model, group_by(view))

    def open_pivot(self, model):
        """Open the table of a model: groups of rows, their groups, and columns."""
        view = self._load_views(model, ("pivot", "search"))["pivot"]
        rows, columns = group_by(view, "row"), group_by(view, "col")
        for row in range(len(rows) + 1):
            for column in range(len(columns) + 1):
                self._read_groups(model, rows[:row] + columns[:column])

    def _read_groups(self, model, names):
        kwargs = {"domain": [], "fields": ["__count"], "groupby": names, "lazy": False}
        self.call(model, "read_group", [], kwargs)

    def open_form(self, model, record_id, view_id=False):
        """Open a record in a form; return what it shows.

        :param int view_id: the view, where it is not the model's first
        """
        view = self._load_views(model, ("form",), view_id)["form"]
        lists = {
            name: self._list_view(view, name)
            for name, field in view["fields"].items()
            if field["type"] in X2MANY and name not in tag_names(view)
        }
        if etree.fromstring(view["arch"]).get("js_class") == "sync_form":
            return self._read_form(model, record_id, view, lists)
        assert not lists, "each would be a request: set the js_class of %s" % model
        (record,) = self._read(model, [record_id], view["fields"])
        self._read_tags(view, [record])
        return record

    def _read_form(self, model, record_id, view, lists):
        """Do as static/src/js/form.js of the addon."""
        asked = {
            name: {"names": list(lines["fields"]), "limit": SUBPAGE}
            for name, lines in lists.items()
        }
        names = list({*view["fields"], "display_name"})
        found = self.call(model, "read_form", [[record_id], names, asked])
        for name, lines in lists.items():
            self._read_tags(lines, found["rows"][name])
        return found["record"][0]

    def _load_views(
        self, model, kinds=("list", "form", "search"), view_id=False, context=()
    ):
        views = [[view_id, kinds[0]]] + [[False, kind] for kind in kinds[1:]]
        options = {"toolbar": True, "load_filters": True}
        kwargs = {"views": views, "options": options, "context": context}
        return self.call(model, "load_views", [], kwargs)["fields_views"]

    def _list_view(self, view, name):
        """Return the view of a list within a form: in the form, or one it refers to."""
        field = view["fields"][name]
        if "tree" in field["views"]:
            return field["views"]["tree"]
        (node,) = etree.fromstring(view["arch"]).xpath("//field[@name='%s']" % name)
        context = dict(VIEW_REF.findall(node.get("context", "")))
        return self._load_views(field["relation"], ["list"], context=context)["list"]

    def _read_tags(self, view, records):
        for name in tag_names(view):
            ids = sorted({tag for record in records for tag in record[name]})
            if ids:
                self._read(view["fields"][name]["relation"], ids, ["display_name"])

    def _read(self, model, ids, names):
        return self.call(model, "read", [ids, list({*names, "display_name"})])

    def call(self, model, method, args=(), kwargs=None):
        """Call a method of a model; return its result."""
        kwargs = dict(kwargs or {})
        more = kwargs.pop("context", ())
        kwargs["context"] = dict(self._context, bin_size=True, **dict(more))
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


def group_by(view, kind=None):
    """Return what a graph groups by; of a table the rows (row) or columns (col)."""
    nodes = etree.fromstring(view["arch"]).iter("field")
    return [
        ":".join(filter(None, (node.get("name"), node.get("interval"))))
        for node in nodes
        if node.get("type") == kind
    ]


def tag_names(view):
    """Return the fields that a list shows as tags."""
    nodes = etree.fromstring(view["arch"]).iter("field")
    return [node.get("name") for node in nodes if node.get("widget") == TAGS]
