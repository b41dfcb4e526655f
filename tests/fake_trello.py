# Copyright 2026 Sync Studio contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl.html)
"""A local Trello with one board: REST API as py-trello uses it, and webhooks."""

import copy
import hmac
import json
import uuid
from base64 import b64encode
from itertools import count

import requests
from fake_service import DELIVERY_TIMEOUT, FakeService, Response, as_json, route

KEY = "key-of-the-tests"
TOKEN = "token-of-the-tests"
SECRET = "secret-of-the-application"
BOARD = "5f2b8e3c1d4a6b7c8d9e0f12"
SHORT_BOARD = "Ab3dEf9h"
BOARDS = "/1/boards/(?:%s|%s)" % (BOARD, SHORT_BOARD)
ID = "([0-9a-f]{24})"
LOGIN = 'OAuth oauth_consumer_key="%s", oauth_token="%s"' % (KEY, TOKEN)


class FakeTrello(FakeService):
    """The board, what the API does with it, and what its users do.

    :ivar dict cards: by id
    :ivar dict labels: by id
    :ivar dict hooks: by id
    """

    def __init__(self, port=0):
        super().__init__(port)
        self.cards = {}
        self.labels = {}
        self.hooks = {}
        # Nobody has met these ids before, even if it was told of another fake's actions.
        self._numbers = count(uuid.uuid4().int >> 33)
        self._lists = [
            {"id": self._new_id(), "name": "Old", "closed": True},
            {"id": self._new_id(), "name": "To do", "closed": False},
        ]

    def snapshot(self):
        """Return a copy of cards and labels for ``restore``."""
        with self.lock:
            return copy.deepcopy((self.cards, self.labels))

    def restore(self, snapshot):
        with self.lock:
            self.cards, self.labels = copy.deepcopy(snapshot)

    # What users do and see

    def card_named(self, name):
        """Return the one card of this name, None if there is none."""
        with self.lock:
            found = [card for card in self.cards.values() if card["name"] == name]
        assert len(found) < 2, "%s cards are called %s" % (len(found), name)
        return found[0] if found else None

    def new_label(self, name, color=None):
        """Create a label, though there may be one of this name; return its id."""
        with self.lock:
            return self._new_label(name, color)["id"]

    def add_label(self, card, name):
        """Attach the label of this name; create it if there is none."""
        with self.lock:
            label = self._named(name) or self._new_label(name, None)
            self._attach(card, label["id"])

    def attach(self, card, label):
        with self.lock:
            self._attach(card, label)

    def remove_label(self, card, name):
        with self.lock:
            self._detach(card, self._named(name)["id"])

    def toggle_label(self, card, name):
        """Attach a label, or detach it if it is attached."""
        with self.lock:
            is_attached = name in self.label_names(card)
            (self.remove_label if is_attached else self.add_label)(card, name)

    def edit_label(self, old_name, **values):
        with self.lock:
            self._edit(self._named(old_name), values)

    def delete_label(self, name):
        with self.lock:
            self._delete(self._named(name))

    def delete_card(self, card):
        with self.lock:
            del self.cards[card]

    def label_names(self, card):
        """Return the sorted names of the labels of a card."""
        with self.lock:
            ids = self.cards[card]["idLabels"]
            return sorted(self.labels[one]["name"] for one in ids)

    # API

    def refuse(self, request):
        if request.headers.get("Authorization") != LOGIN:
            return Response(401, b"invalid token")
        return None

    def not_found(self):
        return Response(404, b"The requested resource was not found.")

    @route("GET", BOARDS)
    def get_board(self, _request):
        return as_json(self._board())

    @route("GET", BOARDS + "/lists")
    def get_lists(self, request):
        is_open = request.query.get("filter") == "open"
        lists = [one for one in self._lists if not (is_open and one["closed"])]
        return as_json([dict(one, idBoard=BOARD, pos=1) for one in lists])

    @route("GET", BOARDS + "/cards/all")
    def get_cards(self, _request):
        return as_json([self._card(card) for card in self.cards])

    @route("GET", BOARDS + "/labels")
    def get_labels(self, request):
        limit = int(request.query.get("limit", 50))
        return as_json(list(self.labels.values())[:limit])

    @route("POST", "/1/labels")
    def create_label(self, request):
        if request.data["idBoard"] != BOARD:
            return Response(400, b"invalid value for idBoard")
        return as_json(self._new_label(request.data["name"], request.data["color"]))

    @route("PUT", "/1/labels/" + ID)
    def update_label(self, request, label):
        if label not in self.labels:
            return self.not_found()
        self._edit(self.labels[label], request.data)
        return as_json(self.labels[label])

    @route("DELETE", "/1/labels/" + ID)
    def remove_board_label(self, _request, label):
        if label not in self.labels:
            return self.not_found()
        self._delete(self.labels[label])
        return as_json({})

    @route("POST", "/1/cards")
    def create_card(self, request):
        card = {
            "id": self._new_id(),
            "name": request.data["name"],
            "desc": request.data.get("desc", ""),
            "idList": request.data["idList"],
            "idLabels": [],
            "comments": [],
        }
        self.cards[card["id"]] = card
        self._send("createCard", card={"id": card["id"], "name": card["name"]})
        return as_json(self._card(card["id"]))

    @route("GET", "/1/cards/" + ID)
    def get_card(self, _request, card):
        return as_json(self._card(card)) if card in self.cards else self.not_found()

    @route("POST", "/1/cards/%s/idLabels" % ID)
    def add_card_label(self, request, card):
        label = request.data["value"]
        if card not in self.cards or label not in self.labels:
            return self.not_found()
        if label in self.cards[card]["idLabels"]:
            return Response(400, b"that label is already on the card")
        self._attach(card, label)
        return as_json(self.cards[card]["idLabels"])

    @route("DELETE", "/1/cards/%s/idLabels/%s" % (ID, ID))
    def remove_card_label(self, _request, card, label):
        if label not in self.cards[card]["idLabels"]:
            return Response(400, b"that label is not on the card")
        self._detach(card, label)
        return as_json({})

    @route("GET", "/1/cards/%s/actions" % ID)
    def get_actions(self, _request, card):
        actions = [
            {"type": "commentCard", "data": {"text": text}}
            for text in self.cards[card]["comments"]
        ]
        return as_json(actions)

    @route("POST", "/1/cards/%s/actions/comments" % ID)
    def add_comment(self, request, card):
        if len(request.data["text"]) > 16384:
            return Response(400, b"invalid value for text")
        self.cards[card]["comments"].append(request.data["text"])
        self._send("commentCard", card={"id": card}, text=request.data["text"])
        return as_json({"id": self._new_id()})

    @route("GET", "/1/tokens/%s/webhooks" % TOKEN)
    def get_hooks(self, _request):
        return as_json(list(self.hooks.values()))

    @route("POST", "/1/tokens/%s/webhooks" % TOKEN)
    def create_hook(self, request):
        url, model = request.data["callbackURL"], request.data["idModel"]
        if model != BOARD:
            return Response(400, b"invalid value for idModel")
        if any(hook["callbackURL"] == url for hook in self.hooks.values()):
            text = b"A webhook with that callback, model, and token already exists"
            return Response(400, text)
        status = requests.head(url, timeout=DELIVERY_TIMEOUT).status_code
        if status != 200:
            text = "URL (%s) did not return 200 status code, got %s" % (url, status)
            return Response(400, text.encode())
        hook = {
            "id": self._new_id(),
            "description": request.data["description"],
            "idModel": model,
            "callbackURL": url,
            "active": True,
        }
        self.hooks[hook["id"]] = hook
        return as_json(hook)

    @route("DELETE", "/1/webhooks/" + ID)
    def delete_hook(self, _request, hook):
        del self.hooks[hook]
        return as_json({})

    # State

    def _new_id(self):
        return "%024x" % next(self._numbers)

    def _named(self, name):
        return next((one for one in self.labels.values() if one["name"] == name), None)

    def _new_label(self, name, color):
        label = {"id": self._new_id(), "idBoard": BOARD, "name": name, "color": color}
        self.labels[label["id"]] = label
        self._send("createLabel", label=label)
        return label

    def _attach(self, card, label):
        if label not in self.cards[card]["idLabels"]:
            self.cards[card]["idLabels"].append(label)
            self._send_card("addLabelToCard", card, self.labels[label])

    def _detach(self, card, label):
        self.cards[card]["idLabels"].remove(label)
        self._send_card("removeLabelFromCard", card, self.labels[label])

    def _edit(self, label, values):
        label.update(values)
        self._send("updateLabel", label=dict(label))

    def _delete(self, label):
        del self.labels[label["id"]]
        for card in self.cards.values():
            if label["id"] in card["idLabels"]:
                card["idLabels"].remove(label["id"])
        self._send("deleteLabel", label={"id": label["id"], "name": label["name"]})

    # JSON

    def _board(self):
        return {"id": BOARD, "name": "Demo", "closed": False, "url": self.url}

    def _card(self, card):
        values = dict(self.cards[card], idBoard=BOARD)
        del values["comments"]
        return dict(values, labels=[self.labels[one] for one in values["idLabels"]])

    # Webhooks

    def _send_card(self, action, card, label):
        name = self.cards[card]["name"]
        self._send(action, card={"id": card, "name": name}, label=dict(label))

    def _send(self, action, **data):
        values = {"id": self._new_id(), "type": action, "data": data}
        body = json.dumps({"action": values, "model": self._board()}).encode()
        for hook in self.hooks.values():
            url = hook["callbackURL"]
            digest = hmac.new(SECRET.encode(), body + url.encode(), "sha1").digest()
            headers = {"X-Trello-Webhook": b64encode(digest).decode()}
            self.deliveries.send(url, body, headers)
