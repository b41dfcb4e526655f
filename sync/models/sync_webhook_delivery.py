# Copyright 2026 Sync Studio contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl.html)
"""Deliveries: the requests that came to webhooks, to be looked at and run again."""

import json
import time
from io import BytesIO

from werkzeug.wrappers import Request

from odoo import _, api, fields, models
from odoo.exceptions import UserError

from ..eval_context.values import read_values
from ..masking import MASK
from ..side_transaction import side_cursor
from ..webhook_inbox import (
    ACCEPTED,
    BROKEN,
    DUPLICATE,
    FORBIDDEN,
    HANDSHAKE,
    LIMITED,
    REFUSED,
    TOO_LARGE,
    mark_interrupted,
    stored_body,
)
from ..webhook_request import request_texts
from ..webhook_senders import SIGNATURE_HEADERS, Refused
from .ir_logging import storable
from .sync_restricted_mixin import RESTRICTED_GROUP

INDEXES = """
    CREATE UNIQUE INDEX IF NOT EXISTS sync_webhook_delivery_dedupe_index
        ON sync_webhook_delivery (trigger_webhook_id, dedupe_key)
     WHERE dedupe_key IS NOT NULL;
    CREATE INDEX IF NOT EXISTS sync_webhook_delivery_recent_index
        ON sync_webhook_delivery (trigger_webhook_id, date);
    CREATE INDEX IF NOT EXISTS sync_webhook_delivery_running_index
        ON sync_webhook_delivery (backend_pid)
     WHERE backend_pid IS NOT NULL;
"""
# Failed are those without a good answer, and those whose job failed.
FIND_OLD = """
    SELECT delivery.id
      FROM sync_webhook_delivery AS delivery
      JOIN sync_trigger_webhook AS webhook
        ON webhook.id = delivery.trigger_webhook_id
 LEFT JOIN LATERAL (
           SELECT bool_or(state = 'failed') AS failed,
                  bool_or(state IN ('pending', 'enqueued', 'started')) AS busy
             FROM sync_job WHERE delivery_id = delivery.id) AS job ON TRUE
CROSS JOIN LATERAL (
           SELECT CASE WHEN COALESCE(delivery.status, 0) BETWEEN 200 AND 399
                        AND NOT COALESCE(job.failed, FALSE)
                       THEN webhook.keep_days
                       ELSE webhook.keep_failed_days END AS days) AS keep
     WHERE keep.days > 0
       AND NOT COALESCE(job.busy, FALSE)
       AND delivery.date < (now() - keep.days * interval '1 day') AT TIME ZONE 'UTC'
     ORDER BY delivery.id
     LIMIT %(limit)s
"""

SHOWN = 20 * 1000  # characters of a body
REMOVE_AT_ONCE = 1000  # deliveries
REMOVE_FOR = 5 * 60  # seconds; the next day goes on
# The sender, or whoever replays it, is waiting for a task to handle these.
REPLAYABLE = (ACCEPTED, REFUSED)


class SyncWebhookDelivery(models.Model):
    _name = "sync.webhook.delivery"
    _description = "Webhook Delivery"
    _inherit = "sync.restricted.mixin"
    _order = "id desc"
    _rec_name = "id"

    # What the sender proves itself with may be in there.
    _restricted_fields = frozenset(
        ["environ", "body", "body_file", "answer_headers", "answer_body"]
    )

    trigger_webhook_id = fields.Many2one(
        "sync.trigger.webhook",
        "Webhook",
        required=True,
        ondelete="cascade",
        readonly=True,
    )
    task_id = fields.Many2one(
        "sync.task", ondelete="set null", index=True, readonly=True
    )
    project_id = fields.Many2one(
        "sync.project", ondelete="set null", index=True, readonly=True
    )
    date = fields.Datetime("Received", required=True, index=True, readonly=True)
    remote_addr = fields.Char("Sender", readonly=True)
    method = fields.Char(readonly=True)
    path = fields.Char("Address", readonly=True)
    headers = fields.Text(readonly=True)
    body_text = fields.Text(
        "Text", readonly=True, help="The beginning of the body, without secrets"
    )
    size = fields.Integer("Size (bytes)", readonly=True)
    environ = fields.Text(
        "Request", groups=RESTRICTED_GROUP, prefetch=False, readonly=True
    )
    body = fields.Binary(attachment=False, groups=RESTRICTED_GROUP, readonly=True)
    body_file = fields.Binary(
        "Large Body", attachment=True, groups=RESTRICTED_GROUP, readonly=True
    )

    verdict = fields.Selection(
        [
            (ACCEPTED, "Accepted"),
            (DUPLICATE, "Duplicate"),
            (HANDSHAKE, "Handshake"),
            (REFUSED, "Refused: not verified"),
            (FORBIDDEN, "Refused: address"),
            (LIMITED, "Refused: too many"),
            (TOO_LARGE, "Refused: too large"),
            (BROKEN, "Refused: incomplete"),
        ],
        required=True,
        readonly=True,
    )
    reason = fields.Char(readonly=True)
    delivery_key = fields.Char(
        "Sender's Number", readonly=True, help="By which duplicates are known"
    )
    dedupe_key = fields.Char(readonly=True)
    first_id = fields.Many2one(
        "sync.webhook.delivery",
        "Duplicate of",
        ondelete="set null",
        index=True,
        readonly=True,
    )
    backend_pid = fields.Integer(readonly=True)
    interrupted = fields.Boolean(
        readonly=True, help="The server process ended before the run did"
    )
    status = fields.Integer(
        "Answer", readonly=True, help="HTTP status of the answer; none: 0"
    )
    answer_headers = fields.Text(groups=RESTRICTED_GROUP, prefetch=False, readonly=True)
    answer_body = fields.Binary(
        attachment=False, groups=RESTRICTED_GROUP, readonly=True
    )
    job_ids = fields.One2many("sync.job", "delivery_id", "Jobs", readonly=True)
    job_state = fields.Selection(
        lambda self: self.env["sync.job"]._fields["state"].selection,
        "Latest Job",
        compute="_compute_job_state",
    )

    def init(self):
        result = super().init()
        self.env.cr.execute(INDEXES)
        return result

    @api.depends("job_ids.state")
    def _compute_job_state(self):
        for delivery in self:
            delivery.job_state = delivery.job_ids[:1].state

    def name_get(self):
        return [(delivery.id, _("Delivery %s") % delivery.id) for delivery in self]

    # Replay

    def action_replay(self):
        """Run the handler again, in the queue and with the present code.

        What was refused is verified again first.

        :raises UserError: none of the deliveries can be run
        """
        self.mapped("trigger_webhook_id")._check_run_access()
        problems, jobs = [], self.env["sync.job"]
        for delivery in self.sorted("id"):
            problem = delivery._why_no_replay()
            if problem:
                problems.append(_("Delivery %s: %s") % (delivery.id, problem))
            else:
                jobs |= delivery._replay()
        if not jobs:
            raise UserError("\n".join(problems))
        return self._show_replays(jobs, problems)

    def _why_no_replay(self):
        """Tell why a delivery cannot be run; None when it can."""
        if self.verdict == DUPLICATE:
            return _("it is a duplicate; replay the first one, %s") % self.first_id.id
        if self.verdict not in REPLAYABLE:
            return _("there is nothing to run (%s)") % self._verdict_title()
        if not self.sudo().trigger_webhook_id.sync_task_id:
            return _("its webhook has no task any more")
        return self._why_refused() if self.verdict == REFUSED else None

    def _why_refused(self):
        """Verify a request again, as of the time when it came."""
        webhook = self.sudo().trigger_webhook_id
        secrets = read_values(webhook.sync_task_id.project_id).secrets
        message = webhook._message(self.sudo()._stored_request(), self.date)
        try:
            webhook._verify(message, secrets)
        except Refused as error:
            return _("it is refused still: %s") % error
        return None

    def _replay(self):
        """Enqueue a run of the handler; return its job."""
        delivery = self.sudo()
        if delivery.verdict == REFUSED:
            delivery.write({"verdict": ACCEPTED, "reason": _("Verified at a replay")})
        first = delivery.job_ids.sorted("id")[:1]
        webhook = delivery.trigger_webhook_id
        return webhook.sync_task_id._enqueue(
            webhook,
            [delivery],
            delivery_id=delivery.id,
            is_replay=True,
            replay_of_id=first.id,
        )

    def _show_replays(self, jobs, problems):
        if not problems:
            jobs_action = "sync.sync_job_action"
            action = self.env["ir.actions.act_window"]._for_xml_id(jobs_action)
            return dict(action, domain=[("id", "in", jobs.ids)], context={})
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "title": _("Replayed: %s. Not replayed: %s.")
                % (len(jobs), len(problems)),
                "message": "\n".join(problems),
                "type": "warning",
                "sticky": True,
            },
        }

    def _verdict_title(self):
        return dict(self._fields["verdict"]._description_selection(self.env))[
            self.verdict
        ]

    # What was sent

    def _to_request(self):
        """Give the request as the handler gets it (``HandlerRequest``)."""
        self.ensure_one()
        webhook = self.trigger_webhook_id
        secrets = read_values(webhook.sync_task_id.project_id).secrets
        return webhook._handed(self._stored_request(), secrets)

    def _stored_request(self):
        """Rebuild the request of the server (werkzeug)."""
        body = stored_body(self.with_context(bin_size=False).body_file or self.body)
        environ = dict(
            json.loads(self.environ),
            **{
                "CONTENT_LENGTH": str(len(body)),
                "wsgi.input": BytesIO(body),
                "wsgi.input_terminated": True,
            },
        )
        httprequest = Request(environ)
        httprequest.get_data(cache=True)
        return httprequest

    # Housekeeping

    @api.model
    def _interrupted_reason(self):
        return _("The server process ended during the run. Replay the delivery.")

    @api.model
    def _mark_interrupted(self):
        """Find the runs whose server process ended; a schedule calls this."""
        with side_cursor(self.env.cr.dbname) as cr:
            return mark_interrupted(self.env, cr)

    @api.model
    def _remove_old(self, seconds=REMOVE_FOR):
        """Remove what was kept long enough; a schedule calls this.

        :param seconds: after which the rest is left for the next time
        """
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            old = self._find_old(REMOVE_AT_ONCE)
            old.unlink()
            if not self.env.registry.in_test_mode():
                self.env.cr.commit()  # pylint: disable=invalid-commit
            if len(old) < REMOVE_AT_ONCE:
                break

    @api.model
    def _find_old(self, limit):
        self.env.cr.execute(FIND_OLD, {"limit": limit})
        return self.browse([delivery for delivery, in self.env.cr.fetchall()])


def delivery_values(webhook, httprequest, body, mask, judgement):
    """Return the columns of a delivery.

    :param webhook: the trigger (record)
    :param httprequest: the server's request (werkzeug), its body read
    :param bytes body: what is kept of it
    :param mask: takes secrets out of what people see
    :param judgement: with ``verdict``, ``reason`` and ``key``
    """
    hidden = SIGNATURE_HEADERS | {(webhook.signature_header or "").lower()}
    headers = [
        "%s: %s" % (name, MASK if name.lower() in hidden else value)
        for name, value in httprequest.headers
    ]
    key = judgement.key and storable(judgement.key)
    return {
        "trigger_webhook_id": webhook.id,
        "task_id": webhook.sync_task_id.id,
        "project_id": webhook.sync_task_id.project_id.id,
        "remote_addr": httprequest.remote_addr,
        "method": httprequest.method,
        "path": storable(mask(httprequest.full_path.rstrip("?"))),
        "headers": storable(mask("\n".join(headers))),
        "body_text": storable(
            mask(body[: SHOWN * 4].decode("utf-8", "replace"))[:SHOWN]
        ),
        "environ": json.dumps(request_texts(httprequest.environ)),
        "verdict": judgement.verdict,
        "reason": judgement.reason,
        "delivery_key": key,
        "dedupe_key": key,
        "backend_pid": webhook.env.cr._cnx.get_backend_pid(),
    }
