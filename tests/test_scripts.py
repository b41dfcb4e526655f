# Copyright 2026 Sync Studio contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl.html)
"""The scripts in hard places: odd paths, other users, interruptions, bad servers.

Each test works in a copy of the scripts; what was fetched already is linked from
the repository, so nothing is downloaded.
"""

import os
import re
import shutil
import signal
import subprocess
import tempfile
import time
from pathlib import Path

import pytest

REPO = Path(__file__).resolve().parents[1]
FETCHED = ["odoo", "venv", "pgsql", "python"]
SELECT_ONE = ["scripts/psql", "-Atc", "select 1", "postgres"]
TIMEOUT = 60  # seconds


class Copy:
    """A copy of the scripts in a folder of its own."""

    def __init__(self, folder):
        self.folder = folder
        self.local = folder / ".local"
        self.environment = {
            name: value
            for name, value in os.environ.items()
            if name != "ODOO_RC" and not name.startswith("PG")
        }
        (self.local / "stamps").mkdir(parents=True)
        shutil.copytree(str(REPO / "scripts"), str(folder / "scripts"))
        shutil.copy(str(REPO / "requirements.txt"), str(folder))
        self._link_what_was_fetched()

    def _link_what_was_fetched(self):
        for name in FETCHED:
            if (REPO / ".local" / name).exists():
                (self.local / name).symlink_to(REPO / ".local" / name)
        for name in ["odoo", "python", "pgsql"]:
            if (REPO / ".local" / "stamps" / name).exists():
                shutil.copy(
                    str(REPO / ".local" / "stamps" / name), str(self.local / "stamps")
                )

    def start(self, command, **environment):
        return subprocess.Popen(
            command,
            cwd=str(self.folder),
            env=dict(self.environment, **environment),
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            universal_newlines=True,
            start_new_session=True,
        )

    def run(self, command, **environment):
        """Return (exit code, what was printed)."""
        process = self.start(command, **environment)
        output, _nothing = process.communicate(timeout=TIMEOUT)
        return process.returncode, output

    def move(self, name):
        target = self.folder.with_name(name)
        self.folder.rename(target)
        self.folder, self.local = target, target / ".local"

    def postmaster(self):
        """The process number of the private PostgreSQL."""
        pid_file = self.local / "postgres" / "data" / "postmaster.pid"
        return int(pid_file.read_text().split()[0])


@pytest.fixture
def place():
    """A short folder that other users may enter."""
    folder = Path(tempfile.mkdtemp(prefix="scripts-"))
    folder.chmod(0o755)
    copies = []

    def make(name="copy"):
        copies.append(Copy(folder / name))
        return copies[-1]

    yield make
    for copy in copies:
        copy.run(["scripts/stop"])
    shutil.rmtree(str(folder))


def wait_for(condition):
    deadline = time.monotonic() + TIMEOUT
    while not condition():
        assert time.monotonic() < deadline, "It did not come about in time."
        time.sleep(0.01)


def test_path_with_spaces_longer_than_a_socket_allows(place):
    copy = place("a path with spaces/" + "deep/" * 30)
    assert copy.run(SELECT_ONE)[1].endswith("\n1\n")
    assert copy.run(["scripts/odoo", "--version"])[1].endswith("Odoo Server 14.0\n")


def test_second_start_is_quick(place):
    copy = place()
    copy.run(SELECT_ONE)
    started = time.monotonic()
    assert copy.run(SELECT_ONE) == (0, "1\n")
    assert time.monotonic() - started < 2


def test_interrupted_first_start_is_made_good(place):
    copy = place()
    for traces in ["postgres", "postgres/data/global", "postgres/data/postmaster.pid"]:
        process = copy.start(SELECT_ONE)
        wait_for((copy.local / traces).exists)
        os.killpg(process.pid, signal.SIGKILL)
        process.communicate()
    assert copy.run(SELECT_ONE)[1].endswith("\n1\n")


def test_killed_postgres_is_started_again(place):
    copy = place()
    copy.run(SELECT_ONE)
    os.kill(copy.postmaster(), signal.SIGKILL)
    assert copy.run(SELECT_ONE)[1].endswith("1\n")


def test_moved_folder_takes_its_databases_along(place):
    copy = place()
    copy.run(["scripts/psql", "-c", "create database moved", "postgres"])
    copy.move("elsewhere")
    assert copy.run(["scripts/psql", "-Atc", "select 1", "moved"])[1].endswith("1\n")


def test_two_commands_at_once(place):
    copy = place()
    processes = [copy.start(SELECT_ONE), copy.start(SELECT_ONE)]
    outputs = [process.communicate(timeout=TIMEOUT)[0] for process in processes]
    assert [process.returncode for process in processes] == [0, 0]
    assert "".join(outputs).count("Creating a private PostgreSQL cluster") == 1


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can become someone else")
def test_ordinary_user_has_a_private_postgres(place):
    copy = place()
    # the interpreter may lie in root's home, and is not needed for this
    (copy.local / "venv").unlink()
    (copy.local / "venv" / "bin").mkdir(parents=True)
    (copy.local / "venv" / "bin" / "python").symlink_to("/bin/true")
    subprocess.run(["chown", "-R", "nobody", str(copy.folder)], check=True)
    as_nobody = ["setpriv", "--reuid=nobody", "--clear-groups"]
    if subprocess.run(as_nobody + ["ls", str(REPO)], check=False).returncode:
        pytest.skip("ordinary users cannot read the repository")
    assert copy.run(as_nobody + SELECT_ONE)[1].endswith("\n1\n")


def test_settings_follow_the_environment(place):
    copy = place()
    print_settings = [
        "bash",
        "-c",
        'source scripts/lib/prepare.sh; prepare; cat "$ODOO_RC"',
    ]
    settings = copy.run(print_settings)[1]
    assert re.search(r"^addons_path = .*,%s$" % copy.folder, settings, re.M)
    socket = re.search(r"^db_host = (.*)$", settings, re.M).group(1)
    other = copy.run(
        print_settings, PGHOST=socket, PGUSER="odoo", EXTRA_ADDONS="/x,/y"
    )[1]
    assert re.search(r"^addons_path = .*,%s,/x,/y$" % copy.folder, other, re.M)
    assert re.search(r"^db_user = odoo$", other, re.M)
    assert not re.search(
        r"^pg_path", other, re.M
    ), "its programs may be of another version"


def test_named_server_that_is_down_is_told(place):
    code, output = place().run(SELECT_ONE, PGHOST="127.0.0.1", PGPORT="1")
    assert code == 1
    assert "PGHOST names does not let us in" in output
    assert "unset PGHOST" in output


def test_path_that_odoo_cannot_hold_is_told(place):
    code, output = place("one,two").run(SELECT_ONE)
    assert code == 1
    assert "The folder's path has a comma" in output


def test_machine_without_apt_is_told(place):
    copy = place()
    shutil.rmtree(str(copy.local / "stamps"))
    tools = copy.folder / "tools"
    tools.mkdir()
    for name in "bash cut dirname flock id mkdir rm sha256sum".split():
        (tools / name).symlink_to(shutil.which(name))
    code, output = copy.run(["bash", "scripts/odoo"], PATH=str(tools), ODOO_PREFIX="")
    assert code == 1
    assert "apt-get and dpkg-deb" in output
    assert "docker compose up" in output


@pytest.mark.parametrize(
    "arguments, message",
    [
        (["sync_quiet"], "sync_quiet has no tests"),
        (["sync_none"], "There is no test sync_none. Choose from: sync_quiet"),
        (["/etc"], "There is no test /etc"),
    ],
)
def test_nothing_to_test_is_told(place, arguments, message):
    copy = place()
    (copy.folder / "sync_quiet").mkdir()
    (copy.folder / "sync_quiet" / "__manifest__.py").write_text("{}")
    code, output = copy.run(["scripts/test"] + arguments, CHROMIUM="true")
    assert code == 2
    assert message in output
    assert output.endswith("\n0 passed, 1 failed\n")
