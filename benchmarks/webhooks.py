# Copyright 2026 Sync Studio contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl.html)
"""Webhooks: requests per second, against a public address that does next to nothing."""

import functools
import os
import re
import subprocess

from servers import Odoo, running

from .measure import Figure, ratio

CONNECTIONS = 4
WORKERS = 2
SECONDS = 5  # of a round
ROUNDS = 6


def figures(database):
    """Give the share of the floor's requests per second that webhooks reach."""
    odoo = Odoo(database, workers=WORKERS)
    with running(odoo):
        floor = functools.partial(pace, odoo.url + "/benchmark_floor/floor")
        webhook = functools.partial(pace, odoo.url + "/website/action-http/webhook")
        for warm_up in (floor, webhook):
            warm_up(1)
        value = ratio(webhook, floor, ROUNDS)
    yield Figure("webhook requests / of a public controller", value, 0.5, at_least=True)


def pace(url, duration=SECONDS):
    """Return how many requests per second an address answers.

    :raises AssertionError: some failed
    """
    report = run_wrk(url, duration)
    assert "Non-2xx" not in report and "Socket errors" not in report, report
    return float(re.search(r"Requests/sec:\s*([\d.]+)", report)[1])


def run_wrk(url, duration):
    """Return what wrk prints."""
    options = ["-t", "1", "-c", str(CONNECTIONS), "-d", "%ss" % duration]
    return subprocess.check_output(
        [os.environ["WRK"], *options, url],
        env=dict(os.environ, LD_LIBRARY_PATH=os.environ.get("WRK_LIBRARIES", "")),
        universal_newlines=True,
    )
