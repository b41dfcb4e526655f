# Copyright 2026 Sync Studio contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl.html)
"""The floor of a webhook: a public address that finds one record and makes another."""

from odoo import http
from odoo.http import request


class Floor(http.Controller):
    @http.route(
        "/benchmark_floor/<string:token>",
        type="http",
        auth="public",
        csrf=False,
        save_session=False,
    )
    def call(self, token):
        floors = request.env["benchmark.floor"].sudo()
        floor = floors.search([("token", "=", token)], limit=1)
        floors.create({"parent_id": floor.id})
        return "OK"
