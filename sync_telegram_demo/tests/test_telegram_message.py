# Copyright 2026 Sync Studio contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl.html)
"""What is in messages of any kind, as Telegram delivers them."""

from odoo.tests.common import BaseCase

from ..clients import telegram_message
from ..clients.telegram_bot import parse_update

FILE = {"file_id": "f1", "file_unique_id": "u1"}
SIZED = dict(FILE, width=90, height=90)
LARGE = dict(SIZED, file_id="f2", width=800, height=800)
STICKER = dict(SIZED, type="regular", is_animated=False, is_video=False)
POINT = {"latitude": 48.5, "longitude": 9.25}
POLL = {"id": "1", "question": "Tea?", "options": [], "total_voter_count": 0}
POLL.update(is_closed=False, is_anonymous=True, type="regular")
POLL.update(allows_multiple_answers=False)

# (content, kind, details, file)
MESSAGES = [
    ({"text": "Hi"}, "text", None, None),
    ({"photo": [SIZED, LARGE]}, "photo", None, ("f2", "")),
    ({"sticker": dict(STICKER, emoji="☕")}, "sticker", "☕", ("f1", "")),
    ({"sticker": STICKER}, "sticker", None, ("f1", "")),
    ({"document": dict(FILE, file_name="a.txt")}, "document", "a.txt", ("f1", "a.txt")),
    ({"document": FILE}, "document", None, ("f1", "")),
    ({"voice": dict(FILE, duration=3)}, "voice", None, ("f1", "")),
    ({"audio": dict(FILE, duration=3, title="A song")}, "audio", "A song", ("f1", "")),
    ({"video": dict(SIZED, duration=3)}, "video", None, ("f1", "")),
    ({"location": POINT}, "location", "48.5, 9.25", None),
    (
        {"venue": {"location": POINT, "title": "Café", "address": "Here"}},
        "venue",
        "Café",
        None,
    ),
    (
        {"contact": {"first_name": "Eve", "phone_number": "+491"}},
        "contact",
        "Eve +491",
        None,
    ),
    ({"dice": {"emoji": "🎲", "value": 4}}, "dice", "🎲 4", None),
    ({"poll": POLL}, "poll", "Tea?", None),
    ({"new_chat_title": "Friends"}, "new_chat_title", None, None),
    ({"invented_tomorrow": {"a": 1}}, "message", None, None),
]


def message_with(**content):
    """Make a telegram.Message of its content, as the Bot API has it."""
    user = {"id": 7, "is_bot": False, "first_name": "Ada"}
    message = {"message_id": 1, "date": 1, "chat": {"id": 7, "type": "private"}}
    message = dict(message, **{"from": user}, **content)
    return parse_update({"update_id": 1, "message": message}).message


class TestTelegramMessage(BaseCase):
    def test_each_kind_is_told_with_its_details_and_file(self):
        for content, kind, details, file in MESSAGES:
            message = message_with(**content)
            with self.subTest(content=content):
                self.assertEqual(telegram_message.kind(message), kind)
                self.assertEqual(telegram_message.details(message), details)
                self.assertEqual(telegram_message.file_of(message), file)

    def test_text_is_html_with_its_formatting(self):
        bold = {"type": "bold", "offset": 0, "length": 1}
        message = message_with(text="a <b>\nc", entities=[bold])
        html = telegram_message.text_html(message)
        self.assertEqual(html, "<b>a</b> &lt;b&gt;<br/>c")

    def test_caption_is_the_text_of_a_photo(self):
        message = message_with(photo=[SIZED], caption="My cat & I")
        self.assertEqual(telegram_message.text_html(message), "My cat &amp; I")

    def test_message_without_text_has_none(self):
        self.assertEqual(telegram_message.text_html(message_with(photo=[SIZED])), "")
