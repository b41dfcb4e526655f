# Copyright 2026 Sync Studio contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl.html)
"""When a failed queue job is tried again, by the clock of queue_job's own runner."""

import socket
import xmlrpc.client
from datetime import datetime, timedelta

import requests
from freezegun import freeze_time

from .common import CommittedCase, messages

START = datetime(2030, 1, 1, 12)
SCHEDULE = (0, 300, 900, 3600, 10800)  # seconds after the try before
FAILING = """
    def handle_cron():
        env["res.partner"].create({"name": "Half done"})
        log("about to fail")
        raise %s
"""


def http_error(status, headers=()):
    """Make the error that requests raises for an answer with this status."""
    response = requests.Response()
    response.status_code = status
    response.headers.update(headers)
    return requests.HTTPError("Status %s" % status, response=response)


FAULTS = (
    requests.exceptions.ConnectionError("Refused"),
    requests.exceptions.ReadTimeout("Too slow"),
    http_error(503),
    xmlrpc.client.ProtocolError("https://example.com", 502, "Bad gateway", {}),
    socket.gaierror(-2, "Name or service not known"),
    socket.timeout("timed out"),
    ConnectionResetError(104, "Connection reset by peer"),
)


def raising(error):
    """Make a function that raises an error, whatever it is called with."""

    def meet_fault(*args):
        raise error

    return meet_fault


class TestRetrySchedule(CommittedCase):
    def setUp(self):
        super().setUp()
        self.moment = START

    def enqueue(self, code, common_code=False):
        """Enqueue a task, now being START; give the id of its job."""
        with freeze_time(START), self.transaction():
            self.project.common_code = common_code
            return self.make_cron(code).start().id

    def pass_time(self, seconds):
        """Let the runner run what is due after so many seconds more."""
        self.moment += timedelta(seconds=seconds)
        with freeze_time(self.moment):
            return len(self.runner.run_due())

    def drive_schedule(self):
        """Expect a try at each time of the schedule, and none a second before."""
        for seconds in SCHEDULE:
            if seconds:
                self.assertEqual(self.pass_time(seconds - 1), 0, seconds)
                self.assertEqual(self.pass_time(1), 1, seconds)
            else:
                self.assertEqual(self.pass_time(0), 1)
        self.assertEqual(self.pass_time(10**8), 0)

    def assert_failed_at_once(self, job_id):
        self.assertEqual(self.pass_time(0), 1)
        self.assert_state(job_id, "failed")
        self.assertEqual(self.pass_time(10**8), 0)

    def assert_state(self, job_id, state):
        with self.transaction():
            job = self.job(job_id)
            self.assertEqual((job.state, job.own_state), (state, state))

    def count_partners(self):
        return self.env["res.partner"].search_count([("name", "=", "Half done")])

    def test_five_tries_then_failed(self):
        job_id = self.enqueue(FAILING % 'RetryableJobError("Down")')
        self.drive_schedule()
        self.assert_state(job_id, "failed")
        with self.transaction():
            job = self.job(job_id)
            self.assertEqual(messages(job).count("about to fail"), 5)
            self.assertEqual(messages(job, "warning"), ["This try failed: Down"] * 5)
            self.assertEqual(set(job.log_ids.mapped("sync_status")), {"fail"})
            self.assertEqual(self.count_partners(), 0)
            self.assertEqual(job.retry, 5)

    def test_job_waits_for_its_next_try(self):
        job_id = self.enqueue(FAILING % 'RetryableJobError("Down")')
        self.pass_time(0)
        self.assert_state(job_id, "pending")
        with self.transaction():
            self.assertEqual(self.job(job_id).next_try, START + timedelta(seconds=300))

    def test_seconds_of_the_error_beat_the_schedule(self):
        error = 'RetryableJobError("Slow down", seconds=42)'
        self.enqueue(FAILING % error)
        self.pass_time(0)
        self.assertEqual(self.pass_time(41), 0)
        self.assertEqual(self.pass_time(1), 1)

    def test_ignored_retry_is_not_counted(self):
        error = 'RetryableJobError("Later", seconds=1, ignore_retry=True)'
        job_id = self.enqueue(FAILING % error)
        for _try in range(7):
            self.assertEqual(self.pass_time(1), 1)
        self.assert_state(job_id, "pending")

    def test_success_on_a_later_try_is_done(self):
        job_id = self.enqueue(
            """
            def handle_cron():
                if env["sync.link"].sudo()._all_links_odoo("res.partner", "test_up"):
                    env["res.partner"].create({"name": "Whole"})
                    return
                log("Not yet", LOG_ERROR)
                raise RetryableJobError("Down")
            """
        )
        self.pass_time(0)
        with self.transaction():
            self.env.user.partner_id.set_link("test_up", "x1")
        self.pass_time(300)
        self.assert_state(job_id, "done")
        with self.transaction():
            job = self.job(job_id)
            self.assertEqual(messages(job, "error"), ["Not yet"])
            self.assertEqual(set(job.log_ids.mapped("sync_status")), {"success"})
            self.assertEqual(job.retry, 2)

    def test_transient_faults_follow_the_schedule(self):
        for fault in FAULTS:
            with self.subTest(repr(fault)):
                self.moment = START
                job_id = self.enqueue("def handle_cron(): meet_fault()")
                with self.names(meet_fault=raising(fault)):
                    self.assertEqual(self.pass_time(0), 1)
                    self.assert_state(job_id, "pending")
                    self.assertEqual(self.pass_time(299), 0)
                    self.assertEqual(self.pass_time(1), 1)
                with self.transaction():
                    self.job(job_id).queue_job_id.button_cancelled()

    def test_patience_that_a_server_asks_for(self):
        fault = http_error(429, {"Retry-After": "17"})
        self.enqueue("def handle_cron(): meet_fault()")
        with self.names(meet_fault=raising(fault)):
            self.pass_time(0)
            self.assertEqual(self.pass_time(16), 0)
            self.assertEqual(self.pass_time(1), 1)

    def test_refusal_of_a_server_fails_at_once(self):
        job_id = self.enqueue("def handle_cron(): meet_fault()")
        with self.names(meet_fault=raising(http_error(403))):
            self.assert_failed_at_once(job_id)

    def test_other_errors_fail_at_once(self):
        for error in (
            'OSError("Disk full")',
            'UserError("Set the URL")',
            'ValidationError("Wrong")',
            'Exception("Anything")',
        ):
            with self.subTest(error):
                self.moment = START
                job_id = self.enqueue(FAILING % error)
                self.assert_failed_at_once(job_id)
                with self.transaction():
                    self.assertEqual(self.count_partners(), 0)
                    self.assertIn("about to fail", messages(self.job(job_id)))

    def test_error_in_common_code_is_retried(self):
        code = 'raise RetryableJobError("Down")'
        self.enqueue("def handle_cron(): pass", common_code=code)
        self.drive_schedule()

    def test_error_in_helper_of_common_code_is_retried(self):
        code = 'def fetch():\n    raise RetryableJobError("Down")'
        self.enqueue("def handle_cron():\n    fetch()", common_code=code)
        self.drive_schedule()

    def test_error_in_callback_of_a_library_is_retried(self):
        job_id = self.enqueue(
            """
            def fetch(item):
                raise RetryableJobError("Down", seconds=7)

            def handle_cron():
                list(map(fetch, sorted([1, 2], key=lambda item: -item)))
            """
        )
        self.pass_time(0)
        self.assert_state(job_id, "pending")
        self.assertEqual(self.pass_time(7), 1)

    def test_error_in_context_method_is_retried(self):
        self.enqueue("def handle_cron():\n    pass")
        with self.extension(raising(requests.exceptions.ConnectTimeout("Down"))):
            self.drive_schedule()

    def test_error_at_the_end_of_the_transaction_undoes_everything(self):
        """A constraint that is checked when pending writes reach the database."""
        job_id = self.enqueue(
            """
            def handle_cron():
                log("before")
                vals = {"name": "Half done", "login": "test_twin"}
                env["res.users"].sudo().create([vals, dict(vals)])
            """
        )
        self.assert_failed_at_once(job_id)
        with self.transaction():
            self.assertEqual(self.count_partners(), 0)
            self.assertIn("before", messages(self.job(job_id)))

    def test_max_retries_of_add_job(self):
        with freeze_time(START), self.transaction():
            button = self.make_button(
                """
                def fetch():
                    raise RetryableJobError("Down", seconds=1)

                def handle_button():
                    add_job(fetch, max_retries=2)()
                """
            )
            job_id = button.start()[0].id
        self.assertEqual(self.pass_time(1), 1)
        self.assert_tree_state(job_id, "pending")
        self.assertEqual(self.pass_time(1), 1)
        self.assert_tree_state(job_id, "failed")
        self.assertEqual(self.pass_time(10**8), 0)

    def assert_tree_state(self, job_id, state):
        with self.transaction():
            self.assertEqual(self.job(job_id).state, state)

    def test_conflict_with_other_work_is_tried_again_in_seconds(self):
        """Another transaction changes the record that the run is about to change."""
        with self.transaction():
            partner_id = self.env["res.partner"].create({"name": "Old"}).id
        job_id = self.enqueue(
            """
            def handle_cron():
                partner = env["res.partner"].browse(%s)
                log(partner.name)
                meddle(partner.id)
                partner.write({"comment": "mine"})
            """
            % partner_id
        )
        with self.names(meddle=self.rename):
            self.assertEqual(self.pass_time(0), 1)
            self.assert_state(job_id, "pending")
            with self.transaction():
                self.assertFalse(self.env["res.partner"].browse(partner_id).comment)
                self.assertIn("Old", messages(self.job(job_id)))
            self.assertEqual(self.pass_time(4), 0)
            self.meddled = True
            self.assertEqual(self.pass_time(1), 1)
        self.assert_state(job_id, "done")
        with self.transaction():
            partner = self.env["res.partner"].browse(partner_id)
            self.assertEqual((partner.name, partner.comment), ("New", "mine"))

    def test_conflict_is_tried_again_though_its_traceback_shows_a_secret(self):
        with self.transaction():
            self.project.secret_ids = [(0, 0, {"key": "WORD", "value": "comment"})]
            partner_id = self.env["res.partner"].create({"name": "Old"}).id
        job_id = self.enqueue(
            """
            def handle_cron():
                partner = env["res.partner"].browse(%s)
                log(partner.name)
                meddle(partner.id)
                partner.write({"comment": "mine"})
                partner.flush()
            """
            % partner_id
        )
        with self.names(meddle=self.rename):
            self.assertEqual(self.pass_time(0), 1)
        self.assert_state(job_id, "pending")

    meddled = False

    def rename(self, partner_id):
        """Change a partner from another connection, once."""
        if not self.meddled:
            with self.registry.cursor() as cr:
                cr.execute(
                    "UPDATE res_partner SET name = 'New' WHERE id = %s", [partner_id]
                )
