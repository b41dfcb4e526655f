# Copyright 2026 Sync Studio contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl.html)
"""Demo "GitHub <-> Trello": a real Odoo server between a local GitHub and Trello."""

import random
import time
from datetime import datetime, timedelta

import fake_trello
import pytest
import requests
from fake_github import FakeGithub
from fake_service import LOST_ANSWER, OUT_OF_ORDER, RESET, STALL, Fault
from fake_trello import FakeTrello
from github_trello_project import GithubTrelloProject
from servers import Odoo, fresh_database, query, running, until

DATABASE = "github_trello"
ADDON = "sync_github_trello_demo"
FIRST_RETRY = 5 * 60  # seconds
CRON_TIMEOUT = 90  # seconds; Odoo looks once a minute which crons are due
STRATEGIES = ("USE_GITHUB", "USE_TRELLO", "UNION", "INTERSECTION")
STEPS = 200
LABELS = 40
NIGHTS = 4  # at most, until all jobs of a night end well though calls fail
SHARE = 0.1  # of calls that fail, and of events that are lost or doubled


@pytest.fixture(scope="module")
def server():
    fresh_database(DATABASE, ADDON, addons=("sync", ADDON))
    server = Odoo(DATABASE, channels="root:2")
    with running(server):
        yield server


@pytest.fixture
def github():
    with FakeGithub() as github:
        yield github


@pytest.fixture
def trello():
    with FakeTrello() as trello:
        yield trello


@pytest.fixture
def new_demo(server, github, trello):
    """The demo project as it is installed, without any link."""
    query(DATABASE, "DELETE FROM sync_link")
    query(DATABASE, "DELETE FROM queue_job")
    query(DATABASE, "UPDATE sync_trigger_webhook SET verification = 'none'")
    return Demo(server, github, trello)


@pytest.fixture
def demo(new_demo):
    """The demo project, configured and set up as its documentation says."""
    new_demo.configure()
    new_demo.set_up()
    return new_demo


class Demo(GithubTrelloProject):
    """What a user does with the project, and what they can see."""

    def settle(self):
        """Wait until nothing happens any more; waiting jobs are tried at once."""
        quiet = 0
        end = time.monotonic() + 120
        while quiet < 2:
            assert time.monotonic() < end, "the two sides do not come to rest"
            self.github.deliveries.wait()
            self.trello.deliveries.wait()
            self.hasten_retries()
            quiet = 0 if self._busy() else quiet + 1
            time.sleep(0.05)

    def hasten_retries(self):
        """Let the next try of the waiting jobs begin now."""
        query(
            DATABASE,
            "UPDATE queue_job SET eta = NULL WHERE state = 'pending' AND eta IS NOT NULL",
        )

    def _busy(self):
        return query(
            DATABASE,
            "SELECT 1 FROM queue_job"
            " WHERE state IN ('pending', 'enqueued', 'started') LIMIT 1",
        )

    def seconds_to_retry(self):
        """Wait for the first failure; return the seconds from now to the next try."""

        def first_failure():
            return query(
                DATABASE,
                "SELECT extract(epoch FROM eta - now() AT TIME ZONE 'UTC')"
                " FROM queue_job WHERE state = 'pending' AND retry = 1",
            )

        ((seconds,),) = until(first_failure, 60, "the first failure")
        return seconds

    def failed_jobs(self):
        return query(
            DATABASE, "SELECT func_string FROM queue_job WHERE state = 'failed'"
        )

    def resolve_conflicts(self, strategy):
        """Run the cron under a strategy; return whether all its jobs ended well."""
        self.set_param("param_labels_merge_strategy", strategy)
        query(DATABASE, "DELETE FROM queue_job")
        self.run_cron()
        self.settle()
        return not self.failed_jobs()

    def miss(self, change):
        """Let something change without Odoo being told."""
        for service in (self.github, self.trello):
            service.deliveries.hold()
        change()
        for service in (self.github, self.trello):
            service.deliveries.release(lambda held: [])

    def open_issue(self, title="Bug", **values):
        """Open an issue and wait for its card; return number and id of the card."""
        number = self.github.open_issue(title, **values)
        self.settle()
        return number, self.card(title)["id"]

    def card(self, title):
        return self.trello.card_named("GITHUB: " + title)

    def both_labels(self, number, card):
        return self.github.label_names(number), self.trello.label_names(card)

    def writes(self):
        """Return the calls that change something at GitHub or Trello."""
        calls = self.github.calls + self.trello.calls
        return [call for call in calls if call[0] != "GET"]

    def forget_calls(self):
        self.github.calls.clear()
        self.trello.calls.clear()


# The walk-through of the documentation


def test_new_issue_message_and_labels(demo):
    number = demo.github.open_issue("It breaks", body="Look here")
    demo.settle()
    card = demo.card("It breaks")
    assert card["comments"] == [
        "A Message posted on GitHub:\n\nLook here\n\n%s/octo/demo/issues/%s"
        % (demo.github.url, number)
    ]
    demo.github.comment(number, "Any news?")
    demo.settle()
    first, second = demo.card("It breaks")["comments"]
    assert second.startswith("A Message posted on GitHub:\n\nAny news?\n\n")
    demo.github.add_label(number, "bug")
    demo.settle()
    assert demo.both_labels(number, card["id"]) == (["bug"], ["bug"])
    demo.trello.add_label(card["id"], "urgent")
    demo.settle()
    assert demo.both_labels(number, card["id"]) == (["bug", "urgent"],) * 2
    demo.trello.remove_label(card["id"], "bug")
    demo.settle()
    assert demo.both_labels(number, card["id"]) == (["urgent"],) * 2
    demo.github.remove_label(number, "urgent")
    demo.settle()
    assert demo.both_labels(number, card["id"]) == ([], [])
    assert len(demo.trello.labels) == len(demo.github.labels) == 2


def test_labels_are_renamed_recolored_and_deleted(demo):
    number, card = demo.open_issue(labels=["bug", "old"])
    demo.github.edit_label("bug", "defect", "d73a4a")
    demo.settle()
    (label,) = (one for one in demo.trello.labels.values() if one["name"] == "defect")
    assert label["color"] == "red"
    demo.trello.edit_label("defect", name="flaw", color="sky_dark")
    demo.settle()
    (label,) = (one for one in demo.github.labels.values() if one["name"] == "flaw")
    assert label["color"] == "00c2e0"
    demo.github.delete_label("old")
    demo.settle()
    assert [one["name"] for one in demo.trello.labels.values()] == ["flaw"]
    demo.trello.delete_label("flaw")
    demo.settle()
    assert demo.github.labels == {}
    assert demo.both_labels(number, card) == ([], [])


def test_conflicts_made_while_odoo_was_down(demo):
    number, card = demo.open_issue(labels=["both"])
    demo.server.stop()
    demo.github.add_label(number, "here")
    demo.trello.add_label(card, "there")
    demo.server.start()
    demo.server.wait()
    demo.settle()
    assert demo.both_labels(number, card) == (["both", "here"], ["both", "there"])
    assert demo.resolve_conflicts("UNION")
    assert demo.both_labels(number, card) == (["both", "here", "there"],) * 2


def test_conflicts_are_resolved_when_the_cron_is_due(demo):
    number, card = demo.open_issue()
    demo.miss(lambda: demo.github.add_label(number, "missed"))
    demo.set_cron_time(datetime.utcnow() - timedelta(hours=1))
    until(lambda: demo.trello.label_names(card), CRON_TIMEOUT, "the cron")
    demo.settle()
    assert demo.both_labels(number, card) == (["missed"], ["missed"])


def test_all_existing_issues_are_pushed_by_jobs(new_demo):
    demo = new_demo
    for number in range(1, 13):
        demo.github.open_issue("Issue %s" % number, body="Text", labels=["old"])
    demo.github.issues[12]["state"] = "closed"
    demo.configure()
    demo.set_up()
    demo.open_issue("Linked")
    demo.push_all()
    demo.settle()
    names = sorted(card["name"] for card in demo.trello.cards.values())
    expected = ["GITHUB: Issue %s" % number for number in range(1, 12)]
    assert names == sorted(expected + ["GITHUB: Linked"])
    for card in demo.trello.cards.values():
        if card["name"] != "GITHUB: Linked":
            assert demo.trello.label_names(card["id"]) == ["old"]
            assert len(card["comments"]) == 1
    (jobs,) = demo.button_jobs("PUSH_ALL_ISSUES")
    assert jobs["state"] == "done"
    pages = [line for line in demo.messages() if line.startswith("Page ")]
    assert pages == ["Page 1: 12 issues", "Page 2: 0 issues"]
    demo.forget_calls()
    demo.push_all()
    demo.settle()
    assert demo.writes() == []


# Setup


def test_setup_twice_makes_one_webhook_each(demo):
    demo.set_up()
    assert len(demo.github.hooks) == 3
    assert len(demo.trello.hooks) == 2
    events = sorted(hook["events"] for hook in demo.github.hooks.values())
    assert events == [["issue_comment"], ["issues", "pull_request"], ["label"]]


def test_first_ping_of_github_is_answered(demo):
    demo.settle()
    answers = demo.github.deliveries.answers
    assert [status for _url, status in answers] == [200, 200, 200]


def test_trello_webhooks_are_deleted_and_set_again(demo):
    other = {"id": "0" * 24, "description": "", "active": True}
    other.update(idModel="another board", callbackURL="http://another.example.com")
    demo.trello.hooks["0" * 24] = other
    demo.click("delete-trello-webhooks_manual-trigger")
    assert list(demo.trello.hooks.values()) == [other]
    demo.set_up()
    assert len(demo.trello.hooks) == 3


def test_trello_is_verified_as_soon_as_its_secret_is_known(new_demo):
    demo = new_demo
    demo.configure(TRELLO_SECRET=False)
    demo.set_up()
    (job,) = demo.button_jobs("SETUP_TRELLO")
    assert job["state"] == "done_warning"
    assert any("Set the secret TRELLO_SECRET" in text for text in demo.messages())
    number, card = demo.open_issue()
    demo.trello.add_label(card, "early")
    demo.settle()
    assert demo.github.label_names(number) == ["early"]
    url = demo.webhook_url("TRELLO_CARD_UPDATES")
    body = b'{"action": {"type": "commentCard"}}'
    assert requests.post(url, body).status_code == 200
    demo.set_secret("TRELLO_SECRET", fake_trello.SECRET)
    demo.set_up()
    assert requests.post(url, body).status_code == 401
    demo.trello.add_label(card, "late")
    demo.settle()
    assert demo.github.label_names(number) == ["early", "late"]
    assert len(demo.trello.hooks) == 2


def test_debug_lists_the_webhooks(demo):
    demo.click("debug_manual-trigger")
    lines = demo.button_messages("DEBUG")
    assert len([line for line in lines if line.startswith("github: {")]) == 3
    assert len([line for line in lines if line.startswith("trello: {")]) == 2


def test_short_id_of_the_board_does(new_demo):
    new_demo.configure(TRELLO_BOARD_ID=fake_trello.SHORT_BOARD)
    new_demo.set_up()
    new_demo.set_up()
    assert len(new_demo.trello.hooks) == 2
    number, card = new_demo.open_issue(labels=["bug"])
    assert new_demo.both_labels(number, card) == (["bug"], ["bug"])


@pytest.mark.parametrize(
    "change, button, advice",
    [
        ({"GITHUB_TOKEN": "wrong"}, "github", "GitHub does not accept the login"),
        ({"GITHUB_REPO": "octo/none"}, "github", "GitHub did not find something"),
        ({"GITHUB_TOKEN": False}, "github", "GITHUB_TOKEN"),
        ({"TRELLO_TOKEN": "wrong"}, "trello", "Trello does not accept the login"),
        ({"TRELLO_KEY": False}, "trello", "TRELLO_KEY"),
    ],
)
def test_wrong_secret_fails_at_once_and_says_what_to_do(
    new_demo, change, button, advice
):
    new_demo.configure(**change)
    name = "SETUP_%s" % button.upper()
    new_demo.click("trello-github_task_setup_trigger_button_%s" % button)
    (job,) = new_demo.button_jobs(name)
    assert job["state"] == "failed"
    assert any(advice in message for message in new_demo.button_messages(name))
    assert not new_demo.github.hooks and not new_demo.trello.hooks


# Webhooks


@pytest.mark.parametrize("name", ["GITHUB_ISSUE_UPDATES", "GITHUB_LABEL_UPDATES"])
def test_event_that_github_did_not_sign_is_refused(demo, name):
    url = demo.webhook_url(name)
    body = b'{"action": "opened", "issue": {"number": 1}}'
    for headers in ({}, {"X-Hub-Signature-256": "sha256=" + "0" * 64}):
        assert requests.post(url, body, headers=headers).status_code == 401
    demo.settle()
    assert demo.trello.cards == {}


@pytest.mark.parametrize("name", ["TRELLO_CARD_UPDATES", "TRELLO_LABEL_UPDATES"])
def test_event_that_trello_did_not_sign_is_refused(demo, name):
    url = demo.webhook_url(name)
    body = b'{"action": {"type": "deleteLabel", "data": {"label": {"id": "1"}}}}'
    for headers in ({}, {"X-Trello-Webhook": "wrong"}):
        assert requests.post(url, body, headers=headers).status_code == 401


def test_all_events_are_answered_with_success(demo):
    number, card = demo.open_issue(labels=["bug"])
    demo.github.comment(number, "Hello")
    demo.trello.add_label(card, "urgent")
    demo.trello.edit_label("urgent", name="hot")
    demo.github.delete_label("bug")
    demo.settle()
    answers = demo.github.deliveries.answers + demo.trello.deliveries.answers
    assert {status for _url, status in answers} == {200}
    assert demo.failed_jobs() == []


def test_issue_opened_with_labels_makes_one_card(demo):
    number, card = demo.open_issue(body="Text", labels=["a", "b", "c"])
    assert len(demo.trello.cards) == 1
    assert demo.both_labels(number, card) == (["a", "b", "c"],) * 2
    assert len(demo.trello.labels) == 3
    assert len(demo.card("Bug")["comments"]) == 1


def test_pull_request_is_copied_like_an_issue(demo):
    number, card = demo.open_issue("Fix", pull_request=True, labels=["ready"])
    demo.github.comment(number, "Merge it")
    demo.trello.add_label(card, "reviewed")
    demo.settle()
    assert demo.both_labels(number, card) == (["ready", "reviewed"],) * 2
    assert "Merge it" in demo.card("Fix")["comments"][0]


def test_change_made_by_us_does_not_come_back(demo):
    number, card = demo.open_issue(labels=["bug"])
    demo.forget_calls()
    demo.github.add_label(number, "new")
    demo.settle()
    assert [method for method, _path in demo.writes()] == ["POST", "POST"]
    demo.forget_calls()
    demo.trello.remove_label(card, "new")
    demo.settle()
    assert [method for method, _path in demo.writes()] == ["DELETE"]
    demo.forget_calls()
    demo.github.edit_label("new", "newer", "123456")
    demo.settle()
    assert [method for method, _path in demo.writes()] == ["PUT"]
    (color,) = (
        one["color"] for one in demo.github.labels.values() if one["name"] == "newer"
    )
    assert color == "123456"


def test_late_echo_does_not_undo_the_next_change(demo):
    number, card = demo.open_issue()
    demo.trello.deliveries.hold()
    demo.github.add_label(number, "bug")
    demo.settle()
    assert demo.both_labels(number, card) == (["bug"], ["bug"])
    demo.github.deliveries.hold()
    demo.github.remove_label(number, "bug")
    demo.trello.deliveries.release()
    demo.settle()
    assert demo.both_labels(number, card) == ([], ["bug"])
    demo.github.deliveries.release()
    demo.settle()
    assert demo.both_labels(number, card) == ([], [])


def test_late_echo_does_not_undo_the_next_renaming(demo):
    number, card = demo.open_issue(labels=["first"])
    demo.github.deliveries.hold()
    demo.trello.edit_label("first", name="second")
    demo.settle()
    assert demo.both_labels(number, card) == (["second"], ["second"])
    demo.trello.deliveries.hold()
    demo.trello.edit_label("second", name="third")
    demo.github.deliveries.release()
    demo.settle()
    assert demo.both_labels(number, card) == (["second"], ["third"])
    demo.trello.deliveries.release()
    demo.settle()
    assert demo.both_labels(number, card) == (["third"], ["third"])


def test_events_in_wrong_order_and_doubled_do_no_harm(demo):
    number, card = demo.open_issue(body="Text", labels=["bug"])
    for service in (demo.github, demo.trello):
        service.deliveries.hold()
    demo.github.remove_label(number, "bug")
    demo.github.add_label(number, "bug")
    demo.github.remove_label(number, "bug")
    demo.github.comment(number, "Once")
    demo.trello.add_label(card, "urgent")
    for service in (demo.github, demo.trello):
        service.deliveries.release(lambda held: held[::-1] + held)
    demo.settle()
    assert demo.both_labels(number, card) == (["urgent"], ["urgent"])
    assert len(demo.card("Bug")["comments"]) == 2


def test_label_without_name_stays_on_trello_with_a_warning(demo):
    number, card = demo.open_issue()
    demo.trello.attach(card, demo.trello.new_label("", "green"))
    demo.settle()
    assert demo.github.label_names(number) == []
    text = "A Trello label without a name cannot be on GitHub: name it"
    assert text in demo.messages()


def test_second_label_of_the_same_name_is_left_out_with_a_warning(demo):
    number, card = demo.open_issue(labels=["bug"])
    demo.trello.attach(card, demo.trello.new_label("Bug"))
    demo.settle()
    assert demo.github.label_names(number) == ["bug"]
    assert 'Two labels of trello are called "Bug": rename one of them' in (
        demo.messages()
    )


def test_deleted_card_is_passed_over_with_a_warning(demo):
    number, card = demo.open_issue()
    demo.trello.delete_card(card)
    demo.github.add_label(number, "bug")
    demo.settle()
    assert demo.resolve_conflicts("UNION")
    warning = "Issue %s or its card was deleted" % number
    assert demo.messages().count(warning) == 2
    assert demo.trello.cards == {}


# Failures


@pytest.mark.parametrize(
    "path", ["/cards", "/actions/comments", "/idLabels", "/labels"]
)
@pytest.mark.parametrize("fault", [LOST_ANSWER, OUT_OF_ORDER])
def test_failed_step_makes_nothing_twice(demo, path, fault):
    demo.trello.fail(fault, method="POST", path=path)
    number, card = demo.open_issue(body="Text", labels=["bug"])
    assert len(demo.trello.cards) == len(demo.trello.labels) == 1
    assert len(demo.card("Bug")["comments"]) == 1
    assert demo.both_labels(number, card) == (["bug"], ["bug"])
    assert demo.failed_jobs() == []


@pytest.mark.parametrize(
    "fault, seconds",
    [
        (Fault(503), FIRST_RETRY),
        (RESET, FIRST_RETRY),
        (Fault(429, {"Retry-After": "77"}), 77),
        (Fault(403, {"Retry-After": "78"}), 78),
        (Fault(403, {"x-ratelimit-remaining": "0"}), 60),
        (Fault(429), 60),
    ],
)
def test_github_is_called_again_when_it_says(demo, fault, seconds):
    demo.github.fail(fault, path="/issues/")
    demo.github.open_issue("Patience")
    assert seconds - 10 <= demo.seconds_to_retry() <= seconds
    demo.settle()
    assert demo.card("Patience")


def test_github_limit_is_waited_for_until_its_reset(demo):
    reset = str(int(time.time()) + 600)
    headers = {"x-ratelimit-remaining": "0", "x-ratelimit-reset": reset}
    demo.github.fail(Fault(403, headers), path="/issues/")
    demo.github.open_issue("Patience")
    assert 580 <= demo.seconds_to_retry() <= 600


@pytest.mark.parametrize(
    "fault, seconds",
    [
        (Fault(500), FIRST_RETRY),
        (RESET, FIRST_RETRY),
        (Fault(429), 10),
        (Fault(429, {"Retry-After": "33"}), 33),
    ],
)
def test_trello_is_called_again_when_it_says(demo, fault, seconds):
    demo.trello.fail(fault, path="/cards")
    demo.github.open_issue("Patience")
    assert seconds - 10 <= demo.seconds_to_retry() <= seconds
    demo.settle()
    assert demo.card("Patience")


@pytest.mark.parametrize(
    "service, path", [("github", "/issues/"), ("trello", "/cards")]
)
def test_service_that_does_not_answer_is_called_again(demo, service, path):
    getattr(demo, service).fail(STALL, path=path)
    demo.github.open_issue("Patience")
    assert FIRST_RETRY - 10 <= demo.seconds_to_retry() <= FIRST_RETRY
    demo.settle()
    assert demo.card("Patience")


# Conflicts


EXPECTED = {
    "USE_GITHUB": {"both", "here"},
    "USE_TRELLO": {"both", "there"},
    "UNION": {"both", "here", "there"},
    "INTERSECTION": {"both"},
}


@pytest.fixture
def conflicts(demo):
    """Issues with different conflicts: many labels, none here, none there."""
    numbers = [demo.open_issue("Bug %s" % number) for number in range(3)]
    for service in (demo.github, demo.trello):
        service.deliveries.hold()
    (mixed, mixed_card), (_bare, full_card), (full, _bare_card) = numbers
    for name in ("both", "here"):
        demo.github.add_label(mixed, name)
        demo.github.add_label(full, name)
    for name in ("both", "there"):
        demo.trello.add_label(mixed_card, name)
        demo.trello.add_label(full_card, name)
    for service in (demo.github, demo.trello):
        service.deliveries.release(lambda held: [])
    return demo, numbers


@pytest.mark.parametrize("strategy", STRATEGIES)
def test_conflicts_are_resolved_by_the_strategy(conflicts, strategy):
    demo, ((mixed, mixed_card), (bare, full_card), (full, bare_card)) = conflicts
    assert demo.resolve_conflicts(strategy)
    expected = sorted(EXPECTED[strategy])
    assert demo.both_labels(mixed, mixed_card) == (expected, expected)
    trello_wins = strategy in ("USE_TRELLO", "UNION")
    expected = ["both", "there"] if trello_wins else []
    assert demo.both_labels(bare, full_card) == (expected, expected)
    github_wins = strategy in ("USE_GITHUB", "UNION")
    expected = ["both", "here"] if github_wins else []
    assert demo.both_labels(full, bare_card) == (expected, expected)


@pytest.mark.parametrize(
    "strategy, name", [("UNION", "defect"), ("USE_TRELLO", "flaw")]
)
def test_missed_renaming_is_made_up_for(demo, strategy, name):
    number, card = demo.open_issue(labels=["bug"])
    demo.miss(lambda: demo.github.edit_label("bug", "defect"))
    demo.miss(lambda: demo.trello.edit_label("bug", name="flaw"))
    assert demo.resolve_conflicts(strategy)
    assert demo.both_labels(number, card) == ([name], [name])


def test_unknown_strategy_fails_and_names_the_others(demo):
    assert not demo.resolve_conflicts("COIN")
    text = "The param LABELS_MERGE_STRATEGY is 'COIN'. It has to be one of: USE_GITHUB"
    assert any(text in message for message in demo.messages())


def test_chaos_ends_with_equal_sides_under_each_strategy(demo):
    """Labels come and go on both sides; calls fail, events get lost or doubled."""
    generator = random.Random(7)
    pairs = [demo.open_issue("Bug %s" % number) for number in range(5)]
    faults = [OUT_OF_ORDER, RESET, LOST_ANSWER, Fault(429)]
    for seed, service in enumerate((demo.github, demo.trello)):
        service.fail_at_random(SHARE, faults, seed)
        service.deliveries.lose_and_double(SHARE, seed)
    for _step in range(STEPS):
        number, card = generator.choice(pairs)
        name = "label %s" % generator.randrange(LABELS)
        if generator.random() < 0.5:
            demo.github.toggle_label(number, name)
        else:
            demo.trello.toggle_label(card, name)
    demo.settle()
    assert len(demo.trello.cards) == len(pairs)
    snapshots = demo.github.snapshot(), demo.trello.snapshot()
    before = [demo.both_labels(*pair) for pair in pairs]
    assert any(here != there for here, there in before)
    for strategy in STRATEGIES:
        demo.github.restore(snapshots[0])
        demo.trello.restore(snapshots[1])
        for _night in range(NIGHTS):
            if demo.resolve_conflicts(strategy):
                break
        for pair, (here, there) in zip(pairs, before):
            expected = {
                "USE_GITHUB": here,
                "USE_TRELLO": there,
                "UNION": sorted(set(here) | set(there)),
                "INTERSECTION": sorted(set(here) & set(there)),
            }[strategy]
            assert demo.both_labels(*pair) == (expected, expected)
        assert len(demo.trello.cards) == len(pairs)
        for service in (demo.github, demo.trello):
            names = [label["name"] for label in service.labels.values()]
            assert len(names) == len(set(names))
