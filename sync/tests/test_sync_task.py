# Copyright 2026 Sync Studio contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl.html)
"""Tasks: how their code is called, for whom, and what is left of a run that fails."""

from datetime import datetime, timedelta

from psycopg2.errors import SerializationFailure

from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import Form
from odoo.tools import mute_logger

from odoo.addons.queue_job.job import identity_exact

from .common import CommittedCase, SyncCase, extension, messages, transaction


class TestStart(SyncCase):
    CODE = "def handle_button(*args): return args"

    def setUp(self):
        super().setUp()
        self.button = self.make_button(self.CODE)
        self.task = self.button.sync_task_id

    def test_start_gives_job_and_result(self):
        job, result = self.task.start(self.button, args=(1, "x"))
        self.assertEqual(result, (1, "x"))
        self.assertEqual(job.trigger_button_id, self.button)

    def test_start_with_delay_gives_the_job(self):
        job = self.task.start(self.button, with_delay=True)
        self.assertEqual(job.queue_job_id.method_name, "run")

    def test_archived_task_or_project_does_not_start(self):
        for record in (self.task, self.task.project_id):
            record.active = False
            self.assertIsNone(self.task.start(self.button))
            self.assertIsNone(self.task.start(self.button, with_delay=True))
            self.assertEqual(self.task.start(self.button, force=True)[1], ())
            record.active = True

    def test_start_raises_or_not(self):
        self.task.code = "def handle_button(): 1 / 0"
        with self.assertRaises(ZeroDivisionError):
            self.task.start(self.button)
        job, result = self.task.start(self.button, raise_on_error=False)
        self.assertEqual((job.state, result), ("failed", None))

    def test_run_takes_the_arguments_of_stored_queue_jobs(self):
        """Rows that wait in the queues of former versions hold them in this order."""
        self.task.code = """
def f(a, b=None):
    return [a, b]

def fail():
    1 / 0
"""
        job = self.env["sync.job"].create_trigger_job(self.button)
        self.assertEqual(self.task.run(job, "f", [1], {"b": 2}), [1, 2])
        self.assertEqual(self.task.run(job, "f", (1,)), [1, None])
        self.assertEqual(self.task.run(job, "f", [1], raise_on_error=True), [1, None])
        self.assertIsNone(self.task.run(job, "fail", raise_on_error=False))

    def test_stored_queue_job_of_a_former_version(self):
        """Its sync job knows neither ancestry nor project."""
        job = self.env["sync.job"].create_trigger_job(self.button)
        job.ancestry = False
        job.queue_job_id = (
            self.task.with_delay().run(job, "handle_button", [7], raise_on_error=True)
        ).db_record()
        queue_job = self.perform(job)
        self.assertEqual(queue_job.result, (7,))
        self.assertEqual(job.state, "done")


class TestFields(SyncCase):
    def test_name_with_project(self):
        task = self.make_task("")
        self.assertEqual(task.name_get(), [(task.id, "Test task")])
        task = task.with_context(name_with_project=True)
        self.assertEqual(task.name_get(), [(task.id, "Test project: Test task")])

    def test_syntax_is_checked_while_typing(self):
        form = Form(self.env["sync.task"], "sync.sync_task_view_form")
        for code, line in (("def f(:", 1), ("x = 1\n\nimport os", 3)):
            form.code = code
            self.assertIn("Line %s" % line, form.code_check)
            self.assertEqual(form.code_check_line, line)
        form.code = "def f(): pass"
        self.assertFalse(form.code_check)
        self.assertFalse(form.code_check_line)

    def test_code_that_is_not_allowed_is_not_stored(self):
        with self.assertRaisesRegex(ValidationError, "Test task.*Line 2.*import"):
            self.make_task("x = 1\nimport os")
        with self.assertRaisesRegex(ValidationError, "Test project.*Line 1"):
            self.make_project(common_code="import os")
        with self.assertRaises(ValidationError):
            self.make_project(common_code="x = ().__class__")

    def test_common_code_may_be_indented_by_blank_lines(self):
        self.make_project(common_code="\n\n   x = 1\n   ")

    def test_enabled_triggers(self):
        task = self.make_task("")
        for kind in ("cron", "webhook", "button"):
            active = self.make_trigger(kind, task)
            self.make_trigger(kind, task, active=False)
            self.assertEqual(task["active_%s_ids" % kind], active)
            names = task["active_%s_names" % kind]
            self.assertEqual(names, active.display_name)

    def test_enabled_triggers_of_a_form_that_is_open(self):
        values = {"trigger_name": "FIRST"}
        draft = self.env["sync.task"].new({"button_ids": [(0, 0, values)]})
        self.assertEqual(draft.active_button_names, "FIRST")
        self.assertEqual(draft.active_cron_names, "")

    def test_former_rows_without_project(self):
        task = self.env["sync.task"].create({"name": "Alone", "code": "x = 1"})
        button = self.make_trigger("button", task)
        self.assertFalse(button.sync_project_id)
        self.assertFalse(task._is_enabled())


class TestDeletion(SyncCase):
    """Nothing is left behind what is deleted."""

    MODELS = ("ir.cron", "base.automation", "ir.actions.server", "sync.task")

    def ids(self):
        records = [
            self.env[name].with_context(active_test=False) for name in self.MODELS
        ]
        return [set(model.search([]).ids) for model in records]

    def make_all(self, active):
        project = self.make_project()
        task = self.make_task("", project)
        partners = self.env["ir.model"]._get("res.partner").id
        automation = {"model_id": partners, "trigger": "on_write", "active": active}
        return project, [
            self.make_trigger("cron", task, active=active),
            self.make_trigger("automation", task, **automation),
            self.make_trigger("webhook", task, active=active),
            self.make_trigger("button", task, active=active),
        ]

    def test_deleting_a_project(self):
        before = self.ids()
        for active in (True, False):
            project, triggers = self.make_all(active)
            project.task_ids.active = active
            project.invalidate_cache()
            project.unlink()
            self.assertFalse(any(trigger.exists() for trigger in triggers))
            self.assertEqual(self.ids(), before)

    def test_deleting_triggers(self):
        before = self.ids()
        project, triggers = self.make_all(True)
        for trigger in triggers:
            trigger.unlink()
        self.assertEqual(self.ids()[:3], before[:3])
        project.unlink()

    def test_deleting_a_task_without_triggers(self):
        self.make_task("").unlink()


class TestHandlers(SyncCase):
    def error_of(self, code, common_code=""):
        project = self.make_project(common_code=common_code)
        button = self.make_button(code, project=project)
        with self.assertRaises(UserError) as caught:
            button.start()
        return caught.exception.args[0]

    def assert_names_everything(self, error, *functions):
        expected = ("Test task", "Test project", "handle_button", "TEST_BUTTON")
        for text in expected + functions:
            self.assertIn(text, error)

    def test_missing_handler(self):
        error = self.error_of("def handle_cron(): pass\ndef helper(): pass")
        self.assert_names_everything(error, "handle_cron, helper")

    def test_missing_handler_names_those_of_common_code(self):
        error = self.error_of("x = 1", "def handle_db(records): pass")
        self.assert_names_everything(error, "handle_db")

    def test_empty_code(self):
        for code in ("", False):
            self.assert_names_everything(self.error_of(code or ""), "none")
        button = self.make_button("")
        button.sync_task_id.code = False
        with self.assertRaisesRegex(UserError, "has no function handle_button"):
            button.start()

    def test_handler_that_is_no_function(self):
        self.assert_names_everything(self.error_of("handle_button = 7"))

    def test_handler_in_common_code(self):
        project = self.make_project(common_code="def handle_button(): return 7")
        self.assertEqual(self.make_button("", project=project).start()[1], 7)

    def test_handler_of_the_task_goes_first(self):
        project = self.make_project(common_code="def handle_button(): return 7")
        button = self.make_button("def handle_button(): return 8", project=project)
        self.assertEqual(button.start()[1], 8)

    def test_handler_is_no_base_name(self):
        """A name of the evaluation context that is callable is not a handler's."""
        button = self.make_button("x = 1")
        with self.assertRaises(UserError):
            button.start()


class TestNames(SyncCase):
    def result_of(self, statement, common_code="", **names):
        project = self.make_project(common_code=common_code)
        code = "def handle_button(): return " + statement
        button = self.make_button(code, project=project)
        with extension(project, lambda *args: names):
            return button.start()[1]

    def test_context_method_overrides_a_base_name(self):
        self.assertEqual(self.result_of("json", json="mine"), "mine")

    def test_underscore_names_of_common_code_stay_its_own(self):
        common_code = "def _twice(x): return 2 * x\ndef four(): return _twice(2)"
        self.assertEqual(self.result_of("four()", common_code), 4)
        with self.assertRaises(NameError):
            self.result_of("_twice(2)", common_code)

    def test_trigger_is_named_twice(self):
        self.assertEqual(self.result_of("[trigger, trigger_name]"), ["TEST_BUTTON"] * 2)

    def test_unknown_evaluation_context(self):
        """Its module is not installed: the project stays readable, runs say why."""
        button = self.make_button("def handle_button(): pass")
        project = button.sync_project_id
        project.flush()
        self.env.cr.execute(
            "UPDATE sync_project SET eval_context = 'gone' WHERE id = %s", [project.id]
        )
        project.invalidate_cache()
        self.assertEqual(project.eval_context_description, "")
        with self.assertRaisesRegex(UserError, '"gone".*Install that module'):
            button.start()

    def test_description_of_the_evaluation_context(self):
        def method(project, secrets, eval_context):
            """What it adds."""

        project = self.make_project()
        self.assertEqual(project.eval_context_description, "")
        with extension(project, method):
            self.assertEqual(project.eval_context_description, "What it adds.")


class TestAddJob(SyncCase):
    CODE = """
        def handle_button():
            %s

        def step(*args, **kwargs):
            log(["step", list(args), kwargs])

        def key_of(job):
            return "key of " + job.args[1]
    """

    def sub_jobs(self, *statements):
        button = self.make_button(self.CODE % "\n            ".join(statements))
        job, self.result = button.start()
        return job.job_ids.sorted("id")

    def queue_job(self, options):
        return self.sub_jobs("add_job(step, %s)()" % options).queue_job_id

    def test_function_by_name_or_itself(self):
        jobs = self.sub_jobs("add_job('step')(1)", "add_job(step)(2)")
        self.assertEqual(jobs.mapped("function"), ["step", "step"])
        for number, job in enumerate(jobs, 1):
            self.perform(job)
            self.assertIn("['step', [%s], {}]" % number, messages(job))

    def test_add_job_gives_none(self):
        self.sub_jobs("return [add_job(step)()]")
        self.assertEqual(self.result, [None])

    def test_arguments_reach_the_function(self):
        job = self.sub_jobs(
            "add_job('step')(1, 'x', [1, {'a': None}], user, at=datetime.date(2020, 1, 2))"
        )
        self.perform(job)
        self.assertIn(
            "['step', [1, 'x', [1, {'a': None}], res.users(1,)], "
            "{'at': datetime.date(2020, 1, 2)}]",
            messages(job),
        )

    def test_records_in_lists_belong_to_the_run(self):
        """They may be linked, whatever rights the user has."""
        self.CODE = """
            def handle_button():
                add_job("step")([user.partner_id], {"a": {"b": user.partner_id}})

            def step(records, by_name):
                for record in records + [by_name["a"]["b"]]:
                    log(bool(record.env.context.get("log_function")))
        """
        button = self.make_button(self.CODE)
        job = button.start()[0].job_ids
        self.perform(job)
        self.assertEqual(messages(job, "info")[:2], ["True", "True"])

    def test_unknown_function_fails_with_the_names_there_are(self):
        job = self.sub_jobs("add_job('stepp')()")
        with self.assertRaisesRegex(UserError, "no function stepp.*step"):
            self.perform(job)

    def test_trigger_name_in_a_sub_job(self):
        self.CODE += "\n        def name(): log(trigger_name)"
        job = self.sub_jobs("add_job('name')()")
        self.perform(job)
        self.assertIn("TEST_BUTTON.name", messages(job))

    def test_priority(self):
        self.assertEqual(self.queue_job("priority=3").priority, 3)
        self.assertEqual(self.queue_job("priority=0").priority, 0)

    def test_max_retries(self):
        self.assertEqual(self.queue_job("max_retries=7").max_retries, 7)
        self.assertEqual(self.queue_job("max_retries=0").max_retries, 0)
        self.assertEqual(self.queue_job("").max_retries, 5)

    def test_description(self):
        self.assertEqual(self.queue_job("description='Push'").name, "Push")
        self.assertEqual(
            self.queue_job("").name, "Test project: Test task -> TEST_BUTTON.step"
        )

    def test_channel(self):
        self.assertEqual(self.queue_job("channel='root.shop'").channel, "root.shop")
        self.assertEqual(self.queue_job("").channel, "root")

    def test_eta(self):
        expected = datetime.now() + timedelta(hours=1)
        for eta in (
            "3600",
            "datetime.timedelta(hours=1)",
            "datetime.datetime.now() + datetime.timedelta(hours=1)",
        ):
            with self.subTest(eta):
                found = self.queue_job("eta=" + eta).eta
                self.assertAlmostEqual(found, expected, delta=timedelta(minutes=1))
        self.assertFalse(self.queue_job("").eta)

    def test_unknown_option(self):
        with self.assertRaisesRegex(
            UserError, "step.*prioritty.*Options are.*priority"
        ):
            self.sub_jobs("add_job(step, prioritty=1)()")

    def test_identity_key_is_taken_once(self):
        jobs = self.sub_jobs(
            *["add_job(step, identity_key='k')(%s)" % n for n in "123"]
        )
        self.assertEqual(len(jobs), 1)
        self.assertEqual(jobs.queue_job_id.args[2], [1])
        self.assertEqual(jobs.queue_job_id.identity_key, "k")

    def test_identity_key_is_free_again_once_the_job_has_run(self):
        first = self.sub_jobs("add_job(step, identity_key='k')()")
        self.perform(first)
        self.assertEqual(len(self.sub_jobs("add_job(step, identity_key='k')()")), 1)

    def test_identity_key_of_a_function(self):
        jobs = self.sub_jobs(
            "add_job(step, identity_key=key_of)(1)",
            "add_job(step, identity_key=key_of)(2)",
        )
        self.assertEqual(jobs.queue_job_id.identity_key, "key of step")

    def test_identity_exact_tells_arguments_apart(self):
        project = self.make_project()
        button = self.make_button(
            """
            def handle_button():
                for number in (1, 2, 1):
                    add_job("step", identity_key=exact)(number, user)
            """,
            project=project,
        )
        with extension(project, lambda *args: {"exact": identity_exact}):
            jobs = button.start()[0].job_ids
        self.assertEqual(len(jobs), 2)

    def test_failed_run_adds_no_job(self):
        before = self.env["queue.job"].search_count([])
        button = self.make_button(self.CODE % "add_job(step)(); 1 / 0")
        job, _result = button.start(raise_on_error=False)
        self.assertFalse(job.job_ids)
        self.assertEqual(self.env["queue.job"].search_count([]), before)


class TestWithoutQueue(SyncCase):
    """Other addons test their projects without the queue."""

    def setUp(self):
        super().setUp()
        context = dict(self.env.context, test_queue_job_no_delay=True)
        self.env = self.env(context=context)

    @mute_logger("odoo.addons.queue_job.utils")
    def test_add_job_calls_at_once(self):
        button = self.make_button(
            """
            def handle_button():
                add_job("step")(1)
                log("after")

            def step(number):
                log(["step", number])
            """
        )
        job, _result = button.start()
        self.assertIn("['step', 1]", messages(job.job_ids))
        self.assertEqual((job.state, job.job_ids.state), ("done", "done"))
        self.assertFalse(job.job_ids.queue_job_id)

    @mute_logger("odoo.addons.queue_job.utils")
    def test_delayed_start_gives_job_and_result(self):
        cron = self.make_cron("def handle_cron(): return [env.uid]")
        job, result = cron.start()
        self.assertEqual(result, [self.env.uid])
        self.assertEqual(job.trigger_cron_id, cron)


class TestIdentity(SyncCase):
    """Whom the code runs for, and with what rights."""

    CODE = """
        def %s:
            log([env.uid, env.su, user.login, env.company.id, env.lang])
            add_job("step")()

        def step():
            log([env.uid, env.su, user.login, env.company.id, env.lang])
    """

    def setUp(self):
        super().setUp()
        self.env["res.lang"]._activate_lang("fr_FR")
        self.company = self.env["res.company"].create({"name": "Second"})
        self.context = dict(
            self.env.context, lang="fr_FR", allowed_company_ids=self.company.ids
        )
        people = self.developer + self.stranger
        people.write({"company_ids": [(4, self.company.id)]})

    def as_user(self, record, user):
        return record.with_user(user).with_context(**self.context)

    def assert_runs_as(self, job, user, su):
        expected = str([user.id, su, user.login, self.company.id, "fr_FR"])
        while job:
            if job.queue_job_id:
                self.env.cache.invalidate()
                self.perform(job)
            self.assertEqual(messages(job, "info")[0], expected)
            self.assertEqual(job.create_uid, user)
            job = job.job_ids

    def test_button_runs_as_the_person_who_clicked(self):
        button = self.make_button(self.CODE % "handle_button()")
        job, _result = self.as_user(button, self.developer).start()
        self.assert_runs_as(job.sudo(), self.developer, False)

    def test_run_now_of_a_cron_runs_as_the_person_who_clicked(self):
        cron = self.make_cron(self.CODE % "handle_cron()", user_id=self.manager.id)
        action = self.as_user(cron, self.developer).start_button()
        job = self.env["sync.job"].browse(action["res_id"])
        self.assert_runs_as(job, self.developer, False)

    def test_db_event_runs_for_its_user_with_all_rights(self):
        user = self.make_user("base.group_partner_manager")
        user.company_ids += self.company
        automation = self.make_automation(self.CODE % "handle_db(records)", "on_create")
        self.as_user(self.env["res.partner"], user).create({"name": "New"})
        self.assert_runs_as(self.jobs_of(automation), user, True)

    def test_text_of_the_language_in_the_queue(self):
        project = self.make_project(
            text_param_ids=[(0, 0, {"key": "HELLO", "value": "Hello"})]
        )
        project.text_param_ids.with_context(lang="fr_FR").value = "Bonjour"
        code = "def handle_button(): log(texts.HELLO)"
        button = self.make_button(code, project=project)
        job = button.with_context(**self.context).sync_task_id.start(
            button, with_delay=True
        )
        self.env.cache.invalidate()
        self.perform(job)
        self.assertIn("Bonjour", messages(job))

    def test_code_works_whatever_the_rights_of_its_user(self):
        """Links, log and add_job, for a scheduler user without any role."""
        cron = self.make_cron(
            """
            def handle_cron():
                env.user.partner_id.set_link("test_rel", "x1")
                log(get_link("test_rel", "x1").odoo.id)
                log(env.user.partner_id.search_links("test_rel").external)
                set_link("test_rel2", {"a": 1, "b": 2})
                sync_odoo2x([user], INFO, create=True)
                add_job("step")()

            INFO = {"relation": "test_rel3", "x": {"create": lambda record: "r1"}}

            def step():
                search_links("test_rel2", {"a": None, "b": None}).unlink()
            """,
            user_id=self.stranger.id,
        )
        job = cron.with_user(self.stranger).sudo(False)._start()
        job = job.sudo()
        self.perform(job)
        self.perform(job.job_ids)
        self.assertEqual(job.state, "done")
        self.assertIn("x1", messages(job))

    def test_code_has_no_more_rights_than_its_user(self):
        button = self.make_button(
            "def handle_button(): env['ir.cron'].search([]).unlink()"
        )
        with self.assertRaises(AccessError):
            button.with_user(self.developer).start()


class TestRollback(CommittedCase):
    """A failed run leaves its job and its log, nothing else."""

    CODE = """
        def %s:
            env["res.partner"].create({"name": "Half done"})
            add_job("step")()
            log("half done")
            1 / 0

        def step():
            pass
    """

    def assert_nothing_but_the_log(self, job_id):
        with self.transaction():
            job = self.job(job_id)
            self.assertEqual(job.state, "failed")
            self.assertFalse(job.job_ids)
            self.assertIn("half done", messages(job))
            self.assertIn("ZeroDivisionError", messages(job, "critical")[0])
            partners = self.env["res.partner"]
            self.assertFalse(partners.search([("name", "=", "Half done")]))

    def test_button(self):
        with self.transaction():
            button = self.make_button(self.CODE % "handle_button()")
        with self.transaction():
            job_id = button.with_env(self.env).start_button()["res_id"]
        self.assert_nothing_but_the_log(job_id)

    def test_work_of_the_caller_stays(self):
        with self.transaction():
            button = self.make_button(self.CODE % "handle_button()")
        with self.transaction():
            partner = self.env["res.partner"].create({"name": "Of the caller"})
            button.with_env(self.env).start(raise_on_error=False)
        with self.transaction():
            self.assertTrue(partner.with_env(self.env).exists())

    def test_queue_job(self):
        with self.transaction():
            job_id = self.make_cron(self.CODE % "handle_cron()").start().id
        self.runner.run_due()
        self.assert_nothing_but_the_log(job_id)

    def test_conflict_is_left_to_odoo_which_repeats_the_request(self):
        with self.transaction():
            partner = self.env["res.partner"].create({"name": "Old"})
            button = self.make_button(
                """
                def handle_button():
                    partner = env["res.partner"].browse(%s)
                    log(partner.name)
                    meddle()
                    partner.write({"comment": "mine"})
                """
                % partner.id
            )

        def meddle():
            with transaction() as env:
                partner.with_env(env).name = "New"

        with self.names(meddle=meddle), mute_logger("odoo.sql_db"):
            with self.assertRaises(SerializationFailure):
                with self.transaction():
                    button.with_env(self.env).start()
        with self.transaction():
            job = button.with_env(self.env).job_ids
            self.assertEqual(job.state, "cancelled")
            self.assertIn("Old", messages(job))
            self.assertFalse(partner.with_env(self.env).comment)

    def test_two_runs_in_one_transaction(self):
        """The second one fails, the first one stays."""
        with self.transaction():
            button = self.make_button(
                "def handle_button(): env['res.partner'].create({'name': 'Whole'})"
            )
            failing = self.make_button(self.CODE % "handle_button()")
        with self.transaction():
            well = button.with_env(self.env).start_button()["res_id"]
            failed = failing.with_env(self.env).start_button()["res_id"]
        self.assert_nothing_but_the_log(failed)
        with self.transaction():
            self.assertEqual(self.job(well).state, "done")
            partners = self.env["res.partner"]
            self.assertTrue(partners.search([("name", "=", "Whole")]))

    def test_run_within_a_run(self):
        """A task may click the button of another one."""
        with self.transaction():
            inner = self.make_button(self.CODE % "handle_button()")
            outer = self.make_button(
                """
                def handle_button():
                    button = env["sync.trigger.button"].browse(%s)
                    log(button.start(raise_on_error=False)[1])
                """
                % inner.id
            )
        with self.transaction():
            job_id = outer.with_env(self.env).start_button()["res_id"]
        with self.transaction():
            self.assertEqual(self.job(job_id).state, "done")
            inner_id = inner.with_env(self.env).job_ids.id
        self.assert_nothing_but_the_log(inner_id)
