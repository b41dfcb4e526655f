# Copyright 2026 Sync Studio contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl.html)
"""Link methods of every record, which hand over to ``sync.link``; how records of the
demo projects are loaded."""

from odoo import models

from .. import demo_upgrade


class Base(models.AbstractModel):
    _inherit = "base"

    def set_link(self, relation_name, ref, sync_date=None, allow_many2many=False):
        """Link this record to an external reference and return the link.

        Setting a link that exists already only moves its sync date.

        :param str relation_name: name that you choose for this kind of links
        :param ref: the record's id on the other side, kept as text
        :param sync_date: UTC datetime of the synchronisation, now by default
        :param bool allow_many2many: whether the record, or the reference, may have
            another link in this relation
        :raise ValidationError: when it may not, but has one
        :raise ValueError: when the reference is empty or the record is not saved yet
        """
        return self.env["sync.link"]._set_link_odoo(
            self, relation_name, ref, sync_date, allow_many2many
        )

    def search_links(self, relation_name, refs=None):
        """Return the links that these records have in a relation.

        :param str relation_name: as given to ``set_link``
        :param refs: only the links to this external reference, or to these; ``None``
            for all, an empty list for none
        """
        return self.env["sync.link"]._search_links_odoo(self, relation_name, refs)

    def all_links(self, relation_name):
        """Return the links that any record of this model has in a relation."""
        return self.env["sync.link"]._all_links_odoo(self._name, relation_name)

    def _load_records(self, data_list, update=False):
        """Leave demo projects alone that are older than the addon of the demo."""
        if not update and demo_upgrade.is_passed_over(self):
            return demo_upgrade.pass_over(self, data_list)
        return super()._load_records(data_list, update)
