# Sync Github Issues to Trello: a card for each issue, with its labels and messages.

CHUNK = 10  # issues per job when all are pushed


def handle_webhook(httprequest):
    """GITHUB_ISSUE_UPDATES, GITHUB_ISSUE_COMMENT: leave the work to the queue.

    GitHub waits for the answer ten seconds and never sends an event again, while the
    queue tries a failed job again.
    """
    event = json.loads(httprequest.data)
    issue = event.get("issue") or event.get("pull_request")
    action = event.get("action")
    if not issue:  # the ping, with which GitHub tries the address
        return "pong"
    if "comment" in event:
        if action == "created":
            comment = event["comment"]
            add_job(copy_message)(issue["number"], comment["body"], comment["html_url"])
    elif action == "opened":
        add_job(push_issue)(issue["number"])
    elif action in ("labeled", "unlabeled") and event.get("label"):
        add_job(sync_issue_label)(issue["number"], str(event["label"]["id"]))
    return "OK"


def handle_button():
    """PUSH_ALL_ISSUES: make cards for all open issues that have none."""
    add_job(fetch_github_issues)(page=0)
    log("The issues are fetched page by page. See the button Jobs for the progress.")


def fetch_github_issues(page):
    """Push a page of issues, then go on with the next one."""
    issues = github.get_all_issues(page=page)
    for start in range(0, len(issues), CHUNK):
        add_job(process_github_issues)(issues[start : start + CHUNK])
    if issues:
        add_job(fetch_github_issues)(page=page + 1)
    log("Page %s: %s issues" % (page + 1, len(issues)))


def process_github_issues(issues):
    """Make cards for those of the issues that have none."""
    for done, issue in enumerate(issues):
        progress(done, len(issues), issue["name"])
        push_issue(issue["id"])
    progress(len(issues), len(issues))


def push_issue(number):
    """Make a card for an issue, unless it has one; return the id of the card.

    An issue that is opened with labels sends several events at once, and each of them
    comes here.
    """
    take_turn("issue %s" % number)
    card = card_of(number)
    if card:
        return card
    issue = github.get_issue(number)
    if issue:
        return create_card(issue)
    log("Issue %s does not exist any more" % number, LOG_WARNING)
    return None


def create_card(issue):
    """Make a card for an issue with labels and first message; return its id.

    Each step can be repeated: when a job is tried again, it goes on where it failed.
    """
    number = issue["id"]
    name = "%s %s" % (texts.ISSUE_FROM_GITHUB_PREFIX or "", issue["name"])
    card = trello.card_create(name.strip(), number)
    set_link(ISSUES_REL, {GITHUB: number, TRELLO: card})
    pairs = make_pairs(issue["labels"], GITHUB)
    change_labels(number, card, TRELLO, pairs, attach=True)
    if issue["body"]:
        post_message(card, issue["body"], issue["url"])
    log("Issue %s has the card %s" % (number, card))
    return card


def copy_message(number, text, url):
    """Post a copy of a message on the card of its issue."""
    card = push_issue(number)
    if card:
        post_message(card, text, url)


def post_message(card, text, url):
    """Post a text of GitHub on a card, with the address it comes from."""
    prefix = texts.MESSAGE_PREFIX or ""
    trello.card_add_message(card, "%s\n\n%s" % (prefix, text), url)


def sync_issue_label(number, label_id):
    """Attach a label to the card of an issue, or detach it."""
    card = push_issue(number)
    if card:
        sync_label(number, card, label_id, GITHUB)
