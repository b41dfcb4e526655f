# Copyright 2026 Sync Studio contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl.html)
"""What people of each role do with triggers of all kinds."""

from .common import SyncCase

KINDS = ("cron", "automation", "webhook", "button")


class TestSyncTriggerMixin(SyncCase):
    def setUp(self):
        super().setUp()
        self.task = self.make_task("def handle_cron(): pass")
        partners = self.env["ir.model"]._get("res.partner").id
        values = {"automation": {"model_id": partners, "trigger": "on_create"}}
        for kind in KINDS:
            self.make_trigger(kind, self.task, **values.get(kind, {}))

    def triggers(self):
        """Give the triggers of each kind, in the order of KINDS."""
        return [self.task["%s_ids" % kind] for kind in KINDS]

    def test_user_reads_what_triggers_delegate(self):
        for trigger in self.triggers():
            with self.subTest(trigger._name):
                seen = trigger.with_user(self.user)
                names = set(trigger._fields) - {"code"}
                seen.invalidate_cache()
                self.assertEqual(len(seen.read(names)), 1)

    def test_code_of_the_action_stays_with_the_settings_group(self):
        field = self.task.cron_ids._fields["code"]
        self.assertEqual(field.groups, "base.group_system")

    def test_developer_duplicates_a_project_with_all_its_triggers(self):
        project = self.task.project_id.with_user(self.developer)
        copy = project.with_context(lang="en_US").copy()
        task = copy.task_ids.sudo()
        for kind in KINDS:
            self.assertEqual(len(task["%s_ids" % kind]), 1, kind)

    def test_on_change_is_offered_only_where_it_is_in_use(self):
        trigger = self.task.automation_ids

        def offered():
            selection = trigger.fields_get(["trigger"])["trigger"]["selection"]
            return [value for value, label in selection]

        self.assertIn("on_write", offered())
        self.assertNotIn("on_change", offered())
        trigger.trigger = "on_change"
        self.assertIn("on_change", offered())
