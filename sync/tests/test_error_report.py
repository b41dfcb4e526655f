# Copyright 2026 Sync Studio contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl.html)
"""Errors of user code are told with their message first."""

from odoo.tests.common import BaseCase, tagged

from .. import sandbox
from ..error_report import error_report


@tagged("post_install", "-at_install")
class TestErrorReport(BaseCase):
    def report(self, code):
        names = sandbox.load(code, {}, "<Shop: Import>")
        try:
            sandbox.call(names, "handle_button")
        except Exception as error:
            return error_report(error)

    def test_message_comes_first(self):
        report = self.report("def handle_button():\n    return 1 / 0\n")
        self.assertEqual(report.splitlines()[0], "ZeroDivisionError: division by zero")

    def test_traceback_starts_at_user_code(self):
        report = self.report("def handle_button():\n    return 1 / 0\n")
        self.assertIn('File "<Shop: Import>", line 2, in handle_button', report)
        self.assertIn("return 1 / 0", report)
        self.assertNotIn("sandbox.py", report)

    def test_error_outside_user_code_keeps_its_traceback(self):
        try:
            sandbox.call({}, "handle_button")
        except Exception as error:
            self.assertIn("sandbox.py", error_report(error))
