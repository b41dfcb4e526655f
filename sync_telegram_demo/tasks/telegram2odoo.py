# Process Telegram Messages: attach what people write to the bot to their partners.

USER_REL = "telegram_user"


def handle_webhook(httprequest):
    """TELEGRAM: take an update. It may come after a later one.

    That it comes from Telegram, and did not come before, is checked by the trigger.
    """
    update = telegram.parse_data(json.loads(httprequest.data))
    message = update.message or update.edited_message
    if message and message.from_user:
        process_message(get_partner(message.from_user), message)
    else:
        log("Update %s is not a message of a user" % update.update_id)


def get_partner(user):
    """Find the partner of a Telegram user, or create it."""
    ref = user2ref(user.id)
    partners = env["res.partner"].with_context(active_test=False)
    partner = partners.search([("ref", "=", ref)], order="id", limit=1)
    if not partner:
        name = (texts.PARTNER_NAME_PREFIX or "") + user2name(user)
        partner = partners.create({"name": name, "ref": ref})
        # There is one link for each user. So when two updates of a new user come at
        # the same time, one of them is processed again and finds the partner.
        get_link(USER_REL, user.id).unlink()
        partner.set_link(USER_REL, user.id)
    return partner


def process_message(partner, message):
    """Answer /start, attach any other message. What needs Telegram is left to jobs."""
    if is_start(message):
        add_job("send_welcome")(partner, message.chat.id)
        return
    posted = attach_message(partner, message)
    file = telegram.message_file(message)
    if file:
        add_job("attach_file")(posted, file)


def is_start(message):
    """Tell the message that is sent on the first use of the bot."""
    words = (message.text or "").split()
    return bool(words) and words[0].split("@")[0] == "/start"


def attach_message(partner, message):
    """Attach a copy of a message with the time at which it was written."""
    title = (
        "<b>%s</b><br/>" % texts.TELEGRAM_MESSAGE_EDITED if message.edit_date else ""
    )
    date = message.edit_date or message.date
    return partner.message_post(
        body=title + telegram.message_html(message),
        author_id=partner.id,
        date=date.replace(tzinfo=None),
    )


def send_welcome(partner, chat_id):
    """Job: reply to /start."""
    if texts.TELEGRAM_WELCOME_MESSAGE:
        send(partner, chat_id, texts.TELEGRAM_WELCOME_MESSAGE)


def attach_file(posted, file):
    """Job: download the file of a message, and attach it to the copy."""
    file_id, name = file
    partner = posted.author_id
    try:
        default_name, content = telegram.getFile(file_id)
    except TelegramRefusal as refusal:
        log("Telegram refuses file %s: %s" % (file_id, refusal), LOG_WARNING)
        report(partner, texts.TELEGRAM_FILE_REFUSED, "%s" % refusal)
        return
    vals = {"name": name or default_name, "datas": b64encode(content)}
    vals.update(res_model="res.partner", res_id=partner.id)
    attachment = env["ir.attachment"].create(vals)
    posted.write({"attachment_ids": [(4, attachment.id)]})
