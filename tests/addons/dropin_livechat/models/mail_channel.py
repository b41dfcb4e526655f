# Copyright 2026 Sync Studio contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl.html)
"""What all messengers share; nothing here needs Sync Studio to be installed."""

from odoo import api, models

from odoo.addons.sync.models.ir_logging import LOG_DEBUG


class MailChannel(models.Model):
    _inherit = "mail.channel"

    @api.model
    def _dropin_find_or_create(self, relation, chat, name, eval_context):
        """Give the channel that is linked to a chat."""
        channel = eval_context["get_link"](relation, chat).odoo
        if channel:
            eval_context["log"]("Known chat %s" % chat, LOG_DEBUG)
            return channel
        channel = self.create({"name": name, "public": "public"})
        return channel.set_link(relation, chat).odoo
