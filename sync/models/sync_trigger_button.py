# Copyright 2026 Sync Studio contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl.html)
"""Manual triggers: a click starts a task."""

from odoo import fields, models


class SyncTriggerButton(models.Model):
    _name = "sync.trigger.button"
    _description = "Manual Trigger"
    _inherit = "sync.trigger.mixin"

    _sync_handler = "handle_button"
    _job_field = "trigger_button_id"

    name = fields.Char("Description")
    sync_task_id = fields.Many2one("sync.task", ondelete="cascade", index=True)
    sync_project_id = fields.Many2one(
        "sync.project", related="sync_task_id.project_id", readonly=True
    )
    active = fields.Boolean(default=True)
    job_ids = fields.One2many("sync.job", "trigger_button_id", readonly=True)

    def start(self, raise_on_error=True):
        """Run the task now, archived or not; give (job, result)."""
        self._check_run_access()
        task = self.sudo().sync_task_id.with_env(self.env)
        return task._run_now(self, raise_on_error=raise_on_error)

    def _start_by_hand(self):
        return self.start(raise_on_error=False)[0]
