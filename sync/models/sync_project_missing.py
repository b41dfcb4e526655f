# Copyright 2026 Sync Studio contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl.html)
"""What a project lacks before it can run: values, a task, a trigger."""

from collections import defaultdict

from odoo import api, fields, models

# Rows: project, kind of what is missing, id and key of a value. Crons, DB triggers and
# webhooks start their task with a server action.
FIND_MISSING = """
    SELECT project_id, kind, id, key
      FROM (
        SELECT 'param' AS kind, id, project_id, key, value, optional
          FROM sync_project_param
         UNION ALL
        SELECT 'secret', id, project_id, key, value, optional
          FROM sync_project_secret
      ) AS value
     WHERE project_id = ANY(%(ids)s)
       AND COALESCE(value, '') = '' AND optional IS NOT TRUE
     UNION ALL
    SELECT project.id, CASE WHEN count(task.id) = 0 THEN 'task' ELSE 'trigger' END,
           NULL, NULL
      FROM unnest(%(ids)s::integer[]) AS project(id)
 LEFT JOIN sync_task task ON task.project_id = project.id
     GROUP BY project.id
    HAVING bool_or(
            EXISTS (SELECT FROM ir_act_server WHERE sync_task_id = task.id)
            OR EXISTS (SELECT FROM sync_trigger_button WHERE sync_task_id = task.id)
           ) IS NOT TRUE
     ORDER BY 2, 3
"""


class SyncProject(models.Model):
    # Another concern than that of the class in sync_project_health.py.
    # pylint: disable=consider-merging-classes-inherited
    _inherit = "sync.project"

    missing_values = fields.Char(
        compute="_compute_missing",
        help="Keys of the params and secrets that have to be set before the project can "
        "run",
    )
    missing_part = fields.Selection(
        [
            ("task", "No task yet"),
            ("trigger", "No trigger yet: nothing starts its tasks"),
        ],
        compute="_compute_missing",
        help="What has to be added before the project can run",
    )

    @api.depends("param_ids.value", "secret_ids.value", "task_ids")
    def _compute_missing(self):
        """Ask the database: whoever sees what is missing may not read secrets."""
        self.flush()
        self.env.cr.execute(FIND_MISSING, {"ids": self._origin.ids})
        keys, parts = defaultdict(list), {}
        for project_id, kind, _id, key in self.env.cr.fetchall():
            if kind in ("task", "trigger"):
                parts[project_id] = kind
            else:
                keys[project_id].append(key)
        for project in self:
            project.missing_values = ", ".join(keys[project._origin.id]) or False
            project.missing_part = parts.get(project._origin.id)
