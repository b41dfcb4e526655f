# Copyright 2026 Sync Studio contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl.html)
"""The evaluation context "Trello & Github", and what the demo project asks for."""

from unittest.mock import patch

from odoo.tools import mute_logger

from odoo.addons.sync.retry import is_transient, retry_after
from odoo.addons.sync.tests.common import SyncCase

from ..clients.errors import NotAccepted, NotThere, ServiceError, TryLater
from ..clients.github_repo import GithubRepo
from ..clients.trello_board import TrelloBoard

ADDON = "sync_github_trello_demo"
SECRETS = {
    "GITHUB_REPO": "octo/demo",
    "GITHUB_TOKEN": "github-t0ken",
    "TRELLO_BOARD_ID": "Ab3dEf9h",
    "TRELLO_KEY": "trello-k3y",
    "TRELLO_TOKEN": "trello-t0ken",
}
ADVICE = [
    (NotAccepted("no"), "GitHub does not accept the login. Check GITHUB_REPO"),
    (NotThere("no"), "GitHub did not find something, or the token may not see it: no"),
    (ServiceError("no"), "GitHub refused: no"),
]
GET_LABELS = "def handle_button(): log(str(%s.get_labels()))"


class TestSyncProject(SyncCase):
    def make_demo(self, **changes):
        secrets = dict(SECRETS, **changes)
        project = self.make_project(eval_context="trello_github")
        for key, value in secrets.items():
            self.env["sync.project.secret"].create(
                {"project_id": project.id, "key": key, "value": value}
            )
        return project

    def run_code(self, code, project, user=None):
        button = self.make_button(code, project=project)
        with mute_logger("odoo.addons.sync.models.sync_task"):
            return self.click(button, user or self.developer)

    def set_webhook(self, service, project, args):
        """Have code set a webhook of the project; return the job and what was sent."""
        task = self.make_task("def handle_webhook(httprequest): pass", project=project)
        hook = self.make_trigger("webhook", task, trigger_name="HOOK")
        code = "def handle_button(): %s.set_webhook(webhooks.HOOK%s)" % (service, args)
        client = GithubRepo if service == "github" else TrelloBoard
        with patch.object(client, "set_webhook", autospec=True) as call:
            job = self.run_code(code, project)
        ((_client, url, *sent), _kwargs) = call.call_args
        self.assertEqual(url, hook.website_url)
        return job, hook, sent

    def test_answer_reaches_the_code_and_the_log(self):
        result = {"return_value": ["a label"]}
        with patch.object(TrelloBoard, "get_labels", autospec=True, **result):
            job = self.run_code(GET_LABELS % "trello", self.make_demo())
        self.assertEqual(job.state, "done")
        self.assertIn("['a label']", self.lines(job))
        self.assertIn("RESULT: ['a label']", self.lines(job))

    def test_each_refusal_comes_with_advice(self):
        project = self.make_demo()
        for error, advice in ADVICE:
            with self.subTest(advice=advice):
                effect = {"side_effect": error}
                with patch.object(GithubRepo, "get_labels", autospec=True, **effect):
                    job = self.run_code(GET_LABELS % "github", project)
                self.assertEqual(job.state, "failed")
                self.assertIn(advice, "\n".join(self.lines(job)))

    def test_wish_of_a_service_to_wait_reaches_the_queue(self):
        error = TryLater("busy", 77)
        self.assertTrue(is_transient(error))
        self.assertEqual(retry_after(error), 77)

    def test_missing_secrets_are_named(self):
        for key in SECRETS:
            with self.subTest(key=key):
                service = "github" if key.startswith("GITHUB") else "trello"
                code = GET_LABELS % service
                job = self.run_code(code, self.make_demo(**{key: False}))
                self.assertEqual(job.state, "failed")
                text = 'in the project\'s tab "Parameters": %s.' % key
                self.assertIn(text, "\n".join(self.lines(job)))

    def test_project_without_secrets_can_run_other_code(self):
        project = self.make_project(eval_context="trello_github")
        job = self.run_code('def handle_button(): log("%s" % sqrt(9))', project)
        self.assertEqual(job.state, "done")
        self.assertIn("3.0", self.lines(job))

    def test_secret_of_github_is_made_up_once(self):
        project = self.make_demo()
        _job, _hook, (events, secret) = self.set_webhook(
            "github", project, ', ["issues"]'
        )
        self.assertEqual(events, ["issues"])
        self.assertGreater(len(secret), 30)
        row = project.secret_ids.filtered(
            lambda row: row.key == "GITHUB_WEBHOOK_SECRET"
        )
        self.assertEqual(row.value, secret)
        again = self.set_webhook("github", project, ', ["issues"]')[-1][-1]
        self.assertEqual(again, secret)

    def test_webhook_of_github_is_verified(self):
        _job, hook, _sent = self.set_webhook("github", self.make_demo(), ", []")
        expected = ("github", "GITHUB_WEBHOOK_SECRET")
        self.assertEqual((hook.verification, hook.secret_key), expected)

    def test_archived_project_cannot_set_webhooks_of_trello(self):
        project = self.make_demo()
        project.active = False
        job = self.run_code('def handle_button(): trello.set_webhook("x")', project)
        self.assertIn("Unarchive the project first", "\n".join(self.lines(job)))

    def test_secret_of_github_is_not_logged(self):
        project = self.make_demo()
        job, _hook, (_events, secret) = self.set_webhook("github", project, ", []")
        self.assertNotIn(secret, "\n".join(self.lines(job)))

    def test_webhook_of_trello_is_verified(self):
        project = self.make_demo(TRELLO_SECRET="app-s3cret")
        job, hook, _sent = self.set_webhook("trello", project, "")
        self.assertEqual(job.state, "done")
        self.assertEqual(
            (hook.verification, hook.secret_key), ("trello", "TRELLO_SECRET")
        )

    def test_webhook_of_trello_cannot_be_verified_without_the_secret(self):
        job, hook, _sent = self.set_webhook("trello", self.make_demo(), "")
        self.assertEqual(hook.verification, "none")
        (warning,) = self.lines(job, "warning")
        self.assertIn("webhook HOOK", warning)
        self.assertIn("Set the secret TRELLO_SECRET", warning)

    def test_every_name_is_documented(self):
        project = self.make_project(eval_context="trello_github")
        context = {"params": {}, "log": None, "log_transmission": None}
        names = project._eval_context_trello_github({}, context)
        for service in ("github", "trello"):
            for name in names[service]:
                text = "%s.%s(" % (service, name)
                self.assertIn(text, project.eval_context_description)

    def test_demo_project_says_what_it_needs(self):
        project = self.env.ref(ADDON + ".trello-github_project")
        self.assertFalse(project.active)
        self.assertEqual(
            project.missing_values,
            "GITHUB_REPO, GITHUB_TOKEN, TRELLO_BOARD_ID, TRELLO_KEY, TRELLO_TOKEN",
        )
        for secret in project.secret_ids:
            self.assertTrue(secret.description and secret.url, secret.key)

    def test_uninstalling_keeps_the_projects(self):
        project = self.make_demo()
        values = self.env["ir.model.fields.selection"].search(
            [
                ("field_id.model", "=", "sync.project"),
                ("field_id.name", "=", "eval_context"),
                ("value", "=", "trello_github"),
            ]
        )
        values._process_ondelete()
        self.assertFalse(project.eval_context)
        self.assertFalse(project.active)
        self.assertEqual(len(project.secret_ids), len(SECRETS))
