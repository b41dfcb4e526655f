# Copyright 2026 Sync Studio contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl.html)
"""Client of one Trello board, on py-trello. Plain Python, no Odoo imports.

A card is a dict of ``id``, ``name``, ``description``, ``idLabels`` and ``labels``, a label
one of ``id``, ``name`` and ``color`` (its name, None for a label without color).
"""

from contextlib import suppress

import requests
from trello import Board, Card, Label, TrelloClient

from .errors import NotAccepted, NotThere, ServiceError, TryLater

PUBLIC_API = "https://api.trello.com"
TIMEOUT = 20  # seconds without an answer
LIMIT_WAIT = 10  # seconds; Trello counts calls per ten seconds and tells no time
CARD_FIELDS = "name,desc,idLabels,labels"
MANY = 1000  # the most labels or comments that Trello gives at once
MAX_TEXT = 16384  # characters of a comment


class TrelloSession(requests.Session):
    """How py-trello sends its calls: to any address, with time limits and headers.

    py-trello itself would put key and token into each address and knows one error for
    all that fails.
    """

    def __init__(self, api_url, key, token):
        super().__init__()
        self._api_url = (api_url or PUBLIC_API).rstrip("/")
        login = 'OAuth oauth_consumer_key="%s", oauth_token="%s"' % (key, token)
        self.headers["Authorization"] = login

    def request(self, method, url, **kwargs):
        path = url.split("/1/", 1)[1]
        kwargs.setdefault("timeout", TIMEOUT)
        response = super().request(method, "%s/1/%s" % (self._api_url, path), **kwargs)
        if not response.ok:
            raise _explain(response)
        return response


class TrelloBoard:
    """One board, reached with an API key and a token.

    Nothing is sent before the first call, and every call is sent once.

    :param str api_url: e.g. ``"https://api.trello.com"``
    :param str board: id of the board, or its short one from the address
    :raises TryLater: Trello is out of order, or its rate limit is reached
    :raises NotAccepted, NotThere, ServiceError: Trello refuses
    :raises requests.RequestException: the network failed
    """

    def __init__(self, api_url, key, token, board):
        self._token = token
        session = TrelloSession(api_url, key, token)
        self._client = TrelloClient(None, http_service=session)
        self._board = Board(self._client, board)

    # Webhooks

    def get_webhooks(self):
        """Return the webhooks of the board as a list of dicts: id, url and active."""
        return [
            {"id": hook.id, "url": hook.callback_url, "active": hook.active}
            for hook in self._hooks()
        ]

    def set_webhook(self, url):
        """Have all that happens on the board sent to an address, unless it is."""
        for hook in self._hooks():
            if hook.callback_url == url:
                if hook.active:
                    return
                hook.delete()
        board = self._board_id()
        self._client.create_hook(url, board, "Sync Studio", self._token)

    def delete_webhooks(self):
        """Delete all webhooks that the token has on the board."""
        for hook in self._hooks():
            hook.delete()

    def _hooks(self):
        board = self._board_id()
        hooks = self._client.list_hooks(self._token)
        return [hook for hook in hooks if hook.id_model == board]

    def _board_id(self):
        """The long id of the board, which is all that labels and webhooks know."""
        return self._client.get_board(self._board.id).id

    # Cards

    def get_card(self, card):
        """Return a card, None if it does not exist."""
        try:
            found = self._client.fetch_json(
                "/cards/" + card, query_params={"fields": CARD_FIELDS}
            )
        except NotThere:
            return None
        return _card(found)

    def get_all_cards(self):
        """Return all cards of the board, the archived ones too."""
        cards = self._client.fetch_json(
            "/boards/%s/cards/all" % self._board.id,
            query_params={"fields": CARD_FIELDS},
        )
        return [_card(card) for card in cards]

    def card_create(self, name, description):
        """Create a card at the end of the first open list; return its id.

        A card that has this description already is taken instead: it was created by a
        call whose answer got lost.
        """
        for card in self.get_all_cards():
            if card["description"] == description:
                return card["id"]
        lists = self._board.open_lists()
        if not lists:
            raise ServiceError("The board has no open list. Add one to it.")
        values = {"name": name[:MAX_TEXT], "desc": description, "idList": lists[0].id}
        return self._client.fetch_json("/cards", "POST", post_args=values)["id"]

    def card_add_labels(self, card, ids):
        """Attach labels to a card; those deleted meanwhile are left out."""
        attached = self._attached(card)
        for label_id in ids:
            if label_id not in attached:
                with suppress(NotThere):
                    self._card(card).add_label(self._label(label_id))

    def card_remove_labels(self, card, ids):
        """Detach labels from a card, if they are attached."""
        for label_id in self._attached(card).intersection(ids):
            self._card(card).remove_label(self._label(label_id))

    def card_add_message(self, card, text, url=None):
        """Post a comment on a card.

        :param str url: where the text comes from; is put below it, and keeps the
            comment from being posted twice
        """
        if url is None:
            self._card(card).comment(text[:MAX_TEXT])
        elif not self._has_message(card, url):
            below = "\n\n" + url
            self._card(card).comment(text[: MAX_TEXT - len(below)] + below)

    def _has_message(self, card, url):
        comments = self._client.fetch_json(
            "/cards/%s/actions" % card,
            query_params={"filter": "commentCard", "limit": MANY},
        )
        texts = (comment["data"]["text"] for comment in comments)
        return any(text.splitlines()[-1:] == [url] for text in texts)

    def _attached(self, card):
        found = self.get_card(card)
        if found is None:
            raise NotThere("There is no card %s" % card)
        return set(found["idLabels"])

    def _card(self, card):
        return Card(self._board, card)

    def _label(self, label):
        return Label(self._client, label, None)

    # Labels

    def get_labels(self):
        """Return all labels of the board."""
        labels = self._board.get_labels(limit=MANY)
        return [
            {"id": label.id, "name": label.name, "color": label.color}
            for label in labels
        ]

    def get_labels_colors(self):
        """Return the colors of all labels by their ids."""
        return {label["id"]: label["color"] for label in self.get_labels()}

    def label_create(self, name, color):
        """Create a label; return its id."""
        board = Board(self._client, self._board_id())
        return board.add_label(name, color).id

    def label_update(self, label, name, color):
        """Rename a label and change its color; None takes the color away."""
        values = {"name": name, "color": color}
        self._client.fetch_json("/labels/" + label, "PUT", post_args=values)

    def label_delete(self, label):
        """Delete a label, if it exists."""
        with suppress(NotThere):
            self._board.delete_label(label)


def _card(card):
    labels = [
        {name: label[name] for name in ("id", "name", "color")}
        for label in card["labels"]
    ]
    return {
        "id": card["id"],
        "name": card["name"],
        "description": card["desc"],
        "idLabels": card["idLabels"],
        "labels": labels,
    }


def _explain(response):
    """Turn an answer that is no success into the error that tells what to do."""
    status = response.status_code
    reason = "Trello answered %s: %s" % (status, response.text.strip())
    wait = response.headers.get("Retry-After")
    if status == 429:
        return TryLater(reason, wait or LIMIT_WAIT)
    if status >= 500 or status == 408:
        return TryLater(reason, wait)
    kinds = {401: NotAccepted, 404: NotThere}
    return kinds.get(status, ServiceError)(reason)
