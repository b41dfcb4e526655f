# Copyright 2026 Sync Studio contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl.html)
"""Evaluation context "Trello & Github": what code of such projects can call."""

from functools import wraps
from math import sqrt
from secrets import token_urlsafe

from odoo import _, fields, models
from odoo.exceptions import UserError

from odoo.addons.sync.models.sync_project import keep_project
from odoo.addons.sync.tools import AttrDict, LogExternalQuery

from ..clients.errors import NotAccepted, NotThere, ServiceError
from ..clients.github_repo import GithubRepo
from ..clients.trello_board import TrelloBoard

GITHUB = "github"
TRELLO = "trello"
GITHUB_SECRET = "GITHUB_WEBHOOK_SECRET"
TRELLO_SECRET = "TRELLO_SECRET"
# Methods of the clients that code can call as they are.
GITHUB_FUNCTIONS = (
    "get_all_issues",
    "get_issue",
    "get_labels",
    "get_webhooks",
    "issue_add_labels",
    "issue_remove_labels",
    "label_create",
    "label_delete",
    "label_update",
)
TRELLO_FUNCTIONS = (
    "card_add_labels",
    "card_add_message",
    "card_remove_labels",
    "delete_webhooks",
    "get_all_cards",
    "get_card",
    "get_labels",
    "get_labels_colors",
    "get_webhooks",
    "label_create",
    "label_delete",
    "label_update",
)


class SyncProject(models.Model):
    _inherit = "sync.project"

    eval_context = fields.Selection(
        selection_add=[("trello_github", "Trello & Github")],
        ondelete={"trello_github": keep_project},
    )

    def _eval_context_trello_github(self, secrets, eval_context):
        """Functions to work with a GitHub repository and a Trello board

        Ids of labels and cards are texts; an issue is named by its number. Labels are
        dicts of id, name and color: on GitHub six hexadecimal digits, on Trello the
        name of a color or None.

        * GITHUB, TRELLO: names of the two systems in links
        * sqrt(number)

        GitHub; issues include pull requests:

        * github.get_issue(issue): dict of id, name, body, url and labels, or None
        * github.get_all_issues(page=None, state="open"): list of such dicts: all, or
          a page of 100, counted from 0; state is "open", "closed" or "all"
        * github.issue_add_labels(issue, ids), github.issue_remove_labels(issue, ids)
        * github.get_labels(): list of all labels of the repository
        * github.label_create(name, color): returns the id; takes the label that has
          this name if there is one
        * github.label_update(label, name, color), github.label_delete(label)
        * github.set_webhook(url, events): send these events to an address of this
          project, which from then on accepts only what GitHub has signed with the secret
          GITHUB_WEBHOOK_SECRET; that is made up when it is empty
        * github.get_webhooks(): list of dicts of id, url, events and active

        Trello:

        * trello.get_card(card): dict of id, name, description, idLabels and labels,
          or None
        * trello.get_all_cards(): list of such dicts, archived cards included
        * trello.card_create(name, issue): create the card of an issue in the first
          open list, unless that was done before; returns the id
        * trello.card_add_labels(card, ids), trello.card_remove_labels(card, ids)
        * trello.card_add_message(card, text, url=None): post a comment; if you tell
          the address it comes from, it is shown and nothing is posted twice
        * trello.get_labels(): list of all labels of the board
        * trello.get_labels_colors(): dict of their colors by id
        * trello.label_create(name, color): returns the id
        * trello.label_update(label, name, color), trello.label_delete(label)
        * trello.set_webhook(url): send all that happens on the board to an address of
          this project, which from then on accepts only what Trello has signed, unless
          the secret TRELLO_SECRET is empty
        * trello.get_webhooks(): list of dicts of id, url and active
        * trello.delete_webhooks(): delete all webhooks of the token on the board

        Params: GITHUB_API_URL, TRELLO_API_URL. Secrets: GITHUB_REPO, GITHUB_TOKEN,
        GITHUB_WEBHOOK_SECRET, TRELLO_BOARD_ID, TRELLO_KEY, TRELLO_TOKEN, TRELLO_SECRET.
        """
        params = eval_context["params"]
        repo = GithubRepo(
            params.get("GITHUB_API_URL"),
            secrets.get("GITHUB_TOKEN"),
            secrets.get("GITHUB_REPO"),
        )
        board = TrelloBoard(
            params.get("TRELLO_API_URL"),
            secrets.get("TRELLO_KEY"),
            secrets.get("TRELLO_TOKEN"),
            secrets.get("TRELLO_BOARD_ID"),
        )
        return {
            "GITHUB": GITHUB,
            "TRELLO": TRELLO,
            "sqrt": sqrt,
            "github": self._github_functions(repo, secrets, eval_context),
            "trello": self._trello_functions(board, repo, secrets, eval_context),
        }

    def _github_functions(self, repo, secrets, eval_context):
        def set_webhook(url, events):
            repo.set_webhook(url, events, _github_webhook_secret(self, secrets))
            values = {"verification": "github", "secret_key": GITHUB_SECRET}
            self._webhook_of(url).write(values)

        functions = [getattr(repo, name) for name in GITHUB_FUNCTIONS] + [set_webhook]
        keys = ("GITHUB_REPO", "GITHUB_TOKEN")
        return self._service_functions("GitHub", functions, keys, secrets, eval_context)

    def _trello_functions(self, board, repo, secrets, eval_context):
        def card_create(name, issue):
            return board.card_create(name, repo.issue_url(issue))

        def set_webhook(url):
            if not self.active:
                raise UserError(
                    _("Unarchive the project first: Trello tries each new webhook.")
                )
            board.set_webhook(url)
            self._set_trello_verification(url, secrets, eval_context)

        functions = [getattr(board, name) for name in TRELLO_FUNCTIONS]
        functions += [card_create, set_webhook]
        keys = ("TRELLO_BOARD_ID", "TRELLO_KEY", "TRELLO_TOKEN")
        return self._service_functions("Trello", functions, keys, secrets, eval_context)

    def _service_functions(self, service, functions, keys, secrets, eval_context):
        """Return functions by name: logged, and with errors that tell what to do.

        :param tuple keys: of the secrets that the service needs
        """

        def prepared(function):
            target = "%s: %s" % (service, function.__name__)
            logged = LogExternalQuery(target, eval_context)(function)

            @wraps(function)
            def call(*args, **kwargs):
                self._check_service_secrets(service, keys, secrets)
                try:
                    return logged(*args, **kwargs)
                except ServiceError as error:
                    raise UserError(
                        self._explain_service_error(service, keys, error)
                    ) from error

            return call

        return AttrDict(
            (function.__name__, prepared(function)) for function in functions
        )

    def _check_service_secrets(self, service, keys, secrets):
        """Raise UserError that names the secrets still to be set."""
        missing = [key for key in keys if not secrets.get(key)]
        if missing:
            raise UserError(
                _(
                    "%(service)s cannot be reached before these secrets are set in the "
                    'project\'s tab "Parameters": %(keys)s.'
                )
                % {"service": service, "keys": ", ".join(missing)}
            )

    def _explain_service_error(self, service, keys, error):
        """Tell people what went wrong and what to do about it."""
        explanations = {
            NotAccepted: _("%(service)s does not accept the login. Check %(keys)s."),
            NotThere: _(
                "%(service)s did not find something, or the token may not see it: "
                "%(error)s. Check %(keys)s."
            ),
            ServiceError: _("%(service)s refused: %(error)s"),
        }
        names = {"service": service, "keys": ", ".join(keys), "error": error}
        return explanations[type(error)] % names

    def _webhook_of(self, url):
        """Return the webhook of this project that has an address."""
        webhooks = self.sudo().task_ids.webhook_ids
        return webhooks.filtered(lambda webhook: webhook.website_url == url)

    def _set_trello_verification(self, url, secrets, eval_context):
        """Let a webhook accept only what Trello has signed, if that can be checked."""
        webhook = self._webhook_of(url)
        if secrets.get(TRELLO_SECRET):
            webhook.write({"verification": "trello", "secret_key": TRELLO_SECRET})
            return
        webhook.write({"verification": "none"})
        eval_context["log"](
            _(
                "Whoever knows the address of the webhook %s can send it events in "
                "Trello's name. Set the secret TRELLO_SECRET, and set the webhook again."
            )
            % webhook.trigger_name,
            eval_context["LOG_WARNING"],
        )


# This handles secrets. As user code can call any method of a model, it is a function.


def _github_webhook_secret(project, secrets):
    """Return what GitHub shall sign with; make it up when it is empty."""
    if not secrets.get(GITHUB_SECRET):
        secrets[GITHUB_SECRET] = token_urlsafe(32)
        rows = project.sudo().secret_ids
        row = rows.filtered(lambda row: row.key == GITHUB_SECRET) or rows.create(
            {"project_id": project.id, "key": GITHUB_SECRET}
        )
        row.value = secrets[GITHUB_SECRET]
        # Code may read the cache, but no secret.
        row.flush(["value"])
        row.invalidate_cache(["value"], row.ids)
    return secrets[GITHUB_SECRET]
