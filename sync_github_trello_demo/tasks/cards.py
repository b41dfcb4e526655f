# Sync Trello Cards to Github: labels of a card are those of its issue.


def handle_webhook(httprequest):
    """TRELLO_CARD_UPDATES: leave the work to the queue, which tries it again."""
    action = json.loads(httprequest.data)["action"]
    if action["type"] in ("addLabelToCard", "removeLabelFromCard"):
        data = action["data"]
        add_job(sync_card_label)(data["card"]["id"], data["label"]["id"])
    return "OK"


def sync_card_label(card_id, label_id):
    """Attach a label to the issue of a card, or detach it."""
    number = issue_of(card_id)
    if number:
        sync_label(number, card_id, label_id, TRELLO)
    else:
        log("Card %s has no issue" % card_id, LOG_DEBUG)
