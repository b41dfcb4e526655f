# Copyright 2026 Sync Studio contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl.html)
"""Deliveries in their screens: who sees what of them, and who may replay them."""

from werkzeug.test import EnvironBuilder
from werkzeug.wrappers import Request

from odoo.exceptions import UserError

from .common import messages
from .test_access import AccessCase

RAW_FIELDS = ("environ", "body", "body_file", "answer_headers", "answer_body")
CODE = "def handle_webhook(httprequest): return httprequest.data"


class TestDelivery(AccessCase):
    def setUp(self):
        super().setUp()
        self.task.code = CODE
        self.webhook.write({"verification": "token", "signature_header": "X-Token"})
        self.webhook.secret_id = self.project.secret_ids

    def deliver(self, body=b"Hello", token="abcdefgh"):
        """Handle a request; return its delivery."""
        builder = EnvironBuilder(
            "/website/action-json/x",
            method="POST",
            data=body,
            headers={"X-Token": token},
            environ_base={"REMOTE_ADDR": "192.0.2.7"},
        )
        self.webhook._receive(Request(builder.get_environ()))
        return self.env["sync.webhook.delivery"].search([], limit=1)

    def test_who_reads(self):
        delivery = self.deliver()
        for user in (self.user, self.developer, self.manager):
            names = ["verdict", "headers", "body_text", "job_state", "display_name"]
            (values,) = self.call(user, delivery._name, "read", delivery.ids, names)
            self.assertEqual(values["verdict"], "accepted")
            self.assertEqual(values["body_text"], "Hello")
            self.assertNotIn("abcdefgh", values["headers"])
        self.assert_refused(self.stranger, delivery._name, "read", delivery.ids)

    def test_what_was_sent_as_it_is_is_for_administrators(self):
        delivery = self.deliver()
        for name in RAW_FIELDS:
            call = (delivery._name, "read", delivery.ids, [name])
            for user in (self.user, self.developer):
                self.assert_refused(user, *call)
            self.call(self.manager, *call)
            search = (delivery._name, "search", [(name, "like", "abc")])
            self.assert_refused(self.developer, *search)

    def test_code_does_not_read_what_was_sent_as_it_is(self):
        self.deliver()
        for name in ("environ", "body", "answer_headers", "answer_body"):
            self.task.code = """
def handle_button():
    delivery = env["sync.webhook.delivery"].sudo().search([], limit=1)
    log(delivery.verdict)
    log(delivery.%s)
""" % (
                name
            )
            job = self.click(self.button)
            self.assertEqual(messages(job)[0], "accepted")
            self.assertIn("no task code may", messages(job, "critical")[0], name)

    def test_handlers_do_not_get_the_secret(self):
        self.task.code = """
def handle_webhook(httprequest):
    return [httprequest.headers["X-Token"], httprequest.environ["HTTP_X_TOKEN"]]
"""
        delivery = self.deliver()
        self.assertEqual(delivery.status, 200)
        lines = delivery.job_ids.log_ids.mapped("message")
        self.assertIn('["********", "********"]', "\n".join(lines))
        request = delivery._to_request()
        self.assertEqual(request.headers["X-Token"], "********")

    def test_nobody_changes_what_came(self):
        delivery = self.deliver()
        for user in (self.user, self.developer, self.manager):
            values = {"body_text": "x"}
            self.assert_refused(user, delivery._name, "write", delivery.ids, values)
            self.assert_refused(user, delivery._name, "create", [values])
        self.assert_refused(self.developer, delivery._name, "unlink", delivery.ids)
        self.call(self.manager, delivery._name, "unlink", delivery.ids)

    def test_who_replays(self):
        delivery = self.deliver()
        replay = (delivery._name, "action_replay", delivery.ids)
        self.assert_refused(self.user, *replay)
        for number, user in enumerate((self.developer, self.manager), 1):
            self.call(user, *replay)
            self.assertEqual(len(delivery.job_ids), 1 + number)
        replays = delivery.job_ids.filtered("is_replay")
        self.assertEqual(replays.replay_of_id, delivery.job_ids - replays)

    def test_refused_ones_are_replayed_once_they_are_right(self):
        delivery = self.deliver(token="wrong")
        self.assertEqual((delivery.verdict, delivery.status), ("refused", 401))
        with self.assertRaisesRegex(UserError, "it is refused still"):
            delivery.action_replay()
        self.project.secret_ids.value = "wrong"
        delivery.action_replay()
        self.assertEqual(delivery.verdict, "accepted")

    def test_who_sends_the_test_request(self):
        test = (self.webhook._name, "action_send_test", self.webhook.ids)
        self.assert_refused(self.user, *test)
        action = self.call(self.developer, *test)
        delivery = self.env["sync.webhook.delivery"].browse(action["res_id"])
        self.assertEqual((delivery.verdict, delivery.status), ("accepted", 200))

    def test_test_request_that_cannot_be_signed(self):
        self.project.secret_ids.value = "no base64: ä"
        self.webhook.verification = "standard"
        with self.assertRaisesRegex(UserError, "the test request cannot be signed"):
            self.webhook.action_send_test()

    def test_counts(self):
        self.deliver()
        self.deliver(b"again")
        for record in (self.project, self.task, self.webhook):
            self.assertEqual(record.delivery_count, 2, record)


class TestSecretsOfWebhooks(AccessCase):
    def test_secrets_are_chosen_by_their_keys(self):
        secret = self.project.secret_ids
        self.webhook.with_user(self.developer).write(
            {"secret_id": secret.id, "old_secret_id": secret.id}
        )
        self.assertEqual(self.webhook.secret_key, "TOKEN")
        self.assertEqual(self.webhook.old_secret_key, "TOKEN")
        self.webhook.secret_key = "MISSING"
        self.assertFalse(self.webhook.secret_id)
        self.webhook.old_secret_id = False
        self.assertFalse(self.webhook.old_secret_key)
        self.webhook.secret_key = "TOKEN"
        self.assertEqual(self.webhook.secret_id, secret)

    def test_a_copied_project_has_its_own_secret(self):
        self.webhook.secret_key = "TOKEN"
        copy = self.project.copy()
        webhook = copy.task_ids.webhook_ids
        self.assertEqual(webhook.secret_id, copy.secret_ids)
