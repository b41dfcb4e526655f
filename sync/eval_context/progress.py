# Copyright 2026 Sync Studio contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl.html)
"""How far a run is, told by user code."""

from odoo import _

from ..models.ir_logging import LOG_WARNING, Progress, log_of

LARGEST = 1e15  # beyond that a number is a mistake rather than an amount of work


def progress(run):
    """Progress

    What the list and the form of jobs show while a run goes on.
    """
    warned = []

    def progress(done, total, message=None):
        """Tell how far the run is; that moves the bar of the job.

        * ``done``, ``total``: numbers; with None for the total there is no bar, only
          the number so far
        * ``message``: what the run is at, a short text

        Call it as often as you like, for each record of a loop even: the job is
        written about once a second, and with the last values when the run ends.
        What is no number is passed over, with one warning in the log.
        """
        try:
            told = Progress(
                _amount(done), _optional(_amount, total), _optional(str, message)
            )
        except Exception:
            if not warned:
                warned.append(True)
                run.log(_warning(done, total), LOG_WARNING)
        else:
            log_of(run.env).progress = told

    return {"progress": progress}


def _optional(function, value):
    return None if value is None else function(value)


def _amount(value):
    """Give a number (float) that can be stored and shown.

    :raises ValueError: it cannot; other objects raise what they like
    """
    number = float(value)
    if not abs(number) <= LARGEST:  # true for NaN too
        raise ValueError(value)
    return max(number, 0.0)


def _warning(done, total):
    return _(
        "progress(done, total) takes two numbers, as in progress(3, 10), or None for a "
        "total that is not known. It got a value of type %s and one of type %s."
    ) % (type(done).__name__, type(total).__name__)
