# Copyright 2026 Sync Studio contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl.html)

import html

import requests

from odoo import _, api, fields, models
from odoo.exceptions import UserError
from odoo.tools.safe_eval import wrap_module

from odoo.addons.dropin_livechat.tools import get_livechat_eval_context
from odoo.addons.sync.models.sync_project import AttrDict
from odoo.addons.sync.tools import LogExternalQuery

TIMEOUT = 10  # seconds


class SyncProject(models.Model):
    _inherit = "sync.project"

    eval_context = fields.Selection(
        selection_add=[("dropin_messenger", "Messenger")],
        ondelete={"dropin_messenger": "cascade"},
    )

    @api.model
    def _eval_context_dropin_messenger(self, secrets, eval_context):
        """The messenger's API

        * messenger.send(chat, text): gives the number of the message
        """
        log, params = eval_context["log"], eval_context["params"]
        log_transmission = eval_context["log_transmission"]
        token = secrets.MESSENGER_TOKEN
        if not token:
            raise UserError(_("Set the secret MESSENGER_TOKEN first."))

        @LogExternalQuery("Messenger->send", eval_context)
        def send(chat, text):
            """Send a text."""
            url = params.MESSENGER_URL + "/send"
            headers = {"X-Token": token}
            message = {"chat": chat, "text": text}
            answer = requests.post(url, json=message, headers=headers, timeout=TIMEOUT)
            return answer.json()["number"]

        @LogExternalQuery("Messenger->refuse", eval_context)
        def refuse(**options):
            raise Exception("The messenger refuses")

        def announce(text):
            log_transmission("Messenger", text)
            log("Announced", name="Messenger", level="debug")

        messenger = AttrDict({"send": send, "refuse": refuse, "announce": announce})
        # The letter after the underscore is Cyrillic.
        messenger["open_сhat"] = lambda chat: "opened %s" % chat
        context = get_livechat_eval_context(self.env, "DROPIN_CHAT", eval_context)
        return dict(
            context,
            messenger=messenger,
            html=wrap_module(html, ["escape"]),
            # names that the project has anyway
            html2plaintext=eval_context["html2plaintext"],
            type2str=lambda value: "overridden",
        )
