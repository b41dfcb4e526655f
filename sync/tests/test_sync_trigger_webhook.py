# Copyright 2026 Sync Studio contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl.html)
"""Webhook triggers: their addresses, tokens and records; tests/ has the requests."""

from types import SimpleNamespace

from psycopg2 import IntegrityError
from werkzeug.test import EnvironBuilder
from werkzeug.wrappers import Request

from odoo import http
from odoo.exceptions import UserError, ValidationError
from odoo.tools import mute_logger

from .common import SyncCase, messages

ECHO = "def handle_webhook(httprequest): return httprequest.data.decode()"


class WebhookCase(SyncCase):
    def make_webhook(self, code=ECHO, **values):
        return self.make_trigger("webhook", self.make_task(code), **values)

    def request(self, start):
        """Call ``start`` during a request; give the response."""
        builder = EnvironBuilder("/website/action-json/x", method="POST", data=b"hello")
        httprequest = Request(builder.get_environ())
        httprequest.get_data(cache=True)
        http._request_stack.push(
            SimpleNamespace(endpoint=None, httprequest=httprequest)
        )
        try:
            return start()
        finally:
            http._request_stack.pop()


class TestAddress(WebhookCase):
    def test_address_has_type_and_token(self):
        webhook = self.make_webhook()
        base_url = self.env["ir.config_parameter"].get_param("web.base.url")
        for kind in ("json", "http"):
            webhook.webhook_type = kind
            url = "%s/website/action-%s/%s" % (base_url, kind, webhook.website_path)
            self.assertEqual(webhook.website_url, url)

    def test_json_is_the_default(self):
        self.assertEqual(self.make_webhook().webhook_type, "json")

    def test_each_webhook_has_a_token_of_its_own(self):
        first, second = self.make_webhook(), self.make_webhook()
        self.assertRegex(first.website_path, "^[0-9a-f-]{36}$")
        self.assertNotEqual(first.website_path, second.website_path)
        with self.assertRaises(IntegrityError), mute_logger("odoo.sql_db"):
            with self.env.cr.savepoint():
                second.website_path = first.website_path
                second.flush()

    def test_token_is_never_empty(self):
        webhook = self.make_webhook()
        with self.assertRaises(IntegrityError), mute_logger("odoo.sql_db"):
            with self.env.cr.savepoint():
                webhook.website_path = False
                webhook.flush()

    def test_copies_get_new_tokens(self):
        webhook = self.make_webhook()
        copied = webhook.sync_task_id.project_id.copy().task_ids.webhook_ids
        self.assertNotEqual(copied.website_path, webhook.website_path)
        self.assertNotEqual(webhook.copy().website_path, webhook.website_path)

    def test_new_token(self):
        webhooks = self.make_webhook() + self.make_webhook()
        tokens = webhooks.mapped("website_path")
        webhooks.with_user(self.developer).action_website_path()
        new_tokens = webhooks.mapped("website_path")
        self.assertEqual(len(set(tokens + new_tokens)), 4)

    def test_body_limit(self):
        webhook = self.make_webhook()
        self.assertEqual(webhook.body_limit, 25)
        with self.assertRaisesRegex(ValidationError, "TEST_WEBHOOK"):
            webhook.body_limit = 0

    def test_name_is_made_or_given(self):
        self.assertEqual(
            self.make_webhook().name, "Sync Studio: Test project -> TEST_WEBHOOK"
        )
        self.assertEqual(self.make_webhook(name="Mine").name, "Mine")

    def test_stored_code(self):
        webhook = self.make_webhook()
        self.assertEqual(
            webhook.code,
            "action = env['sync.trigger.webhook'].browse(%s).start()" % webhook.id,
        )
        self.assertEqual(webhook.groups_id, self.env.ref("base.group_public"))
        self.assertEqual(webhook.model_id.model, "res.partner")


class TestHandling(WebhookCase):
    def test_response_of_the_handler(self):
        webhook = self.make_webhook()
        response = self.request(webhook.start)
        self.assertEqual((response.status_code, response.data), (200, b"hello"))
        job = self.jobs_of(webhook)
        self.assertEqual((job.state, job.function), ("done", "handle_webhook"))

    def test_stored_code_starts_the_trigger(self):
        webhook, public = self.make_webhook(), self.env.ref("base.public_user")
        code = (
            "\naction = env['sync.trigger.webhook'].browse(%s).start()\n" % webhook.id
        )
        for stored in (webhook.code, code):
            webhook.code = stored
            action = webhook.action_server_id.with_user(public).sudo()
            response = self.request(action.run)
            self.assertEqual(response.data, b"hello")

    def test_webhooks_run_with_all_rights_as_who_calls(self):
        webhook = self.make_webhook(
            "def handle_webhook(httprequest): return [env.su, user.login]"
        )
        public = self.env.ref("base.public_user")
        response = self.request(webhook.with_user(public).sudo().start)
        self.assertEqual(response.data, b'[true, "public"]')

    def test_failed_run_keeps_its_log(self):
        webhook = self.make_webhook(
            """
            def handle_webhook(httprequest):
                env["res.partner"].create({"name": "Half done"})
                1 / 0
            """
        )
        response = self.request(webhook.start)
        job = self.jobs_of(webhook)
        self.assertEqual(response.status_code, 500)
        self.assertEqual(response.data, b'{"job": %d}' % job.id)
        self.assertIn("ZeroDivisionError", messages(job, "critical")[0])
        self.assertFalse(self.env["res.partner"].search([("name", "=", "Half done")]))

    def test_disabled_webhook_is_not_found(self):
        webhook = self.make_webhook()
        for record in (
            webhook,
            webhook.sync_task_id,
            webhook.sync_task_id.project_id,
        ):
            record.active = False
            self.assertEqual(self.request(webhook.start).status_code, 404)
            record.active = True
        self.assertFalse(self.jobs_of(webhook))

    def test_request_and_response_are_logged(self):
        webhook = self.make_webhook()
        self.request(webhook.start)
        lines = self.jobs_of(webhook).log_ids
        types = dict(zip(lines.mapped("type"), lines.mapped("message")))
        self.assertIn("POST /website/action-json/x, 5 bytes", types["data_in"])
        self.assertIn("hello", types["data_out"])

    def test_webhook_cannot_be_run_by_hand(self):
        with self.assertRaisesRegex(UserError, "TEST_WEBHOOK"):
            self.make_webhook().start_button()
