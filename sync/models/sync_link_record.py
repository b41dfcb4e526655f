# Copyright 2026 Sync Studio contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl.html)
"""Links in lists and forms: the records they lead to, and those that are gone."""

from odoo import _, api, fields, models
from odoo.exceptions import UserError, ValidationError

from .sync_link import EXTERNAL, ODOO

# By model. References are compared as texts, as they may hold anything.
FIND_ORPHANS = """
    SELECT link.id FROM sync_link AS link
     WHERE link.model = %s
       AND NOT EXISTS (SELECT FROM "{table}" AS record WHERE record.id::text = link.ref2)
"""
FIND_LINKS_OF_MODELS = """
    SELECT link.id FROM sync_link AS link WHERE link.model = ANY(%s)
"""


class SyncLink(models.Model):
    _inherit = "sync.link"

    side1 = fields.Char("One Side", compute="_compute_sides")
    side2 = fields.Char("Other Side", compute="_compute_sides")
    is_orphan = fields.Boolean(
        "Orphan",
        compute="_compute_is_orphan",
        search="_search_is_orphan",
        help="The Odoo record of the link was deleted, or its model is not installed",
    )

    def _compute_is_orphan(self):
        orphans = self.orphans()
        for link in self:
            link.is_orphan = link in orphans

    @api.model
    def _search_is_orphan(self, operator, value):
        wanted = (operator == "=") == bool(value)
        self.flush()
        self.env.cr.execute("SELECT DISTINCT model FROM sync_link WHERE model != ''")
        names = [name for name, in self.env.cr.fetchall()]
        present = [name for name in names if self._has_table(name)]
        gone = [name for name in names if name not in present]
        parts, params = [FIND_LINKS_OF_MODELS], [gone]
        for name in present:
            self.env[name].flush()
            parts.append(FIND_ORPHANS.format(table=self.env[name]._table))
            params.append(name)
        find = "inselect" if wanted else "not inselect"
        return [("id", find, (" UNION ALL ".join(parts), params))]

    @api.model
    def _has_table(self, model):
        known = self.env.get(model)
        return known is not None and known._auto and not known._abstract

    @api.depends("system1", "ref1", "system2", "ref2", "model")
    def _compute_sides(self):
        names = self._record_names()
        for link in self:
            link.side1 = _side(link.system1, link.ref1)
            link.side2 = names.get(link) or _side(link.system2, link.ref2)

    @api.constrains("model", "ref2")
    def _check_record_reference(self):
        for link in self.filtered("model"):
            if not link._odoo_id():
                raise ValidationError(
                    _(
                        'The link refers to a record of %s by "%s". Write the number '
                        "of the record instead, which its address in the browser has "
                        "as id."
                    )
                    % (link.model, link.ref2 or "")
                )

    def _record_names(self):
        """Return the names (dict) of the records that one may read, by their links."""
        by_model = {}
        for link in self:
            if self._has_table(link.model) and link._odoo_id():
                by_model.setdefault(link.model, []).append(link)
        names = {}
        for model, links in by_model.items():
            title = self.env["ir.model"].sudo()._get(model).name
            found = self._readable(model, [link._odoo_id() for link in links])
            labels = {record.id: record.display_name for record in found}
            for link in links:
                label = labels.get(link._odoo_id(), _("number %s") % link.ref2)
                names[link] = "%s: %s" % (title, label)
        return names

    @api.model
    def _readable(self, model, ids):
        """Return those of the records that exist and that one may read."""
        records = self.env[model].browse(ids)
        if not records.check_access_rights("read", raise_exception=False):
            return records.browse()
        return records.exists()._filter_access_rules("read")

    def action_open_record(self):
        """Show the Odoo record of a link."""
        self.ensure_one()
        if self.is_orphan or self.model not in self.env:
            raise UserError(
                _("The record %s(%s) is not there any more.") % (self.model, self.ref2)
            )
        return {
            "type": "ir.actions.act_window",
            "res_model": self.model,
            "res_id": self._odoo_id(),
            "view_mode": "form",
        }


def _side(system, ref):
    """Return what one side of a link refers to; of an Odoo link the model says more."""
    return ref if not ref or system in (EXTERNAL, ODOO) else "%s: %s" % (system, ref)
