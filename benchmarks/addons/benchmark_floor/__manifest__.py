# Copyright 2026 Sync Studio contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl.html)

{
    "name": "Benchmark Floor",
    "summary": "The least bare Odoo needs, to compare Sync Studio with",
    "version": "14.0.1.0.0",
    "category": "Hidden",
    "license": "LGPL-3",
    "author": "Sync Studio contributors",
    "depends": ["sync"],
    "data": ["security/ir.model.access.csv", "data/benchmark_project_data.xml"],
}
