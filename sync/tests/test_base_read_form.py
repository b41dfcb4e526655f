# Copyright 2026 Sync Studio contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl.html)
"""What a form and the lists in it get in one call."""

import threading

from odoo.exceptions import AccessError

from .common import SyncCase

ROWS = {
    "param_ids": ["key", "value", "description"],
    "text_param_ids": ["key", "value"],
    "secret_ids": ["key", "is_set"],
    "trigger_button_ids": ["sync_task_id", "trigger_name"],
    "task_ids": ["name", "active", "active_cron_names", "active_webhook_names"],
}
TRIGGERS = {
    "cron_ids": ["trigger_name", "interval_number", "interval_type", "user_id"],
    "automation_ids": ["trigger_name", "model_id", "trigger", "active"],
    "webhook_ids": ["trigger_name", "website_url", "active"],
    "button_ids": ["trigger_name", "active"],
}


def asked(lists, limit=40):
    """Give the fields and their lists as a form asks for them."""
    lists = {name: {"names": names, "limit": limit} for name, names in lists.items()}
    return ["name", "display_name", *lists], lists


class TestReadForm(SyncCase):
    def make_full_project(self):
        project = self.make_project(name="Full")
        values = [(0, 0, {"key": "KEY", "value": "secret value"})]
        project.write(
            dict.fromkeys(["param_ids", "text_param_ids", "secret_ids"], values)
        )
        self.add_task(project)
        return project

    def add_task(self, project):
        task = self.make_task("", project)
        partners = self.env["ir.model"]._get("res.partner").id
        for kind in ("cron", "webhook", "button"):
            self.make_trigger(kind, task)
            self.make_trigger(kind, task, trigger_name="OFF", active=False)
        self.make_trigger("automation", task, model_id=partners, trigger="on_create")
        return task

    def assert_as_read(self, record, lists):
        """The same as the calls of ``read`` that Odoo would make.

        :return: the answer that shows archived rows, too
        """
        names, lists = asked(lists)
        for active_test in (True, False):
            record = record.with_user(self.user).with_context(active_test=active_test)
            found = record.read_form(names, lists)
            self.assertEqual(found["record"], record.read(names))
            self.assertEqual(set(found["rows"]), set(lists))
            for name, rows in found["rows"].items():
                self.assertEqual(rows, record[name].read(lists[name]["names"]))
        return found

    def test_project_with_its_lists(self):
        found = self.assert_as_read(self.make_full_project(), ROWS)
        (task,) = found["rows"]["task_ids"]
        self.assertEqual(task["active_webhook_names"], "TEST_WEBHOOK")
        self.assertTrue(found["rows"]["secret_ids"][0]["is_set"])

    def test_task_with_triggers_that_delegate(self):
        task = self.make_full_project().task_ids
        found = self.assert_as_read(task, TRIGGERS)
        self.assertEqual([len(rows) for rows in found["rows"].values()], [2, 1, 2, 2])

    def test_rows_are_cut_and_ids_are_not(self):
        project = self.make_project()
        for number in range(3):
            project.param_ids = [(0, 0, {"key": "KEY_%s" % number})]
        for limit in (1, 2, 3, 4):
            found = project.read_form(*asked({"param_ids": ["key"]}, limit))
            self.assertEqual(found["record"][0]["param_ids"], project.param_ids.ids)
            keys = [row["key"] for row in found["rows"]["param_ids"]]
            self.assertEqual(keys, ["KEY_0", "KEY_1", "KEY_2"][:limit])

    def test_empty_lists(self):
        found = self.make_project().read_form(*asked(ROWS))
        self.assertEqual(found["rows"], dict.fromkeys(ROWS, []))
        self.assertEqual(found["record"][0]["task_ids"], [])

    def test_record_that_is_gone(self):
        project = self.make_project()
        project.unlink()
        found = project.read_form(*asked(ROWS))
        self.assertEqual(found, {"record": [], "rows": {}})

    def test_rights_are_those_of_read(self):
        project = self.make_full_project()
        secrets = {"secret_ids": ["key", "value"]}
        for user in (self.user, self.developer):
            with self.assertRaises(AccessError):
                project.with_user(user).read_form(*asked(secrets))
        found = project.with_user(self.manager).read_form(*asked(secrets))
        self.assertEqual(found["rows"]["secret_ids"][0]["value"], "secret value")
        with self.assertRaises(AccessError):
            project.with_user(self.stranger).read_form(*asked(ROWS))

    def test_what_waits_to_be_written_is_read(self):
        project = self.make_full_project()
        project.param_ids.value = "changed"
        found = project.read_form(*asked(ROWS))
        self.assertEqual(found["rows"]["param_ids"][0]["value"], "changed")

    def test_queries_do_not_grow_with_the_rows(self):
        project = self.make_full_project()
        few = self.count_queries(project)
        for _number in range(3):
            self.add_task(project)
        self.assertEqual(self.count_queries(project), few)
        self.assertLessEqual(few, 15)

    def count_queries(self, project):
        thread = threading.current_thread()
        for _twice in range(2):  # a server has read most rights and rules already
            self.env["base"].flush()
            self.env.cache.invalidate()
            thread.query_count = thread.query_time = 0
            project.with_user(self.user).read_form(*asked(ROWS))
        return thread.query_count
