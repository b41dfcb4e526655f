# Copyright 2026 Sync Studio contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl.html)
"""Give the references of several links to one of their records."""

from odoo import _, api, fields, models
from odoo.exceptions import UserError

SAME = ("relation", "system1", "system2", "model")


class SyncMergeLinks(models.TransientModel):
    _name = "sync.merge.links"
    _description = "Merge Links"

    link_ids = fields.Many2many(
        "sync.link", string="Links", default=lambda self: self._default_links()
    )
    keep_id = fields.Many2one(
        "sync.link",
        "Record to Keep",
        domain="[('id', 'in', link_ids)]",
        required=True,
        ondelete="cascade",
        default=lambda self: self._default_links()[:1],
        help="The other links will lead to the record of this one",
    )

    @api.model
    def _default_links(self):
        if self.env.context.get("active_model") != "sync.link":
            return self.env["sync.link"]
        return self.env["sync.link"].browse(self.env.context.get("active_ids"))

    def action_merge(self):
        """Let all links lead to one record; identical ones become one."""
        self.ensure_one()
        links, kept = self.link_ids.sorted("id"), self.keep_id
        self._check(links)
        refs = {kept.ref1}
        doubled = links.browse()
        for link in links - kept:
            if link.ref1 in refs:
                doubled |= link
            refs.add(link.ref1)
        doubled.unlink()
        links -= doubled
        # Several references of one record are meant from now on.
        links.write({"exclusive": len(links) == 1})
        (links - kept).write({"ref2": kept.ref2})
        links.flush()
        action = self.env["ir.actions.act_window"]._for_xml_id("sync.sync_link_action")
        return dict(action, domain=[("id", "in", links.ids)])

    def _check(self, links):
        if len(links) < 2 or self.keep_id not in links:
            raise UserError(_("Choose at least two links, and one of them to keep."))
        different = [
            links._fields[name].string
            for name in SAME
            if len(set(links.mapped(name))) > 1
        ]
        if different:
            raise UserError(
                _("Only links of the same kind can be merged. These differ in: %s.")
                % ", ".join(different)
            )
