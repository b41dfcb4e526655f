# Copyright 2026 Sync Studio contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl.html)
"""The inbox of webhooks over real HTTP: stored, verified, known again, replayed."""

import hashlib
import hmac
import json
import os
import random
import socket
import string
from base64 import b64encode
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from urllib.parse import urlsplit

import pytest
import requests
from requests.adapters import HTTPAdapter
from servers import query, until
from urllib3.util import Retry

KINDS = ["json", "http"]
MODES = ["immediate", "queued"]
ECHO = """
def handle_webhook(httprequest):
    log("body " + b64encode(httprequest.data).decode())
    return httprequest.data
"""
SLOW = """
def handle_webhook(httprequest):
    log("started")
    for _turn in range(%s * 10):
        env.cr.execute("SELECT pg_sleep(0.1)")
    return {"at": str(datetime.datetime.now())}
"""
BODY = b'{"a":1}'
ANY_TIME = {"tolerance": 0}

# The senders' own examples and those computed from their rules: what is set at the
# webhook, the secret, the headers, the body.
VECTORS = {
    "github": (
        {},
        "It's a Secret to Everybody",
        {
            "X-Hub-Signature-256": "sha256="
            "757107ea0eb2509fc211221cce984b8a37570b6d7586c22c46f4379c8b043e17"
        },
        b"Hello, World!",
    ),
    "trello": (
        {"callback_url": "https://odoo.example.com/hook/abc"},
        "s3cr3t",
        {"X-Trello-Webhook": "QQTa0ZEWUUgaZws1VfXABW4x00Y="},
        BODY,
    ),
    "telegram": ({}, "s3cr3t", {"X-Telegram-Bot-Api-Secret-Token": "s3cr3t"}, BODY),
    "stripe": (
        ANY_TIME,
        "whsec_test",
        {
            "Stripe-Signature": "t=1700000000,v0=00,v1="
            "38877139021993b830af32feea6e18a8da83eb2f6e49ee50bd9e4cf4ca4d3789"
        },
        BODY,
    ),
    "shopify": (
        {},
        "s3cr3t",
        {"X-Shopify-Hmac-Sha256": "1CknQ0BJ4LjHPOiHBiI4zBxrtmRL/mbmbY3Q8wuFZ54="},
        BODY,
    ),
    "slack": (
        ANY_TIME,
        "s3cr3t",
        {
            "X-Slack-Request-Timestamp": "1700000000",
            "X-Slack-Signature": "v0="
            "e9059c43cd474a569209c909bf322c65b8cb12b70b2ffea21dad45a992d0bb04",
        },
        BODY,
    ),
    "gitlab": ({}, "s3cr3t", {"X-Gitlab-Token": "s3cr3t"}, BODY),
    "woocommerce": (
        {},
        "s3cr3t",
        {"X-WC-Webhook-Signature": "1CknQ0BJ4LjHPOiHBiI4zBxrtmRL/mbmbY3Q8wuFZ54="},
        BODY,
    ),
    "standard": (
        ANY_TIME,
        "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw",
        {
            "webhook-id": "msg_p5jXN8AQM9LWM0D4loKWxJek",
            "webhook-timestamp": "1614265330",
            "webhook-signature": "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=",
        },
        b'{"test": 2432232314}',
    ),
    "token": (
        {"signature_header": "Authorization", "signature_prefix": "Bearer "},
        "s3cr3t",
        {"Authorization": "Bearer s3cr3t"},
        BODY,
    ),
    "hmac": (
        {"signature_header": "X-Signature", "signature_prefix": "sha256="},
        "s3cr3t",
        {
            "X-Signature": "sha256="
            "d42927434049e0b8c73ce887062238cc1c6bb6644bfe66e66d8dd0f30b85679e"
        },
        BODY,
    ),
}
BY_TOKEN = ("telegram", "gitlab", "token")
# Where a sender numbers its requests.
NUMBERED = {
    "github": ({"X-GitHub-Delivery": "72d3162e"}, b"{}"),
    "trello": ({}, b'{"action": {"id": "4f2e454cefab2bb"}}'),
    "telegram": ({}, b'{"update_id": 10000}'),
    "stripe": ({}, b'{"id": "evt_1"}'),
    "shopify": ({"X-Shopify-Webhook-Id": "b54557e4"}, b"{}"),
    "slack": ({}, b'{"event_id": "Ev08MFMKH6"}'),
    "gitlab": ({"X-Gitlab-Event-UUID": "1378d2b5"}, b"{}"),
    "woocommerce": ({"X-WC-Webhook-Delivery-ID": "9d0f2c"}, b"{}"),
}


@pytest.fixture
def make_verified(make_webhook):
    """Function that makes a webhook for a sender, and its right request."""

    def make(sender, code=ECHO, **values):
        settings, secret, headers, body = VECTORS[sender]
        hook = make_webhook(
            code,
            secrets={"KEY": secret},
            verification=sender,
            secret_key="KEY",
            **settings,
            **values,
        )
        return hook, headers, body

    return make


def flipped(data):
    """Return bytes or text with one bit changed."""
    if isinstance(data, str):
        return flipped(data.encode()).decode()
    return data[:-1] + bytes([data[-1] ^ 1])


def set_secret(hook, value):
    """Give the project's secret another value."""
    ids = hook.admin(
        "sync.project.secret", "search", [("project_id", "=", hook.project_id)]
    )
    hook.admin("sync.project.secret", "write", ids, {"value": value})


def finished(hook, count=1):
    """Wait until so many jobs of a webhook are finished; return their states."""

    def states():
        found = [job["state"] for job in hook.jobs()]
        done = all(state not in ("pending", "enqueued", "started") for state in found)
        return len(found) >= count and done and found

    return until(states, 60, "the jobs of a webhook", pause=0.2)


class TestVerification:
    @pytest.mark.parametrize("mode", MODES)
    @pytest.mark.parametrize("kind", KINDS)
    @pytest.mark.parametrize("sender", VECTORS)
    def test_examples(self, make_verified, sender, kind, mode):
        hook, headers, body = make_verified(sender, webhook_type=kind, mode=mode)
        response = hook(body, headers=headers)
        if mode == "immediate":
            assert (response.status_code, response.content) == (200, body)
        else:
            (delivery,) = hook.deliveries()
            assert response.status_code == 202
            assert response.json() == {"delivery": delivery["id"]}
        assert finished(hook) == ["done"]
        assert "body " + b64encode(body).decode() in hook.messages()
        assert hook.verdicts() == [("accepted", response.status_code)]

    @pytest.mark.parametrize("mode", MODES)
    @pytest.mark.parametrize("sender", VECTORS)
    def test_changed_requests_are_refused(self, make_verified, sender, mode):
        hook, headers, body = make_verified(sender, mode=mode)
        *others, proof = headers
        wrong = [dict(headers, **{proof: flipped(headers[proof])})]
        wrong += [{name: headers[name] for name in others}]
        responses = [hook(body, headers=changed) for changed in wrong]
        if sender not in BY_TOKEN:
            responses.append(hook(flipped(body), headers=headers))
        set_secret(hook, flipped(VECTORS[sender][1]))
        responses.append(hook(body, headers=headers))
        set_secret(hook, False)
        responses.append(hook(body, headers=headers))
        for response in responses:
            assert (response.status_code, response.text) == (401, "Not authorized")
        assert hook.verdicts() == [("refused", 401)] * len(responses)
        assert all(delivery["reason"] for delivery in hook.deliveries())
        assert hook.jobs() == []

    def test_reason_names_the_secret_that_has_no_value(self, make_verified):
        hook, headers, body = make_verified("github")
        hook.write(secret_key="MISSING")
        assert hook(body, headers=headers).status_code == 401
        assert "MISSING" in hook.deliveries()[0]["reason"]

    def test_time_stamp_must_be_near(self, make_verified):
        hook, headers, body = make_verified("stripe")
        hook.write(tolerance=300)
        assert hook(body, headers=headers).status_code == 401
        assert "300" in hook.deliveries()[0]["reason"]

    def test_rotation(self, make_verified):
        hook, headers, body = make_verified("github")
        rows = [(0, 0, {"key": "NEW", "value": "new secret"})]
        hook.admin("sync.project", "write", [hook.project_id], {"secret_ids": rows})
        hook.write(secret_key="NEW", old_secret_key="KEY")
        assert hook(body, headers=headers).status_code == 401
        for days, status in ((1, 200), (-1, 401)):
            until = datetime.utcnow() + timedelta(days=days)
            hook.write(old_secret_until=until.strftime("%Y-%m-%d %H:%M:%S"))
            assert hook(body, headers=headers).status_code == status

    def test_trello_knows_the_address_of_the_webhook(self, make_verified):
        hook, _headers, _body = make_verified("trello")
        hook.write(callback_url=False)
        result = hook.admin("sync.trigger.webhook", "action_send_test", [hook.id])
        assert result["res_model"] == "sync.webhook.delivery"
        assert hook.verdicts() == [("accepted", 200)]

    def test_signatures_are_not_shown(self, make_verified):
        for sender in VECTORS:
            hook, headers, body = make_verified(sender)
            hook(body, headers=headers)
            (delivery,) = hook.deliveries("headers", "path", "body_text")
            proof = list(headers.values())[-1]
            assert proof not in delivery["headers"]
            assert list(headers)[-1].lower() in delivery["headers"].lower()


class TestHandshakes:
    def test_head(self, make_verified):
        hook, _headers, _body = make_verified("trello")
        response = hook(method="HEAD")
        assert (response.status_code, response.content) == (200, b"")
        assert hook.verdicts() == [("handshake", 200)]

    def test_github_ping(self, make_verified):
        hook, headers, body = make_verified("github")
        response = hook(body, headers={"X-GitHub-Event": "ping", **headers})
        assert response.status_code == 200
        response = hook(b"forged", headers={"X-GitHub-Event": "ping", **headers})
        assert response.status_code == 401
        assert hook.verdicts() == [("handshake", 200), ("refused", 401)]
        assert hook.jobs() == []

    def test_slack_challenge(self, make_verified):
        hook, _headers, _body = make_verified("slack")
        challenge = {"type": "url_verification", "challenge": "<b>3eZbrw1a</b>"}
        hook.write(sample_body=json.dumps(challenge))
        hook.admin("sync.trigger.webhook", "action_send_test", [hook.id])
        assert hook.deliveries()[0]["reason"] is False
        assert hook.verdicts() == [("handshake", 200)]
        assert hook(json.dumps(challenge)).status_code == 401

    def test_hub_challenge(self, make_verified):
        hook, _headers, _body = make_verified("hmac")
        params = {"hub.mode": "subscribe", "hub.challenge": "<b>7</b>"}
        response = hook(method="GET", params=dict(params, **{"hub.verify_token": "x"}))
        assert response.status_code == 401
        params["hub.verify_token"] = "s3cr3t"
        response = hook(method="GET", params=params)
        assert (response.status_code, response.text) == (200, "<b>7</b>")
        assert response.headers["Content-Type"].startswith("text/plain")
        assert response.headers["X-Content-Type-Options"] == "nosniff"
        assert hook.jobs() == []

    def test_hub_challenge_for_the_handler(self, make_verified):
        hook, _headers, _body = make_verified("hmac", handshake="handler")
        params = {"hub.mode": "subscribe", "hub.challenge": "7"}
        assert hook(method="GET", params=params).status_code == 401
        params["hub.verify_token"] = "s3cr3t"
        assert hook(method="GET", params=params).status_code == 200
        assert hook.verdicts() == [("refused", 401), ("accepted", 200)]

    def test_handler_may_answer(self, make_verified):
        hook, headers, body = make_verified("github", handshake="handler")
        response = hook(body, headers={"X-GitHub-Event": "ping", **headers})
        assert response.content == body
        assert hook.verdicts() == [("accepted", 200)]

    def test_without_verification_all_goes_to_the_handler(self, make_webhook):
        hook = make_webhook(ECHO)
        assert hook(b"x", headers={"X-GitHub-Event": "ping"}).content == b"x"
        assert hook(method="GET", params={"hub.challenge": "7"}).text == ""


class TestDuplicates:
    @pytest.mark.parametrize("mode", MODES)
    def test_50_equal_requests_at_once(self, make_webhook, mode):
        hook = make_webhook(
            SLOW % 1, mode=mode, duplicates="header", duplicate_header="X-Id"
        )
        # Odoo lets 8 connections a worker wait; a reset one was never received.
        sender = requests.Session()
        again = Retry(read=9, backoff_factor=0.1, allowed_methods=["POST"])
        sender.mount("http://", HTTPAdapter(max_retries=again))

        def call(_number):
            return hook(b"same", headers={"X-Id": "7"}, session=sender)

        with ThreadPoolExecutor(50) as pool:
            responses = list(pool.map(call, range(50)))
        assert len({response.text for response in responses}) == 1
        status = 200 if mode == "immediate" else 202
        assert {response.status_code for response in responses} == {status}
        assert finished(hook) == ["done"]
        verdicts = hook.verdicts()
        assert verdicts.count(("accepted", status)) == 1
        assert verdicts.count(("duplicate", status)) == 49

    def test_those_that_waited_get_the_failure_too(self, make_webhook):
        code = (SLOW % 1).replace("return", "1 / 0 #")
        hook = make_webhook(code, duplicates="header", duplicate_header="X-Id")
        with ThreadPoolExecutor(2) as pool:
            call = lambda _number: hook(headers={"X-Id": "7"})  # noqa: E731
            first, second = pool.map(call, range(2))
        assert (first.status_code, second.status_code) == (500, 500)
        assert first.text == second.text
        assert len(hook.jobs()) == 1

    def test_first_answer_is_given_whole(self, make_webhook):
        code = """
        def handle_webhook(httprequest):
            return bytes(range(256)), 201, [("X-One", "1"), ("Set-Cookie", "a=b")]
        """
        hook = make_webhook(code, duplicates="path", duplicate_path="event.id")
        first, second = (hook(b'{"event": {"id": 7}}') for _number in range(2))
        for response in (first, second):
            assert response.status_code == 201
            assert response.content == bytes(range(256))
            assert response.headers["X-One"] == "1"
            assert response.cookies["a"] == "b"
        assert len(hook.jobs()) == 1
        assert hook(b'{"event": {"id": 8}}').status_code == 201
        assert len(hook.jobs()) == 2

    @pytest.mark.parametrize("sender", NUMBERED)
    def test_number_of_the_sender(self, make_webhook, sender):
        """A request without a verified sender has no number, another number runs."""
        headers, body = NUMBERED[sender]
        hook = make_webhook(
            ECHO, verification=sender, secret_key="KEY", secrets={"KEY": "s3cr3t"}
        )
        assert hook(body, headers=headers).status_code == 401
        signed = sign(hook, sender, body, headers)
        for _turn in range(2):
            assert hook(body, headers=signed).status_code == 200
        assert len(hook.jobs()) == 1
        assert [verdict for verdict, _status in hook.verdicts()] == [
            "refused",
            "accepted",
            "duplicate",
        ]

    def test_failed_run_is_no_answer_for_ever(self, make_webhook):
        """A sender that tries again after a failure must not get the failure again."""
        code = "def handle_webhook(r): return 1 / int(params.ZERO)"
        hook = make_webhook(
            code,
            params={"ZERO": "0"},
            duplicates="header",
            duplicate_header="X-Id",
        )
        assert hook(headers={"X-Id": "1"}).status_code == 500
        domain = [("project_id", "=", hook.project_id)]
        ids = hook.admin("sync.project.param", "search", domain)
        hook.admin("sync.project.param", "write", ids, {"value": "1"})
        assert hook(headers={"X-Id": "1"}).status_code == 200
        assert hook(headers={"X-Id": "1"}).status_code == 200
        assert hook.verdicts() == [
            ("accepted", 500),
            ("accepted", 200),
            ("duplicate", 200),
        ]

    def test_memory_ends(self, make_webhook):
        hook = make_webhook(ECHO, duplicates="header", duplicate_header="X-Id")
        hook(headers={"X-Id": "1"})
        query(
            hook.database,
            "UPDATE sync_webhook_delivery SET date = date - interval '73 hours'"
            " WHERE trigger_webhook_id = %s",
            [hook.id],
        )
        hook(headers={"X-Id": "1"})
        assert [verdict for verdict, _ in hook.verdicts()] == ["accepted", "accepted"]

    def test_longest_numbers(self, make_webhook):
        hook = make_webhook(ECHO, duplicates="header", duplicate_header="X-Id")
        noise = "".join(random.choices(string.ascii_letters, k=8000))
        for number in (noise, noise, noise + "2"):
            assert hook(headers={"X-Id": number}).status_code == 200
        assert len(hook.jobs()) == 2


class TestLimits:
    def test_body(self, make_webhook):
        hook = make_webhook(ECHO, body_limit=1)
        assert hook(b"x" * (1024 * 1024 + 1)).status_code == 413
        assert hook.verdicts() == [("too_large", 413)]
        assert "1 MB" in hook.deliveries()[0]["reason"]

    def test_requests_per_minute(self, make_webhook):
        hook = make_webhook(ECHO, rate_limit=3)
        responses = [hook() for _number in range(5)]
        assert [response.status_code for response in responses] == [200] * 3 + [429] * 2
        assert 1 <= int(responses[-1].headers["Retry-After"]) <= 61
        query(
            hook.database,
            "UPDATE sync_webhook_delivery SET date = date - interval '1 minute'"
            " WHERE trigger_webhook_id = %s",
            [hook.id],
        )
        assert hook().status_code == 200

    def test_addresses(self, make_webhook):
        hook = make_webhook(ECHO, allowed_addresses="192.0.2.0/24, 2001:db8::/32")
        assert hook(b"x").status_code == 403
        hook.write(allowed_addresses="127.0.0.0/8")
        assert hook(b"x").status_code == 200
        assert hook.verdicts() == [("forbidden", 403), ("accepted", 200)]

    def test_wrong_settings_are_named(self, make_webhook):
        hook = make_webhook(ECHO)
        for values, text in (
            ({"allowed_addresses": "example.com"}, "example.com"),
            ({"verification": "hmac"}, "header"),
            ({"duplicates": "path"}, "number"),
            ({"rate_limit": -1}, "Requests per Minute"),
        ):
            with pytest.raises(Exception, match=text):
                hook.write(**values)


class TestInbox:
    @pytest.mark.parametrize("mode", MODES)
    def test_files_and_large_bodies(self, make_webhook, mode):
        """The handler gets the same request, at once or later."""
        code = """
        def handle_webhook(httprequest):
            file = httprequest.files["file"]
            log([file.filename, len(file.read()), httprequest.form["text"]])
            log(httprequest.args["q"] + httprequest.headers["X-One"])
            log([httprequest.remote_addr, httprequest.method, httprequest.path])
            log(len(httprequest.data))
        """
        hook = make_webhook(code, mode=mode)
        content = os.urandom(10 * 1024 * 1024)
        response = hook(
            {"text": "ä"},
            "PUT",
            path="/more/path?q=7",
            files={"file": ("photo.png", content)},
            headers={"X-One": "1"},
        )
        assert response.status_code in (200, 202)
        assert finished(hook) == ["done"]
        messages = hook.messages()
        assert str(["photo.png", len(content), "ä"]) in messages
        assert "71" in messages
        path = "/%s/more/path" % hook.path
        assert str(["127.0.0.1", "PUT", path]) in messages
        (delivery,) = hook.deliveries("size")
        assert str(delivery["size"]) in messages

    @pytest.mark.parametrize("size", [0, 1, 300 * 1024])
    def test_stored_body(self, make_webhook, size):
        hook = make_webhook(ECHO, mode="queued")
        body = os.urandom(size)
        hook(body)
        assert finished(hook) == ["done"]
        assert "body " + b64encode(body).decode() in hook.messages()

    def test_what_is_shown(self, make_webhook):
        hook = make_webhook(ECHO, secrets={"KEY": "s3cr3t"})
        hook(b"the s3cr3t is \x00 \xff", path="?key=s3cr3t", headers={"Cookie": "a=b"})
        fields = ["headers", "path", "body_text", "size", "method", "remote_addr"]
        (delivery,) = hook.deliveries(*fields)
        assert delivery["body_text"] == "the ******** is \ufffd \ufffd"
        assert delivery["path"].endswith("?key=********")
        assert "Cookie: ********" in delivery["headers"]
        assert (delivery["method"], delivery["remote_addr"]) == ("POST", "127.0.0.1")

    def test_search_in_the_body(self, make_webhook):
        hook = make_webhook(ECHO)
        hook(b"needle in a haystack")
        hook(b"hay")
        domain = [
            ("trigger_webhook_id", "=", hook.id),
            ("body_text", "ilike", "NEEDLE"),
        ]
        assert hook.admin("sync.webhook.delivery", "search_count", domain) == 1

    def test_queued_runs_are_tried_again(self, make_webhook):
        code = """
        def handle_webhook(httprequest):
            raise RetryableJobError("down")
        """
        hook = make_webhook(code, mode="queued")
        assert hook().status_code == 202

        def waits():
            (job,) = hook.jobs()
            fields = ["retry", "next_try", "state"]
            (job,) = hook.admin("sync.job", "read", [job["id"]], fields)
            return job["retry"] == 1 and job["state"] == "pending" and job["next_try"]

        until(waits, 30, "the first failure")

    def test_kill_in_the_middle(self, make_webhook, server):
        """After kill -9 of the worker the delivery is still there and says so."""
        hook = make_webhook(SLOW % 30, duplicates="header", duplicate_header="X-Id")
        interrupted(hook, server, {"X-Id": "1"})
        (delivery,) = hook.deliveries("interrupted")
        assert (delivery["verdict"], delivery["status"]) == ("accepted", 0)
        run_cron(hook, "ir_cron_mark_interrupted_deliveries")
        (delivery,) = hook.deliveries("interrupted")
        assert delivery["interrupted"]
        assert delivery["job_state"] == "failed"
        assert "server process ended" in delivery["reason"]
        assert "server process ended" in hook.messages(level="critical")[-1]
        # The sender, which got no answer, comes again: now it runs.
        code = "def handle_webhook(r): return 'second'"
        hook.admin("sync.task", "write", [hook.task_id], {"code": code})
        assert hook(headers={"X-Id": "1"}).text == "second"

    def test_repetition_after_a_kill_runs_at_once(self, make_webhook, server):
        """It does not wait for the schedule that finds interrupted runs."""
        hook = make_webhook(SLOW % 30, duplicates="header", duplicate_header="X-Id")
        interrupted(hook, server, {"X-Id": "1"})
        code = "def handle_webhook(r): return 'second'"
        hook.admin("sync.task", "write", [hook.task_id], {"code": code})
        assert hook(headers={"X-Id": "1"}).text == "second"
        first = hook.deliveries("interrupted")[-1]
        assert first["interrupted"]


class TestReplay:
    @pytest.mark.parametrize("mode", MODES)
    def test_with_the_present_code(self, make_webhook, mode):
        hook = make_webhook("def handle_webhook(r): 1 / 0", mode=mode)
        hook(b"precious", path="?a=1")
        assert finished(hook) == ["failed"]
        (first,) = hook.jobs()
        code = "def handle_webhook(r): log([r.data, r.args['a']])"
        hook.admin("sync.task", "write", [hook.task_id], {"code": code})
        (delivery,) = hook.deliveries()
        action = hook.replay(delivery["id"])
        assert action["res_model"] == "sync.job"
        assert finished(hook, 2) == ["done", "failed"]
        assert str([b"precious", "1"]) in hook.messages()
        fields = ["is_replay", "replay_of_id", "delivery_id"]
        (job,) = hook.admin("sync.job", "read", [hook.jobs()[0]["id"]], fields)
        assert job["is_replay"]
        assert job["replay_of_id"][0] == first["id"]
        assert job["delivery_id"][0] == delivery["id"]

    def test_many(self, make_webhook):
        hook = make_webhook(ECHO)
        for number in range(3):
            hook(b"%d" % number)
        hook.replay(*[delivery["id"] for delivery in hook.deliveries()])
        assert finished(hook, 6) == ["done"] * 6

    def test_refused_once_the_secret_is_mended(self, make_verified):
        hook, headers, body = make_verified("shopify")
        set_secret(hook, "wrong")
        assert hook(body, headers=headers).status_code == 401
        (delivery,) = hook.deliveries()
        with pytest.raises(Exception, match="refused still"):
            hook.replay(delivery["id"])
        set_secret(hook, "s3cr3t")
        hook.replay(delivery["id"])
        assert finished(hook) == ["done"]
        assert "body " + b64encode(body).decode() in hook.messages()

    def test_time_stamps_are_judged_as_of_then(self, make_webhook):
        hook = make_webhook(
            ECHO, verification="stripe", secret_key="KEY", secrets={"KEY": "other"}
        )
        now = int(datetime.now().timestamp())
        header = "t=%s,v1=%s" % (now, hmac_hex(b"s3cr3t", b"%d.{}" % now))
        assert hook(b"{}", headers={"Stripe-Signature": header}).status_code == 401
        set_secret(hook, "s3cr3t")
        (delivery,) = hook.deliveries()
        hook.replay(delivery["id"])
        assert finished(hook) == ["done"]

    def test_what_cannot_be_replayed(self, make_webhook):
        hook = make_webhook(ECHO, duplicates="header", duplicate_header="X-Id")
        hook(method="HEAD")
        hook(headers={"X-Id": "1"})
        hook(headers={"X-Id": "1"})
        duplicate, first, head = hook.deliveries()
        with pytest.raises(Exception, match="first one, %s" % first["id"]):
            hook.replay(duplicate["id"])
        with pytest.raises(Exception, match="nothing to run"):
            hook.replay(head["id"])
        # With others at once, those that can are replayed and the rest is told.
        action = hook.replay(duplicate["id"], first["id"], head["id"])
        assert action["tag"] == "display_notification"
        assert str(duplicate["id"]) in action["params"]["message"]
        assert len(finished(hook, 2)) == 2


class TestRetention:
    def test_old_deliveries_are_removed(self, make_webhook):
        hook = make_webhook(
            "def handle_webhook(r): return 1 / len(r.data)", keep_failed_days=90
        )
        hook(b"good")
        hook(b"")
        hook(b"x" * 300 * 1024)

        def pass_days(days):
            query(
                hook.database,
                "UPDATE sync_webhook_delivery SET date = date - %s * interval '1 day'"
                " WHERE trigger_webhook_id = %s",
                [days, hook.id],
            )
            run_cron(hook, "ir_cron_remove_old_deliveries")
            return hook.verdicts()

        assert len(pass_days(29)) == 3
        assert pass_days(2) == [("accepted", 500)]
        assert pass_days(60) == []
        assert len(hook.jobs()) == 3


def test_fuzz(make_webhook, server):
    """5,000 random requests: no failure but of handlers, and nothing is lost."""
    count = 5000
    kinds = [
        make_webhook(ECHO, webhook_type=kind, rate_limit=0, mode="immediate")
        for kind in KINDS
    ]
    fuzzer = random.Random(14)
    jobs = [(fuzzer.choice(kinds), random_request(fuzzer)) for _number in range(count)]
    with ThreadPoolExecutor(4) as pool:
        answers = list(pool.map(lambda job: send(job[0], job[1]), jobs))
    answered = [answer for answer in answers if answer]
    assert len(answered) > count * 0.8
    for answer in answered:
        status = int(answer.split(b" ", 2)[1])
        assert status < 500 or status == 501, answer
        assert b"Traceback" not in answer
    good = sum(answer.split(b" ", 2)[1] == b"200" for answer in answered)
    stored = sum(status == 200 for hook in kinds for _v, status in hook.verdicts())
    assert stored == good


# Random requests


METHODS = ["GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS", "get", "BREW"]
TYPES = [
    b"application/json",
    b"application/x-www-form-urlencoded",
    b"multipart/form-data; boundary=x",
    b"multipart/form-data",
    b"text/plain; charset=utf-16",
    b"application/json; charset=\xff",
    b"\xe4",
    b"",
]
BODIES = [
    b"{",
    b"[1, 2",
    b'{"a": NaN}',
    b'"\\ud800"',
    b"--x\r\n\r\n--x--",
    b"a=%ff&b",
    b"",
]


def random_request(fuzzer):
    """Return method, the end of the path, headers (bytes) and body of a request."""
    noise = bytes(fuzzer.randrange(256) for _byte in range(fuzzer.randrange(200)))
    body = fuzzer.choice(BODIES + [noise] * 4)
    path = fuzzer.choice(["", "/", "/a/b", "?a=%00", "?%ff=1&a", "/%2e%2e/x", "?a=[]"])
    headers = [b"Host: localhost", b"Connection: close"]
    if fuzzer.random() < 0.8:
        headers.append(b"Content-Type: " + fuzzer.choice(TYPES))
    if fuzzer.random() < 0.3:
        value = noise.replace(b"\r", b"").replace(b"\n", b"")
        headers.append(b"X-Noise: " + value[:100])
    if fuzzer.random() < 0.1:
        headers.append(b"Content-Encoding: gzip")
    if fuzzer.random() < 0.1:
        headers.append(b"Cookie: session_id=" + noise.hex().encode()[:40])
    length = len(body)
    if fuzzer.random() < 0.05:
        length += fuzzer.choice([-1, 1, 10**6])
    headers.append(b"Content-Length: %d" % max(0, length))
    return fuzzer.choice(METHODS), path, headers, body


def send(hook, request):
    """Send a request; return the answer (bytes), empty when there was none."""
    method, path, headers, body = request
    parts = urlsplit(hook.url)
    first = "%s %s%s HTTP/1.1" % (method, parts.path, path)
    head = b"\r\n".join([first.encode(), *headers])
    with socket.create_connection((parts.hostname, parts.port), 30) as connection:
        try:
            connection.sendall(head + b"\r\n\r\n" + body)
            connection.shutdown(socket.SHUT_WR)
            answer = b""
            while True:
                block = connection.recv(65536)
                if not block:
                    return answer
                answer += block
        except ConnectionError:
            return b""


# What the tests share


def sign(hook, sender, body, headers):
    """Return the headers of a request with the proof that the sender gives."""
    key = b"s3cr3t"
    sha256 = hmac.new(key, body, hashlib.sha256)
    stamp = str(int(datetime.now().timestamp()))
    proofs = {
        "github": {"X-Hub-Signature-256": "sha256=" + sha256.hexdigest()},
        "trello": {
            "X-Trello-Webhook": b64encode(
                hmac.new(
                    key, body + hook.read("website_url").encode(), hashlib.sha1
                ).digest()
            ).decode()
        },
        "telegram": {"X-Telegram-Bot-Api-Secret-Token": "s3cr3t"},
        "stripe": {
            "Stripe-Signature": "t=%s,v1=%s"
            % (stamp, hmac_hex(key, stamp.encode() + b"." + body))
        },
        "shopify": {"X-Shopify-Hmac-Sha256": b64encode(sha256.digest()).decode()},
        "slack": {
            "X-Slack-Request-Timestamp": stamp,
            "X-Slack-Signature": "v0="
            + hmac_hex(key, b"v0:" + stamp.encode() + b":" + body),
        },
        "gitlab": {"X-Gitlab-Token": "s3cr3t"},
        "woocommerce": {"X-WC-Webhook-Signature": b64encode(sha256.digest()).decode()},
    }
    return {**headers, **proofs[sender]}


def hmac_hex(key, data):
    return hmac.new(key, data, hashlib.sha256).hexdigest()


def interrupted(hook, server, headers):
    """Send a request, and kill the worker that handles it."""
    with ThreadPoolExecutor(1) as pool:
        answer = pool.submit(hook, headers=headers)
        until(hook.jobs, 20, "the run")
        server.kill_workers()
        with pytest.raises(requests.ConnectionError):
            answer.result()


def run_cron(hook, name):
    """Click [Run Manually] at a schedule of Sync Studio."""
    cron = hook.admin.ref("sync." + name)
    hook.admin("ir.cron", "method_direct_trigger", [cron])
