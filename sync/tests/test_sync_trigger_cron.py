# Copyright 2026 Sync Studio contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl.html)
"""Cron triggers: started by their schedule, or by hand, and never used up in vain."""

from datetime import datetime, timedelta

from odoo import fields
from odoo.exceptions import AccessError

from .common import CommittedCase, SyncCase, messages, transaction

PLAIN = "def handle_cron(): log(env.user.login)"


class TestFields(SyncCase):
    def test_calls_are_unlimited_by_default(self):
        self.assertEqual(self.make_cron(PLAIN).numbercall, -1)
        model = self.env["sync.trigger.cron"]
        self.assertEqual(model.default_get(["numbercall"]), {"numbercall": -1})
        self.assertEqual(self.make_cron(PLAIN, numbercall=3).numbercall, 3)

    def test_name_of_the_schedule(self):
        cron = self.make_cron(PLAIN, interval_number=2, interval_type="hours")
        self.assertEqual(cron.display_name, "TEST_CRON: every 2 Hours")
        cron = self.make_cron(
            PLAIN, interval_number=1, interval_type="days", numbercall=3
        )
        self.assertEqual(cron.display_name, "TEST_CRON: every 1 Days (3 times)")

    def test_name_is_made(self):
        cron = self.make_cron(PLAIN)
        self.assertEqual(cron.name, "Sync Studio: Test project -> TEST_CRON")
        self.assertEqual(self.make_cron(PLAIN, name="Mine").name, "Mine")

    def test_schedule_and_action(self):
        cron = self.make_cron(PLAIN, priority=3, doall=True)
        self.assertEqual((cron.cron_id.priority, cron.cron_id.doall), (3, True))
        self.assertEqual(cron.cron_id.state, "code")
        self.assertEqual(cron.cron_id.model_id.model, "res.partner")
        self.assertEqual(cron.cron_id.sync_task_id, cron.sync_task_id)
        self.assertEqual(
            cron.cron_id.code, "env['sync.trigger.cron'].browse(%s).start()" % cron.id
        )

    def test_scheduler_user_is_the_maker(self):
        task = self.make_task(PLAIN)
        cron = self.make_trigger("cron", task.with_user(self.developer))
        self.assertEqual(cron.user_id, self.env.user)
        cron = cron.with_user(self.developer).create(
            {"trigger_name": "MINE", "sync_task_id": task.id}
        )
        self.assertEqual(cron.user_id, self.developer)


class TestStart(SyncCase):
    def assert_job(self, cron):
        (job,) = self.jobs_of(cron)
        self.perform(job)
        self.assertEqual(job.state, "done")

    def test_start_enqueues(self):
        cron = self.make_cron(PLAIN)
        job = cron.start()
        self.assertEqual(job.queue_job_state, "pending")
        self.assert_job(cron)

    def test_inactive_cron_starts_by_force_only(self):
        cron = self.make_cron(PLAIN, active=False)
        self.assertIsNone(cron.start())
        self.assertTrue(cron.start(force=True))

    def test_archived_task_or_project_starts_by_force_only(self):
        cron = self.make_cron(PLAIN)
        for record in (cron.sync_task_id, cron.sync_task_id.project_id):
            record.active = False
            self.assertIsNone(cron.start())
            self.assertTrue(cron.start(force=True))
            record.active = True

    def test_run_now_of_an_inactive_cron(self):
        cron = self.make_cron(PLAIN, active=False)
        cron.sync_task_id.project_id.active = False
        action = cron.with_user(self.developer).start_button()
        self.assertEqual(action["res_model"], "sync.job")
        self.assertEqual(action["res_id"], self.jobs_of(cron).id)
        self.assert_job(cron)

    def test_cron_without_task_starts_nothing(self):
        cron = self.make_cron(PLAIN)
        cron.sync_task_id = False
        self.assertIsNone(cron.start())

    def test_stored_code_starts_the_trigger(self):
        cron = self.make_cron(PLAIN)
        cron.ir_actions_server_id.run()
        self.assert_job(cron)

    def test_code_of_former_versions_starts_the_trigger(self):
        cron = self.make_cron(PLAIN)
        cron.code = "\nenv['sync.trigger.cron'].browse(%s).start()\n" % cron.id
        cron.ir_actions_server_id.run()
        self.assert_job(cron)

    def test_run_manually_of_odoo(self):
        """The button of the schedule itself runs it as its scheduler user."""
        cron = self.make_cron(PLAIN, user_id=self.stranger.id)
        cron.cron_id.method_direct_trigger()
        (job,) = self.jobs_of(cron)
        self.perform(job)
        self.assertIn(self.stranger.login, messages(job))

    def test_run_manually_is_for_those_who_may(self):
        cron = self.make_cron(PLAIN)
        with self.assertRaises(AccessError):
            cron.cron_id.with_user(self.developer).method_direct_trigger()

    def test_schedule_of_somebody_with_a_task_runs_its_own_code(self):
        action = self.env["ir.actions.server"].create(
            {
                "name": "Mine",
                "model_id": self.env["ir.model"]._get("res.partner").id,
                "state": "code",
                "code": "env.user.partner_id.write({'comment': 'by its code'})",
                "sync_task_id": self.make_task("").id,
            }
        )
        cron = self.env["ir.cron"].create({"ir_actions_server_id": action.id})
        cron.method_direct_trigger()
        self.assertEqual(self.env.user.partner_id.comment, "by its code")


class TestSchedule(CommittedCase):
    """Odoo's own scheduler."""

    def make(self, user=None, **values):
        """Make a cron trigger that has been due for ten minutes; give its id."""
        nextcall = datetime.utcnow() - timedelta(minutes=10)
        values = dict(
            {"interval_number": 1, "interval_type": "hours", "numbercall": 3}, **values
        )
        with self.transaction():
            values["user_id"] = user or self.env.uid
            return self.make_cron(PLAIN, nextcall=nextcall, **values).id

    def archive(self, field, value):
        with self.transaction():
            record = self.project if field == "project" else self.project.task_ids
            record.active = value

    def schedule(self, cron_id):
        """Let the scheduler do what is due of a trigger."""
        with transaction() as env:
            schedule = env["sync.trigger.cron"].browse(cron_id).cron_id
            model, schedule_id = type(schedule), schedule.id
        with self.registry.cursor() as cron_cr, self.registry.cursor() as job_cr:
            cron_cr.execute(
                """
                SELECT * FROM ir_cron
                 WHERE id = %s AND numbercall != 0 AND active
                   AND nextcall <= (now() at time zone 'UTC')
                   FOR UPDATE NOWAIT
                """,
                [schedule_id],
            )
            for job in cron_cr.dictfetchall():
                model._process_job(job_cr, job, cron_cr)

    def assert_cron(self, cron_id, jobs, numbercall, active=True):
        with self.transaction():
            cron = self.env["sync.trigger.cron"].browse(cron_id)
            self.assertEqual(len(cron.job_ids), jobs)
            self.assertEqual((cron.numbercall, cron.active), (numbercall, active))
            self.assertGreater(cron.nextcall, fields.Datetime.now())

    def test_schedule_starts_the_trigger(self):
        cron_id = self.make()
        self.schedule(cron_id)
        self.assert_cron(cron_id, 1, 2)
        self.schedule(cron_id)
        self.assert_cron(cron_id, 1, 2)

    def test_unlimited_calls(self):
        cron_id = self.make(numbercall=-1)
        self.schedule(cron_id)
        self.assert_cron(cron_id, 1, -1)

    def test_archived_project_or_task_uses_up_no_call(self):
        for field in ("project", "task"):
            with self.subTest(field):
                cron_id = self.make(numbercall=1)
                self.archive(field, False)
                self.schedule(cron_id)
                self.assert_cron(cron_id, 0, 1)
                self.archive(field, True)

    def test_last_call_is_made_once_the_project_is_active(self):
        cron_id = self.make(numbercall=1)
        self.archive("project", False)
        self.schedule(cron_id)
        self.archive("project", True)
        with self.transaction():
            cron = self.env["sync.trigger.cron"].browse(cron_id)
            cron.nextcall = datetime.utcnow() - timedelta(minutes=1)
        self.schedule(cron_id)
        with self.transaction():
            cron = self.env["sync.trigger.cron"].browse(cron_id)
            self.assertEqual((len(cron.job_ids), cron.active), (1, False))

    def test_next_call_keeps_its_time_of_day(self):
        cron_id = self.make(interval_type="days")
        with self.transaction():
            before = self.env["sync.trigger.cron"].browse(cron_id).nextcall
        self.archive("project", False)
        self.schedule(cron_id)
        with self.transaction():
            after = self.env["sync.trigger.cron"].browse(cron_id).nextcall
            self.assertEqual(after - before, timedelta(days=1))

    def test_scheduler_user_without_any_role(self):
        with self.transaction():
            portal = self.env.ref("base.demo_user0", False)
            self.user_id = portal.id if portal else self.env.ref("base.user_demo").id
        cron_id = self.make(user=self.user_id)
        self.schedule(cron_id)
        self.runner.run_due()
        with self.transaction():
            job = self.env["sync.trigger.cron"].browse(cron_id).job_ids
            self.assertEqual(job.state, "done")
            login = self.env["res.users"].browse(self.user_id).login
            self.assertIn(login, messages(job))

    def test_schedules_of_others_are_left_alone(self):
        """Also their calls, though Odoo has many archived ones."""
        with self.transaction():
            schedule = self.env["ir.cron"].create(
                {
                    "name": "Plain",
                    "model_id": self.env["ir.model"]._get("res.partner").id,
                    "state": "code",
                    "code": "1",
                    "interval_type": "days",
                    "numbercall": 2,
                    "nextcall": datetime.utcnow() - timedelta(minutes=10),
                }
            )
        self.addCleanup(self.delete, schedule)
        with self.registry.cursor() as cron_cr, self.registry.cursor() as job_cr:
            cron_cr.execute("SELECT * FROM ir_cron WHERE id = %s", [schedule.id])
            type(schedule)._process_job(job_cr, cron_cr.dictfetchone(), cron_cr)
        with self.transaction():
            self.assertEqual(schedule.with_env(self.env).numbercall, 1)

    def delete(self, record):
        with self.transaction():
            record.with_env(self.env).unlink()
