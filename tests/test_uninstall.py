# Copyright 2026 Sync Studio contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl.html)
"""Whatever is uninstalled or deleted, the database that is left works."""

import re
from contextlib import contextmanager
from types import SimpleNamespace

import pytest
import requests
from addons_client import TIMEOUT, Client, findable
from servers import (
    LOGS,
    REPO,
    Odoo,
    copy_database,
    fresh_database,
    query,
    running,
    until,
)

DEMOS = sorted(path.parent.name for path in REPO.glob("sync_*_demo/__manifest__.py"))
DROP_INS = ["dropin_livechat", "dropin_messenger", "dropin_shop"]
MODULES = ",".join(["sync", "contacts"] + DROP_INS + DEMOS)
SOURCES = ("sync", *("tests/addons/" + name for name in DROP_INS), *DEMOS)

CODE = """
def handle_button():
    log("sent", log_type="data_out")
    log("received", log_type="data_in")
    add_job("step")()
    add_job("step", eta=24 * 3600)()

def handle_cron():
    log("scheduled")

def handle_db(records):
    log(", ".join(records.mapped("display_name")), name="result")
    for record in records:
        record.set_link("uninstall", record.id)

def handle_webhook(httprequest):
    return "seen"

def step():
    log("step")
"""


@pytest.fixture(scope="module")
def databases():
    """Two equal databases: of the one addons go, of the other Sync Studio itself."""
    names = ("uninstall_addons", "uninstall_sync")
    with findable():
        fresh_database(names[0], MODULES, addons=SOURCES)
        copy_database(*names)
        yield names


@pytest.fixture(scope="module")
def server(databases):
    """A server whose database loses addons of projects, one after the other."""
    with _running(databases[0]) as server:
        yield server


@pytest.fixture(scope="module")
def client(server):
    return Client(server)


@contextmanager
def _running(database):
    server = Odoo(database, "--max-cron-threads", "0")
    with running(server):
        yield server


def make_project(client, model="res.partner", **values):
    """Make an active project of one task with a trigger of each kind (their ids)."""
    create = client.rpc
    values = {"name": "Mine", "active": True, "common_code": "MINE = 1", **values}
    made = SimpleNamespace(project=create("sync.project", "create", values))
    task = {"name": "My task", "code": CODE, "project_id": made.project}
    made.task = create("sync.task", "create", task)
    (model_id,) = create("ir.model", "search", [("model", "=", model)])
    for kind, trigger in (
        ("button", {}),
        ("cron", {"interval_type": "days"}),
        ("automation", {"model_id": model_id, "trigger": "on_create"}),
        ("webhook", {}),
    ):
        trigger.update(trigger_name="MY_" + kind.upper(), sync_task_id=made.task)
        trigger_id = create("sync.trigger." + kind, "create", trigger)
        setattr(made, kind, trigger_id)
    for kind in ("param", "text", "secret"):
        value = {"key": "MY_" + kind.upper(), "value": "my value of the " + kind}
        model = "sync.project." + kind
        create(model, "create", {**value, "project_id": made.project})
    return made


def click(client, made):
    """Click the button; return the job (id) and, when it has run, its first sub-job."""
    action = client.rpc("sync.trigger.button", "start_button", [made.button])
    job = action["res_id"]

    def first_step():
        domain = [("parent_job_id", "=", job), ("own_state", "=", "done")]
        return client.rpc("sync.job", "search", domain)

    return job, until(first_step, TIMEOUT, "the first sub-job")[0]


def call(client, made):
    """Call the webhook; return the response."""
    (row,) = client.rpc("sync.trigger.webhook", "read", [made.webhook], ["website_url"])
    path = row["website_url"].split("/", 3)[3]
    return requests.post("%s/%s" % (client.url, path), b"hello", timeout=TIMEOUT)


def read(client, model, record, field):
    """Return a value; of a Many2one the id; None when the record is gone."""
    rows = client.rpc(model, "search_read", [("id", "=", record)], [field])
    if not rows:
        return None
    value = rows[0][field]
    return value[0] if isinstance(value, list) and value else value


def uninstall(client, addon):
    """Uninstall an addon when no job runs: Odoo skips records that change meanwhile."""
    running = [("own_state", "in", ["pending", "enqueued", "started"])]
    running += [("queue_job_id.eta", "=", False)]
    until(
        lambda: not client.rpc("sync.job", "search_count", running),
        TIMEOUT,
        "the end of all jobs",
    )
    module = client.rpc.ref("base.module_" + addon)
    client.rpc("ir.module.module", "button_immediate_uninstall", [module])
    (row,) = client.rpc("ir.module.module", "read", [module], ["state"])
    assert row["state"] == "uninstalled"


# What has to work


class WebClient:
    """Somebody who is logged in, and what their browser asks the server for."""

    def __init__(self, client, database, login="admin"):
        self._url = client.url
        self.session = requests.Session()
        user = {"db": database, "login": login, "password": login}
        assert self._ask("/web/session/authenticate", user)["uid"]

    def load(self):
        """Load the page with all of its scripts and styles."""
        page = self.get("/web").text
        files = re.findall(r'(?:src|href)="(/web/content/[^"]+\.(?:js|css))"', page)
        assert files
        for path in files:
            assert "AssetsErrorMessage" not in self.get(path).text

    def open_all_pages(self):
        """Open the list and a form of each page in a menu; return their number."""
        menus = self._call("ir.ui.menu", "search_read", [], fields=["action"])
        actions = {menu["action"] for menu in menus if menu["action"]}
        pages = [int(name.split(",")[1]) for name in actions if "act_window" in name]
        for page in pages:
            action = self._ask("/web/action/load", {"action_id": page})
            self.open_page(action["res_model"], action["views"])
        return len(pages)

    def get(self, path):
        response = self.session.get(self._url + path, timeout=TIMEOUT)
        assert response.status_code == 200, path
        return response

    def open_page(self, model, views):
        """Open views of a model; ``views`` has an id, or False, and a kind for each."""
        found = self._call(model, "load_views", views=views)["fields_views"]
        for kind in {"list", "form", "kanban"} & set(found):
            names = list(found[kind]["fields"])
            self._call(model, "search_read", [], fields=names, limit=2)

    def _call(self, model, method, *args, **kwargs):
        call = {"model": model, "method": method, "args": args, "kwargs": kwargs}
        return self._ask("/web/dataset/call_kw", call)

    def _ask(self, path, params):
        url = self._url + path
        answer = self.session.post(url, json={"params": params}, timeout=TIMEOUT).json()
        assert "error" not in answer, answer["error"]["data"]["debug"]
        return answer["result"]


def use_partners(client):
    """Do what automations may watch."""
    partner = client.rpc("res.partner", "create", {"name": "Used"})
    client.rpc("res.partner", "write", [partner], {"name": "Used more"})
    client.rpc("res.partner", "unlink", [partner])


def run_queue(client, web):
    """Have the queue run a job of its own."""
    answer = web.get("/queue_job/create_test_job").text
    uuid = re.search(r"[0-9a-f-]{36}", answer).group()
    domain = [("uuid", "=", uuid), ("state", "=", "done")]
    until(lambda: client.rpc("queue.job", "search_count", domain), TIMEOUT, "the queue")


def run_schedules(client):
    """Run the schedules of the addons that Sync Studio builds on."""
    domain = [("model_id.model", "in", ["base.automation", "queue.job"])]
    crons = client.rpc("ir.cron", "search", domain)
    assert crons
    client.rpc("ir.cron", "method_direct_trigger", crons)


def orphans(database):
    """Return the server actions of triggers that are gone."""
    return query(
        database,
        """
        SELECT action.id, action.code FROM ir_act_server action
         WHERE action.code LIKE '%sync.trigger.%'
           AND NOT EXISTS (SELECT FROM sync_trigger_webhook
                            WHERE action_server_id = action.id)
           AND NOT EXISTS (SELECT FROM ir_cron JOIN sync_trigger_cron AS cron
                               ON cron.cron_id = ir_cron.id
                            WHERE ir_cron.ir_actions_server_id = action.id)
           AND NOT EXISTS (SELECT FROM base_automation AS rule
                             JOIN sync_trigger_automation AS automation
                               ON automation.automation_id = rule.id
                            WHERE rule.action_server_id = action.id)
        """,
    )


# Addons of projects


@pytest.mark.parametrize("addon", DEMOS)
def test_uninstall_demo(client, server, addon):
    (own,) = client.rpc(
        "ir.model.data",
        "search_read",
        [("module", "=", addon), ("model", "=", "sync.project")],
        ["res_id"],
    )
    copy = client.rpc("sync.project", "copy", own["res_id"])
    client.rpc("sync.project", "write", [copy], {"active": True})
    fields = ["common_code", "task_ids", "param_ids", "text_param_ids", "secret_ids"]
    (before,) = client.rpc("sync.project", "read", [copy], fields)
    client.rpc("sync.project.secret", "write", before["secret_ids"], {"value": "mine"})
    parts = _parts(client, before)
    (context,) = client.rpc("sync.project", "read", [copy], ["eval_context"])
    assert context["eval_context"]

    uninstall(client, addon)

    (after,) = client.rpc("sync.project", "read", [copy], [])
    assert {field: after[field] for field in ["id"] + fields} == before
    assert _parts(client, before) == parts
    assert (after["eval_context"], after["active"]) == (False, False)
    assert read(client, "sync.project", own["res_id"], "name") is None
    assert orphans(server.database) == []
    client.rpc("sync.project", "copy", copy)
    _assert_projects_run(client, server.database)


def _parts(client, project):
    """Return codes and values of a project."""
    return [
        client.rpc("sync.task", "read", project["task_ids"], ["name", "code"]),
        client.rpc("sync.project.param", "read", project["param_ids"], ["value"]),
        client.rpc("sync.project.text", "read", project["text_param_ids"], ["value"]),
        client.rpc("sync.project.secret", "read", project["secret_ids"], ["value"]),
    ]


def _assert_projects_run(client, database):
    """Whatever was uninstalled, other projects go on."""
    WebClient(client, database).open_all_pages()
    use_partners(client)
    made = make_project(client)
    click(client, made)
    assert call(client, made).text == "seen"
    client.rpc("sync.project", "unlink", [made.project])


def test_uninstall_addon_without_ondelete(client, server):
    """It also takes along a model that triggers watch and links lead to."""
    made = make_project(client, "dropin.product", eval_context="dropin_shop")
    keys = [{"key": key, "value": "x"} for key in ("API_KEY", "API_SECRET")]
    for key in keys:
        key["project_id"] = made.project
        client.rpc("sync.project.secret", "create", key)
    url = {"key": "SHOP_URL", "value": "x", "project_id": made.project}
    client.rpc("sync.project.param", "create", url)
    product = client.rpc("dropin.product", "create", {"name": "Tea"})
    domain = [("trigger_automation_id", "=", made.automation)]
    (job,) = until(lambda: client.rpc("sync.job", "search", domain), TIMEOUT, "a job")
    assert client.ended(job) == "done"
    assert client.messages(job, name="result") == ["Tea"]
    click(client, made)

    uninstall(client, "dropin_shop")

    assert read(client, "sync.project", made.project, "eval_context") is False
    assert read(client, "sync.task", made.task, "code") == CODE
    assert read(client, "sync.job", job, "state") == "done"
    assert read(client, "sync.trigger.automation", made.automation, "id") is None
    for table in ("ir_model", "ir_model_data"):
        left = "SELECT id FROM %s WHERE model = 'dropin.product'" % table
        assert query(server.database, left) == []
    assert orphans(server.database) == []
    click(client, made)
    links = "SELECT ref1 FROM sync_link WHERE model = 'dropin.product'"
    assert query(server.database, links) == [(str(product),)]
    _assert_projects_run(client, server.database)


def test_uninstall_addon_that_takes_projects_along(client, server):
    made = make_project(client)
    job, _step = click(client, made)
    values = {"eval_context": "dropin_messenger"}
    client.rpc("sync.project", "write", [made.project], values)

    uninstall(client, "dropin_messenger")

    assert read(client, "sync.project", made.project, "id") is None
    assert read(client, "sync.job", job, "project_id") is False
    assert client.messages(job, type="data_out") == ["sent"]
    assert orphans(server.database) == []
    _assert_projects_run(client, server.database)


# Sync Studio itself


def test_uninstall_sync(databases):
    with _running(databases[1]) as server:
        client = Client(server)
        developer = _make_developer(client)
        made = make_project(client)
        client.rpc("res.partner", "create", {"name": "Watched"})
        job, _step = click(client, made)
        assert call(client, made).text == "seen"
        client.rpc("sync.trigger.cron", "start_button", [made.cron])
        assert client.messages(job, type="data_out") == ["sent"]
        lines = client.lines(job, type="data_in")
        left_over = {"name": "Left over", "state": "code", "code": LEFT_OVER}
        left_over["model_id"] = client.rpc.ref("base.model_res_partner")
        client.rpc("ir.actions.server", "create", left_over)

        uninstall(client, "sync")

        _assert_nothing_is_left(server.database)
        types = "SELECT DISTINCT type FROM ir_logging"
        assert query(server.database, types) == [("server",)]
        messages = "SELECT count(*) FROM ir_logging WHERE message = 'received'"
        assert query(server.database, messages) == [(len(lines),)]
        assert "Unable to delete" not in _log(server)
        use_partners(client)
        server.stop()
        server.start()
        server.wait()
        _assert_works(server, client, developer)
        assert not re.search(r" (ERROR|CRITICAL) .*", _log(server))
        sync = client.rpc.ref("base.module_sync")
        client.rpc("ir.module.module", "button_immediate_install", [sync])
        _assert_projects_run(client, server.database)


# What the former version left of a trigger that was deleted.
LEFT_OVER = "env['sync.trigger.cron'].browse(999).start()"


def _log(server):
    """Return what the server has logged since its start."""
    return (LOGS / (server.database + ".log")).read_text()


def _make_developer(client):
    """Make somebody who has the role Developer alone; return the login."""
    groups = [(6, 0, [client.rpc.ref("sync.sync_group_dev")])]
    login = {"name": "Dev", "login": "developer", "password": "developer"}
    client.rpc("res.users", "create", {**login, "groups_id": groups})
    return login["login"]


def _assert_works(server, client, developer):
    web = WebClient(client, server.database)
    web.load()
    assert web.open_all_pages() > 10
    use_partners(client)
    run_queue(client, web)
    run_schedules(client)
    for kind in ("json", "http"):
        url = "%s/website/action-%s/token" % (client.url, kind)
        assert requests.post(url, b"{}", timeout=TIMEOUT).status_code == 404
    _assert_importable(client)
    person = WebClient(client, server.database, developer)
    person.open_page("res.partner", [[False, "list"], [False, "form"]])


def _assert_importable(client):
    """An addon that does not depend on Sync Studio goes on importing from it."""
    livechat = client.rpc.ref("base.module_dropin_livechat")
    (row,) = client.rpc("ir.module.module", "read", [livechat], ["state"])
    assert row["state"] == "installed"
    assert client.rpc("mail.channel", "create", {"name": "Chat"})


def _assert_nothing_is_left(database):
    for statement in (
        "SELECT name FROM ir_act_server WHERE code LIKE '%sync.trigger.%'",
        "SELECT id FROM base_automation",
        "SELECT cron_name FROM ir_cron WHERE cron_name LIKE 'Sync Studio%'",
        "SELECT uuid FROM queue_job WHERE model_name LIKE 'sync.%'",
        "SELECT model FROM ir_model WHERE model LIKE 'sync.%'",
        "SELECT model, name FROM ir_model_fields WHERE name LIKE 'sync\\_%'",
        "SELECT module, name FROM ir_model_data WHERE module LIKE 'sync%'",
        "SELECT model, res_id FROM ir_model_data WHERE model LIKE 'sync.%'",
        "SELECT relname FROM pg_class"
        " WHERE relname LIKE 'sync\\_%' AND relkind IN ('r', 'i', 'S')",
        "SELECT table_name, column_name FROM information_schema.columns"
        " WHERE column_name LIKE 'sync\\_%' AND table_schema = current_schema",
        "SELECT name FROM ir_ui_menu WHERE name LIKE 'Sync%'",
        "SELECT res_model, name FROM ir_act_window WHERE res_model LIKE 'sync.%'",
        "SELECT model, name FROM ir_ui_view WHERE model LIKE 'sync.%'",
    ):
        assert query(database, statement) == [], statement


# What goes along with what is deleted

CASCADE, SET_NULL = "c", "n"  # as PostgreSQL's catalogue has them
ON_DELETE = {
    "sync_project_param.project_id": CASCADE,
    "sync_project_text.project_id": CASCADE,
    "sync_project_secret.project_id": CASCADE,
    "sync_task.project_id": CASCADE,
    "sync_trigger_button.sync_task_id": CASCADE,
    "sync_trigger_cron.cron_id": CASCADE,
    "sync_trigger_automation.automation_id": CASCADE,
    "sync_trigger_webhook.action_server_id": CASCADE,
    "sync_webhook_delivery.trigger_webhook_id": CASCADE,
    "sync_webhook_delivery.task_id": SET_NULL,
    "sync_webhook_delivery.project_id": SET_NULL,
    "sync_webhook_delivery.first_id": SET_NULL,
    "sync_job.trigger_cron_id": SET_NULL,
    "sync_job.trigger_automation_id": SET_NULL,
    "sync_job.trigger_webhook_id": SET_NULL,
    "sync_job.trigger_button_id": SET_NULL,
    "sync_job.task_id": SET_NULL,
    "sync_job.project_id": SET_NULL,
    "sync_job.delivery_id": SET_NULL,
    "sync_job.replay_of_id": SET_NULL,
    "sync_job.parent_job_id": SET_NULL,
    "sync_job.queue_job_id": SET_NULL,
    "ir_logging.sync_job_id": SET_NULL,
    "ir_logging.sync_task_id": SET_NULL,
    "ir_logging.sync_project_id": SET_NULL,
    "ir_act_server.sync_task_id": SET_NULL,
}
FOREIGN_KEYS = """
    SELECT conrelid::regclass || '.' || attname, confdeltype
      FROM pg_constraint
      JOIN pg_attribute ON attrelid = conrelid AND attnum = conkey[1]
     WHERE contype = 'f'
       AND attname NOT IN ('create_uid', 'write_uid')
       AND conrelid::regclass::text !~ '_rel$'
       AND (attname LIKE 'sync\\_%'
         OR conrelid::regclass::text ~ '^sync_(project|task|trigger|job|link|webhook)')
"""


def test_rules_on_delete(server):
    assert dict(query(server.database, FOREIGN_KEYS)) == ON_DELETE


def test_deleting_a_queue_job(client):
    made = make_project(client)
    _job, step = click(client, made)
    queue_job = read(client, "sync.job", step, "queue_job_id")
    client.rpc("queue.job", "unlink", [queue_job])
    assert read(client, "sync.job", step, "queue_job_id") is False
    assert read(client, "sync.job", step, "state") == "done"


def test_deleting_a_job(client):
    made = make_project(client)
    job, step = click(client, made)
    (line, *_more) = client.rpc("ir.logging", "search", [("sync_job_id", "=", job)])
    client.rpc("sync.job", "unlink", [job])
    assert read(client, "sync.job", step, "parent_job_id") is False
    assert read(client, "ir.logging", line, "sync_job_id") is False


@pytest.mark.parametrize(
    "kind, parent, field",
    [
        ("cron", "ir.cron", "cron_id"),
        ("automation", "base.automation", "automation_id"),
        ("webhook", "ir.actions.server", "action_server_id"),
    ],
)
@pytest.mark.parametrize("which", ["trigger", "parent"])
def test_deleting_a_trigger_or_what_it_delegates_to(
    client, server, which, kind, parent, field
):
    made = make_project(client)
    job = _start(client, made, kind)
    model, trigger = "sync.trigger." + kind, getattr(made, kind)
    parent_id = read(client, model, trigger, field)
    action = _action(client, parent, parent_id)
    if which == "trigger":
        client.rpc(model, "unlink", [trigger])
    else:
        client.rpc(parent, "unlink", [parent_id])
    assert read(client, model, trigger, "id") is None
    assert read(client, parent, parent_id, "id") is None
    assert read(client, "sync.job", job, "trigger_%s_id" % kind) is False
    if which == "parent":  # it is Odoo that leaves the action there
        client.rpc("ir.actions.server", "unlink", [action])
    assert orphans(server.database) == []
    if kind == "webhook":
        deliveries = [("trigger_webhook_id", "=", trigger)]
        assert client.rpc("sync.webhook.delivery", "search", deliveries) == []


def _action(client, model, record):
    """Return the server action (id) at the end of what a trigger delegates to."""
    fields = {"ir.cron": "ir_actions_server_id", "base.automation": "action_server_id"}
    return read(client, model, record, fields[model]) if model in fields else record


def _start(client, made, kind):
    """Have a trigger start the task; return the job."""
    if kind == "cron":
        client.rpc("sync.trigger.cron", "start_button", [made.cron])
    elif kind == "automation":
        client.rpc("res.partner", "create", {"name": "Starts"})
    else:
        call(client, made)
    domain = [("trigger_%s_id" % kind, "=", getattr(made, kind))]
    (job,) = until(lambda: client.rpc("sync.job", "search", domain), TIMEOUT, "a job")
    client.ended(job)
    return job


def test_deleting_a_task(client, server):
    made = make_project(client)
    job, _step = click(client, made)
    call(client, made)
    (line, *_more) = client.rpc("ir.logging", "search", [("sync_job_id", "=", job)])
    client.rpc("sync.task", "unlink", [made.task])
    for kind in ("button", "cron", "automation", "webhook"):
        trigger = getattr(made, kind)
        assert read(client, "sync.trigger." + kind, trigger, "id") is None
    assert read(client, "sync.job", job, "task_id") is False
    assert read(client, "sync.job", job, "trigger_button_id") is False
    assert read(client, "ir.logging", line, "sync_task_id") is False
    assert read(client, "ir.logging", line, "sync_job_id") == job
    assert orphans(server.database) == []


def test_deleting_a_project(client, server):
    made = make_project(client)
    job, _step = click(client, made)
    client.rpc("sync.project", "unlink", [made.project])
    assert read(client, "sync.task", made.task, "id") is None
    for kind in ("param", "text", "secret"):
        domain = [("key", "=", "MY_" + kind.upper()), ("project_id", "=", False)]
        assert client.rpc("sync.project." + kind, "search_count", domain) == 0
    assert read(client, "sync.job", job, "project_id") is False
    assert client.messages(job, type="data_out") == ["sent"]
    assert orphans(server.database) == []
