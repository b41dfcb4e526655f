# Copyright 2026 Sync Studio contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl.html)
"""What tests of the addons below ``tests/addons`` do with a database that has them."""

import contextlib
import json

import pytest
import requests
from servers import REPO, until

ADDONS = REPO / "tests" / "addons"
TIMEOUT = 60  # seconds


@contextlib.contextmanager
def findable():
    """Let Odoo find the addons of the tests."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("EXTRA_ADDONS", str(ADDONS))
        yield


class Client:
    """Somebody who works with the projects of installed addons.

    :param server: a running ``servers.Odoo``
    """

    def __init__(self, server):
        self.url = server.url
        self.rpc = server.rpc()

    def get(self, xmlid, *fields):
        """Return the values of fields of a record: one value, or a list of them."""
        (row,) = self.rpc(self._model(xmlid), "read", [self.rpc.ref(xmlid)], fields)
        values = [row[field] for field in fields]
        return values[0] if len(values) == 1 else values

    def set(self, xmlid, **values):
        """Write values to a record."""
        self.rpc(self._model(xmlid), "write", [self.rpc.ref(xmlid)], values)

    def click(self, xmlid):
        """Click the button of a manual trigger or cron trigger; return the job's id."""
        action = self.rpc(self._model(xmlid), "start_button", [self.rpc.ref(xmlid)])
        return action["res_id"]

    def call(self, xmlid, body=None, method="POST", **options):
        """Send a request to a webhook and return the response."""
        path = self.get(xmlid, "website_url").split("/", 3)[3]
        url = "%s/%s" % (self.url, path)
        return requests.request(method, url, data=body, timeout=TIMEOUT, **options)

    def last_job(self, field, xmlid):
        """Wait until a trigger has a job, and return the latest (id)."""
        domain = [(field, "=", self.rpc.ref(xmlid))]
        found = until(
            lambda: self.rpc("sync.job", "search", domain, 0, 1),
            TIMEOUT,
            "a job of %s" % xmlid,
        )
        return found[0]

    def ended(self, job_id):
        """Wait until a job and its sub-jobs have ended, and return its state."""

        def state():
            (job,) = self.rpc("sync.job", "read", [job_id], ["state", "in_progress"])
            return not job["in_progress"] and job["state"]

        return until(state, TIMEOUT, "the end of the job")

    def lines(self, job_id, **values):
        """Return the log lines (dict) of a job and its sub-jobs."""
        domain = ["|", ("sync_job_id", "=", job_id)]
        domain += [("sync_job_id.parent_job_id", "=", job_id)]
        domain += [(name, "=", value) for name, value in values.items()]
        fields = ["message", "level", "type", "name"]
        return self.rpc("ir.logging", "search_read", domain, fields, 0, 0, "id")

    def messages(self, job_id, **values):
        """Return the texts of these log lines."""
        return [line["message"] for line in self.lines(job_id, **values)]

    def result(self, job_id):
        """Return what the code has logged as JSON under the name "result"."""
        (message,) = self.messages(job_id, name="result")
        return json.loads(message)

    def _model(self, xmlid):
        module, name = xmlid.split(".", 1)
        domain = [("module", "=", module), ("name", "=", name)]
        (data,) = self.rpc("ir.model.data", "search_read", domain, ["model"])
        return data["model"]
