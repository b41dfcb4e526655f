# Copyright 2026 Sync Studio contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl.html)
"""Addons written for the former Sync Studio install and work as they are.

``tests/addons`` holds such addons; each uses another part of the former interface.
"""

import json
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread

import pytest
import requests
from addons_client import Client, findable
from servers import HOST, Odoo, fresh_database, query, running

DATABASE = "dropin_sync"
MODULES = "dropin_messenger,dropin_shop,dropin_leads,dropin_odoo,dropin_names"
MODULES += ",dropin_export"


@pytest.fixture(scope="module")
def server():
    """A server with workers and job runner, on a database with all of the addons."""
    with findable():
        fresh_database(DATABASE, MODULES, addons=("sync", "tests/addons"))
        server = Odoo(DATABASE)
        with running(server):
            yield server


@pytest.fixture(scope="module")
def client(server):
    return Client(server)


@pytest.fixture(scope="module")
def outside():
    """A service on the net."""
    with Outside() as outside:
        with outside.serving():
            yield outside


class Outside(ThreadingHTTPServer):
    """Gives a picture, and takes messages and numbers them.

    ``messages`` holds the token and the body (dict) of each.
    """

    def __init__(self):
        super().__init__((HOST, 0), OutsideHandler)
        self.messages = []
        self.url = "http://%s:%s" % self.server_address

    @contextmanager
    def serving(self):
        Thread(target=self.serve_forever, daemon=True).start()
        yield
        self.shutdown()


class OutsideHandler(BaseHTTPRequestHandler):
    def do_GET(self):
        self._answer(PICTURE)

    def do_POST(self):
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        self.server.messages.append((self.headers["X-Token"], body))
        self._answer(json.dumps({"number": len(self.server.messages)}).encode())

    def log_message(self, *args):
        """Stay silent."""

    def _answer(self, body):
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)


PICTURE = (
    b'<svg xmlns="http://www.w3.org/2000/svg" width="1" height="1">'
    b'<rect width="1" height="1"/></svg>'
)


def partner_named(client, name):
    return client.rpc("res.partner", "search", [("name", "=", name)])


# Names of the evaluation context


def test_every_name_is_known_to_common_code_and_to_tasks(client):
    job = client.click("dropin_names.trigger_names")
    assert client.ended(job) == "done"
    in_common_code, in_task = map(json.loads, client.messages(job, name="names"))
    assert in_common_code == in_task
    assert in_task["missing"] == []
    assert in_task["constants"] == {
        "LOG_DEBUG": "debug",
        "LOG_INFO": "info",
        "LOG_WARNING": "warning",
        "LOG_ERROR": "error",
        "LOG_CRITICAL": "critical",
        "DEFAULT_SERVER_DATETIME_FORMAT": "%Y-%m-%d %H:%M:%S",
    }
    assert in_task["builtins"] == 32
    assert in_task["trigger"] == ["NAMES", "NAMES"]
    assert in_task["values"] == ["green", False, "Hello", "admin"]
    assert in_task["webhooks"] == "action-http"


def test_names_do_what_they_did(client, outside):
    client.set("dropin_names.param_picture", value=outside.url)
    job = client.click("dropin_names.trigger_use")
    assert client.ended(job) == "done_warning"
    assert client.result(job) == {
        "function of the environment": True,
        "no such param": "<class 'AttributeError'>",
        "private": "<class 'odoo.addons.sync.exceptions.CodeError'>",
        "getattr": ["admin", None],
        "default": 7,
        "json": [1],
        "time": "2021",
        "datetime": "2021-05-02 00:00:00",
        "timezone": "Europe/Brussels",
        "base64": "abc",
        "url2base64": [PICTURE.decode(), None],
        "html2plaintext": ["One", "Two"],
        "get_lang": "en_US",
        "type2str": "<class 'int'>",
        "links": [["x1"], ["7"], True],
        "external": ["card-1", "card-2"],
        "setattr": "set@example.com",
    }
    assert client.messages(job, name="updated") == ["card-1", "card-2"]
    assert client.messages(job, level="warning") == ["A warning"]
    (sent,) = client.lines(job, type="data_out")
    assert (sent["name"], sent["message"]) == ("The other side", "data")
    assert sorted(client.messages(job, name="sub_job")) == [
        "USE.sub_job by function 2",
        "USE.sub_job by name 1",
    ]


# A messenger: context made by a module, webhooks, XML forms


def test_values_of_data_files(client):
    for name, url in (
        ("secret_token", "https://messenger.example.com/token?a=1&b=2"),
        ("param_url", "https://messenger.example.com/api"),
        ("param_operators", False),
        ("param_cyrillic", False),
    ):
        assert (client.get("dropin_messenger." + name, "url") or False) == url
    # The first tag for a record gave the value; a second one finds it taken.
    assert client.get("dropin_messenger.text_welcome", "value") == "Welcome!"
    assert client.get("dropin_messenger.text_bye", "value") == "Good bye!"
    name = client.get("dropin_messenger.trigger_text", "name")
    assert name == "Texts of the messenger"
    assert client.get("dropin_messenger.trigger_silent", "name")


def test_context_of_a_module(client):
    job = client.click("dropin_messenger.trigger_setup")
    assert client.ended(job) == "failed"  # the refused call has left an error
    assert client.result(job) == {
        "operators": [1, 2],
        "cyrillic": "Чат",
        "opened": "opened 7",
        "welcome": "Welcome!",
        "bye": "Good bye!",
        "escaped": "&lt;b&gt;",
        "overridden": "overridden",
        "refused": "The messenger refuses",
        "operator": "__system__",
    }
    (announced,) = client.lines(job, type="data_out", name="Messenger")
    url = client.get("dropin_messenger.trigger_silent", "website_url")
    assert announced["message"] == url
    (line,) = client.lines(job, name="Messenger->refuse", type="data_in")
    assert (line["level"], line["message"]) == ("error", "The messenger refuses")


def test_webhook_that_returns_nothing(client, outside):
    client.set("dropin_messenger.param_url", value=outside.url)
    message = {"chat": 7, "sender": "Somebody", "text": "<p>A question</p>"}
    for _turn in range(2):
        response = client.call("dropin_messenger.trigger_silent", json.dumps(message))
        assert (response.status_code, response.text) == (200, "OK")
        job = client.last_job("trigger_webhook_id", "dropin_messenger.trigger_silent")
        assert client.ended(job) == "done"
    (partner,) = partner_named(client, "Somebody")
    token, sent = outside.messages[-1]
    assert token == "t0k3n-of-the-messenger"
    assert sent == {"chat": 7, "text": "Welcome! Somebody"}
    assert "Known before: True" in client.messages(job)
    assert "Message 2 of SILENT.answer" in client.messages(job)
    (query_line,) = client.lines(job, name="Messenger->send", type="data_in")
    assert query_line["message"] == "RESULT: 2"
    everything = "".join(client.messages(job))
    assert "t0k3n" not in everything
    links = query(
        DATABASE,
        "SELECT relation, ref1, model FROM sync_link WHERE relation LIKE 'DROPIN_%%'"
        " ORDER BY relation",
    )
    assert links == [
        ("DROPIN_CHAT", "7", "mail.channel"),
        ("DROPIN_MESSENGER_PARTNER", "Somebody", "res.partner"),
    ]


def test_webhook_that_returns_a_text_or_a_tuple(client):
    body = json.dumps({"text": "<b>Long</b> texts become shorter"})
    response = client.call("dropin_messenger.trigger_text", body)
    assert (response.status_code, response.text) == (200, "seen: *Long* texts become ")
    response = client.call("dropin_messenger.trigger_tuple", body)
    assert (response.status_code, response.text) == (403, "Wrong signature")


def test_cron_without_name(client):
    client.click("dropin_messenger.trigger_cron")
    job = client.last_job("trigger_cron_id", "dropin_messenger.trigger_cron")
    assert client.ended(job) == "done"
    assert sorted(client.messages(job, name="result")) == [
        "step EVERY_WEEK.step: by its function",
        "step EVERY_WEEK.step: from the schedule",
    ]


def test_automation_with_both_domains(client):
    mover = client.rpc("res.partner", "create", {"name": "Mover", "city": "Here"})
    other = client.rpc("res.partner", "create", {"name": "Other", "city": "Else"})
    client.rpc("res.partner", "write", [mover, other], {"city": "There"})
    trigger = "dropin_messenger.trigger_send"
    job = client.last_job("trigger_automation_id", trigger)
    assert client.ended(job) == "done"
    assert client.messages(job, name="result") == ["Mover moved to There"]


def test_upgrade_keeps_what_was_set(client):
    client.set("dropin_messenger.param_operators", value="2")
    client.set("dropin_messenger.text_welcome", value="Hi!")
    module = client.rpc.ref("base.module_dropin_messenger")
    client.rpc("ir.module.module", "button_immediate_upgrade", [module])
    assert client.get("dropin_messenger.param_operators", "value") == "2"
    assert client.get("dropin_messenger.text_welcome", "value") == "Hi!"


# A shop: helpers of one-to-one synchronisation, DB trigger of its own model


def test_shop_without_its_secrets_says_so(client):
    job = client.click("dropin_shop.trigger_products")
    assert client.ended(job) == "failed"
    (message,) = client.messages(job, level="critical")
    assert "API_KEY and API_SECRET are not set" in message


def test_shop_brings_products_both_ways(client, outside):
    client.set("dropin_shop.secret_key", value="a-key-of-the-shop")
    client.set("dropin_shop.secret_secret", value="its-other-half")
    client.set("dropin_shop.param_url", value=outside.url)
    job = client.click("dropin_shop.trigger_products")
    assert client.ended(job) == "done", client.messages(job)
    assert client.result(job) == {
        "names": ["Cup", "Tea"],
        "prices": [3.0, 5.0],
        "there": ["there-Cup", "there-Tea"],
        "image": "image_1920",
        "no image of that name": False,
    }
    updated = ["update there: there-Cup Cup", "update there: there-Tea Tea"]
    assert sorted(client.messages(job, name="updated")) == updated
    created = client.last_job("trigger_automation_id", "dropin_shop.trigger_changed")
    assert client.ended(created) == "done"
    assert client.messages(created, name="result") in (["Tea"], ["Cup"])


# Leads: a method for the project itself, secrets written by the module


def test_module_writes_a_secret(client):
    job = client.click("dropin_leads.trigger_token")
    assert client.ended(job) == "done_warning"
    result = client.result(job)
    assert result["levels"] == ["info", "error", "critical"]
    assert result["project"] == client.rpc.ref("dropin_leads.dropin_leads_project")
    assert result["token before"] is False
    assert client.get("dropin_leads.secret_page_token", "value") == "fr3sh-t0k3n"


def test_webhook_takes_a_challenge_and_a_lead(client):
    page = "dropin_leads.trigger_page"
    response = client.call(page, method="GET", params={"hub.challenge": "c4ll"})
    assert (response.status_code, response.text) == (200, "c4ll")
    assert client.call(page, json.dumps({"name": "Jane"})).text == "OK"
    job = client.last_job("trigger_webhook_id", page)
    assert client.messages(job, name="result") == ["JANE"]


def test_controller_made_from_ours(server):
    response = requests.get(server.url + "/dropin_leads", timeout=20)
    assert response.status_code == 200
    assert response.text == "landing of odoo.addons.sync.lib.models.ir_actions: True"


# Another Odoo: links


def test_links_of_records(client):
    job = client.click("dropin_odoo.trigger_links")
    assert client.ended(job) == "done", client.messages(job)
    assert client.result(job) == {
        "before": [0, True],
        "number": 82,
        "module": True,
        "several": ["41", "42"],
        "each": [41, 42],
        "unlinked": ["Second"],
        "empty set": 0,
        "whole model": 2,
        "exists": "Second",
        "dates": True,
        "after": 0,
        "link functions": ["get_link", "search_links", "set_link"],
    }


def test_automation_without_task_does_nothing(client):
    assert client.get("dropin_odoo.trigger_idle", "sync_task_id") is False
    client.rpc("res.partner", "create", {"name": "Nobody cares"})
    domain = [
        ("trigger_automation_id", "=", client.rpc.ref("dropin_odoo.trigger_idle"))
    ]
    assert client.rpc("sync.job", "search_count", domain) == 0


# Exported files


def test_exported_project(client):
    project = "dropin_export.courier--sync-project"
    assert client.get(project, "active", "eval_context") == [False, False]
    assert client.get("dropin_export.country--project-parameter", "value") == "BE"
    secret = client.get("dropin_export.courier-key--project-secret-parameter", "url")
    assert secret == "https://courier.example.com"
    cron = client.get("dropin_export.fetch--cron-trigger", "active", "interval_number")
    assert cron == [False, 15]
    job = client.click("dropin_export.pack--manual-trigger")
    assert client.messages(job, name="result") == ["Hello, BE Thank you"]
    webhook = "dropin_export.parcel--webhook-trigger"
    assert client.call(webhook, {"name": "Jo"}).status_code == 404
    client.set(project, active=True)
    assert client.call(webhook, {"name": "Jo"}).text == "Hello, Jo"


def test_project_exported_long_ago(client):
    assert client.get("dropin_export.old_courier_sync_project", "active")
    webhook = "dropin_export.old_parcel_webhook_trigger"
    assert client.get(webhook, "name") == "Old parcels"
    assert client.call(webhook, "{}").text == "from NL"
