# Copyright 2026 Sync Studio contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl.html)
"""Helpers: a pass over many linked items that has nothing to do."""

import tracemalloc

from servers import query

from .database import in_run
from .measure import Figure, median, queries, seconds

ITEMS = 10000
PASSES = 5
RELATION = "benchmark"
GROWTH = 1.25  # of the memory's peak, for four times the items

MILLISECONDS = "ms an item"
QUERIES = "queries an item"


def figures(database):
    """Give the figures of sync_x2odoo and sync_odoo2x."""
    fill(database)
    yield from figures_of(database, "sync_x2odoo", x2odoo)
    yield from figures_of(database, "sync_odoo2x", odoo2x)


def figures_of(database, name, one_pass):
    """Give the figures of one helper: time, queries, memory."""
    took = median(lambda: in_run(database, timed(one_pass)), PASSES)
    yield Figure(name, took / ITEMS * 1000, 0.15, MILLISECONDS)
    count = in_run(database, lambda names: queries(lambda: one_pass(names)))
    yield Figure(name, count / ITEMS, 0.02, QUERIES)
    value = peak(database, one_pass, ITEMS) / peak(database, one_pass, ITEMS // 4)
    what = "memory of %s, %s / %s items" % (name, ITEMS, ITEMS // 4)
    yield Figure(what, value, GROWTH)


def timed(one_pass):
    """Give a function of names that measures (s) a pass."""
    return lambda names: seconds(lambda: one_pass(names))


def peak(database, one_pass, count):
    """Return the most memory (bytes) that a pass over some items holds at a time."""

    def measured(names):
        tracemalloc.start()
        try:
            one_pass(names, count)
            return tracemalloc.get_traced_memory()[1]
        finally:
            tracemalloc.stop()

    return in_run(database, measured)


def x2odoo(names, count=ITEMS):
    """Bring linked items to Odoo, where nothing is to be created."""
    info = {
        "relation": RELATION,
        "x": {"get_ref": lambda item: item["id"]},
        "odoo": {"create": refuse},
    }
    items = ({"id": number} for number in range(1, count + 1))
    names["sync_x2odoo"](items, info, create=True)


def odoo2x(names, count=ITEMS):
    """Bring linked records to an external system, where nothing is to be created."""
    info = {"relation": RELATION, "x": {"create": refuse}}
    partners = names["env"]["res.partner"]
    records = (partners.browse(number) for number in range(1, count + 1))
    names["sync_odoo2x"](records, info, create=True)


def refuse(item):
    """Every item has its link."""
    raise AssertionError("%s is linked already" % item)


def fill(database):
    """Link all items."""
    query(
        database,
        """
        INSERT INTO sync_link
            (relation, system1, ref1, system2, ref2, model, date, exclusive)
        SELECT %s, '__external__', number::text, '__odoo__', number::text,
               'res.partner', now() at time zone 'utc', true
          FROM generate_series(1, %s) AS number
        """,
        [RELATION, ITEMS],
    )
    query(database, "VACUUM ANALYZE sync_link")
