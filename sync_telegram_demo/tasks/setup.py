# Setup: tell Telegram where to deliver what people write to the bot.


def handle_button():
    """SETUP_TELEGRAM: register the address of our webhook."""
    updates = ["message", "edited_message"]
    telegram.setWebhook(webhooks.TELEGRAM, allowed_updates=updates)
    log("Telegram delivers to %s from now on" % webhooks.TELEGRAM)
