# Copyright 2026 Sync Studio contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl.html)
"""The first page: figures of the last 24 hours, each with the list it counts."""

from collections import namedtuple

from odoo import _, api, models
from odoo.tools import format_datetime

from ..webhook_inbox import BROKEN, FORBIDDEN, LIMITED, REFUSED, TOO_LARGE
from .run_chart import HOUR, day_ago, run_chart
from .sync_job import DONE_WARNING, FAILED, IN_PROGRESS, PENDING

REFUSALS = (REFUSED, FORBIDDEN, LIMITED, TOO_LARGE, BROKEN)
JOBS = "sync.sync_job_action"
DELIVERIES = "sync.sync_webhook_delivery_action"
SHOWN = 5  # tasks, failures

COUNT_HOURS = (
    "SELECT "
    + HOUR
    + """, count(*), count(*) FILTER (WHERE state = 'failed')
      FROM sync_job
     WHERE parent_job_id IS NULL AND create_date >= %(since)s
     GROUP BY 1
"""
)
# Sub-jobs count too: they do the work of their task.
FIND_SLOWEST = """
    SELECT task.id, task.name, project.name, job.runs, job.average, job.longest
      FROM (
        SELECT task_id, count(*) AS runs,
               extract(epoch FROM avg(date_end - date_start)) AS average,
               extract(epoch FROM max(date_end - date_start)) AS longest
          FROM sync_job
         WHERE create_date >= %(since)s AND date_end >= date_start
         GROUP BY task_id
      ) AS job
      JOIN sync_task task ON task.id = job.task_id
      JOIN sync_project project ON project.id = task.project_id
     ORDER BY job.average DESC, task.id
     LIMIT %(limit)s
"""

# ``style`` is a colour of Bootstrap, shown when there is something to count.
Figure = namedtuple("Figure", "label hint icon style action domain")


class SyncOverview(models.AbstractModel):
    _name = "sync.overview"
    _description = "Overview of the last day"

    @api.model
    def read_page(self):
        """Give all that the page shows.

        :return: dict: ``first_steps`` (HTML, False once there is a project),
            ``figures``, ``chart``, ``slowest`` and ``failures`` (lists of dicts)
        """
        first_steps = self._first_steps()
        if first_steps:
            return {"first_steps": first_steps}
        since = day_ago()
        return {
            "first_steps": False,
            "figures": self._count_figures(since),
            "chart": self._chart(since),
            "slowest": self._slowest(since),
            "failures": self._failures(since),
        }

    @api.model
    def action_open(self, kind, key):
        """Give the action that shows what a part of the page is about.

        :param str kind: "figure", with its name as ``key``; "task" or "job", with its
            id
        """
        if kind == "job":
            return self._form_action(self.env["sync.job"].browse(key))
        if kind == "figure":
            figure = self._figures(day_ago())[key]
            return self._list_action(figure.action, figure.label, figure.domain)
        task = self.env["sync.task"].browse(key)
        # Those that are counted: they have ended.
        domain = self._recent(day_ago()) + [
            ("task_id", "=", task.id),
            ("date_end", "!=", False),
        ]
        return self._list_action(JOBS, task.name, domain)

    def _form_action(self, record):
        return {
            "type": "ir.actions.act_window",
            "name": record.display_name,
            "res_model": record._name,
            "res_id": record.id,
            "views": [(False, "form")],
        }

    def _list_action(self, xml_id, name, domain):
        action = self.env["ir.actions.actions"]._for_xml_id(xml_id)
        # The web client knows trees by another name, which only buttons translate.
        views = [
            (view, "list" if mode == "tree" else mode) for view, mode in action["views"]
        ]
        return dict(action, name=name, display_name=name, domain=domain, views=views)

    # Figures

    def _recent(self, since):
        return [("create_date", ">=", since)]

    def _figures(self, since):
        """Give the figures by name, in their order; each counts what its list shows."""
        runs = self._recent(since) + [("parent_job_id", "=", False)]
        return {
            "runs": Figure(
                _("Runs"),
                _("Started in the last 24 hours"),
                "fa-play",
                "primary",
                JOBS,
                runs,
            ),
            "failed": Figure(
                _("Failed"),
                _("Of these runs"),
                "fa-times",
                "danger",
                JOBS,
                runs + [("state", "=", FAILED)],
            ),
            "warnings": Figure(
                _("With Warnings"),
                _("Of these runs"),
                "fa-exclamation",
                "warning",
                JOBS,
                runs + [("state", "=", DONE_WARNING)],
            ),
            "in_progress": Figure(
                _("In Progress"),
                _("Waiting or running now"),
                "fa-spinner",
                "info",
                JOBS,
                [("parent_job_id", "=", False), ("state", "in", IN_PROGRESS)],
            ),
            # Who runs a job again has its tries counted anew.
            "retries": Figure(
                _("Retries Waiting"),
                _("Jobs that will be tried again"),
                "fa-repeat",
                "warning",
                JOBS,
                [("own_state", "=", PENDING), ("retry", ">", 0)],
            ),
            "refused": Figure(
                _("Webhooks Refused"),
                _("Requests of the last 24 hours"),
                "fa-ban",
                "danger",
                DELIVERIES,
                [("date", ">=", since), ("verdict", "in", REFUSALS)],
            ),
        }

    def _count_figures(self, since):
        return [
            {
                "name": name,
                "label": figure.label,
                "hint": figure.hint,
                "icon": figure.icon,
                "style": figure.style,
                "count": self._count(figure),
            }
            for name, figure in self._figures(since).items()
        ]

    def _count(self, figure):
        model = "sync.job" if figure.action == JOBS else "sync.webhook.delivery"
        return self.env[model].search_count(figure.domain)

    def _chart(self, since):
        rows = self._select(COUNT_HOURS, since=since)
        counts = {hour: (runs, failures) for hour, runs, failures in rows}
        return run_chart(self.env, since, counts)

    def _slowest(self, since):
        rows = self._select(FIND_SLOWEST, since=since, limit=SHOWN)
        return [
            {
                "id": task_id,
                "task": task,
                "project": project,
                "runs": runs,
                "average": _duration(average),
                "longest": _duration(longest),
            }
            for task_id, task, project, runs, average, longest in rows
        ]

    def _failures(self, since):
        domain = self._figures(since)["failed"].domain
        return [
            {
                "id": job.id,
                "task": job.task_id.name or job.trigger_name,
                "project": job.project_id.name or "",
                "trigger": job.trigger_name,
                "date": format_datetime(self.env, job.create_date, dt_format="short"),
            }
            for job in self.env["sync.job"].search(
                domain, limit=SHOWN, order="create_date desc, id desc"
            )
        ]

    def _select(self, statement, **values):
        """Give the rows of a statement about jobs to whoever may read them."""
        self.env["sync.job"].check_access_rights("read")
        self.env["sync.job"].flush()
        self.env.cr.execute(statement, values)
        return self.env.cr.fetchall()

    # First steps

    def _first_steps(self):
        """Give HTML that tells how to begin; False once there is a project."""
        # Odoo reads the texts of actions with sudo, which may do everything.
        projects = self.env["sync.project"].sudo(False).with_context(active_test=False)
        if projects.search([], limit=1):
            return False
        values = {
            "may_create": projects.check_access_rights("create", False),
            "may_import": self.user_has_groups("sync.sync_group_manager"),
            "may_install": self.user_has_groups("base.group_system"),
            # Elsewhere the modules of demos install nothing to see.
            "has_demo": self.env.ref("base.module_sync").sudo().demo,
        }
        return self.env["ir.qweb"]._render("sync.first_steps", values).decode()


def _duration(seconds):
    """Give the text of a duration, in the units that one would say it in."""
    if seconds < 60:
        return _("%.1f s") % seconds
    minutes, seconds = divmod(round(seconds), 60)
    if minutes < 60:
        return _("%(minutes)s min %(seconds)s s") % {
            "minutes": minutes,
            "seconds": seconds,
        }
    hours, minutes = divmod(minutes, 60)
    return _("%(hours)s h %(minutes)s min") % {"hours": hours, "minutes": minutes}
