# Copyright 2026 Sync Studio contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl.html)
"""Real Odoo servers and databases for the end-to-end tests and for the demos.

Everything goes through ``scripts/odoo``, so it needs no settings of its own; run it
with the Python of the prepared environment, where ``ODOO_RC`` names Odoo's settings.
"""

import configparser
import contextlib
import ctypes
import fcntl
import hashlib
import os
import shutil
import signal
import socket
import subprocess
import time
import xmlrpc.client
from pathlib import Path

import psutil
import psycopg2

REPO = Path(__file__).resolve().parents[1]
ODOO = str(REPO / "scripts" / "odoo")
START_TIMEOUT = 120  # seconds
STOP_TIMEOUT = 20  # seconds
LOGS = REPO / ".local" / "logs"
ODOO_VERSION = REPO / ".local" / "stamps" / "odoo"
PR_SET_PDEATHSIG = 1
HOST = "127.0.0.1"


class ServerError(Exception):
    """A server did not start, or a database could not be made; the text has its log."""


class Odoo:
    """A server process for one database, with workers and job runner.

    Start it with ``running``.

    :param str database: an existing database
    :param options: more options of Odoo's command line
    :param int workers: 0 is one process with threads, without job runner
    :param str channels: capacity of the job runner
    :param int port: preferred port; a free one is taken where it is not free
    """

    def __init__(self, database, *options, workers=2, channels="root:2", port=0):
        self.database = database
        self.port = free_port(port)
        self.url = "http://%s:%s" % (HOST, self.port)
        self.log = LOGS / (database + ".log")
        self._workers = workers
        self._channels = channels
        self._options = options
        self._process = None

    def start(self):
        """Start the process, which dies with this one; do not wait for it."""
        self._process = _spawn(self._command(), self.log, self._environment())

    def wait(self, timeout=START_TIMEOUT):
        """Wait until the server answers for its database.

        :raises ServerError: it ended, or did not answer in time
        """
        until(self._answers, timeout, "an answer of Odoo; its log: %s" % self.log)

    def check(self):
        """:raises ServerError: the process ended"""
        if self._process.poll() is not None:
            raise ServerError("Odoo ended:\n%s" % tail(self.log))

    def stop(self):
        """Stop the process and all of its children, if it runs."""
        if self._process is None:
            return
        if self._process.poll() is None:
            self._process.terminate()
            with contextlib.suppress(subprocess.TimeoutExpired):
                self._process.wait(STOP_TIMEOUT)
        self.kill()

    def kill(self):
        """End the process and all of its children without notice, as a crash would."""
        _kill(self._process)
        self._process = None

    def kill_workers(self):
        """End the worker processes without notice; the server starts new ones."""
        for process in psutil.Process(self._process.pid).children(recursive=True):
            process.kill()

    def rpc(self, login="admin", password="admin"):
        """Return a caller of the external API for a user."""
        return Rpc(self.url, self.database, login, password)

    def _command(self):
        command = [ODOO, "--database", self.database, "--db-filter", self._filter()]
        command += ["--http-port", str(self.port)]
        command += ["--longpolling-port", str(free_port())]
        command += ["--workers", str(self._workers)]
        if not self._workers:
            command += ["--load", "base,web"]
        return command + list(self._options)

    def _filter(self):
        return "^%s$" % self.database

    def _environment(self):
        return dict(
            os.environ,
            ODOO_QUEUE_JOB_CHANNELS=self._channels,
            ODOO_QUEUE_JOB_HOST=HOST,
            ODOO_QUEUE_JOB_PORT=str(self.port),
        )

    def _answers(self):
        self.check()
        try:
            return bool(self.rpc().uid)
        except OSError:
            return False


@contextlib.contextmanager
def running(*servers):
    """Start servers side by side, wait until all answer, and stop them at the end."""
    with contextlib.ExitStack() as stack:
        for server in servers:
            server.start()
            stack.callback(server.stop)
        for server in servers:
            server.wait()
        yield


def _spawn(command, log, environment=None):
    """Start a command in a group of its own, with its output in the file ``log``."""
    log.parent.mkdir(parents=True, exist_ok=True)
    with log.open("wb") as output:
        return subprocess.Popen(
            command,
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
            start_new_session=True,
            preexec_fn=_die_with_parent,
        )


def _die_with_parent():
    """Runs in a new process: let Linux stop it when its parent is killed."""
    ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGTERM)


def _kill(process):
    """End a process and its group; it may have ended already."""
    with contextlib.suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()


class Rpc:
    """Call methods of models over XML-RPC: ``rpc("res.partner", "read", [7])``."""

    def __init__(self, url, database, login, password):
        self._object = _proxy(url, "object")
        common = _proxy(url, "common")
        self.uid = common.authenticate(database, login, password, {})
        self._user = (database, self.uid, password)

    def __call__(self, model, method, *args, **kwargs):
        """:raises xmlrpc.client.Fault: Odoo refuses or fails"""
        call = (*self._user, model, method, args, kwargs)
        try:
            return self._object.execute_kw(*call)
        except xmlrpc.client.Fault as fault:
            if "cannot marshal None" in fault.faultString:  # the method's result
                return None
            raise

    def ref(self, xmlid):
        """Return the id (int) behind an external id ``module.name``."""
        module, name = xmlid.split(".", 1)
        domain = [("module", "=", module), ("name", "=", name)]
        (data,) = self("ir.model.data", "search_read", domain, ["res_id"])
        return data["res_id"]


def _proxy(url, service):
    return xmlrpc.client.ServerProxy("%s/xmlrpc/2/%s" % (url, service), allow_none=True)


# Databases


def fresh_database(database, modules, addons=(), demo=True):
    """Make ``database`` anew with ``modules``, as the copy of a template that is kept.

    :param str modules: names, comma-separated
    :param addons: folders of this repository that these modules live in: when one of
        their files changes, the template is made again
    """
    kind = _digest([modules, str(demo)])[:8]
    prefix = "sync_template_%s_" % kind
    template = prefix + _digest(_sources(addons))[:12]
    with _only_one_template_at_a_time():
        if template not in databases(prefix):
            for outdated in databases(prefix):
                drop_database(outdated)
            make_database(template, modules, demo)
        copy_database(template, database)


def _sources(addons):
    """Yield the names and contents of all files that an installation reads."""
    paths = [ODOO_VERSION, REPO / "requirements.txt"]
    for addon in addons:
        paths += sorted((REPO / addon).rglob("*.*"))
    for path in paths:
        if path.is_file() and path.suffix != ".pyc":
            yield str(path.relative_to(REPO))
            yield path.read_bytes()


def _digest(parts):
    digest = hashlib.sha256()
    for part in parts:
        digest.update(part if isinstance(part, bytes) else part.encode())
    return digest.hexdigest()


@contextlib.contextmanager
def _only_one_template_at_a_time():
    with (REPO / ".local" / "template.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def query(database, sql, params=None):
    """Run one statement and commit it; return its rows (list of tuples), if any."""
    connection = psycopg2.connect(dbname=database, **_server())
    connection.autocommit = True
    try:
        with connection.cursor() as cursor:
            cursor.execute(sql, params)
            return cursor.fetchall() if cursor.description else []
    finally:
        connection.close()


def databases(prefix=""):
    """Return the names of the databases that begin with ``prefix``."""
    rows = query("postgres", "SELECT datname FROM pg_database ORDER BY datname")
    return [name for (name,) in rows if name.startswith(prefix)]


def make_database(database, modules, demo=True):
    """Make a database with ``modules`` (comma-separated), replacing an older one.

    It gets its name only when it is complete.

    :raises ServerError: the installation failed
    """
    draft = database + "_new"
    drop_database(draft)
    drop_database(database)
    command = [ODOO, "--database", draft, "--init", modules, "--stop-after-init"]
    command += ["--max-cron-threads", "0"]
    command += [] if demo else ["--without-demo", "all"]
    log = LOGS / (database + "-install.log")
    process = _spawn(command, log)
    try:
        code = process.wait()
    finally:
        _kill(process)
    if code or not _is_installed(draft, modules, demo):
        raise ServerError("Installing %s failed:\n%s" % (modules, tail(log)))
    _rename_database(draft, database)


def copy_database(template, database):
    """Make ``database`` a copy of ``template``, replacing an older one."""
    drop_database(database)
    query("postgres", 'CREATE DATABASE "%s" TEMPLATE "%s"' % (database, template))
    if filestore(template).exists():
        shutil.copytree(filestore(template), filestore(database))


def drop_database(database):
    """Remove a database with its files; sessions on it are ended."""
    query(
        "postgres",
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s",
        [database],
    )
    query("postgres", 'DROP DATABASE IF EXISTS "%s"' % database)
    shutil.rmtree(filestore(database), ignore_errors=True)


def filestore(database):
    """Return the folder (Path) of a database's attachments."""
    return Path(_settings()["data_dir"]) / "filestore" / database


def _rename_database(database, name):
    query("postgres", 'ALTER DATABASE "%s" RENAME TO "%s"' % (database, name))
    if filestore(database).exists():
        filestore(database).rename(filestore(name))


def _is_installed(database, modules, demo):
    """Odoo ends without error when demo data fails; it only leaves it out."""
    rows = query(
        database,
        "SELECT name FROM ir_module_module"
        " WHERE state = 'installed' AND demo = %s AND name = ANY(%s)",
        [demo, modules.split(",")],
    )
    return len(rows) == len(modules.split(","))


def _server():
    """How to reach PostgreSQL, from Odoo's settings."""
    keys = {"db_host": "host", "db_port": "port", "db_user": "user"}
    keys["db_password"] = "password"
    settings = _settings()
    return {keys[key]: settings[key] for key in keys if settings.get(key)}


def _settings():
    path = os.environ.get("ODOO_RC")
    if not path:
        raise ServerError("ODOO_RC is not set: start this through scripts/test or kin.")
    parser = configparser.RawConfigParser()
    parser.read(path)
    return dict(parser["options"])


# Ports, time and logs


def free_port(preferred=0):
    """Return a free port: ``preferred``, or any other where that is taken."""
    for port in (preferred, 0):
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            with contextlib.suppress(OSError):
                probe.bind((HOST, port))
                return probe.getsockname()[1]
    raise ServerError("No port is free on %s" % HOST)


def until(condition, timeout=60, what="the condition", pause=0.1):
    """Call ``condition`` until its result is true; return that result.

    :raises ServerError: that took longer than ``timeout`` seconds
    """
    end = time.monotonic() + timeout
    while True:
        result = condition()
        if result:
            return result
        if time.monotonic() > end:
            raise ServerError("Waited %s seconds in vain for %s" % (timeout, what))
        time.sleep(pause)


def tail(log, lines=30):
    """Return the last lines of a file as text."""
    return "\n".join(log.read_text(errors="replace").splitlines()[-lines:])
