# Copyright 2026 Sync Studio contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl.html)
"""Params, texts and secrets of a project."""

from odoo import _, api, fields, models
from odoo.exceptions import AccessError

from ..user_code import is_user_code
from .ir_logging import log_of

SECRET_GROUP = "sync.sync_group_manager"
SECRET_FIELDS = frozenset(["value", "initial_value"])


class SyncProjectParamMixin(models.AbstractModel):
    _name = "sync.project.param.mixin"
    _description = "Template model for Parameters"
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
    _inherit = "sync.project.param.mixin"

    # Not read together with other fields: code may read those.
    value = fields.Char(groups=SECRET_GROUP, prefetch=False)
    initial_value = fields.Char(groups=SECRET_GROUP)
    is_set = fields.Boolean(
        "Set", compute="_compute_is_set", help="Whether the secret has a value"
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
        if not self._may_read_values():
            default["value"] = False
        data = super().copy_data(default)
        for vals in data:
            vals.pop("initial_value")
            if not vals.get("value"):
                vals.pop("value", None)
        return data

    # Who reads a value. Odoo checks the groups of a field when it is read, not when it
    # is searched, sorted or grouped by, nor in a creation; and sudo passes every check.

    def _may_read_values(self):
        """Administrators may, and code of modules with sudo, but no code of a run."""
        if is_user_code():
            return False
        return self.env.su or self.user_has_groups(SECRET_GROUP)

    def _check_values_read(self, names):
        if not self._may_read_values() and not SECRET_FIELDS.isdisjoint(names):
            raise AccessError(
                _(
                    "Only Sync Studio administrators may read the value of a secret, "
                    "and no task code may. A module gets it as an argument of its "
                    "method _eval_context_<name>."
                )
            )

    @api.model
    def _inherits_join_calc(self, alias, fname, query):
        self._check_values_read([fname])
        return super()._inherits_join_calc(alias, fname, query)

    @api.model
    def _where_calc(self, domain, active_test=True):
        self._check_values_read(str(leaf[0]).split(".")[0] for leaf in domain)
        return super()._where_calc(domain, active_test)

    @api.model
    def _check_values_written(self, vals_list):
        for vals in map(self._add_missing_default_values, vals_list):
            names = [name for name, value in vals.items() if value]
            self.check_field_access_rights("write", names)
