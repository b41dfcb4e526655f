# Copyright 2026 Sync Studio contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl.html)
"""Demo "Telegram" between a real Odoo server and a local server of the Bot API."""

import re
from concurrent.futures import ThreadPoolExecutor

import pytest
from fake_telegram import FakeTelegram
from servers import Odoo, fresh_database, running, until
from telegram_project import ADDON, TelegramProject

DATABASE = "telegram_here"
WELCOME = "Hello! How can I help you?"
FIRST_RETRY = 5 * 60  # seconds


@pytest.fixture(scope="module")
def odoo():
    """Our Odoo, with two workers and job runner."""
    fresh_database(DATABASE, ADDON + ",contacts", addons=("sync", ADDON))
    server = Odoo(DATABASE, "--log-level=info")
    with running(server):
        yield server


@pytest.fixture(scope="module")
def telegram():
    with FakeTelegram() as telegram:
        yield telegram


@pytest.fixture
def fresh(odoo, telegram):
    """The demo project as it is installed, and Telegram without faults."""
    demo = TelegramProject(odoo, telegram)
    telegram.faults.clear()
    telegram.pending.clear()
    telegram.webhook = {"url": ""}
    demo.set_base_url(odoo.url)
    demo.set_param("API_URL", telegram.url)
    demo.set_secret("TELEGRAM_BOT_TOKEN", False)
    demo.set_secret("TELEGRAM_WEBHOOK_SECRET", False)
    demo.set_text("TELEGRAM_WELCOME_MESSAGE", WELCOME)
    demo.set_text("PARTNER_NAME_PREFIX", "Telegram:")
    demo.set_active(False)
    return demo


@pytest.fixture
def demo(fresh):
    """The demo project, configured as its documentation says."""
    fresh.configure()
    return fresh


@pytest.fixture
def ada(telegram):
    """A person who has not written to the bot yet."""
    return telegram.user("Ada", last_name="Lovelace")


# The walk-through of the documentation


def test_walk_through(fresh, telegram, ada):
    demo = fresh
    # In Odoo: web.base.url is set; set the secret, unarchive the project, run Setup
    demo.set_secret("TELEGRAM_BOT_TOKEN", telegram.token)
    demo.set_active(True)
    assert demo.setup()["state"] == "done"
    assert telegram.webhook["url"].startswith(demo.odoo.url + "/website/action-json/")
    assert telegram.webhook["allowed_updates"] == ["message", "edited_message"]
    assert re.fullmatch(r"[\w-]{32,}", telegram.webhook["secret_token"])

    # In Telegram: send some message to the created bot
    ada.write("Good morning")

    # In Odoo: there is a new partner, with the message
    partner = demo.partner(ada)
    (found,) = demo.partners(ada)
    assert found["name"] == "Telegram:Ada Lovelace"
    demo.wait_for_text(partner, "Good morning")
    message = demo.messages(partner)[-1]
    assert message["author_id"] == [partner, "Telegram:Ada Lovelace"]

    # Attach a message with the prefix, and wait for the confirmation by OdooBot
    demo.post(partner, "/telegram Hello! How can I help you?")
    demo.wait_for_text(partner, "The message has been sent to Telegram:")
    report = demo.messages(partner)[-1]
    assert report["author_id"][1] == "OdooBot"
    assert "Hello! How can I help you?" in report["body"]

    # In Telegram: the message is delivered via bot
    assert ada.texts() == ["Hello! How can I help you?"]

    # You can continue chatting in this way
    ada.write("I lost my key")
    demo.wait_for_text(partner, "I lost my key")
    demo.post(partner, "/telegram We are on our way")
    until(lambda: len(ada.inbox) == 2, 30, "the second answer")
    assert ada.texts()[-1] == "We are on our way"
    assert {job["state"] for job in demo.jobs()} == {"done"}
    assert len(demo.partners(ada)) == 1


@pytest.mark.parametrize("text", ["/start", "/start from-shop", "/start@demo_bot"])
def test_start_is_answered_and_not_attached(demo, ada, text):
    ada.write(text)
    partner = demo.partner(ada)
    until(lambda: ada.inbox, 30, "the welcome")
    demo.jobs()
    assert ada.texts() == [WELCOME]
    assert not any("/start" in text for text in demo.texts(partner))


def test_texts_can_be_changed(demo, telegram):
    bob = telegram.user("Bob", username="bob")
    demo.set_text("TELEGRAM_WELCOME_MESSAGE", "1 < 2 & welcome")
    demo.set_text("PARTNER_NAME_PREFIX", "Guest ")
    bob.write("/start")
    until(lambda: bob.inbox, 30, "the welcome")
    assert bob.texts() == ["1 < 2 & welcome"]
    assert demo.partners(bob)[0]["name"] == "Guest @bob"


def test_texts_can_be_emptied(demo, telegram):
    bob = telegram.user("Bob", username="bob")
    demo.set_text("TELEGRAM_WELCOME_MESSAGE", False)
    demo.set_text("PARTNER_NAME_PREFIX", False)
    bob.write("/start")
    demo.partner(bob)
    assert {job["state"] for job in demo.jobs()} == {"done"}
    assert bob.inbox == []
    assert demo.partners(bob)[0]["name"] == "@bob"


def test_report_is_in_the_language_of_the_sender(demo, ada):
    demo.translate_text("TELEGRAM_MESSAGE_SENT", "fr_FR", "Envoyé à Telegram :")
    partner = demo.chat(ada)
    demo.post(partner, "/telegram Bonjour", lang="fr_FR")
    demo.wait_for_text(partner, "Envoyé à Telegram :")


# Partners


def test_archived_partner_is_found(demo, ada):
    partner = demo.chat(ada)
    demo.rpc("res.partner", "write", [partner], {"active": False})
    ada.write("Am I forgotten?")
    demo.wait_for_text(partner, "Am I forgotten?")


def test_deleted_partner_is_made_again(demo, ada):
    partner = demo.chat(ada)
    demo.rpc("res.partner", "unlink", [partner])
    ada.write("It is me again")
    again = demo.partner(ada)
    demo.wait_for_text(again, "It is me again")
    assert again != partner


def test_of_two_partners_with_one_reference_the_first_is_taken(demo, ada):
    ref = "%s@telegram" % ada.id
    vals = [{"name": "Zoe", "ref": ref}, {"name": "Adam", "ref": ref}]
    first, second = demo.rpc("res.partner", "create", vals)
    ada.write("Which one?")
    demo.wait_for_text(first, "Which one?")
    demo.post(second, "/telegram Both")
    until(lambda: ada.inbox, 30, "the answer")
    assert not any("Which one?" in text for text in demo.texts(second))


# What people send


def test_edited_message_is_attached_too(demo, ada):
    partner = demo.chat(ada, "See you at five")
    message = ada.write("See you at 5")
    ada.edit(message, "See you at six")
    demo.wait_for_text(partner, "See you at six")
    assert "Edited in Telegram:" in demo.texts(partner)[-1]


def test_formatting_is_kept_and_harmless(demo, ada):
    entities = [{"type": "bold", "offset": 0, "length": 4}]
    ada.write("Bold & <script>alert(1)</script>\nline", entities=entities)
    partner = demo.partner(ada)
    demo.wait_for_text(partner, "Bold")
    body = demo.messages(partner)[-1]["body"]
    assert "<b>Bold</b> &amp; &lt;script&gt;" in body
    assert "<br>line" in body


def test_files_are_attached_with_a_note(demo, ada):
    ada.photo(b"a large photo", caption="My cat")
    ada.document(b"a document", "Plan <1>.txt")
    ada.sticker(b"a sticker", "\N{GRINNING FACE}")
    partner = demo.partner(ada)
    demo.wait_for_text(partner, "Sticker")
    demo.jobs()
    found = {}
    for message in demo.messages(partner):
        for name, content in demo.files(message):
            found[content] = (name, message["body"])
    name, note = found[b"a large photo"]
    assert re.fullmatch(r"file_\d+\.jpg", name)
    assert "Photo" in note and "My cat" in note
    name, note = found[b"a document"]
    assert name == "Plan <1>.txt"
    assert "Document: Plan &lt;1&gt;.txt" in note
    name, note = found[b"a sticker"]
    assert name.endswith(".webp")
    assert "\N{GRINNING FACE}" in note
    assert len(found) == 3


def test_messages_without_text_and_file_have_a_note(demo, ada):
    ada.write(location={"latitude": 48.5, "longitude": 9.25})
    ada.write(contact={"first_name": "Eve", "phone_number": "+491"})
    ada.write(new_chat_title="New title")
    partner = demo.partner(ada)
    demo.wait_for_text(partner, "Location: 48.5, 9.25")
    demo.wait_for_text(partner, "Contact: Eve +491")
    demo.wait_for_text(partner, "Message without text (new_chat_title)")
    assert {job["state"] for job in demo.jobs()} == {"done"}


def test_file_too_big_for_bots_is_reported(demo, ada):
    ada.document(bytes(20 * 1024 * 1024 + 1), "film.mov")
    partner = demo.partner(ada)
    demo.wait_for_text(partner, "The file could not be fetched from Telegram.")
    assert "too big" in demo.texts(partner)[-1]


def test_updates_that_are_no_messages_are_passed_over(demo, telegram, ada):
    update = {"update_id": 77, "my_chat_member": {"date": 1, "new": "unknown"}}
    del update["my_chat_member"]
    assert telegram.deliver(dict(update, some_new_kind={"a": 1})) == 200
    channel = {"id": -5, "type": "channel", "title": "News"}
    post = telegram.new_message(channel, None, {"text": "News"})
    del post["from"]
    assert telegram.deliver({"update_id": 78, "message": post}) == 200
    assert {job["state"] for job in demo.jobs()} == {"done"}


# What users of Odoo send


def test_html_that_telegram_allows_is_kept(demo, ada):
    partner = demo.chat(ada)
    body = "<p>/telegram <strong>Dear</strong> Ada</p><ul><li>1 &lt; 2</li></ul>"
    body += '<p><a href="https://example.com/?a=1&amp;b=2">Link</a> /telegram</p>'
    demo.post(partner, body)
    (message,) = until(lambda: ada.inbox, 30, "the answer")
    assert message["text"] == "Dear Ada\n• 1 < 2\nLink /telegram"
    assert message["entities"] == [
        {"type": "bold", "offset": 0, "length": 4},
        {
            "type": "text_link",
            "offset": 17,
            "length": 4,
            "url": "https://example.com/?a=1&b=2",
        },
    ]


def test_each_partner_gets_their_own_messages(demo, telegram):
    users = [telegram.user("Guest %s" % number) for number in range(3)]
    for user in users:
        user.write("I am %s" % user.id)
    partners = {user: demo.partner(user) for user in users}
    for user in users:
        demo.post(partners[user], "/telegram You are %s" % user.id)
    for user in users:
        until(lambda user=user: user.inbox, 30, "an answer")
    demo.jobs()
    for user in users:
        assert user.texts() == ["You are %s" % user.id]
        texts = demo.texts(partners[user])
        assert sum("I am %s" % user.id in text for text in texts) == 1


def test_only_the_prefix_sends(demo, ada):
    partner = demo.chat(ada)
    other = demo.rpc("res.partner", "create", {"name": "No telegram partner"})
    demo.post(partner, "Call them by /telegram today")
    demo.post(partner, "/telegrams")
    demo.post(other, "/telegram Hello")
    demo.receive_email(partner, "/telegram I am not one of you")
    demo.post(partner, "/telegram The end")
    until(lambda: ada.inbox, 30, "the answer")
    demo.jobs()
    assert ada.texts() == ["The end"]


def test_prefix_written_in_telegram_does_not_echo(demo, ada):
    partner = demo.chat(ada, "/telegram ping")
    assert "ON_MESSAGE_POSTED" in demo.job_names()
    assert ada.inbox == []
    assert len([text for text in demo.texts(partner) if "ping" in text]) == 1


def test_message_without_text_is_reported(demo, ada):
    partner = demo.chat(ada)
    demo.post(partner, "/telegram")
    demo.wait_for_text(partner, "Telegram did not deliver the message.")
    assert "empty" in demo.texts(partner)[-1]


def test_blocked_bot_is_reported_and_not_tried_again(demo, ada):
    partner = demo.chat(ada)
    ada.blocks_bot = True
    demo.post(partner, "/telegram Are you there?")
    demo.wait_for_text(partner, "bot was blocked by the user")
    job = demo.jobs()[-1]
    assert (job["state"], ada.inbox) == ("done_warning", [])


# Failures


@pytest.mark.parametrize("fault", [500, "reset", "time-out"])
def test_fault_is_tried_again_in_five_minutes(demo, telegram, ada, fault):
    partner = demo.chat(ada)
    telegram.faults.add("sendMessage", fault)
    demo.post(partner, "/telegram Patience")
    assert FIRST_RETRY - 10 <= demo.seconds_to_retry() <= FIRST_RETRY
    assert ada.inbox == []
    demo.hasten_retry()
    demo.wait_for_text(partner, "The message has been sent to Telegram:")
    assert ada.texts() == ["Patience"]
    assert {job["state"] for job in demo.jobs()} == {"done"}


def test_message_whose_answer_got_lost_is_sent_again_and_reported_once(
    demo, telegram, ada
):
    """The Bot API cannot tell that both are the same; never is one left out."""
    partner = demo.chat(ada)
    telegram.faults.add("sendMessage", "lost answer")
    demo.post(partner, "/telegram Twice")
    demo.seconds_to_retry()
    demo.hasten_retry()
    demo.jobs()
    assert ada.texts() == ["Twice", "Twice"]
    assert sum("has been sent" in text for text in demo.texts(partner)) == 1


def test_rate_limit_is_waited_for_as_long_as_telegram_says(demo, telegram, ada):
    partner = demo.chat(ada)
    telegram.faults.retry_after = 3
    telegram.faults.add("sendMessage", 429)
    demo.post(partner, "/telegram Slowly")
    assert 0 < demo.seconds_to_retry() <= 3
    demo.wait_for_text(partner, "The message has been sent to Telegram:")
    assert ada.texts() == ["Slowly"]


def test_file_is_fetched_by_a_later_try(demo, telegram, ada):
    telegram.faults.add("getFile", 500)
    ada.photo(b"patience")
    partner = demo.partner(ada)
    demo.seconds_to_retry()
    demo.hasten_retry()
    demo.jobs()
    (message,) = [one for one in demo.messages(partner) if one["attachment_ids"]]
    ((_name, content),) = demo.files(message)
    assert content == b"patience"


def test_one_failing_message_does_not_repeat_another(demo, telegram, ada):
    """Both messages are of one event, thus of one job of the trigger."""
    partner = demo.chat(ada)
    telegram.faults.add("sendMessage", 500)
    vals = {"model": "res.partner", "res_id": partner, "message_type": "comment"}
    bodies = ["/telegram one", "/telegram two"]
    demo.rpc("mail.message", "create", [dict(vals, body=body) for body in bodies])
    demo.seconds_to_retry()
    demo.hasten_retry()
    demo.wait_for_text(partner, "The message has been sent to Telegram:", times=2)
    demo.jobs()
    assert sorted(ada.texts()) == ["one", "two"]


def test_duplicates_and_disorder(demo, telegram, ada):
    """Of updates delivered backwards, each twice, each counts once."""
    with telegram.held_back() as pending:
        message = ada.write("first")
        ada.edit(message, "second")
        ada.write("/start")
        updates = list(pending)[::-1]
        pending.clear()
        pending.extend(update for update in updates for _time in range(2))
    partner = demo.partner(ada)
    until(lambda: not telegram.pending, 30, "the deliveries")
    until(lambda: ada.inbox, 30, "the welcome")
    demo.jobs()
    texts = demo.texts(partner)
    assert sum("first" in text for text in texts) == 1
    assert sum("second" in text for text in texts) == 1
    assert ada.texts() == [WELCOME]
    dates = {
        text: message["date"] for text, message in zip(texts, demo.messages(partner))
    }
    (first,) = [dates[text] for text in texts if "first" in text]
    (second,) = [dates[text] for text in texts if "second" in text]
    assert first < second


def test_new_user_whose_updates_come_at_once_has_one_partner(demo, telegram, ada):
    with telegram.held_back() as pending:
        for number in range(6):
            ada.write("message %s" % number)
        updates = list(pending)
        pending.clear()
    assert set(telegram.deliver_at_once(updates + updates)) == {200}
    (partner,) = demo.partners(ada)
    texts = demo.texts(partner["id"])
    for number in range(6):
        assert sum("message %s" % number in text for text in texts) == 1


def test_delivery_is_repeated_until_odoo_works(demo, telegram, ada):
    telegram.deliveries.clear()
    url = telegram.webhook["url"]
    telegram.webhook["url"] = "http://127.0.0.1:9/"  # nobody answers there
    ada.write("Hello?")
    until(lambda: telegram.deliveries, 30, "the first try")
    assert demo.partners(ada) == []
    telegram.webhook["url"] = url
    partner = demo.partner(ada)
    demo.wait_for_text(partner, "Hello?")


def test_delivery_that_failed_counts_when_it_is_repeated(demo, telegram, ada):
    telegram.deliveries.clear()
    (code,) = demo.rpc("sync.project", "read", [demo.project], ["common_code"])
    demo.rpc("sync.project", "write", [demo.project], {"common_code": "1 / 0"})
    ada.write("Once is enough")
    until(lambda: telegram.deliveries, 30, "the first try")
    del code["id"]
    demo.rpc("sync.project", "write", [demo.project], code)
    partner = demo.partner(ada)
    until(lambda: not telegram.pending, 30, "the second try")
    statuses = [status for _update, status in telegram.deliveries]
    assert (statuses[0], statuses[-1]) == (500, 200)
    assert sum("Once is enough" in text for text in demo.texts(partner)) == 1


def test_several_threads_of_one_process_call_telegram_at_once(demo, telegram):
    """Without workers, requests are threads beside each other."""
    server = Odoo(DATABASE, workers=0)
    with running(server), ThreadPoolExecutor(4) as pool:
        projects = [TelegramProject(server, telegram) for _number in range(4)]
        jobs = list(pool.map(lambda project: project.setup(), projects))
    assert {job["state"] for job in jobs} == {"done"}


# Settings and secrets


def test_http_address_is_refused_before_anything_is_sent(fresh, telegram):
    calls = len(telegram.calls)
    fresh.set_param("API_URL", "https://api.telegram.org")
    fresh.set_secret("TELEGRAM_BOT_TOKEN", telegram.token)
    assert fresh.setup()["state"] == "failed"
    assert any("Set the system parameter web.base.url" in text for text in fresh.log())
    assert len(telegram.calls) == calls


@pytest.mark.parametrize(
    "key, value, advice",
    [
        ("TELEGRAM_BOT_TOKEN", False, "secret TELEGRAM_BOT_TOKEN is set"),
        ("TELEGRAM_BOT_TOKEN", "1:wrong", "Check the secret TELEGRAM_BOT_TOKEN"),
        ("TELEGRAM_WEBHOOK_SECRET", "not allowed!", "unallowed characters"),
        ("API_URL", "api.telegram.org", "Check the param API_URL"),
    ],
)
def test_wrong_setting_fails_at_once_and_says_what_to_do(demo, key, value, advice):
    (demo.set_param if key == "API_URL" else demo.set_secret)(key, value)
    assert demo.setup()["state"] == "failed"
    assert any(advice in text for text in demo.log())


def test_only_telegram_gets_in(demo, telegram, ada):
    message = telegram.new_message(ada.chat, ada.info, {"text": "Forged"})
    update = {"update_id": 5, "message": message}
    secret = telegram.webhook["secret_token"]
    assert telegram.deliver(update, secret=secret + "x") == 401
    assert telegram.deliver(update, secret="\u00e9".encode()) == 401
    telegram.webhook.pop("secret_token")
    assert telegram.deliver(update) == 401
    assert demo.partners(ada) == []
    assert telegram.deliver(update, secret=secret) == 200


def test_without_setup_nobody_gets_in(fresh, telegram, ada):
    fresh.set_active(True)
    hook = fresh.ref("trigger_webhook")
    (row,) = fresh.rpc("sync.trigger.webhook", "read", [hook], ["website_url"])
    telegram.webhook["url"] = row["website_url"]
    message = telegram.new_message(ada.chat, ada.info, {"text": "Forged"})
    assert telegram.deliver({"update_id": 6, "message": message}) == 401


def test_setup_again_keeps_the_secret(demo, telegram):
    secret = telegram.webhook["secret_token"]
    assert demo.setup()["state"] == "done"
    assert telegram.webhook["secret_token"] == secret


def test_secrets_are_in_no_log(demo, telegram, ada):
    partner = demo.chat(ada)
    demo.post(partner, "/telegram Hush")
    until(lambda: ada.inbox, 30, "the answer")
    demo.jobs()
    shown = "\n".join(demo.log()) + demo.odoo.log.read_text(errors="replace")
    assert "setWebhook" in shown
    assert telegram.webhook["secret_token"] not in shown
    assert telegram.token not in shown
    assert telegram.token.split(":")[1] not in shown
