# Copyright 2026 Sync Studio contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl.html)

from odoo import api, fields, models


class SyncProject(models.Model):
    _inherit = "sync.project"

    # the demo of two Odoos adds this value too
    eval_context = fields.Selection(selection_add=[("odoo2odoo", "Another Odoo")])

    @api.model
    def _eval_context_odoo2odoo(self, secrets, eval_context):
        """Links made by a module: linked(relation, ref)"""
        links = self.env["sync.link"]

        def linked(relation, ref):
            return links._get_link(relation, ref).odoo

        return {"linked": linked, "link_names": sorted(links._get_eval_context())}
