# Copyright 2026 Sync Studio contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl.html)
"""Schedules start cron triggers, and wait while their project is archived."""

from datetime import datetime

from odoo import api, fields, models

from odoo.addons.base.models.ir_cron import _intervalTypes

from .ir_actions_server import SCHEDULER


class IrCron(models.Model):
    _inherit = "ir.cron"

    @api.model
    def _callback(self, cron_name, server_action_id, job_id):
        cron = self.browse(job_id)._as_scheduler()
        return super(IrCron, cron)._callback(cron_name, server_action_id, job_id)

    def method_direct_trigger(self):
        for cron in self:
            super(IrCron, cron._as_scheduler()).method_direct_trigger()
        return True

    def _as_scheduler(self):
        """Mark the environment of a cron trigger: its schedule calls it."""
        if not self.sudo().sync_task_id:
            return self
        return self.with_context(sync_scheduler=SCHEDULER)

    @classmethod
    def _process_job(cls, job_cr, job, cron_cr):
        """Do not use up the calls of a schedule whose project or task is archived."""
        cron_cr.execute(
            """
            SELECT task.active AND project.active
              FROM ir_act_server action
              JOIN sync_task task ON task.id = action.sync_task_id
              LEFT JOIN sync_project project ON project.id = task.project_id
             WHERE action.id = %s
            """,
            [job["ir_actions_server_id"]],
        )
        task = cron_cr.fetchone()
        if not task or task[0]:
            return super()._process_job(job_cr, job, cron_cr)
        cron_cr.execute(
            "UPDATE ir_cron SET nextcall = %s WHERE id = %s",
            [_next_call(job), job["id"]],
        )
        cron_cr.commit()


def _next_call(job):
    """Give the first time of a schedule that is still to come (UTC)."""
    step = _intervalTypes[job["interval_type"]](max(1, job["interval_number"]))
    nextcall = fields.Datetime.to_datetime(job["nextcall"])
    while nextcall < datetime.utcnow():
        nextcall += step
    return nextcall
