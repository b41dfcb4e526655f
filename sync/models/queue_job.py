# Copyright 2026 Sync Studio contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl.html)
"""Queue jobs know the sync jobs they run for, and tell them of their states."""

from odoo import api, models

from odoo.addons.queue_job.job import STARTED

from .sync_job import refresh_states_aside

# Of a transaction: ids of queue jobs whose state it changes
CHANGED = "sync.changed_queue_jobs"
# and of those whose run takes over the state itself, together with its log lines.
TAKEN_OVER = "sync.queue_jobs_taken_over"


class QueueJob(models.Model):
    _inherit = "queue.job"

    @api.model_create_multi
    def create(self, vals_list):
        queue_jobs = super().create(vals_list)
        for queue_job, vals in zip(queue_jobs, vals_list):
            if vals.get("model_name") == "sync.task":
                sync_job = vals["args"][0]  # the first argument of sync.task's run()
                sync_job.sudo().queue_job_id = queue_job
        return queue_jobs

    def write(self, vals):
        result = super().write(vals)
        if "state" in vals:
            ours = self.filtered(lambda job: job.model_name == "sync.task")
            if ours and vals["state"] == STARTED:
                self.env["sync.job"]._mark_started(ours, vals.get("date_started"))
            elif ours:
                ours._tell_sync_jobs()
        return result

    def _tell_sync_jobs(self):
        """Refresh the stored states as soon as this transaction is committed."""
        dbname, postcommit = self.env.cr.dbname, self.env.cr.postcommit
        changed = postcommit.data.get(CHANGED)
        if changed is None:
            changed = postcommit.data[CHANGED] = set()
            taken_over = postcommit.data.setdefault(TAKEN_OVER, set())
            postcommit.add(lambda: refresh_states_aside(dbname, changed - taken_over))
        changed.update(self.ids)

    def _take_over_state(self):
        """Leave the refresh to the caller, who does it after the commit."""
        taken_over = self.env.cr.postcommit.data.setdefault(TAKEN_OVER, set())
        taken_over.update(self.ids)
