# Copyright 2026 Sync Studio contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl.html)
"""What integrations import from this addon."""

import copy
import importlib
import json
import pickle
import threading
from base64 import b64decode, b64encode
from http.server import BaseHTTPRequestHandler, HTTPServer

import requests

from odoo.tests import BaseCase, SavepointCase

from ..tools import AttrDict, LogExternalQuery, record2image, type2str, url2base64

# A GIF of one pixel.
IMAGE = b64encode(
    b"GIF89a\x01\x00\x01\x00\x80\x01\x00\xff\xff\xff\x00\x00\x00!\xf9\x04\x01"
    b"\n\x00\x01\x00,\x00\x00\x00\x00\x01\x00\x01\x00\x00\x02\x02L\x01\x00;"
)

# Modules and names that addons made for the former implementation import.
IMPORTS = {
    "odoo.addons.sync.tools": ["LogExternalQuery", "url2base64"],
    "odoo.addons.sync.models.sync_project": ["AttrDict"],
    "odoo.addons.sync.models.ir_logging": [
        "LOG_DEBUG",
        "LOG_INFO",
        "LOG_WARNING",
        "LOG_ERROR",
        "LOG_CRITICAL",
    ],
    "odoo.addons.sync.controllers.webhook": ["Webhook"],
    "odoo.addons.sync.lib.controllers.main": ["Website"],
    "odoo.addons.sync.lib.models.ir_actions": [],
}


class TestImports(BaseCase):
    def test_names_are_found(self):
        for module, names in IMPORTS.items():
            for name in names or ["__name__"]:
                with self.subTest(module, name=name):
                    self.assertTrue(hasattr(importlib.import_module(module), name))

    def test_levels_are_lower_case_words(self):
        module = importlib.import_module("odoo.addons.sync.models.ir_logging")
        for name in IMPORTS[module.__name__]:
            with self.subTest(name):
                level = name.replace("LOG_", "").lower()
                self.assertEqual(getattr(module, name), level)


class TestAttrDict(BaseCase):
    def test_from_dict_and_keywords(self):
        for attributes in (
            AttrDict({"URL": 1}),
            AttrDict(URL=1),
            AttrDict([("URL", 1)]),
        ):
            self.assertEqual(attributes.URL, 1)
            self.assertEqual(attributes["URL"], 1)

    def test_both_ways_of_setting(self):
        attributes = AttrDict()
        attributes.a = 1
        attributes["b"] = 2
        self.assertEqual(attributes, {"a": 1, "b": 2})
        self.assertEqual((attributes["a"], attributes.b), (1, 2))

    def test_letters_of_any_script(self):
        # The third letter from the end of the first word is Cyrillic.
        key = "create_mail_\u0441hannel"
        self.assertEqual(getattr(AttrDict({key: 1, "ключ": 2}), key), 1)
        self.assertEqual(AttrDict({"ключ": 2}).ключ, 2)

    def test_missing_key_lists_the_others(self):
        with self.assertRaisesRegex(AttributeError, "There is no URI .* A, URL"):
            self.fail(AttrDict(URL=1, A=2).URI)
        with self.assertRaisesRegex(AttributeError, "none"):
            self.fail(AttrDict().URI)
        self.assertIsNone(getattr(AttrDict(), "URI", None))

    def test_key_wins_over_method(self):
        self.assertEqual(AttrDict(get="key", items=1).get, "key")
        self.assertEqual(AttrDict(a=1).get("a"), 1)

    def test_is_a_dict(self):
        attributes = AttrDict(a=1)
        self.assertEqual(json.dumps(attributes), '{"a": 1}')
        self.assertEqual(dict(attributes, b=2), {"a": 1, "b": 2})
        self.assertTrue(attributes)
        self.assertFalse(AttrDict())

    def test_copies(self):
        attributes = AttrDict(a=[1])
        for twin in (
            copy.copy(attributes),
            copy.deepcopy(attributes),
            pickle.loads(pickle.dumps(attributes)),
        ):
            self.assertEqual(twin, attributes)
            self.assertEqual(twin.a, [1])
            twin.b = 2
            self.assertNotIn("b", attributes)


class Pictures(BaseHTTPRequestHandler):
    """Serves one picture, and nothing else."""

    def do_GET(self):
        self.send_response(200 if self.path == "/picture" else 404)
        self.end_headers()
        self.wfile.write(b64decode(IMAGE))

    def log_message(self, *args):
        """Be silent."""


class TestUrl2base64(BaseCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        server = HTTPServer(("127.0.0.1", 0), Pictures)
        cls.url = "http://127.0.0.1:%s/" % server.server_port
        threading.Thread(target=server.serve_forever, daemon=True).start()
        cls.addClassCleanup(server.server_close)
        cls.addClassCleanup(server.shutdown)

    def test_content(self):
        self.assertEqual(url2base64(self.url + "picture"), IMAGE)

    def test_no_url(self):
        for url in (None, False, ""):
            self.assertIsNone(url2base64(url))

    def test_failure(self):
        """The page of an error is no picture."""
        with self.assertRaises(requests.HTTPError):
            url2base64(self.url + "gone")


class TestTools(SavepointCase):
    def test_record2image(self):
        partner = self.env["res.partner"].create({"name": "a", "image_1920": IMAGE})
        self.assertEqual(record2image(partner).res_field, "image_1920")
        self.assertEqual(record2image(partner).datas, IMAGE)
        self.assertEqual(record2image(partner, "image_128").res_field, "image_128")
        self.assertEqual(record2image(partner, None), record2image(partner))

    def test_record2image_without_image(self):
        partner = self.env["res.partner"].create({"name": "a"})
        self.assertFalse(record2image(partner))

    def test_type2str(self):
        self.assertEqual(type2str(1), "<class 'int'>")
        self.assertIn("res.partner", type2str(self.env["res.partner"]))


class TestLogExternalQuery(BaseCase):
    def setUp(self):
        super().setUp()
        self.lines = []
        self.context = {
            "log": lambda *args, **kwargs: self.lines.append((args, kwargs)),
            "log_transmission": lambda *args: self.lines.append(args),
        }

    def test_arguments_and_result_are_logged(self):
        @LogExternalQuery("Viber->send", self.context)
        def send(*args, **kwargs):
            return (args, kwargs)

        self.assertEqual(send(1, text="a"), ((1,), {"text": "a"}))
        sent, received = self.lines
        self.assertEqual(sent, ("Viber->send", "(1,) {'text': 'a'}"))
        (text,), options = received
        self.assertIn("((1,), {'text': 'a'})", text)
        self.assertEqual(options, {"name": "Viber->send", "log_type": "data_in"})

    def test_failure_is_logged_and_raised(self):
        @LogExternalQuery("Viber->send", self.context)
        def send():
            raise KeyError("no such user")

        with self.assertRaises(KeyError):
            send()
        (text,), options = self.lines[-1]
        self.assertIn("no such user", text)
        self.assertEqual(options["level"], "error")
        self.assertEqual(options["log_type"], "data_in")

    def test_function_keeps_its_name(self):
        @LogExternalQuery("Viber->send", self.context)
        def send():
            """Send."""

        self.assertEqual((send.__name__, send.__doc__), ("send", "Send."))
