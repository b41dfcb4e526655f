# Copyright 2026 Sync Studio contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl.html)
"""What an upgrade leaves to people.

Each notice is a warning in the log of its project and in the server's log, and
Administrators find it in the inbox of Discuss. Nothing is sent by e-mail: an upgrade is
often tried out on a copy of the database first.
"""

import logging

from odoo import _
from odoo.exceptions import UserError
from odoo.tools import groupby, html_escape

from .demo_upgrade import DEMO_ADDONS
from .models.ir_logging import LOG_WARNING

_logger = logging.getLogger(__name__)

MANAGERS = "sync.sync_group_manager"


class NewToken:
    """A webhook got a new token, as another one has its former token too.

    Neither token is named: log lines have more readers than webhooks.
    """

    def __init__(self, webhook, keeper):
        self.task = webhook.sync_task_id
        self.project = self.task.project_id
        self.trigger_name = webhook.trigger_name
        self._keeper = keeper

    def text(self, context):
        """Give the notice in the language of ``context`` (dict)."""
        keeper_project = self._keeper.sync_task_id.project_id
        return _(
            'Webhook %s of project "%s" has a new address: it shared one with the '
            'webhook %s of project "%s", which keeps it. Register the new Webhook URL '
            "with the sender."
        ) % (
            self.trigger_name,
            self.project.name or "",
            self._keeper.trigger_name,
            keeper_project.name or "",
        )


class MissingAddon:
    """A project uses the evaluation context of an addon that is not installed."""

    trigger_name = False

    def __init__(self, project, addon, reason):
        self.project = project
        self.task = project.env["sync.task"]
        self._addon = addon
        self._reason = reason

    def text(self, context):
        """Give the notice in the language of ``context`` (dict)."""
        text = _(
            'Project "%s" cannot run before the addon %s, which its evaluation '
            "context belongs to now, is installed. Its data is kept."
        )
        return " ".join(
            filter(None, [text % (self.project.name, self._addon), self._reason])
        )


def missing_addons(env):
    """List a ``MissingAddon`` for each project that an addon is to be installed for."""
    notices = []
    for eval_context, addon in DEMO_ADDONS.items():
        modules = env["ir.module.module"].search([("name", "=", addon)])
        if not modules or modules.state in ("uninstalled", "uninstallable"):
            domain = [("eval_context", "=", eval_context)]
            projects = env["sync.project"].with_context(active_test=False)
            for project in projects.search(domain):
                notices.append(MissingAddon(project, addon, _why_missing(modules)))
    return notices


def _why_missing(module):
    """Give Odoo's words for what hinders the installation, if anything is known."""
    try:
        if module:
            module.check_external_dependencies(module.name)
    except UserError as error:
        return error.args[0]
    return ""


def tell(env, notices):
    """Write the notices to the logs and to the inboxes of the Administrators."""
    if not notices:
        return
    # Odoo loads the translations of a new version only after this.
    env["ir.module.module"].search([("name", "=", "sync")])._update_translations()
    for notice in notices:
        _log(env, notice)
    users = env.ref(MANAGERS).users
    for lang, readers in groupby(users, key=lambda user: user.lang):
        partners = users.concat(*readers).partner_id
        _send(env, partners, [notice.text({"lang": lang}) for notice in notices])


def _log(env, notice):
    text = notice.text({"lang": env.user.lang})
    _logger.warning("Sync Studio: %s", text)
    env["ir.logging"].create(
        {
            "name": "Upgrade",
            "type": "server",
            "dbname": env.cr.dbname,
            "level": LOG_WARNING,
            "message": text,
            "path": "sync",
            "func": "upgrade",
            "line": "0",
            "sync_project_id": notice.project.id,
            "sync_task_id": notice.task.id,
            "sync_trigger_name": notice.trigger_name,
        }
    )


def _send(env, partners, texts):
    items = "".join("<li>%s</li>" % html_escape(text) for text in texts)
    env["mail.message"].create(
        {
            "message_type": "user_notification",
            "subtype_id": env.ref("mail.mt_note").id,
            "author_id": env.user.partner_id.id,
            "subject": "Sync Studio",
            "body": "<ul>%s</ul>" % items,
            "notification_ids": [
                (0, 0, {"res_partner_id": partner.id, "notification_type": "inbox"})
                for partner in partners
            ],
        }
    )
