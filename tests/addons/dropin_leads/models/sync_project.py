# Copyright 2026 Sync Studio contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl.html)

from odoo import fields, models

from odoo.addons.sync.models.ir_logging import LOG_WARNING
from odoo.addons.sync.models.sync_project import AttrDict


class Lead:
    """A class that task code makes objects of."""

    def __init__(self, name):
        self.name = name

    def shout(self):
        return self.name.upper()


class SyncProject(models.Model):
    _inherit = "sync.project"

    eval_context = fields.Selection(
        selection_add=[("dropin_leads", "Leads")],
        ondelete={"dropin_leads": "set null"},
    )

    def _eval_context_dropin_leads(self, secrets, eval_context):
        """The network's API: network.Lead(name), network.save_token(value)"""
        log = eval_context["log"]
        levels = [eval_context["LOG_" + name] for name in ("INFO", "ERROR", "CRITICAL")]

        def save_token(value):
            token = self.env["sync.project.secret"].search(
                [("key", "=", "PAGE_TOKEN"), ("project_id", "=", self.id)]
            )
            token.sudo().value = value
            log("Token saved", LOG_WARNING, name="network")

        network = AttrDict(
            Lead=Lead,
            levels=levels,
            has_token=bool(secrets.PAGE_TOKEN),
            project=self.id,
            save_token=save_token,
        )
        return {"network": network}
