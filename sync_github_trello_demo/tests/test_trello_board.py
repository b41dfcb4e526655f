# Copyright 2026 Sync Studio contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl.html)
"""The client of Trello, on the real py-trello."""

from ..clients.errors import NotAccepted, NotThere, ServiceError, TryLater
from ..clients.trello_board import MAX_TEXT, TrelloBoard
from .wire import WireCase

BOARD = "/1/boards/Ab3dEf9h"
LONG_ID = "5f2b8e3c1d4a6b7c8d9e0f12"
BUG = {"id": "b1", "name": "bug", "color": "red", "idBoard": LONG_ID}
CARD = {
    "id": "c1",
    "name": "GITHUB: It breaks",
    "desc": "https://github.com/octo/demo/issues/7",
    "idLabels": ["b1"],
    "labels": [BUG],
}
COMMENT = "Any news?\n\nhttps://github.com/octo/demo/issues/7#issuecomment-1"
# (status, headers, exception, seconds to wait)
REFUSALS = [
    (401, {}, NotAccepted, None),
    (400, {}, ServiceError, None),
    (404, {}, NotThere, None),
    (500, {}, TryLater, None),
    (503, {"Retry-After": "7"}, TryLater, "7"),
    (429, {}, TryLater, "10"),
    (429, {"Retry-After": "9"}, TryLater, "9"),
]


class TestTrelloBoard(WireCase):
    def setUp(self):
        super().setUp()
        self.board = TrelloBoard(None, "k3y", "t0ken", "Ab3dEf9h")
        board = {"id": LONG_ID, "name": "Demo", "closed": False, "url": "https://x"}
        self.answer("GET", BOARD, board)
        self.answer("GET", BOARD + "/cards/all", [CARD])
        self.answer("GET", BOARD + "/labels", [BUG])
        self.answer("GET", "/1/cards/c1", CARD)

    def test_card(self):
        self.assertEqual(
            self.board.get_card("c1"),
            {
                "id": "c1",
                "name": "GITHUB: It breaks",
                "description": "https://github.com/octo/demo/issues/7",
                "idLabels": ["b1"],
                "labels": [{"id": "b1", "name": "bug", "color": "red"}],
            },
        )
        (request,) = self.requests
        login = 'OAuth oauth_consumer_key="k3y", oauth_token="t0ken"'
        self.assertEqual(request.headers["Authorization"], login)
        self.assertNotIn("t0ken", request.url)

    def test_card_that_does_not_exist(self):
        self.answer("GET", "/1/cards/c2", "Not found", 404)
        self.assertIsNone(self.board.get_card("c2"))

    def test_card_is_created_in_the_first_open_list(self):
        lists = [{"id": "l2", "name": "To do", "closed": False, "pos": 1}]
        self.answer("GET", BOARD + "/lists", lists)
        self.answer("POST", "/1/cards", dict(CARD, id="c2"))
        self.assertEqual(self.board.card_create("Name", "Description"), "c2")
        ((_method, _path, values),) = self.changes()
        expected = {"name": "Name", "desc": "Description", "idList": "l2"}
        self.assertEqual(values, expected)

    def test_card_of_the_same_description_is_taken(self):
        self.assertEqual(self.board.card_create("Name", CARD["desc"]), "c1")
        self.assertEqual(self.changes(), [])

    def test_board_without_open_list(self):
        self.answer("GET", BOARD + "/lists", [])
        with self.assertRaisesRegex(ServiceError, "no open list"):
            self.board.card_create("Name", "Description")

    def test_only_missing_labels_are_attached(self):
        self.answer("POST", "/1/cards/c1/idLabels", [])
        self.board.card_add_labels("c1", ["b1", "b2"])
        ((_method, _path, values),) = self.changes()
        self.assertEqual(values, {"value": "b2"})

    def test_label_deleted_meanwhile_is_left_out(self):
        self.answer("POST", "/1/cards/c1/idLabels", "Not found", 404)
        self.board.card_add_labels("c1", ["b2"])

    def test_only_attached_labels_are_detached(self):
        path = "/1/cards/c1/idLabels/b1"
        self.answer("DELETE", path, {})
        self.board.card_remove_labels("c1", ["b1", "b2"])
        self.assertEqual([call[:2] for call in self.changes()], [("DELETE", path)])

    def test_labels_of_a_deleted_card(self):
        self.answer("GET", "/1/cards/c2", "Not found", 404)
        with self.assertRaisesRegex(NotThere, "no card c2"):
            self.board.card_add_labels("c2", ["b1"])

    def comments_posted(self, *args):
        """Post a comment beside COMMENT; return the texts that reached Trello."""
        known = [{"type": "commentCard", "data": {"text": COMMENT}}]
        self.answer("GET", "/1/cards/c1/actions", known)
        self.answer("POST", "/1/cards/c1/actions/comments", {"id": "a1"})
        self.board.card_add_message("c1", *args)
        return [values["text"] for _method, _path, values in self.changes()]

    def test_message_shows_where_it_comes_from(self):
        self.assertEqual(self.comments_posted("Hi", "https://x"), ["Hi\n\nhttps://x"])

    def test_message_is_not_posted_twice(self):
        self.assertEqual(self.comments_posted("Any news?", COMMENT.split()[-1]), [])

    def test_message_without_source(self):
        self.assertEqual(self.comments_posted("Hi"), ["Hi"])

    def test_long_message_is_cut(self):
        (text,) = self.comments_posted("x" * 2 * MAX_TEXT, "https://x")
        self.assertEqual(len(text), MAX_TEXT)
        self.assertTrue(text.endswith("x\n\nhttps://x"))

    def test_labels_beyond_the_first_fifty_are_read(self):
        self.assertEqual(self.board.get_labels_colors(), {"b1": "red"})
        self.assertEqual(self.query()["limit"], "1000")

    def test_new_label_without_color(self):
        self.answer("POST", "/1/labels", dict(BUG, id="b2"))
        self.assertEqual(self.board.label_create("new", None), "b2")
        ((_method, _path, values),) = self.changes()
        self.assertEqual(values, {"name": "new", "color": None, "idBoard": LONG_ID})

    def test_deleted_label_can_be_deleted_again(self):
        self.answer("DELETE", "/1/labels/b9", "Not found", 404)
        self.board.label_delete("b9")

    def hooks(self, **values):
        """Let the token have a webhook of this board and one of another."""
        ours = {"id": "h1", "idModel": LONG_ID, "callbackURL": "https://odoo/1"}
        ours.update(description="", active=True)
        ours.update(values)
        other = dict(ours, id="h2", idModel="other")
        path = "/1/tokens/t0ken/webhooks"
        self.answer("GET", path, [ours, other])
        self.answer("POST", path, dict(ours, id="h3"))
        self.answer("DELETE", "/1/webhooks/h1", {})

    def webhook_changes(self):
        return [(method, path) for method, path, _values in self.changes()]

    def test_webhooks_of_other_boards_are_left_alone(self):
        self.hooks()
        expected = {"id": "h1", "url": "https://odoo/1", "active": True}
        self.assertEqual(self.board.get_webhooks(), [expected])
        self.board.delete_webhooks()
        self.assertEqual(self.webhook_changes(), [("DELETE", "/1/webhooks/h1")])

    def test_webhook_is_created_once(self):
        self.hooks()
        self.board.set_webhook("https://odoo/1")
        self.assertEqual(self.webhook_changes(), [])
        self.board.set_webhook("https://odoo/2")
        ((_method, _path, values),) = self.changes()
        self.assertEqual(values["callbackURL"], "https://odoo/2")
        self.assertEqual(values["idModel"], LONG_ID)

    def test_webhook_that_trello_switched_off_is_made_anew(self):
        self.hooks(active=False)
        self.board.set_webhook("https://odoo/1")
        expected = [("DELETE", "/1/webhooks/h1"), ("POST", "/1/tokens/t0ken/webhooks")]
        self.assertEqual(self.webhook_changes(), expected)

    def test_each_refusal_has_its_error(self):
        for status, headers, kind, seconds in REFUSALS:
            with self.subTest(status=status, headers=headers):
                self.answer("GET", BOARD + "/labels", "Reason", status, headers)
                with self.assertRaisesRegex(kind, "Reason") as caught:
                    self.board.get_labels()
                self.assertIs(type(caught.exception), kind)
                if seconds:
                    self.assertEqual(caught.exception.headers["Retry-After"], seconds)
