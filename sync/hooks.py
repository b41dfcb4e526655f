# Copyright 2026 Sync Studio contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl.html)
"""What Odoo calls besides the models when this addon comes and goes."""

from odoo import SUPERUSER_ID, api


def uninstall_hook(cr, registry):
    """Remove what other addons would go on running, each time with an error.

    The schedules, automations and server actions of triggers lie in tables that stay;
    so do queue jobs, which nobody could even read once the model of tasks is gone.
    """
    env = api.Environment(cr, SUPERUSER_ID, {"active_test": False})
    for kind in ("cron", "automation", "webhook"):
        env["sync.trigger." + kind].search([]).unlink()
    # The former version left these of the triggers that were deleted.
    env["ir.actions.server"].search([("code", "like", "sync.trigger.")]).unlink()
    env["queue.job"].search([("model_name", "=", "sync.task")]).unlink()
    # Exports, and demo projects whose addon was never installed, have XML ids of modules
    # that Odoo will not uninstall.
    env["ir.model.data"].search(
        [("model", "=like", "sync.%"), ("module", "!=", "sync")]
    ).unlink()
