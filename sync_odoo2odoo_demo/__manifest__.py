# Copyright 2026 Sync Studio contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl.html)
{
    "name": "Sync Studio: Odoo2odoo Demo",
    "summary": "Push partners to an external Odoo and bring their avatars back",
    "version": "14.0.1.0.0",
    "category": "Extra Tools",
    "author": "Sync Studio contributors",
    "license": "LGPL-3",
    "depends": ["sync"],
    "demo": ["demo/sync_project_demo.xml", "demo/sync_task_demo.xml"],
    "post_init_hook": "post_init_hook",
}
