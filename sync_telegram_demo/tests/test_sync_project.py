# Copyright 2026 Sync Studio contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl.html)
"""The evaluation context "Telegram (Demo)"."""

import re
from unittest.mock import patch

from odoo.modules import get_resource_path
from odoo.tools import mute_logger

from odoo.addons.queue_job.exception import RetryableJobError
from odoo.addons.sync import sandbox
from odoo.addons.sync.tests.common import SyncCase

from ..clients.telegram_bot import (
    InsecureWebhook,
    MissingToken,
    TelegramBot,
    TelegramRefusal,
    TooManyRequests,
    WrongServer,
    WrongToken,
)
from .test_telegram_message import SIZED, STICKER, message_with

ADDON = "sync_telegram_demo"
TOKEN = "123:s3cr3t-token"
HOOK = "https://odoo.example.com/hook"
SEND = 'def handle_button(): log("%s" % telegram.sendMessage("7", "Hi"))'
SETUP = "def handle_button(): telegram.setWebhook('%s')" % HOOK
ADVICE = [
    (MissingToken(), "secret TELEGRAM_BOT_TOKEN is set"),
    (WrongToken("Unauthorized"), "Check the secret TELEGRAM_BOT_TOKEN"),
    (
        WrongServer("it is a shop"),
        "http://there: it is a shop. Check the param API_URL",
    ),
    (InsecureWebhook("http://x"), "Set the system parameter web.base.url"),
]
# (content of a message, what people read)
NOTES = [
    ({"text": "1 < 2"}, "1 &lt; 2"),
    ({"photo": [SIZED]}, "<i>Photo</i>"),
    ({"photo": [SIZED], "caption": "<3"}, "<i>Photo</i><br/>&lt;3"),
    ({"sticker": dict(STICKER, emoji="☕")}, "<i>Sticker: ☕</i>"),
    (
        {"document": {"file_id": "f", "file_unique_id": "u", "file_name": "<a>.txt"}},
        "<i>Document: &lt;a&gt;.txt</i>",
    ),
    ({"new_chat_title": "x"}, "<i>Message without text (new_chat_title)</i>"),
    ({}, "<i>Message without text (message)</i>"),
]


class TestSyncProject(SyncCase):
    def setUp(self):
        super().setUp()
        self.project = self.make_project(eval_context="telegram_demo")
        self.set("param", "API_URL", "http://there")
        self.set("secret", "TELEGRAM_BOT_TOKEN", TOKEN)

    def set(self, kind, key, value):
        values = {"project_id": self.project.id, "key": key, "value": value}
        return self.env["sync.project." + kind].create(values)

    def secret(self):
        """Give the secret of the webhook; none if nobody has made it up."""
        domain = [("project_id", "=", self.project.id)]
        domain += [("key", "=", "TELEGRAM_WEBHOOK_SECRET")]
        return self.env["sync.project.secret"].search(domain).value

    def run_code(self, code, method="send_message", answer="an answer", user=None):
        """Run code, as a developer if no other user; ``answer`` is the bot's."""
        button = self.make_button(code, project=self.project)
        effect = {"side_effect": [answer]}
        with patch.object(TelegramBot, method, autospec=True, **effect) as self.call:
            with mute_logger("odoo.addons.sync.models.sync_task"):
                return self.click(button, user or self.developer)

    def log_of(self, job):
        return "\n".join(self.lines(job))

    def test_call_reaches_the_bot(self):
        job = self.run_code(SEND)
        self.assertEqual(job.state, "done")
        self.assertIn("an answer", self.lines(job))
        bot, *arguments = self.call.call_args[0]
        self.assertEqual(arguments, ["7", "Hi"])
        self.assertEqual((bot.token, bot.url), (TOKEN, "http://there"))

    def test_without_url_it_is_telegram_itself(self):
        self.project.param_ids.value = False
        self.run_code(SEND)
        bot = self.call.call_args[0][0]
        self.assertEqual(bot.url, "https://api.telegram.org")

    def test_each_error_comes_with_advice(self):
        for error, advice in ADVICE:
            with self.subTest(advice=advice):
                job = self.run_code(SEND, answer=error)
                self.assertEqual(job.state, "failed")
                self.assertIn(advice, self.log_of(job))

    def test_code_can_catch_a_refusal(self):
        code = """
            def handle_button():
                try:
                    telegram.sendMessage("7", "Hi")
                except TelegramRefusal as refusal:
                    log("Refused: %s" % refusal)
        """
        job = self.run_code(code, answer=TelegramRefusal("blocked"))
        self.assertEqual(job.state, "done")
        self.assertIn("Refused: blocked", self.lines(job))

    def test_rate_limit_is_kept(self):
        effect = {"side_effect": TooManyRequests(7)}
        with patch.object(TelegramBot, "send_message", autospec=True, **effect):
            with self.assertRaises(RetryableJobError) as caught:
                self.names()["telegram"].sendMessage("7", "Hi")
        self.assertEqual(caught.exception.seconds, 7)

    def test_setup_makes_up_the_secret_of_the_webhook_once(self):
        self.assertFalse(self.secret())
        for _turn in range(2):
            job = self.run_code(SETUP, "set_webhook")
            self.assertEqual(job.state, "done")
            options = self.call.call_args[1]
            self.assertEqual(options, {"secret_token": self.secret()})
        self.assertTrue(re.fullmatch(r"[\w-]{32,256}", self.secret()))

    def test_setup_keeps_a_secret_that_is_set(self):
        self.set("secret", "TELEGRAM_WEBHOOK_SECRET", "mine")
        self.run_code(SETUP, "set_webhook")
        self.assertEqual(self.call.call_args[1]["secret_token"], "mine")
        self.assertEqual(self.secret(), "mine")

    def test_refused_webhook_comes_with_advice(self):
        refusal = TelegramRefusal("bad webhook")
        job = self.run_code(SETUP, "set_webhook", refusal)
        self.assertEqual(job.state, "failed")
        self.assertIn(HOOK + ": bad webhook. Check", self.log_of(job))

    def test_secrets_reach_neither_code_nor_log(self):
        code = """
            def handle_button():
                telegram.setWebhook("%s")
                secrets = env["sync.project.secret"].search([], order="id desc")
                log("value: %%s" %% secrets[0].value)
        """
        for user in (self.developer, self.manager):
            job = self.run_code(code % HOOK, "set_webhook", user=user)
            self.assertEqual(job.state, "failed")
            self.assertIn("odoo.exceptions.AccessError", self.log_of(job))
            self.assertFalse(
                [line for line in self.lines(job) if "value: " == line[:7]]
            )
            made_up = self.call.call_args[1]["secret_token"]
            for value in (TOKEN, made_up):
                self.assertNotIn(value, self.log_of(job))

    def test_messages_of_all_kinds_can_be_read_by_people(self):
        telegram = self.names()["telegram"]
        for content, html in NOTES:
            with self.subTest(content=content):
                self.assertEqual(telegram.message_html(message_with(**content)), html)

    def test_project_without_settings_can_run_other_code(self):
        project = self.make_project(eval_context="telegram_demo")
        code = 'def handle_button(): log("fine")'
        job = self.click(self.make_button(code, project=project))
        self.assertEqual(job.state, "done")

    def test_every_name_is_documented_for_all_users(self):
        text = self.project.with_user(self.user).eval_context_description
        names = self.names()
        for name in names.pop("telegram"):
            self.assertIn("telegram.%s(" % name, text)
        for name in names:
            self.assertIn(name, text)

    def test_uninstalling_keeps_the_projects(self):
        self.make_task("x = 1", project=self.project)
        domain = [("field_id.model", "=", "sync.project")]
        domain += [("field_id.name", "=", "eval_context")]
        domain += [("value", "=", "telegram_demo")]
        self.env["ir.model.fields.selection"].search(domain)._process_ondelete()
        self.assertFalse(self.project.eval_context)
        self.assertFalse(self.project.active)
        self.assertEqual(self.project.task_ids.code, "x = 1")

    def test_the_sandbox_accepts_the_code(self):
        for name in ("common_code", "setup", "telegram2odoo", "odoo2telegram"):
            with open(get_resource_path(ADDON, "tasks", name + ".py")) as source:
                with self.subTest(name=name):
                    self.assertIsNone(sandbox.check(source.read()))

    def names(self):
        """Give what the evaluation context adds."""
        eval_context = {"params": {}, "log_transmission": lambda *args: None}
        return self.project._eval_context_telegram_demo(
            {"TELEGRAM_BOT_TOKEN": TOKEN}, eval_context
        )


class TestDemoData(SyncCase):
    def test_project_comes_archived_and_its_webhook_verified(self):
        project = self.env.ref(ADDON + ".telegram_project")
        self.assertFalse(project.active)
        webhook = self.env.ref(ADDON + ".telegram_trigger_webhook")
        self.assertEqual(webhook.verification, "telegram")
        self.assertEqual(webhook.secret_key, "TELEGRAM_WEBHOOK_SECRET")
        self.assertEqual(webhook.duplicates, "sender")

    def test_only_the_token_has_to_be_entered(self):
        project = self.env.ref(ADDON + ".telegram_project")
        values = [*project.param_ids, *project.secret_ids]
        empty = [row.key for row in values if not (row.value or row.optional)]
        self.assertEqual(empty, ["TELEGRAM_BOT_TOKEN"])

    def test_each_value_is_described(self):
        project = self.env.ref(ADDON + ".telegram_project")
        rows = [*project.param_ids, *project.text_param_ids, *project.secret_ids]
        self.assertTrue(all(row.description for row in rows))
        self.assertTrue(all(row.url for row in project.secret_ids))
