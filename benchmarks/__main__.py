# Copyright 2026 Sync Studio contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl.html)
"""The command ``scripts/benchmark``: measure the concerns it names, or all."""

import argparse
import importlib
import sys
import time

from . import database
from .measure import is_met, table

CONCERNS = ("links", "helpers", "logs", "runs", "jobs", "webhooks", "screens")


def main():
    """Print a table of figures; return 1 when one of them misses its goal."""
    names = parse().names or CONCERNS
    say("Preparing a database")
    database.start_odoo()
    database.prepare_template()
    figures = []
    for name in names:
        figures += measure(name)
    print(table(figures))
    return 0 if all(map(is_met, figures)) else 1


def parse():
    """Return the arguments of the command line."""
    parser = argparse.ArgumentParser(
        prog="scripts/benchmark",
        description="Measure Sync Studio against bare Odoo and queue_job.",
    )
    parser.add_argument(
        "names",
        nargs="*",
        metavar="NAME",
        help="a concern, all by default: %s" % ", ".join(CONCERNS),
    )
    arguments = parser.parse_args()
    for name in arguments.names:
        if name not in CONCERNS:
            parser.error("no concern %s; there are %s" % (name, ", ".join(CONCERNS)))
    return arguments


def measure(name):
    """Return the figures of one concern, measured on a database of its own."""
    started = time.monotonic()
    concern = importlib.import_module("benchmarks." + name)
    with database.fresh(name) as fresh:
        figures = list(concern.figures(fresh))
    say("%s: %d s" % (name, time.monotonic() - started))
    return figures


def say(text):
    """Print a line of progress beside the results."""
    print("[sync-studio] %s" % text, file=sys.stderr, flush=True)


if __name__ == "__main__":
    sys.exit(main())
