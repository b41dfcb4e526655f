# Copyright 2026 Sync Studio contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl.html)
"""Jobs: what they know of their run, and their state over the tree of sub-jobs."""

import time

from odoo.exceptions import AccessError, UserError
from odoo.tools import mute_logger

from .common import CommittedCase, SyncCase, messages, transaction

PLAIN = "def handle_button():\n    log('hello')"


class TestJobFields(SyncCase):
    def test_job_of_a_button(self):
        button = self.make_button(PLAIN)
        job = self.click(button, self.developer)
        self.assertEqual(job.trigger_button_id, button)
        self.assertEqual(job.trigger_name, "TEST_BUTTON")
        self.assertEqual(job.task_id, button.sync_task_id)
        self.assertEqual(job.project_id, button.sync_project_id)
        self.assertEqual(job.function, "handle_button")
        self.assertEqual(job.create_uid, self.developer)
        self.assertEqual((job.state, job.in_progress), ("done", False))
        self.assertTrue(job.date_start <= job.date_end)
        self.assertFalse(job.queue_job_id)

    def test_job_in_the_queue(self):
        cron = self.make_cron("def handle_cron():\n    pass")
        job = cron.start()
        self.assertEqual(job.trigger_cron_id, cron)
        self.assertEqual((job.state, job.in_progress), ("pending", True))
        self.assertEqual(job.queue_job_state, "pending")
        self.assertIn("sync.task", job.func_string)
        self.assertEqual(job.max_retries_str, "5")
        self.assertEqual(job.queue_job_id.name, "Test project: Test task -> TEST_CRON")

    def test_unlimited_tries_are_shown_as_infinity(self):
        job = self.make_cron("def handle_cron():\n    pass").start()
        job.queue_job_id.max_retries = 0
        job.invalidate_cache()
        self.assertEqual(job.max_retries_str, "infinity")

    def test_the_try_that_runs_is_counted(self):
        job = self.make_cron("def handle_cron():\n    pass").start()
        for state, ended, tries in (("pending", 1, 1), ("started", 1, 2)):
            job.queue_job_id.write({"state": state, "retry": ended})
            job.invalidate_cache()
            self.assertEqual(job.retry, tries, state)

    def test_each_kind_of_trigger_lists_its_own_jobs(self):
        """Not those of the task that happens to have the trigger's id."""
        button = self.make_button(PLAIN)
        other = self.make_trigger("button", button.sync_task_id, trigger_name="B2")
        job = self.click(button)
        self.assertEqual(button.job_ids, job)
        self.assertEqual((button.job_count, other.job_count), (1, 0))
        self.assertEqual(button.log_count, job.log_count)
        self.assertEqual(other.log_count, 0)

    def test_counts_of_project_and_task(self):
        button = self.make_button(PLAIN)
        job = self.click(button)
        for record in (button.sync_project_id, button.sync_task_id):
            self.assertEqual(record.job_count, 1)
            self.assertEqual(record.job_ids, job)
            self.assertEqual(record.log_count, job.log_count)
            self.assertEqual(record.log_ids, job.log_ids)

    def test_state_is_searchable_and_groupable(self):
        button = self.make_button(PLAIN)
        self.click(button)
        mine = [("task_id", "=", button.sync_task_id.id)]
        jobs = self.env["sync.job"]
        self.assertEqual(jobs.search_count(mine + [("state", "=", "done")]), 1)
        groups = jobs.read_group(mine, ["state"], ["state"])
        found = [(group["state"], group["state_count"]) for group in groups]
        self.assertEqual(found, [("done", 1)])


class TestOwnState(SyncCase):
    def state_after(self, statement):
        return self.click(self.make_button("def handle_button(): " + statement)).state

    def test_state_follows_the_worst_line(self):
        self.assertEqual(self.state_after("log('x', LOG_DEBUG)"), "done")
        self.assertEqual(self.state_after("log('x', LOG_WARNING)"), "done_warning")
        self.assertEqual(self.state_after("log('x', LOG_ERROR)"), "failed")
        self.assertEqual(self.state_after("log('x', LOG_CRITICAL)"), "failed")

    def test_exception_is_failed(self):
        self.assertEqual(self.state_after("1 / 0"), "failed")

    def test_queued_job_follows_the_worst_line(self):
        job = self.make_cron("def handle_cron(): log('x', LOG_WARNING)").start()
        self.perform(job)
        self.assertEqual(job.state, "done_warning")

    def test_queued_job_that_raises(self):
        job = self.make_cron("def handle_cron(): 1 / 0").start()
        with self.assertRaises(ZeroDivisionError):
            self.perform(job)
        self.assertEqual(job.state, "failed")

    def test_cancelled_job(self):
        job = self.make_cron("def handle_cron(): pass").start()
        job.queue_job_id.button_cancelled()
        job.refresh_button()
        self.assertEqual((job.state, job.in_progress), ("cancelled", False))

    def test_job_that_waits_for_others_is_pending(self):
        job = self.make_cron("def handle_cron(): pass").start()
        job.queue_job_id.state = "wait_dependencies"
        job.refresh_button()
        self.assertEqual(job.state, "pending")

    def test_run_without_delay_is_done(self):
        cron = self.make_cron("def handle_cron(): return 7")
        with mute_logger("odoo.addons.queue_job.utils"):
            job, result = cron.with_context(test_queue_job_no_delay=True).start()
        self.assertEqual(result, 7)
        self.assertEqual(job.state, "done")

    def test_run_without_delay_that_raises(self):
        cron = self.make_cron("def handle_cron(): 1 / 0")
        with mute_logger("odoo.addons.queue_job.utils"):
            with self.assertRaises(ZeroDivisionError):
                cron.with_context(test_queue_job_no_delay=True).start()

    def test_end_of_a_job_stays_when_it_is_refreshed(self):
        job = self.make_cron("def handle_cron(): pass").start()
        self.perform(job)
        job.date_end = "2020-01-02 03:04:05"
        job.refresh_button()
        self.assertEqual(str(job.date_end), "2020-01-02 03:04:05")

    def test_state_outlives_the_queue_job(self):
        job = self.make_cron("def handle_cron(): pass").start()
        self.perform(job)
        job.queue_job_id.unlink()
        job.invalidate_cache()
        self.assertFalse(job.queue_job_id)
        job.refresh_button()
        self.assertEqual(job.state, "done")


class TestRequeue(SyncCase):
    def test_failed_job_runs_again(self):
        cron = self.make_cron("def handle_cron(): 1 / 0")
        job = cron.start()
        with self.assertRaises(ZeroDivisionError):
            self.perform(job)
        cron.sync_task_id.code = "def handle_cron(): pass"
        job.with_user(self.developer).requeue_button()
        job.refresh_button()
        self.assertEqual(job.state, "pending")
        self.perform(job)
        self.assertEqual(job.state, "done")

    def test_user_may_not_requeue(self):
        job = self.make_cron("def handle_cron(): pass").start()
        with self.assertRaises(AccessError):
            job.with_user(self.user).requeue_button()

    def test_job_of_a_button_is_not_requeued(self):
        job = self.click(self.make_button("def handle_button(): 1 / 0"))
        with self.assertRaisesRegex(UserError, "click the button"):
            job.requeue_button()

    def test_job_that_runs_is_not_run_twice(self):
        job = self.make_cron("def handle_cron(): pass").start()
        job.queue_job_id.state = "started"
        job.invalidate_cache()
        self.assertFalse(job.can_run_again)
        with self.assertRaisesRegex(UserError, "runs already"):
            job.requeue_button()
        self.assertEqual(job.queue_job_id.state, "started")

    def test_job_that_logged_an_error_runs_again(self):
        cron = self.make_cron("def handle_cron(): log('no stock', LOG_ERROR)")
        job = cron.start()
        self.perform(job)
        self.assertEqual((job.state, job.queue_job_state), ("failed", "done"))
        self.assertTrue(job.can_run_again)
        job.requeue_button()
        self.assertEqual(job.queue_job_id.state, "pending")


class TreeCase(SyncCase):
    """Sub-jobs are made by calling add_job, then set to a state by hand."""

    def setUp(self):
        super().setUp()
        self.top = self.make_cron("def handle_cron(): add_job('step')()").start()
        self.perform(self.top)
        self.sub = self.top.job_ids

    def add_below(self, job):
        """Make a sub-job of a job in the queue."""
        task = job.task_id
        task.code = "def step(): add_job('step')()"
        self.perform(job)
        return job.job_ids

    def set_state(self, job, state):
        job.queue_job_id.state = state
        job.refresh_button()

    def states(self, *jobs):
        return [job.state for job in jobs]


class TestTree(TreeCase):
    def test_sub_job_knows_its_place(self):
        self.assertEqual(self.sub.parent_job_id, self.top)
        self.assertEqual(self.sub.ancestry, "/%s/" % self.top.id)
        self.assertEqual(self.sub.trigger_name, "TEST_CRON.step")
        self.assertEqual(self.sub.function, "step")
        self.assertEqual(self.sub.task_id, self.top.task_id)
        self.assertEqual(self.sub.project_id, self.top.project_id)

    def test_state_covers_grand_children(self):
        grand_child = self.add_below(self.sub)
        self.assertEqual(grand_child.ancestry, "/%s/%s/" % (self.top.id, self.sub.id))
        for state in ("pending", "started", "failed", "cancelled"):
            self.set_state(grand_child, state)
            self.assertEqual(self.states(self.top, self.sub, grand_child), [state] * 3)
        self.assertEqual(self.top.own_state, "done")

    def test_failed_sub_job_that_is_done_later(self):
        self.set_state(self.sub, "failed")
        self.assertEqual(self.top.state, "failed")
        self.set_state(self.sub, "done")
        self.assertEqual(self.top.state, "done")

    def test_one_branch_does_not_hide_another(self):
        self.top.task_id.code = "def handle_cron():\n    add_job('step')()"
        self.perform(self.top)
        second = self.top.job_ids - self.sub
        self.set_state(self.sub, "failed")
        self.set_state(second, "done")
        self.assertEqual(
            self.states(self.top, self.sub, second), ["failed", "failed", "done"]
        )

    def test_state_of_another_tree_is_left_alone(self):
        other = self.make_cron("def handle_cron(): pass").start()
        self.set_state(self.sub, "failed")
        self.assertEqual(other.state, "pending")

    def test_chain_of_50(self):
        chain = [self.top, self.sub]
        while len(chain) < 50:
            chain.append(self.add_below(chain[-1]))
        self.set_state(chain[-1], "failed")
        self.assertEqual({job.state for job in chain}, {"failed"})
        self.set_state(chain[-1], "done")
        self.assertEqual({job.state for job in chain}, {"done"})

    def test_ids_with_a_common_beginning_are_told_apart(self):
        """Job 12 is no sub-job of job 1."""
        job = self.top
        twin = self.env["sync.job"].create(
            {
                "ancestry": "/%s0/" % job.id,
                "own_state": "failed",
                "task_id": job.task_id.id,
            }
        )
        self.set_state(self.sub, "done")
        self.assertTrue(twin)
        self.assertEqual(job.state, "done")


class TestTreeRunsAgain(TreeCase):
    def queue_states(self, *jobs):
        self.top.invalidate_cache()
        return [job.queue_job_state for job in jobs]

    def test_only_what_failed_runs_again(self):
        self.set_state(self.sub, "failed")
        self.assertTrue(self.top.can_run_again)
        self.top.with_user(self.developer).requeue_button()
        states = self.queue_states(self.top, self.sub)
        self.assertEqual(states, ["done", "pending"])

    def test_what_went_well_does_not_run_again_beside_what_failed(self):
        other = self.make_cron("def handle_cron(): pass").start()
        self.perform(other)
        self.set_state(self.sub, "failed")
        (other | self.top).requeue_button()
        states = self.queue_states(other, self.top, self.sub)
        self.assertEqual(states, ["done", "done", "pending"])

    def test_what_runs_again_makes_its_sub_jobs_anew(self):
        self.set_state(self.sub, "failed")
        self.set_state(self.top, "failed")
        self.top.requeue_button()
        states = self.queue_states(self.top, self.sub)
        self.assertEqual(states, ["pending", "failed"])


class TestDeletedJobs(TreeCase):
    def test_lines_of_deleted_jobs_are_not_counted(self):
        project, task = self.top.project_id, self.top.task_id
        lines = self.env["ir.logging"].search([("sync_project_id", "=", project.id)])
        self.assertTrue(lines)
        self.assertEqual((project.log_count, task.log_count), (len(lines),) * 2)
        (self.top | self.sub).unlink()
        project.invalidate_cache()
        self.assertEqual((project.log_count, task.log_count), (0, 0))
        self.assertTrue(lines.exists())


class TestTreesAtOnce(CommittedCase):
    CODE = """
        def handle_button():
            for number in range(20):
                add_job("step")(number)

        def step(number):
            log(number)
    """

    def start_20(self, code=CODE):
        with self.transaction():
            job_id = self.make_button(code).start()[0].id
        with self.transaction():
            sub_jobs = self.job(job_id).job_ids
            self.assertEqual(len(sub_jobs), 20)
            uuids = sub_jobs.mapped("queue_job_id.uuid")
            self.env.cr.execute("UPDATE queue_job SET state = 'enqueued'")
        return job_id, uuids

    def test_sub_jobs_of_a_button_are_adopted(self):
        """Its job row is written beside the transaction that makes the sub-jobs."""
        job_id, _uuids = self.start_20()
        with self.transaction():
            job = self.job(job_id)
            self.assertEqual((job.own_state, job.state), ("done", "pending"))

    def test_20_sub_jobs_finish_at_once(self):
        job_id, uuids = self.start_20()
        self.runner.run_at_once(uuids)
        with self.transaction():
            job = self.job(job_id)
            self.assertEqual(set(job.job_ids.mapped("state")), {"done"})
            self.assertEqual(job.state, "done")

    def test_job_above_a_long_one_is_started(self):
        seen = []

        def wait():
            end = time.monotonic() + 15
            while "started" not in seen and time.monotonic() < end:
                time.sleep(0.1)
                with transaction() as env:
                    sql = "SELECT state FROM sync_job WHERE id = %s"
                    env.cr.execute(sql, [job_id])
                    seen.extend(env.cr.fetchone())

        with self.names(wait=wait):
            with self.transaction():
                code = """
                    def handle_button(): add_job("step")()
                    def step(): wait()
                """
                job_id = self.make_button(code).start()[0].id
            with self.transaction():
                self.assertEqual(self.job(job_id).state, "pending")
            self.runner.run_due()
        self.assertEqual(seen[-1], "started")
        with self.transaction():
            self.assertEqual(self.job(job_id).state, "done")

    def test_one_of_20_fails(self):
        code = self.CODE.replace("log(number)", "log(number, STATES[number == 13])")
        code += """
        STATES = [LOG_INFO, LOG_ERROR]
        """
        job_id, uuids = self.start_20(code)
        self.runner.run_at_once(uuids)
        with self.transaction():
            job = self.job(job_id)
            self.assertEqual(
                sorted(job.job_ids.mapped("state")), ["done"] * 19 + ["failed"]
            )
            self.assertEqual(job.state, "failed")

    def test_lines_of_runs_at_once_stay_apart(self):
        job_id, uuids = self.start_20()
        self.runner.run_at_once(uuids)
        with self.transaction():
            sub_jobs = self.job(job_id).job_ids.sorted("id")
            numbers = [messages(sub_job, "info")[0] for sub_job in sub_jobs]
            self.assertEqual(numbers, [str(number) for number in range(20)])
