# Copyright 2026 Sync Studio contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl.html)
"""The demo project "GitHub <-> Trello", used over the external API as people use it."""

from datetime import datetime, timedelta

import fake_github
import fake_trello
from servers import query

ADDON = "sync_github_trello_demo"
SECRETS = {
    "GITHUB_REPO": ("trello-github_project_secret_github_repo", fake_github.REPO),
    "GITHUB_TOKEN": ("trello-github_project_secret_github_token", fake_github.TOKEN),
    "GITHUB_WEBHOOK_SECRET": ("trello-github_project_secret_webhook", False),
    "TRELLO_BOARD_ID": ("trello-board-id_project-secret-parameter", fake_trello.BOARD),
    "TRELLO_KEY": ("trello-key_project-secret-parameter", fake_trello.KEY),
    "TRELLO_TOKEN": ("trello-token_project-secret-parameter", fake_trello.TOKEN),
    "TRELLO_SECRET": ("trello-github_project_secret_trello", fake_trello.SECRET),
}
CRON = "trello-github_task_conflicts_resolving_cron"
PUSH_ALL = (
    "push-all-issues-initial-syncing-of-github-issues-it-pushes-only-issues-without-"
    "linked-trello-cards-it-doesn-t-sync-further-updates_manual-trigger"
)


class GithubTrelloProject:
    """The project on a server, between a ``FakeGithub`` and a ``FakeTrello``."""

    def __init__(self, server, github, trello):
        self.server = server
        self.github = github
        self.trello = trello
        self.rpc = server.rpc()
        ((self._last_job,),) = self._query("SELECT coalesce(max(id), 0) FROM sync_job")

    # What users do

    def configure(self, **changes):
        """Set secrets, addresses and the time of the cron; unarchive the project."""
        self._set_config("web.base.url", self.server.url)
        self.set_param("param_github_api", self.github.url)
        self.set_param("param_trello_api", self.trello.url)
        for key, (_name, value) in SECRETS.items():
            self.set_secret(key, changes.get(key, value))
        self.set_cron_time(datetime.utcnow() + timedelta(hours=12))
        project = self.ref("trello-github_project")
        self.rpc("sync.project", "write", [project], {"active": True})

    def set_secret(self, key, value):
        secret = self.ref(SECRETS[key][0])
        self.rpc("sync.project.secret", "write", [secret], {"value": value})

    def set_cron_time(self, time):
        """Change the Next Execution Date of the cron (datetime, UTC)."""
        values = {"nextcall": time.strftime("%Y-%m-%d %H:%M:%S"), "numbercall": -1}
        values["active"] = True
        self.rpc("sync.trigger.cron", "write", [self.ref(CRON)], values)

    def set_param(self, name, value):
        param = self.ref("trello-github_project_" + name)
        self.rpc("sync.project.param", "write", [param], {"value": value})

    def set_up(self):
        """Click the two SETUP buttons."""
        self.click("trello-github_task_setup_trigger_button_github")
        self.click("trello-github_task_setup_trigger_button_trello")

    def click(self, button):
        """Click [Run Now] at a button."""
        self.rpc("sync.trigger.button", "start_button", [self.ref(button)])

    def push_all(self):
        self.click(PUSH_ALL)

    def run_cron(self):
        """Click [Run Manually] in the cron trigger."""
        self.rpc("sync.trigger.cron", "start_button", [self.ref(CRON)])

    # What they see

    def ref(self, name):
        return self.rpc.ref("%s.%s" % (ADDON, name))

    def webhook_url(self, name):
        domain = [("trigger_name", "=", name)]
        (hook,) = self.rpc(
            "sync.trigger.webhook", "search_read", domain, ["website_url"]
        )
        return hook["website_url"]

    def button_jobs(self, name):
        """Return the jobs of a button since the beginning."""
        domain = [("trigger_name", "=", name), ("id", ">", self._last_job)]
        return self.rpc("sync.job", "search_read", domain, ["state"])

    def button_messages(self, name):
        """Return the texts of the log lines of jobs, without those of Sync Studio."""
        rows = self._query(
            "SELECT message FROM ir_logging log JOIN sync_job job ON job.id ="
            " log.sync_job_id WHERE trigger_name = %s AND job.id > %s"
            " AND log.name = 'Log' AND message NOT LIKE 'Executing time%%'"
            " AND message != 'Job finished' ORDER BY log.id",
            [name, self._last_job],
        )
        return [message for (message,) in rows]

    def messages(self):
        """Return the texts of all log lines since the beginning."""
        rows = self._query(
            "SELECT message FROM ir_logging WHERE sync_job_id > %s ORDER BY id",
            [self._last_job],
        )
        return [message for (message,) in rows]

    def _query(self, sql, params=None):
        return query(self.server.database, sql, params)

    def _set_config(self, key, value):
        self.rpc("ir.config_parameter", "set_param", key, value)
