# Copyright 2026 Sync Studio contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl.html)
"""All that a form shows in one request and a few queries, where Odoo's web client makes
a request for each list in it. The forms that ask have the ``js_class`` "sync_form"."""

from odoo import models
from odoo.osv.query import Query


class Base(models.AbstractModel):
    # Another concern than that of the class in base.py.
    # pylint: disable=consider-merging-classes-inherited
    _inherit = "base"

    def read_form(self, names, lists):
        """Read a record, and the rows that the lists in its form show at first.

        :param list names: fields of the record, the lists included
        :param dict lists: by field: ``names``, fields of the rows, and ``limit``
        :return: dict: ``record`` and, by field, ``rows``, both as ``read`` gives them;
            ``record`` is an empty list when there is no such record any more
        """
        self.ensure_one()
        record = self.read([name for name in names if name not in lists])
        rows = {}
        # Rows of computed lists mostly refer to those of the others.
        for name in sorted(lists, key=self._is_computed) if record else ():
            record[0][name], rows[name] = self._read_list(name, **lists[name])
        return {"record": record, "rows": rows}

    def _read_list(self, name, names, limit):
        """Give the ids of all records of a list, and its first rows."""
        field = self._fields[name]
        self.check_field_access_rights("read", [name])
        if field.type != "one2many" or self._is_computed(name):
            lines = self[name]
            return lines.ids, lines[:limit].read(names)
        lines = self.env[field.comodel_name].with_context(**field.context)
        domain = field.get_domain_list(self) + [(field.inverse_name, "=", self.id)]
        lines.check_field_access_rights("read", names)
        shown = lines._search_fetch(domain, names, limit=limit)
        ids = lines.search(domain).ids if len(shown) == limit else shown.ids
        return ids, shown._read_format(names)

    def _is_computed(self, name):
        return bool(self._fields[name].compute)

    def _search_fetch(self, domain, names, order=None, limit=None):
        """Search records and read these fields of them, delegated ones too, by one query.

        What cannot be had that way is left to be read when it is asked for.
        """
        names = {*names, *self._direct_dependencies(names)}
        fields = [field for field in map(self._fields.get, names) if _is_column(field)]
        self.flush([field.name for field in fields])
        query = self._search(domain, order=order, limit=limit)
        if not isinstance(query, Query):  # a model that searches in a way of its own
            return self.browse(query)
        columns = [
            self._inherits_join_calc(self._table, name, query)
            for name in ["id"] + [field.name for field in fields]
        ]
        self.env.cr.execute(*query.select(*columns))
        rows = self.env.cr.fetchall()
        records = self.browse([row[0] for row in rows])
        for position, field in enumerate(fields, 1):
            self.env.cache.update(records, field, [row[position] for row in rows])
        return records

    def _direct_dependencies(self, names):
        """Give the names of the fields that computed ones are made of."""
        dotted_names = [
            dotted for name in names for dotted in self._fields[name].depends
        ]
        fields = [self._fields[dotted.split(".")[0]] for dotted in dotted_names]
        return {
            field.name
            for field in fields
            if field.base_field.prefetch
            and self.user_has_groups(field.groups or "base.group_user")
        }


def _is_column(field):
    """Tell whether a query gives the very value of a field."""
    base = field.base_field
    is_column = base.store and base.column_type and field.name != "id"
    return is_column and base.type != "binary" and not callable(base.translate)
