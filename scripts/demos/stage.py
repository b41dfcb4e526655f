# Copyright 2026 Sync Studio contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl.html)
"""What every demo needs: a voice, a table, and an outcome."""

import time
from collections import namedtuple

# worked (bool), the servers that run, and a text: where they are and what to try next
Outcome = namedtuple("Outcome", "worked servers next_steps")

_START = time.monotonic()


def say(text):
    """Print a line of progress with the seconds since the start."""
    print("[%5.1f s] %s" % (time.monotonic() - _START, text), flush=True)


def print_table(headers, rows):
    """Print rows of cells; text to the left, numbers to the right."""
    cells = [headers] + [[str(cell) for cell in row] for row in rows]
    widths = [max(map(len, column)) for column in zip(*cells)]
    print()
    for row, source in zip(cells, [headers] + rows):
        aligned = [
            cell.rjust(width) if isinstance(value, int) else cell.ljust(width)
            for cell, value, width in zip(row, source, widths)
        ]
        print("  ".join(aligned).rstrip())
    print(flush=True)
