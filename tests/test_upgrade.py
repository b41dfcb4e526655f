# Copyright 2026 Sync Studio contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl.html)
"""A database of ``sync`` 14.0.5.1.1 is upgraded by Odoo itself: nothing is lost."""

import re
import subprocess
from collections import namedtuple

import former_database
import pytest
import requests
from servers import LOGS, ODOO, Odoo, query, running, until

DATABASE = "sync_upgrade"
DEMO_ADDONS = ("sync_github_trello_demo", "sync_odoo2odoo_demo", "sync_telegram_demo")
UPGRADE_TIMEOUT = 300  # seconds
STARTED, LOGGED = "2021-05-04T12:00:05", "2021-05-04T12:00:07"
OF_TRIGGERS = "sync_task_id IS NOT NULL OR code LIKE '%%sync.trigger.%%'"
# What people own beside the tables of the module: columns of rows, by name
OWNED = {
    "server actions": "SELECT id, name, code, state, model_id, sync_task_id"
    " FROM ir_act_server WHERE " + OF_TRIGGERS,
    "schedules": "SELECT cron.* FROM ir_cron cron"
    " JOIN sync_trigger_cron trigger ON trigger.cron_id = cron.id",
    "automations": "SELECT automation.* FROM base_automation automation"
    " JOIN sync_trigger_automation trigger ON automation_id = automation.id",
    "translations": "SELECT name, res_id, lang, src, value FROM ir_translation"
    " WHERE name LIKE 'sync.project.%'",
    "queue jobs": "SELECT * FROM queue_job",
    "logs": "SELECT id, create_date, create_uid, name, type, level, message, path,"
    " func, line, sync_job_id FROM ir_logging WHERE sync_job_id IS NOT NULL",
    "parameters": "SELECT key, value FROM ir_config_parameter WHERE key LIKE 'sync.%'",
    "roles": "SELECT groups.name, relation.uid FROM res_groups_users_rel relation"
    " JOIN ir_model_data groups ON groups.res_id = gid AND groups.model = 'res.groups'"
    " WHERE groups.module = 'sync' AND uid NOT IN (SELECT res_id FROM ir_model_data"
    " WHERE module = 'base' AND name = 'default_user')",
}
for _model in former_database.MODELS:
    if former_database.columns(_model):
        OWNED[_model] = "SELECT id, create_date, %s FROM %s" % (
            ", ".join(former_database.columns(_model)),
            former_database.table(_model),
        )
# What a second upgrade might change
ALL = {
    "external ids": "SELECT module, name, model, res_id, noupdate FROM ir_model_data"
    " WHERE module LIKE 'sync%'",
    "modules": "SELECT name, state, demo, latest_version FROM ir_module_module"
    " WHERE name LIKE 'sync%'",
    "roles": "SELECT * FROM res_groups_users_rel",
    "messages": "SELECT id FROM mail_message",
    "log": "SELECT id, message FROM ir_logging",
}

# What changes nothing more: SQL that prepares it, and options of Odoo
REPEATED = {
    "second upgrade, with its scripts": (
        "UPDATE ir_module_module SET latest_version = '%s' WHERE name = 'sync'"
        % former_database.VERSION,
        "--update=sync",
    ),
    "installation of a demo by hand": (
        "UPDATE ir_module_module SET state = 'uninstalled', latest_version = NULL"
        " WHERE name = 'sync_odoo2odoo_demo'",
        "--init=sync_odoo2odoo_demo",
    ),
    "upgrade of that demo": ("SELECT", "--update=sync_odoo2odoo_demo"),
}

Upgrade = namedtuple("Upgrade", "ids before after again log jobs lines")


@pytest.fixture(scope="module")
def upgrade():
    """The database before the upgrade, after it, and after what may follow."""
    ids = former_database.build(DATABASE)
    before = {name: rows(select) for name, select in OWNED.items()}
    log = run_odoo("--update", "sync")
    after = {name: rows(select) for name, select in everything()}
    jobs = {job["trigger_name"]: job for job in records("sync_job")}
    lines = [line for line in records("ir_logging") if line["sync_project_id"]]
    again = {what: repeat(what) for what in REPEATED}
    return Upgrade(ids, before, after, again, log, jobs, lines)


@pytest.fixture(scope="module")
def server(upgrade):
    """A server with job runner on the upgraded database."""
    server = Odoo(DATABASE)
    with running(server):
        yield server


@pytest.fixture
def ids(upgrade):
    return upgrade.ids


def run_odoo(*options):
    """Let Odoo upgrade or install; return what it has logged (str)."""
    log = LOGS / (DATABASE + "-upgrade.log")
    command = [ODOO, "--database", DATABASE, "--stop-after-init", "--no-http"]
    command += ["--max-cron-threads", "0", *options]
    with log.open("wb") as output:
        subprocess.run(
            command, check=True, timeout=UPGRADE_TIMEOUT, stdout=output, stderr=output
        )
    return log.read_text()


def repeat(what):
    """Do what must change nothing, and give what there is then."""
    statement, *options = REPEATED[what]
    query(DATABASE, statement)
    run_odoo(*options)
    return {name: rows(select) for name, select in everything()}


def records(table):
    """Give the rows of a table as dicts; dates are texts."""
    return [row for row, in query(DATABASE, "SELECT to_jsonb(t) FROM %s t" % table)]


def rows(select):
    """Give all rows of a query, in an order that depends on them alone."""
    return sorted(query(DATABASE, select), key=repr)


def everything():
    """Yield names and queries for all that is compared, whole tables of ours included."""
    tables = query(
        DATABASE, "SELECT tablename FROM pg_tables WHERE tablename LIKE 'sync\\_%'"
    )
    yield from OWNED.items()
    yield from (("all " + name, select) for name, select in ALL.items())
    yield from (("table " + name, 'SELECT * FROM "%s"' % name) for name, in tables)


def value(select, *params):
    """Give the only value of the only row."""
    ((found,),) = query(DATABASE, select, list(params) or None)
    return found


def of_jobs(upgrade, *columns):
    """Give these values (list) of all jobs by trigger name."""
    jobs = upgrade.jobs.items()
    return {name: [job[column] for column in columns] for name, job in jobs}


# Nothing is lost


@pytest.mark.parametrize("name", sorted(set(OWNED) - {"sync.trigger.webhook"}))
def test_rows_of_people_are_as_before(upgrade, name):
    assert upgrade.before[name]
    assert upgrade.after[name] == upgrade.before[name]


def test_upgrade_logs_no_error(upgrade):
    assert "Running migration" in upgrade.log
    assert not re.findall(r".* (?:ERROR|CRITICAL) .*", upgrade.log)
    assert not re.findall(r".*WARNING.*Deleting field.*", upgrade.log)


@pytest.mark.parametrize("what", sorted(REPEATED))
def test_nothing_changes_any_more(upgrade, what):
    assert upgrade.after["table sync_project"]
    for name, found in upgrade.after.items():
        assert upgrade.again[what][name] == found, name


def test_links_of_different_models_no_longer_clash(upgrade):
    definition = value(
        "SELECT indexdef FROM pg_indexes WHERE indexname = 'sync_link_refs_uniq_index'"
    )
    assert "model" in definition


def test_new_users_get_no_role(upgrade):
    template = value(
        "SELECT res_id FROM ir_model_data"
        " WHERE module = 'base' AND name = 'default_user'"
    )
    assert not query(
        DATABASE,
        "SELECT groups.name FROM res_groups_users_rel relation"
        " JOIN ir_model_data groups ON groups.res_id = gid"
        " WHERE groups.model = 'res.groups' AND groups.module = 'sync' AND uid = %s",
        [template],
    )


# Demo projects


def test_demo_records_belong_to_their_addons(upgrade):
    """All but a param that has the name of a text now, and one whose name is taken."""
    left = query(
        DATABASE,
        "SELECT name FROM ir_model_data WHERE module = 'sync' AND noupdate"
        " AND (name ~ '^(odoo2odoo|telegram|trello)') ORDER BY name",
    )
    kept = ["odoo2odoo_project_param_DB", "telegram_project_param_prefix"]
    assert [name for (name,) in left] == kept
    moved = query(
        DATABASE,
        "SELECT module, name, model FROM ir_model_data"
        " WHERE module = ANY(%s) AND model LIKE 'sync.%%' AND noupdate",
        [list(DEMO_ADDONS)],
    )
    assert len(moved) == 9 + 6
    assert ("sync_odoo2odoo_demo", "odoo2odoo_project", "sync.project") in moved
    behind = {
        ("sync_odoo2odoo_demo", "odoo2odoo_trigger_cron_ir_cron"),
        ("sync_odoo2odoo_demo", "odoo2odoo_trigger_automation_base_automation"),
        ("sync_telegram_demo", "telegram_trigger_webhook_ir_actions_server"),
        ("sync_telegram_demo", "telegram_trigger_automation_base_automation"),
    }
    found = query(DATABASE, "SELECT module, name FROM ir_model_data WHERE noupdate")
    assert behind <= set(found)


def test_unittest_project_stays(upgrade):
    names = query(
        DATABASE,
        "SELECT name FROM ir_model_data WHERE module = 'sync' AND name LIKE 'test_%'",
    )
    assert {
        "test_project",
        "test_task",
        "test_trigger_automation",
        "test_trigger_automation_base_automation",
    } <= {name for (name,) in names}


def test_addons_in_use_are_installed_without_their_demo(upgrade):
    modules = query(
        DATABASE,
        "SELECT name, state, COALESCE(demo, FALSE) FROM ir_module_module"
        " WHERE name = ANY(%s) ORDER BY name",
        [list(DEMO_ADDONS)],
    )
    assert modules == [
        ("sync_github_trello_demo", "uninstalled", False),
        ("sync_odoo2odoo_demo", "installed", False),
        ("sync_telegram_demo", "installed", False),
    ]


def test_removed_trigger_of_a_demo_stays_removed(upgrade, ids):
    buttons = query(
        DATABASE,
        "SELECT trigger_name FROM sync_trigger_button button"
        " JOIN sync_task task ON task.id = sync_task_id WHERE project_id = %s",
        [ids["odoo2odoo"]],
    )
    assert buttons == []


def test_changed_demo_runs_with_the_context_of_its_addon(server, ids):
    rpc = server.rpc()
    cron_id = ids["odoo2odoo_cron"]
    rpc("sync.trigger.cron", "start_button", [cron_id])
    job = wait_for_job("trigger_cron_id", cron_id)
    messages = messages_of(job)
    assert any("function" in message for message in messages), messages


# Webhooks


def test_webhook_urls_answer_as_before(server):
    for kind in ("http", "json"):
        url = "%s/website/action-%s/%s"
        url %= (server.url, kind, former_database.SHARED_TOKEN)
        answer = requests.post(url, data="{}", timeout=60)
        assert (answer.status_code, answer.text) == (200, "Hello Welcome!")


def test_only_doubled_and_empty_tokens_change(upgrade, ids):
    name = "sync.trigger.webhook"
    before = {row[0]: row for row in upgrade.before[name]}
    after = {row[0]: row for row in upgrade.after[name]}
    assert before.keys() == after.keys()
    changed = {key for key in before if before[key] != after[key]}
    assert changed == {ids["copied_hook"], ids["asleep"], ids["empty"]}
    tokens = query(DATABASE, "SELECT website_path FROM sync_trigger_webhook")
    assert len(set(tokens)) == len(tokens) and (None,) not in tokens


def test_new_tokens_are_reported(upgrade, ids):
    """In the server's log, in that of the project, and to the Administrators."""
    text = 'Webhook ORDER of project "Shop (copy)" has a new address'
    assert text in upgrade.log
    (line,) = (
        line for line in upgrade.lines if line["sync_project_id"] == ids["shop_copy"]
    )
    assert line["level"] == "warning"
    assert text in line["message"]
    assert former_database.SHARED_TOKEN not in upgrade.log
    bodies = query(
        DATABASE,
        "SELECT message.body, users.login FROM mail_message message"
        " JOIN mail_message_res_partner_needaction_rel notification"
        " ON notification.mail_message_id = message.id"
        " JOIN res_users users ON users.partner_id = notification.res_partner_id"
        " WHERE message.subject = 'Sync Studio'",
    )
    assert [login for _body, login in bodies] == ["admin"]
    assert bodies[0][0].count("<li>") == 2


# Jobs and logs


def test_jobs_get_their_states(upgrade):
    assert of_jobs(upgrade, "own_state", "state") == {
        "done": ["done", "done"],
        "clicked": ["done", "done"],
        "crashed": ["failed", "failed"],
        "warned": ["done_warning", "done_warning"],
        "faulty": ["failed", "failed"],
        "again": ["done", "done"],
        "cancelled": ["cancelled", "cancelled"],
        "parent": ["done", "failed"],
        "child": ["done", "failed"],
        "grandchild": ["failed", "failed"],
        "waiting": ["pending", "pending"],
    }


def test_jobs_know_their_project_and_their_place(upgrade, ids):
    assert {job["project_id"] for job in upgrade.jobs.values()} == {ids["shop"]}
    parent, child = ids["parent"], ids["child"]
    assert upgrade.jobs["parent"]["ancestry"] == "/"
    assert upgrade.jobs["child"]["ancestry"] == "/%s/" % parent
    assert upgrade.jobs["grandchild"]["ancestry"] == "/%s/%s/" % (parent, child)


def test_jobs_know_when_they_ran(upgrade):
    found = of_jobs(upgrade, "date_start", "date_end")
    assert found["done"] == [STARTED, "2021-05-04T12:00:09"]
    assert found["crashed"] == [LOGGED, LOGGED]
    assert found["waiting"] == [None, None]


def test_lines_are_found_by_project_task_trigger_and_status(upgrade, ids):
    columns = ["sync_trigger_name", "sync_status", "sync_job_date"]
    found = {
        tuple(line[column] for column in columns)
        for line in upgrade.lines
        if (line["sync_project_id"], line["sync_task_id"]) == (ids["shop"], ids["task"])
    }
    assert ("crashed", "fail", LOGGED) in found
    assert ("done", "success", STARTED) in found
    assert ("again", "success", STARTED) in found


def wait_for_job(column, trigger_id):
    """Wait until the latest job of a trigger is done; return its id."""

    def done():
        return query(
            DATABASE,
            "SELECT id FROM sync_job WHERE %s = %%s AND state = 'done'"
            " AND create_date > '2022-01-01' ORDER BY id DESC LIMIT 1" % column,
            [trigger_id],
        )

    return until(done, 60, "a job with %s %s" % (column, trigger_id))[0][0]


def messages_of(job_id):
    select = "SELECT message FROM ir_logging WHERE sync_job_id = %s"
    return [message for message, in query(DATABASE, select, [job_id])]


def test_pending_queue_job_runs(server, ids):
    def is_done():
        return value("SELECT state = 'done' FROM sync_job WHERE id = %s", job)

    job = ids["waiting"]
    until(is_done, 60, "the job that waited during the upgrade")
    assert "sum 42" in messages_of(job)


# What runs


def test_old_code_of_server_actions_works(server, ids):
    """The scheduler and a click run the action that the former version has stored."""
    rpc = server.rpc()
    (trigger,) = rpc("sync.trigger.cron", "read", [ids["cron"]], ["cron_id"])
    rpc("ir.cron", "method_direct_trigger", [trigger["cron_id"][0]])
    job = wait_for_job("trigger_cron_id", ids["cron"])
    assert "cron of developer" in messages_of(job)


def test_automations_start_their_tasks(server, ids):
    """One without a task, as some databases have, hinders nobody."""
    server.rpc()("res.partner", "create", {"name": "watched partner"})
    job = wait_for_job("trigger_automation_id", ids["automation"])
    assert "created ['watched partner']" in messages_of(job)


def test_texts_come_in_the_language_of_the_reader(server, ids):
    rpc = server.rpc()
    domain = [("project_id", "in", [ids["shop"], ids["odoo2odoo"]])]
    found = {
        lang: rpc(
            "sync.project.text",
            "search_read",
            domain,
            ["value", "description"],
            context={"lang": lang},
        )
        for lang in ("en_US", "fr_FR")
    }
    texts = {lang: {text["value"] for text in found[lang]} for lang in found}
    assert texts["en_US"] == {"Welcome!", "From the shop:"}
    assert texts["fr_FR"] == {"Bienvenue !", "De la boutique :"}
    assert {text["description"] for text in found["fr_FR"]} == {
        "Sur WELCOME",
        "Sur UPLOAD_ALL_PARTNER_PREFIX",
    }


def test_roles_work(server, ids):
    reader = server.rpc("reader", "reader")
    developer = server.rpc("developer", "developer")
    assert reader("sync.project", "search_count", []) == developer(
        "sync.project", "search_count", []
    )
    values = {"name": "Renamed by a developer"}
    developer("sync.project", "write", [ids["shop_copy"]], values)
    with pytest.raises(Exception, match="not allowed|access"):
        reader("sync.project", "write", [ids["shop_copy"]], values)
