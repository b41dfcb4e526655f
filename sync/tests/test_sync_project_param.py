# Copyright 2026 Sync Studio contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl.html)
"""Params, texts and secrets; above all, that nobody gets at a secret's value."""

from traceback import format_exception

from psycopg2 import IntegrityError

from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tools import mute_logger

from odoo.addons.queue_job.exception import RetryableJobError

from .common import SyncCase, extension, messages

KINDS = ("param", "text", "secret")
LOGGER = "odoo.models"


class TestParams(SyncCase):
    def make(self, kind, **values):
        return self.env["sync.project." + kind].create(dict(values, key="KEY"))

    def test_initial_value_fills_an_empty_value(self):
        for kind in KINDS:
            with self.subTest(kind):
                param = self.make(kind, initial_value="first")
                self.assertEqual(param.value, "first")

    def test_initial_value_leaves_a_value_alone(self):
        for kind in KINDS:
            with self.subTest(kind):
                param = self.make(kind, value="mine", initial_value="first")
                self.assertEqual(param.value, "mine")
                param.initial_value = "second"
                self.assertEqual(param.value, "mine")
                param.value = ""
                param.initial_value = "third"
                self.assertEqual(param.value, "third")
                self.assertEqual(param.initial_value, "third")

    def test_project_is_not_required(self):
        """Rows of former versions may have none."""
        for kind in KINDS:
            self.assertFalse(self.make(kind).project_id)

    def test_key_is_taken_once_in_a_project(self):
        project = self.make_project()
        for kind in KINDS:
            with self.subTest(kind):
                self.make(kind, project_id=project.id)
                self.make(kind, project_id=self.make_project().id)
                with self.assertRaises(IntegrityError), mute_logger("odoo.sql_db"):
                    with self.env.cr.savepoint():
                        self.make(kind, project_id=project.id)

    def test_description_names_the_key(self):
        self.assertEqual(self.make("param").display_name, "KEY")

    def test_descriptions_of_models(self):
        """Exports make XML ids of them."""
        found = [self.env["sync.project." + kind]._description for kind in KINDS]
        self.assertEqual(
            found,
            [
                "Project Parameter",
                "Project Text Parameter",
                "Project Secret Parameter",
            ],
        )


class TestValuesInCode(SyncCase):
    def run_with(self, statements, common_code="", **values):
        project = self.make_project(common_code=common_code, **values)
        code = "def handle_button():\n    " + statements
        return self.click(self.make_button(code, project=project))

    def test_params_and_texts(self):
        job = self.run_with(
            "log([params.URL, params.EMPTY, texts.HELLO])",
            param_ids=[
                (0, 0, {"key": "URL", "value": "https://example.com"}),
                (0, 0, {"key": "EMPTY"}),
            ],
            text_param_ids=[(0, 0, {"key": "HELLO", "value": "Hi"})],
        )
        self.assertIn("['https://example.com', False, 'Hi']", messages(job))

    def test_params_in_common_code(self):
        job = self.run_with(
            "log(IDS)",
            common_code="IDS = params.IDS.split(',')",
            param_ids=[(0, 0, {"key": "IDS", "value": "1,2"})],
        )
        self.assertIn("['1', '2']", messages(job))

    def test_missing_key_names_those_there_are(self):
        job = self.run_with(
            "params.NAME", param_ids=[(0, 0, {"key": "URL", "value": "x"})]
        )
        self.assertEqual(job.state, "failed")
        self.assertIn("no NAME here. Keys found: URL", messages(job, "critical")[0])

    def test_key_may_be_any_identifier(self):
        job = self.run_with(
            "log(params.\u0421\u0421\u042b\u041b\u041a\u0410)",
            param_ids=[
                (0, 0, {"key": "\u0421\u0421\u042b\u041b\u041a\u0410", "value": "x"})
            ],
        )
        self.assertIn("x", messages(job))

    def test_texts_are_in_the_language_of_the_run(self):
        self.env["res.lang"]._activate_lang("fr_FR")
        project = self.make_project(
            text_param_ids=[(0, 0, {"key": "HELLO", "value": "Hello"})]
        )
        text = project.text_param_ids
        text.with_context(lang="fr_FR").value = "Bonjour"
        button = self.make_button(
            "def handle_button(): log(texts.HELLO)", project=project
        )
        for lang, value in (("fr_FR", "Bonjour"), ("en_US", "Hello")):
            job = self.click(button.with_context(lang=lang))
            self.assertIn(value, messages(job))

    def test_webhooks_are_the_active_ones(self):
        project = self.make_project()
        task = self.make_task("def handle_button(): log(webhooks)", project)
        active = self.make_trigger("webhook", task, trigger_name="ON")
        self.make_trigger("webhook", task, trigger_name="OFF", active=False)
        job = self.click(self.make_trigger("button", task))
        self.assertIn(str({"ON": active.website_url}), messages(job))

    def test_secrets_reach_the_context_method_only(self):
        project = self.make_project(
            secret_ids=[(0, 0, {"key": "TOKEN", "value": "abcdefgh"})]
        )
        button = self.make_button(
            "def handle_button():\n    log(size)\n    secrets", project=project
        )

        def context(project, secrets, eval_context):
            return {"size": len(secrets.TOKEN)}

        with extension(project, context):
            job = self.click(button)
        self.assertIn("8", messages(job))
        self.assertIn("'secrets' is not defined", messages(job, "critical")[0])


class SecretCase(SyncCase):
    def setUp(self):
        super().setUp()
        self.project = self.make_project(
            secret_ids=[
                (0, 0, {"key": "TOKEN", "value": "abcdefgh"}),
                (0, 0, {"key": "EMPTY"}),
            ]
        )
        self.secret = self.project.secret_ids[0]
        self.project.flush()
        self.project.invalidate_cache()


class TestSecretsOfOthers(SecretCase):
    """No way to read a value for those who are no administrators."""

    def attempts(self, secret):
        """Give ways to read or guess a value."""
        guess = [("value", "=like", "a%")]
        project = secret.project_id
        projects = project.browse()
        return {
            "attribute": lambda: secret.value,
            "initial value": lambda: secret.initial_value,
            "read": lambda: secret.read(["value"]),
            "read initial value": lambda: secret.read(["initial_value"]),
            "read_form": lambda: secret.read_form(["value"], {}),
            "list in a form": lambda: project.read_form(
                ["secret_ids"], {"secret_ids": {"names": ["value"], "limit": 1}}
            ),
            "search_fetch": lambda: secret._search_fetch([], ["value"]),
            "search_read": lambda: secret.search_read([], ["value"]),
            "mapped": lambda: secret.mapped("value"),
            "filtered": lambda: secret.filtered("value"),
            "filtered_domain": lambda: secret.filtered_domain(guess),
            "search": lambda: secret.search(guess),
            "search_count": lambda: secret.search_count(guess),
            "name_search": lambda: secret.name_search("", guess),
            "order": lambda: secret.search([], order="value"),
            "group": lambda: secret.read_group([], ["key"], ["value"]),
            "group by domain": lambda: secret.read_group(guess, ["key"], ["key"]),
            "aggregate": lambda: secret.read_group([], ["value:max"], ["key"]),
            "search by project": lambda: projects.search(
                [("secret_ids.value", "=like", "a%")]
            ),
            "export": lambda: secret._export_rows([["is_set"], ["value"]]),
            "export by project": lambda: project._export_rows(
                [["secret_ids", "is_set"], ["secret_ids", "value"]]
            ),
            "onchange": lambda: project.onchange(
                {"name": "x"}, ["name"], {"name": "1", "secret_ids.value": ""}
            ),
        }

    def assert_refused(self, user, name):
        with self.assertRaises(AccessError, msg=name), mute_logger(LOGGER):
            self.attempts(self.secret.with_user(user))[name]()

    def test_values_are_out_of_reach(self):
        for user in (self.user, self.developer):
            for name in self.attempts(self.secret):
                with self.subTest(name, user=user.login):
                    self.project.invalidate_cache()
                    self.assert_refused(user, name)

    def test_values_stay_out_of_reach_after_their_presence_was_read(self):
        for name in self.attempts(self.secret):
            with self.subTest(name):
                secret = self.secret.with_user(self.developer)
                self.assertTrue(secret.is_set)
                self.assert_refused(self.developer, name)

    def test_administrator_reads_values(self):
        secret = self.secret.with_user(self.manager)
        self.assertEqual(secret.value, "abcdefgh")
        self.assertEqual(secret.search([("value", "=", "abcdefgh")]), secret)

    def test_presence_is_no_secret(self):
        secrets = self.project.with_user(self.user).secret_ids
        self.assertEqual(secrets.mapped("is_set"), [True, False])

    def test_developer_adds_renames_describes_and_deletes_secrets(self):
        project = self.project.with_user(self.developer)
        project.secret_ids = [(0, 0, {"key": "NEW", "description": "new one"})]
        added = project.secret_ids[-1]
        added.write({"key": "RENAMED", "url": "https://example.com"})
        self.assertFalse(added.is_set)
        added.unlink()

    def test_developer_sets_no_value(self):
        secrets = self.secret.with_user(self.developer)
        for name in ("value", "initial_value"):
            with self.subTest(name), mute_logger(LOGGER):
                with self.assertRaises(AccessError):
                    secrets.write({name: "x"})
                with self.assertRaises(AccessError):
                    secrets.create({"key": "NEW", name: "x"})
                with self.assertRaises(AccessError):
                    secrets.with_context(**{"default_" + name: "x"}).create(
                        {"key": "NEW"}
                    )
                with self.assertRaises(AccessError):
                    secrets.project_id.secret_ids = [(1, secrets.id, {name: "x"})]
        self.assertEqual(self.secret.value, "abcdefgh")

    def test_copy_by_developer_has_no_value(self):
        copy = self.project.with_user(self.developer).copy()
        self.assertEqual(copy.secret_ids.mapped("key"), ["TOKEN", "EMPTY"])
        self.assertEqual(copy.sudo().secret_ids.mapped("value"), [False, False])

    def test_copy_data_by_developer_has_no_value(self):
        data = self.project.with_user(self.developer).copy_data()
        self.assertNotIn("abcdefgh", str(data))

    def test_copy_by_administrator_has_values(self):
        copy = self.project.with_user(self.manager).copy()
        self.assertEqual(copy.secret_ids.mapped("value"), ["abcdefgh", False])

    def test_values_come_by_no_view(self):
        for user in (self.user, self.developer):
            fields = self.secret.with_user(user).fields_get()
            self.assertFalse({"value", "initial_value"} & set(fields))


class TestSecretsInErrors(SecretCase):
    """An error of a client often holds the address it called, token included."""

    def call(self, error, trigger, handler):
        def context(project, secrets, eval_context):
            def call():
                raise error("GET https://example.com/abcdefgh")

            return {"call": call}

        task = self.make_task("def %s(): call()" % handler, self.project)
        trigger = self.make_trigger(trigger, task)
        with extension(self.project, context):
            with self.assertRaises(Exception) as caught:
                if handler == "handle_button":
                    trigger.with_user(self.developer).start()
                else:
                    self.perform(trigger.start())
        shown = "".join(format_exception(None, caught.exception, None))
        self.assertNotIn("abcdefgh", shown)
        self.assertIn("https://example.com/***", shown)
        return caught.exception

    def test_error_of_a_button(self):
        error = self.call(ValueError, "button", "handle_button")
        self.assertIsInstance(error, UserError)

    def test_error_of_a_queue_job(self):
        self.call(ValueError, "cron", "handle_cron")

    def test_error_that_is_tried_again(self):
        for error in (RetryableJobError, ConnectionError):
            caught = self.call(error, "cron", "handle_cron")
            self.assertIsInstance(caught, RetryableJobError)


class TestSecretsAndCode(SecretCase):
    """No way for task code, whatever its rights."""

    READING = (
        "secret.value",
        "secret.initial_value",
        "secret.read(['value'])",
        "secret.read()",
        "secret.mapped('value')",
        "secret.filtered('value')",
        "secret.search([('value', '=like', 'a%')])",
        "secret.search([], order='value')",
        "secret.read_group([], ['key'], ['value'])",
        "secret.search_read([], ['value'])",
        "env['sync.project'].sudo().search([('secret_ids.value', '=like', 'a%')])",
        "secret.with_context({}).value",
        "env(context={})['sync.project.secret'].sudo().browse(secret.id).value",
        "secret.with_user(1).value",
        "secret._read(['value'])",
        "secret._search_fetch([], ['value'])",
        "secret.project_id.read_form("
        "['secret_ids'], {'secret_ids': {'names': ['value'], 'limit': 1}})",
        "secret.export_data(['value'])",
        "getattr(secret, 'value')",
        "secret._fetch_field(secret._fields['value'])",
    )
    # These succeed, but give no value.
    HARMLESS = (
        "secret.copy_data()",
        "secret.copy({'key': 'COPY'})",
        "secret.key",
        "secret.is_set",
        "log.mask",
        "env.context['log_function'].mask",
        "env['sync.project']._read_values()",
        "task._make_run(job, {}, None, log)",
        "task._execute(None, log, 'f', [])",
        "job._open_log(None, {})",
    )

    def run_statement(self, statement, user):
        button = self.make_button(
            """
            def handle_button():
                secret = env["sync.project.secret"].sudo().browse(%s)
                task = env["sync.task"].sudo().search([], limit=1)
                job = env["sync.job"].sudo().search([], limit=1)
                result.append(%s)
            """
            % (self.secret.id, statement),
            project=self.project,
        )
        result = []
        with extension(self.project, lambda *args: {"result": result}):
            job = self.click(button, user)
        return job, result

    def test_code_reads_no_value(self):
        for user in (self.developer, self.manager, self.env.user):
            for statement in self.READING:
                with self.subTest(statement, user=user.login):
                    job, result = self.run_statement(statement, user)
                    self.assertEqual(result, [])
                    error = messages(job, "critical")[0]
                    self.assertRegex(error, "administrators may read|AccessError")

    def test_nothing_else_gives_a_value(self):
        for statement in self.HARMLESS:
            with self.subTest(statement):
                _job, result = self.run_statement(statement, self.env.user)
                self.assertNotIn("abcdefgh", str(result))
                copies = self.secret.search([("key", "=", "COPY")])
                self.assertFalse(copies.filtered("value"))

    def test_code_stores_a_fresh_token(self):
        self.run_statement("secret.write({'value': 'fresh'})", self.developer)
        self.assertEqual(self.secret.value, "fresh")

    def test_db_trigger_may_not_watch_secrets(self):
        with self.assertRaisesRegex(ValidationError, "choose another model"):
            self.make_automation(
                "def handle_db(records): pass", "on_unlink", "sync.project.secret"
            )
        trigger = self.make_automation("def handle_db(records): pass", "on_unlink")
        with self.assertRaisesRegex(ValidationError, "choose another model"):
            trigger.model_id = self.env["ir.model"]._get("sync.project.secret")

    def test_values_are_readable_again_after_a_run(self):
        self.run_statement("secret.value", self.manager)
        self.assertEqual(self.secret.with_user(self.manager).value, "abcdefgh")
