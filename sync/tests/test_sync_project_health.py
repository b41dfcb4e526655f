# Copyright 2026 Sync Studio contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl.html)
"""Health of projects, the overview, and what a new task starts with."""

import json
from datetime import datetime, timedelta

from odoo import fields
from odoo.exceptions import AccessError
from odoo.tests import Form

from odoo.addons.queue_job.exception import RetryableJobError

from .. import sandbox
from ..models.run_chart import run_chart
from ..models.sync_overview import _duration
from .common import SyncCase

HANDLERS = ["handle_button", "handle_cron", "handle_db", "handle_webhook"]


class HealthCase(SyncCase):
    def setUp(self):
        super().setUp()
        # Whatever has run before in this database is no business of these tests.
        self.env.cr.execute("UPDATE sync_job SET create_date = '2020-01-01'")
        self.env.cr.execute("DELETE FROM sync_webhook_delivery")
        self.button = self.make_button("def handle_button(): pass")
        self.task = self.button.sync_task_id
        self.project = self.task.project_id

    def make_job(self, hours_ago, state="done", seconds=1, **values):
        """Make a job that was made, and ran, some hours ago."""
        values = dict(
            self.env["sync.job"]._trigger_values(self.button),
            state=state,
            own_state=state,
            **values,
        )
        date = fields.Datetime.now() - timedelta(hours=hours_ago)
        job = self.env["sync.job"].create(
            dict(values, date_start=date, date_end=date + timedelta(seconds=seconds))
        )
        job.flush()
        self.env.cr.execute(
            "UPDATE sync_job SET create_date = %s WHERE id = %s", [date, job.id]
        )
        self.env.cache.invalidate()
        return job


class TestHealth(HealthCase):
    def test_project_that_has_never_run(self):
        self.assertFalse(self.project.last_job_id)
        self.assertFalse(self.project.last_job_state)
        self.assertFalse(self.project.last_job_date)
        self.assertEqual(self.project.day_run_count, 0)

    def test_runs_and_failures_of_a_day(self):
        self.make_job(30, "failed")
        self.make_job(23.5, "failed")
        last = self.make_job(0.5, "done_warning")
        self.make_job(5)
        self.make_job(0.1, "failed", parent_job_id=last.id)
        other = self.make_project()
        first, second = (self.project + other).with_user(self.user)
        self.assertEqual(first.last_job_id, last)
        self.assertEqual(first.last_job_state, "done_warning")
        self.assertEqual(first.last_job_date, last.create_date)
        self.assertEqual(first.day_run_count, 3)
        self.assertEqual(first.day_failure_count, 1)
        self.assertEqual(second.day_run_count, 0)

    def test_bars_of_a_day(self):
        for hours_ago, state in ((23.5, "failed"), (0.5, "done"), (0.4, "failed")):
            self.make_job(hours_ago, state)
        bars = json.loads(self.project.run_chart)
        self.assertEqual(len(bars), 24)
        heights = [(bar["good"], bar["failed"]) for bar in bars]
        self.assertEqual(heights[0], (0, 50))
        self.assertEqual(heights[-1], (50, 50))
        self.assertEqual(set(heights[1:-1]), {(0, 0)})
        self.assertIn("2 runs, 1 failed", bars[-1]["title"])

    def test_search_by_the_outcome_of_the_last_run(self):
        self.make_job(2, "failed")
        failed = [("last_job_state", "=", "failed")]
        find = self.env["sync.project"].with_user(self.user).search
        self.assertIn(self.project, find(failed))
        self.make_job(1)
        self.assertNotIn(self.project, find(failed))

    def test_last_run_is_opened(self):
        job = self.make_job(1)
        action = self.project.with_user(self.user).action_open_last_job()
        self.assertEqual((action["res_model"], action["res_id"]), ("sync.job", job.id))

    def test_health_of_a_page_takes_one_query(self):
        projects = self.project
        for _number in range(5):
            projects |= self.make_project()
        projects.flush()
        projects.invalidate_cache()
        self.assertTrue(self.env.user.name)  # whose time zone is asked for
        with self.assertQueryCount(1):
            projects.mapped("day_run_count")


class TestRunChart(SyncCase):
    def test_hours_follow_the_clocks_when_they_change(self):
        """In Berlin, at 1:00 UTC of this day, clocks went from 3:00 back to 2:00."""
        user = self.developer
        user.tz = "Europe/Berlin"
        bars = run_chart(self.env(user=user.id), datetime(2026, 10, 24, 12), {})
        hours = [bar["title"].split(":")[0] for bar in bars]
        self.assertEqual(hours[:2], ["14", "15"])
        self.assertEqual(hours[12:15], ["02", "02", "03"])
        self.assertEqual(hours[-1], "12")


class TestLinksOfProject(SyncCase):
    def test_links_are_those_of_relations_that_code_or_params_name(self):
        project = self.make_project(
            common_code="RELATION = 'rel_common'",
            param_ids=[
                (0, 0, {"key": "RELATION", "value": "rel_param"}),
                (0, 0, {"key": "EMPTY"}),
            ],
        )
        self.make_task('get_link("rel_task", 1)  # rel_other', project)
        for relation in ("rel_common", "rel_param", "rel_task", "rel_other"):
            self.env.user.partner_id.set_link(relation, "1")
        project = project.with_user(self.user)
        self.assertEqual(project.link_count, 3)
        action = project.action_open_links()
        found = self.env["sync.link"].search(action["domain"])
        self.assertEqual(
            set(found.mapped("relation")), {"rel_common", "rel_param", "rel_task"}
        )


class TestOverview(HealthCase):
    def page(self):
        return self.env["sync.overview"].with_user(self.user).read_page()

    def counts(self):
        return {figure["name"]: figure["count"] for figure in self.page()["figures"]}

    def test_each_figure_counts_what_its_list_shows(self):
        before = self.counts()
        parent = self.make_job(1, "failed")
        self.make_job(1, "failed", parent_job_id=parent.id)
        self.make_job(2, "done_warning")
        self.make_job(3, "started")
        self.make_job(30, "failed")
        after = self.counts()
        changes = {name: after[name] - before[name] for name in after}
        expected = dict.fromkeys(after, 0)
        expected.update(runs=3, failed=1, warnings=1, in_progress=1)
        self.assertEqual(changes, expected)
        overview = self.env["sync.overview"].with_user(self.user)
        for name, count in after.items():
            action = overview.action_open("figure", name)
            found = self.env[action["res_model"]].search_count(action["domain"])
            self.assertEqual(found, count)
            self.assertEqual(action["views"][0][1], "list")

    def test_job_that_waits_for_its_next_try(self):
        before = self.counts()["retries"]
        cron = self.make_cron("def handle_cron(): raise RetryableJobError('later')")
        job = cron.sync_task_id.start(cron, with_delay=True)
        self.assertEqual(self.counts()["retries"], before)
        with self.assertRaises(RetryableJobError):
            self.perform(job)
        job.queue_job_id.write({"state": "pending"})
        job.refresh_button()
        self.assertEqual(self.counts()["retries"], before + 1)

    def test_job_that_is_run_again_waits_for_its_first_try(self):
        before = self.counts()["retries"]
        cron = self.make_cron("def handle_cron(): raise OSError('no')")
        job = cron.sync_task_id.start(cron, with_delay=True)
        with self.assertRaises(OSError):
            self.perform(job)
        job.date_start = fields.Datetime.now()
        job.requeue_button()
        job.refresh_button()
        self.assertEqual(job.own_state, "pending")
        self.assertEqual(self.counts()["retries"], before)

    def test_refused_requests(self):
        webhook = self.make_trigger("webhook", self.task)
        for verdict in ("refused", "limited", "accepted"):
            self.env["sync.webhook.delivery"].sudo().create(
                {
                    "trigger_webhook_id": webhook.id,
                    "date": fields.Datetime.now(),
                    "verdict": verdict,
                }
            )
        self.assertEqual(self.counts()["refused"], 2)

    def test_slowest_tasks_come_first(self):
        other = self.make_task("", self.project, name="Slow one")
        self.make_job(1, seconds=2)
        self.make_job(1, seconds=4)
        self.make_job(1, seconds=90, task_id=other.id)
        slow, fast = self.page()["slowest"]
        self.assertEqual(slow["task"], "Slow one")
        self.assertEqual(slow["average"], "1 min 30 s")
        self.assertEqual((fast["runs"], fast["average"]), (2, "3.0 s"))
        self.assertEqual(fast["longest"], "4.0 s")
        waiting = self.make_job(1, "pending")
        waiting.date_end = False
        overview = self.env["sync.overview"].with_user(self.user)
        action = overview.action_open("task", fast["id"])
        self.assertEqual(self.env["sync.job"].search_count(action["domain"]), 2)

    def test_latest_failures_lead_to_their_jobs(self):
        self.make_job(2, "failed")
        job = self.make_job(1, "failed")
        failures = self.page()["failures"]
        self.assertEqual(failures[0]["id"], job.id)
        self.assertEqual(failures[0]["task"], self.task.name)
        action = self.env["sync.overview"].action_open("job", job.id)
        self.assertEqual(action["res_id"], job.id)

    def test_failure_of_a_deleted_project_is_named_by_its_trigger(self):
        job = self.make_job(1, "failed")
        job.project_id.unlink()
        job.invalidate_cache()
        (failure,) = self.page()["failures"]
        self.assertEqual(failure["task"], job.trigger_name)
        self.assertEqual(failure["project"], "")

    def test_strangers_see_nothing(self):
        with self.assertRaises(AccessError):
            self.env["sync.overview"].with_user(self.stranger).read_page()

    def test_durations(self):
        for seconds, text in ((0.06, "0.1 s"), (125, "2 min 5 s"), (7260, "2 h 1 min")):
            self.assertEqual(_duration(seconds), text)


class TestFirstSteps(SyncCase):
    def help_for(self, user):
        projects = self.env["sync.project"].with_user(user).sudo()  # as Odoo does
        return projects.get_empty_list_help("<p>No such project</p>")

    def delete_projects(self):
        projects = self.env["sync.project"].with_context(active_test=False)
        projects.search([]).unlink()

    def set_demo(self, has_demo):
        self.env.ref("base.module_sync").demo = has_demo

    def test_steps_of_each_role(self):
        self.delete_projects()
        self.set_demo(True)
        for user, steps in (
            (self.user, []),
            (self.developer, ["Start a project"]),
            (self.manager, ["Start a project", "Import one"]),
            (self.env.ref("base.user_admin"), ["Start", "Import one", "Try a demo"]),
        ):
            text = self.help_for(user)
            for step in steps:
                self.assertIn(step, text)
            self.assertEqual(text.count('type="action"'), len(steps))
            page = self.env["sync.overview"].with_user(user).read_page()
            self.assertEqual(page, {"first_steps": text})

    def test_demos_are_not_offered_where_they_bring_no_data(self):
        self.delete_projects()
        self.set_demo(False)
        text = self.help_for(self.env.ref("base.user_admin"))
        self.assertNotIn("Try a demo", text)
        self.assertIn("for databases with demo data", text)

    def test_no_steps_once_there_is_a_project(self):
        self.make_project(active=False)
        self.assertEqual(self.help_for(self.developer), "<p>No such project</p>")


class TestTaskTemplate(SyncCase):
    def test_form_starts_with_the_four_handlers(self):
        project = self.make_project()
        with Form(project.with_user(self.developer)) as form:
            with form.task_ids.new() as task:
                task.name = "New"
                for handler in HANDLERS:
                    self.assertIn("# def %s(" % handler, task.code)
        self.assertIn("Available Names", project.task_ids.code)

    def test_template_runs_once_it_is_no_comment_any_more(self):
        tasks = self.env["sync.task"].with_context(sync_new_task_template=True)
        template = tasks.default_get(["code"])["code"]
        self.assertFalse(sandbox.functions(template))
        lines = [line[2:] for line in template.split("\n")]
        code = "\n".join(lines[lines.index("def handle_button():") :])
        self.assertFalse(sandbox.check(code))
        self.assertEqual(sandbox.functions(code), HANDLERS)
        button = self.make_button(code)
        self.assertEqual(self.click(button).state, "done")

    def test_other_tasks_start_empty(self):
        task = self.make_task("")
        bare = {"name": "Bare", "project_id": task.project_id.id}
        self.assertFalse(self.env["sync.task"].create(bare).code)
        self.assertFalse(task.copy().code)
