# Copyright 2026 Sync Studio contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl.html)
"""Projects travel between real servers: as modules that are installed, as uploads."""

import base64
import io
import json
import os
import subprocess
import zipfile

import pytest
from browser import Person, chromium
from servers import (
    ODOO,
    Odoo,
    drop_database,
    fresh_database,
    make_database,
    query,
    running,
)

HOME = "transfer_home"
AWAY = "transfer_away"
MODULE = "sync_webshop"
ROLES = {"user": "User", "dev": "Developer", "manager": "Administrator"}
DEMOS = {
    "sync_odoo2odoo_demo": "odoo2odoo_project",
    "sync_telegram_demo": "telegram_project",
    "sync_github_trello_demo": "trello-github_project",
}
CODE = """
def handle_cron():
    orders = env["calendar.event"].search([])
    log("%s ]]> orders" % len(orders))

def handle_button():
    log(texts.HELLO)

def handle_webhook(httprequest):
    log(httprequest.data)
"""


@pytest.fixture(scope="module")
def home():
    """A server with all demo projects."""
    fresh_database(HOME, ",".join(["calendar", *DEMOS]), addons=["sync", *DEMOS])
    server = Odoo(HOME, "--max-cron-threads", "0")
    with running(server):
        yield server


@pytest.fixture(scope="module")
def exported(home):
    """The zip file of a project."""
    admin = home.rpc()
    project = admin("sync.project", "create", _webshop(admin))
    return export(home, project, MODULE)


@pytest.fixture(scope="module")
def away(exported, tmp_path_factory):
    """A server with nothing but the module that was exported."""
    folder = tmp_path_factory.mktemp("addons")
    with zipfile.ZipFile(io.BytesIO(exported)) as archive:
        archive.extractall(folder)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("EXTRA_ADDONS", str(folder))
        make_database(AWAY, MODULE, demo=False)
        server = Odoo(AWAY, "--max-cron-threads", "0")
        with running(server):
            yield server
    drop_database(AWAY)


def _webshop(admin):
    def line(**values):
        return (0, 0, values)

    texts = {"fr_FR": {"value": "Bonjour"}, "de_DE": {"value": "Guten Tag"}}
    return {
        "name": "Webshop",
        "description": "Orders come here.\n\nAsk the sales team.",
        "param_ids": [line(key="URL", value="https://shop.example.com")],
        "text_param_ids": [
            line(key="HELLO", value="Hello", translations=json.dumps(texts))
        ],
        "secret_ids": [line(key="TOKEN", value="s3cr3t", description="Of the shop")],
        "task_ids": [
            line(
                name="Import orders",
                code=CODE,
                cron_ids=[line(trigger_name="NIGHTLY", interval_type="days")],
                webhook_ids=[line(trigger_name="ON_ORDER", mode="queued")],
                button_ids=[line(trigger_name="GREET")],
            )
        ],
    }


def export(server, project, module):
    """Return the zip file (bytes) of a project."""
    admin = server.rpc()
    values = {"project_id": project, "module": module, "author_name": "Me"}
    values.update(copyright_years="2026")
    wizard = admin("sync.make.module", "create", values)
    admin("sync.make.module", "act_makefile", [wizard])
    (files,) = admin("sync.make.module", "read", [wizard], ["zip_data"])
    return base64.b64decode(files["zip_data"])


def upload(server, content, module):
    """Import a file; return the id of its project."""
    admin = server.rpc()
    values = {"file": base64.b64encode(content).decode(), "module": module}
    wizard = admin("sync.import.project", "create", values)
    admin("sync.import.project", "action_preview", [wizard])
    return admin("sync.import.project", "action_import", [wizard])["res_id"]


def test_module_installs_and_gives_the_same_project(away, exported):
    project = away.rpc().ref(MODULE + ".webshop--sync-project")
    assert export(away, project, MODULE) == exported
    translations = query(
        AWAY,
        "SELECT lang, value FROM ir_translation"
        " WHERE name = 'sync.project.text,value' ORDER BY lang",
    )
    assert translations == [("de_DE", "Guten Tag"), ("fr_FR", "Bonjour")]
    secret = "SELECT key, value, description FROM sync_project_secret"
    assert query(AWAY, secret) == [("TOKEN", None, "Of the shop")]


def test_module_depends_on_what_the_code_uses(away):
    installed = query(
        AWAY,
        "SELECT 1 FROM ir_module_module WHERE name = 'calendar' AND state = %s",
        ["installed"],
    )
    assert installed


def test_project_of_the_module_runs(away):
    admin = away.rpc()
    button = admin("sync.trigger.button", "search", [("trigger_name", "=", "GREET")])
    action = admin("sync.trigger.button", "start_button", button)
    (job,) = admin("sync.job", "read", [action["res_id"]], ["state"])
    assert job["state"] == "done"


def test_module_passes_its_own_tests(away):
    command = [ODOO, "--database", AWAY, "--update", MODULE, "--stop-after-init"]
    command += ["--test-enable", "--test-tags", "/" + MODULE, "--max-cron-threads", "0"]
    command += ["--http-port", "0", "--no-http"]
    done = subprocess.run(
        command, env=os.environ, stdout=subprocess.PIPE, stderr=subprocess.STDOUT
    )
    log = done.stdout.decode()
    assert done.returncode == 0, log
    assert "1 post-tests in" in log


@pytest.mark.parametrize("addon, xml_id", DEMOS.items())
def test_demo_projects_travel(home, addon, xml_id):
    project = home.rpc().ref("%s.%s" % (addon, xml_id))
    first = export(home, project, "sync_copied")
    ids = "SELECT count(*) FROM ir_model_data WHERE module = 'sync_copied'"
    assert query(HOME, ids) != [(0,)]
    query(HOME, "DELETE FROM ir_model_data WHERE module = 'sync_copied'")
    copied = upload(home, first, "sync_copied")
    assert copied != project
    assert export(home, copied, "sync_copied") == first
    query(HOME, "DELETE FROM ir_model_data WHERE module = 'sync_copied'")


@pytest.fixture(scope="module")
def people(home, exported):
    """A person of each role, by login; the project to export is there."""
    admin = home.rpc()
    for login in ROLES:
        group = admin.ref("sync.sync_group_%s" % login)
        vals = {"name": ROLES[login], "login": login, "password": login}
        admin("res.users", "create", dict(vals, groups_id=[(6, 0, [group])]))
    with chromium() as browser:
        yield {login: Person(browser, home, login) for login in ROLES}


@pytest.mark.parametrize("role", ["dev", "manager"])
def test_export_by_clicks(person, role):
    someone = person(role)
    someone.open_row("Webshop")
    someone.choose("Action", "Export to XML")
    someone.fill("module", MODULE)
    someone.look("export")
    someone.press("Export")
    someone.look("exported")
    assert "sync_webshop.zip" in someone.text("zip_data")
    someone.press("Close")


def test_import_by_clicks(person, exported, tmp_path):
    file = tmp_path / "shop.zip"
    file.write_bytes(exported)
    someone = person("manager")
    someone.menu("Import")
    someone.page.set_input_files(".modal input[type=file]", str(file))
    someone.settle()
    someone.look("import")
    someone.press("Preview")
    someone.look("preview")
    assert someone.row("ON_ORDER").is_visible()
    someone.press("Import")
    assert someone.title() == "Webshop"


@pytest.mark.parametrize("role", ["user", "dev"])
def test_only_administrators_are_offered_the_import(person, role):
    menus = person(role).page.locator(".o_menu_sections").inner_text().split("\n")
    assert "Projects" in menus
    assert "Import" not in menus


def test_users_are_not_offered_the_export(person):
    someone = person("user")
    someone.open_row("Webshop")
    actions = someone.page.locator(".o_cp_bottom button", has_text="Action")
    if actions.count():
        someone.click(actions)
    assert "Export to XML" not in someone.page.content()
