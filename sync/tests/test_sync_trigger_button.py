# Copyright 2026 Sync Studio contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl.html)
"""Manual triggers: a click runs the task at once and shows the job."""

from odoo.exceptions import UserError

from .common import SyncCase, messages

PLAIN = "def handle_button(): return 7"


class TestButton(SyncCase):
    def test_start_gives_job_and_result(self):
        button = self.make_button(PLAIN)
        job, result = button.start()
        self.assertEqual((job.state, result), ("done", 7))

    def test_click_shows_the_job(self):
        button = self.make_button(PLAIN)
        action = button.start_button()
        self.assertEqual(action["type"], "ir.actions.act_window")
        self.assertEqual((action["res_model"], action["target"]), ("sync.job", "self"))
        self.assertEqual(action["res_id"], button.job_ids.id)

    def test_failed_click_shows_the_job(self):
        job = self.click(self.make_button("def handle_button(): 1 / 0"), self.developer)
        self.assertEqual(job.state, "failed")
        self.assertIn("ZeroDivisionError", messages(job, "critical")[0])

    def test_failed_start_raises(self):
        button = self.make_button("def handle_button(): raise UserError('No')")
        with self.assertRaisesRegex(UserError, "No"):
            button.start()
        job, result = button.start(raise_on_error=False)
        self.assertEqual((job.state, result), ("failed", None))

    def test_buttons_run_in_archived_projects_and_tasks(self):
        button = self.make_button(PLAIN, active=False)
        button.sync_project_id.active = False
        button.active = False
        self.assertEqual(self.click(button).state, "done")

    def test_description_is_optional(self):
        button = self.make_button(PLAIN)
        self.assertFalse(button.name)
        button.name = "Push all"
        self.assertEqual(button.display_name, "TEST_BUTTON")

    def test_buttons_are_shown_on_the_project(self):
        button = self.make_button(PLAIN)
        self.make_trigger("button", button.sync_task_id, active=False)
        project = button.sync_project_id
        self.assertEqual(project.trigger_button_ids, button)
        self.assertEqual(project.trigger_button_count, 1)
        button.sync_task_id.active = False
        self.assertEqual(project.trigger_button_ids, button)
