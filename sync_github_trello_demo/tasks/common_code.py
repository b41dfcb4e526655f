# What the tasks of this project share: turns, links, labels and their colors.

ISSUES_REL = "TRELLO_GITHUB_ISSUES_REL"  # number of an issue - id of its card
LABELS_REL = "TRELLO_GITHUB_LABELS_REL"  # id of a label there - id of a label here
TURNS_REL = "TRELLO_GITHUB_TURNS_REL"  # what a job works on, see take_turn
STATES_REL = "TRELLO_GITHUB_STATES_REL"  # what both sides agreed upon, see remember

SERVICES = {GITHUB: github, TRELLO: trello}
OTHER = {GITHUB: TRELLO, TRELLO: GITHUB}

# Trello's colors as GitHub writes colors; GitHub's own gray means no color.
COLORS = {
    "yellow": "ffff00",
    "purple": "800080",
    "blue": "0000ff",
    "red": "ff0000",
    "green": "008000",
    "orange": "ff9f1a",
    "black": "000000",
    "sky": "00c2e0",
    "pink": "ff78cb",
    "lime": "00ff00",
    None: "ededed",
}


def take_turn(subject):
    """Let jobs that work on the same thing do so one after the other.

    Each sets the same link, which the database lets only one job do at a time. The
    other is started anew by the queue, and then sees what the first has done.
    """
    set_link(TURNS_REL, {GITHUB: subject, TRELLO: subject})


# What both sides agreed upon. An event whose subject still is as remembered tells of a
# change that we made ourselves, or that was undone meanwhile: nothing is to be done.


def remember(subject, state):
    """Keep what a thing is like (text), now that both sides are the same."""
    if not is_remembered(subject, state):
        search_links(STATES_REL, {"subject": subject, "state": None}).unlink()
        set_link(STATES_REL, {"subject": subject, "state": state}, allow_many2many=True)


def is_remembered(subject, state):
    """Tell whether a thing was like this when both sides were the same."""
    return bool(get_link(STATES_REL, {"subject": subject, "state": state}))


# Issues and their cards


def card_of(issue):
    """Return the id of the card of an issue, None if it has none."""
    link = get_link(ISSUES_REL, {GITHUB: issue, TRELLO: None})
    return link.ref(TRELLO) if link else None


def issue_of(card):
    """Return the number of the issue of a card, None if it has none."""
    link = get_link(ISSUES_REL, {GITHUB: None, TRELLO: card})
    return link.ref(GITHUB) if link else None


def labels_of_both(number, card_id):
    """Return the labels of an issue and of its card: {system: {id: label}}.

    The result is None when one of them was deleted.
    """
    issue = github.get_issue(number)
    card = trello.get_card(card_id)
    if issue and card:
        return {GITHUB: by_id(issue["labels"]), TRELLO: by_id(card["labels"])}
    log("Issue %s or its card was deleted" % number, LOG_WARNING)
    return None


def sync_label(number, card_id, label_id, source):
    """Do on the other side what was done at ``source``: attach or detach a label.

    Events come late, twice and in any order, so what is true now decides. Where only
    the other side has changed since both were the same, that has an event of its own.
    """
    take_turn("issue %s" % number)
    labels = labels_of_both(number, card_id)
    if not labels:
        return
    target = OTHER[source]
    label = labels[source].get(label_id)
    if label:
        pair = make_pair(label, source)
    else:
        pair = known_pair(label_id, source)
    if not pair:
        return
    if bool(label) == (pair[target] in labels[target]):
        remember_labels(number, [pair], bool(label))
    elif not is_remembered(label_subject(number, source, label_id), label_state(label)):
        change_labels(number, card_id, target, [pair], bool(label))


def change_labels(number, card_id, system, pairs, attach):
    """Attach labels to an issue or its card, which the other has, or detach them."""
    if not pairs:
        return
    ids = []
    for pair in pairs:
        ids.append(pair[system])
    if system == GITHUB and attach:
        github.issue_add_labels(number, ids)
    elif system == GITHUB:
        github.issue_remove_labels(number, ids)
    elif attach:
        trello.card_add_labels(card_id, ids)
    else:
        trello.card_remove_labels(card_id, ids)
    remember_labels(number, pairs, attach)


def remember_labels(number, pairs, attached):
    """Keep that an issue and its card both have labels, or that neither has."""
    for pair in pairs:
        for system, label_id in pair.items():
            remember(label_subject(number, system, label_id), label_state(attached))


def label_subject(number, system, label_id):
    return "issue %s, label %s of %s" % (number, label_id, system)


def label_state(attached):
    return "attached" if attached else "detached"


# Labels and their counterparts in the other system. A pair is {system: id of a label}.


def by_id(labels):
    """Return labels by their ids."""
    return {label["id"]: label for label in labels}


def labels_by_id(system):
    """Return all labels of a system by their ids."""
    return by_id(SERVICES[system].get_labels())


def known_pair(label_id, system):
    """Return the pair that a label belongs to, None if it has no counterpart."""
    link = get_link(LABELS_REL, {system: label_id, OTHER[system]: None})
    return {system: label_id, OTHER[system]: link.ref(OTHER[system])} if link else None


def find_pair(label, system):
    """Return the pair that a label belongs to, None if it has no counterpart.

    A label of the same name becomes the counterpart, if it has none yet.
    """
    pair = known_pair(label["id"], system)
    if pair:
        return pair
    namesake = find_namesake(label["name"], OTHER[system])
    if namesake and not known_pair(namesake["id"], OTHER[system]):
        return link_labels({system: label["id"], OTHER[system]: namesake["id"]})
    return None


def find_namesake(name, system):
    """Return the label of this name, None if there is none."""
    for label in SERVICES[system].get_labels():
        if label["name"].lower() == name.lower():
            return label
    return None


def link_labels(pair):
    """Make two labels counterparts of each other; return the pair."""
    set_link(LABELS_REL, pair)
    return pair


def make_pair(label, system):
    """Return the pair that a label belongs to; create the counterpart if it has none.

    The result is None when that is not possible.
    """
    if not has_name(label):
        return None
    pair = known_pair(label["id"], system)
    if pair:
        return pair
    take_turn("label " + label["name"].lower())
    pair = find_pair(label, system)
    if pair:
        return pair
    if find_namesake(label["name"], OTHER[system]):
        text = 'Two labels of %s are called "%s": rename one of them'
        log(text % (system, label["name"]), LOG_WARNING)
        return None
    color = convert_color(label["color"], OTHER[system])
    related_id = SERVICES[OTHER[system]].label_create(label["name"], color)
    return link_labels({system: label["id"], OTHER[system]: related_id})


def has_name(label):
    """Tell whether a label can be on GitHub, where all have names."""
    if not label["name"]:
        log("A Trello label without a name cannot be on GitHub: name it", LOG_WARNING)
    return bool(label["name"])


def make_pairs(labels, system):
    """Return the pairs of labels, without those that cannot have a counterpart."""
    pairs = []
    for label in labels:
        pair = make_pair(label, system)
        if pair:
            pairs.append(pair)
    return pairs


def update_counterpart(label, related, system):
    """Give the counterpart of a label of ``system`` the name and color of the label."""
    if not has_name(label):
        return
    target = OTHER[system]
    color = convert_color(label["color"], target)
    if convert_color(related["color"], TRELLO) == convert_color(color, TRELLO):
        color = related["color"]  # a shade of the same color stays
    if (label["name"], color) != (related["name"], related["color"]):
        SERVICES[target].label_update(related["id"], label["name"], color)
    remember(look_subject(label["id"], system), look(label))
    updated = {"name": label["name"], "color": color}
    remember(look_subject(related["id"], target), look(updated))


def look_subject(label_id, system):
    return "label %s of %s" % (label_id, system)


def look(label):
    """Return what people see of a label, as one text."""
    return "%s %s" % (label["name"], label["color"])


# Colors


def convert_color(color, system):
    """Write a color of either system as the given one does."""
    return color2github(color) if system == GITHUB else color2trello(color)


def color2github(color):
    """Return the hexadecimal digits of a color of Trello, whatever its shade."""
    name = color.split("_")[0] if color else None  # e.g. green_dark
    return COLORS.get(name, color)


def color2trello(color):
    """Return the Trello color that comes nearest to a color of GitHub."""
    distances = {}
    for name, hexadecimal in COLORS.items():
        distances[name] = color_distance(color2github(color), hexadecimal)
    return min(distances, key=distances.get)


def color_distance(color1, color2):
    """Return how far apart two colors of GitHub are."""
    squares = 0
    for start in (0, 2, 4):  # red, green, blue
        part1, part2 = color1[start : start + 2], color2[start : start + 2]
        squares += (int(part1, 16) - int(part2, 16)) ** 2
    return sqrt(squares)
