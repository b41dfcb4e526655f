# Copyright 2026 Sync Studio contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl.html)
"""The evaluation context "Odoo2odoo"."""

from unittest.mock import patch

from odoo.tools import mute_logger

from odoo.addons.sync.tests.common import SyncCase

from ..clients.odoo_rpc import (
    NotAllowed,
    OdooRpc,
    RemoteFault,
    WrongDatabase,
    WrongLogin,
    WrongUrl,
)

SETTINGS = {
    "URL": "http://there",
    "DB": "db",
    "USERNAME": "someone",
    "PASSWORD": "s3cr3t-password",
}
ADVICE = [
    (WrongUrl("it answers 404"), "Check the param URL"),
    (WrongUrl("it answers 404"), "http://there: it answers 404"),
    (WrongDatabase("db"), "no database db. Check the param DB"),
    (WrongLogin("someone"), "Check the secrets USERNAME and PASSWORD"),
    (NotAllowed("No."), "more rights"),
    (RemoteFault("Traceback\n  x\nKeyError: 1"), "failed: KeyError: 1"),
]
CALL = """
    def handle_button():
        log("%s" % odoo_execute_kw("res.partner", "read", [7], fields=["name"]))
"""


class TestSyncProject(SyncCase):
    def make_odoo2odoo_project(self, **changes):
        settings = dict(SETTINGS, **changes)
        project = self.make_project(eval_context="odoo2odoo")
        for key, value in settings.items():
            kind = "secret" if key in ("USERNAME", "PASSWORD") else "param"
            self.env["sync.project." + kind].create(
                {"project_id": project.id, "key": key, "value": value}
            )
        return project

    def run_code(self, code=CALL, answer="an answer", **changes):
        """Run the code as a developer; ``answer`` is given by the external Odoo."""
        project = self.make_odoo2odoo_project(**changes)
        button = self.make_button(code, project=project)
        effect = {"side_effect": [answer]}
        with patch.object(OdooRpc, "execute_kw", autospec=True, **effect) as self.call:
            with mute_logger("odoo.addons.sync.models.sync_task"):
                return self.click(button, self.developer)

    def test_call_reaches_the_external_odoo(self):
        job = self.run_code()
        self.assertEqual(job.state, "done")
        self.assertIn("an answer", self.lines(job))
        args, kwargs = self.call.call_args
        client = args[0]
        self.assertEqual(args[1:], ("res.partner", "read", [7]))
        self.assertEqual(kwargs, {"fields": ["name"]})
        user = (client.url, client.database, client.login, client.password)
        self.assertEqual(user, tuple(SETTINGS.values()))

    def test_each_error_comes_with_advice(self):
        for error, advice in ADVICE:
            with self.subTest(advice=advice):
                job = self.run_code(answer=error)
                self.assertEqual(job.state, "failed")
                self.assertIn(advice, "\n".join(self.lines(job)))

    def test_missing_settings_are_named(self):
        for key in SETTINGS:
            with self.subTest(key=key):
                job = self.run_code(**{key: False})
                self.assertEqual(job.state, "failed")
                text = 'in the project\'s tab "Parameters": %s.' % key
                self.assertIn(text, "\n".join(self.lines(job)))
                self.call.assert_not_called()

    def test_project_without_settings_can_run_other_code(self):
        project = self.make_project(eval_context="odoo2odoo")
        code = 'def handle_button(): log("fine")'
        job = self.click(self.make_button(code, project=project))
        self.assertEqual(job.state, "done")

    def test_password_is_not_logged(self):
        job = self.run_code(answer="it is s3cr3t-password")
        self.assertNotIn("s3cr3t-password", "\n".join(self.lines(job)))

    def test_external_id_names_database_model_and_record(self):
        code = (
            'def handle_button(): log(odoo_external_id(env["res.partner"].browse(7)))'
        )
        job = self.run_code(code)
        uuid = self.env["ir.config_parameter"].get_param("database.uuid")
        self.assertIn("sync_studio_%s.res_partner_7" % uuid, self.lines(job))

    def test_every_name_is_documented(self):
        project = self.make_project(eval_context="odoo2odoo")
        names = project._eval_context_odoo2odoo({}, {"params": {}})
        for name in names:
            self.assertIn(name + "(", project.eval_context_description)

    def test_uninstalling_keeps_the_projects(self):
        project = self.make_odoo2odoo_project()
        self.make_task("x = 1", project=project)
        values = self.env["ir.model.fields.selection"].search(
            [
                ("field_id.model", "=", "sync.project"),
                ("field_id.name", "=", "eval_context"),
                ("value", "=", "odoo2odoo"),
            ]
        )
        values._process_ondelete()
        self.assertFalse(project.eval_context)
        self.assertFalse(project.active)
        self.assertEqual(len(project.param_ids), 2)
        self.assertEqual(project.task_ids.code, "x = 1")
        self.assertFalse(project.copy().eval_context)
