# Copyright 2026 Sync Studio contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl.html)
"""A repository and a board in memory, in place of the clients."""


class FakeLabels:
    """What both have: labels by their ids.

    :ivar list calls: names of the functions that were to change something
    """

    def __init__(self, prefix):
        self.labels = {}
        self.calls = []
        self._prefix = prefix

    def get_labels(self):
        return [dict(label) for label in self.labels.values()]

    def label_create(self, name, color):
        self.calls.append("label_create")
        label_id = "%s%s" % (self._prefix, len(self.labels) + 1)
        self.labels[label_id] = {"id": label_id, "name": name, "color": color}
        return label_id

    def label_update(self, label, name, color):
        self.calls.append("label_update")
        self.labels[label].update(name=name, color=color)

    def label_delete(self, label):
        self.calls.append("label_delete")
        self.labels.pop(label, None)

    def _shown(self, attached):
        return [dict(self.labels[label]) for label in sorted(attached)]


class FakeRepo(FakeLabels):
    """:ivar dict issues: ids of the attached labels (set) by number"""

    def __init__(self):
        super().__init__("g")
        self.issues = {}

    def get_issue(self, issue):
        number = int(issue)
        if number not in self.issues:
            return None
        return {
            "id": number,
            "name": "Issue %s" % number,
            "body": "Text",
            "url": self.issue_url(number),
            "labels": self._shown(self.issues[number]),
        }

    def get_all_issues(self, page=None, state="open"):
        return [] if page else [self.get_issue(number) for number in self.issues]

    def issue_add_labels(self, issue, ids):
        self.calls.append("issue_add_labels")
        self.issues[int(issue)] |= set(ids)

    def issue_remove_labels(self, issue, ids):
        self.calls.append("issue_remove_labels")
        self.issues[int(issue)] -= set(ids)

    def issue_url(self, issue):
        return "https://github.com/octo/demo/issues/%s" % issue

    def get_webhooks(self):
        return []

    def set_webhook(self, url, events, secret):
        self.calls.append("set_webhook")


class FakeBoard(FakeLabels):
    """:ivar dict cards: by id, each a dict of name, description, labels and messages"""

    def __init__(self):
        super().__init__("t")
        self.cards = {}

    def get_card(self, card):
        if card not in self.cards:
            return None
        labels = self._shown(self.cards[card]["labels"])
        return {"id": card, "name": self.cards[card]["name"], "labels": labels}

    def get_all_cards(self):
        return [self.get_card(card) for card in self.cards]

    def card_create(self, name, description):
        card = "c%s" % (len(self.cards) + 1)
        values = {"name": name, "description": description}
        self.cards[card] = dict(values, labels=set(), messages=[])
        return card

    def card_add_labels(self, card, ids):
        self.calls.append("card_add_labels")
        self.cards[card]["labels"] |= set(ids)

    def card_remove_labels(self, card, ids):
        self.calls.append("card_remove_labels")
        self.cards[card]["labels"] -= set(ids)

    def card_add_message(self, card, text, url=None):
        self.cards[card]["messages"].append(text)

    def get_labels_colors(self):
        return {label["id"]: label["color"] for label in self.get_labels()}

    def get_webhooks(self):
        return []

    def set_webhook(self, url):
        self.calls.append("set_webhook")

    def delete_webhooks(self):
        self.calls.append("delete_webhooks")
