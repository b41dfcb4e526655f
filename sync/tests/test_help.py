# Copyright 2026 Sync Studio contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl.html)
"""The help on the names that code can use."""

import re

from ..eval_context import PARTS, help_text
from ..eval_context.help import AnyRun
from .common import SyncCase, extension


class TestHelp(SyncCase):
    def test_help_explains_every_name(self):
        text = help_text()
        for part in PARTS:
            for name in part(AnyRun()):
                self.assertTrue(re.search(r"\b%s\b" % re.escape(name), text), name)

    def test_help_shows_how_functions_are_called(self):
        self.assertIn("search_links(relation_name, refs)\n    Give all", help_text())

    def test_task_shows_what_its_evaluation_context_adds_first(self):
        def shop(project, secrets, eval_context):
            """Adds ``shop``."""
            return {}

        task = self.make_task("def handle_button(): pass").with_user(self.user)
        self.assertEqual(task.names_help, help_text())
        with extension(task.project_id.sudo(), shop):
            self.assertTrue(task.names_help.startswith("Adds ``shop``.\n\n\n"))
