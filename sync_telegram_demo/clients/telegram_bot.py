# Copyright 2026 Sync Studio contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl.html)
"""Client of the Telegram Bot API: python-telegram-bot for code without event loops.

Plain Python, no Odoo imports.
"""

import asyncio
import logging
import re
from datetime import timedelta
from urllib.parse import urlsplit

import telegram
from telegram import error as telegram_error
from telegram.request import HTTPXRequest

API_URL = "https://api.telegram.org"

CONNECT_TIMEOUT = 10  # seconds to reach the server
ANSWER_TIMEOUT = 10  # seconds between two parts of its answer
CALL_TIMEOUT = 60  # seconds for a call with all that belongs to it
MAX_FILE = 20 * 1024 * 1024  # bytes; Telegram's own limit for bots


class BotError(Exception):
    """The bot is set up, or used, wrongly; trying again is no help."""


class MissingToken(BotError):
    """The bot has no token yet."""


class WrongToken(BotError):
    """The server knows no bot with this token."""


class WrongServer(BotError):
    """No Bot API answers at that address."""


class InsecureWebhook(BotError):
    """Telegram delivers to https addresses only."""


class TelegramRefusal(BotError):
    """Telegram did not do what it was asked for; the text is its reason.

    The user has blocked the bot, say, or the message is too long.
    """


class TooManyRequests(Exception):
    """Telegram asks to wait for some ``seconds`` (int)."""

    def __init__(self, seconds):
        super().__init__("%s seconds" % seconds)
        self.seconds = seconds


class TelegramBot:
    """One bot, on Telegram's own server or on a self-hosted Bot API server.

    Nothing is sent before the first call. A call whose answer got lost may have been
    carried out: the Bot API cannot tell whether two messages are the same.

    :param str token: as @BotFather gives it
    :param str url: address of the server
    :raises MissingToken, WrongToken, WrongServer: the settings are wrong
    :raises TelegramRefusal: Telegram refuses this call
    :raises TooManyRequests: it may pass a little later, as Telegram says when
    :raises ConnectionError, TimeoutError: the network or the server failed, as may have
        passed a little later
    """

    def __init__(self, token, url=API_URL):
        self.token = token
        self.url = (url or "").rstrip("/")

    def send_message(self, chat_id, text, *args, **options):
        """Send a text to a chat; give the ``telegram.Message``.

        The arguments are those of ``telegram.Bot.send_message``.
        """
        sent = self._run(lambda bot: bot.send_message(chat_id, text, *args, **options))
        # Without the bot, and thus without its token: objects carry it along.
        return telegram.Message.de_json(sent.to_dict(), None)

    def set_webhook(self, url, **options):
        """Let Telegram deliver updates to an address.

        The options are those of ``telegram.Bot.set_webhook``.

        :raises InsecureWebhook: only a self-hosted server delivers without TLS
        """
        own_server = urlsplit(self.url).hostname == urlsplit(API_URL).hostname
        if own_server and urlsplit(url).scheme != "https":
            raise InsecureWebhook(url)
        self._run(lambda bot: bot.set_webhook(url, **options))

    def get_file(self, file_id):
        """Download a file that was sent to the bot; give its name and content (bytes)."""
        return self._run(lambda bot: self._download(bot, file_id))

    async def _download(self, bot, file_id):
        file = await bot.get_file(file_id)
        if (file.file_size or 0) > MAX_FILE:
            raise TelegramRefusal("file is too big")
        path = file.file_path or ""
        # The library would read a path that exists on this machine from its disk.
        if not path.startswith(self.url + "/file/"):
            raise WrongServer("its files cannot be downloaded: %s" % path)
        try:
            content = await file.download_as_bytearray()
        except telegram_error.InvalidToken:  # what the library makes of any 404
            raise TelegramRefusal("file is not there any more") from None
        return path.rsplit("/", 1)[-1], bytes(content)

    def _run(self, call):
        """Carry out one asynchronous call of the library, and wait for its end.

        Each has an event loop and connections of its own. So nothing is shared between
        the threads and processes of Odoo, and nothing stays open in them.
        """
        self._check()
        try:
            return asyncio.run(asyncio.wait_for(self._call(call), CALL_TIMEOUT))
        except asyncio.TimeoutError:
            raise TimeoutError("%s does not answer in time" % self.url) from None
        except telegram_error.TelegramError as error:
            raise self._explain(error) from None

    async def _call(self, call):
        request = HTTPXRequest(
            connect_timeout=CONNECT_TIMEOUT,
            read_timeout=ANSWER_TIMEOUT,
            write_timeout=ANSWER_TIMEOUT,
        )
        try:
            bot = telegram.Bot(
                self.token,
                base_url=self.url + "/bot",
                base_file_url=self.url + "/file/bot",
                request=request,
                get_updates_request=request,
            )
            return await call(bot)
        finally:
            await request.shutdown()

    def _check(self):
        if not self.token:
            raise MissingToken
        parts = urlsplit(self.url)
        if parts.scheme not in ("http", "https") or not parts.hostname:
            raise WrongServer("it must begin with http:// or https:// and a host name")

    def _explain(self, error):
        """Turn an error of the library into the exception that tells what to do."""
        if isinstance(error, telegram_error.RetryAfter):
            return TooManyRequests(_seconds(error.retry_after))
        if isinstance(error, telegram_error.InvalidToken):
            return WrongToken(error.message)
        if isinstance(error, (telegram_error.Forbidden, telegram_error.BadRequest)):
            return TelegramRefusal(error.message)
        if isinstance(error, telegram_error.TimedOut):
            return TimeoutError("%s does not answer in time" % self.url)
        if isinstance(error, telegram_error.NetworkError):
            return ConnectionError("%s failed: %s" % (self.url, error.message))
        if isinstance(error, (telegram_error.ChatMigrated, telegram_error.Conflict)):
            return TelegramRefusal(error.message)
        return WrongServer(error.message)


def parse_update(data):
    """Turn an update, as Telegram delivers it (dict), into a ``telegram.Update``."""
    return telegram.Update.de_json(data, None)


def _seconds(wait):
    """The library counts in seconds or, if asked to, in ``timedelta``."""
    return int(wait.total_seconds()) if isinstance(wait, timedelta) else wait


class _WithoutToken(logging.Filter):
    """Mask the token, which is part of the addresses that httpx writes to the log."""

    TOKEN = re.compile(r"(/bot)\d+(?::|%3A)[\w-]+")

    def filter(self, record):
        record.msg = self.TOKEN.sub(r"\1********", record.getMessage())
        record.args = ()
        return True


logging.getLogger("httpx").addFilter(_WithoutToken())
