# Copyright 2026 Sync Studio contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl.html)
"""The demo "GitHub <-> Trello": an Odoo server between a local GitHub and Trello."""

import contextlib

import fake_github
import fake_trello
from fake_github import FakeGithub
from fake_trello import FakeTrello
from github_trello_project import ADDON, GithubTrelloProject
from servers import Odoo, ServerError, fresh_database, running, until

from .stage import Outcome, print_table, say

DATABASE = "sync_demo_github_trello"
TIMEOUT = 60  # seconds for one step
HEADERS = ["", "labels of the issue", "labels of the card", "messages", "worked"]

NEXT_STEPS = """
The servers stay up until Ctrl-C.

  Sync Studio  {odoo}   login admin, password admin
  GitHub       {github}   played by a local server
  Trello       {trello}   played by a local server

Try next:
  * Attach a label to the issue; a moment later the card has it too:
      curl -H 'Authorization: token {token}' -H 'Content-Type: application/json' \\
          -d '["new"]' {github}/repos/{repo}/issues/1/labels
      curl -H 'Authorization: {login}' {trello}/1/boards/{board}/cards/all
  * Sync Studio > Projects > Demo Github-Trello Integration: the buttons Jobs and Logs
    tell what happened, the tab Available Tasks has the code.
  * Replace the params GITHUB_API_URL and TRELLO_API_URL and the secrets by real ones,
    and click Run Now next to SETUP_GITHUB and SETUP_TRELLO. Both services have to
    reach Odoo at its web.base.url.

The next scripts/demo github-trello begins with a fresh database.
Logs of the server: {logs}
"""


@contextlib.contextmanager
def play():
    """Show the round trip of an issue and its labels."""
    say("Preparing the database (the first time about half a minute, then a second)")
    fresh_database(DATABASE, ADDON, addons=("sync", ADDON))
    odoo = Odoo(DATABASE, port=8069)
    say("Starting the servers")
    with FakeGithub() as github, FakeTrello() as trello, running(odoo):
        show = Show(odoo, github, trello)
        show.configure()
        for step in (show.open_issue, show.comment, show.label_card, show.rename_label):
            show.rows.append(step())
        print_table(HEADERS, show.rows)
        worked = all(row[-1] == "yes" for row in show.rows)
        yield Outcome(worked, (odoo,), next_steps(odoo, github, trello))


def next_steps(odoo, github, trello):
    return NEXT_STEPS.format(
        odoo=odoo.url,
        github=github.url,
        token=fake_github.TOKEN,
        repo=fake_github.REPO,
        trello=trello.url,
        login=fake_trello.LOGIN,
        board=fake_trello.BOARD,
        logs=odoo.log,
    )


class Show:
    """The steps of the round trip, as users of GitHub and Trello take them."""

    def __init__(self, odoo, github, trello):
        self.project = GithubTrelloProject(odoo, github, trello)
        self.github = github
        self.trello = trello
        self.number = None
        self.rows = []

    def configure(self):
        self.project.configure()
        self.project.set_up()
        say("The project is configured and active, its webhooks are set")

    def open_issue(self):
        say("Opening an issue with a label on GitHub")
        self.number = self.github.open_issue("It breaks", "Look here", ["bug"])
        return self._row("Issue opened on GitHub", ["bug"], 1)

    def comment(self):
        say("Posting a message on GitHub")
        self.github.comment(self.number, "Any news?")
        return self._row("Message posted on GitHub", ["bug"], 2)

    def label_card(self):
        say("Attaching a label on Trello")
        self.trello.add_label(self._card()["id"], "urgent")
        return self._row("Label attached on Trello", ["bug", "urgent"], 2)

    def rename_label(self):
        say("Renaming a label on GitHub")
        self.github.edit_label("bug", "defect")
        return self._row("Label renamed on GitHub", ["defect", "urgent"], 2)

    def _card(self):
        return self.trello.card_named("GITHUB: It breaks")

    def _row(self, title, labels, messages):
        """Wait for what a step shall lead to; return what there is then."""
        expected = [labels, labels, messages]
        with contextlib.suppress(ServerError):
            until(lambda: self._state() == expected, TIMEOUT, title)
        state = self._state()
        on_issue, on_card, count = state
        worked = "yes" if state == expected else "no"
        return [title, ", ".join(on_issue), ", ".join(on_card), count, worked]

    def _state(self):
        """Return the labels of both sides and the number of messages on the card."""
        on_issue, card = self.github.label_names(self.number), self._card()
        if not card:
            return [on_issue, [], 0]
        on_card = self.trello.label_names(card["id"])
        return [on_issue, on_card, len(card["comments"])]
