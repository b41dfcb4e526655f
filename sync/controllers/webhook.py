# Copyright 2026 Sync Studio contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl.html)
"""The addresses that outside services call."""

import logging

from odoo import SUPERUSER_ID, http
from odoo.http import request

from ..webhook_answer import not_found

_logger = logging.getLogger(__name__)

REFUSALS = (400, 401, 403, 404, 413, 429)


class Webhook(http.Controller):
    @http.route(
        [
            "/website/action-json/<string:token>",
            "/website/action-json/<string:token>/<path:path>",
            "/website/action-http/<string:token>",
            "/website/action-http/<string:token>/<path:path>",
        ],
        type="http",
        auth="none",
        csrf=False,
        save_session=False,
        methods=["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE"],
    )
    def webhook(self, token, path=None):
        """Hand a request over to the trigger with this token.

        The session of a caller who is logged in plays no part: webhooks run as the
        public user, with all rights.
        """
        trigger = self._find(token)
        enabled = trigger and trigger._is_enabled()
        response = trigger._receive(request.httprequest) if enabled else not_found()
        if response.status_code in REFUSALS:
            _logger.info(
                "Webhook %r was answered with %s",
                request.httprequest.path,
                response.status,
            )
        return response

    def _find(self, token):
        request.uid = SUPERUSER_ID
        xmlids = request.env["ir.model.data"]
        request.uid = xmlids.xmlid_to_res_id("base.public_user")
        request.context = {"lang": request.env.user.lang}
        triggers = request.env["sync.trigger.webhook"].sudo()
        # PostgreSQL knows no text with a NUL.
        token = token.replace("\x00", "\ufffd")
        return triggers.search([("website_path", "=", token)], limit=1)
