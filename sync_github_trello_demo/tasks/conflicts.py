# Labels Conflict Resolving: find labels that differ, and make them the same.

TRIES = 8  # to resolve a conflict: they take 13 hours, well until the next night
COPY = "copy"
REMOVE = "remove"
# What happens to labels that only the issue has, and to those that only the card has.
STRATEGIES = {
    "USE_GITHUB": (COPY, REMOVE),
    "USE_TRELLO": (REMOVE, COPY),
    "UNION": (COPY, COPY),
    "INTERSECTION": (REMOVE, REMOVE),
}


def handle_cron():
    """CONFLICT_RESOLVING: settle each difference in a job of its own.

    So one that fails is tried again without the others.
    """
    check_strategy()
    check_labels()
    check_issues()


def check_strategy():
    """Return what to do by the param LABELS_MERGE_STRATEGY."""
    name = params.LABELS_MERGE_STRATEGY
    if name not in STRATEGIES:
        text = "The param LABELS_MERGE_STRATEGY is %r. It has to be one of: %s."
        raise UserError(text % (name, ", ".join(STRATEGIES)))
    return STRATEGIES[name]


def check_labels():
    """Forget pairs of which a label is gone, and make up for missed changes."""
    github_labels = labels_by_id(GITHUB)
    trello_labels = labels_by_id(TRELLO)
    for link in search_links(LABELS_REL, {GITHUB: None, TRELLO: None}):
        github_label = github_labels.get(link.ref(GITHUB))
        trello_label = trello_labels.get(link.ref(TRELLO))
        if github_label and trello_label:
            settle_look(github_label, trello_label)
        else:
            link.unlink()


def settle_look(github_label, trello_label):
    """Let two labels have the same name and color."""
    try:
        if params.LABELS_MERGE_STRATEGY == "USE_TRELLO":
            update_counterpart(trello_label, github_label, TRELLO)
        else:
            update_counterpart(github_label, trello_label, GITHUB)
    except UserError as error:  # the others shall not be kept from their turn
        log('Label "%s": %s' % (github_label["name"], error), LOG_ERROR)


def check_issues():
    """Start a job for each issue whose labels are not those of its card."""
    issues = by_id(github.get_all_issues(state="all"))
    cards = by_id(trello.get_all_cards())
    related = {}
    for link in search_links(LABELS_REL, {GITHUB: None, TRELLO: None}):
        related[link.ref(GITHUB)] = link.ref(TRELLO)
    for link in search_links(ISSUES_REL, {GITHUB: None, TRELLO: None}):
        issue = issues.get(int(link.ref(GITHUB)))
        card = cards.get(link.ref(TRELLO))
        if not issue or not card:
            log("Issue %s or its card was deleted" % link.ref(GITHUB), LOG_WARNING)
        elif differ(issue, card, related):
            add_job(resolve_conflict, max_retries=TRIES)(issue["id"], card["id"])


def differ(issue, card, related):
    """Tell whether an issue and its card have different labels."""
    expected = set()
    for label in issue["labels"]:
        expected.add(related.get(label["id"]))
    return expected != set(by_id(named(card["labels"])))


def resolve_conflict(number, card_id):
    """Make the labels of an issue and of its card the same."""
    take_turn("issue %s" % number)
    labels = labels_of_both(number, card_id)
    if labels:
        only_issue, only_card = differences(labels)
        for_only_issue, for_only_card = check_strategy()
        settle(number, card_id, GITHUB, only_issue, for_only_issue)
        settle(number, card_id, TRELLO, only_card, for_only_card)
        log("The labels of issue %s and of its card are the same again" % number)


def differences(labels):
    """Return the labels that only the issue has, and those that only the card has.

    :param dict labels: of both, see labels_of_both
    """
    only_issue = []
    only_card = dict(labels[TRELLO])
    for label in labels[GITHUB].values():
        pair = find_pair(label, GITHUB)
        if not pair or not only_card.pop(pair[TRELLO], None):
            only_issue.append(label)
    return only_issue, named(only_card.values())


def named(labels):
    """Return the labels that can be on GitHub, where all have names."""
    return [label for label in labels if label["name"]]


def settle(number, card_id, system, labels, action):
    """Copy labels that only ``system`` has to the other side, or remove them."""
    if action == COPY:
        pairs = make_pairs(labels, system)
        change_labels(number, card_id, OTHER[system], pairs, attach=True)
        return
    pairs = []
    for label in labels:
        pairs.append(known_pair(label["id"], system) or {system: label["id"]})
    change_labels(number, card_id, system, pairs, attach=False)
