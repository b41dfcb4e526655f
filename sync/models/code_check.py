# Copyright 2026 Sync Studio contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl.html)
"""What forms say about code while somebody types it."""

from .. import sandbox


def check_code(records, name):
    """Tell what is wrong with the code in a field, for its widget and an alert.

    :param str name: of the field; the fields ``<name>_check``, a text, and
        ``<name>_check_line``, a number, are set
    """
    for record in records:
        problem = sandbox.find_problem(record[name])
        record[name + "_check"] = problem and problem.args[0]
        record[name + "_check_line"] = problem and problem.line
