# Copyright 2026 Sync Studio contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl.html)
"""Params, texts and secrets of a project."""

from odoo import api, fields, models

from .ir_logging import log_of
from .sync_restricted_mixin import RESTRICTED_GROUP


class SyncProjectParamMixin(models.AbstractModel):
    _name = "sync.project.param.mixin"
    _description = "Template model for Parameters"
    _inherit = "sync.translations.mixin"
    _rec_name = "key"
    _order = "id"

    key = fields.Char(required=True)
    value = fields.Char()
    initial_value = fields.Char(
        compute="_compute_initial_value",
        inverse="_inverse_initial_value",
        help="Written to the value only while that is empty, so that an upgrade of a "
        "module leaves alone what has been set here",
    )
    description = fields.Char(translate=True)
    url = fields.Char("Documentation")
    optional = fields.Boolean(
        help="The project works without a value. It does not count as missing"
    )
    project_id = fields.Many2one("sync.project", ondelete="cascade", index=True)

    @api.depends("value")
    def _compute_initial_value(self):
        for param in self:
            param.initial_value = param.value

    def _inverse_initial_value(self):
        for param in self.filtered(lambda param: not param.value):
            param.value = param.initial_value


class SyncProjectParam(models.Model):
    _name = "sync.project.param"
    _description = "Project Parameter"
    _inherit = "sync.project.param.mixin"

    _sql_constraints = [
        ("key_uniq", "unique(project_id, key)", "The key is taken in this project.")
    ]


class SyncProjectText(models.Model):
    _name = "sync.project.text"
    _description = "Project Text Parameter"
    _inherit = "sync.project.param.mixin"

    _kept_translations = frozenset(["value"])

    value = fields.Text(translate=True)
    # Another type of field takes nothing over from the template.
    initial_value = fields.Text(
        compute="_compute_initial_value", inverse="_inverse_initial_value"
    )

    _sql_constraints = [
        ("key_uniq", "unique(project_id, key)", "The key is taken in this project.")
    ]


class SyncProjectSecret(models.Model):
    _name = "sync.project.secret"
    _description = "Project Secret Parameter"
    _inherit = ["sync.project.param.mixin", "sync.restricted.mixin"]

    _restricted_fields = frozenset(["value", "initial_value"])

    # The widget trims what is typed, never a value that was there before.
    value = fields.Char(groups=RESTRICTED_GROUP, prefetch=False, trim=False)
    initial_value = fields.Char(groups=RESTRICTED_GROUP)
    is_set = fields.Boolean(
        "Set",
        compute="_compute_is_set",
        store=True,
        help="Whether the secret has a value",
    )

    _sql_constraints = [
        ("key_uniq", "unique(project_id, key)", "The key is taken in this project.")
    ]

    @api.depends("value")
    def _compute_is_set(self):
        """Ask the database, so that no value gets into the cache, open to readers."""
        self.flush(["value"])
        self.env.cr.execute(
            "SELECT id FROM sync_project_secret WHERE id = ANY(%s) AND value != ''",
            [self._origin.ids],
        )
        found = {secret_id for secret_id, in self.env.cr.fetchall()}
        for secret in self:
            secret.is_set = secret._origin.id in found

    @api.model_create_multi
    def create(self, vals_list):
        self._check_values_written(vals_list)
        secrets = super().create(vals_list)
        self._mask_in_running_log(vals_list)
        return secrets

    def write(self, vals):
        result = super().write(vals)
        self._mask_in_running_log([vals])
        return result

    def _mask_in_running_log(self, vals_list):
        """Keep a value that is set during a run, a fresh token say, out of its log."""
        log = log_of(self.env)
        if log:
            log.mask.add(*[vals.get("value") for vals in vals_list])

    def copy_data(self, default=None):
        """Copy the value only for those who may read it."""
        default = dict(default or {}, initial_value=False)
        if not self._may_read_restricted():
            default["value"] = False
        data = super().copy_data(default)
        for vals in data:
            vals.pop("initial_value")
            if not vals.get("value"):
                vals.pop("value", None)
        return data

    @api.model
    def _check_values_written(self, vals_list):
        for vals in map(self._add_missing_default_values, vals_list):
            names = [name for name, value in vals.items() if value]
            self.check_field_access_rights("write", names)
