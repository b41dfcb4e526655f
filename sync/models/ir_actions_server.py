# Copyright 2026 Sync Studio contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl.html)
"""Server actions know the task they start."""

from odoo import fields, models

# Context value that marks a call by the scheduler; no remote call can send it.
SCHEDULER = object()


class IrActionsServer(models.Model):
    _inherit = "ir.actions.server"

    sync_task_id = fields.Many2one("sync.task", ondelete="set null", index=True)
    sync_project_id = fields.Many2one(
        "sync.project",
        related="sync_task_id.project_id",
        readonly=True,
    )

    def run(self):
        """Start a cron trigger with the rights of the scheduler user alone.

        Odoo would want write access to the model of the action, which means nothing
        for a trigger.
        """
        trigger = self.env["sync.trigger.cron"]
        if self.env.context.get("sync_scheduler") is SCHEDULER:
            domain = [("ir_actions_server_id", "in", self.ids)]
            triggers = trigger.sudo().with_context(active_test=False)
            trigger = triggers.search(domain)
        if not trigger:
            return super().run()
        trigger.with_env(self.env(context={"lang": self.env.lang}))._start()
        return False
