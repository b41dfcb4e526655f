# Copyright 2026 Sync Studio contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl.html)
"""The command ``scripts/demo``: play one demo, then stay up or stop everything.

A demo is a module beside this file with a context manager ``play()``. It starts its
servers, shows its work on them, and gives a ``stage.Outcome`` while they are up.
"""

import argparse
import contextlib
import fcntl
import importlib
import os
import signal
import subprocess
import sys
import time

from servers import REPO, ServerError, query, until

from .stage import say

DEMOS = ("odoo2odoo", "github-trello", "telegram")
STOP_SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


def main():
    """Play the demo that the command line names; return the exit code."""
    arguments = parse()
    demo = importlib.import_module("demos." + arguments.name.replace("-", "_"))
    for number in STOP_SIGNALS:
        signal.signal(number, leave)
    try:
        with only_one(), postgres_as_before(), demo.play() as outcome:
            if outcome.worked and not arguments.once:
                print(outcome.next_steps, flush=True)
                stay(outcome.servers)
            return 0 if outcome.worked else 1
    except ServerError as error:
        say("Failed: %s" % error)
        return 1


def parse():
    """Return the arguments of the command line."""
    parser = argparse.ArgumentParser(
        prog="scripts/demo", description="See Sync Studio at work on real servers."
    )
    parser.add_argument("name", nargs="?", choices=DEMOS, default=DEMOS[0])
    parser.add_argument(
        "--once", action="store_true", help="show it, stop everything and exit"
    )
    return parser.parse_args()


def stay(servers):
    """Wait for Ctrl-C, as long as the servers run."""
    while True:
        time.sleep(1)
        for server in servers:
            server.check()


def leave(number, _frame):
    """On the first signal stop everything, without being disturbed by a second."""
    for stop_signal in STOP_SIGNALS:
        signal.signal(stop_signal, signal.SIG_IGN)
    say("Stopping")
    sys.exit(128 + number)


@contextlib.contextmanager
def only_one():
    """Two demos at once would take each other's databases away."""
    with (REPO / ".local" / "demo.lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise ServerError(
                "another scripts/demo is running. Stop it first (Ctrl-C there)."
            ) from None
        yield


@contextlib.contextmanager
def postgres_as_before():
    """Stop PostgreSQL at the end when it was started for us and nobody else uses it."""
    try:
        yield
    finally:
        if os.environ.get("DEMO_STOPS_POSTGRES"):
            # what we stopped just now may need a moment to be gone
            with contextlib.suppress(ServerError):
                until(postgres_is_idle, 10)
                subprocess.call([str(REPO / "scripts" / "stop")])


def postgres_is_idle():
    """Tell whether PostgreSQL has no session besides the one that asks."""
    return not query(
        "postgres",
        "SELECT 1 FROM pg_stat_activity"
        " WHERE datname IS NOT NULL AND pid != pg_backend_pid()",
    )


sys.exit(main())
