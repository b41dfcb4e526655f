# Copyright 2026 Sync Studio contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl.html)
"""The code of the tasks, in a project of the test's own."""

import json
from types import SimpleNamespace
from unittest.mock import patch

from odoo.modules import get_resource_path
from odoo.tools import mute_logger

from odoo.addons.sync import sandbox
from odoo.addons.sync.tests.common import SyncCase

from ..models import sync_project
from .fake_services import FakeBoard, FakeRepo

ADDON = "sync_github_trello_demo"
TASKS = ("common_code", "setup", "issues", "cards", "labels", "conflicts")
SECRETS = (
    "GITHUB_REPO",
    "GITHUB_TOKEN",
    "TRELLO_BOARD_ID",
    "TRELLO_KEY",
    "TRELLO_TOKEN",
)
# (strategy, labels that the issue shall have, and the card); before the issue had a
# and b, the card b and c
STRATEGIES = [
    ("USE_GITHUB", "ab"),
    ("USE_TRELLO", "bc"),
    ("UNION", "abc"),
    ("INTERSECTION", "b"),
]
# (color of GitHub, nearest one of Trello)
COLORS = [
    ("d73a4a", "red"),
    ("0000FE", "blue"),
    ("ffffff", None),
    ("ededed", None),
    ("111111", "black"),
    ("fef2c0", None),
    ("0e8a16", "green"),
]
# (color of Trello, the same one of GitHub)
TRELLO_COLORS = [
    ("sky", "00c2e0"),
    ("green_dark", "008000"),
    ("red_light", "ff0000"),
    (None, "ededed"),
]


def code_of(name):
    with open(get_resource_path(ADDON, "tasks", name + ".py")) as source:
        return source.read()


class TaskCase(SyncCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        values = [(0, 0, {"key": key, "value": "s3cr3t"}) for key in SECRETS]
        strategy = {"key": "LABELS_MERGE_STRATEGY", "value": "UNION"}
        prefixes = {"ISSUE_FROM_GITHUB_PREFIX": "GITHUB:", "MESSAGE_PREFIX": "Copy:"}
        cls.project = cls.env["sync.project"].create(
            {
                "name": "Test GitHub and Trello",
                "active": True,
                "eval_context": "trello_github",
                "common_code": code_of("common_code"),
                "param_ids": [(0, 0, strategy)],
                "text_param_ids": [
                    (0, 0, {"key": key, "value": value})
                    for key, value in prefixes.items()
                ],
                "secret_ids": values,
            }
        )

    def setUp(self):
        super().setUp()
        self.github = FakeRepo()
        self.trello = FakeBoard()
        for name, fake in (("GithubRepo", self.github), ("TrelloBoard", self.trello)):
            patcher = patch.object(sync_project, name, lambda *_args, fake=fake: fake)
            patcher.start()
            self.addCleanup(patcher.stop)

    def task(self, name):
        return self.make_task(code_of(name), project=self.project)

    def make_hook(self, task, name):
        return self.make_trigger("webhook", self.task(task), trigger_name=name)

    def perform_all(self, job):
        """Let the queue run the sub-jobs of a job, and theirs."""
        for sub_job in job.job_ids:
            self.perform(sub_job)
            self.perform_all(sub_job)

    def receive(self, hook, event):
        """Let a webhook have an event (JSON value); return its job."""
        request = SimpleNamespace(data=json.dumps(event).encode())
        job, answer = hook.sync_task_id._run_now(hook, [request])
        self.assertIn(answer, ("OK", "pong"))
        self.perform_all(job)
        return job

    def all_lines(self, job):
        lines = self.lines(job)
        for sub_job in job.job_ids:
            lines += self.all_lines(sub_job)
        return lines

    def names(self, labels, ids):
        return "".join(sorted(labels.labels[label]["name"] for label in ids))

    def both(self, number=1, card="c1"):
        """Return the names of the labels of an issue and of its card, one text each."""
        on_issue = self.names(self.github, self.github.issues[number])
        return on_issue, self.names(self.trello, self.trello.cards[card]["labels"])


class TestEvents(TaskCase):
    def setUp(self):
        super().setUp()
        self.issue_hook = self.make_hook("issues", "GITHUB_ISSUE_UPDATES")
        self.card_hook = self.make_hook("cards", "TRELLO_CARD_UPDATES")
        labels = self.task("labels")
        self.label_hooks = {
            "github": self.make_trigger(
                "webhook", labels, trigger_name="GITHUB_LABEL_UPDATES"
            ),
            "trello": self.make_trigger(
                "webhook", labels, trigger_name="TRELLO_LABEL_UPDATES"
            ),
        }
        self.bug = self.github.label_create("a", "d73a4a")

    def open_issue(self, *labels, number=1):
        self.github.issues[number] = set(labels)
        return self.issue_event("opened", number=number)

    def issue_event(self, action, label=None, number=1, **values):
        values.update(action=action, issue={"number": number})
        if label:
            values["label"] = {"id": label}
        return self.receive(self.issue_hook, values)

    def card_event(self, kind, label, card="c1"):
        data = {"card": {"id": card}, "label": {"id": label}}
        return self.receive(self.card_hook, {"action": {"type": kind, "data": data}})

    def test_issue_gets_a_card_with_labels_and_text(self):
        self.open_issue(self.bug)
        (card,) = self.trello.cards.values()
        self.assertEqual(card["name"], "GITHUB: Issue 1")
        self.assertEqual(card["description"], "https://github.com/octo/demo/issues/1")
        self.assertEqual(card["messages"], ["Copy:\n\nText"])
        self.assertEqual(self.both(), ("a", "a"))
        (label,) = self.trello.labels.values()
        self.assertEqual(label["color"], "red")

    def test_events_of_one_issue_make_one_card(self):
        self.open_issue(self.bug)
        self.issue_event("labeled", self.bug)
        self.issue_event("opened")
        self.assertEqual(len(self.trello.cards), 1)

    def test_pull_request_gets_a_card(self):
        self.github.issues[2] = set()
        event = {"action": "opened", "pull_request": {"number": 2}}
        self.receive(self.issue_hook, event)
        self.assertEqual(len(self.trello.cards), 1)

    def test_message_is_copied(self):
        self.github.issues[1] = set()
        comment = {"body": "Any news?", "html_url": "https://x"}
        self.issue_event("created", comment=comment)
        self.issue_event("edited", comment=comment)
        (card,) = self.trello.cards.values()
        self.assertEqual(card["messages"], ["Copy:\n\nText", "Copy:\n\nAny news?"])

    def test_issue_deleted_meanwhile_makes_no_card(self):
        job = self.issue_event("opened", number=9)
        self.assertFalse(self.trello.cards)
        self.assertIn("Issue 9 does not exist any more", self.all_lines(job))

    def test_ping_starts_nothing(self):
        ping = {"zen": "Keep it simple.", "hook_id": 5}
        for hook in (self.issue_hook, self.label_hooks["github"]):
            self.assertFalse(self.receive(hook, ping).job_ids)

    def test_other_actions_start_nothing(self):
        self.assertFalse(self.issue_event("assigned").job_ids)
        self.assertFalse(self.issue_event("unlabeled").job_ids)

    def test_label_of_the_issue(self):
        self.open_issue()
        self.github.issues[1].add(self.bug)
        self.issue_event("labeled", self.bug)
        self.assertEqual(self.both(), ("a", "a"))
        self.github.issues[1].clear()
        self.issue_event("unlabeled", self.bug)
        self.assertEqual(self.both(), ("", ""))

    def test_label_of_the_card(self):
        self.open_issue()
        label = self.trello.label_create("b", "sky")
        self.trello.cards["c1"]["labels"].add(label)
        self.card_event("addLabelToCard", label)
        self.assertEqual(self.both(), ("b", "b"))
        self.assertEqual(self.github.labels["g2"]["color"], "00c2e0")
        self.trello.cards["c1"]["labels"].clear()
        self.card_event("removeLabelFromCard", label)
        self.assertEqual(self.both(), ("", ""))

    def test_label_of_the_same_name_is_the_counterpart(self):
        self.open_issue()
        label = self.trello.label_create("A", None)
        self.trello.cards["c1"]["labels"].add(label)
        self.card_event("addLabelToCard", label)
        self.assertEqual(self.github.issues[1], {self.bug})

    def test_card_without_issue_is_left_alone(self):
        card = self.trello.card_create("Own card", "")
        label = self.trello.label_create("b", "sky")
        self.trello.cards[card]["labels"].add(label)
        job = self.card_event("addLabelToCard", label, card)
        self.assertIn("Card c1 has no issue", self.all_lines(job))
        self.assertEqual(len(self.github.labels), 1)

    def test_late_event_of_our_own_change_undoes_nothing(self):
        self.open_issue()
        self.github.issues[1].add(self.bug)
        self.issue_event("labeled", self.bug)
        self.github.issues[1].clear()  # its event is on the way
        (label,) = self.trello.labels
        self.card_event("addLabelToCard", label)
        self.assertEqual(self.both(), ("", "a"))
        self.issue_event("unlabeled", self.bug)
        self.assertEqual(self.both(), ("", ""))

    def label_event(self, service, label):
        """Let a service tell that a label was changed, or deleted if it is gone."""
        fake = getattr(self, service)
        is_deleted = label not in fake.labels
        if service == "github":
            action = "deleted" if is_deleted else "edited"
            event = {"action": action, "label": {"id": label}}
        else:
            kind = "deleteLabel" if is_deleted else "updateLabel"
            event = {"action": {"type": kind, "data": {"label": {"id": label}}}}
        fake.calls.clear()
        return self.receive(self.label_hooks[service], event)

    def test_renamed_and_recolored_label(self):
        self.open_issue(self.bug)
        self.github.labels[self.bug].update(name="defect", color="0000ff")
        self.label_event("github", self.bug)
        self.assertEqual(
            self.trello.get_labels(), [{"id": "t1", "name": "defect", "color": "blue"}]
        )
        self.trello.labels["t1"].update(name="flaw", color="lime_dark")
        self.label_event("trello", "t1")
        (label,) = self.github.get_labels()
        self.assertEqual((label["name"], label["color"]), ("flaw", "00ff00"))

    def test_shade_of_the_same_color_is_kept(self):
        self.open_issue(self.bug)
        self.trello.labels["t1"]["name"] = "defect"
        self.label_event("trello", "t1")
        (label,) = self.github.get_labels()
        self.assertEqual((label["name"], label["color"]), ("defect", "d73a4a"))

    def test_late_event_of_our_own_renaming_undoes_nothing(self):
        self.open_issue(self.bug)
        self.github.labels[self.bug]["name"] = "second"
        self.label_event("github", self.bug)
        self.github.labels[self.bug]["name"] = "third"  # its event is on the way
        self.label_event("trello", "t1")
        self.assertEqual(self.github.labels[self.bug]["name"], "third")
        self.label_event("github", self.bug)
        self.assertEqual(self.trello.labels["t1"]["name"], "third")

    def test_label_that_loses_its_name_keeps_it_on_github(self):
        self.open_issue(self.bug)
        self.trello.labels["t1"]["name"] = ""
        job = self.label_event("trello", "t1")
        self.assertEqual(self.github.labels[self.bug]["name"], "a")
        warning = "A Trello label without a name cannot be on GitHub: name it"
        self.assertIn(warning, self.all_lines(job))

    def test_deleted_label(self):
        self.open_issue(self.bug)
        del self.github.labels[self.bug]
        self.label_event("github", self.bug)
        self.assertFalse(self.trello.labels)
        self.label_event("trello", "t1")
        self.assertEqual(self.github.calls, [])

    def test_label_without_counterpart_is_left_alone(self):
        self.label_event("github", self.bug)
        del self.github.labels[self.bug]
        self.label_event("github", self.bug)
        self.assertEqual(self.trello.calls, [])


class TestButtons(TaskCase):
    def test_all_issues_are_pushed_by_jobs_of_ten(self):
        self.github.issues = {number: set() for number in range(1, 24)}
        button = self.make_trigger("button", self.task("issues"))
        job = self.click(button)
        self.assertFalse(self.trello.cards)
        self.perform_all(job)
        self.assertEqual(len(self.trello.cards), 23)
        functions = [sub_job.function for sub_job in job.job_ids.job_ids]
        self.assertEqual(functions.count("process_github_issues"), 3)
        self.assertIn("Page 1: 23 issues", self.all_lines(job))

    def test_jobs_of_the_former_version_are_understood(self):
        self.github.issues[1] = set()
        code = """
            def handle_button():
                issue = {"id": 1, "name": "Issue", "labels": [], "body": None}
                add_job("process_github_issues")([issue])
        """
        task = self.make_task(code, project=self.project)
        task.code += "\n\n" + code_of("issues").replace(
            "def handle_button", "def other"
        )
        self.perform_all(self.click(self.make_trigger("button", task)))
        self.assertEqual(len(self.trello.cards), 1)

    def test_setup_sets_a_webhook_for_each_trigger(self):
        names = [
            "GITHUB_ISSUE_UPDATES",
            "GITHUB_ISSUE_COMMENT",
            "GITHUB_LABEL_UPDATES",
            "TRELLO_CARD_UPDATES",
            "TRELLO_LABEL_UPDATES",
        ]
        for name in names:
            self.make_hook("cards", name)
        task = self.task("setup")
        for name, fake, calls in (
            ("SETUP_GITHUB", self.github, ["set_webhook"] * 3),
            ("SETUP_TRELLO", self.trello, ["set_webhook"] * 2),
            ("DELETE_TRELLO_WEBHOOKS", self.trello, ["delete_webhooks"]),
            ("DEBUG", self.trello, []),
        ):
            with self.subTest(name=name):
                fake.calls.clear()
                self.click(self.make_trigger("button", task, trigger_name=name))
                self.assertEqual(fake.calls, calls)


class TestConflicts(TaskCase):
    def setUp(self):
        super().setUp()
        self.cron = self.make_trigger("cron", self.task("conflicts"), active=False)
        self.ids = {}
        for name in "abc":
            pair = {
                "github": self.github.label_create(name, "ededed"),
                "trello": self.trello.label_create(name, None),
            }
            self.env["sync.link"]._set_link_external("TRELLO_GITHUB_LABELS_REL", pair)
            self.ids[name] = pair

    def make_issue(self, on_issue, on_card, number=1):
        """Make an issue and its card, with labels of one letter."""
        self.github.issues[number] = {self.ids[name]["github"] for name in on_issue}
        card = self.trello.card_create("GITHUB: Issue %s" % number, "")
        labels = {self.ids[name]["trello"] for name in on_card}
        self.trello.cards[card]["labels"] = labels
        refs = {"github": number, "trello": card}
        self.env["sync.link"]._set_link_external("TRELLO_GITHUB_ISSUES_REL", refs)

    def resolve(self, strategy="UNION"):
        """Run the cron trigger and its jobs; return the job of the trigger."""
        self.project.param_ids.value = strategy
        self.github.calls.clear()
        self.trello.calls.clear()
        job = self.cron.start(force=True)
        self.perform(job)
        self.perform_all(job)
        return job

    def test_strategies(self):
        for number, (strategy, expected) in enumerate(STRATEGIES, 1):
            with self.subTest(strategy=strategy):
                self.make_issue("ab", "bc", number)
                self.resolve(strategy)
                found = self.both(number, "c%s" % number)
                self.assertEqual(found, (expected, expected))

    def test_sides_without_labels(self):
        self.make_issue("", "ab", 1)
        self.make_issue("ab", "", 2)
        self.make_issue("", "", 3)
        self.resolve("USE_GITHUB")
        self.assertEqual(self.both(1, "c1"), ("", ""))
        self.assertEqual(self.both(2, "c2"), ("ab", "ab"))
        self.assertEqual(self.both(3, "c3"), ("", ""))

    def test_equal_sides_start_no_job(self):
        self.make_issue("ab", "ab")
        job = self.resolve()
        self.assertFalse(job.job_ids)
        self.assertFalse(self.github.calls or self.trello.calls)

    def test_label_without_counterpart_is_removed(self):
        self.make_issue("a", "a")
        self.trello.cards["c1"]["labels"].add(self.trello.label_create("new", None))
        self.github.issues[1].add(self.github.label_create("newer", "ededed"))
        self.resolve("INTERSECTION")
        self.assertEqual(self.both(), ("a", "a"))
        self.assertEqual(len(self.github.labels), 4)

    def test_label_without_counterpart_is_copied(self):
        self.make_issue("a", "a")
        self.github.issues[1].add(self.github.label_create("z", "ededed"))
        self.resolve("USE_GITHUB")
        self.assertEqual(self.both(), ("az", "az"))

    def test_pair_with_a_deleted_label_is_forgotten(self):
        self.make_issue("", "")
        del self.trello.labels[self.ids["a"]["trello"]]
        self.resolve()
        domain = [("relation", "=", "TRELLO_GITHUB_LABELS_REL")]
        domain += [("ref1", "=", self.ids["a"]["github"])]
        self.assertFalse(self.env["sync.link"].search(domain))

    def test_missed_renaming(self):
        for strategy, expected in (("USE_TRELLO", "there"), ("UNION", "here")):
            with self.subTest(strategy=strategy):
                pair = self.ids["a"]
                self.github.labels[pair["github"]]["name"] = "here"
                self.trello.labels[pair["trello"]]["name"] = "there"
                self.resolve(strategy)
                names = {
                    self.github.labels[pair["github"]]["name"],
                    self.trello.labels[pair["trello"]]["name"],
                }
                self.assertEqual(names, {expected})

    def test_deleted_card_is_passed_over(self):
        self.make_issue("a", "a")
        self.trello.cards.clear()
        job = self.resolve()
        warning = "Issue 1 or its card was deleted"
        self.assertIn(warning, self.lines(job, "warning"))

    @mute_logger("odoo.addons.sync.models.sync_task")
    def test_unknown_strategy_is_refused(self):
        with self.assertRaisesRegex(Exception, "'COIN'. It has to be one of: USE_GIT"):
            self.resolve("COIN")


class TestColors(TaskCase):
    def test_colors(self):
        code = "def handle_button(): log(str(%s(%r)))"
        for function, table in (
            ("color2trello", COLORS),
            ("color2github", TRELLO_COLORS),
        ):
            for color, expected in table:
                with self.subTest(color=color):
                    call = code % (function, color)
                    job = self.click(self.make_button(call, project=self.project))
                    self.assertIn(str(expected), self.lines(job))


class TestCode(SyncCase):
    def test_the_sandbox_accepts_the_code(self):
        for name in TASKS:
            with self.subTest(name=name):
                self.assertIsNone(sandbox.check(code_of(name)))
