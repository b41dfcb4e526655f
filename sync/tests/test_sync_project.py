# Copyright 2026 Sync Studio contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl.html)
"""Projects: what a copy takes along, what is counted, what a form says of code."""

from odoo.tests import Form

from .common import SyncCase


class TestCopy(SyncCase):
    def setUp(self):
        super().setUp()
        self.project = self.make_project(
            param_ids=[(0, 0, {"key": "URL", "value": "x", "description": "Address"})],
            text_param_ids=[(0, 0, {"key": "HELLO", "value": "Hi"})],
            common_code="x = 1",
        )
        self.task = self.make_task("y = 2", self.project)
        self.make_triggers(self.task, active=True)
        self.make_triggers(self.task, active=False)
        self.archived = self.make_task("z = 3", self.project, active=False)
        self.make_triggers(self.archived, active=True)

    def make_triggers(self, task, active):
        field = self.env["ir.model.fields"]._get("res.partner", "name")
        automation = {"model_id": field.model_id.id, "trigger": "on_write"}
        automation["trigger_field_ids"] = [(6, 0, field.ids)]
        cron = {"interval_number": 7, "interval_type": "hours", "numbercall": 5}
        self.make_trigger("automation", task, active=active, **automation)
        self.make_trigger("cron", task, active=active, **cron)
        self.make_trigger("webhook", task, active=active, webhook_type="http")
        self.make_trigger("button", task, active=active, name="Push")

    def copy_project(self, user=None):
        project = self.project.with_user(user or self.env.user)
        return project.copy().sudo().with_context(active_test=False)

    def test_copy_is_archived(self):
        copied = self.copy_project()
        self.assertFalse(copied.active)
        self.assertEqual(copied.name, self.project.name)

    def test_copy_has_everything_archived_or_not(self):
        for user in (self.env.user, self.developer):
            copied = self.copy_project(user)
            self.assertEqual(copied.common_code, "x = 1")
            self.assertEqual(copied.param_ids.mapped("description"), ["Address"])
            self.assertEqual(copied.text_param_ids.mapped("value"), ["Hi"])
            self.assertEqual(copied.task_ids.mapped("code"), ["y = 2", "z = 3"])
            self.assertEqual(copied.task_ids.mapped("active"), [True, False])
            for kind in ("cron", "automation", "webhook", "button"):
                triggers = copied.task_ids[0][kind + "_ids"]
                self.assertEqual(sorted(triggers.mapped("active")), [False, True])
                self.assertEqual(len(copied.task_ids[1][kind + "_ids"]), 1)

    def test_copied_triggers_are_complete(self):
        task = self.copy_project(self.developer).task_ids[0]
        cron = task.cron_ids[0]
        self.assertEqual(
            (cron.interval_number, cron.interval_type, cron.numbercall),
            (7, "hours", 5),
        )
        automation = task.automation_ids[0]
        self.assertEqual(automation.trigger_field_ids.name, "name")
        self.assertEqual(automation.trigger, "on_write")
        self.assertEqual(task.webhook_ids.mapped("webhook_type"), ["http", "http"])
        for kind in ("cron", "automation", "webhook"):
            for trigger in task[kind + "_ids"]:
                self.assertEqual(trigger.code, trigger.get_code())
                self.assertEqual(trigger.sync_task_id, task)

    def test_copy_shares_nothing_with_the_original(self):
        copied = self.copy_project()
        for kind, parents in (
            ("cron", "ir_actions_server_id"),
            ("automation", "action_server_id"),
            ("webhook", "action_server_id"),
        ):
            old = self.project.task_ids[kind + "_ids"][parents]
            new = copied.task_ids[kind + "_ids"][parents]
            self.assertFalse(old & new)
        tokens = (self.task + copied.task_ids).mapped("webhook_ids.website_path")
        self.assertEqual(len(tokens), len(set(tokens)))

    def test_new_projects_are_archived(self):
        self.assertFalse(self.env["sync.project"].create({"name": "New"}).active)


class TestCounts(SyncCase):
    def test_counts(self):
        project = self.make_project()
        task = self.make_task("", project)
        self.make_task("", project, active=False)
        for kind in ("cron", "webhook", "button"):
            self.make_trigger(kind, task)
            self.make_trigger(kind, task, active=False)
        project.invalidate_cache()
        self.assertEqual(project.task_count, 2)
        self.assertEqual(project.trigger_cron_count, 1)
        self.assertEqual(project.trigger_webhook_count, 1)
        self.assertEqual(project.trigger_button_count, 1)
        self.assertEqual(project.trigger_automation_count, 0)
        archived = project.with_context(active_test=False)
        archived.invalidate_cache()
        self.assertEqual(archived.trigger_cron_count, 2)


class TestMissingValues(SyncCase):
    def test_params_and_secrets_that_have_to_be_set(self):
        project = self.make_project(
            param_ids=[
                (0, 0, {"key": "URL"}),
                (0, 0, {"key": "SET", "value": "x"}),
                (0, 0, {"key": "PROXY", "optional": True}),
            ],
            text_param_ids=[(0, 0, {"key": "PREFIX"})],
            secret_ids=[
                (0, 0, {"key": "TOKEN"}),
                (0, 0, {"key": "SIGNATURE", "optional": True}),
                (0, 0, {"key": "PASSWORD", "value": "s3cr3t"}),
            ],
        )
        developer = project.with_user(self.developer)
        self.assertEqual(developer.missing_values, "URL, TOKEN")
        project.param_ids[0].value = "https://example.com"
        self.assertEqual(developer.missing_values, "TOKEN")
        project.secret_ids[0].value = "x"
        self.assertFalse(developer.missing_values)

    def test_a_project_that_is_not_saved_yet_lacks_what_one_sees(self):
        project = self.env["sync.project"].new({})
        self.assertFalse(project.missing_values)
        self.assertFalse(project.missing_part)

    def test_a_project_lacks_a_task_then_a_trigger(self):
        project = self.env["sync.project"].create({"name": "Empty"})
        project = project.with_user(self.user)
        self.assertEqual(project.missing_part, "task")
        task = self.env["sync.task"].create({"name": "T", "project_id": project.id})
        self.assertEqual(project.missing_part, "trigger")
        partners = self.env["ir.model"]._get("res.partner")
        on_create = {"model_id": partners.id, "trigger": "on_create"}
        for kind, values in (
            ("cron", {}),
            ("automation", on_create),
            ("webhook", {}),
            ("button", {}),
        ):
            trigger = self.make_trigger(kind, task, **values)
            project.invalidate_cache()
            self.assertFalse(project.missing_part, kind)
            trigger.unlink()
            project.invalidate_cache()
            self.assertEqual(project.missing_part, "trigger", kind)


class TestCommonCode(SyncCase):
    def test_syntax_is_checked_while_typing(self):
        form = Form(self.env["sync.project"])
        for code, line in (("def f(:", 1), ("x = 1\n\nimport os", 3)):
            form.common_code = code
            self.assertIn("Line %s" % line, form.common_code_check)
            self.assertEqual(form.common_code_check_line, line)
        form.common_code = "def f(): pass"
        self.assertFalse(form.common_code_check)
        self.assertFalse(form.common_code_check_line)
