# Copyright 2026 Sync Studio contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl.html)
"""Progress: what task code tells of it, and what jobs show."""

import time

from .common import CommittedCase, SyncCase, messages, transaction


class Broken:
    """An object that is no number and cannot be shown."""

    def __float__(self):
        raise RuntimeError("no number")

    __str__ = __repr__ = __float__


class TestProgress(SyncCase):
    def tell(self, statements):
        """Run statements; give the job."""
        return self.click(self.make_button("def handle_button(): " + statements))

    def shown(self, job):
        return job.has_progress_bar, job.progress, job.progress_text

    def test_job_without_progress_shows_nothing(self):
        self.assertEqual(self.shown(self.tell("pass")), (False, 0, ""))

    def test_last_values_are_stored(self):
        job = self.tell("[progress(done, 40, 'half way') for done in range(21)]")
        self.assertEqual((job.progress_done, job.progress_total), (20, 40))
        self.assertEqual(job.progress_message, "half way")
        self.assertEqual(self.shown(job), (True, 50, "20 of 40: half way"))
        self.assertEqual(job.state, "done")

    def test_total_that_is_not_known(self):
        self.assertEqual(self.shown(self.tell("progress(7, None)")), (False, 0, "7"))

    def test_nothing_to_do(self):
        job = self.tell("progress(0, 0)")
        self.assertEqual((job.state, self.shown(job)), ("done", (False, 0, "")))

    def test_more_than_all_is_all(self):
        self.assertEqual(self.tell("progress(30, 10)").progress, 100)

    def test_less_than_nothing_is_nothing(self):
        self.assertEqual(self.tell("progress(-3, 10)").progress, 0)

    def test_numbers_of_any_kind(self):
        self.assertEqual(self.tell("progress('1', 4)").progress, 25)
        self.assertEqual(self.tell("progress(True, 4.0)").progress, 25)

    def test_what_is_no_number_is_passed_over_with_one_warning(self):
        for odd in (
            "'x', 1",
            "1, 'x'",
            "None, 1",
            "1, []",
            "float('nan'), 1",
            "1, 1e99",
        ):
            with self.subTest(odd):
                job = self.tell(
                    "progress(3, 4); [progress(%s) for i in range(3)]" % odd
                )
                self.assertEqual((job.state, job.progress), ("done_warning", 75))
                (warning,) = self.lines(job, "warning")
                self.assertIn("progress(3, 10)", warning)

    def test_message_of_any_kind(self):
        job = self.tell("progress(1, 2, {'page': 3})")
        self.assertEqual(job.progress_text, "1 of 2: {'page': 3}")
        job = self.tell("progress(1, 2, 'x' * 5000)")
        self.assertEqual(job.progress_message, "x" * 200)

    def test_secrets_are_masked(self):
        project = self.make_project()
        project.secret_ids = [(0, 0, {"key": "TOKEN", "value": "s3cr3t-token"})]
        task = self.make_task(
            "def handle_button(): progress(1, 2, params.KEY)", project=project
        )
        project.param_ids = [(0, 0, {"key": "KEY", "value": "I know s3cr3t-token"})]
        job = self.click(self.make_trigger("button", task))
        self.assertEqual(job.progress_message, "I know ********")

    def test_failed_run_shows_how_far_it_came(self):
        job = self.tell("progress(1, 4); 1 / 0")
        self.assertEqual((job.state, job.progress), ("failed", 25))

    def test_next_try_starts_from_nothing(self):
        cron = self.make_cron("def handle_cron(): progress(1, 4)")
        job = cron.start()
        self.perform(job)
        self.assertEqual(job.progress, 25)
        cron.sync_task_id.code = "def handle_cron(): pass"
        job.requeue_button()
        self.perform(job)
        self.assertEqual(self.shown(job), (False, 0, ""))

    def test_share_of_sub_jobs(self):
        code = "def handle_cron(): [add_job('step')(i) for i in range(4)]\n"
        job = self.make_cron(code + "def step(number): add_job('last')()").start()
        self.perform(job)
        self.assertEqual(self.shown(job), (True, 0, "0 of 4 sub-jobs"))
        self.assertEqual((job.sub_job_count, job.waiting_count), (4, 4))
        self.perform(job.job_ids[0])
        job.invalidate_cache()
        self.assertEqual(self.shown(job), (True, 20, "1 of 5 sub-jobs"))
        self.assertEqual(job.job_ids[0].sub_job_count, 1)

    def test_failed_sub_jobs_are_counted(self):
        code = "def handle_cron(): [add_job('step')(i) for i in range(2)]\n"
        job = self.make_cron(code + "def step(number): 1 / number").start()
        self.perform(job)
        with self.assertRaises(ZeroDivisionError):
            self.perform(job.job_ids[-1])
        job.invalidate_cache()
        self.assertEqual(self.shown(job), (True, 50, "1 of 2 sub-jobs, 1 failed"))


class TestProgressOfRuns(CommittedCase):
    def test_progress_is_seen_while_the_run_goes_on(self):
        """And the job can be referred to, and its task deleted, all the same."""
        seen = []

        def wait():
            end = time.monotonic() + 15
            while not (seen and seen[-1][0]) and time.monotonic() < end:
                time.sleep(0.1)
                with transaction() as env:
                    sql = "SELECT progress_done, progress_total FROM sync_job WHERE id = %s"
                    env.cr.execute(sql, [job_id])
                    seen.extend(env.cr.fetchall())

        code = """
            def handle_cron():
                progress(3, 4)
                wait()
                progress(4, 4)
                add_job("step")()

            def step():
                pass
        """
        with self.names(wait=wait):
            with self.transaction():
                job_id = self.make_cron(code).start().id
            self.runner.run_due()
        self.assertEqual(seen[-1], (3, 4))
        with self.transaction():
            job = self.job(job_id)
            self.assertEqual((job.progress_done, job.retry), (4, 1))
            self.assertEqual((job.state, job.sub_job_count), ("done", 1))
            self.assertEqual(messages(job, "warning"), [])

    def test_run_that_deletes_its_task_after_it_told_its_progress(self):
        def wait():
            time.sleep(2.5)  # the writer comes every second

        code = """
            def handle_cron():
                progress(1, 2)
                wait()
                env["sync.task"].search([("name", "=", "Doomed")]).unlink()
                progress(2, 2)
        """
        with self.names(wait=wait):
            with self.transaction():
                task = self.make_task(code, name="Doomed")
                trigger = self.make_trigger("cron", task)
                job_id = trigger.with_user(self.env.ref("base.user_root")).start().id
            self.runner.run_due()
        with self.transaction():
            job = self.job(job_id)
            self.assertEqual(messages(job, "critical"), [])
            self.assertEqual((job.state, job.retry, job.progress_done), ("done", 1, 2))
            self.assertFalse(job.task_id)

    def test_last_of_many_calls_is_stored(self):
        code = """
            def handle_button():
                for number in range(10000):
                    progress(number, 10000, "On the way")
        """
        with self.transaction():
            job, _result = self.make_button(code).start()
        with self.transaction():
            self.assertEqual(self.job(job.id).progress_done, 9999)
