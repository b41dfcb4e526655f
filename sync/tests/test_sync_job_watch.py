# Copyright 2026 Sync Studio contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl.html)
"""What the form of a job asks for, and cancelling what waits."""

from odoo.exceptions import AccessError, UserError

from ..models.sync_job_watch import PAGE
from .common import SyncCase

LEVELS = """
    def handle_button():
        log("d", LOG_DEBUG)
        log("i")
        log("w", LOG_WARNING)
        log("e", LOG_ERROR)
        log("c", LOG_CRITICAL)
        log_transmission("shop", "sent")
        log("got", name="shop", log_type="data_in")
        log("\\n".join(["row"] * 50), LOG_WARNING)
"""


class TestWatch(SyncCase):
    def watched(self, code, **which):
        """Run code; give what a User's form gets of its log."""
        job = self.click(self.make_button(code))
        return job.with_user(self.user).watch(**which)

    def test_lines_of_each_kind(self):
        kinds = {
            "warning": ["w", "row\n" * 5 + "..."],
            "error": ["e", "c"],
            "data": ["sent", "got"],
        }
        for kind, messages in kinds.items():
            answer = self.watched(LEVELS, kind=kind)
            self.assertEqual([line["message"] for line in answer["lines"]], messages)
        self.assertEqual(
            answer["counts"],
            {"all": 10, "debug": 2, "info": 4, "warning": 2, "error": 2, "data": 2},
        )

    def test_lines_tell_what_they_are_about_and_whether_they_are_cut(self):
        lines = self.watched(LEVELS)["lines"]
        shown = {line["message"]: line for line in lines}
        self.assertEqual(shown["i"]["about"], "")
        self.assertEqual(shown["sent"]["about"], "Sent to shop")
        self.assertEqual(shown["got"]["about"], "Received from shop")
        self.assertEqual([line["is_long"] for line in lines].count(True), 1)

    def test_pages(self):
        code = "def handle_button(): [log(number) for number in range(%s)]" % PAGE
        job = self.click(self.make_button(code))
        last = job.watch()
        self.assertEqual((len(last["lines"]), last["more"]), (PAGE, True))
        self.assertEqual(last["lines"][-1]["message"], "Job finished")
        first = job.watch(before=last["lines"][0]["id"])
        self.assertEqual([line["message"] for line in first["lines"]], ["0", "1"])
        self.assertFalse(first["more"])
        rest = job.watch(after=first["lines"][-1]["id"])
        self.assertEqual(rest["lines"], last["lines"])

    def test_version_follows_the_job_and_its_sub_jobs(self):
        code = "def handle_cron(): add_job('step')()\ndef step(): progress(1, 2)"
        job = self.make_cron(code).start()
        versions = [job.watch()["version"]]
        self.assertEqual(job.watch()["version"], versions[0])
        self.assertTrue(job.watch()["in_progress"])
        self.perform(job)
        versions.append(job.watch()["version"])
        self.perform(job.job_ids)
        job.invalidate_cache()
        versions.append(job.watch()["version"])
        self.assertEqual(len(set(versions)), 3)
        self.assertFalse(job.watch()["in_progress"])

    def test_stranger_may_not_watch(self):
        job = self.click(self.make_button(LEVELS))
        with self.assertRaises(AccessError):
            job.with_user(self.stranger).watch()


class TestArguments(SyncCase):
    def test_arguments_are_shown_as_in_a_call(self):
        code = "def handle_cron(): add_job('step')(7, env.user.partner_id, mode='x')"
        job = self.make_cron(code + "\ndef step(number, partner, mode): pass").start()
        self.perform(job)
        partner = self.env.user.partner_id
        self.assertEqual(job.job_ids.arguments, "7, %r, mode='x'" % partner)
        self.assertFalse(job.arguments)

    def sub_job_with(self, argument):
        """Make a sub-job whose function gets the secret of its project.

        :param str argument: an expression; ``%s`` stands for one that gives the secret
        """
        project = self.make_project()
        project.secret_ids = [(0, 0, {"key": "TOKEN", "value": "s3cr3t-token"})]
        argument = argument % "'s3cr3t-' + 'token'"
        code = "def handle_cron(): add_job('step')(%s)" % argument
        job = self.make_trigger("cron", self.make_task(code, project)).start()
        self.perform(job)
        return job.job_ids

    def test_arguments_do_not_show_secrets(self):
        sub_job = self.sub_job_with("%s").with_user(self.developer)
        self.assertEqual(sub_job.arguments, "'********'")
        self.assertNotIn("s3cr3t-token", sub_job.func_string)

    def test_secret_at_the_end_of_long_arguments_is_not_shown_in_part(self):
        sub_job = self.sub_job_with("'x' * 1990 + %s")
        self.assertEqual(len(sub_job.arguments), 2000)
        self.assertNotIn("s3", sub_job.arguments)

    def test_arguments_go_with_the_project_that_knows_what_to_mask(self):
        sub_job = self.sub_job_with("%s").with_user(self.user)
        sub_job.sudo().project_id.unlink()
        sub_job.invalidate_cache()
        self.assertFalse(sub_job.project_id)
        self.assertEqual((sub_job.arguments, sub_job.func_string), (False, False))

    def test_job_of_a_button_has_none(self):
        job = self.click(self.make_button(LEVELS))
        self.assertEqual((job.arguments, job.func_string), (False, False))


class TestCancel(SyncCase):
    CODE = (
        "def handle_cron(): [add_job('step')(i) for i in range(3)]\ndef step(i): pass"
    )

    def test_waiting_job_is_cancelled(self):
        job = self.make_cron(self.CODE).start()
        job.with_user(self.developer).cancel_button()
        job.refresh_button()
        self.assertEqual((job.state, job.queue_job_state), ("cancelled", "cancelled"))

    def test_waiting_sub_jobs_are_cancelled_with_it(self):
        job = self.make_cron(self.CODE).start()
        self.perform(job)
        self.perform(job.job_ids[0])
        job.cancel_button()
        (job | job.job_ids).refresh_button()
        states = sorted(job.job_ids.mapped("state"))
        self.assertEqual(states, ["cancelled", "cancelled", "done"])
        self.assertEqual((job.state, job.waiting_count), ("cancelled", 0))

    def test_other_jobs_go_on_waiting(self):
        cron = self.make_cron(self.CODE)
        job, other = cron.start(), cron.start()
        job.cancel_button()
        other.refresh_button()
        self.assertEqual(other.state, "pending")

    def test_cancelled_job_is_put_back(self):
        job = self.make_cron(self.CODE).start()
        job.cancel_button()
        job.requeue_button()
        job.refresh_button()
        self.assertEqual(job.state, "pending")

    def test_what_has_ended_cannot_be_cancelled(self):
        job = self.click(self.make_button(LEVELS))
        with self.assertRaisesRegex(UserError, "No job waits"):
            job.cancel_button()

    def test_user_may_not_cancel(self):
        job = self.make_cron(self.CODE).start()
        with self.assertRaises(AccessError):
            job.with_user(self.user).cancel_button()
