# Copyright 2026 Sync Studio contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl.html)
"""Asynchronous work for user code."""

from odoo import _

from ..exceptions import SyncError


def jobs(run):
    """Asynchronous work

    * ``add_job(function, **options)(*args, **kwargs)``: call a function of the code
      in a job of its own, after this run has ended well. The function is named or
      given itself; arguments are plain values, dates and records.
      Options: ``priority`` (0 is served first, default 10), ``eta`` (a datetime, or
      seconds to wait), ``max_retries`` (default 5, 0 for no limit),
      ``description``, ``channel``, and ``identity_key``: while a job with the same
      key waits, no second one is made.
    """

    def add_job(function, **options):
        name = _name(function)

        def enqueue(*args, **kwargs):
            run.task._enqueue_function(run, name, args, kwargs, options)

        return enqueue

    return {"add_job": add_job}


def _name(function):
    """Give the name by which a later run finds a function of the code again."""
    name = function if isinstance(function, str) else getattr(function, "__name__", "")
    if name.isidentifier():
        return name
    raise SyncError(
        _(
            "add_job takes a function that the code defines with def, or its name: "
            'add_job(step)(7) or add_job("step")(7). It got %r.'
        )
        % (function,)
    )
