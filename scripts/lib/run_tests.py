# Copyright 2026 Sync Studio contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl.html)
"""Choose the tests, make their database, run them in groups, print one summary.

Called by scripts/test with the prepared Python and ``ODOO_RC``.
"""

import configparser
import os
import shutil
import subprocess
import sys
import time
from collections import namedtuple
from contextlib import closing
from pathlib import Path
from xml.etree import ElementTree

import psycopg2

REPO = Path(__file__).resolve().parents[2]
LOCAL = REPO / ".local"
DATABASE = os.environ.get("TEST_DATABASE", "sync_test")
NO_TESTS = 5  # pytest's exit code

Group = namedtuple("Group", "title paths pytest_options")
Result = namedtuple("Result", "title passed failed skipped seconds exit_code")


class Refusal(Exception):
    """Nothing was run; the message says why and what to do."""


def addons():
    """Names of the repository's addons."""
    return sorted(path.parent.name for path in REPO.glob("sync*/__manifest__.py"))


def split_arguments(arguments):
    """Return (paths, options): all that stands before the first option is a path."""
    first_option = next(
        (index for index, text in enumerate(arguments) if text.startswith("-")),
        len(arguments),
    )
    return arguments[:first_option], arguments[first_option:]


def checked_path(text):
    """The path below the repository, "::test" kept; Refusal if it holds no tests."""
    name, separator, test = text.partition("::")
    path = next(
        (base / name for base in (Path.cwd(), REPO) if (base / name).exists()), REPO
    ).resolve()
    choice = addons() + ["tests"]
    if not any(path == REPO / top or REPO / top in path.parents for top in choice):
        text = "There is no test %s. Choose from: %s, or files in them."
        raise Refusal(text % (name, ", ".join(choice)))
    if path.is_dir() and not any(path.rglob("test_*.py")):
        raise Refusal("%s has no tests: no file test_*.py is in it." % name)
    return str(path.relative_to(REPO)) + separator + test


def groups(paths):
    """The addons' tests, which share a database, then the end-to-end ones."""
    chosen = [checked_path(path) for path in paths or addons() + ["tests"]]
    end_to_end = [path for path in chosen if Path(path).parts[0] == "tests"]
    in_addons = [path for path in chosen if path not in end_to_end]
    http = ["--odoo-database=%s" % DATABASE, "--odoo-http"]
    return [
        group
        for group in (
            Group("addons", in_addons, http),
            Group("end to end", end_to_end, ["-p", "no:odoo", *at_once(end_to_end)]),
        )
        if group.paths
    ]


def at_once(paths):
    """pytest-xdist's options for two files at a time, where there are several."""
    several = len(paths) > 1 or any((REPO / path).is_dir() for path in paths)
    return ["--numprocesses=2", "--dist=loadfile"] if several else []


def make_database(paths):
    """Install the addons of these paths in a database made anew."""
    names = sorted({Path(path).parts[0] for path in paths})
    say("Installing %s in the new database %s" % (", ".join(names), DATABASE))
    drop_database()
    command = [str(REPO / "scripts" / "odoo"), "--database", DATABASE]
    command += ["--init", ",".join(names), "--stop-after-init", "--log-level=warn"]
    subprocess.run(command, check=False, cwd=str(REPO))
    missing = set(names) - installed_addons()
    if missing:
        text = "Not installed: %s. Odoo's messages above tell why."
        raise Refusal(text % ", ".join(sorted(missing)))


def drop_database():
    """Drop it with its files; Refusal while someone works in it."""
    with closing(connect("postgres")) as connection, connection.cursor() as cursor:
        try:
            cursor.execute('DROP DATABASE IF EXISTS "%s"' % DATABASE)
        except psycopg2.errors.ObjectInUse as error:
            text = "%s\nIs a test run going on? Use another: TEST_DATABASE=name %s"
            raise Refusal(text % (error, "scripts/test")) from error
    shutil.rmtree(str(LOCAL / "data" / "filestore" / DATABASE), ignore_errors=True)


def installed_addons():
    """Names of the addons that the database has; none if it was not made."""
    try:
        connection = connect(DATABASE)
    except psycopg2.OperationalError:
        return set()
    with closing(connection), connection.cursor() as cursor:
        cursor.execute("SELECT name FROM ir_module_module WHERE state = 'installed'")
        return {name for name, in cursor}


def connect(database):
    """An autocommitting connection to the server that Odoo's settings name."""
    config = configparser.RawConfigParser()
    config.read(os.environ["ODOO_RC"])
    settings = ("host", "port", "user", "password")
    values = {
        name: config.get("options", "db_" + name)
        for name in settings
        if config.has_option("options", "db_" + name)
    }
    connection = psycopg2.connect(dbname=database, **values)
    connection.autocommit = True
    return connection


def run(group, options):
    """Run pytest on a group; its own output goes to the terminal."""
    started = time.time()
    report = LOCAL / "logs" / ("%s.xml" % group.title.replace(" ", "-"))
    report.parent.mkdir(parents=True, exist_ok=True)
    command = [sys.executable, "-m", "pytest", "--junit-xml=%s" % report]
    command += group.pytest_options + options + group.paths
    report.write_text("<testsuites/>")
    exit_code = subprocess.run(command, check=False, cwd=str(REPO)).returncode
    counts = count(report)
    return Result(group.title, *counts, time.time() - started, exit_code)


def count(report):
    """Return (passed, failed, skipped) of a JUnit report; errors are failures."""
    suites = ElementTree.parse(str(report)).getroot().findall("testsuite")
    total, failed, skipped = (
        sum(int(suite.get(name)) for suite in suites for name in names)
        for names in (["tests"], ["failures", "errors"], ["skipped"])
    )
    return max(total - failed - skipped, 0), failed, skipped


def summary(results):
    """Print one line per group and a closing line; return the exit code."""
    print("\n%-12s %8s %8s %8s %8s" % ("", "passed", "failed", "skipped", "seconds"))
    for result in results:
        print("%-12s %8d %8d %8d %8.0f" % result[:5])
    for problem in problems(results):
        print(problem)
    passed = sum(result.passed for result in results)
    failed = sum(result.failed for result in results)
    print("%d passed, %d failed" % (passed, failed))
    return 1 if any(problems(results)) else 0


def problems(results):
    """What makes the whole run a failure, a sentence each."""
    for result in results:
        if result.exit_code not in (0, NO_TESTS):
            yield "%s: pytest ended with code %d." % (result.title, result.exit_code)
    if not any(result.passed or result.failed for result in results):
        yield "No test was run: nothing fits the options, or all were skipped."


def say(text):
    print("[sync-studio] %s" % text, flush=True)


def main(arguments):
    try:
        paths, options = split_arguments(arguments)
        chosen = groups(paths)
        for group in chosen:
            if group.title == "addons":
                make_database(group.paths)
        return summary([run(group, options) for group in chosen])
    except Refusal as refusal:
        say(refusal)
        print("0 passed, 1 failed")
        return 2
    except KeyboardInterrupt:
        return 130


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
