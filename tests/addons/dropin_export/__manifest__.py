# Copyright 2026 Sync Studio contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl.html)
{
    "name": "Test: exported projects, new and old style",
    "version": "14.0.1.0.0",
    "category": "Hidden",
    "license": "LGPL-3",
    "author": "Sync Studio contributors",
    "depends": ["sync"],
    "data": [
        "data/sync_project_courier_data.xml",
        "data/sync_project_old_courier_data.xml",
    ],
}
