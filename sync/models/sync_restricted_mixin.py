# Copyright 2026 Sync Studio contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl.html)
"""Fields that only Administrators read, and no code of a run.

Odoo checks the groups of a field when it is read, not when it is searched, sorted or
grouped by, nor in a creation; and sudo passes every check.
"""

from odoo import _, api, models
from odoo.exceptions import AccessError

from ..user_code import is_user_code

RESTRICTED_GROUP = "sync.sync_group_manager"


class SyncRestrictedMixin(models.AbstractModel):
    """The fields also have ``groups=RESTRICTED_GROUP`` and ``prefetch=False``, as code
    may read the others."""

    _name = "sync.restricted.mixin"
    _description = "Mixin for fields that only Administrators read"

    _restricted_fields = frozenset()

    def _may_read_restricted(self):
        """Administrators may, and code of modules with sudo, but no code of a run."""
        if is_user_code():
            return False
        return self.env.su or self.user_has_groups(RESTRICTED_GROUP)

    def _check_restricted_read(self, names):
        names = self._restricted_fields.intersection(names)
        if names and not self._may_read_restricted():
            raise AccessError(
                _(
                    "Only Sync Studio administrators may read the %(field)s of a "
                    "%(record)s, and no task code may. A module gets the values of "
                    "secrets as an argument of its method _eval_context_<name>."
                )
                % {
                    "field": ", ".join(self._fields[name].string for name in names),
                    "record": self.env["ir.model"].sudo()._get(self._name).name,
                }
            )

    @api.model
    def _inherits_join_calc(self, alias, fname, query):
        self._check_restricted_read([fname])
        return super()._inherits_join_calc(alias, fname, query)

    @api.model
    def _where_calc(self, domain, active_test=True):
        self._check_restricted_read(str(leaf[0]).split(".")[0] for leaf in domain)
        return super()._where_calc(domain, active_test)
