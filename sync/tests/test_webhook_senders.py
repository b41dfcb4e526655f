# Copyright 2026 Sync Studio contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl.html)
"""Who proves a request how: published signatures, forgeries, handshakes and ids."""

import json
from base64 import b64encode
from datetime import datetime, timedelta, timezone
from urllib.parse import urlencode

from werkzeug.datastructures import Headers, MultiDict
from werkzeug.test import EnvironBuilder
from werkzeug.wrappers import Request

from odoo.tests import BaseCase

from ..webhook_senders import (
    SENDERS,
    SIGNATURE_HEADERS,
    Message,
    Options,
    Refused,
    delivery_id,
    handshake,
    header_or_path,
    needs_signature,
    sign,
    verify,
)

URL = "https://odoo.example.com/hook/abc"
DATE = datetime(2023, 11, 14, 22, 13, 20)  # 1700000000
BODY = b'{"a":1}'
SECRET = "s3cr3t"
OPTIONS = Options("X-Signature", "sha256=", "sha256", "hex", 300)
TEXT = "text/plain; charset=utf-8"
# A secret of each form that is not just any text
SECRETS = {
    "stripe": ("whsec_test", "whsec_next"),
    "standard": (
        "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw",
        b64encode(b"k" * 32).decode(),
    ),
}
STAMPED = ("slack", "standard", "stripe")
# What ``sign`` adds beside the proof
UNPROVING = ("webhook-id", "webhook-timestamp", "X-Slack-Request-Timestamp")


def make_message(headers=(), body=BODY, query=(), method="POST", urls=(URL,)):
    """Make a message that arrives at DATE."""
    args = MultiDict(query)
    return Message(method, list(urls), Headers(headers), args, body, DATE)


def make_json(data):
    return make_message(body=json.dumps(data).encode())


def secrets_of(sender):
    return SECRETS.get(sender, (SECRET, "an0ther"))


def signed(sender, options=OPTIONS, secret=None, **values):
    """Make a message that the sender has signed."""
    message = make_message(**values)
    headers = sign(sender, message, secret or secrets_of(sender)[0], options)
    return message._replace(
        headers=Headers(list(message.headers) + list(headers.items()))
    )


def with_header(message, name, *values):
    """Give a message with other values of a header."""
    headers = Headers(list(message.headers))
    headers.setlist(name, values)
    return message._replace(headers=headers)


def bit_flips(data):
    """Give every text or bytes that differ by one bit, but for NUL and line breaks."""
    for position in range(len(data)):
        for bit in range(7 if isinstance(data, str) else 8):
            if isinstance(data, bytes):
                flipped = bytes([data[position] ^ 1 << bit])
            else:
                flipped = chr(ord(data[position]) ^ 1 << bit)
                if not flipped.isprintable():
                    continue
            yield data[:position] + flipped + data[position + 1 :]


class TestVerification(BaseCase):
    def assertVerified(self, sender, message, *secrets, options=OPTIONS):
        self.assertIsNone(verify(sender, message, list(secrets), options))

    def assertRefused(self, sender, message, *secrets, options=OPTIONS, reason=""):
        with self.assertRaises(Refused) as refusal:
            verify(sender, message, list(secrets or secrets_of(sender)[:1]), options)
        text = str(refusal.exception)
        self.assertIn(reason, text)
        self.assertNotRegex(text, "[0-9A-Za-z+/]{27}")  # no signature is shorter
        for secret in filter(None, secrets):
            self.assertNotIn(secret, text)

    # Signatures that were published, or computed by another program

    def test_github(self):
        proof = "757107ea0eb2509fc211221cce984b8a37570b6d7586c22c46f4379c8b043e17"
        headers = {"X-Hub-Signature-256": "sha256=" + proof}
        message = make_message(headers, b"Hello, World!")
        self.assertVerified("github", message, "It's a Secret to Everybody")

        proof = "d42927434049e0b8c73ce887062238cc1c6bb6644bfe66e66d8dd0f30b85679e"
        message = make_message({"X-Hub-Signature-256": "sha256=" + proof})
        self.assertVerified("github", message, SECRET)
        message = make_message({"X-Hub-Signature-256": proof})
        self.assertRefused("github", message, SECRET, reason="does not match")

    def test_trello(self):
        headers = {"X-Trello-Webhook": "QQTa0ZEWUUgaZws1VfXABW4x00Y="}
        self.assertVerified("trello", make_message(headers), SECRET)

    def test_shopify(self):
        proof = "1CknQ0BJ4LjHPOiHBiI4zBxrtmRL/mbmbY3Q8wuFZ54="
        message = make_message({"X-Shopify-Hmac-Sha256": proof})
        self.assertVerified("shopify", message, SECRET)

    def test_stripe(self):
        proof = "38877139021993b830af32feea6e18a8da83eb2f6e49ee50bd9e4cf4ca4d3789"
        for header in (
            "t=1700000000,v1=%s" % proof,
            "t=1700000000,v1=%s,v1=%s,v0=%s" % ("0" * 64, proof, "1" * 64),
            "t=1700000000, v1=%s" % proof,
        ):
            message = make_message({"Stripe-Signature": header})
            self.assertVerified("stripe", message, "whsec_test")
        message = make_message({"Stripe-Signature": "t=1700000000,v0=%s" % proof})
        self.assertRefused("stripe", message, "whsec_test", reason="does not match")

    def test_slack(self):
        proof = "v0=e9059c43cd474a569209c909bf322c65b8cb12b70b2ffea21dad45a992d0bb04"
        headers = {
            "X-Slack-Signature": proof,
            "X-Slack-Request-Timestamp": "1700000000",
        }
        self.assertVerified("slack", make_message(headers), SECRET)

    def test_standard_webhooks(self):
        proof = "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="
        secret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
        headers = {
            "webhook-id": "msg_p5jXN8AQM9LWM0D4loKWxJek",
            "webhook-timestamp": "1614265330",
            "webhook-signature": proof,
        }
        message = make_message(headers, b'{"test": 2432232314}')
        message = message._replace(date=datetime.utcfromtimestamp(1614265330))
        self.assertVerified("standard", message, secret)
        self.assertVerified("standard", message, secret[len("whsec_") :])

        several = "v1a,%s v1,%s %s" % ("A" * 86, "B" * 43, proof)
        message = with_header(message, "webhook-signature", several)
        self.assertVerified("standard", message, secret)
        by_public_key = proof.replace("v1,", "v1a,")
        message = with_header(message, "webhook-signature", by_public_key)
        self.assertRefused("standard", message, secret, reason="does not match")

    def test_tokens(self):
        for sender, header in (
            ("telegram", "X-Telegram-Bot-Api-Secret-Token"),
            ("gitlab", "X-Gitlab-Token"),
        ):
            message = make_message({header: SECRET})
            self.assertVerified(sender, message, SECRET)
            message = make_message({header: SECRET + "!"})
            self.assertRefused(sender, message, SECRET, reason="is not the secret")
            self.assertRefused(sender, make_message(), SECRET, reason=header)

    # What all have in common

    def test_every_sender_accepts_what_it_signed(self):
        for sender in SENDERS:
            for body in (BODY, b"", b"\xff\x00" * 5000, "\u00fc\u4e2d".encode()):
                message = signed(sender, body=body)
                self.assertVerified(sender, message, *secrets_of(sender)[:1])

    def test_headers_as_a_server_has_them(self):
        for sender in SENDERS:
            headers = signed(sender).headers
            request = Request(EnvironBuilder(headers=headers).get_environ())
            message = make_message()._replace(headers=request.headers)
            self.assertVerified(sender, message, *secrets_of(sender)[:1])
            with_id = message._replace(body=b'{"id": "evt_1"}')
            self.assertEqual(header_or_path(with_id, "X-Other", "id"), "evt_1")
            self.assertRefused(sender, message, "another")
            self.assertTrue(sign(sender, message, secrets_of(sender)[0], OPTIONS))

    def test_one_of_several_secrets_is_enough(self):
        for sender in SENDERS:
            first, second = secrets_of(sender)
            message = signed(sender, secret=second)
            self.assertVerified(sender, message, first, second)
            self.assertVerified(sender, message, "", "*", second)
            self.assertRefused(sender, message, first)
            self.assertRefused(sender, message, first, "")

    def test_without_a_secret_nothing_is_proven(self):
        for sender in SENDERS:
            for secrets in ([], [""], ["", ""]):
                with self.assertRaisesRegex(Refused, "secret has no value"):
                    verify(sender, signed(sender), secrets, OPTIONS)

    def test_another_body_is_refused(self):
        for sender, kind in SENDERS.items():
            if kind.fixed.get("algorithm") or sender == "hmac":
                message = signed(sender)
                for body in bit_flips(BODY):
                    self.assertRefused(sender, message._replace(body=body))
                self.assertRefused(sender, message._replace(body=b""))

    def test_another_header_is_refused(self):
        for sender in SENDERS:
            message = signed(sender)
            for name, value in message.headers:
                for other in bit_flips(value):
                    self.assertRefused(sender, with_header(message, name, other))

    def test_another_secret_is_refused(self):
        for sender in SENDERS:
            message = signed(sender)
            for other in bit_flips(secrets_of(sender)[0]):
                # The prefix of such a secret is no part of the key.
                if sender != "standard" or other.startswith("whsec_"):
                    self.assertRefused(sender, message, other)

    def test_missing_repeated_and_empty_headers(self):
        for sender in SENDERS:
            message = signed(sender)
            for name, value in message.headers:
                for values, problem in (
                    ([], "is missing"),
                    ([""], "is empty"),
                    ([value, value], "came 2 times"),
                ):
                    other = with_header(message, name, *values)
                    reason = "The header %s %s" % (name, problem)
                    self.assertRefused(sender, other, reason=reason)

    def test_garbage_is_refused(self):
        garbage = [
            "\xff\xfe",
            "\u4e2d\u6587",
            "\ud800",
            "\x00",
            " ",
            ",",
            "=",
            "t=",
            "t=,v1=",
            "t=1700000000",
            "t=\u0661,v1=",
            "v1,",
            "9" * 100000,
            "1e9",
            "-1700000000",
            "x" * 1000000,
            "v1,x " * 10000,
        ]
        for sender in SENDERS:
            message = signed(sender)
            for name, _value in message.headers:
                for value in garbage if name != "webhook-id" else garbage[:4]:
                    self.assertRefused(sender, with_header(message, name, value))

    def test_the_reason_names_the_sender(self):
        message = make_message()
        reason = "X-Hub-Signature-256 is missing: set the same secret at GitHub"
        self.assertRefused("github", message, reason=reason)
        reason = "X-Signature is missing: set the same secret at the sender"
        self.assertRefused("hmac", message, reason=reason)

    # Time

    def test_time_stamps_within_the_tolerance(self):
        for sender in STAMPED:
            for seconds in (-300, -1, 0, 299, 300):
                late = timedelta(seconds=seconds)
                message = signed(sender)._replace(date=DATE + late)
                self.assertVerified(sender, message, *secrets_of(sender)[:1])

    def test_time_stamps_beyond_the_tolerance(self):
        reason = "The time stamp is %s s off; at most 300 s are allowed"
        for sender in STAMPED:
            for seconds in (301, -301, 10**8):
                message = signed(sender)
                message = message._replace(date=DATE + timedelta(seconds=seconds))
                self.assertRefused(sender, message, reason=reason % abs(seconds))

    def test_no_tolerance_means_any_time(self):
        for sender in STAMPED:
            message = signed(sender)._replace(date=DATE + timedelta(days=1000))
            options = OPTIONS._replace(tolerance=0)
            secret = secrets_of(sender)[0]
            self.assertVerified(sender, message, secret, options=options)

    def test_the_time_is_in_utc_and_its_fraction_does_not_count(self):
        late = timedelta(seconds=300, microseconds=999999)
        message = signed("slack")._replace(date=DATE + late)
        self.assertVerified("slack", message, SECRET)
        east = timezone(timedelta(hours=2))
        message = message._replace(date=DATE.replace(tzinfo=east))
        reason = "The time stamp is 7200 s off"
        self.assertRefused("slack", message, SECRET, reason=reason)
        headers = sign("slack", make_message(), SECRET, OPTIONS)
        self.assertEqual(headers["X-Slack-Request-Timestamp"], "1700000000")

    # What single senders do

    def test_github_sha1_counts_only_without_sha256(self):
        message = make_message({"X-Hub-Signature": "sha1=" + "0" * 40})
        self.assertRefused("github", message, reason="X-Hub-Signature does not match")
        options = OPTIONS._replace(
            header="X-Hub-Signature", prefix="sha1=", algorithm="sha1"
        )
        message = signed("hmac", options)
        self.assertVerified("github", message, SECRET)
        for other in ("", "sha256=" + "0" * 64):
            message.headers.set("X-Hub-Signature-256", other)
            self.assertRefused("github", message, reason="X-Hub-Signature-256")

    def test_trello_knows_the_webhook_by_any_of_its_addresses(self):
        message = signed("trello")
        others = ["https://odoo.example.com/hook/abd", "http://10.0.0.1:8069/hook/abc"]
        self.assertVerified("trello", message._replace(urls=others + [URL]), SECRET)
        message = message._replace(urls=others)
        self.assertRefused("trello", message, SECRET, reason="the address is the one")

    def test_secrets_of_standard_webhooks_are_base64(self):
        message = signed("standard")
        for secret in ("whsec_?", "whsec_", "no base64!", "abc", "\u4e2d"):
            with self.assertRaisesRegex(Refused, "is no base64"):
                verify("standard", message, [secret], OPTIONS)
            with self.assertRaisesRegex(Refused, "is no base64"):
                sign("standard", message, secret, OPTIONS)

    def test_signing_for_standard_webhooks_keeps_an_id(self):
        message = make_message({"webhook-id": "msg_1"})
        headers = sign("standard", message, secrets_of("standard")[0], OPTIONS)
        self.assertEqual(headers["webhook-id"], "msg_1")
        first, second = signed("standard"), signed("standard")
        self.assertNotEqual(first.headers["webhook-id"], second.headers["webhook-id"])

    def test_tokens_in_a_header_of_choice(self):
        options = OPTIONS._replace(header="Authorization", prefix="Bearer ")
        message = make_message({"Authorization": "Bearer " + SECRET})
        self.assertVerified("token", message, SECRET, options=options)
        for value in (SECRET, "Bearer", "Bearer  " + SECRET, "Basic " + SECRET):
            message = make_message({"Authorization": value})
            self.assertRefused("token", message, SECRET, options=options)
        # As PostgreSQL and Odoo give what was left empty
        options = Options("X-Token", False, False, False, False)
        self.assertVerified(
            "token", make_message({"X-Token": "a"}), "a", options=options
        )

    def test_tokens_of_any_letters(self):
        secret = "gr\u00fc\u00df \u4e2d"
        # What WSGI makes of UTF-8
        received = secret.encode().decode("latin-1")
        message = make_message({"X-Gitlab-Token": received})
        self.assertVerified("gitlab", message, secret)
        self.assertRefused("gitlab", make_message({"X-Gitlab-Token": secret}), secret)
        self.assertVerified("gitlab", signed("gitlab", secret=secret), secret)

    def test_tokens_that_no_header_can_hold(self):
        for secret in ("a\n", " a", "a\t", "a\r\nX-Evil: 1", "a\x00b"):
            reason = "begins or ends with white space or has a line break"
            message = make_message({"X-Gitlab-Token": "a"})
            with self.assertRaisesRegex(Refused, reason):
                verify("gitlab", message, [secret], OPTIONS)
            with self.assertRaisesRegex(Refused, reason):
                sign("gitlab", message, secret, OPTIONS)

    def test_every_algorithm_and_encoding(self):
        for algorithm in ("sha1", "sha256", "sha384", "sha512"):
            for encoding in ("hex", "base64", "base64url"):
                options = Options("X-Mac", "v=", algorithm, encoding, 0)
                message = signed("hmac", options)
                self.assertVerified("hmac", message, SECRET, options=options)
                for other in ("sha1", "sha512"):
                    if other != algorithm:
                        other = options._replace(algorithm=other)
                        self.assertRefused("hmac", message, SECRET, options=other)

    def test_encodings_as_some_write_them(self):
        proof = "d42927434049e0b8c73ce887062238cc1c6bb6644bfe66e66d8dd0f30b85679e"
        for encoding, value in (
            ("hex", proof),
            ("hex", proof.upper()),
            ("base64", "1CknQ0BJ4LjHPOiHBiI4zBxrtmRL/mbmbY3Q8wuFZ54="),
            ("base64", "1CknQ0BJ4LjHPOiHBiI4zBxrtmRL/mbmbY3Q8wuFZ54"),
            ("base64url", "1CknQ0BJ4LjHPOiHBiI4zBxrtmRL_mbmbY3Q8wuFZ54="),
            ("base64url", "1CknQ0BJ4LjHPOiHBiI4zBxrtmRL_mbmbY3Q8wuFZ54"),
        ):
            options = Options("X-Mac", "", "sha256", encoding, 0)
            message = make_message({"x-mac": value})
            self.assertVerified("hmac", message, SECRET, options=options)

    def test_a_header_has_to_be_chosen(self):
        for sender in ("token", "hmac"):
            for header in ("", False):
                options = OPTIONS._replace(header=header)
                reason = "Enter the name of the header"
                self.assertRefused(
                    sender, make_message(), options=options, reason=reason
                )
                with self.assertRaisesRegex(Refused, reason):
                    sign(sender, make_message(), SECRET, options)

    def test_titles(self):
        titles = [sender.title for sender in SENDERS.values()]
        self.assertEqual(len(set(titles)), 11)
        self.assertIn("Standard Webhooks", titles)

    def test_all_proving_headers_are_known(self):
        for sender in SENDERS:
            for name, _value in signed(sender).headers:
                if name not in UNPROVING + (OPTIONS.header,):
                    self.assertIn(name.lower(), SIGNATURE_HEADERS)
        self.assertLessEqual(
            {"x-hub-signature", "authorization", "proxy-authorization", "cookie"},
            SIGNATURE_HEADERS,
        )
        self.assertEqual(
            SIGNATURE_HEADERS, {name.lower() for name in SIGNATURE_HEADERS}
        )


class TestHandshake(BaseCase):
    challenge = {"hub.mode": "subscribe", "hub.challenge": "<b>1158201444</b>"}

    def test_github_pings(self):
        ping = make_message({"X-GitHub-Event": "ping"}, b'{"zen": "Keep it simple"}')
        self.assertEqual(handshake("github", ping, [SECRET]), ("pong", TEXT))
        self.assertTrue(needs_signature("github", ping))
        event = make_message({"X-GitHub-Event": "issues"})
        self.assertIsNone(handshake("github", event, [SECRET]))
        self.assertIsNone(handshake("gitlab", ping, [SECRET]))

    def test_slack_challenges(self):
        message = make_json({"type": "url_verification", "challenge": "<3eZbrw1aB"})
        self.assertEqual(handshake("slack", message, [SECRET]), ("<3eZbrw1aB", TEXT))
        self.assertTrue(needs_signature("slack", message))
        self.assertIsNone(handshake("stripe", message, [SECRET]))
        for data in (
            {"type": "event_callback", "challenge": "x"},
            {"type": "url_verification"},
            {"type": "url_verification", "challenge": ["x"]},
            ["url_verification"],
            None,
        ):
            self.assertIsNone(handshake("slack", make_json(data), [SECRET]))

    def test_woocommerce_pings_without_a_signature(self):
        message = make_message(body=b"webhook_id=17")
        self.assertEqual(handshake("woocommerce", message, [SECRET]), ("pong", TEXT))
        self.assertFalse(needs_signature("woocommerce", message))
        for body in (b'{"id":1}', b"webhook_id=17&a=1", b"webhook_id=", b""):
            message = make_message(body=body)
            self.assertIsNone(handshake("woocommerce", message, [SECRET]))
            self.assertTrue(needs_signature("woocommerce", message))

    def test_hub_challenges(self):
        message = make_message(query=self.challenge, method="GET", body=b"")
        for sender in ("hmac", "token"):
            expected = ("<b>1158201444</b>", TEXT)
            self.assertEqual(handshake(sender, message, []), expected)
            self.assertFalse(needs_signature(sender, message))
        self.assertIsNone(handshake("github", message, [SECRET]))
        self.assertTrue(needs_signature("github", message))

    def test_hub_challenges_with_a_verify_token(self):
        for token, secrets in (("b\u00fc", ["a", "b\u00fc"]), ("a", ["a"])):
            query = dict(self.challenge, **{"hub.verify_token": token})
            message = make_message(query=query, method="GET")
            self.assertFalse(needs_signature("hmac", message))
            self.assertTrue(handshake("hmac", message, secrets))
        for token, secrets in (
            ("b", ["a"]),
            ("", ["a"]),
            ("", [""]),
            ("", []),
            ("a", []),
            ("\ud800", ["a"]),
        ):
            query = dict(self.challenge, **{"hub.verify_token": token})
            message = make_message(query=query, method="GET")
            with self.assertRaisesRegex(Refused, "verify token .* is not the secret"):
                handshake("hmac", message, secrets)

    def test_hub_challenges_that_need_a_verify_token(self):
        message = make_message(query=self.challenge, method="GET")
        self.assertTrue(handshake("hmac", message, ["a"]))
        for token in (None, "", "b"):
            sent = {} if token is None else {"hub.verify_token": token}
            query = dict(self.challenge, **sent)
            message = make_message(query=query, method="GET")
            with self.assertRaisesRegex(Refused, "verify token .* is not the secret"):
                handshake("hmac", message, ["a"], needs_token=True)
        query = dict(self.challenge, **{"hub.verify_token": "a"})
        message = make_message(query=query, method="GET")
        self.assertTrue(handshake("hmac", message, ["a"], needs_token=True))
        ping = make_message(body=b"webhook_id=1")
        self.assertTrue(handshake("woocommerce", ping, ["a"], needs_token=True))

    def test_what_is_no_hub_challenge(self):
        for method, query in (
            ("POST", self.challenge),
            ("GET", {}),
            ("GET", {"hub.mode": "subscribe"}),
            ("GET", {"hub.mode": "subscribe", "hub.challenge": ""}),
            ("GET", {"hub.mode": "unsubscribe", "hub.challenge": "1"}),
        ):
            message = make_message(query=query, method=method)
            self.assertIsNone(handshake("hmac", message, [SECRET]))
            self.assertTrue(needs_signature("hmac", message))

    def test_most_requests_are_no_handshake(self):
        for sender in SENDERS:
            for body in (BODY, b"", b"\xff", b"[" * 100000, b"null", b'"ping"'):
                message = make_message(body=body)
                self.assertIsNone(handshake(sender, message, [SECRET]))
                self.assertTrue(needs_signature(sender, message))


class TestDeliveryId(BaseCase):
    def test_ids_in_headers(self):
        for sender, header in (
            ("github", "X-GitHub-Delivery"),
            ("shopify", "X-Shopify-Webhook-Id"),
            ("gitlab", "X-Gitlab-Event-UUID"),
            ("gitlab", "Idempotency-Key"),
            ("woocommerce", "X-WC-Webhook-Delivery-ID"),
            ("standard", "webhook-id"),
        ):
            message = make_message({header: "72d3162e-cc78"})
            self.assertEqual(delivery_id(sender, message), "72d3162e-cc78")
            self.assertEqual(delivery_id(sender, make_message()), "")

    def test_gitlab_prefers_the_key_that_stays_the_same(self):
        headers = {"X-Gitlab-Event-UUID": "a", "Idempotency-Key": "b"}
        self.assertEqual(delivery_id("gitlab", make_message(headers)), "b")

    def test_ids_in_the_body(self):
        for sender, data, expected in (
            ("trello", {"action": {"id": "51f9424bcd6e040f3c002412"}}, None),
            ("telegram", {"update_id": 123456789012345678901}, "123456789012345678901"),
            ("stripe", {"id": "evt_1", "data": {"object": {"id": "in_1"}}}, "evt_1"),
            ("slack", {"event_id": "Ev08MFMKH6"}, "Ev08MFMKH6"),
        ):
            expected = expected or data["action"]["id"]
            self.assertEqual(delivery_id(sender, make_json(data)), expected)
            self.assertEqual(delivery_id(sender, make_json({"ID": "x"})), "")

    def test_senders_without_ids(self):
        message = make_message({"X-Request-Id": "1"}, b'{"id": 1}')
        for sender in ("token", "hmac"):
            self.assertEqual(delivery_id(sender, message), "")

    def test_headers_of_choice(self):
        message = make_message({"X-Request-Id": "a"}, b'{"id": "b"}')
        self.assertEqual(header_or_path(message, header="x-request-id"), "a")
        self.assertEqual(header_or_path(message, header="X-Other"), "")
        self.assertEqual(header_or_path(message, "X-Other", "id"), "b")
        self.assertEqual(header_or_path(message), "")

    def test_paths(self):
        message = make_json(
            {
                "data": {"items": [{"id": 7}, {"id": 1.50}]},
                "id": "",
                "no": None,
                "on": True,
            }
        )
        for path, expected in (
            ("data.items[0].id", "7"),
            ("data.items.0.id", "7"),
            ("data.items[1].id", "1.5"),
            ("data.items[2].id", ""),
            ("data.items[-1].id", ""),
            ("data.items[%s].id" % ("9" * 12), ""),
            ("data.items[\u0661].id", ""),
            ("data.items", ""),
            ("data.items.id", ""),
            ("data.other.id", ""),
            ("id", ""),
            ("id.id", ""),
            ("no", ""),
            ("on", ""),
            ("", ""),
            ("..[]", ""),
        ):
            self.assertEqual(header_or_path(message, path=path), expected, path)
        self.assertEqual(header_or_path(make_json([{"id": "a"}]), path="[0].id"), "a")

    def test_bodies_without_json(self):
        for body in (b"", b"\xff\xfe\xfd", b"{", b"id=1", b"[" * 100000, b"NaN"):
            self.assertEqual(header_or_path(make_message(body=body), path="id"), "")
            self.assertEqual(delivery_id("stripe", make_message(body=body)), "")

    def test_numbers_stay_as_they_were_sent(self):
        for number in ("1.0", "1e400", "-0", "9" * 150):
            message = make_message(body=b'{"id": %s}' % number.encode())
            self.assertEqual(header_or_path(message, path="id"), number)
        message = make_message(body=b'{"id": NaN}')
        self.assertEqual(header_or_path(message, path="id"), "")

    def test_forms_with_a_payload(self):
        form = {"Content-Type": "application/x-www-form-urlencoded; charset=utf-8"}
        body = urlencode({"payload": json.dumps({"id": "\u00fc+1"}), "id": 2}).encode()
        message = make_message(form, body)
        self.assertEqual(header_or_path(message, path="id"), "\u00fc+1")
        for body in (
            b"id=2",
            b"payload=",
            b"payload=x",
            b"payload",
            b"%ff=%ff",
            b"",
        ):
            self.assertEqual(header_or_path(make_message(form, body), path="id"), "")

    def test_forms_of_very_many_fields_are_not_read(self):
        form = {"Content-Type": "application/x-www-form-urlencoded"}
        for fields, expected in ((999, "1"), (1000, "")):
            body = b"a=1&" * fields + b"payload={%22id%22:1}"
            message = make_message(form, body)
            self.assertEqual(header_or_path(message, path="id"), expected)

    def test_ids_that_no_database_can_store(self):
        message = make_json({"id": "a\x00\ud800b"})
        self.assertEqual(header_or_path(message, path="id"), "a\\0\\ud800b")
        short, long, other = "x" * 200, "x" * 201, "x" * 200 + "y"
        ids = [
            header_or_path(make_json({"id": each}), path="id")
            for each in (short, long, long, other)
        ]
        self.assertEqual(ids[0], short)
        self.assertEqual(ids[1], ids[2])
        self.assertEqual(len(set(ids)), 3)
        self.assertLessEqual(max(map(len, ids)), 200)
