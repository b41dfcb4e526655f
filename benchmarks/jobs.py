# Copyright 2026 Sync Studio contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl.html)
"""Queued jobs: what it takes to enqueue one, and to get many done."""

import time

from servers import Odoo, query, running, until

from .database import environment, in_run, record
from .measure import Figure, ratio, ratios, seconds

CALLS = 50  # in a round
JOBS = 300  # in a round
ROUNDS = 5  # of so many jobs
WARM_UP = 10  # jobs, for both server processes
TIMEOUT = 120  # seconds for the jobs of a round

LEFT = """
    SELECT 1 FROM queue_job WHERE state != 'done'
     UNION ALL
    SELECT 1 FROM sync_job WHERE state IN ('pending', 'enqueued', 'started')
     LIMIT 1
"""


def figures(database):
    """Give the figures of add_job, and of jobs that the runner gets done."""
    value = ratio(stretch(database, add_job), stretch(database, with_delay))
    yield Figure("add_job / bare with_delay", value, 2)
    with running(Odoo(database, workers=2, channels="root:2")):
        kinds = (enqueue_sub_jobs, enqueue_crons)
        batches = [batch(database, enqueue) for enqueue in kinds]
        values = ratios(batch(database, enqueue_bare), batches, ROUNDS)
    for enqueue, value in zip(kinds, values):
        yield Figure("%s %s / bare queued jobs" % (JOBS, enqueue.__doc__), value, 1.25)


def stretch(database, function):
    """Give a function that measures (s) some calls in a run."""

    def measured(names):
        function(names, 0)  # warm up
        return seconds(lambda: calls(function, names))

    return lambda: in_run(database, measured)


def calls(function, names):
    """Call a function often; its rows are in the database afterwards."""
    for number in range(CALLS):
        function(names, number)
    names["env"]["base"].flush()


def add_job(names, number):
    """Enqueue a function of the code."""
    names["add_job"]("trivial")(number)


def with_delay(names, number):
    """Enqueue a method."""
    names["env"]["benchmark.floor"].with_delay().trivial(number)


def batch(database, enqueue):
    """Give a function that measures (s) how long enqueued jobs take to get done."""
    enqueue(database, WARM_UP)
    wait(database)  # what a server process reads once is read

    def measured():
        enqueue(database, JOBS)
        started = time.monotonic()
        wait(database)
        return time.monotonic() - started

    return measured


def wait(database):
    """Wait until the server has done all jobs, and their stored states say so."""
    until(lambda: not query(database, LEFT), TIMEOUT, "queued jobs")


def enqueue_bare(database, count):
    """bare queued jobs"""
    with environment(database, "user_developer", commit=True) as env:
        for number in range(count):
            env["benchmark.floor"].with_delay().trivial(number)


def enqueue_sub_jobs(database, count):
    """sub-jobs of one run"""

    def enqueue(names):
        for number in range(count):
            add_job(names, number)

    in_run(database, enqueue, commit=True)


def enqueue_crons(database, count):
    """runs of a cron trigger"""
    with environment(database, "user_developer", commit=True) as env:
        for _number in range(count):
            record(env, "cron").start()
