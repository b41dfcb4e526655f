# Copyright 2026 Sync Studio contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl.html)
"""DB triggers go along with the model they watch."""

from odoo import models


class IrModel(models.Model):
    _inherit = "ir.model"

    def unlink(self):
        """Remove what keeps PostgreSQL from deleting the models of an addon."""
        # No search for triggers: their own columns may be gone already.
        automations = self.env["base.automation"].with_context(active_test=False)
        domain = [("model_id", "in", self.ids), ("code", "like", "sync.trigger.")]
        watching = automations.sudo().search(domain)
        if watching:
            watching.unlink()
        return super().unlink()
