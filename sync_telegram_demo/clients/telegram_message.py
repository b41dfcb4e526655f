# Copyright 2026 Sync Studio contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl.html)
"""What is in a Telegram message, text or not. Plain Python, no Odoo imports.

Messages are ``telegram.Message``.
"""

from telegram.helpers import effective_message_type

# The little that a note tells about a message without text
DETAILS = {
    "audio": lambda audio: audio.title,
    "contact": lambda contact: "%s %s" % (contact.first_name, contact.phone_number),
    "dice": lambda dice: "%s %s" % (dice.emoji, dice.value),
    "document": lambda document: document.file_name,
    "location": lambda point: "%s, %s" % (point.latitude, point.longitude),
    "poll": lambda poll: poll.question,
    "sticker": lambda sticker: sticker.emoji,
    "venue": lambda venue: venue.title,
}


def kind(message):
    """Return the kind of a message by its name in the Bot API, e.g. ``"photo"``."""
    return effective_message_type(message) or "message"


def details(message):
    """Return a few words about a message without text, or None."""
    tell = DETAILS.get(kind(message))
    return tell(message[kind(message)]) if tell else None


def text_html(message):
    """Return the text, or the caption, as HTML with its formatting (str)."""
    text = message.text_html if message.text else message.caption_html
    return (text or "").replace("\n", "<br/>")


def file_of(message):
    """Return id and name of the file in a message, the largest of several sizes.

    The name is empty where the sender's device tells none. None without a file.
    """
    found = message.effective_attachment
    file = found[-1] if isinstance(found, (list, tuple)) and found else found
    file_id = getattr(file, "file_id", None)
    return (file_id, getattr(file, "file_name", None) or "") if file_id else None
