# Copyright 2026 Sync Studio contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl.html)
"""What the code of a new task starts with: the four handlers, as comments."""

from odoo import _


def task_template():
    """Give Python code (str) of comments only, in the language of whoever reads it."""
    return "\n\n".join(
        [
            _comment(
                _(
                    "Triggers call the function of their kind. Keep those that the "
                    "task needs: remove the # in front of them.\n"
                    "What else the code may use stands in the tab Available Names."
                )
            ),
            _handler(
                "handle_button()",
                _("A person clicked a manual trigger."),
                'log("Hello, %s" % user.name)',
            ),
            _handler(
                "handle_cron()",
                _("The time of a cron has come."),
                'log("Started by %s" % trigger_name)',
            ),
            _handler(
                "handle_db(records)",
                _("Records were created, updated or deleted, or became due."),
                "for record in records:\n    log(record.display_name)",
            ),
            _handler(
                "handle_webhook(httprequest)",
                _("Another system sent a request; it gets what this returns."),
                'log(httprequest.data)\nreturn "OK"',
            ),
            "",
        ]
    )


def _handler(signature, when, body):
    lines = ["def %s:" % signature, "    # " + when]
    lines += ["    " + line for line in body.split("\n")]
    return _comment("\n".join(lines))


def _comment(text):
    return "\n".join("# " + line for line in text.split("\n"))
