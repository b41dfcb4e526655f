# Copyright 2026 Sync Studio contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl.html)
"""What several end-to-end tests share: one real server, and projects made over RPC."""

from textwrap import dedent

import pytest
import requests
from servers import Odoo, fresh_database, running


@pytest.fixture(scope="session")
def server(worker_id):
    """A server with two workers and job runner, on a fresh database with ``sync``.

    :param str worker_id: pytest-xdist's name of this process; each has its own server
    """
    database = "sync_e2e_" + worker_id
    fresh_database(database, "sync", addons=("sync",))
    server = Odoo(database)
    with running(server):
        yield server


@pytest.fixture(scope="session")
def admin(server):
    """Caller of the external API for the administrator."""
    return server.rpc()


@pytest.fixture
def make_webhook(server, admin):
    """Function that makes a webhook in a project of its own."""

    def make_webhook(code, **values):
        return Webhook(server, admin, dedent(code), values)

    return make_webhook


class Webhook:
    """A webhook, and what outside services and people do with it.

    :param str code: of the task; names are the fields of its trigger but
        ``common_code``, ``secrets`` (dict) and ``params`` (dict) of its project
    """

    def __init__(self, server, admin, code, values):
        self.admin = admin
        self.project_id = admin(
            "sync.project",
            "create",
            {
                "name": "Webhooks",
                "active": True,
                "common_code": values.pop("common_code", False),
                "secret_ids": _rows(values.pop("secrets", {})),
                "param_ids": _rows(values.pop("params", {})),
            },
        )
        task = {"name": "Task", "code": code, "project_id": self.project_id}
        self.task_id = admin("sync.task", "create", task)
        values = dict({"trigger_name": "HOOK", "sync_task_id": self.task_id}, **values)
        self.id = admin("sync.trigger.webhook", "create", values)
        self.path = self.read("website_url").split("/", 3)[3]
        self.url = "%s/%s" % (server.url, self.path)
        self.database = server.database

    def __call__(self, body=None, method="POST", path="", session=requests, **options):
        """Send a request and give the response."""
        url = self.url + path
        return session.request(method, url, data=body, timeout=60, **options)

    def read(self, field):
        (row,) = self.admin("sync.trigger.webhook", "read", [self.id], [field])
        return row[field]

    def write(self, **values):
        self.admin("sync.trigger.webhook", "write", [self.id], values)

    def jobs(self):
        """Give the ids and states of its jobs, the latest first."""
        domain = [("trigger_webhook_id", "=", self.id)]
        return self.admin("sync.job", "search_read", domain, ["state"])

    def lines(self, **values):
        """Give the log lines (dict) of the latest job that have these values."""
        domain = [("sync_job_id", "=", self.jobs()[0]["id"])]
        domain += [(name, "=", value) for name, value in values.items()]
        fields = ["message", "level", "type", "name"]
        return self.admin("ir.logging", "search_read", domain, fields, 0, 0, "id")

    def all_messages(self):
        """Give the texts of the log lines of all its jobs."""
        domain = [("sync_job_id.trigger_webhook_id", "=", self.id)]
        lines = self.admin("ir.logging", "search_read", domain, ["message"])
        return [line["message"] for line in lines]

    def deliveries(self, *fields):
        """Give the deliveries (dict), the latest first."""
        domain = [("trigger_webhook_id", "=", self.id)]
        fields = ["verdict", "status", "reason", "job_ids", "job_state", *fields]
        return self.admin("sync.webhook.delivery", "search_read", domain, fields)

    def verdicts(self):
        """Give verdict and status of each delivery, the earliest first."""
        rows = self.deliveries()[::-1]
        return [(row["verdict"], row["status"]) for row in rows]

    def replay(self, *ids):
        """Click [Replay] for some deliveries."""
        return self.admin("sync.webhook.delivery", "action_replay", list(ids))

    def messages(self, **values):
        return [line["message"] for line in self.lines(**values)]


def _rows(values):
    return [(0, 0, {"key": key, "value": value}) for key, value in values.items()]


@pytest.fixture
def person(people):
    """Let people open the app; check at the end that nothing went wrong for them.

    :param people: fixture of a module with screens: ``browser.Person`` by login
    """
    called = []

    def call(login):
        called.append(people[login])
        people[login].open_app()
        return people[login]

    yield call
    for someone in called:
        someone.settle()
