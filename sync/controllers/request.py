# Copyright 2026 Sync Studio contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl.html)
"""Keep Odoo's parsers away from the bodies of webhook requests.

Odoo chooses by the content type how to read a request before it knows the route, and
refuses JSON that is not an object or a form posted as JSON. A webhook takes any body.
"""

from psycopg2 import OperationalError

from odoo import http

from ..webhook_answer import busy
from ..webhook_inbox import RECEPTION

WEBHOOK_PATHS = ("/website/action-json/", "/website/action-http/")


class WebhookRequest(http.HttpRequest):
    """A request whose body is left for the handler to read."""

    def __init__(self, httprequest):
        # Skip HttpRequest: it would read the form, and with it the raw body.
        http.WebRequest.__init__(self, httprequest)
        self.params = {}

    def dispatch(self):
        """Answer that the sender shall try again, once Odoo gives up repeating this."""
        try:
            return super().dispatch()
        except OperationalError as error:
            self._failed = error  # keeps Odoo from a commit
            reception = self.httprequest.environ.get(RECEPTION)
            return reception.give_up() if reception else busy()


def get_request(self, httprequest):
    if httprequest.path.startswith(WEBHOOK_PATHS):
        return WebhookRequest(httprequest)
    return get_request.origin(self, httprequest)


get_request.origin = http.Root.get_request
http.Root.get_request = get_request
