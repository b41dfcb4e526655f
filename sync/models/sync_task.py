# Copyright 2026 Sync Studio contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl.html)
"""Tasks: Python code, and the two ways to run it: enqueue it, or run it now."""

import time
import traceback
from collections import defaultdict
from functools import partial

from psycopg2 import OperationalError

from odoo import _, api, fields, models
from odoo.exceptions import AccessError, ValidationError
from odoo.service.model import PG_CONCURRENCY_ERRORS_TO_RETRY

from odoo.addons.queue_job.exception import RetryableJobError
from odoo.addons.queue_job.job import Job
from odoo.addons.queue_job.utils import must_run_without_delay

from .. import sandbox
from ..error_report import error_report
from ..eval_context import Run, help_text
from ..eval_context.values import read_values
from ..exceptions import FunctionNotFound, SyncError
from ..retry import is_transient, retry_after
from ..side_transaction import SideTransaction
from ..user_code import user_code
from .code_check import check_code
from .counting import COUNT_TRACES, set_counts
from .ir_logging import LOG_CRITICAL, LOG_DEBUG, LOG_WARNING
from .sync_job import (
    CANCELLED,
    FAILED,
    RELEASE_TASK,
    open_log,
    outcome_of,
    release,
)
from .task_template import task_template

TRIGGERS = ("cron", "automation", "webhook", "button")
JOB_OPTIONS = (
    "priority",
    "eta",
    "max_retries",
    "description",
    "channel",
    "identity_key",
)


class SyncTask(models.Model):
    _name = "sync.task"
    _description = "Sync Task"

    project_id = fields.Many2one("sync.project", ondelete="cascade", index=True)
    name = fields.Char(help="e.g. Sync Products", required=True)
    code = fields.Text()
    code_check = fields.Text("Syntax check", compute="_compute_code_check")
    code_check_line = fields.Integer(
        compute="_compute_code_check", help="Line of the syntax problem"
    )
    names_help = fields.Text("Available Names", compute="_compute_names_help")
    active = fields.Boolean(default=True)
    cron_ids = fields.One2many("sync.trigger.cron", "sync_task_id", copy=True)
    automation_ids = fields.One2many(
        "sync.trigger.automation", "sync_task_id", copy=True
    )
    webhook_ids = fields.One2many("sync.trigger.webhook", "sync_task_id", copy=True)
    button_ids = fields.One2many(
        "sync.trigger.button", "sync_task_id", string="Manual Triggers", copy=True
    )
    active_cron_ids = fields.Many2many(
        "sync.trigger.cron",
        string="Enabled Crons",
        compute="_compute_active_triggers",
        context={"active_test": False},
    )
    active_automation_ids = fields.Many2many(
        "sync.trigger.automation",
        string="Enabled DB Triggers",
        compute="_compute_active_triggers",
        context={"active_test": False},
    )
    active_webhook_ids = fields.Many2many(
        "sync.trigger.webhook",
        string="Enabled Webhooks",
        compute="_compute_active_triggers",
        context={"active_test": False},
    )
    active_button_ids = fields.Many2many(
        "sync.trigger.button",
        string="Enabled Buttons",
        compute="_compute_active_triggers",
        context={"active_test": False},
    )
    active_cron_names = fields.Char(
        "Names of Enabled Crons", compute="_compute_active_names"
    )
    active_automation_names = fields.Char(
        "Names of Enabled DB Triggers", compute="_compute_active_names"
    )
    active_webhook_names = fields.Char(
        "Names of Enabled Webhooks", compute="_compute_active_names"
    )
    active_button_names = fields.Char(
        "Names of Enabled Buttons", compute="_compute_active_names"
    )
    job_ids = fields.One2many("sync.job", "task_id")
    job_count = fields.Integer(compute="_compute_part_counts")
    log_ids = fields.One2many("ir.logging", "sync_task_id")
    log_count = fields.Integer(compute="_compute_part_counts")
    delivery_ids = fields.One2many("sync.webhook.delivery", "task_id")
    delivery_count = fields.Integer(compute="_compute_part_counts")

    @api.depends("project_id.eval_context")
    def _compute_names_help(self):
        for task in self:
            added = task.project_id.eval_context_description
            task.names_help = (added + "\n\n\n" if added else "") + help_text()

    @api.depends(
        "cron_ids.active", "automation_ids.active", "webhook_ids.active", "button_ids"
    )
    def _compute_active_triggers(self):
        for task in self:
            for kind in TRIGGERS:
                task["active_%s_ids" % kind] = task["%s_ids" % kind].filtered("active")

    @api.depends(
        "active_cron_ids",
        "active_automation_ids",
        "active_webhook_ids",
        "active_button_ids",
    )
    def _compute_active_names(self):
        for kind in TRIGGERS:
            names = self._names_of_enabled(kind)
            for task in self:
                if not task.id:  # A form is open: it shows what it holds.
                    triggers = task["active_%s_ids" % kind]
                    names[task.id] = [one.display_name or "" for one in triggers]
                task["active_%s_names" % kind] = ", ".join(names[task.id])

    def _names_of_enabled(self, kind):
        """Give, by id of the task, a list of names."""
        triggers = self.env["sync.trigger." + kind]._search_fetch(
            [("sync_task_id", "in", self.ids), ("active", "=", True)],
            ["display_name", "sync_task_id"],
        )
        names = defaultdict(list)
        for trigger in triggers:
            names[trigger.sync_task_id.id].append(trigger.display_name)
        return names

    def _compute_part_counts(self):
        statement = COUNT_TRACES.format(field="task_id")
        set_counts(self, statement, ("job", "log", "delivery"))

    @api.model
    def default_get(self, fields_list):
        """Begin a task that somebody makes in a form with an outline of its code."""
        values = super().default_get(fields_list)
        if "code" in fields_list and self.env.context.get("sync_new_task_template"):
            values.setdefault("code", task_template())
        return values

    @api.depends("code")
    def _compute_code_check(self):
        check_code(self, "code")

    @api.constrains("code")
    def _check_python_code(self):
        for task in self:
            problem = sandbox.check(task.code)
            if problem:
                raise ValidationError(_('Task "%s": %s') % (task.name, problem))

    def name_get(self):
        if not self.env.context.get("name_with_project"):
            return super().name_get()
        return [
            (task.id, "%s: %s" % (task.project_id.name, task.name)) for task in self
        ]

    def unlink(self):
        tasks = self.with_context(active_test=False)
        for triggers in (
            tasks.cron_ids,
            tasks.automation_ids,
            tasks.webhook_ids,
            tasks.button_ids,
        ):
            triggers.unlink()
        release(self, RELEASE_TASK)
        return super().unlink()

    def _is_enabled(self):
        """Tell whether events may run the task (buttons always may)."""
        return self.active and self.project_id.active

    # Two verbs: enqueue, or run now

    def start(
        self, trigger, args=None, with_delay=False, force=False, raise_on_error=True
    ):
        """Run the task for a trigger (record), now or in the queue.

        :param bool force: run although task or project are archived
        :return: None when archived; the job when queued; else (job, result)
        """
        _refuse_remote_call(trigger)
        if not (force or self.sudo()._is_enabled()):
            return None
        if with_delay:
            return self._enqueue(trigger, args or ())
        return self._run_now(trigger, args or (), raise_on_error=raise_on_error)

    def _enqueue(self, trigger, args=(), deleted_values=None, **more):
        """Create a job for ``trigger`` and let the queue run it.

        :param more: values of the job
        :return: the job; (job, result) when queueing is switched off by the context
        """
        self.ensure_one()
        values = dict(self.env["sync.job"]._trigger_values(trigger), **more)
        return self._delay(values, {}, args=args, deleted_values=deleted_values)

    def _enqueue_function(self, run, function, args, kwargs, options):
        """Let the queue call a function of the code in a sub-job of a run."""
        self._check_job_options(function, options)
        key = self._identity_key(options, function, args, kwargs)
        if self.env["sync.job"]._is_queued(key):
            return
        values = {
            "trigger_name": "%s.%s" % (run.trigger_name, function),
            "parent_job_id": run.parent_job_id,
            "ancestry": run.child_ancestry,
            "task_id": self.id,
            "project_id": run.project.id,
            "function": function,
        }
        options = dict(options, identity_key=key)
        task = self.with_env(run.env(context=run.base_context))
        task._delay(values, options, args=args, kwargs=kwargs)

    def _delay(self, values, options, args=(), kwargs=None, deleted_values=None):
        """Create a job with these values and enqueue its run."""
        job = self.env["sync.job"]._create_pending(values)
        options = dict(options)
        options.setdefault("description", self._description_in_queue(values))
        extra = {"deleted_values": deleted_values} if deleted_values else {}
        delayed = self.with_delay(**options).run(
            job, values["function"], list(args), kwargs or {}, **extra
        )
        return (job, delayed.result) if must_run_without_delay(self.env) else job

    def _description_in_queue(self, values):
        """Give the text that names a job in the list of queue jobs."""
        project = self.sudo().project_id
        return "%s: %s -> %s" % (project.name, self.name, values["trigger_name"])

    def _run_now(self, trigger, args=(), raise_on_error=True, answer=None):
        """Run the task for ``trigger`` within this request.

        The business writes of a failed run are undone; its job and log lines stay.

        :param answer: whoever waits for the result of a job that is open already:
            an object with ``job``, ``side``, ``project_values``, ``start(log)``,
            ``success(result, log)``, ``failure(job, log)`` and ``store(cr)``
        :return: (job, result); result is None after an error
        """
        self.ensure_one()
        values = self.env["sync.job"]._trigger_values(trigger)
        if answer:
            side, job, project_values = answer.side, answer.job, answer.project_values
        else:
            side = SideTransaction(self.env)
            project_values = read_values(self.sudo().project_id.with_env(self.env))
            job = self.env["sync.job"]._open(side, values)
        values["visible"] = side.joined
        log = open_log(job, side, values, project_values.secrets.values())
        result = None
        try:
            with self.env.cr.savepoint():
                if answer:
                    answer.start(log.log)
                run = _make_run(self, job, values, project_values, log)
                result = _execute(run, log, values["function"], args)
                if answer:
                    answer.success(result, log.log)
        except Exception as error:
            if _is_concurrency_error(error):
                # Odoo repeats the whole request: a webhook keeps its job, others get
                # a new one.
                log(_("Stopped: other work changed the same records."), LOG_WARNING)
                log.close(None if answer else job._finish_statements(CANCELLED))
                raise
            self._end_failed_run(job, log, answer, error)
            if raise_on_error:
                _raise_without_secrets(error, log.mask)
        else:
            finished = job._finish_statements(outcome_of(log))
            self._end_with_transaction(
                log,
                side,
                _in_turn(finished, answer and answer.store),
                job._finish_statements(FAILED),
            )
        return job, result

    def _end_failed_run(self, job, log, answer, error):
        log(error_report(error), LOG_CRITICAL)
        if answer:
            answer.failure(job, log.log)
        log.close(_in_turn(job._finish_statements(FAILED), answer and answer.store))

    def _end_with_transaction(self, log, side, committed, rolled_back=None):
        """Close the log and write how it went once the transaction has ended."""
        if side.joined:
            log.close(committed)
        else:
            self.env.cr.postcommit.add(lambda: log.close(committed))
            self.env.cr.postrollback.add(lambda: log.close(rolled_back))

    def run(
        self,
        job,
        function,
        args=None,
        kwargs=None,
        raise_on_error=True,
        deleted_values=None,
    ):
        """Call a function of the code for a job; the queue calls this.

        Stored queue jobs hold these arguments in this order.

        :param str function: name of a function in the task's code or common code
        :param deleted_values: list of dicts: the records an event has deleted
        :raises RetryableJobError: the queue shall try again later
        """
        self.ensure_one()
        _refuse_remote_call(job)
        without_queue = must_run_without_delay(self.env)
        side = SideTransaction(self.env, joined=without_queue)
        values = job._run_values(self, function)
        project_values = read_values(self.sudo().project_id.with_env(self.env))
        secrets = project_values.secrets.values()
        log = open_log(job, side, values, secrets, first=job._started_statements())
        end = partial(job._finish_statements, ancestry=values["ancestry"])
        # Translated now: a failed statement leaves no transaction to do it in.
        failed_text = _("This try failed: %s")
        try:
            run = _make_run(self, job, values, project_values, log, deleted_values)
            args = [_handed(arg) for arg in args or ()]
            result = _execute(run, log, function, args, kwargs)
        except Exception as error:
            final = self._log_failed_try(log, error, failed_text)
            log.close(end(FAILED) if without_queue else None)
            if not raise_on_error:
                return None
            _raise_without_secrets(final, log.mask)
        if not without_queue:
            job.sudo().queue_job_id._take_over_state()
            end = job._refresh_statements
        self._end_with_transaction(log, side, end(outcome_of(log)))
        return result

    def _log_failed_try(self, log, error, failed_text):
        """Log an error of a queued run; give the error that queue_job shall see."""
        if is_transient(error):
            text = "%s: %s" % (type(error).__name__, error)
            cause, error = error, RetryableJobError(text, retry_after(error))
            error.__cause__ = cause
        if isinstance(error, RetryableJobError) or _is_concurrency_error(error):
            log(failed_text % error, LOG_WARNING)
            log(error_report(error), LOG_DEBUG)
        else:
            log(error_report(error), LOG_CRITICAL)
        return error

    @api.model
    def _check_job_options(self, function, options):
        unknown = sorted(set(options) - set(JOB_OPTIONS))
        if unknown:
            raise SyncError(
                _('add_job("%s"): unknown option %s. Options are: %s.')
                % (function, ", ".join(unknown), ", ".join(JOB_OPTIONS))
            )

    def _identity_key(self, options, function, args, kwargs):
        """Give the text of the option identity_key; a function gets the queue job."""
        key = options.get("identity_key")
        if not callable(key):
            return key
        no_job = self.env["sync.job"]
        return Job(
            self.run, args=(no_job, function, list(args), kwargs), identity_key=key
        ).identity_key

    def _job_prepare_context_before_enqueue_keys(self):
        """Queued jobs keep the language and company of the event.

        Sub-jobs are told which DB trigger is at the top of their tree.
        """
        return ("tz", "lang", "allowed_company_ids", "sync_own_trigger_id")


def _is_concurrency_error(error):
    """Tell whether PostgreSQL asks to repeat the transaction."""
    return (
        isinstance(error, OperationalError)
        and error.pgcode in PG_CONCURRENCY_ERRORS_TO_RETRY
    )


def _handed(arg):
    """Give a handler the stored request itself, not its record."""
    is_delivery = getattr(arg, "_name", None) == "sync.webhook.delivery"
    return arg.sudo()._to_request() if is_delivery else arg


def _in_turn(*parts):
    """Make one function of those that write to a cursor; None is passed over."""
    return lambda cr: [part(cr) for part in parts if part]


def _refuse_remote_call(record):
    """Methods that the queue calls are public; a remote caller cannot pass records."""
    if not isinstance(record, models.BaseModel):
        raise AccessError(
            _("Tasks are started by their triggers, not by remote calls.")
        )


# What follows handles secrets. As user code can call any method of a model, these are
# functions.


def _execute(run, log, function, args, kwargs=None):
    """Build the evaluation context, load the code, call the function."""
    started = time.time()
    try:
        names = run.project._load_task(run)
        args, kwargs = run.adopt(args), run.adopt(kwargs or {})
        with user_code():
            result = sandbox.call(names, function, args, kwargs)
    except FunctionNotFound as error:
        raise _function_not_found(run, error) from None
    # Values computed in the wake of the run's writes do not fire its trigger either.
    run.env["base"].flush()
    log(_("Executing time: %.3f s") % (time.time() - started), LOG_DEBUG)
    log(_("Job finished"))
    return result


def _make_run(task, job, values, project_values, log, deleted_values=None):
    own_trigger_id = values.get("trigger_automation_id")
    context = dict(task.env.context, sync_own_trigger_id=own_trigger_id)
    return Run(
        env=task.env(context=dict(context, log_function=log.log)),
        base_context=context,
        project=task.sudo().project_id.with_env(task.env),
        task=task,
        job=job,
        log=log.log,
        trigger_name=values["trigger_name"],
        # A job that was opened beside this transaction cannot be referred to in it.
        parent_job_id=values.get("visible") and job.id,
        child_ancestry="%s%s/" % (values["ancestry"] or "/", job.id),
        values=project_values,
        deleted_values=deleted_values or [],
    )


def _raise_without_secrets(error, mask):
    """Raise an error for the caller or the queue: another one if it shows secrets."""
    shown = "".join(traceback.format_exception(None, error, error.__traceback__))
    if mask(shown) == shown or _is_concurrency_error(error):
        raise error
    text = mask(str(error))
    if isinstance(error, RetryableJobError):
        raise RetryableJobError(text, error.seconds, error.ignore_retry) from None
    raise SyncError(text) from None


def _function_not_found(run, error):
    task = run.task.sudo()
    found = sandbox.functions(task.code) + sandbox.functions(
        task.project_id.common_code
    )
    return SyncError(
        _(
            'Task "%s" of project "%s" has no function %s, which %s calls. '
            "Functions found: %s. Add the function to the task's code or to the "
            "common code of the project."
        )
        % (
            task.name,
            task.project_id.name,
            error.args[0],
            run.trigger_name,
            ", ".join(found) or _("none"),
        )
    )
