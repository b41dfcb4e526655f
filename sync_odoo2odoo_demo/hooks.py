# Copyright 2026 Sync Studio contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl.html)
from odoo.addons.sync.demo_upgrade import keep_demo_project


def post_init_hook(cr, registry):
    keep_demo_project(cr, "sync_odoo2odoo_demo")
