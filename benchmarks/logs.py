# Copyright 2026 Sync Studio contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl.html)
"""Calls of ``log`` with all that follows, until the lines are stored; ``progress``."""

from servers import query

from .database import in_run
from .measure import ROUNDS, Figure, median, seconds

CALLS = 10000
UNIT = "ms a call"


def figures(database):
    """Give the time of a call alone, and with its share in the storing of the lines."""
    run(database, nothing)  # warm up
    value = median(lambda: run(database, lambda names: seconds(lambda: write(names))))
    yield Figure("log()", value / CALLS * 1000, 0.02, UNIT)
    value = median(lambda: seconds(lambda: run(database, write)))
    value -= median(lambda: seconds(lambda: run(database, nothing)))
    yield Figure("log(), until the lines are stored", value / CALLS * 1000, None, UNIT)
    check(database, 2 * ROUNDS * CALLS)
    value = median(lambda: run(database, lambda names: seconds(lambda: tell(names))))
    yield Figure("progress()", value / CALLS * 1000, 0.02, UNIT)


def run(database, function):
    """Call a function in a run that ends well."""
    return in_run(database, function, commit=True)


def nothing(names):
    """The rest of what a run does."""


def write(names):
    """Log many lines of some length."""
    for number in range(CALLS):
        names["log"]("Partner %s was updated from the external system" % number)


def tell(names):
    """Tell how far the run is, for each of many records."""
    for number in range(CALLS):
        names["progress"](number, CALLS, "On the way")


def check(database, count):
    """Make sure that all lines are there."""
    lines = query(
        database, "SELECT count(*) FROM ir_logging WHERE message LIKE 'Partner %'"
    )
    assert lines == [(count,)], lines
