# Sync labels Updating/Deleting: what happens to a label happens to its counterpart.

# What GitHub and Trello call it when a label was changed, and when it was deleted.
UPDATED = ("edited", "updateLabel")
DELETED = ("deleted", "deleteLabel")


def handle_webhook(httprequest):
    """TRELLO_LABEL_UPDATES, GITHUB_LABEL_UPDATES: leave the work to the queue."""
    event = json.loads(httprequest.data)
    if trigger_name == "GITHUB_LABEL_UPDATES":
        enqueue(event.get("action"), event.get("label"), GITHUB)
    else:
        action = event["action"]
        enqueue(action["type"], action["data"].get("label"), TRELLO)
    return "OK"


def enqueue(event, label, system):
    """Start the job that an event of a system needs, if any."""
    if event in UPDATED:
        add_job(label_updated)(str(label["id"]), system)
    elif event in DELETED:
        add_job(label_deleted)(str(label["id"]), system)


def label_updated(label_id, system):
    """Give the counterpart of a label the name and color that the label has now."""
    pair = known_pair(label_id, system)
    if not pair:
        return
    take_turn(look_subject(pair[GITHUB], GITHUB))
    label = labels_by_id(system).get(label_id)
    related = labels_by_id(OTHER[system]).get(pair[OTHER[system]])
    if not label or not related:
        return
    if not is_remembered(look_subject(label_id, system), look(label)):
        update_counterpart(label, related, system)


def label_deleted(label_id, system):
    """Delete the counterpart of a label, and forget the pair."""
    link = get_link(LABELS_REL, {system: label_id, OTHER[system]: None})
    if link:
        related_id = link.ref(OTHER[system])
        link.unlink()
        SERVICES[OTHER[system]].label_delete(related_id)
