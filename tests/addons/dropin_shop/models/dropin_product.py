# Copyright 2026 Sync Studio contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl.html)

from odoo import fields, models


class DropinProduct(models.Model):
    _name = "dropin.product"
    _inherit = "image.mixin"
    _description = "Product of the shop"

    name = fields.Char(required=True)
    price = fields.Float()
