# Copyright 2026 Sync Studio contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl.html)
"""The demo project "Telegram", used over the external API as people use it."""

import re
from base64 import b64decode

from servers import query, until

ADDON = "sync_telegram_demo"
SETTLED = ("done", "done_warning", "failed")


class TelegramProject:
    """The project on a server: what users do in Odoo, and what they can see.

    :param Odoo odoo: the server
    :param FakeTelegram telegram: where its bot is
    """

    def __init__(self, odoo, telegram):
        self.odoo = odoo
        self.telegram = telegram
        self.rpc = odoo.rpc()
        self.project = self.ref("project")
        ((self._last_job,),) = self._query("SELECT coalesce(max(id), 0) FROM sync_job")

    def ref(self, name):
        return self.rpc.ref("%s.telegram_%s" % (ADDON, name))

    # What a user does

    def set_base_url(self, url):
        self.rpc("ir.config_parameter", "set_param", "web.base.url", url)

    def set_param(self, key, value):
        self._set("sync.project.param", key, value)

    def set_text(self, key, value):
        self._set("sync.project.text", key, value)

    def set_secret(self, key, value):
        self._set("sync.project.secret", key, value)

    def set_active(self, active):
        self.rpc("sync.project", "write", [self.project], {"active": active})

    def setup(self):
        """Click [Run Now] near to SETUP_TELEGRAM; return the job (dict)."""
        button = self.ref("trigger_button")
        action = self.rpc("sync.trigger.button", "start_button", [button])
        (job,) = self.rpc("sync.job", "read", [action["res_id"]], ["state"])
        return job

    def translate_text(self, key, lang, value):
        domain = [("code", "=", lang), ("active", "=", False)]
        context = {"active_test": False}
        ids = self.rpc("res.lang", "search", domain, context=context)
        self.rpc("res.lang", "write", ids, {"active": True})
        self._set("sync.project.text", key, value, lang=lang)

    def post(self, partner, body, **context):
        """Log a note on a partner."""
        self.rpc("res.partner", "message_post", [partner], body=body, context=context)

    def receive_email(self, partner, body):
        """Let the e-mail of an outsider come in on a partner."""
        values = {
            "body": body,
            "message_type": "email",
            "email_from": "eve@example.com",
        }
        self.rpc("res.partner", "message_post", [partner], **values)

    def configure(self):
        """Do what the documentation says: set the token, unarchive, run Setup."""
        self.set_secret("TELEGRAM_BOT_TOKEN", self.telegram.token)
        self.set_active(True)
        return self.setup()

    # What they can see

    def partners(self, user):
        """Return the partners (dict) of a person in Telegram."""
        domain = [("ref", "=", "%s@telegram" % user.id)]
        return self.rpc("res.partner", "search_read", domain, ["name", "message_ids"])

    def partner(self, user):
        """Wait until a person in Telegram has a partner; return its id."""
        (partner,) = until(lambda: self.partners(user), 30, "a partner")
        return partner["id"]

    def messages(self, partner):
        """Return the messages (dict) of a partner, the first one first."""
        domain = [("model", "=", "res.partner"), ("res_id", "=", partner)]
        fields = ["body", "author_id", "date", "attachment_ids"]
        return self.rpc("mail.message", "search_read", domain, fields, 0, 0, "id")

    def texts(self, partner):
        """Return the messages of a partner as plain text."""
        return [self.text(message) for message in self.messages(partner)]

    def text(self, message):
        """Return a message (dict) as plain text."""
        return re.sub("<[^>]+>", " ", message["body"]).strip()

    def wait_for_text(self, partner, text, times=1):
        """Wait until messages of a partner contain a text."""

        def found():
            return sum(text in one for one in self.texts(partner)) >= times

        until(found, 30, "%r in %s" % (text, partner), pause=0.2)

    def files(self, message):
        """Return names and contents of the files of a message (dict)."""
        ids, fields = message["attachment_ids"], ["name", "datas"]
        rows = self.rpc("ir.attachment", "read", ids, fields)
        return [(row["name"], b64decode(row["datas"])) for row in rows]

    def jobs(self):
        """Wait until all jobs since the start of the test are through."""

        def through():
            domain = [("id", ">", self._last_job)]
            fields = ["state", "trigger_name"]
            jobs = self.rpc("sync.job", "search_read", domain, fields, 0, 0, "id")
            return all(job["state"] in SETTLED for job in jobs) and jobs

        return until(through, 60, "the jobs", pause=0.2)

    def job_names(self):
        return [job["trigger_name"] for job in self.jobs()]

    def log(self):
        """Return the texts of all log lines since the start of the test."""
        sql = "SELECT message FROM ir_logging WHERE sync_job_id > %s ORDER BY id"
        return [message for (message,) in self._query(sql, [self._last_job])]

    def seconds_to_retry(self):
        """Wait for the first failure; return the seconds from now to the next try."""

        def first_failure():
            return self._query(
                "SELECT extract(epoch FROM eta - now() AT TIME ZONE 'UTC')"
                " FROM queue_job WHERE state = 'pending' AND retry = 1",
            )

        ((seconds,),) = until(first_failure, 60, "the first failure")
        return seconds

    def hasten_retry(self):
        """Let the next try of the waiting jobs begin now."""
        self._query("UPDATE queue_job SET eta = NULL WHERE state = 'pending'")

    def chat(self, user, text="Hi"):
        """Let a person begin to chat; return their partner."""
        user.write(text)
        partner = self.partner(user)
        self.wait_for_text(partner, text)
        return partner

    def _set(self, model, key, value, **context):
        domain = [("project_id", "=", self.project), ("key", "=", key)]
        row = self.rpc(model, "search", domain)
        self.rpc(model, "write", row, {"value": value}, context=context)

    def _query(self, sql, params=None):
        return query(self.odoo.database, sql, params)
