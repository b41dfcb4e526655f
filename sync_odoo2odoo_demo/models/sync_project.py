# Copyright 2026 Sync Studio contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl.html)
"""Evaluation context "Odoo2odoo": what code of such projects can call."""

from odoo import _, api, fields, models
from odoo.exceptions import UserError

from odoo.addons.sync.models.sync_project import keep_project

from ..clients import odoo_rpc
from ..clients.call_log import logged


class SyncProject(models.Model):
    _inherit = "sync.project"

    eval_context = fields.Selection(
        selection_add=[("odoo2odoo", "Odoo2odoo")],
        ondelete={"odoo2odoo": keep_project},
    )

    @api.model
    def _eval_context_odoo2odoo(self, secrets, eval_context):
        """Functions to work with an external Odoo

        * odoo_execute_kw(model, method, *args, **kwargs): call a method of a model of
          the external Odoo and return its result, e.g.
          odoo_execute_kw("res.partner", "read", [7, 8], ["name"], context={"lang": "fr_FR"})
        * odoo_external_id(record): the external id under which the copy of a record is
          found on the external Odoo, e.g. to import it with method load

        Params: URL, DB. Secrets: USERNAME, PASSWORD.
        """
        params = eval_context["params"]
        settings = {
            "URL": params.get("URL"),
            "DB": params.get("DB"),
            "USERNAME": secrets.get("USERNAME"),
            "PASSWORD": secrets.get("PASSWORD"),
        }
        client = odoo_rpc.OdooRpc(*settings.values())
        recipient = "%(URL)s (%(DB)s)" % settings
        execute_kw = logged(client.execute_kw, recipient, eval_context)

        def odoo_execute_kw(model, method, *args, **kwargs):
            self._odoo2odoo_check(settings)
            try:
                return execute_kw(model, method, *args, **kwargs)
            except odoo_rpc.OdooRpcError as error:
                raise UserError(self._odoo2odoo_explain(error, settings)) from error

        return {
            "odoo_execute_kw": odoo_execute_kw,
            "odoo_external_id": self._odoo2odoo_external_id,
        }

    @api.model
    def _odoo2odoo_check(self, settings):
        """Raise UserError that names the params and secrets still to be set."""
        missing = [key for key, value in settings.items() if not value]
        if missing:
            raise UserError(
                _(
                    "The external Odoo cannot be reached before these are set in the "
                    'project\'s tab "Parameters": %s.'
                )
                % ", ".join(missing)
            )

    @api.model
    def _odoo2odoo_explain(self, error, settings):
        """Tell people what went wrong and what to do about it."""
        explanations = {
            odoo_rpc.WrongUrl: _(
                "No Odoo was found at %(URL)s: %(error)s. Check the param URL, "
                "e.g. https://odoo.example.com"
            ),
            odoo_rpc.WrongDatabase: _(
                "The Odoo at %(URL)s has no database %(DB)s. Check the param DB."
            ),
            odoo_rpc.WrongLogin: _(
                "The Odoo at %(URL)s does not accept the login for database %(DB)s. "
                "Check the secrets USERNAME and PASSWORD."
            ),
            odoo_rpc.NotAllowed: _(
                "The user of the Odoo at %(URL)s has not enough rights: %(error)s "
                "Give them more rights there, or set another USERNAME and PASSWORD."
            ),
            odoo_rpc.RemoteFault: _("The Odoo at %(URL)s failed: %(error)s"),
        }
        return explanations[type(error)] % dict(settings, error=error)

    @api.model
    def _odoo2odoo_external_id(self, record):
        """Name a record of this database for the external Odoo.

        The database's uuid keeps several Odoos that push to one external Odoo apart.
        """
        uuid = self.env["ir.config_parameter"].sudo().get_param("database.uuid")
        model = record._name.replace(".", "_")
        return "sync_studio_%s.%s_%s" % (uuid, model, record.id)
