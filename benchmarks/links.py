# Copyright 2026 Sync Studio contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl.html)
"""Links: making one, and finding one among few and among many."""

import functools
import random

from servers import copy_database, drop_database, query

from .database import close, in_run
from .measure import Figure, queries, ratio, typical

FEW, MANY = 1000, 100000
CALLS = 50  # in a round
FLAT = 1.25
RELATION = "benchmark"
MODEL = "res.partner"


def figures(database):
    """Give the figures of set_link, get_link and search_links."""
    large = database + "_large"
    copy_database(database, large)
    sizes = {FEW: database, MANY: large}
    for size, name in sizes.items():
        fill(name, size)
    try:
        yield from compare("set_link", set_link, create, (2, 2), sizes)
        yield from compare("get_link", get_link, search, (1.1, 1), sizes)
        yield from compare("search_links", search_links, search, (1.1, 1), sizes)
    finally:
        close(large)
        drop_database(large)


def compare(name, ours, floor, limits, sizes):
    """Compare a function with its floor, and its cost at many links with few.

    :param limits: the largest ratio, the largest number of queries
    :param dict sizes: databases by their numbers of links
    """
    for size in sizes:
        value = ratio(stretch(ours, sizes, size), stretch(floor, sizes, size))
        what = "%s / %s, at %s links" % (name, floor.__doc__, size)
        yield Figure(what, value, limits[0])
    value = ratio(stretch(ours, sizes, MANY), stretch(ours, sizes, FEW))
    yield Figure("%s, at %s / at %s links" % (name, MANY, FEW), value, FLAT)
    value = in_run(sizes[MANY], lambda names: queries(lambda: ours(names, 1)))
    yield Figure(name, value, limits[1], "queries")


def stretch(function, sizes, size):
    """Give a function that measures (s) a call, for links all over the table."""
    numbers = random.Random(size).sample(range(1, size + 1), CALLS)

    def measured(names):
        return typical(functools.partial(function, names), numbers)

    return lambda: in_run(sizes[size], measured)


def set_link(names, number):
    """Link a record that has no link yet."""
    record = names["env"][MODEL].browse(MANY + number)
    record.set_link(RELATION, "new%s" % number)


def create(names, number):
    """bare create"""
    names["env"]["sync.link"].create(
        {
            "relation": RELATION,
            "system1": "__external__",
            "ref1": "new%s" % number,
            "system2": "__odoo__",
            "ref2": str(MANY + number),
            "model": MODEL,
        }
    )


def get_link(names, number):
    """Find the link of a reference."""
    assert len(names["get_link"](RELATION, "x%s" % number)) == 1


def search_links(names, number):
    """Find the link of a record."""
    record = names["env"][MODEL].browse(number)
    assert len(record.search_links(RELATION)) == 1


def search(names, number):
    """bare search"""
    domain = [
        ("relation", "=", RELATION),
        ("system1", "=", "__external__"),
        ("ref1", "=", "x%s" % number),
        ("system2", "=", "__odoo__"),
    ]
    assert len(names["env"]["sync.link"].search(domain)) == 1


def fill(database, count):
    """Link the records 1 to ``count`` to references such as x1."""
    query(
        database,
        """
        INSERT INTO sync_link
            (relation, system1, ref1, system2, ref2, model, date, exclusive)
        SELECT %s, '__external__', 'x' || number, '__odoo__', number::text,
               %s, now() at time zone 'utc', true
          FROM generate_series(1, %s) AS number
        """,
        [RELATION, MODEL, count],
    )
    query(database, "VACUUM ANALYZE sync_link")
