# Copyright 2026 Sync Studio contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl.html)
"""Evaluation context "Telegram (Demo)": what code of such projects can call."""

import secrets as random
from html import escape

from lxml.html.clean import Cleaner

from odoo import _, api, fields, models
from odoo.exceptions import UserError

from odoo.addons.queue_job.exception import RetryableJobError
from odoo.addons.sync.models.sync_project import keep_project
from odoo.addons.sync.tools import AttrDict

from ..clients import telegram_bot, telegram_message
from ..clients.telegram_bot import TelegramBot, TelegramRefusal
from ..clients.telegram_html import html_after_prefix, html_sanitize_telegram

TOKEN = "TELEGRAM_BOT_TOKEN"
WEBHOOK_SECRET = "TELEGRAM_WEBHOOK_SECRET"


def webhook_secret(project, secrets):
    """Return the secret that deliveries come with; make one up if it is empty.

    This is no method of the project, as code of tasks could call that.
    """
    if secrets.get(WEBHOOK_SECRET):
        return secrets[WEBHOOK_SECRET]
    value = random.token_urlsafe(32)
    rows = project.env["sync.project.secret"].sudo()
    row = rows.search([("project_id", "=", project.id), ("key", "=", WEBHOOK_SECRET)])
    if not row:
        row = rows.create({"project_id": project.id, "key": WEBHOOK_SECRET})
    row.value = value
    # Code may read the cache, but no secret.
    row.flush(["value"])
    row.invalidate_cache(["value"], row.ids)
    return value


class SyncProject(models.Model):
    _inherit = "sync.project"

    eval_context = fields.Selection(
        selection_add=[("telegram_demo", "Telegram (Demo)")],
        ondelete={"telegram_demo": keep_project},
    )

    def _eval_context_telegram_demo(self, secrets, eval_context):
        """Functions to chat with the users of a Telegram bot

        * telegram.sendMessage(chat_id, text, **options): send a text and return the
          sent telegram.Message. An option is parse_mode="HTML". When Telegram refuses
          it, because the user has blocked the bot for instance, TelegramRefusal is
          raised
        * telegram.setWebhook(url, **options): let Telegram deliver to an address. An
          option is allowed_updates=["message", "edited_message"]. Deliveries come with
          the secret TELEGRAM_WEBHOOK_SECRET, which is made up when it is empty
        * telegram.parse_data(data): make a telegram.Update of what was delivered (dict)
        * telegram.message_html(message): HTML of any message: its text as it is
          formatted, and a short note in place of a photo, a sticker and the like
        * telegram.message_file(message): id and name of the file in a message, or None
        * telegram.getFile(file_id): download a file, return its name and content
        * html_sanitize_telegram(html): the same HTML with the few tags that Telegram
          allows
        * html_after_prefix(html, prefix): the HTML without the word it begins with, or
          None if it begins otherwise
        * Cleaner(**options): lxml.html.clean.Cleaner, for other rules

        The options are those of https://docs.python-telegram-bot.org

        Params: API_URL. Secrets: TELEGRAM_BOT_TOKEN, TELEGRAM_WEBHOOK_SECRET.
        """
        url = eval_context["params"].get("API_URL") or telegram_bot.API_URL
        bot = TelegramBot(secrets.get(TOKEN), url)

        def call(method, *args, **options):
            eval_context["log_transmission"](
                url, "%s %s %s" % (method.__name__, args, options or "")
            )
            try:
                return method(*args, **options)
            except telegram_bot.TooManyRequests as error:
                raise RetryableJobError(
                    _("Telegram asks to wait for %s.") % error, error.seconds
                ) from None
            except telegram_bot.TelegramRefusal:
                raise
            except telegram_bot.BotError as error:
                raise UserError(self._telegram_explain(error, url)) from None

        def send_message(chat_id, *args, **options):
            return call(bot.send_message, chat_id, *args, **options)

        def set_webhook(webhook_url, **options):
            options["secret_token"] = webhook_secret(self, secrets)
            try:
                call(bot.set_webhook, webhook_url, **options)
            except TelegramRefusal as refusal:
                raise UserError(
                    self._telegram_explain_webhook(refusal, webhook_url)
                ) from None

        return {
            "telegram": AttrDict(
                sendMessage=send_message,
                setWebhook=set_webhook,
                getFile=lambda file_id: call(bot.get_file, file_id),
                parse_data=telegram_bot.parse_update,
                message_html=self._telegram_message_html,
                message_file=telegram_message.file_of,
            ),
            "TelegramRefusal": TelegramRefusal,
            "html_sanitize_telegram": html_sanitize_telegram,
            "html_after_prefix": html_after_prefix,
            "Cleaner": Cleaner,
        }

    @api.model
    def _telegram_explain(self, error, url):
        """Tell people what is set up wrongly and what to do about it."""
        explanations = {
            telegram_bot.MissingToken: _(
                "The bot cannot be used before its secret TELEGRAM_BOT_TOKEN is set in "
                'the project\'s tab "Parameters". @BotFather gives the token.'
            ),
            telegram_bot.WrongToken: _(
                "%(url)s knows no bot with this token: %(error)s. Check the secret "
                "TELEGRAM_BOT_TOKEN and the param API_URL."
            ),
            telegram_bot.WrongServer: _(
                "No Telegram Bot API was found at %(url)s: %(error)s. Check the param "
                "API_URL, e.g. https://api.telegram.org"
            ),
            telegram_bot.InsecureWebhook: _(
                "Telegram delivers to https addresses only, but the webhook's is "
                "%(error)s. Set the system parameter web.base.url (Settings > Technical "
                "> System Parameters) to the https address at which Odoo is reached "
                "from the internet, and run Setup again."
            ),
        }
        return explanations[type(error)] % {"url": url, "error": error}

    @api.model
    def _telegram_explain_webhook(self, refusal, webhook_url):
        return _(
            "Telegram does not accept the webhook %(url)s: %(reason)s. Check the system "
            "parameter web.base.url: its host must be reachable from the internet by "
            "https, at port 443, 80, 88 or 8443. The secret TELEGRAM_WEBHOOK_SECRET has "
            "at most 256 of the characters A-Z a-z 0-9 _ -"
        ) % {"url": webhook_url, "reason": refusal}

    @api.model
    def _telegram_message_html(self, message):
        """Return HTML of a message for people: what it says, or what it is."""
        text = telegram_message.text_html(message)
        if message.text:
            return text
        note = [self._telegram_kind(message), telegram_message.details(message)]
        shown = ": ".join(escape(part) for part in note if part)
        return "<i>%s</i>%s" % (shown, text and "<br/>" + text)

    @api.model
    def _telegram_kind(self, message):
        """Return what people call a kind of messages."""
        kinds = {
            "animation": _("Animation"),
            "audio": _("Audio"),
            "contact": _("Contact"),
            "dice": _("Dice"),
            "document": _("Document"),
            "location": _("Location"),
            "photo": _("Photo"),
            "poll": _("Poll"),
            "sticker": _("Sticker"),
            "venue": _("Venue"),
            "video": _("Video"),
            "video_note": _("Video message"),
            "voice": _("Voice message"),
        }
        kind = telegram_message.kind(message)
        return kinds.get(kind) or _("Message without text (%s)") % kind
