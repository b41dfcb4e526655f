# Copyright 2026 Sync Studio contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl.html)
"""The demo projects move to addons of their own, which are installed if in use."""

import logging

from odoo import SUPERUSER_ID, api
from odoo.exceptions import UserError

from odoo.addons.sync.demo_upgrade import DEMO_ADDONS

_logger = logging.getLogger(__name__)

# Models of the demo records, and what Odoo appends to the name of such a record for
# the record behind it
PROJECT = "sync.project"
PARAM = "sync.project.param"
TEXT = "sync.project.text"
SECRET = "sync.project.secret"
TASK = "sync.task"
BUTTON = "sync.trigger.button"
CRON = "sync.trigger.cron"
AUTOMATION = "sync.trigger.automation"
WEBHOOK = "sync.trigger.webhook"
BEHIND = {
    CRON: "ir.cron",
    AUTOMATION: "base.automation",
    WEBHOOK: "ir.actions.server",
}
SELECTION = "ir.model.fields.selection"

# By evaluation context and model
DEMO_RECORDS = {
    "telegram_demo": {
        PROJECT: ["telegram_project"],
        TEXT: [
            "telegram_project_param_message_sent",
            "telegram_project_param_prefix",
            "telegram_project_param_welcome",
        ],
        SECRET: ["telegram_project_secret"],
        TASK: [
            "telegram_task_odoo2tele",
            "telegram_task_setup",
            "telegram_task_tele2odoo",
        ],
        BUTTON: ["telegram_trigger_button"],
        WEBHOOK: ["telegram_trigger_webhook"],
        AUTOMATION: ["telegram_trigger_automation"],
    },
    "odoo2odoo": {
        PROJECT: ["odoo2odoo_project"],
        PARAM: ["odoo2odoo_project_param_DB", "odoo2odoo_project_param_url"],
        TEXT: ["odoo2odoo_project_param_prefix"],
        SECRET: [
            "odoo2odoo_project_secret_password",
            "odoo2odoo_project_secret_username",
        ],
        TASK: ["odoo2odoo_task_local2remote", "odoo2odoo_task_remote2local"],
        BUTTON: ["odoo2odoo_trigger_button"],
        AUTOMATION: ["odoo2odoo_trigger_automation"],
        CRON: ["odoo2odoo_trigger_cron"],
    },
    "trello_github": {
        PROJECT: ["trello-github_project"],
        PARAM: ["trello-github_project_param_labels_merge_strategy"],
        TEXT: [
            "trello-github_project_param_prefix_message",
            "trello-github_project_param_prefix_name",
        ],
        SECRET: [
            "trello-board-id_project-secret-parameter",
            "trello-github_project_secret_github_repo",
            "trello-github_project_secret_github_token",
            "trello-key_project-secret-parameter",
            "trello-token_project-secret-parameter",
        ],
        TASK: [
            "trello-github_task_cards",
            "trello-github_task_conflicts_resolving",
            "trello-github_task_issues",
            "trello-github_task_labels",
            "trello-github_task_setup",
        ],
        BUTTON: [
            "debug_manual-trigger",
            "delete-trello-webhooks_manual-trigger",
            "push-all-issues-initial-syncing-of-github-issues-it-pushes-only-issues-"
            "without-linked-trello-cards-it-doesn-t-sync-further-updates_manual-trigger",
            "trello-github_task_setup_trigger_button_github",
            "trello-github_task_setup_trigger_button_trello",
        ],
        WEBHOOK: [
            "github-issue-comment_webhook-trigger",
            "trello-github_task_issues_trigger_webhook_github",
            "trello-github_task_issues_trigger_webhook_trello",
            "trello-github_task_labels_trigger_webhook_github",
            "trello-github_task_labels_trigger_webhook_trello",
        ],
        CRON: ["trello-github_task_conflicts_resolving_cron"],
    },
}

# A name that has been taken in the new addon stays where it is. Records are protected
# from then on: the addon does not load them, and Odoo deletes what an upgrade does not
# load. Selection values are loaded by the addon, once that is installed.
MOVE = """
    UPDATE ir_model_data AS data
       SET module = %(addon)s,
           noupdate = data.noupdate OR data.model != 'ir.model.fields.selection'
     WHERE data.module = 'sync' AND data.name = %(name)s AND data.model = %(model)s
       AND NOT EXISTS (
            SELECT 1 FROM ir_model_data AS taken
             WHERE taken.module = %(addon)s AND taken.name = %(name)s)
"""
FIND_USERS = """
    SELECT 1 FROM sync_project WHERE eval_context = %(eval_context)s
     UNION ALL
    SELECT 1 FROM ir_model_data AS data JOIN sync_project ON sync_project.id = res_id
     WHERE data.module = %(addon)s AND data.model = 'sync.project'
"""


def migrate(cr, installed_version):
    modules = api.Environment(cr, SUPERUSER_ID, {})["ir.module.module"]
    for eval_context, addon in DEMO_ADDONS.items():
        for model, name in names_to_move(eval_context):
            cr.execute(MOVE, {"addon": addon, "name": name, "model": model})
        cr.execute(FIND_USERS, {"eval_context": eval_context, "addon": addon})
        if cr.fetchone():
            install(modules.search([("name", "=", addon)]))


def names_to_move(eval_context):
    """Yield model and name (both str) of all external ids of a demo."""
    for model, names in DEMO_RECORDS[eval_context].items():
        for name in names:
            yield model, name
            if model in BEHIND:
                behind = BEHIND[model]
                yield behind, "%s_%s" % (name, behind.replace(".", "_"))
    yield SELECTION, "selection__sync_project__eval_context__%s" % eval_context


def install(module):
    """Have a module installed in the course of this upgrade, without its demo.

    What it lacks, if anything, is told once the upgrade is done.
    """
    if module.state != "uninstalled":
        return
    try:
        module.check_external_dependencies(module.name)
    except UserError as error:
        _logger.warning("Sync Studio: %s", error.args[0])
    else:
        module.write({"state": "to install", "demo": False})
        module.flush()
