# Copyright 2026 Sync Studio contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl.html)
"""Tell people what they have to do after this upgrade."""

from odoo import SUPERUSER_ID, api

from odoo.addons.sync import upgrade_report


def migrate(cr, installed_version):
    env = api.Environment(cr, SUPERUSER_ID, {})
    cr.execute("SELECT webhook_id, keeper_id FROM sync_upgrade_token ORDER BY 1")
    webhooks = env["sync.trigger.webhook"]
    new_tokens = [
        upgrade_report.NewToken(webhooks.browse(row[0]), webhooks.browse(row[1]))
        for row in cr.fetchall()
    ]
    upgrade_report.tell(env, new_tokens + upgrade_report.missing_addons(env))
