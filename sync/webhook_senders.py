# Copyright 2026 Sync Studio contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl.html)
"""How services sign and number the requests of webhooks and shake hands. No ORM.

A sender proves a request with one header: by the secret itself (``Token``) or by a
keyed hash of what it sends (``Signature``). The table ``SENDERS`` tells who does what.
"""

import hmac
import json
import re
import uuid
from base64 import b64decode, b64encode, urlsafe_b64encode
from calendar import timegm
from collections import namedtuple
from hashlib import sha256
from urllib.parse import parse_qs

from werkzeug.datastructures import Headers

from odoo import _

from .webhook_answer import TEXT

FORM = "application/x-www-form-urlencoded"
MOST_FIELDS = 1000  # of a form
LONGEST_ID = 200  # characters; of a longer id the hash is the id
DIGITS = re.compile("[0-9]{1,12}")  # enough for seconds since 1970
NOT_IN_HEADERS = re.compile(r"^\s|\s$|[\x00-\x1f\x7f]")
ENCODINGS = {"hex": bytes.hex, "base64": b64encode, "base64url": urlsafe_b64encode}


class Refused(Exception):
    """The request is not proven to come from the sender; the text tells why.

    It never shows a secret or the right signature.
    """


Message = namedtuple("Message", "method urls headers args body date")
Message.__doc__ = """A request.

    urls (list of str): the addresses by which the sender may know the webhook
    headers (werkzeug Headers), args (MultiDict): of the query, body (bytes)
    date (datetime): when it arrived, in UTC
"""
Options = namedtuple("Options", "header prefix algorithm encoding tolerance")
Options.__doc__ = """How a request is proven.

    header, prefix (str): where the proof is, and what precedes it there
    algorithm (str): ``sha1``, ``sha256``, ``sha384`` or ``sha512``
    encoding (str): ``hex``, ``base64`` or ``base64url``
    tolerance (int): seconds a time stamp may be off, 0: it is not checked
"""


class Sender:
    """A service, or a kind of them.

    :param str title: its name
    :param dict fixed: the ``Options`` that are the same for all its webhooks
    :param list id_headers: which may hold the id of an event, the best first
    :param str id_path: where in the JSON body it is instead
    :param handshake: function(Message) -> the answer (str) to what is no event, or None
    :param bool signs_handshake: whether it proves that like an event
    """

    def __init__(
        self,
        title,
        fixed=None,
        id_headers=(),
        id_path="",
        handshake=lambda message: None,
        signs_handshake=True,
    ):
        self.title = title
        self.fixed = fixed or {}
        self.id_headers = id_headers
        self.id_path = id_path
        self.handshake = handshake
        self.signs_handshake = signs_handshake

    def name(self):
        """Give what to call it in a sentence."""
        return self.title if self.fixed else _("the sender")

    def options(self, message, options):
        """Give the ``Options`` for a message from those of the webhook.

        :raises Refused: no header is named
        """
        options = options._replace(**self.fixed)
        if not options.header:
            raise Refused(
                _("Enter the name of the header that holds the token or signature")
            )
        return options

    def header(self, message, name):
        """Give the value (str) of a header that is to be there.

        :raises Refused: it is not there, or not once
        """
        values = message.headers.getlist(name)
        names = {"header": name, "sender": self.name(), "number": len(values)}
        if len(values) > 1:
            raise Refused(_("The header %(header)s came %(number)s times") % names)
        if not values:
            text = _(
                "The header %(header)s is missing: set the same secret at %(sender)s"
            )
            raise Refused(text % names)
        if not values[0]:
            text = _(
                "The header %(header)s is empty: set the same secret at %(sender)s"
            )
            raise Refused(text % names)
        return values[0]

    def given(self, message, options):
        """Give the proofs (list of str) that came; one right one is enough."""
        return [self.header(message, options.header)]

    def proofs(self, message, secret, options):
        """Give the right proofs (list of bytes), the usual one first.

        :raises Refused: there are none with this secret
        """
        raise NotImplementedError

    def check_time(self, message, tolerance):
        """Raise ``Refused`` if it was sent too long before or after its arrival."""

    def unsigned(self, message):
        """Give the headers (dict) that have to be there before the proof is made."""
        return {}

    def verify(self, message, secrets, options):
        """Raise ``Refused`` unless one of the secrets proves the message."""
        options = self.options(message, options)
        given = [_wire(text) for text in self.given(message, options)]
        self.check_time(message, options.tolerance)
        refusals = []
        for secret in secrets:
            try:
                proofs = self.proofs(message, secret, options)
            except Refused as refusal:
                refusals.append(refusal)
            else:
                if any(hmac.compare_digest(a, b) for a in given for b in proofs):
                    return
                refusals.append(self.mismatch(options))
        raise refusals[0]

    def mismatch(self, options):
        """Give the refusal of a proof that is not right."""
        return Refused(
            _("The signature in %s does not match the secret") % options.header
        )

    def sign(self, message, secret, options):
        """Give the headers (dict) that prove a message."""
        options = self.options(message, options)
        unsigned = self.unsigned(message)
        headers = Headers(list(message.headers))
        for name, value in unsigned.items():
            headers.set(name, value)
        message = message._replace(headers=headers)
        proof = self.proofs(message, secret, options)[0].decode("latin-1")
        return dict(unsigned, **{options.header: proof})


class Token(Sender):
    """The secret itself comes in a header."""

    def proofs(self, message, secret, options):
        if NOT_IN_HEADERS.search(secret):
            raise Refused(
                _(
                    "The secret begins or ends with white space or has a line break, "
                    "which no header can hold: enter it again without"
                )
            )
        return [((options.prefix or "") + secret).encode()]

    def mismatch(self, options):
        return Refused(_("The token in %s is not the secret") % options.header)


class Signature(Sender):
    """A hash of the body, keyed with the secret (HMAC), comes in a header."""

    def contents(self, message):
        """Give what may be signed (list of bytes), the usual one first."""
        return [message.body]

    def key(self, secret):
        """Give the key (bytes) that a secret stands for."""
        return secret.encode()

    def proofs(self, message, secret, options):
        key = self.key(secret)
        prefix = (options.prefix or "").encode()
        return [
            prefix + text
            for content in self.contents(message)
            for text in _encoded(
                hmac.new(key, content, options.algorithm).digest(), options.encoding
            )
        ]


class GitHub(Signature):
    """Old servers sign with SHA-1 only; new ones send that beside SHA-256."""

    legacy = {"header": "X-Hub-Signature", "prefix": "sha1=", "algorithm": "sha1"}

    def options(self, message, options):
        options = super().options(message, options)
        headers = message.headers
        is_legacy = options.header not in headers and self.legacy["header"] in headers
        return options._replace(**self.legacy) if is_legacy else options


class Trello(Signature):
    """The address of the webhook is signed too."""

    def contents(self, message):
        return [message.body + url.encode() for url in message.urls]

    def mismatch(self, options):
        return Refused(
            _(
                "The signature in %s does not match the secret and the address: the "
                "secret is that of the application, and the address is the one with "
                "which the webhook was made"
            )
            % options.header
        )


class Stamped(Signature):
    """The time is signed too, so that nobody else can send the request again later."""

    stamp_header = None

    def stamp(self, message):
        """Give the time stamp (str of digits).

        :raises Refused: there is none
        """
        return self.checked_stamp(self.header(message, self.stamp_header))

    def checked_stamp(self, stamp):
        """Give a time stamp back, or raise ``Refused`` if it is none."""
        if not DIGITS.fullmatch(stamp):
            raise Refused(_("The time stamp of %s is no number") % self.title)
        return stamp

    def check_time(self, message, tolerance):
        off = abs(int(self.stamp(message)) - int(_stamp_of(message)))
        if tolerance and off > tolerance:
            raise Refused(
                _("The time stamp is %(off)s s off; at most %(most)s s are allowed")
                % {"off": off, "most": tolerance}
            )

    def unsigned(self, message):
        return {self.stamp_header: _stamp_of(message)}


class Slack(Stamped):
    """The time stamp has a header of its own."""

    stamp_header = "X-Slack-Request-Timestamp"

    def contents(self, message):
        return [b"v0:%s:%s" % (self.stamp(message).encode(), message.body)]


class Stripe(Stamped):
    """One header: ``t=<time stamp>,v1=<signature>``, ``v1`` for each valid secret."""

    stamp_header = "Stripe-Signature"

    def values(self, message, key):
        """Give what the header tells (list of str) under a key."""
        items = self.header(message, self.stamp_header).split(",")
        pairs = [item.strip().partition("=") for item in items]
        return [value for name, _equals, value in pairs if name == key]

    def stamp(self, message):
        return self.checked_stamp(next(iter(self.values(message, "t")), ""))

    def given(self, message, options):
        return self.values(message, "v1")

    def contents(self, message):
        return [b"%s.%s" % (self.stamp(message).encode(), message.body)]

    def unsigned(self, message):
        return {self.stamp_header: "t=" + _stamp_of(message)}

    def sign(self, message, secret, options):
        signed = super().sign(message, secret, options)[self.stamp_header]
        stamp = self.unsigned(message)[self.stamp_header]
        return {self.stamp_header: "%s,v1=%s" % (stamp, signed)}


class StandardWebhooks(Stamped):
    """Signatures for each valid secret, among them such by public keys (``v1a``)."""

    stamp_header = "webhook-timestamp"
    id_header = "webhook-id"
    secret_prefix = "whsec_"

    def key(self, secret):
        start = len(self.secret_prefix) if secret.startswith(self.secret_prefix) else 0
        try:
            key = b64decode(secret[start:], validate=True)
        except ValueError:
            key = b""
        if not key:
            raise Refused(
                _("The secret is no base64: it looks like whsec_MfKQ9r8GKYq…")
            )
        return key

    def given(self, message, options):
        return self.header(message, options.header).split()

    def contents(self, message):
        number = _wire(self.header(message, self.id_header))
        return [b"%s.%s.%s" % (number, self.stamp(message).encode(), message.body)]

    def unsigned(self, message):
        number = message.headers.get(self.id_header) or "msg_%s" % uuid.uuid4().hex
        return dict(super().unsigned(message), **{self.id_header: number})


def _github_ping(message):
    return "pong" if message.headers.get("X-GitHub-Event") == "ping" else None


def _slack_challenge(message):
    data = _json(message)
    if not isinstance(data, dict) or data.get("type") != "url_verification":
        return None
    challenge = data.get("challenge")
    return challenge if isinstance(challenge, str) else None


def _woocommerce_ping(message):
    """A shop asks so whether the address is right; it takes nothing but success."""
    is_ping = re.fullmatch(b"webhook_id=[0-9]{1,20}", message.body)
    return "pong" if message.method == "POST" and is_ping else None


def _hub_challenge(message):
    """WebSub hubs and Meta ask so whether a subscription is wanted."""
    is_asked = message.method == "GET" and message.args.get("hub.mode") == "subscribe"
    return message.args.get("hub.challenge") or None if is_asked else None


def _fixed(header, algorithm="", encoding="", prefix=""):
    """Give what ``Options`` say except for the tolerance."""
    names = ("header", "algorithm", "encoding", "prefix")
    return dict(zip(names, (header, algorithm, encoding, prefix)))


SENDERS = {
    "github": GitHub(
        "GitHub",
        _fixed("X-Hub-Signature-256", "sha256", "hex", "sha256="),
        id_headers=["X-GitHub-Delivery"],
        handshake=_github_ping,
    ),
    "trello": Trello(
        "Trello", _fixed("X-Trello-Webhook", "sha1", "base64"), id_path="action.id"
    ),
    "telegram": Token(
        "Telegram", _fixed("X-Telegram-Bot-Api-Secret-Token"), id_path="update_id"
    ),
    "stripe": Stripe(
        "Stripe", _fixed("Stripe-Signature", "sha256", "hex"), id_path="id"
    ),
    "shopify": Signature(
        "Shopify",
        _fixed("X-Shopify-Hmac-Sha256", "sha256", "base64"),
        id_headers=["X-Shopify-Webhook-Id"],
    ),
    "slack": Slack(
        "Slack",
        _fixed("X-Slack-Signature", "sha256", "hex", "v0="),
        id_path="event_id",
        handshake=_slack_challenge,
    ),
    "gitlab": Token(
        "GitLab",
        _fixed("X-Gitlab-Token"),
        id_headers=["Idempotency-Key", "X-Gitlab-Event-UUID"],
    ),
    "woocommerce": Signature(
        "WooCommerce",
        _fixed("X-WC-Webhook-Signature", "sha256", "base64"),
        id_headers=["X-WC-Webhook-Delivery-ID"],
        handshake=_woocommerce_ping,
        signs_handshake=False,
    ),
    "standard": StandardWebhooks(
        "Standard Webhooks",
        _fixed("webhook-signature", "sha256", "base64", "v1,"),
        id_headers=["webhook-id"],
    ),
    "token": Token(
        "Token in a header", handshake=_hub_challenge, signs_handshake=False
    ),
    "hmac": Signature(
        "HMAC signature in a header", handshake=_hub_challenge, signs_handshake=False
    ),
}

# In lower case. Beside these there is the header that a webhook names itself.
SIGNATURE_HEADERS = frozenset(
    [sender.fixed["header"].lower() for sender in SENDERS.values() if sender.fixed]
    + [GitHub.legacy["header"].lower()]
    + ["authorization", "cookie", "proxy-authorization", "x-openerp-session-id"]
)


def verify(sender, message, secrets, options):
    """Check that a message comes from the sender.

    :param str sender: key of ``SENDERS``
    :param Message message: what came
    :param list secrets: texts of which any may be the right one
    :param Options options: of the webhook
    :raises Refused: it is not proven
    """
    secrets = [secret for secret in secrets if secret]
    if not secrets:
        name = SENDERS[sender].name()
        raise Refused(_("The secret has no value: enter the one set at %s") % name)
    SENDERS[sender].verify(message, secrets, options)


def header_with_secret(sender, options):
    """Give the name of the header that holds the secret itself, None if none does."""
    sender = SENDERS[sender]
    if not isinstance(sender, Token):
        return None
    return (sender.fixed or {}).get("header") or options.header


def sign(sender, message, secret, options):
    """Give the headers (dict) to add to a message, so that ``verify`` accepts it.

    :raises Refused: no message can be proven with this secret
    """
    return SENDERS[sender].sign(message, secret, options)


def needs_signature(sender, message):
    """Tell whether ``verify`` has to accept a message before anything is done."""
    sender = SENDERS[sender]
    return sender.signs_handshake or sender.handshake(message) is None


def handshake(sender, message, secrets, needs_token=False):
    """Give the answer to a request that is no event: (body, content type), or None.

    :param bool needs_token: a hub, which does not sign its challenge, has to prove
        itself by a verify token
    :raises Refused: a verify token is missing, or it is none of the secrets
    """
    sender = SENDERS[sender]
    answer = sender.handshake(message)
    if answer is None:
        return None
    token = message.args.get("hub.verify_token")
    is_hub = sender.handshake is _hub_challenge
    is_proof = token is not None or (needs_token and is_hub)
    if is_proof and not _is_secret(token or "", secrets):
        raise Refused(_("The verify token (hub.verify_token) is not the secret"))
    return answer, TEXT


def delivery_id(sender, message):
    """Give the id (str) of the event, the same when it is sent again, or ``""``."""
    sender = SENDERS[sender]
    ids = (header_or_path(message, header=name) for name in sender.id_headers)
    return next(filter(None, ids), "") or header_or_path(message, path=sender.id_path)


def header_or_path(message, header=None, path=None):
    """Give the id (str) in a header or else in the JSON body, or ``""``.

    :param str path: like ``data.items[0].id``
    """
    found = message.headers.get(header) if header else None
    if not found and path:
        found = _at(_json(message), path)
    return _id(found)


def _at(data, path):
    """Give what is at a path in a JSON value, or None."""
    for key in re.findall(r"[^.\[\]]+", path):
        if isinstance(data, dict):
            data = data.get(key)
        elif isinstance(data, list) and DIGITS.fullmatch(key):
            data = data[int(key)] if int(key) < len(data) else None
        else:
            return None
    return data


def _id(value):
    """Give a text that any database can store and index; ``""`` for what is no id."""
    if not isinstance(value, str):
        return ""
    data = value.replace("\x00", "\\0").encode("utf-8", "backslashreplace")
    text = data.decode()
    return text if len(text) <= LONGEST_ID else "sha256:" + sha256(data).hexdigest()


def _json(message):
    """Give the JSON value in the body or in its field ``payload``, or None.

    Numbers are given as text: an id stays as it is, and reading digits by the million
    as an ``int`` would take hours.
    """
    text = message.body
    try:
        if message.headers.get("Content-Type", "").lower().startswith(FORM):
            fields = parse_qs(
                text.decode("utf-8", "replace"), max_num_fields=MOST_FIELDS
            )
            text = fields.get("payload", [""])[0]
        return json.loads(text, parse_int=str, parse_float=str)
    except (ValueError, RecursionError):
        return None


def _encoded(digest, encoding):
    """Give a digest as text (list of bytes): the usual way, and as some write it."""
    text = ENCODINGS[encoding](digest)
    if encoding == "hex":
        return [text.encode(), text.upper().encode()]
    return [text, text.rstrip(b"=")]


def _wire(text):
    """Give the bytes that a server made the text of a header of."""
    return text.encode("latin-1", "backslashreplace")


def _is_secret(token, secrets):
    token = token.encode("utf-8", "backslashreplace")
    return any(hmac.compare_digest(token, each.encode()) for each in secrets if each)


def _stamp_of(message):
    return str(timegm(message.date.utctimetuple()))
