# Copyright 2026 Sync Studio contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl.html)
"""Who may do what, as people who have one role of Sync Studio and no other group.

Every call goes the way of remote calls: by name, with plain values, as that person.
"""

from odoo import api
from odoo.exceptions import AccessError
from odoo.models import check_method_name
from odoo.tests import Form
from odoo.tools import mute_logger

from .common import SyncCase

TRIGGERS = ("cron", "automation", "webhook", "button")
MODELS = (
    "sync.project",
    "sync.project.param",
    "sync.project.text",
    "sync.project.secret",
    "sync.task",
    "sync.trigger.cron",
    "sync.trigger.automation",
    "sync.trigger.webhook",
    "sync.trigger.button",
    "sync.job",
    "sync.link",
)
LOGGERS = ("odoo.models", "odoo.addons.base.models.ir_model")


class AccessCase(SyncCase):
    def setUp(self):
        super().setUp()
        self.project = self.make_project(
            param_ids=[(0, 0, {"key": "URL", "value": "x"})],
            text_param_ids=[(0, 0, {"key": "HELLO", "value": "x"})],
            secret_ids=[(0, 0, {"key": "TOKEN", "value": "abcdefgh"})],
        )
        code = "def handle_button(): log('hi')\ndef handle_cron(): pass"
        self.task = self.make_task(code, self.project)
        self.partner_model = self.env["ir.model"]._get("res.partner").id
        self.cron = self.make_trigger("cron", self.task)
        deletion = {"model_id": self.partner_model, "trigger": "on_unlink"}
        self.automation = self.make_trigger("automation", self.task, **deletion)
        self.webhook = self.make_trigger("webhook", self.task)
        self.button = self.make_trigger("button", self.task)
        self.job = self.click(self.button)
        self.link = self.env.user.partner_id.set_link("test_rel", "x1")

    def records(self):
        """Give one record of each model."""
        return {
            "sync.project": self.project,
            "sync.project.param": self.project.param_ids,
            "sync.project.text": self.project.text_param_ids,
            "sync.project.secret": self.project.secret_ids,
            "sync.task": self.task,
            "sync.trigger.cron": self.cron,
            "sync.trigger.automation": self.automation,
            "sync.trigger.webhook": self.webhook,
            "sync.trigger.button": self.button,
            "sync.job": self.job,
            "sync.link": self.link,
        }

    def values(self):
        """Give values to create a record of each model that can be made by hand."""
        task = {"trigger_name": "NEW", "sync_task_id": self.task.id}
        key = {"key": "NEW", "description": "new", "project_id": self.project.id}
        return {
            "sync.project": {"name": "New", "common_code": "x = 1"},
            "sync.project.param": dict(key, value="x"),
            "sync.project.text": dict(key, value="x"),
            "sync.project.secret": key,
            "sync.task": {
                "name": "New",
                "code": "x = 1",
                "project_id": self.project.id,
            },
            "sync.trigger.cron": dict(
                task, interval_type="days", nextcall="2030-01-01"
            ),
            "sync.trigger.automation": dict(
                task, model_id=self.partner_model, trigger="on_unlink"
            ),
            "sync.trigger.webhook": dict(task, webhook_type="http"),
            "sync.trigger.button": dict(task, name="Push"),
        }

    def call(self, user, model, method, *args, **kwargs):
        """Call a method as the web client and XML-RPC do."""
        self.env["base"].flush()
        self.env.cache.invalidate()
        check_method_name(method)
        env = self.env(user=user, context=dict(self.env.context))
        result = api.call_kw(env[model], method, args, kwargs)
        env["base"].flush()
        return result

    def assert_refused(self, user, model, method, *args, **kwargs):
        with mute_logger(*LOGGERS), self.assertRaises(
            AccessError
        ), self.env.cr.savepoint():
            self.call(user, model, method, *args, **kwargs)


class TestReading(AccessCase):
    def test_users_read_everything(self):
        for user in (self.user, self.developer, self.manager):
            for model, record in self.records().items():
                with self.subTest(model, user=user.login):
                    (values,) = self.call(user, model, "read", record.ids)
                    self.assertEqual(values["id"], record.id)
                    self.assertTrue(self.call(user, model, "search_read", [], ["id"]))
                    self.assertTrue(self.call(user, model, "name_get", record.ids))

    def test_users_read_the_lines_of_jobs_only(self):
        self.env["ir.logging"].create(
            {
                "name": "Odoo",
                "type": "server",
                "message": "of the server",
                "path": "x",
                "line": "1",
                "func": "x",
            }
        )
        for user in (self.user, self.developer, self.manager):
            lines = self.call(user, "ir.logging", "search_read", [], ["message"])
            messages = [line["message"] for line in lines]
            self.assertIn("hi", messages)
            self.assertNotIn("of the server", messages)

    def test_lines_of_a_deleted_job_stay_readable(self):
        self.job.unlink()
        lines = self.call(
            self.user, "ir.logging", "search_count", [("message", "=", "hi")]
        )
        self.assertEqual(lines, 1)

    def test_forms_and_lists_open(self):
        for user in (self.user, self.developer, self.manager):
            for model, record in list(self.records().items()) + [
                ("ir.logging", self.job.log_ids[0])
            ]:
                for kind in ("form", "tree", "search"):
                    with self.subTest(model, user=user.login, view=kind):
                        view = self.call(user, model, "fields_view_get", False, kind)
                        names = list(view["fields"])
                        self.call(user, model, "read", record.ids, names)

    def test_strangers_read_nothing(self):
        for model, record in self.records().items():
            with self.subTest(model):
                self.assert_refused(self.stranger, model, "read", record.ids, ["id"])
                self.assert_refused(self.stranger, model, "search", [])

    def test_new_people_get_no_role(self):
        person = self.env["res.users"].create({"name": "New", "login": "test new"})
        self.assertFalse(person.has_group("sync.sync_group_user"))
        self.assertTrue(
            self.env.ref("base.user_admin").has_group("sync.sync_group_manager")
        )


class TestWriting(AccessCase):
    def test_developers_create_change_copy_and_delete(self):
        for user in (self.developer, self.manager):
            for model, values in self.values().items():
                with self.subTest(model, user=user.login):
                    record_id = self.call(user, model, "create", values)
                    name = next(iter(values))
                    self.call(user, model, "write", [record_id], {name: "CHANGED"})
                    if not model.startswith("sync.project."):  # keys are unique
                        copy_id = self.call(user, model, "copy", record_id)
                        self.call(user, model, "unlink", [copy_id])
                    self.call(user, model, "unlink", [record_id])

    def test_users_and_strangers_change_nothing(self):
        for user in (self.user, self.stranger):
            for model, values in self.values().items():
                with self.subTest(model, user=user.login):
                    record = self.records()[model]
                    self.assert_refused(user, model, "create", values)
                    self.assert_refused(user, model, "write", record.ids, values)
                    self.assert_refused(user, model, "unlink", record.ids)
                    self.assert_refused(
                        user,
                        model,
                        "copy",
                        record.id,
                        {"key": "COPY"} if model.startswith("sync.project.") else {},
                    )

    def test_developers_make_a_whole_project_in_one_go(self):
        trigger = {"trigger_name": "T"}
        task = {
            "name": "Task",
            "cron_ids": [(0, 0, trigger)],
            "automation_ids": [
                (0, 0, dict(trigger, model_id=self.partner_model, trigger="on_unlink"))
            ],
            "webhook_ids": [(0, 0, trigger)],
            "button_ids": [(0, 0, trigger)],
        }
        project_id = self.call(
            self.developer,
            "sync.project",
            "create",
            {"name": "P", "task_ids": [(0, 0, task)]},
        )
        self.call(
            self.developer, "sync.project", "write", [project_id], {"active": True}
        )
        copy_id = self.call(self.developer, "sync.project", "copy", project_id)
        self.call(self.developer, "sync.project", "unlink", [project_id, copy_id])

    def test_developers_fill_in_the_forms(self):
        for kind in TRIGGERS:
            view = "sync.sync_trigger_%s_view_form" % kind
            if kind in ("cron", "automation"):
                view += "_full"
            with self.subTest(kind):
                model = self.env["sync.trigger." + kind].with_user(self.developer)
                form = Form(model, view)
                form.trigger_name = "NEW"
                form.sync_task_id = self.task.with_user(self.developer)
                if kind == "automation":
                    form.model_id = self.env["ir.model"]._get("res.partner")
                    form.trigger = "on_write"
                trigger = form.save()
                self.assertEqual(trigger.sync_task_id, self.task)

    def test_jobs_belong_to_nobody_but_administrators(self):
        for user in (self.user, self.developer):
            self.assert_refused(
                user, "sync.job", "write", self.job.ids, {"state": "done"}
            )
            self.assert_refused(user, "sync.job", "unlink", self.job.ids)
            self.assert_refused(user, "sync.job", "create", {"function": "f"})
        self.call(self.manager, "sync.job", "unlink", self.job.ids)

    def test_log_lines_are_nobodys_to_write(self):
        line = self.job.log_ids[0]
        for user in (self.user, self.developer, self.manager):
            self.assert_refused(user, "ir.logging", "write", line.ids, {"message": "x"})
            self.assert_refused(user, "ir.logging", "unlink", line.ids)

    def test_links_are_read_by_users_and_written_by_developers(self):
        partner = self.env.user.partner_id
        self.assert_refused(
            self.user, "res.partner", "set_link", partner.ids, "test_rel2", "x1"
        )
        self.assert_refused(self.user, "sync.link", "unlink", self.link.ids)
        self.assert_refused(self.user, "sync.link", "update_links", self.link.ids)
        self.call(self.developer, "sync.link", "unlink", self.link.ids)


class TestDelegatedFields(AccessCase):
    """What a trigger delegates to the models of Odoo's administrators."""

    REFUSED = {
        "cron": {
            "code": "env['res.users']",
            "state": "multi",
            "model_id": 1,
            "groups_id": [(6, 0, [])],
            "cron_id": 1,
            "ir_actions_server_id": 1,
            "crud_model_id": 1,
            "child_ids": [(6, 0, [])],
            "binding_model_id": 1,
            "usage": "ir_actions_server",
            "lastcall": "2020-01-01",
        },
        "automation": {
            "code": "env['res.users']",
            "state": "object_write",
            "groups_id": [(6, 0, [])],
            "automation_id": 1,
            "action_server_id": 1,
            "fields_lines": [(0, 0, {})],
            "last_run": "2020-01-01",
        },
        "webhook": {
            "code": "env['res.users']",
            "state": "multi",
            "model_id": 1,
            "groups_id": [(6, 0, [])],
            "action_server_id": 1,
        },
    }

    def test_they_are_refused(self):
        for user in (self.developer, self.manager):
            for kind, fields in self.REFUSED.items():
                model = "sync.trigger." + kind
                for name, value in fields.items():
                    with self.subTest(kind, field=name, user=user.login):
                        self.assert_field_refused(user, model, name, value)

    def assert_field_refused(self, user, model, name, value):
        record = self.records()[model]
        new = dict(self.values()[model], **{name: value})
        self.assert_refused(user, model, "write", record.ids, {name: value})
        self.assert_refused(user, model, "create", new)
        self.assert_refused(user, model, "copy", record.id, {name: value})
        command = [(1, record.id, {name: value})]
        field = model.split(".")[-1] + "_ids"
        self.assert_refused(user, "sync.task", "write", self.task.ids, {field: command})

    def test_they_are_refused_as_defaults(self):
        """A context gives defaults to any creation."""
        for kind, fields in self.REFUSED.items():
            model = "sync.trigger." + kind
            for name in ("code", "state", "groups_id"):
                with self.subTest(kind, field=name):
                    context = {"default_" + name: fields[name]}
                    trigger_id = self.call(
                        self.developer,
                        model,
                        "create",
                        self.values()[model],
                        context=context,
                    )
                    trigger = self.env[model].browse(trigger_id)
                    self.assertEqual(trigger.code, trigger.get_code())
                    self.assertEqual(trigger.state, "code")
                    expected = self.records()[model].groups_id
                    self.assertEqual(trigger.groups_id, expected)

    def test_the_code_is_hidden(self):
        for kind in self.REFUSED:
            record = self.records()["sync.trigger." + kind]
            self.assert_refused(
                self.developer, record._name, "read", record.ids, ["code"]
            )

    def test_the_models_behind_are_closed(self):
        for model in ("ir.cron", "base.automation", "ir.actions.server", "queue.job"):
            with self.subTest(model):
                self.assert_refused(self.manager, model, "write", [1], {"name": "x"})
                self.assert_refused(self.manager, model, "unlink", [1])


class TestRunning(AccessCase):
    def test_developers_run_triggers(self):
        for user in (self.developer, self.manager):
            for trigger in (self.button, self.cron):
                action = self.call(user, trigger._name, "start_button", trigger.ids)
                job = self.env["sync.job"].browse(action["res_id"])
                self.assertEqual(job.create_uid, user)
            self.call(user, "sync.trigger.cron", "start", self.cron.ids)
            self.call(user, "sync.job", "requeue_button", job.ids)
            self.call(user, "sync.job", "refresh_button", job.ids)

    def test_everybody_refreshes_the_state_of_a_job(self):
        action = self.env.ref("sync.sync_job_action_refresh")
        action = action.with_context(active_model="sync.job", active_ids=self.job.ids)
        for user in (self.user, self.developer, self.manager):
            action.with_user(user).run()
        with self.assertRaises(AccessError):
            action.with_user(self.stranger).run()

    def test_users_and_strangers_run_nothing(self):
        before = self.env["sync.job"].search_count([])
        for user in (self.user, self.stranger):
            for trigger in (self.cron, self.automation, self.webhook, self.button):
                model, ids = trigger._name, trigger.ids
                records = [[]] if trigger == self.automation else []
                with self.subTest(model, user=user.login):
                    self.assert_refused(user, model, "start_button", ids)
                    self.assert_refused(user, model, "start", ids, *records)
            self.assert_refused(user, "sync.job", "requeue_button", self.job.ids)
        self.assert_refused(
            self.user, "sync.trigger.webhook", "action_website_path", self.webhook.ids
        )
        self.assertEqual(self.env["sync.job"].search_count([]), before)

    def test_public_methods_cannot_be_abused(self):
        """Those that the queue or stored code calls take records, not ids."""
        before = self.env["sync.job"].search_count([])
        calls = (
            ("sync.task", "start", self.task.ids, self.button.id),
            ("sync.task", "run", self.task.ids, self.job.id, "handle_button"),
            ("sync.job", "create_trigger_job", self.job.ids, self.button.id),
            ("sync.trigger.automation", "start", self.automation.ids, [1]),
        )
        for user in (self.user, self.developer, self.manager):
            for model, method, *args in calls:
                with self.subTest(model, method=method, user=user.login):
                    try:
                        with self.env.cr.savepoint():
                            result = self.call(user, model, method, *args)
                    except (AccessError, AttributeError):
                        result = None
                    self.assertFalse(result)
        self.assertEqual(self.env["sync.job"].search_count([]), before)

    def test_context_of_a_remote_call_gives_no_rights(self):
        """Whatever marks a run or the scheduler cannot be sent."""
        for value in ("x", True, {}, []):
            context = {
                "log_function": value,
                "sync_scheduler": value,
                "sync_events": value,
            }
            partner = self.env.user.partner_id
            self.assert_refused(
                self.stranger, "sync.link", "create", {}, context=context
            )
            self.assert_refused(
                self.user,
                "res.partner",
                "set_link",
                partner.ids,
                "r",
                "x",
                context=context,
            )
            self.assert_refused(
                self.stranger,
                "ir.actions.server",
                "run",
                self.cron.ir_actions_server_id.ids,
                context=context,
            )

    def test_context_of_a_remote_call_does_not_silence_triggers(self):
        trigger = self.make_automation("def handle_db(records): pass", "on_create")
        context = {
            "log_function": True,
            "sync_own_trigger_id": trigger.id,
            "sync_events": {str(trigger.automation_id.id): {}},
        }
        self.call(
            self.env.user, "res.partner", "create", {"name": "New"}, context=context
        )
        self.assertEqual(trigger.job_count, 1)
