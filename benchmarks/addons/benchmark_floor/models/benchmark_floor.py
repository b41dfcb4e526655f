# Copyright 2026 Sync Studio contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl.html)
"""A model that has next to nothing."""

from odoo import fields, models


class BenchmarkFloor(models.Model):
    _name = "benchmark.floor"
    _description = "Floor of Benchmarks"
    _rec_name = "token"

    token = fields.Char(index=True)
    parent_id = fields.Many2one("benchmark.floor", index=True)

    def trivial(self, number):
        """The floor of a queued job."""
        return number
