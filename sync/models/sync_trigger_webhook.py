# Copyright 2026 Sync Studio contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl.html)
"""Webhook triggers: an HTTP request starts a task and gets its answer."""

import shlex
import uuid
from collections import namedtuple
from datetime import datetime
from ipaddress import ip_address, ip_network
from urllib.parse import urlsplit

from werkzeug.exceptions import BadRequest
from werkzeug.test import EnvironBuilder
from werkzeug.wrappers import Request

from odoo import _, api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.http import Response, request

from .. import webhook_senders
from ..eval_context.values import read_values
from ..masking import Masker
from ..side_transaction import SideTransaction
from ..webhook_answer import (
    Answer,
    broken,
    forbidden,
    greeting,
    limited,
    not_found,
    refused,
    stored,
    too_large,
)
from ..webhook_inbox import (
    ACCEPTED,
    BROKEN,
    FORBIDDEN,
    HANDSHAKE,
    LIMITED,
    RECEPTION,
    REFUSED,
    TOO_LARGE,
    Inbox,
    recent_requests,
)
from ..webhook_request import HandlerRequest, read_body
from .counting import count_by
from .sync_webhook_delivery import delivery_values

MEGABYTE = 1024 * 1024
NOT_VERIFIED = "none"
# What is said about a request before it is stored: the response is None when a task
# shall run.
Judgement = namedtuple(
    "Judgement", "verdict response reason key", defaults=(None, None, None)
)


class SyncTriggerWebhook(models.Model):
    _name = "sync.trigger.webhook"
    _description = "Webhook Trigger"
    _inherit = [
        "sync.trigger.mixin",
        "sync.trigger.mixin.model_id",
        "sync.trigger.mixin.actions",
    ]
    _inherits = {"ir.actions.server": "action_server_id"}

    _sync_handler = "handle_webhook"
    _job_field = "trigger_webhook_id"
    _delegated_fields = frozenset(["name", "sync_task_id"])

    active = fields.Boolean(default=True)
    action_server_id = fields.Many2one(
        "ir.actions.server", required=True, ondelete="cascade", index=True
    )
    job_ids = fields.One2many("sync.job", "trigger_webhook_id", readonly=True)
    website_path = fields.Char(
        "Token",
        default=lambda self: self._new_token(),
        copy=False,
        required=True,
        help="The part of the address that only the sender knows",
    )
    webhook_type = fields.Selection(
        [
            ("http", "application/x-www-form-urlencoded"),
            ("json", "application/json"),
        ],
        default="json",
        required=True,
    )
    website_url = fields.Char("Webhook URL", compute="_compute_website_url")
    mode = fields.Selection(
        [("immediate", "Immediate"), ("queued", "Queued")],
        default="immediate",
        required=True,
        help="Immediate: the sender waits for the answer of the handler. Queued: the "
        "request is stored and answered with 202 at once; the handler runs in the "
        "queue and is tried again after failures that pass",
    )

    verification = fields.Selection(
        [(NOT_VERIFIED, "None")]
        + [(name, sender.title) for name, sender in webhook_senders.SENDERS.items()],
        default=NOT_VERIFIED,
        required=True,
        help="How a request proves that it comes from the sender; others are refused "
        "with the status 401",
    )
    secret_key = fields.Char(
        help="Key of the project's secret that the sender knows too"
    )
    old_secret_key = fields.Char(
        help="Key of a secret that is accepted too, while you change it"
    )
    secret_id = fields.Many2one(
        "sync.project.secret",
        compute="_compute_secrets",
        inverse="_inverse_secret_id",
        help="The project's secret that the sender knows too",
    )
    old_secret_id = fields.Many2one(
        "sync.project.secret",
        compute="_compute_secrets",
        inverse="_inverse_old_secret_id",
        help="A secret that is accepted too, while you change it",
    )
    old_secret_until = fields.Datetime(
        "Old Secret Valid until", help="Without a date the old secret does not count"
    )
    tolerance = fields.Integer(
        "Time Tolerance (s)",
        default=300,
        help="For senders that sign the time: older requests are refused. 0: any time",
    )
    callback_url = fields.Char(
        "Registered URL",
        help="The address as the sender knows it, where that is not the Webhook URL",
    )
    signature_header = fields.Char(
        "Header", help="Header with the token or signature, e.g. X-Signature"
    )
    signature_prefix = fields.Char(
        "Prefix", help="What stands before the token or signature, e.g. sha256="
    )
    signature_algorithm = fields.Selection(
        [(name, name.upper()) for name in ("sha256", "sha1", "sha384", "sha512")],
        "Algorithm",
        default="sha256",
        required=True,
    )
    signature_encoding = fields.Selection(
        [
            ("hex", "Hexadecimal"),
            ("base64", "Base64"),
            ("base64url", "Base64 for URLs"),
        ],
        "Encoding",
        default="hex",
        required=True,
    )
    handshake = fields.Selection(
        [("preset", "Sync Studio"), ("handler", "The handler")],
        "Handshakes Answered by",
        default="preset",
        required=True,
        help="Who answers the requests with which senders try the address: GitHub's "
        "ping, Slack's url_verification, hub.challenge",
    )

    duplicates = fields.Selection(
        [
            ("sender", "The sender's number"),
            ("header", "A header"),
            ("path", "A JSON path"),
            ("none", "Nothing: each request runs"),
        ],
        "Duplicates Known by",
        default="sender",
        required=True,
        help="A duplicate of a request gets the first answer and runs nothing",
    )
    duplicate_header = fields.Char("Number in Header", help="e.g. X-Request-Id")
    duplicate_path = fields.Char("Number in JSON", help="e.g. event.id or items[0].id")
    duplicate_hours = fields.Integer("Remembered for (h)", default=72)

    body_limit = fields.Integer(
        "Body Limit (MB)",
        default=25,
        help="Requests with a larger body are refused with the status 413",
    )
    rate_limit = fields.Integer(
        "Requests per Minute",
        default=1200,
        help="More are refused with the status 429. 0: no limit",
    )
    allowed_addresses = fields.Char(
        help="Addresses and networks that may call, e.g. 192.0.2.7, 198.51.100.0/24; "
        "others are refused with the status 403. Empty: all may",
    )

    keep_days = fields.Integer("Keep Deliveries (days)", default=30, help="0: for ever")
    keep_failed_days = fields.Integer(
        "Keep Failed and Refused (days)", default=90, help="0: for ever"
    )

    sample_body = fields.Text(help="Body of the test request")
    curl_command = fields.Char("As curl", compute="_compute_curl_command")
    delivery_ids = fields.One2many(
        "sync.webhook.delivery", "trigger_webhook_id", readonly=True
    )
    delivery_count = fields.Integer(compute="_compute_delivery_count")

    _sql_constraints = [
        (
            "website_path_uniq",
            "unique(website_path)",
            "Another webhook has this token: each needs its own.",
        )
    ]

    @api.depends("webhook_type", "website_path")
    def _compute_website_url(self):
        for webhook in self:
            webhook.website_url = webhook._get_website_url(
                webhook.website_path, webhook.webhook_type
            )

    @api.depends("secret_key", "old_secret_key", "sync_project_id.secret_ids.key")
    def _compute_secrets(self):
        for webhook in self:
            secrets = {
                secret.key: secret for secret in webhook.sync_project_id.secret_ids
            }
            webhook.secret_id = secrets.get(webhook.secret_key)
            webhook.old_secret_id = secrets.get(webhook.old_secret_key)

    def _inverse_secret_id(self):
        for webhook in self:
            webhook.secret_key = webhook.secret_id.key

    def _inverse_old_secret_id(self):
        for webhook in self:
            webhook.old_secret_key = webhook.old_secret_id.key

    @api.depends("website_url", "sample_body", "webhook_type")
    def _compute_curl_command(self):
        for webhook in self:
            data = shlex.quote(webhook.sample_body or "")
            webhook.curl_command = "curl -X POST -H 'Content-Type: %s' --data %s %s" % (
                webhook._sample_type(),
                data,
                shlex.quote(webhook.website_url or ""),
            )

    def _compute_delivery_count(self):
        counts = count_by(
            self.env["sync.webhook.delivery"], "trigger_webhook_id", self.ids
        )
        for webhook in self:
            webhook.delivery_count = counts.get(webhook.id, 0)

    @api.constrains("allowed_addresses")
    def _check_allowed_addresses(self):
        for webhook in self:
            try:
                webhook._networks()
            except ValueError as error:
                raise ValidationError(
                    _(
                        "Webhook %s: %s. Enter addresses and networks, separated by "
                        "commas: 192.0.2.7, 198.51.100.0/24."
                    )
                    % (webhook.trigger_name, error)
                ) from error

    @api.constrains("verification", "signature_header")
    def _check_signature_header(self):
        for webhook in self:
            if webhook.verification in ("token", "hmac"):
                if not webhook.signature_header:
                    raise ValidationError(
                        _("Webhook %s: which header holds the token or signature?")
                        % webhook.trigger_name
                    )

    @api.constrains("duplicates", "duplicate_header", "duplicate_path")
    def _check_duplicates(self):
        for webhook in self:
            if (webhook.duplicates == "header" and not webhook.duplicate_header) or (
                webhook.duplicates == "path" and not webhook.duplicate_path
            ):
                raise ValidationError(
                    _("Webhook %s: where does a request hold its number?")
                    % webhook.trigger_name
                )

    @api.constrains(
        "tolerance", "duplicate_hours", "rate_limit", "keep_days", "keep_failed_days"
    )
    def _check_not_negative(self):
        names = self._check_not_negative._constrains
        for webhook in self:
            for name in names:
                if webhook[name] < 0:
                    raise ValidationError(
                        _("Webhook %s: %s cannot be negative.")
                        % (
                            webhook.trigger_name,
                            webhook._fields[name].string,
                        )
                    )

    @api.constrains("body_limit")
    def _check_body_limit(self):
        for webhook in self:
            if webhook.body_limit < 1:
                raise ValidationError(
                    _("Webhook %s: the body limit is at least 1 MB.")
                    % webhook.trigger_name
                )

    @api.model
    def _new_token(self):
        return str(uuid.uuid4())

    @api.model
    def _get_website_url(self, website_path, webhook_type):
        base_url = self.env["ir.config_parameter"].sudo().get_param("web.base.url")
        return "%s/website/action-%s/%s" % (base_url, webhook_type, website_path)

    @api.model
    def _parent_defaults(self):
        public = self.env.ref("base.group_public")
        return dict(super()._parent_defaults(), groups_id=[(6, 0, public.ids)])

    def get_code(self):
        return "action = env['sync.trigger.webhook'].browse(%s).start()" % self.id

    def action_website_path(self):
        """Give each webhook a new token; the old address stops working at once."""
        for webhook in self:
            webhook.website_path = self._new_token()

    def action_open_deliveries(self):
        """Show the requests that came to this webhook."""
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "sync.sync_webhook_delivery_action"
        )
        domain = [("trigger_webhook_id", "=", self.id)]
        return dict(action, domain=domain, context={})

    def action_send_test(self):
        """Handle the sample as if it came from the sender; show the delivery."""
        self.ensure_one()
        self._check_run_access()
        if not self.sudo()._is_enabled():
            raise UserError(
                _(
                    "The webhook %s is switched off, or its task or project is "
                    "archived: nobody can call it. Activate it first."
                )
                % self.trigger_name
            )
        test = Request(_sample_environ(self.sudo()))
        self.sudo()._receive(test)
        delivery = test.environ[RECEPTION].delivery
        return {
            "type": "ir.actions.act_window",
            "name": _("Delivery"),
            "res_model": delivery._name,
            "res_id": delivery.id,
            "view_mode": "form",
            "target": "current",
        }

    def start(self):
        """Handle the current HTTP request; give the response."""
        self._check_run_access()
        webhook = self.sudo()
        enabled = webhook._is_enabled()
        return webhook._receive(request.httprequest) if enabled else not_found()

    def _receive(self, httprequest):
        """Store a request (werkzeug), handle it, and return the response."""
        environ = httprequest.environ
        if RECEPTION not in environ:  # Odoo may repeat the handling of a request
            project_values = read_values(self.sync_task_id.project_id)
            reception = self._store(httprequest, project_values.secrets)
            reception.project_values = project_values
            environ[RECEPTION] = reception
        reception = environ[RECEPTION]
        if reception.response is None:
            handle = self._run if self.mode == "immediate" else self._enqueue
            handle(reception, httprequest)
        return reception.response

    def _run(self, reception, httprequest):
        handed = self._handed(httprequest, reception.project_values.secrets)
        answer = Answer(self.webhook_type, self.trigger_name, handed, reception)
        self.sync_task_id._run_now(self, [handed], raise_on_error=False, answer=answer)

    def _handed(self, httprequest, secrets):
        """Give a request (werkzeug) as the handler gets it (``HandlerRequest``)."""
        if self.verification == NOT_VERIFIED:
            return HandlerRequest(httprequest)
        header = webhook_senders.header_with_secret(self.verification, self._options())
        mask = Masker(filter(None, secrets.values()))
        return HandlerRequest(httprequest, header, mask)

    def _enqueue(self, reception, _httprequest):
        job = self.sync_task_id._enqueue(self, [reception.delivery])
        reception.response = stored(reception.delivery)
        # The delivery is younger than what this transaction can refer to.
        side = reception.side
        if side.joined:
            side.run(lambda cr: reception.enqueued_as(job, cr))
        else:
            self.env.cr.postcommit.add(
                lambda: side.run(lambda cr: reception.enqueued_as(job, cr))
            )

    def _store(self, httprequest, secrets):
        """Judge a request and store it with the verdict; return the Reception."""
        judgement = self._judge(httprequest, secrets)
        has_body = judgement.verdict not in (TOO_LARGE, BROKEN, LIMITED, FORBIDDEN)
        body = httprequest.get_data(cache=True) if has_body else b""
        mask = Masker(filter(None, secrets.values()))
        values = delivery_values(self, httprequest, body, mask, judgement)
        inbox = Inbox(SideTransaction(self.env), self)
        if judgement.response is not None:
            return inbox.store_closed(values, body, judgement.response)
        job_values = None
        if self.mode == "immediate":
            job_values = self.env["sync.job"]._trigger_values(self)
        return inbox.store(values, body, job_values, self.duplicate_hours)

    def _judge(self, httprequest, secrets):
        """Tell whether a request may run a task (Judgement)."""
        if not self._is_allowed(httprequest.remote_addr):
            reason = (
                _("%s is not among the allowed addresses") % httprequest.remote_addr
            )
            return Judgement(FORBIDDEN, forbidden(), reason)
        if self.rate_limit:
            count, seconds = recent_requests(self.env, self)
            if count >= self.rate_limit:
                reason = _("More than %s requests in a minute") % self.rate_limit
                return Judgement(LIMITED, limited(max(1, int(seconds) + 1)), reason)
        try:
            fits = read_body(httprequest, self.body_limit * MEGABYTE)
        except BadRequest as error:
            return Judgement(BROKEN, broken(), str(error.description))
        if not fits:
            reason = _("The body is larger than %s MB") % self.body_limit
            return Judgement(TOO_LARGE, too_large(self.body_limit), reason)
        if httprequest.method == "HEAD":
            return Judgement(HANDSHAKE, Response(status=200))
        return self._judge_content(self._message(httprequest), secrets)

    def _judge_content(self, message, secrets):
        """Tell whether a request comes from the sender, and what it is (Judgement).

        :param message: ``webhook_senders.Message``
        """
        sender = self.verification
        if sender == NOT_VERIFIED:
            return Judgement(ACCEPTED, key=self._delivery_key(message))
        try:
            if webhook_senders.needs_signature(sender, message):
                self._verify(message, secrets)
            by_handler = self.handshake == "handler"
            known = self._known_secrets(message, secrets)
            answer = webhook_senders.handshake(sender, message, known, by_handler)
        except webhook_senders.Refused as error:
            return Judgement(REFUSED, refused(), str(error))
        if answer and not by_handler:
            return Judgement(HANDSHAKE, greeting(*answer))
        return Judgement(ACCEPTED, key=self._delivery_key(message))

    def _verify(self, message, secrets):
        """Check where a request comes from.

        :param dict secrets: of the project, by their keys
        :raises Refused: that is not proven
        """
        known = self._known_secrets(message, secrets)
        if not known:
            raise webhook_senders.Refused(
                _("The project's secret %s has no value: an Administrator sets it")
                % (self.secret_key or _("(none is chosen)"))
            )
        webhook_senders.verify(self.verification, message, known, self._options())

    def _options(self):
        return webhook_senders.Options(
            header=self.signature_header,
            prefix=self.signature_prefix or "",
            algorithm=self.signature_algorithm,
            encoding=self.signature_encoding,
            tolerance=self.tolerance,
        )

    def _known_secrets(self, message, secrets):
        """Give the values that are valid for a request, the present one first."""
        keys = [self.secret_key]
        if self.old_secret_until and message.date <= self.old_secret_until:
            keys.append(self.old_secret_key)
        values = (secrets.get(key) for key in keys if key)
        return [value for value in values if value]

    def _message(self, httprequest, date=None):
        """Give what the sender has sent (``webhook_senders.Message``)."""
        known_as = self.callback_url or self.website_url
        return webhook_senders.Message(
            method=httprequest.method,
            urls=[known_as, httprequest.url],
            headers=httprequest.headers,
            args=httprequest.args,
            body=httprequest.get_data(cache=True),
            date=date or datetime.utcnow(),
        )

    def _delivery_key(self, message):
        """Give the sender's number of a request, None when there is none."""
        if self.duplicates == "header":
            key = webhook_senders.header_or_path(message, header=self.duplicate_header)
        elif self.duplicates == "path":
            key = webhook_senders.header_or_path(message, path=self.duplicate_path)
        elif self.duplicates == "sender" and self.verification != NOT_VERIFIED:
            key = webhook_senders.delivery_id(self.verification, message)
        else:
            key = None
        return key or None

    def _networks(self):
        texts = (self.allowed_addresses or "").replace(",", " ").split()
        return [ip_network(text, strict=False) for text in texts]

    def _is_allowed(self, address):
        networks = self._networks()
        if not networks:
            return True
        try:
            address = ip_address(address or "")
        except ValueError:
            return False
        # IPv4 in the spelling of a server that listens to IPv6
        address = getattr(address, "ipv4_mapped", None) or address
        return any(address in network for network in networks)

    def _sample_type(self):
        is_json = self.webhook_type == "json"
        return "application/json" if is_json else "application/x-www-form-urlencoded"

    def _is_enabled(self):
        task = self.sync_task_id
        return self.active and bool(task) and task._is_enabled()

    @api.model
    def make_response(self, data, status=200, headers=None):
        """Make an HTTP response; kept for code that calls it."""
        return Response(data, status=status, headers=headers)


# What follows handles secrets. As user code can call any method of a model, these are
# functions.


def _sample_environ(webhook):
    """Give the WSGI environment of the test request, signed as the sender would."""
    unsigned = _build_sample(webhook, {})
    return _build_sample(webhook, _sample_signature(webhook, Request(unsigned)))


def _build_sample(webhook, headers):
    return EnvironBuilder(
        path=urlsplit(webhook.website_url).path,
        base_url=webhook.get_base_url(),
        method="POST",
        data=(webhook.sample_body or "").encode(),
        content_type=webhook._sample_type(),
        headers=dict(headers, **{"User-Agent": "Sync Studio test request"}),
        environ_base={"REMOTE_ADDR": "127.0.0.1"},
    ).get_environ()


def _sample_signature(webhook, httprequest):
    """Give the headers (dict) that prove where a request comes from."""
    secret = read_values(webhook.sync_task_id.project_id).secrets.get(
        webhook.secret_key
    )
    if webhook.verification == NOT_VERIFIED or not secret:
        return {}
    message, options = webhook._message(httprequest), webhook._options()
    try:
        return webhook_senders.sign(webhook.verification, message, secret, options)
    except webhook_senders.Refused as error:
        raise UserError(
            _("Webhook %s: the test request cannot be signed. %s.")
            % (webhook.trigger_name, error)
        ) from None
