# Copyright 2026 Sync Studio contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl.html)
"""An external Odoo in memory: knows partners, and remembers what it was asked."""

from datetime import datetime, timedelta
from itertools import count

FORMAT = "%Y-%m-%d %H:%M:%S"


class FakeOdoo:
    """Stands in for ``OdooRpc``; time moves on by ``pass_time`` only.

    :ivar dict partners: ``{id: values}``
    :ivar list calls: (method, arguments) of each call
    :ivar str refusal: reason why imports are refused, if they are
    """

    def __init__(self):
        self.partners = {}
        self.calls = []
        self.refusal = None
        self._external_ids = {}
        self._new_id = count(500)
        self._now = datetime(2026, 1, 1)

    def execute_kw(self, model, method, *args, **kwargs):
        assert model == "res.partner"
        self.calls.append((method, args))
        return getattr(self, "_" + method)(*args, **kwargs)

    def change(self, partner_id, **vals):
        """Change a partner as a user of the external Odoo does."""
        self.partners[partner_id].update(vals, write_date=self._now.strftime(FORMAT))

    def pass_time(self, seconds=60):
        self._now += timedelta(seconds=seconds)

    def called(self, method):
        """Return the arguments of all calls of a method."""
        return [args for name, args in self.calls if name == method]

    def _load(self, fields, rows):
        if self.refusal:
            message = {"type": "error", "record": 0, "message": self.refusal}
            return {"ids": False, "messages": [message]}
        return {"ids": [self._load_row(fields, row) for row in rows], "messages": []}

    def _load_row(self, fields, row):
        vals = {name: value or False for name, value in zip(fields, row)}
        external_id = vals.pop("id")
        if external_id not in self._external_ids:
            self._external_ids[external_id] = next(self._new_id)
        partner_id = self._external_ids[external_id]
        self.partners.setdefault(partner_id, {"id": partner_id})
        self.change(partner_id, **vals)
        return partner_id

    def _read(self, ids, fields):
        return [self._values(partner_id, fields) for partner_id in ids]

    def _search_read(self, domain, fields, context):
        assert context == {"active_test": False}
        (_id, _in, ids), (_date, _newer, since) = domain
        return [
            self._values(partner_id, fields)
            for partner_id, vals in self.partners.items()
            if partner_id in ids and vals["write_date"] >= since  # has microseconds
        ]

    def _values(self, partner_id, fields):
        return {name: self.partners[partner_id][name] for name in ["id", *fields]}
