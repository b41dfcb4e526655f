# Copyright 2026 Sync Studio contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl.html)
"""A transaction beside the caller's, for rows that must outlive its rollback."""

from contextlib import contextmanager

from psycopg2.errors import ForeignKeyViolation

from odoo import sql_db

CONNECTION_OPTIONS = "-c synchronous_commit=off -c lock_timeout=10s"


class SideTransaction:
    """Runs statements in short transactions of their own.

    Jobs and their log lines are written this way: they stay when the work they
    describe is rolled back, and others see them while it goes on.

    Rows of a project that is itself not committed yet (it was made in the caller's
    transaction) can only be referred to from within: then, and where the context says
    ``new_cursor_logs=False``, the statements join the caller's transaction.
    """

    def __init__(self, env, joined=False):
        self.env = env
        self.joined = (
            joined
            or env.context.get("new_cursor_logs") is False
            or env.registry.in_test_mode()
        )

    def run(self, statements):
        """Call ``statements(cr)`` with a cursor, commit, and give its result."""
        if not self.joined:
            try:
                return self.run_apart(statements)
            except ForeignKeyViolation:
                self.joined = True
        with self.env.cr.savepoint(flush=False):
            result = statements(self.env.cr)
        self.env.cache.invalidate()  # the ORM has not seen the statements
        return result

    def run_apart(self, statements):
        """Like ``run``, but never within the caller's transaction.

        :raises ForeignKeyViolation: what the rows refer to is not committed yet
        """
        with side_cursor(self.env.cr.dbname) as cr:
            return statements(cr)


@contextmanager
def side_cursor(dbname):
    """Give a cursor that sees what others commit while it is open (READ COMMITTED).

    Its commit does not wait for the disk: after a crash of the database server itself
    the last moments of a log may be missing, the data never. It does not wait for
    locks for long either: the caller may hold one, as when a run deletes its project.
    """
    # Odoo's own connection makes sure that its pool exists; ours differ by the options.
    info = dict(sql_db.db_connect(dbname).dsn, options=CONNECTION_OPTIONS)
    connection = sql_db.Connection(sql_db._Pool, dbname, info)
    with connection.cursor(serialized=False) as cr:
        cr._default_log_exceptions = False
        yield cr
