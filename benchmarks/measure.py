# Copyright 2026 Sync Studio contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl.html)
"""Ratios, times and query counts, and the table they are printed in."""

import functools
import gc
import statistics
import threading
import time
from collections import namedtuple

ROUNDS = 9

# What was measured, in which unit, and the goal: the value is at most (or at least,
# with ``at_least``) the limit; None where it is only for information.
Figure = namedtuple("Figure", "what value limit unit at_least", defaults=("x", False))


def is_met(figure):
    """Tell whether a figure meets its goal, if it has one."""
    if figure.limit is None:
        return True
    if figure.at_least:
        return figure.value >= figure.limit
    return figure.value <= figure.limit


def ratio(ours, floor, rounds=ROUNDS):
    """Compare two functions that give what they took (s, or any other measure).

    Each round measures both, in turns which of them first, so that what else the
    machine does hits both alike. The result is the median of the rounds.
    """
    return ratios(floor, [ours], rounds)[0]


def ratios(floor, functions, rounds=ROUNDS):
    """Compare several functions with the same floor; return a list of ratios."""
    costs = []
    for number in range(rounds):
        order = [floor, *functions][:: -1 if number % 2 else 1]
        costs.append({function: function() for function in order})
    return [
        statistics.median(cost[function] / cost[floor] for cost in costs)
        for function in functions
    ]


def median(function, rounds=ROUNDS):
    """Call a function that gives what it took, and return the median."""
    return statistics.median(function() for _round in range(rounds))


def seconds(function):
    """Call a function; return how long it took."""
    gc.disable()
    try:
        started = time.perf_counter()
        function()
        return time.perf_counter() - started
    finally:
        gc.enable()


def typical(function, values):
    """Call a function with each of the values; return the median time of a call (s).

    That leaves out the calls during which the machine was busy with something else.
    """
    return statistics.median(
        [seconds(functools.partial(function, value)) for value in values]
    )


def queries(function):
    """Call a function; return how many queries this thread made, on all cursors."""
    thread = threading.current_thread()
    thread.query_count = thread.query_time = 0
    function()
    return thread.query_count


def table(figures):
    """Return the figures as lines of text."""
    rows = [("what", "measured", "goal", "")] + [_row(figure) for figure in figures]
    widths = [max(len(row[column]) for row in rows) for column in range(4)]
    layout = "{:<%s}  {:>%s}  {:>%s}  {}" % tuple(widths[:3])
    return "\n".join(layout.format(*row).rstrip() for row in rows)


def _row(figure):
    value = _text(figure, figure.value)
    if figure.limit is None:
        return figure.what, value, "", ""
    goal = "%s %s" % (">=" if figure.at_least else "<=", _text(figure, figure.limit))
    return figure.what, value, goal, "met" if is_met(figure) else "MISSED"


def _text(figure, value):
    digits = 0 if float(value).is_integer() else 3 if value < 0.1 else 2
    return "%.*f %s" % (digits, value, figure.unit)
