# Copyright 2026 Sync Studio contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl.html)
"""What tests start from: projects of their own, people of each role, a job runner."""

from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager
from textwrap import dedent
from types import SimpleNamespace
from unittest.mock import patch

from odoo import SUPERUSER_ID, api, http, registry
from odoo.tests import BaseCase, SavepointCase, get_db_name, new_test_user
from odoo.tools import mute_logger

from odoo.addons.queue_job.controllers.main import RunJobController
from odoo.addons.queue_job.job import Job
from odoo.addons.queue_job.jobrunner.channels import NOT_DONE, ChannelManager
from odoo.addons.queue_job.jobrunner.runner import Database, _odoo_now

RUNNER_LOGGER = "odoo.addons.queue_job.controllers.main"


@contextmanager
def transaction(user=SUPERUSER_ID, context=None):
    """Give the environment of a request: own cursor, own cache, commit at the end."""
    local = api.Environment._local
    outer = getattr(local, "environments", None)
    local.environments = api.Environments()
    try:
        with registry(get_db_name()).cursor() as cr:
            yield api.Environment(cr, user, context or {})
    finally:
        local.environments = outer


@contextmanager
def extension(project, method):
    """Let ``project`` use an evaluation context, as a module would add it.

    :param method: function(project, secrets, eval_context) -> dict
    """
    field = project._fields["eval_context"]
    choices = field.selection + [("test_extension", "Test")]
    name = "_eval_context_test_extension"
    with patch.object(field, "selection", choices):
        with patch.object(type(project), name, method, create=True):
            project.eval_context = "test_extension"
            yield


class Factory:
    """Makes projects and what belongs to them in ``self.env``."""

    def make_project(self, **values):
        """Make a project, active by default."""
        values = dict({"name": "Test project", "active": True}, **values)
        return self.env["sync.project"].create(values)

    def make_task(self, code, project=None, **values):
        """Make a task; the code may be indented."""
        values = dict({"name": "Test task", "code": dedent(code)}, **values)
        project = project or self.make_project()
        return self.env["sync.task"].create(dict(values, project_id=project.id))

    def make_trigger(self, kind, task, **values):
        """Make a trigger of a kind: button, cron, automation or webhook."""
        values = dict({"trigger_name": "TEST_" + kind.upper()}, **values)
        values["sync_task_id"] = task.id
        return self.env["sync.trigger." + kind].create(values)

    def make_button(self, code, **values):
        return self.make_trigger("button", self.make_task(code, **values))

    def make_cron(self, code, **values):
        return self.make_trigger("cron", self.make_task(code), **values)

    def make_automation(self, code, trigger, model="res.partner", **values):
        """Make a DB trigger; ``model`` is its name."""
        model = self.env["ir.model"]._get(model)
        return self.make_trigger(
            "automation",
            self.make_task(code),
            **dict(values, model_id=model.id, trigger=trigger),
        )


class SyncCase(Factory, SavepointCase):
    """Tests in one transaction, which is rolled back at the end."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        # Without commits, runs have to keep their logs in this transaction.
        cls.env = cls.env(context=dict(tracking_disable=True, new_cursor_logs=False))
        cls.user = cls.make_user("sync.sync_group_user")
        cls.developer = cls.make_user("sync.sync_group_dev")
        cls.manager = cls.make_user("sync.sync_group_manager")
        cls.stranger = cls.make_user("base.group_user")

    @classmethod
    def make_user(cls, group):
        """Make a person who has this group and no other."""
        return new_test_user(cls.env, "test " + group, groups=group)

    def click(self, button, user=None):
        """Run a button as ``user``; give the job, whose values are up to date."""
        button = button.with_user(user) if user else button
        action = button.start_button()
        return self.env["sync.job"].browse(action["res_id"])

    def perform(self, job):
        """Let the queue run ``job`` here and now; errors are raised."""
        queue_job = Job.load(self.env, job.queue_job_id.uuid)
        try:
            queue_job.set_started()
            queue_job.store()
            queue_job.perform()
            queue_job.set_done()
        except Exception as error:
            queue_job.set_failed(exc_info=str(error))
            raise
        finally:
            queue_job.store()
            self.env["base"].flush()
            job.refresh_button()
        return queue_job

    def jobs_of(self, trigger):
        """Give all jobs of a trigger, sub-jobs left out, the first made first."""
        field = trigger._job_field
        return self.env["sync.job"].search([(field, "=", trigger.id)], order="id")

    def lines(self, job, level=None):
        """Give the messages that the code of a job has logged, in their order."""
        return messages(job, level)


class CommittedCase(Factory, BaseCase):
    """Tests with real transactions; what they make is deleted afterwards."""

    def setUp(self):
        super().setUp()
        self.registry = registry(get_db_name())
        self.runner = Runner()
        with self.transaction():
            self.project_id = self.make_project().id
            self.last_ids = {model: self.last_id(model) for model in self.left_over}
        self.addCleanup(self.clean_up)

    # What runs leave behind, the dependent first.
    left_over = ("ir.logging", "sync.job", "queue.job", "sync.link", "res.partner")

    @contextmanager
    def transaction(self, user=SUPERUSER_ID, **context):
        """Let ``self.env`` be the environment of a transaction of its own."""
        outer = getattr(self, "env", None)
        try:
            with transaction(user, context) as self.env:
                yield self.env
        finally:
            self.env = outer
            if not outer:
                del self.env  # assertRaises would use it

    @contextmanager
    def extension(self, method):
        """Let the project use an evaluation context; see the function of this name."""
        with self.transaction():
            with extension(self.project, method):
                self.env.cr.commit()  # pylint: disable=invalid-commit
                yield

    def names(self, **names):
        """Give the code of the project more names."""
        return self.extension(lambda project, secrets, eval_context: names)

    @property
    def project(self):
        return self.env["sync.project"].browse(self.project_id)

    def make_task(self, code, project=None, **values):
        return super().make_task(code, project or self.project, **values)

    def last_id(self, model):
        records = self.env[model].with_context(active_test=False)
        return records.search([], order="id desc", limit=1).id or 0

    def clean_up(self):
        with self.transaction():
            self.project.exists().unlink()
            for model, last_id in self.last_ids.items():
                records = self.env[model].with_context(active_test=False)
                records.search([("id", ">", last_id)]).unlink()

    def job(self, job_id):
        return self.env["sync.job"].browse(job_id)


class Runner:
    """The job runner of queue_job, one step at a time."""

    def run_due(self):
        """Run all queue jobs that are due now, and those they add; give their ids."""
        done = []
        while True:
            started = self._run_once()
            if not started:
                return done
            done += started

    def _run_once(self):
        channels = ChannelManager()
        channels.simple_configure("root:4")
        dbname = get_db_name()
        with closing(Database(dbname)) as database:
            with database.select_jobs("state in %s", (NOT_DONE,)) as jobs:
                for job in jobs:
                    channels.notify(dbname, *job)
            due = list(channels.get_jobs_to_run(_odoo_now()))
            for job in due:
                database.set_job_enqueued(job.uuid)
        for job in due:
            self.run(job.uuid)
        return [job.uuid for job in due]

    def run(self, uuid):
        """Do what the server does when the runner asks it to run a queue job."""
        with transaction() as env:
            session = SimpleNamespace(db=env.cr.dbname)
            http._request_stack.push(SimpleNamespace(env=env, session=session))
            try:
                with mute_logger(RUNNER_LOGGER):
                    RunJobController().runjob(env.cr.dbname, uuid)
            except Exception:
                env.cr.rollback()  # as the server does with any failing request
            finally:
                http._request_stack.pop()

    def run_at_once(self, uuids, threads=4):
        """Run queue jobs in several threads."""
        with ThreadPoolExecutor(threads) as pool:
            list(pool.map(self.run, uuids))


def messages(job, level=None):
    """Give the messages of the log of a job, in their order."""
    lines = (
        job.env["ir.logging"]
        .sudo()
        .search(
            [("sync_job_id", "=", job.id)] + [("level", "=", level)] * bool(level),
            order="id",
        )
    )
    return lines.mapped("message")
