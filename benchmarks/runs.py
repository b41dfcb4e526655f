# Copyright 2026 Sync Studio contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl.html)
"""Runs: a click on a button whose handler does nothing."""

from odoo.api import call_kw

from .database import environment, record
from .measure import Figure, queries


def figures(database):
    """Give the number of queries of a click, its job and log lines included."""
    click(database)  # warm up: what a server process reads once
    yield Figure("button run, empty handler", click(database), 9, "queries")


def click(database):
    """Return how many queries the web client's call makes until it is committed."""
    with environment(database, "user_developer", commit=True) as env:
        button = record(env, "button").id
        env.cache.invalidate()
        return queries(lambda: call_and_commit(env, button))


def call_and_commit(env, button):
    """Do what Odoo does for a click."""
    action = call_kw(env["sync.trigger.button"], "start_button", [[button]], {})
    assert action["res_model"] == "sync.job"
    env.cr.commit()
