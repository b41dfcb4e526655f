# Copyright 2026 Sync Studio contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl.html)
"""The health of projects: how the last run went, and the runs of the last 24 hours.

A run is a job that is no sub-job; its state sums up its whole tree.
"""

import json
from collections import defaultdict

from odoo import api, fields, models

from .run_chart import HOUR, day_ago, run_chart
from .sync_job import STATES

INDEXES = """
    CREATE INDEX IF NOT EXISTS sync_job_run_index
        ON sync_job (project_id, create_date, id) WHERE parent_job_id IS NULL;
    CREATE INDEX IF NOT EXISTS sync_job_recent_index ON sync_job (create_date);
"""
# The last run of each project, as a join to project(id).
LAST_RUN = """
    LATERAL (
        SELECT id, state, create_date FROM sync_job
         WHERE project_id = project.id AND parent_job_id IS NULL
         ORDER BY create_date DESC, id DESC
         LIMIT 1) AS last
"""
FIND_LAST_RUNS = "SELECT last.id FROM sync_project AS project, " + LAST_RUN
FIND_HEALTH = (
    """
    SELECT project.id, last.id, last.state, last.create_date,
           day.hour, day.runs, day.failures
      FROM unnest(%(ids)s::integer[]) AS project(id)
 LEFT JOIN """
    + LAST_RUN
    + """ ON TRUE
 LEFT JOIN LATERAL (
        SELECT """
    + HOUR
    + """ AS hour, count(*) AS runs,
               count(*) FILTER (WHERE state = 'failed') AS failures
          FROM sync_job
         WHERE project_id = project.id AND parent_job_id IS NULL
           AND create_date >= %(since)s
         GROUP BY 1) AS day ON TRUE
"""
)


class SyncProject(models.Model):
    _inherit = "sync.project"

    last_job_id = fields.Many2one("sync.job", "Last Run", compute="_compute_health")
    last_job_state = fields.Selection(
        STATES,
        "Outcome",
        compute="_compute_health",
        search="_search_last_job_state",
        help="How the last run went",
    )
    last_job_date = fields.Datetime("Last Run at", compute="_compute_health")
    day_run_count = fields.Integer(
        "Runs (24 h)", compute="_compute_health", help="Runs of the last 24 hours"
    )
    day_failure_count = fields.Integer(
        "Failed (24 h)",
        compute="_compute_health",
        help="Runs of the last 24 hours that failed",
    )
    run_chart = fields.Text(
        "Last 24 Hours",
        compute="_compute_health",
        help="Runs of the last 24 hours, hour by hour; failed ones are red",
    )

    def init(self):
        result = super().init()
        self.env.cr.execute(INDEXES)
        return result

    @api.depends("job_ids.state")
    def _compute_health(self):
        """Ask once for all projects of a page."""
        since = day_ago()
        hours, last = self._find_health(since)
        for project in self:
            counts = hours[project._origin.id]
            job_id, state, date = last.get(project._origin.id, (False, False, False))
            project.last_job_id = job_id
            project.last_job_state = state
            project.last_job_date = date
            project.day_run_count = sum(runs for runs, _failures in counts.values())
            project.day_failure_count = sum(failed for _runs, failed in counts.values())
            project.run_chart = json.dumps(run_chart(self.env, since, counts))

    def _find_health(self, since):
        """Give the counts of each hour and the last run, by project.

        :return: {id: {hour: (runs, failures)}}, {id: (job id, state, date)}
        """
        self.env["sync.job"].flush()
        values = {"ids": self._origin.ids, "since": since}
        self.env.cr.execute(FIND_HEALTH, values)
        hours, last = defaultdict(dict), {}
        for project_id, *run, hour, runs, failures in self.env.cr.fetchall():
            last[project_id] = run
            if runs:
                hours[project_id][hour] = (runs, failures)
        return hours, last

    def _search_last_job_state(self, operator, value):
        jobs = self.env["sync.job"]
        jobs.flush()
        self.env.cr.execute(FIND_LAST_RUNS)
        runs = [run for run, in self.env.cr.fetchall()]
        found = jobs.search([("id", "in", runs), ("state", operator, value)])
        return [("id", "in", found.project_id.ids)]

    def action_open_last_job(self):
        """Show the last run."""
        self.ensure_one()
        return self.env["sync.overview"].action_open("job", self.last_job_id.id)

    @api.model
    def get_empty_list_help(self, help):  # noqa: A002 pylint: disable=redefined-builtin
        """Tell what to do first, as long as there is no project at all."""
        first_steps = self.env["sync.overview"]._first_steps()
        return super().get_empty_list_help(first_steps or help)
