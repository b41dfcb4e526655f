# Send response via Odoo: send messages that begin with /telegram to Telegram.

PREFIX = "/telegram"


def handle_db(records):
    """ON_MESSAGE_POSTED: send each message in a job of its own.

    So a job that is tried again never repeats what another message has done.
    """
    for message in records.exists():
        partner = env["res.partner"].browse(message.res_id).exists()
        chat_id = partner2chat(partner)
        text = html_after_prefix(html_sanitize_telegram(message.body), PREFIX)
        if not chat_id:
            log("Message %s is not attached to a telegram partner" % message.id)
        elif message.author_id == partner or message.message_type == "email":
            log("Message %s comes from outside" % message.id)
        elif text is None:
            log("Message %s does not begin with %s" % (message.id, PREFIX))
        else:
            add_job("send_message")(partner, chat_id, text)


def send_message(partner, chat_id, text):
    """Job: send a text, and report that to the partner."""
    if send(partner, chat_id, text, parse_mode="HTML"):
        report(partner, texts.TELEGRAM_MESSAGE_SENT, text.replace("\n", "<br/>"))
