# Copyright 2026 Sync Studio contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl.html)
"""The demo "Telegram": a person in Telegram chats with somebody in Odoo."""

import contextlib

from fake_telegram import FakeTelegram
from servers import Odoo, ServerError, fresh_database, running, until
from telegram_project import ADDON, TelegramProject

from .stage import Outcome, print_table, say

DATABASE = "sync_demo_telegram"
TIMEOUT = 60  # seconds for one step
HEADERS = ["", "last message in Odoo", "files", "last message in Telegram", "worked"]
WELCOME = "Hello! How can I help you?"
SENT = "The message has been sent to Telegram: "
ANSWER = "We are on our way"

NEXT_STEPS = """
The servers stay up until Ctrl-C.

  Sync Studio  {odoo}   login admin, password admin
  Telegram     {telegram}   played by a local server

Try next:
  * Let Ada write to the bot, and see what it sent to her:
      curl --data "Hello again" {ada}
      curl {ada}
  * Contacts > Telegram:Ada Lovelace > Log note: /telegram Goodbye. A moment later
    OdooBot reports that the message was sent.
  * Sync Studio > Projects > Demo Telegram Integration: the buttons Jobs and Logs tell
    what happened, the tab Available Tasks has the code.
  * Use a real bot: empty the param API_URL, set the secret TELEGRAM_BOT_TOKEN and the
    system parameter web.base.url (https), and click Run Now next to SETUP_TELEGRAM.

The next scripts/demo telegram begins with a fresh database.
Log of the server: {log}
"""


@contextlib.contextmanager
def play():
    """Show a chat between Telegram and Odoo."""
    say("Preparing the database (the first time about half a minute, then a second)")
    fresh_database(DATABASE, ADDON + ",contacts", addons=("sync", ADDON))
    odoo = Odoo(DATABASE, port=8069)
    say("Starting the servers")
    with FakeTelegram() as telegram, running(odoo):
        show = Show(odoo, telegram)
        show.configure()
        steps = (show.start, show.write, show.answer, show.send_photo)
        rows = [step() for step in steps]
        print_table(HEADERS, rows)
        worked = all(row[-1] == "yes" for row in rows)
        yield Outcome(worked, (odoo,), show.next_steps())


class Show:
    """The steps of a chat, as the two people take them."""

    def __init__(self, odoo, telegram):
        self.odoo = odoo
        self.telegram = telegram
        self.project = TelegramProject(odoo, telegram)
        self.ada = telegram.user("Ada", last_name="Lovelace")

    def configure(self):
        """Set the project up as its documentation says."""
        self.project.set_base_url(self.odoo.url)
        self.project.set_param("API_URL", self.telegram.url)
        self.project.configure()
        say("The project is configured and active, its webhook is set")

    def start(self):
        say("Ada starts the bot in Telegram")
        self.ada.write("/start")
        return self._row("Bot started in Telegram", "Contact created", 0, WELCOME)

    def write(self):
        say("Ada writes to the bot")
        self.ada.write("I lost my key")
        return self._row("Written in Telegram", "I lost my key", 0, WELCOME)

    def answer(self):
        say("Somebody answers in Odoo")
        partner = self.project.partner(self.ada)
        self.project.post(partner, "/telegram " + ANSWER)
        return self._row("Answered in Odoo", SENT + ANSWER, 0, ANSWER)

    def send_photo(self):
        say("Ada sends a photo")
        self.ada.photo(b"a photo", caption="This door")
        return self._row("Photo sent in Telegram", "Photo This door", 1, ANSWER)

    def next_steps(self):
        return NEXT_STEPS.format(
            odoo=self.odoo.url,
            telegram=self.telegram.url,
            ada=self.ada.url,
            log=self.odoo.log,
        )

    def _row(self, title, *expected):
        """Wait for what a step shall lead to; return what there is then."""
        with contextlib.suppress(ServerError):
            until(lambda: self._state() == expected, TIMEOUT, title)
        state = self._state()
        return [title, *state, "yes" if state == expected else "no"]

    def _state(self):
        """Return the last message in Odoo, how many files it has, and Telegram's."""
        in_telegram = (self.ada.texts() or [""])[-1]
        partners = self.project.partners(self.ada)
        if not partners:
            return "", 0, in_telegram
        message = self.project.messages(partners[0]["id"])[-1]
        text = " ".join(self.project.text(message).split())
        return text, len(message["attachment_ids"]), in_telegram
