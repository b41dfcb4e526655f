# Copyright 2026 Sync Studio contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl.html)
"""Jobs: one row for every run, with a stored state over its whole tree of sub-jobs."""

import json
import logging
from datetime import datetime

from odoo import _, api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.osv import expression
from odoo.tools import sql

from odoo.addons.queue_job.job import STARTED as QUEUE_STARTED
from odoo.addons.queue_job.job import STATES as QUEUE_STATES
from odoo.addons.queue_job.job import WAIT_DEPENDENCIES

from ..eval_context.values import read_values
from ..masking import Masker
from ..side_transaction import side_cursor
from .ir_logging import LEVELS, LOG_ERROR, LOG_WARNING, JobLog, log_of

_logger = logging.getLogger(__name__)

PENDING = "pending"
ENQUEUED = "enqueued"
STARTED = "started"
DONE = "done"
DONE_WARNING = "done_warning"
FAILED = "failed"
CANCELLED = "cancelled"
STATES = [
    (PENDING, "Pending"),
    (ENQUEUED, "Enqueued"),
    (STARTED, "Started"),
    (DONE, "Done"),
    (DONE_WARNING, "Done with warnings"),
    (FAILED, "Failed"),
    (CANCELLED, "Cancelled"),
]
IN_PROGRESS = (PENDING, ENQUEUED, STARTED)
# What the queue has not started yet, so that it can be cancelled.
QUEUE_WAITING = (WAIT_DEPENDENCIES, PENDING, ENQUEUED)
# What can be put back into the queue.
STOPPED = {FAILED, CANCELLED}
ARGUMENTS_WIDTH = 2000  # characters

# What a queued run needs of its job; to read all fields takes three times as long.
RUN_FIELDS = ["ancestry", "queue_job_id", "trigger_automation_id", "trigger_name"]

# The states of a job come from three places: its own run or its queue job give
# ``own_state``; the first of the list below found among it and its sub-jobs gives
# ``state``. Sub-jobs finish at the same time in different transactions, so the tree is
# summed up after their commit, one transaction after the other (the lock on the root).
LOCK_ROOTS = """
    SELECT id FROM sync_job WHERE id = ANY(%(roots)s) ORDER BY id FOR NO KEY UPDATE;
"""
FINISH = """
    UPDATE sync_job
       SET own_state = %(state)s, state = %(state)s,
           date_end = clock_timestamp() AT TIME ZONE 'UTC',
           duration = EXTRACT(EPOCH FROM clock_timestamp() AT TIME ZONE 'UTC' - date_start)
     WHERE id = ANY(%(ids)s);
"""
# The job of a run that was not queued is committed by a transaction of its own, so
# sub-jobs made by that run can refer to it only after theirs.
ADOPT_SUB_JOBS = """
    UPDATE sync_job
       SET parent_job_id = (%(ids)s)[1]
     WHERE ancestry COLLATE "C" = %(path)s AND parent_job_id IS NULL;
"""
# Written in the transaction that starts a queued run, before the run's own begins: a
# row that changes while the run goes on cannot be changed by it any more.
MARK_STARTED = """
    UPDATE sync_job
       SET own_state = 'started', date_start = %(date)s, date_end = NULL,
           duration = NULL, progress_done = NULL, progress_total = NULL,
           progress_message = NULL,
           state = CASE state WHEN 'failed' THEN state ELSE 'started' END
     WHERE queue_job_id = ANY(%(ids)s);
"""
FILL_DURATION = """
    UPDATE sync_job SET duration = EXTRACT(EPOCH FROM date_end - date_start)
     WHERE date_end IS NOT NULL;
"""
COPY_QUEUE_STATE = """
    UPDATE sync_job job
       SET own_state = now.own_state, state = now.own_state,
           outcome = COALESCE(%(outcome)s, CASE WHEN now.queue_state
                NOT IN ('wait_dependencies', 'pending') THEN job.outcome END),
           date_start = now.date_start, date_end = now.date_end,
           duration = EXTRACT(EPOCH FROM now.date_end - now.date_start)
      FROM (
        SELECT job.id, queue.state AS queue_state,
               COALESCE(queue.date_started, job.date_start) AS date_start,
               CASE WHEN queue.state IN ('done', 'failed', 'cancelled')
                    THEN COALESCE(job.date_end, queue.date_done, queue.date_cancelled,
                                  clock_timestamp() AT TIME ZONE 'UTC') END AS date_end,
               CASE queue.state
                    WHEN 'wait_dependencies' THEN 'pending'
                    WHEN 'done' THEN COALESCE(%(outcome)s, job.outcome, 'done')
                    ELSE queue.state END AS own_state
          FROM sync_job job
          JOIN queue_job queue ON queue.id = job.queue_job_id
         WHERE job.id = ANY(%(ids)s)
      ) AS now
     WHERE job.id = now.id;
"""
PARENTS_AMONG = """
    SELECT job.id
      FROM sync_job job
     WHERE job.id = ANY(%(ids)s)
       AND EXISTS (
            SELECT FROM sync_job sub
             WHERE sub.ancestry COLLATE "C"
                   = COALESCE(job.ancestry, '/') || job.id || '/');
"""
SUM_UP = """
    UPDATE sync_job job
       SET state = now.state
      FROM (
        SELECT node.id, COALESCE((
            SELECT choice.state
              FROM (VALUES (1, 'failed'), (2, 'started'), (3, 'enqueued'),
                           (4, 'pending'), (5, 'cancelled'), (6, 'done_warning'))
                   AS choice(rank, state)
             WHERE node.own_state = choice.state
                OR EXISTS (
                    SELECT FROM sync_job sub
                     WHERE sub.own_state = choice.state
                       AND sub.ancestry COLLATE "C" >= node.path || '/'
                       AND sub.ancestry COLLATE "C" < node.path || '0')
             ORDER BY choice.rank
             LIMIT 1), 'done') AS state
          FROM (SELECT id, own_state, COALESCE(ancestry, '/') || id AS path
                  FROM sync_job WHERE id = ANY(%(nodes)s)) AS node
        OFFSET 0
      ) AS now
     WHERE job.id = now.id AND job.state IS DISTINCT FROM now.state;
"""
# For jobs: how many there are below them in each state of their own, and how far those
# have come, which changes whenever one of them goes on.
COUNT_BELOW = """
    SELECT node.id, sub.own_state, count(*), COALESCE(sum(sub.progress_done), 0)
      FROM (SELECT id, COALESCE(ancestry, '/') || id AS path
              FROM sync_job WHERE id = ANY(%(ids)s)) AS node
      JOIN sync_job sub
        ON sub.ancestry COLLATE "C" >= node.path || '/'
       AND sub.ancestry COLLATE "C" < node.path || '0'
     GROUP BY node.id, sub.own_state;
"""
MARK_LOGS = """
    UPDATE ir_logging line
       SET sync_status = CASE job.own_state WHEN 'failed' THEN 'fail' ELSE 'success' END
      FROM sync_job job
     WHERE line.sync_job_id = job.id
       AND job.id = ANY(%(ids)s)
       AND (job.own_state = 'failed' OR line.sync_status = 'fail');
"""

RELEASE_TRIGGER = """
    UPDATE sync_job
       SET trigger_cron_id = NULL, trigger_automation_id = NULL,
           trigger_webhook_id = NULL, trigger_button_id = NULL
     WHERE id = %(job)s AND NOT %(visible)s;
"""
RELEASE_TASK = """
    UPDATE sync_job SET task_id = NULL, project_id = NULL
     WHERE id = %(job)s AND NOT %(visible)s;
    UPDATE ir_logging SET sync_task_id = NULL, sync_project_id = NULL
     WHERE sync_job_id = %(job)s;
"""


class SyncJob(models.Model):
    _name = "sync.job"
    _description = "Sync Job"
    _rec_name = "trigger_name"
    _order = "id desc"

    trigger_name = fields.Char(readonly=True)
    trigger_cron_id = fields.Many2one("sync.trigger.cron", readonly=True, index=True)
    trigger_automation_id = fields.Many2one(
        "sync.trigger.automation", readonly=True, index=True
    )
    trigger_webhook_id = fields.Many2one(
        "sync.trigger.webhook", readonly=True, index=True
    )
    trigger_button_id = fields.Many2one(
        "sync.trigger.button", readonly=True, index=True
    )
    task_id = fields.Many2one("sync.task", readonly=True, index=True)
    project_id = fields.Many2one(
        "sync.project",
        related="task_id.project_id",
        store=True,
        readonly=True,
        index=True,
    )
    function = fields.Char("Task Function", readonly=True)
    started_by = fields.Char(compute="_compute_started_by")

    delivery_id = fields.Many2one("sync.webhook.delivery", readonly=True, index=True)
    is_replay = fields.Boolean("Replay", readonly=True)
    replay_of_id = fields.Many2one("sync.job", readonly=True, index=True)

    parent_job_id = fields.Many2one("sync.job", readonly=True, index=True)
    job_ids = fields.One2many("sync.job", "parent_job_id", "Sub jobs", readonly=True)
    ancestry = fields.Char(
        readonly=True, help="Ids of the jobs above this one, e.g. /12/57/"
    )

    log_ids = fields.One2many("ir.logging", "sync_job_id", "Log lines", readonly=True)

    queue_job_id = fields.Many2one("queue.job", readonly=True, index=True)
    # Not related fields: those would have Odoo look for sync jobs at every write of any
    # queue job.
    queue_job_state = fields.Selection(
        QUEUE_STATES, "Queue State", compute="_compute_queue_values"
    )
    func_string = fields.Char("Call in the Queue", compute="_compute_call")
    arguments = fields.Text(compute="_compute_call", help="What the function is given")
    retry = fields.Integer(
        "Tries", compute="_compute_queue_values", search="_search_retry"
    )
    next_try = fields.Datetime(compute="_compute_queue_values")
    is_waiting = fields.Boolean(compute="_compute_queue_values")
    max_retries_str = fields.Char("Max. tries", compute="_compute_queue_values")

    own_state = fields.Selection(
        STATES, "State without sub-jobs", default=PENDING, readonly=True
    )
    outcome = fields.Selection(
        [(DONE, "Done"), (DONE_WARNING, "Done with warnings"), (FAILED, "Failed")],
        "Outcome of the latest try",
        readonly=True,
    )
    state = fields.Selection(STATES, default=PENDING, readonly=True, index=True)
    in_progress = fields.Boolean(compute="_compute_in_progress")
    date_start = fields.Datetime("Job Start Time", readonly=True, index=True)
    date_end = fields.Datetime("Job End Time", readonly=True)
    duration = fields.Float(
        "Duration (s)", compute="_compute_duration", store=True, group_operator="avg"
    )

    progress_done = fields.Float("Done", readonly=True, group_operator=False)
    progress_total = fields.Float("To Do", readonly=True, group_operator=False)
    progress_message = fields.Char("At", readonly=True)
    progress = fields.Float("Progress (%)", compute="_compute_progress")
    progress_text = fields.Char("Progress", compute="_compute_progress")
    has_progress_bar = fields.Boolean(compute="_compute_progress")
    sub_job_count = fields.Integer("Sub-jobs", compute="_compute_progress")
    sub_job_states = fields.Char(
        "Sub-jobs by State",
        compute="_compute_progress",
        help="Of each state how many there are, and what they have done, as JSON",
    )
    can_run_again = fields.Boolean(compute="_compute_progress")
    waiting_count = fields.Integer(
        "Jobs in the Queue",
        compute="_compute_progress",
        help="This one and those below it",
    )

    def _auto_init(self):
        """Fill the duration by SQL, in one go."""
        cr = self.env.cr
        is_new = not sql.column_exists(cr, self._table, "duration")
        if is_new and sql.column_exists(cr, self._table, "date_end"):
            sql.create_column(cr, self._table, "duration", "float8")
            cr.execute(FILL_DURATION)
        return super()._auto_init()

    def init(self):
        result = super().init()
        sql.create_index(
            self.env.cr,
            "sync_job_own_state_ancestry_index",
            self._table,
            ["own_state", 'ancestry COLLATE "C"'],
        )
        sql.create_index(
            self.env.cr,
            "sync_job_tree_index",  # Odoo drops sync_job_ancestry_index as its own
            self._table,
            ['ancestry COLLATE "C"'],
        )
        return result

    def _write(self, vals):
        """Leave out the job of the run under way where it deletes its own task.

        Once its row was changed beside the run, ``release`` clears the project, too.
        """
        log = log_of(self.env)
        if log and log.is_job_changed and "project_id" in vals:
            self = self.filtered(lambda job: not log.is_of(job))
        return super()._write(vals)

    @api.depends("create_uid")
    def _compute_started_by(self):
        users = self.env["res.users"].sudo().with_context(active_test=False)
        users._search_fetch([("id", "in", self.create_uid.ids)], ["name"])
        for job in self:
            job.started_by = job.sudo().create_uid.name

    @api.depends("queue_job_id")
    def _compute_queue_values(self):
        for job in self:
            queue_job = job.sudo().queue_job_id
            job.queue_job_state = queue_job.state
            job.is_waiting = queue_job.state in QUEUE_WAITING
            # The queue counts a try when it has ended.
            job.retry = queue_job.retry + (queue_job.state == QUEUE_STARTED)
            job.next_try = queue_job.eta
            job.max_retries_str = queue_job and (
                str(queue_job.max_retries or _("infinity"))
            )

    @api.model
    def _search_retry(self, operator, value):
        """Find jobs of the queue by the tries that have ended.

        What runs at once is never tried again. People may not read the queue's own jobs.
        """
        tried = self.env["queue.job"].sudo()._search([("retry", operator, value)])
        return [("queue_job_id", "in", tried)]

    @api.depends("queue_job_id")
    def _compute_call(self):
        for job in self:
            queue_job = job.sudo().queue_job_id
            mask = job._mask() if queue_job else str
            job.func_string = mask(queue_job.func_string or "") or False
            job.arguments = mask(_arguments(queue_job))[:ARGUMENTS_WIDTH] or False

    def _mask(self):
        """Give the function that takes the secrets of the project out of a text.

        When the project is gone nobody knows them: nothing is left of a text.
        """
        project = self.sudo().project_id
        if not project:
            return lambda text: ""
        return Masker(read_values(project).secrets.values())

    @api.depends("state")
    def _compute_in_progress(self):
        for job in self:
            job.in_progress = job.state in IN_PROGRESS

    @api.depends("date_start", "date_end")
    def _compute_duration(self):
        for job in self:
            ended = job.date_start and job.date_end
            job.duration = (
                (job.date_end - job.date_start).total_seconds() if ended else 0
            )

    @api.depends("own_state", "progress_done", "progress_total", "progress_message")
    def _compute_progress(self):
        below = self._count_below()
        for job in self:
            counts = {state: count for state, (count, _done) in below[job.id].items()}
            job.sub_job_states = json.dumps(below[job.id], sort_keys=True)
            total = sum(counts.values())
            finished = total - sum(counts.get(state, 0) for state in IN_PROGRESS)
            job.sub_job_count = total
            job.waiting_count = job.is_waiting + sum(
                counts.get(state, 0) for state in (PENDING, ENQUEUED)
            )
            job.can_run_again = job._has_stopped() or any(
                counts.get(state) for state in STOPPED
            )
            if total:
                job.progress = 100 * finished / total
                job.progress_text = _sub_jobs_text(finished, total, counts.get(FAILED))
            else:
                job.progress = _percent(job.progress_done, job.progress_total)
                job.progress_text = job._progress_text()
            job.has_progress_bar = total or job.progress_total

    def _progress_text(self):
        """Give what the run itself has told: ``30 of 120: Importing page 3``."""
        text = "%g" % self.progress_done if self.progress_done else ""
        if self.progress_total:
            text = _("%s of %s") % (
                "%d" % self.progress_done,
                "%d" % self.progress_total,
            )
        return ": ".join(part for part in (text, self.progress_message) if part)

    def _count_below(self):
        """Give, by id: state of jobs below -> (how many, what they have done)."""
        self.flush(["ancestry", "own_state", "progress_done"])
        found = {job_id: {} for job_id in self.ids}
        self.env.cr.execute(COUNT_BELOW, {"ids": self.ids})
        for job_id, state, count, done in self.env.cr.fetchall():
            found[job_id][state] = (count, done)
        return found

    # Buttons

    def refresh_button(self):
        """Take the state from the queue again."""
        self.check_access_rights("read")
        self.flush()
        refresh_states(self.env.cr, self._in_trees())
        self.invalidate_cache()

    def requeue_button(self):
        """Put jobs back into the queue: of these and their sub-jobs what has stopped.

        When nothing has failed or was cancelled, these jobs themselves.
        """
        self._check_developer(_("Only Sync Studio developers may run a job again."))
        stopped = (self | self._below()).filtered(lambda job: job._has_stopped())
        if not stopped:
            self._check_may_requeue()
        # A job makes its sub-jobs anew.
        above = set(stopped.ids)
        again = stopped.filtered(lambda job: not above & {*_ids(job.ancestry)})
        (again or self).queue_job_id.sudo().requeue()

    def _has_stopped(self):
        """Tell whether the own run failed, or was taken out of the queue."""
        has_ended = self.queue_job_state in (DONE, FAILED, CANCELLED)
        return has_ended and bool(STOPPED & {self.own_state, self.queue_job_state})

    def _check_may_requeue(self):
        for job in self:
            if not job.queue_job_id:
                raise UserError(
                    _(
                        "Job %s did not run in the queue, so it cannot be put back: "
                        "click the button or call the webhook again."
                    )
                    % job.id
                )
            if job.queue_job_state == QUEUE_STARTED:
                raise UserError(_("Job %s runs already: wait for its end.") % job.id)

    def cancel_button(self):
        """Take these jobs, and all below them that wait too, out of the queue."""
        self._check_developer(_("Only Sync Studio developers may cancel a job."))
        queue_jobs = (self | self._below()).sudo().queue_job_id
        waiting = queue_jobs.filtered(lambda job: job.state in QUEUE_WAITING)
        if not waiting:
            raise UserError(
                _("No job waits any more: what has started cannot be stopped.")
            )
        waiting.button_cancelled()

    def _below(self):
        """Give the jobs below these ones, at any depth."""
        paths = ["%s%s/" % (job.ancestry or "/", job.id) for job in self]
        below = expression.OR([[("ancestry", "=like", path + "%")] for path in paths])
        return self.search(below)

    def _check_developer(self, refusal):
        self.check_access_rights("read")
        if not self.env["sync.task"].check_access_rights("write", False):
            raise AccessError(refusal)

    def action_open(self):
        """Give the action that shows this job."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": _("Job"),
            "res_model": self._name,
            "res_id": self.id,
            "view_mode": "form",
            "target": "self",
        }

    # Opening and finishing

    def create_trigger_job(self, trigger):
        """Create the job of a run that ``trigger`` starts, in this transaction."""
        return self._create_pending(self._trigger_values(trigger))

    @api.model
    def _create_pending(self, values):
        """Create a job that waits for its run, in this transaction."""
        values = dict(values, own_state=PENDING, state=PENDING)
        return self.browse(self._insert(self.env.cr, values))

    @api.model
    def _trigger_values(self, trigger):
        task = trigger.sudo().sync_task_id
        return {
            trigger._job_field: trigger.id,
            "trigger_name": trigger.trigger_name,
            "task_id": task.id,
            "project_id": task.project_id.id,
            "function": trigger._sync_handler,
            "ancestry": "/",
        }

    def _run_values(self, task, function):
        """Give what a queued run needs to know of its job."""
        job = self.sudo()
        job.read(RUN_FIELDS, load="")
        return {
            "trigger_name": job.trigger_name,
            "ancestry": job.ancestry or "/",
            "task_id": task.id,
            "project_id": task.sudo().project_id.id,
            "function": function,
            "trigger_automation_id": job._own_trigger_id(task),
            "visible": True,
        }

    def _own_trigger_id(self, task):
        """Give the DB trigger that started the tree; sub-jobs have it in the context."""
        if self._is_top():
            return self.trigger_automation_id.id
        return task.env.context.get("sync_own_trigger_id")

    def _is_top(self):
        """Tell whether this is no sub-job."""
        return (self.ancestry or "/") == "/"

    def _is_queued(self, identity_key):
        """Tell whether a job with this key waits in the queue already."""
        return bool(identity_key) and bool(
            self.env["queue.job"]
            .sudo()
            .search(
                [
                    ("identity_key", "=", identity_key),
                    ("state", "in", ["wait_dependencies", "pending", "enqueued"]),
                ],
                limit=1,
            )
        )

    @api.model
    def _open(self, side, values):
        """Create the job of a run that starts now, so that it outlives a rollback."""
        return side.run(lambda cr: self._insert_started(cr, values))

    @api.model
    def _insert_started(self, cr, values):
        started = {"own_state": STARTED, "state": STARTED}
        started.update(values, date_start=datetime.utcnow())
        return self.browse(self._insert(cr, started))

    @api.model
    def _insert(self, cr, values):
        """Create a row, perhaps with another cursor; return its id.

        That takes SQL, as the ORM must not flush on another cursor. It also takes a
        fraction of the time.
        """
        row = dict(values, create_uid=self.env.uid, write_uid=self.env.uid)
        cr.execute(
            "INSERT INTO sync_job (create_date, write_date, %s) "
            "VALUES (now() AT TIME ZONE 'UTC', now() AT TIME ZONE 'UTC', %s) "
            "RETURNING id" % (", ".join(row), ", ".join(["%s"] * len(row))),
            [value or None for value in row.values()],
        )
        (job_id,) = cr.fetchone()
        if cr is self.env.cr:
            self.invalidate_cache(list(values), [job_id])
        return job_id

    def _finish_statements(self, state, ancestry="/"):
        """Give the statements that end a run that was not queued.

        :param ancestry: of the job, which cannot be read when it was opened aside
        """
        jobs = [(self.id, ancestry)]
        path = "%s%s/" % (ancestry, self.id)
        changes = FINISH + ADOPT_SUB_JOBS + marks(state)
        return lambda cr: change_states(cr, jobs, changes, state=state, path=path)

    def _refresh_statements(self, outcome):
        """Give the statements that take over the state of a queued run.

        :param outcome: how the latest try went
        """
        jobs = self._in_trees()
        return lambda cr: refresh_states(cr, jobs, outcome)

    def _started_statements(self):
        """Give the statements that tell the jobs above that this one has started."""
        jobs = self._in_trees()
        return None if self.sudo()._is_top() else lambda cr: change_states(cr, jobs)

    def _in_trees(self):
        """Give id and ancestry of each job."""
        return [(job.id, job.ancestry) for job in self.sudo()]

    @api.model
    def _mark_started(self, queue_jobs, date):
        """Note that the runs of these queue jobs start now."""
        self.flush(["queue_job_id"])
        self.env.cr.execute(MARK_STARTED, {"ids": queue_jobs.ids, "date": date})
        self.invalidate_cache(["own_state", "state", "date_start", "date_end"])


def change_states(cr, jobs, changes="", **params):
    """Change jobs, then sum up those that have sub-jobs, and those above them.

    :param list jobs: id and ancestry of each
    :param str changes: SQL statements about ``%(ids)s``
    """
    paths = [[*_ids(ancestry), job_id] for job_id, ancestry in jobs]
    params.update(ids=[path[-1] for path in paths], roots=[path[0] for path in paths])
    cr.execute(LOCK_ROOTS + changes + PARENTS_AMONG, params)
    nodes = {node for path in paths for node in path[:-1]}
    nodes.update(job_id for job_id, in cr.fetchall())
    if nodes:
        cr.execute(SUM_UP, {"nodes": list(nodes)})


def _ids(ancestry):
    return [int(node) for node in (ancestry or "").split("/") if node]


def refresh_states(cr, jobs, outcome=None):
    """Take over the states of the queue jobs and sum up the trees.

    :param list jobs: id and ancestry of each
    :param outcome: how the latest try went, if that is known
    """
    change_states(cr, jobs, COPY_QUEUE_STATE + marks(outcome), outcome=outcome)


def _percent(done, total):
    return min(100.0, 100 * done / total) if total else 0.0


def _sub_jobs_text(finished, total, failed):
    """Tell how far the sub-jobs are: ``13 of 26 sub-jobs, 1 failed``."""
    if failed:
        return _("%s of %s sub-jobs, %s failed") % (finished, total, failed)
    return _("%s of %s sub-jobs") % (finished, total)


def _arguments(queue_job):
    """Give what the queue hands to a function of the code, as it stands in a call."""
    try:
        _job, _function, args, kwargs = queue_job.args or ((), "", (), {})
    except (KeyError, ValueError):  # a model that is gone; a job of another kind
        return ""
    named = ["%s=%r" % item for item in kwargs.items()]
    return ", ".join([repr(arg) for arg in args] + named)


def marks(outcome):
    """Give the statements that mark log lines; those of a good run need none."""
    return "" if outcome in (DONE, DONE_WARNING) else MARK_LOGS


def refresh_states_aside(dbname, queue_job_ids):
    """Do so in a transaction of its own, for the jobs of these queue jobs.

    Called after a commit: whatever goes wrong must not look like a failed run.
    """
    if not queue_job_ids:
        return
    try:
        with side_cursor(dbname) as cr:
            cr.execute(
                "SELECT id, ancestry FROM sync_job WHERE queue_job_id = ANY(%s)",
                [list(queue_job_ids)],
            )
            refresh_states(cr, cr.fetchall())
    except Exception:
        _logger.exception("States of queue jobs %s are not taken over", queue_job_ids)


def outcome_of(log):
    """Tell how a run that raised nothing went, by the worst level it logged."""
    if log.worst_level >= LEVELS.index(LOG_ERROR):
        return FAILED
    if log.worst_level >= LEVELS.index(LOG_WARNING):
        return DONE_WARNING
    return DONE


def open_log(job, side, values, secrets, first=None):
    """Give the log of a run of a job.

    This is no method of the job, as user code could call that.

    :param dict values: the job's own values; a job that was created beside this
        transaction cannot be read in it
    :param secrets: texts that the log must not show, not even in its first line
    :param first: statements that a run does not wait for, see JobLog
    """
    columns = {
        "create_uid": job.env.uid,
        "dbname": job.env.cr.dbname,
        "path": job._name,
        "line": str(job.id),
        "func": values["function"],
        "sync_job_id": job.id,
        "sync_task_id": values["task_id"],
        "sync_project_id": values["project_id"] or None,
        "sync_trigger_name": values["trigger_name"],
        "sync_job_date": fields.Datetime.now(),
        "sync_status": "success",
    }
    return JobLog(side, columns, Masker(secrets), first)


def release(tasks, statements):
    """Let the run under way go on though it deletes its own task or trigger.

    Its log lines, and its job if it was not queued, are younger than what this
    transaction can see, so that PostgreSQL would refuse to clear their references.
    """
    log = log_of(tasks.env)
    if log:
        log.release(tasks, statements)
