# Copyright 2026 Sync Studio contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl.html)
"""A page beside the webhooks, whose controller it extends."""

from odoo import http
from odoo.http import request

from odoo.addons.sync.controllers.webhook import Webhook
from odoo.addons.sync.lib.controllers.main import Website
from odoo.addons.sync.lib.models import ir_actions

IS_CONTROLLER = issubclass(Website, (Webhook, http.Controller))


class Landing(Website):
    @http.route("/dropin_leads", type="http", auth="public", csrf=False)
    def landing(self):
        return request.make_response(
            "landing of %s: %s" % (ir_actions.__name__, IS_CONTROLLER)
        )
