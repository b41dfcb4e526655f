# Copyright 2026 Sync Studio contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl.html)

from odoo.addons.sync.models.ir_logging import LOG_DEBUG


def get_livechat_eval_context(env, relation, eval_context):
    """Functions for the code of a project, made from its base names."""
    log, get_link = eval_context["log"], eval_context["get_link"]

    def get_channel(chat, name):
        return env["mail.channel"]._dropin_find_or_create(
            relation, chat, name, eval_context
        )

    def is_known(chat):
        known = bool(get_link(relation, chat))
        log("Chat %s is known: %s" % (chat, known), level=LOG_DEBUG, name="livechat")
        return known

    return {"get_channel": get_channel, "is_known": is_known}
