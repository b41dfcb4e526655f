# Copyright 2026 Sync Studio contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl.html)
{
    "name": "Test: another Odoo",
    "version": "14.0.1.0.0",
    "category": "Hidden",
    "license": "LGPL-3",
    "author": "Sync Studio contributors",
    "depends": ["sync"],
    "data": ["data/sync_project_data.xml"],
}
