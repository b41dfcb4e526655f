# Copyright 2026 Sync Studio contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl.html)
"""Queries that must not creep in again; times are a matter of ``benchmarks/``."""

import threading
from contextlib import contextmanager
from unittest.mock import patch

from odoo.sql_db import Cursor

from .common import CommittedCase, SyncCase


class TestQueries(SyncCase):
    @contextmanager
    def statements(self):
        """Give the list that all statements are added to."""
        statements = []
        execute = Cursor.execute

        def listed(cursor, statement, *args, **kwargs):
            statements.append(str(statement))
            return execute(cursor, statement, *args, **kwargs)

        with patch.object(Cursor, "execute", listed):
            yield statements

    def test_queue_jobs_of_others_do_not_look_for_sync_jobs(self):
        delayed = self.env["res.partner"].with_delay().exists()
        queue_job = delayed.db_record()
        with self.statements() as statements:
            for state in ("started", "done"):
                queue_job.state = state
                queue_job.flush()
        self.assertIn("UPDATE", " ".join(statements))
        self.assertNotIn("sync_job", " ".join(statements))

    def test_trees_are_found_by_index(self):
        self.env.cr.execute(
            "SELECT indexdef FROM pg_indexes WHERE tablename = 'sync_job'"
        )
        indexes = str(self.env.cr.fetchall())
        for columns in ("ancestry", "own_state, ancestry"):
            self.assertIn('(%s COLLATE "C")' % columns, indexes)


class TestQueriesOfRuns(CommittedCase):
    def click(self):
        """Click a button with an empty handler; give the number of queries."""
        with self.transaction() as env:
            button = env["sync.trigger.button"].browse(self.button_id)
            thread = threading.current_thread()
            thread.query_count = thread.query_time = 0
            button.start_button()
            env.cr.commit()  # pylint: disable=invalid-commit
            return thread.query_count

    def test_click_on_a_button(self):
        with self.transaction():
            self.button_id = self.make_button("def handle_button(): pass").id
        self.click()  # what a server process reads once is read
        self.assertLessEqual(self.click(), 9)
