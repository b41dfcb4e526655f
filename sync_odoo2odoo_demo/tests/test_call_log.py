# Copyright 2026 Sync Studio contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl.html)
"""What the logs tell about calls."""

from datetime import datetime

from odoo.tests.common import BaseCase

from ..clients.call_log import logged, summary

SUMMARIES = [
    (None, "null"),
    ("short", '"short"'),
    ("é" * 200, '"%s"' % ("é" * 200)),
    ("x" * 201, '"<201 characters>"'),
    (b"x" * 201, '"<201 characters>"'),
    ({"image_1920": "i" * 5000}, '{"image_1920": "<5000 characters>"}'),
    ([["a", "i" * 300]], '[["a", "<300 characters>"]]'),
    (list(range(22))[20:], "[20, 21]"),
    (["a"] * 22, "[%s]" % ", ".join(['"a"'] * 20 + ['"<2 more>"'])),
    (datetime(2026, 1, 2), '"2026-01-02 00:00:00"'),
]


class TestCallLog(BaseCase):
    def test_long_values_are_told_by_their_size(self):
        for value, text in SUMMARIES:
            with self.subTest(text=text[:40]):
                self.assertEqual(summary(value), text)

    def test_call_and_result_are_logged(self):
        lines = []
        eval_context = {
            "log_transmission": lambda recipient, data: lines.append((recipient, data)),
            "log": lambda message, **options: lines.append((message, options)),
            "LOG_DEBUG": "debug",
        }
        call = logged(lambda *args, **kwargs: {"ids": [7]}, "there", eval_context)
        self.assertEqual(call("res.partner", "read", limit=1), {"ids": [7]})
        sent, received = lines
        self.assertEqual(sent, ("there", '["res.partner", "read", {"limit": 1}]'))
        options = {"level": "debug", "name": "there", "log_type": "data_in"}
        self.assertEqual(received, ('{"ids": [7]}', options))
