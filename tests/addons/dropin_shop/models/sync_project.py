# Copyright 2026 Sync Studio contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl.html)

from odoo import _, api, fields, models
from odoo.exceptions import UserError

from odoo.addons.sync.tools import url2base64


class SyncProject(models.Model):
    _inherit = "sync.project"

    eval_context = fields.Selection(selection_add=[("dropin_shop", "Shop")])

    @api.model
    def _eval_context_dropin_shop(self, secrets, eval_context):
        """The shop's API: shop_prices(), shop_picture()"""
        if not (secrets.API_KEY and secrets.API_SECRET):
            raise UserError(_("API_KEY and API_SECRET are not set"))
        log_transmission = eval_context["log_transmission"]

        def shop_prices():
            log_transmission("Shop", "GET prices")
            eval_context["log"]("Answer", log_type="data_in", name="Shop")
            return {"tea": 3, "cup": 5}

        return {
            "shop_prices": shop_prices,
            "shop_picture": lambda: url2base64(eval_context["params"].SHOP_URL),
        }
