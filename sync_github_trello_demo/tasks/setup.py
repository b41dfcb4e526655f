# Setup: have GitHub and Trello tell us what happens there.

GITHUB_EVENTS = {
    "GITHUB_ISSUE_UPDATES": ["issues", "pull_request"],
    "GITHUB_ISSUE_COMMENT": ["issue_comment"],
    "GITHUB_LABEL_UPDATES": ["label"],
}
TRELLO_WEBHOOKS = ["TRELLO_CARD_UPDATES", "TRELLO_LABEL_UPDATES"]


def handle_button():
    """Do what the name of the button says."""
    if trigger_name == "SETUP_GITHUB":
        setup_github()
    elif trigger_name == "SETUP_TRELLO":
        setup_trello()
    elif trigger_name == "DELETE_TRELLO_WEBHOOKS":
        trello.delete_webhooks()
    elif trigger_name == "DEBUG":
        debug()


def setup_github():
    """Set the webhooks of the repository; they may be set already."""
    for name, events in GITHUB_EVENTS.items():
        github.set_webhook(webhooks[name], events)
        log("GitHub sends %s to %s" % (" and ".join(events), name))


def setup_trello():
    """Set the webhooks of the board; they may be set already."""
    for name in TRELLO_WEBHOOKS:
        trello.set_webhook(webhooks[name])
        log("Trello sends what happens on the board to %s" % name)


def debug():
    """Log which webhooks there are."""
    for name, service in SERVICES.items():
        for webhook in service.get_webhooks():
            log("%s: %s" % (name, webhook))
