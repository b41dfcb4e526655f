# Copyright 2026 Sync Studio contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl.html)
"""DB triggers: one job for each event, with all the records of that event."""

from datetime import timedelta

from odoo import fields
from odoo.exceptions import MissingError, UserError
from odoo.tests import Form
from odoo.tools import mute_logger

from .common import CommittedCase, SyncCase, messages

LOGGER = "odoo.addons.sync.models.sync_trigger_automation"
PLAIN = "def handle_db(records): log(records)"


class AutomationCase(SyncCase):
    def setUp(self):
        super().setUp()
        self.partners = self.env["res.partner"]

    def make_partners(self, count, **values):
        return self.partners.create(
            [dict({"name": "P%s" % number}, **values) for number in range(count)]
        )

    def records_of(self, trigger):
        """Give the records of each job of a trigger."""
        queue_jobs = self.jobs_of(trigger).mapped("queue_job_id").sorted("id")
        return [queue_job.args[2][0] for queue_job in queue_jobs]

    def assert_events(self, trigger, *events):
        """Expect one job for each recordset."""
        self.partners.flush()
        found = [sorted(records.ids) for records in self.records_of(trigger)]
        self.assertEqual(found, [sorted(records.ids) for records in events])


class TestCreation(AutomationCase):
    def test_500_records_are_one_event(self):
        trigger = self.make_automation(PLAIN, "on_create")
        partners = self.make_partners(500)
        self.assert_events(trigger, partners)
        job = self.jobs_of(trigger)
        self.perform(job)
        self.assertIn("res.partner(", messages(job, "info")[0])

    def test_each_call_is_an_event(self):
        trigger = self.make_automation(PLAIN, "on_create")
        first, second = self.make_partners(1), self.make_partners(2)
        self.assert_events(trigger, first, second)

    def test_records_that_match_the_filter(self):
        trigger = self.make_automation(
            PLAIN, "on_create", filter_domain="[('name', 'in', ['P1', 'P3'])]"
        )
        partners = self.make_partners(5)
        self.assert_events(trigger, partners[1] + partners[3])
        self.make_partners(1)
        self.assert_events(trigger, partners[1] + partners[3])

    def test_update_is_no_creation(self):
        trigger = self.make_automation(PLAIN, "on_create")
        partner = self.make_partners(1)
        partner.name = "Renamed"
        self.assert_events(trigger, partner)

    def test_event_of_a_user_without_rights_on_jobs(self):
        trigger = self.make_automation(PLAIN, "on_create")
        user = self.make_user("base.group_partner_manager")
        partner = self.partners.with_user(user).create({"name": "New"})
        self.assertEqual(self.records_of(trigger)[-1], partner.sudo())
        self.assertTrue(self.records_of(trigger)[-1].env.su)

    def test_several_triggers_each_get_their_job(self):
        first = self.make_automation(PLAIN, "on_create")
        second = self.make_automation(PLAIN, "on_create")
        partners = self.make_partners(2)
        self.assert_events(first, partners)
        self.assert_events(second, partners)

    def test_two_triggers_of_one_task(self):
        first = self.make_automation(PLAIN, "on_create")
        second = first.copy({"trigger_name": "SECOND"})
        self.assertEqual(second.sync_task_id, first.sync_task_id)
        partner = self.make_partners(1)
        self.assert_events(first, partner)
        self.assert_events(second, partner)


class TestUpdate(AutomationCase):
    def setUp(self):
        super().setUp()
        self.people = self.make_partners(5, city="Rome")
        self.people.flush()

    def test_500_records_are_one_event(self):
        people = self.make_partners(500)
        trigger = self.make_automation(PLAIN, "on_write")
        people.write({"comment": "x"})
        self.assert_events(trigger, people)

    def test_watched_fields(self):
        field = self.env["ir.model.fields"]._get("res.partner", "city")
        trigger = self.make_automation(
            PLAIN, "on_write", trigger_field_ids=[(6, 0, field.ids)]
        )
        self.people.write({"comment": "x"})
        self.assert_events(trigger)
        self.people[0].city = "Paris"
        self.assert_events(trigger, self.people[0])
        self.people[:3].write({"city": "Paris"})  # the first has been there before
        self.assert_events(trigger, self.people[0], self.people[1:3])

    def test_domains_before_and_after(self):
        trigger = self.make_automation(
            PLAIN,
            "on_write",
            filter_pre_domain="[('city', '=', 'Rome')]",
            filter_domain="[('city', '=', 'Paris')]",
        )
        self.people[0].city = "Bern"
        self.people[0].city = "Paris"
        self.assert_events(trigger)
        self.people[1:4].write({"city": "Paris"})
        self.assert_events(trigger, self.people[1:4])

    def test_write_and_what_it_computes_are_one_event(self):
        """The stored display name follows the name."""
        trigger = self.make_automation(PLAIN, "on_write")
        self.people[:2].write({"name": "Renamed"})
        self.assert_events(trigger, self.people[:2])

    def test_write_that_computes_at_once_is_one_event(self):
        """The commercial partner is computed before the write is over."""
        trigger = self.make_automation(PLAIN, "on_write")
        parent = self.make_partners(1, is_company=True)
        parent.flush()
        self.people[0].write({"parent_id": parent.id})
        self.partners.flush()
        self.assert_events(trigger, self.people[0])

    def test_writes_within_a_write_are_one_event(self):
        """Odoo copies the address of a company to its contacts, one by one."""
        parent = self.make_partners(1, is_company=True)
        self.people.flush()
        trigger = self.make_automation(PLAIN, "on_write")
        self.people.write({"parent_id": parent.id})
        self.assert_events(trigger, self.people)

    def test_each_write_is_an_event(self):
        trigger = self.make_automation(PLAIN, "on_write")
        self.people[0].name = "A"
        self.people[0].name = "B"
        self.assert_events(trigger, self.people[0], self.people[0])

    def test_computed_field_alone_is_an_event(self):
        """Nobody writes the company's contacts, yet their display name changes."""
        parent = self.make_partners(1, is_company=True)
        child = self.make_partners(1, parent_id=parent.id)
        self.make_older(parent + child)
        field = self.env["ir.model.fields"]._get("res.partner", "display_name")
        trigger = self.make_automation(
            PLAIN, "on_write", trigger_field_ids=[(6, 0, field.ids)]
        )
        parent.name = "Renamed"
        self.partners.flush()
        found = self.partners.union(*self.records_of(trigger))
        self.assertIn(child, found)

    def make_older(self, partners):
        """Let partners look as if an earlier transaction had made them."""
        partners.flush()
        self.env.cr.execute(
            "UPDATE res_partner SET create_date = '2020-01-01' WHERE id IN %s",
            [tuple(partners.ids)],
        )
        partners.invalidate_cache()

    def test_creation_is_no_update(self):
        """Not even by the values that are computed for the new record."""
        trigger = self.make_automation(PLAIN, "on_write")
        partner = self.make_partners(1, is_company=True)
        self.assert_events(trigger)
        partner.comment = "x"
        self.assert_events(trigger, partner)

    def test_creation_and_update(self):
        trigger = self.make_automation(PLAIN, "on_create_or_write")
        partners = self.make_partners(3)
        self.assert_events(trigger, partners)
        partners.write({"name": "Renamed"})
        self.assert_events(trigger, partners, partners)


class TestDeletion(AutomationCase):
    CODE = """
        def handle_db(records):
            log([len(records), len(records.exists())])
            log(sorted([[vals["id"], vals["name"]] for vals in deleted_values]))
    """

    def test_values_of_deleted_records(self):
        trigger = self.make_automation(self.CODE, "on_unlink")
        tag = self.env["res.partner.category"].create({"name": "Tag"})
        partners = self.make_partners(
            2, category_id=[(6, 0, tag.ids)], date="2020-01-02", image_1920=False
        )
        expected = sorted([partner.id, partner.name] for partner in partners)
        partners.unlink()
        job = self.jobs_of(trigger)
        self.assertEqual(len(job), 1)
        values = job.queue_job_id.kwargs["deleted_values"]
        self.assertEqual(values[0]["category_id"], tag.ids)
        self.assertEqual(str(values[0]["date"]), "2020-01-02")
        self.assertNotIn("image_1920", values[0])
        self.perform(job)
        self.assertEqual(messages(job, "info")[:2], ["[2, 0]", str(expected)])

    def test_values_in_a_sub_job_are_passed_as_arguments(self):
        code = """
            def handle_db(records):
                add_job("step")(deleted_values)

            def step(values):
                log([len(values), deleted_values])
        """
        trigger = self.make_automation(code, "on_unlink")
        self.make_partners(1).unlink()
        job = self.jobs_of(trigger)
        self.perform(job)
        self.perform(job.job_ids)
        self.assertIn("[1, []]", messages(job.job_ids))

    def test_no_values_for_other_events(self):
        trigger = self.make_automation(
            "def handle_db(records): log(deleted_values)", "on_create"
        )
        self.make_partners(1)
        job = self.jobs_of(trigger)
        self.perform(job)
        self.assertIn("[]", messages(job))

    def test_reading_a_deleted_record(self):
        trigger = self.make_automation(
            "def handle_db(records): records.name", "on_unlink"
        )
        self.make_partners(1).unlink()
        with self.assertRaises(MissingError):
            self.perform(self.jobs_of(trigger))

    def test_filter(self):
        trigger = self.make_automation(
            self.CODE, "on_unlink", filter_domain="[('name', '=', 'P1')]"
        )
        partners = self.make_partners(3)
        middle = partners[1]
        partners.unlink()
        self.assert_events(trigger, middle)


class TestTimedCondition(AutomationCase):
    def setUp(self):
        super().setUp()
        field = self.env["ir.model.fields"]._get("res.partner", "date")
        self.trigger = self.make_automation(
            PLAIN,
            "on_time",
            trg_date_id=field.id,
            trg_date_range=1,
            trg_date_range_type="day",
            filter_domain="[('city', '=', 'Test')]",
        )
        self.today = fields.Date.today()

    def make_due(self, count, days=0):
        date = self.today + timedelta(days=days)
        return self.make_partners(count, city="Test", date=date)

    def check(self):
        self.env["base.automation"]._check()

    def test_all_that_are_due_are_one_event(self):
        due = self.make_due(3, days=-2)
        self.make_due(1, days=5)
        self.check()
        self.assert_events(self.trigger, due)

    def test_each_record_is_due_once(self):
        due = self.make_due(2, days=-2)
        self.check()
        self.check()
        self.assert_events(self.trigger, due)

    def test_nothing_due_is_no_event(self):
        self.check()
        self.assert_events(self.trigger)

    def test_archived_project_starts_nothing(self):
        self.make_due(1, days=-2)
        self.trigger.sync_task_id.project_id.active = False
        self.check()
        self.assert_events(self.trigger)

    def test_two_timed_triggers(self):
        second = self.trigger.copy()
        due = self.make_due(2, days=-2)
        self.check()
        self.assert_events(self.trigger, due)
        self.assert_events(second, due)


class TestOwnWrites(AutomationCase):
    """What a run writes does not start the very trigger that has started it."""

    WRITING = "def handle_db(records): records.write({'name': 'By the run'})"

    def run_jobs(self, trigger):
        """Perform the jobs of a trigger until there are no more; give their number."""
        done = self.env["sync.job"]
        while self.jobs_of(trigger) - done and len(done) < 5:
            job = (self.jobs_of(trigger) - done)[0]
            self.perform(job)
            done += job
        return len(done)

    def test_no_endless_loop(self):
        for kind in ("on_write", "on_create_or_write"):
            partner = self.make_partners(1)
            trigger = self.make_automation(self.WRITING, kind)
            partner.comment = "x"
            self.assertEqual(self.run_jobs(trigger), 1)
            trigger.active = False

    def test_creation_of_more_records(self):
        code = "def handle_db(records): records.copy()"
        trigger = self.make_automation(code, "on_create")
        self.make_partners(1)
        self.assertEqual(self.run_jobs(trigger), 1)

    def test_sub_jobs(self):
        code = """
            def handle_db(records):
                add_job("step")(records)

            def step(records):
                records.write({"name": "By the run"})
        """
        trigger = self.make_automation(code, "on_write")
        self.make_partners(1).comment = "x"
        self.run_jobs(trigger)
        self.perform(self.jobs_of(trigger).job_ids)
        self.assertEqual(len(self.jobs_of(trigger)), 1)

    def test_values_computed_at_the_end_of_the_run(self):
        field = self.env["ir.model.fields"]._get("res.partner", "display_name")
        trigger = self.make_automation(
            self.WRITING, "on_write", trigger_field_ids=[(6, 0, field.ids)]
        )
        partner = self.make_partners(1)
        TestUpdate.make_older(self, partner)
        partner.name = "By somebody"
        self.partners.flush()
        self.assertEqual(self.run_jobs(trigger), 1)

    def test_other_triggers_see_the_writes(self):
        trigger = self.make_automation(self.WRITING, "on_create")
        other = self.make_automation(PLAIN, "on_write")
        partner = self.make_partners(1)
        self.partners.flush()
        self.run_jobs(trigger)
        self.assert_events(other, partner)

    def test_trigger_sees_the_writes_of_other_runs(self):
        trigger = self.make_automation(PLAIN, "on_write")
        partner = self.make_partners(1)
        self.partners.flush()
        button = self.make_button(
            "def handle_button(): env['res.partner'].browse(%s).write({'comment': 'x'})"
            % partner.id
        )
        button.start()
        self.assert_events(trigger, partner)


class TestDisabled(AutomationCase):
    def assert_disabled(self, record):
        record.active = False
        self.make_partners(1)
        self.assert_events(self.trigger)
        record.active = True
        self.assert_events(self.trigger, self.make_partners(1))

    def test_archived_trigger_task_or_project(self):
        for path in ("", "sync_task_id", "sync_task_id.project_id"):
            self.trigger = self.make_automation(PLAIN, "on_create")
            self.assert_disabled(self.trigger.mapped(path) if path else self.trigger)
            self.trigger.unlink()

    def test_trigger_without_task(self):
        """Data of former versions may have none."""
        trigger = self.make_automation(PLAIN, "on_create")
        trigger.sync_task_id = False
        with mute_logger(LOGGER):
            self.make_partners(1)
        self.assert_events(trigger)

    def test_form_modification_has_no_records(self):
        name = self.env["ir.model.fields"]._get("res.partner", "name")
        trigger = self.make_automation(
            PLAIN, "on_change", on_change_field_ids=[(6, 0, name.ids)]
        )
        with mute_logger(LOGGER), Form(self.partners) as form:
            form.name = "Typed"
        self.assert_events(trigger)

    def test_trigger_cannot_be_run_by_hand(self):
        trigger = self.make_automation(PLAIN, "on_create")
        with self.assertRaisesRegex(UserError, "TEST_AUTOMATION"):
            trigger.start_button()

    def test_automations_of_others_run_as_ever(self):
        self.env["base.automation"].create(
            {
                "name": "Plain",
                "model_id": self.env["ir.model"]._get("res.partner").id,
                "trigger": "on_create",
                "state": "code",
                "code": "record.write({'comment': 'by automation'})",
            }
        )
        partners = self.make_partners(2)
        self.assertEqual(set(partners.mapped("comment")), {"by automation"})


class TestFields(AutomationCase):
    def test_name_is_made(self):
        trigger = self.make_automation(PLAIN, "on_create")
        self.assertEqual(trigger.name, "Sync Studio: Test project -> TEST_AUTOMATION")
        trigger.trigger_name = "RENAMED"
        self.assertEqual(trigger.name, "Sync Studio: Test project -> RENAMED")

    def test_name_that_was_given_stays(self):
        trigger = self.make_automation(PLAIN, "on_create", name="Mine")
        trigger.trigger_name = "RENAMED"
        self.assertEqual(trigger.name, "Mine")

    def test_defaults_of_a_remote_caller(self):
        """default_get takes the list of fields, not ids."""
        for kind in ("cron", "automation", "webhook", "button"):
            model = self.env["sync.trigger." + kind].with_user(self.developer)
            self.assertEqual(model.default_get(["active"]), {"active": True})

    def test_stored_code_starts_the_trigger(self):
        trigger = self.make_automation(PLAIN, "on_create", active=False)
        self.assertEqual(
            trigger.action_server_id.code,
            "env['sync.trigger.automation'].browse(%s).sudo().start(records)"
            % trigger.id,
        )
        trigger.active = True
        partner = self.env.user.partner_id
        trigger.action_server_id.with_context(
            active_model="res.partner", active_ids=partner.ids
        ).run()
        self.assert_events(trigger, partner)

    def test_code_of_former_versions_starts_the_trigger(self):
        """It is spread over several lines."""
        trigger = self.make_automation(PLAIN, "on_create")
        trigger.action_server_id.code = (
            "\nenv['sync.trigger.automation'].browse(%s).sudo().start(records)\n"
            % trigger.id
        )
        partner = self.make_partners(1)
        self.assert_events(trigger, partner)

    def test_condition_empties_what_it_does_not_use(self):
        form = Form(
            self.env["sync.trigger.automation"],
            "sync.sync_trigger_automation_view_form_full",
        )
        form.trigger_name = "T"
        form.sync_task_id = self.make_task("")
        form.model_id = self.env["ir.model"]._get("res.partner")
        form.trigger = "on_write"
        form.filter_pre_domain = "[('id', '>', 1)]"
        form.trigger = "on_create"
        trigger = form.save()
        self.assertFalse(trigger.filter_pre_domain)


class TestEventsWithCommits(CommittedCase):
    def test_rolled_back_event_leaves_no_job(self):
        with self.transaction():
            trigger = self.make_automation(PLAIN, "on_create")
        with self.transaction():
            self.env["res.partner"].create({"name": "New"})
            self.assertEqual(len(trigger.with_env(self.env).job_ids), 1)
            self.env.cr.rollback()
        with self.transaction():
            self.assertFalse(trigger.with_env(self.env).job_ids)

    def test_handler_runs_after_the_commit(self):
        with self.transaction():
            trigger = self.make_automation(
                "def handle_db(records): log(records.mapped('name'))", "on_create"
            )
        with self.transaction():
            partners = self.env["res.partner"]
            partners.create([{"name": "One"}, {"name": "Two"}])
        self.runner.run_due()
        with self.transaction():
            job = trigger.with_env(self.env).job_ids
            self.assertEqual(job.state, "done")
            self.assertIn("['One', 'Two']", messages(job))
