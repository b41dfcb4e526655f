# Copyright 2026 Sync Studio contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl.html)
{
    "name": "Test: a web shop",
    "version": "14.0.1.0.0",
    "category": "Hidden",
    "license": "LGPL-3",
    "author": "Sync Studio contributors",
    "depends": ["sync"],
    "data": ["security/ir.model.access.csv", "data/sync_project_data.xml"],
}
