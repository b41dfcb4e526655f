# Copyright 2026 Sync Studio contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl.html)
"""Databases of the benchmarks, and Odoo in this process.

One database with the addon ``benchmark_floor`` is made and kept until the code changes;
each concern fills a copy of its own.
"""

import contextlib
import hashlib
from pathlib import Path

from servers import REPO, copy_database, databases, drop_database, make_database, query

import odoo
from odoo import SUPERUSER_ID, api

TEMPLATE = "bench_template"
ADDON = "benchmark_floor"
SOURCES = (REPO / "sync", REPO / "benchmarks" / "addons")


def start_odoo():
    """Let this process use Odoo, as a server with one thread does."""
    odoo.tools.config.parse_config(["--log-level", "warn"])
    odoo.service.server.load_server_wide_modules()


def prepare_template():
    """Make the database that all others are copies of, unless it is up to date."""
    version = _version()
    if TEMPLATE in databases(TEMPLATE) and _comment(TEMPLATE) == version:
        return
    make_database(TEMPLATE, ADDON, demo=False)
    query("postgres", "COMMENT ON DATABASE %s IS '%s'" % (TEMPLATE, version))


@contextlib.contextmanager
def fresh(name):
    """Give the name of a new database, which is dropped at the end."""
    database = "bench_" + name
    copy_database(TEMPLATE, database)
    try:
        yield database
    finally:
        close(database)
        drop_database(database)


def close(database):
    """Let this process forget a database that it has used."""
    odoo.modules.registry.Registry.delete(database)
    odoo.sql_db.close_db(database)


@contextlib.contextmanager
def environment(database, user=None, commit=False):
    """Give an environment with an empty cache.

    :param str user: name of the user in ``benchmark_floor``; else the superuser
    :param bool commit: whether to keep what is written
    """
    with api.Environment.manage(), odoo.registry(database).cursor() as cr:
        env = api.Environment(cr, SUPERUSER_ID, {})
        if user:
            env = env(user=env.ref("%s.%s" % (ADDON, user)).id)
        yield env
        if not commit:  # else done by the end of the cursor
            cr.rollback()


def record(env, name):
    """Return a record of ``benchmark_floor`` by its name, for the user of ``env``."""
    return env.ref("%s.%s" % (ADDON, name)).with_env(env)


def in_run(database, function, commit=False):
    """Return what ``function(names)`` gives in a run of a button.

    It gets what user code sees, as a dict. Its writes are rolled back, if not ``commit``.
    """
    with environment(database, "user_developer", commit) as env:
        button = record(env, "button_measured").with_context(benchmark=function)
        return button.start()[1]


def _version():
    digest = hashlib.sha256()
    for folder in SOURCES:
        for path in sorted(_sources(folder)):
            digest.update(str(path.relative_to(REPO)).encode() + path.read_bytes())
    return digest.hexdigest()


def _sources(folder):
    paths = Path(folder).rglob("*.*")
    return (path for path in paths if path.is_file() and path.suffix != ".pyc")


def _comment(database):
    rows = query(
        "postgres",
        "SELECT shobj_description(oid, 'pg_database') FROM pg_database"
        " WHERE datname = %s",
        [database],
    )
    return rows[0][0]
