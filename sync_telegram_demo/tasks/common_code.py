# What the tasks of this project share.

SUFFIX = "@telegram"  # the end of a telegram partner's Internal Reference


def user2name(user):
    """Name a Telegram user: @username, or first and last name."""
    return "@" + user.username if user.username else user.full_name


def user2ref(user_id):
    """Give the Internal Reference of a Telegram user's partner."""
    return "%s%s" % (user_id, SUFFIX)


def partner2chat(partner):
    """Give the Telegram chat with a partner, or None if there is none."""
    ref = partner.ref or ""
    return ref[: -len(SUFFIX)] if ref.endswith(SUFFIX) else None


def send(partner, chat_id, text, **options):
    """Send a text; tell whether Telegram took it. If not, the partner gets a note."""
    try:
        telegram.sendMessage(chat_id, text, **options)
    except TelegramRefusal as refusal:
        log("Telegram refuses a message to %s: %s" % (chat_id, refusal), LOG_WARNING)
        report(partner, texts.TELEGRAM_MESSAGE_REFUSED, "%s" % refusal)
        return False
    return True


def report(partner, title, html):
    """Attach a note of OdooBot to a partner."""
    odoobot = env.ref("base.partner_root")
    body = "%s<br/>%s" % (title or "", html)
    partner.message_post(body=body, author_id=odoobot.id)
