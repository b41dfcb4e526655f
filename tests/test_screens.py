# Copyright 2026 Sync Studio contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl.html)
"""Every page of Sync Studio in Chromium, as people with no other role use it."""

import pytest
from browser import Person, chromium, server_with_people
from servers import query

DATABASE = "views_screens"
ROLES = {"user": "User", "dev": "Developer", "manager": "Administrator"}
SECRET = "tOp-s3cr3t-token"
STATS = ["Tasks", "Jobs", "Logs", "Crons", "DB Triggers", "Webhooks", "Manual"]
PROJECT_TABS = ["Parameters", "Evaluation Context", "Description", "Available Tasks"]
MENUS = ["Projects", "Jobs", "Webhook Deliveries", "Logs", "Links"]
CODE = """
def handle_button():
    log("Fetching %s orders" % params.BATCH, LOG_DEBUG)
    log_transmission("shop", '{"limit": 50}')
    log("Order SO-7 has no customer", LOG_WARNING)
    env.user.partner_id.set_link("shop_customer", "C-%s" % env.user.id)
    set_link("order_parcel", {"carrier": "P-1", "shop": "SO-7"}, allow_many2many=True)
    add_job(import_order)(7)


def import_order(number):
    log("Imported order %s" % number)


def handle_cron():
    handle_button()


def handle_db(records):
    log(records)


def handle_webhook(httprequest):
    return {"orders": 1}
"""
BROKEN_CODE = """
def handle_button():
    log("Pushing the stock of\\n" + "\\n".join(["a product"] * 20))
    1 / 0
"""


@pytest.fixture(scope="module")
def server():
    """A server whose users have one role of Sync Studio each and nothing else."""
    with server_with_people(DATABASE, ROLES) as server:
        yield server


@pytest.fixture(scope="module")
def webshop(server):
    """A project with something to see on each page."""
    dev = server.rpc("dev", "dev")
    project = dev("sync.project", "create", _webshop(dev))
    tasks = [("sync_task_id.project_id", "=", project)]
    for button in dev("sync.trigger.button", "search", tasks):
        dev("sync.trigger.button", "start_button", [button])
    secret = [("key", "=", "API_TOKEN"), ("project_id", "=", project)]
    manager = server.rpc("manager", "manager")
    secrets = manager("sync.project.secret", "search", secret)
    manager("sync.project.secret", "write", secrets, {"value": SECRET})
    webhook = dev("sync.trigger.webhook", "search", tasks)
    dev("sync.trigger.webhook", "action_send_test", webhook)
    return project


@pytest.fixture(scope="module")
def browser():
    with chromium() as browser:
        yield browser


@pytest.fixture(scope="module")
def people(server, browser):
    """Those who are logged in, by login."""
    return {login: Person(browser, server, login) for login in ROLES}


def _webshop(rpc):
    partners = rpc("ir.model", "search", [("model", "=", "res.partner")])[0]
    date = [("model", "=", "res.partner"), ("name", "=", "write_date")]
    return {
        "name": "Webshop",
        "active": True,
        "common_code": "RELATION = 'shop_customer'\n",
        "param_ids": [
            _line(
                key="BATCH",
                value="50",
                description="Orders fetched at once",
                url="https://shop.example.com/docs/paging",
            )
        ],
        "text_param_ids": [
            _line(key="WELCOME", value="Thank you!\nWe will be in touch.")
        ],
        "secret_ids": [_line(key="API_TOKEN", description="Settings > API > Tokens")],
        "task_ids": [
            _line(
                name="Import orders",
                code=CODE,
                cron_ids=[_line(trigger_name="NIGHTLY", interval_type="days")],
                automation_ids=[
                    _line(
                        trigger_name="ON_CUSTOMER",
                        model_id=partners,
                        trigger="on_write",
                        filter_domain="[('is_company', '=', True)]",
                    ),
                    _line(
                        trigger_name="DAY_AFTER",
                        model_id=partners,
                        trigger="on_time",
                        trg_date_id=rpc("ir.model.fields", "search", date)[0],
                        trg_date_range=1,
                        trg_date_range_type="day",
                    ),
                ],
                webhook_ids=[
                    _line(
                        trigger_name="ON_ORDER",
                        sample_body='{"order": "SO-7", "total": 12.5}',
                    )
                ],
                button_ids=[
                    _line(trigger_name="IMPORT_ALL", name="Import every open order")
                ],
            ),
            _line(
                name="Push stock",
                code=BROKEN_CODE,
                button_ids=[_line(trigger_name="PUSH_STOCK")],
            ),
            _line(name="Old export", active=False),
        ],
    }


def _line(**vals):
    return (0, 0, vals)


@pytest.mark.parametrize("role", ROLES)
def test_every_page_opens_for_the_role(person, webshop, role):
    someone = person(role)
    for menu in MENUS:
        someone.menu(menu)
        someone.look("menu-" + menu)
        someone.open_row("Webshop" if menu == "Projects" else "")
        if menu == "Projects":
            _walk_project(someone)
        else:
            someone.look("form-" + menu)


def _walk_project(someone):
    someone.look("project")
    for tab in PROJECT_TABS:
        someone.open_tab(tab)
        someone.look("project-" + tab)
    someone.open_row("Import orders")
    someone.look("project-task")
    someone.press("Close")
    for stat in STATS:
        someone.follow(stat)
        someone.look("project-list-" + stat)
        someone.open_row()
        someone.look("project-form-" + stat)
        _walk_stats(someone, stat)
        someone.back()
        someone.back()


def _walk_stats(someone, page):
    """Open what the form of a task, job or trigger leads to."""
    if page == "Tasks":
        for tab in ("Available Triggers", "Available Names"):
            someone.open_tab(tab)
            someone.look("task-" + tab)
    for stat in ("Jobs", "Logs", "Deliveries"):
        if someone.page.locator(".oe_stat_button:visible", has_text=stat).count():
            someone.follow(stat)
            someone.look("%s-%s" % (page, stat))
            someone.back()


def test_user_is_offered_no_button_that_changes_or_runs(person, webshop):
    someone = person("user")
    forbidden = (
        "Create",
        "Edit",
        "Run Now",
        "Run Manually",
        "Renew Token",
        "Unarchive",
    )
    _assert_not_offered(someone, forbidden)
    someone.open_row("Webshop")
    _assert_not_offered(someone, forbidden)
    someone.follow("Tasks")
    someone.open_row("Import orders")
    someone.open_tab("Available Triggers")
    _assert_not_offered(someone, forbidden)
    someone.back()
    someone.back()
    for stat in ("Crons", "Webhooks", "Manual"):
        someone.follow(stat)
        _assert_not_offered(someone, forbidden)
        someone.open_row()
        _assert_not_offered(someone, forbidden)
        someone.back()
        someone.back()


def _assert_not_offered(someone, labels):
    offered = [label for label in labels if someone.button(label).count()]
    assert not offered, "%s: %s" % (someone.title(), offered)


def test_form_comes_with_its_lists_in_one_call(person, webshop):
    someone = person("dev")
    for _twice in range(2):  # at first the browser asks for views, too
        someone.calls.clear()
        someone.open_row("Webshop")
        calls = list(someone.calls)
        someone.back()
    assert calls == ["sync.project/read_form"]


@pytest.mark.parametrize("role", ["user", "dev"])
def test_secret_shows_only_that_it_is_set(person, webshop, role):
    someone = person(role)
    someone.open_row("Webshop")
    someone.open_tab("Parameters")
    headers = someone.field("secret_ids").locator("th").all_inner_texts()
    assert "Value" not in headers
    assert someone.field("secret_ids").locator(".o_data_row input").is_checked()
    assert SECRET not in someone.page.content()


def test_administrator_sets_a_secret_that_is_shown_as_dots(person, server):
    someone = person("manager")
    someone.press("Create")
    someone.fill("name", "Secretive")
    someone.open_tab("Parameters")
    someone.add_line("secret_ids")
    someone.fill("key", "TOKEN")
    someone.fill("value", SECRET)
    someone.press("Save")
    assert "•" * 8 in someone.text("secret_ids")
    assert SECRET not in someone.page.content()
    value = "SELECT value FROM sync_project_secret WHERE key = 'TOKEN'"
    assert query(DATABASE, value) == [(SECRET,)]


def test_new_project_runs_and_its_log_is_read(person):
    someone = person("dev")
    someone.press("Create")
    someone.fill("name", "Legacy migration")
    someone.open_tab("Parameters")
    someone.add_line("param_ids")
    someone.fill("key", "GREETING")
    someone.fill("value", "Hello from the parameter")
    someone.look("new-param")
    someone.open_tab("Available Tasks")
    someone.add_line("task_ids")
    someone.fill("name", "Greet")
    someone.write_code("code", "def handle_button():\n    log(params.GREETING)\n")
    someone.look("new-task")
    someone.open_tab("Available Triggers")
    someone.add_line("button_ids")
    someone.fill("trigger_name", "GREET")
    someone.look("new-button")
    someone.press("Save & Close")
    someone.press("Save & Close")
    someone.press("Save")
    someone.open_tab("Manual Triggers")
    someone.look("new-project")
    someone.press("Run Now")
    assert "Hello from the parameter" in someone.text("log_ids")
    assert someone.state() == "Done"
    someone.look("new-job")
    someone.follow("Logs")
    assert someone.row("Hello from the parameter").is_visible()


def test_syntax_problem_is_shown_while_code_is_typed(person, webshop):
    someone = person("dev")
    someone.open_row("Webshop")
    someone.follow("Tasks")
    someone.open_row("Push stock")
    someone.press("Edit")
    _assert_checked_while_typed(someone, "code")


def test_syntax_problem_of_common_code_is_shown_while_it_is_typed(person, webshop):
    someone = person("dev")
    someone.open_row("Webshop")
    someone.press("Edit")
    someone.open_tab("Evaluation Context")
    _assert_checked_while_typed(someone, "common_code")


def _assert_checked_while_typed(someone, field):
    someone.write_code(field, "def handle_button(:\n    pass\n")
    problem = someone.page.locator(".alert-danger [name=%s_check]" % field)
    assert "Line 1" in problem.inner_text()
    marked = someone.page.locator(".ace_gutter-cell.ace_error:visible")
    assert marked.all_inner_texts() == ["1"]
    someone.look("syntax-" + field)
    someone.write_code(field, BROKEN_CODE)
    assert not problem.is_visible()
    assert not marked.count()


def test_cron_is_configured_inside_the_project_and_run_by_hand(person, webshop):
    someone = person("dev")
    someone.open_row("Webshop")
    someone.press("Edit")
    someone.open_tab("Available Tasks")
    someone.open_row("Import orders")
    someone.open_tab("Available Triggers")
    someone.open_row("NIGHTLY")
    someone.fill("interval_number", 15)
    someone.select("interval_type", "Minutes")
    someone.fill("numbercall", 3)
    someone.look("cron-dialog")
    someone.press("Save")
    someone.press("Save")
    someone.press("Save")
    assert "NIGHTLY: every 15 Minutes (3 times)" in someone.text("task_ids")
    someone.follow("Crons")
    someone.open_row("NIGHTLY")
    someone.press("Run Manually")
    assert someone.title().startswith("NIGHTLY")
    someone.comes(lambda: someone.state() in ("Done with warnings", "Failed"))
    someone.look("cron-job")
    assert someone.state() == "Done with warnings"
    assert "Order SO-7 has no customer" in someone.text("log_ids")
    someone.open_tab("Sub-jobs")
    assert "import_order" in someone.text("job_ids")


def test_task_runs_its_triggers_and_copies_their_addresses(person, webshop):
    someone = person("dev")
    someone.page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    someone.open_row("Webshop")
    someone.follow("Tasks")
    someone.open_row("Import orders")
    someone.open_tab("Available Triggers")
    row = someone.field("webhook_ids").locator(".o_data_row")
    someone.click(row.locator("[title=Copy]"))
    copied = someone.page.evaluate("navigator.clipboard.readText()")
    assert "/website/action-json/" in copied
    assert copied in row.inner_text()
    assert someone.title() == "Import orders"
    assert not someone.page.locator(".modal.show").count()
    row = someone.field("cron_ids").locator(".o_data_row", has_text="NIGHTLY")
    someone.click(row.locator("button", has_text="Run Now"))
    assert someone.title() == "NIGHTLY"
    someone.comes(lambda: someone.state() == "Done with warnings")


def test_failed_job_is_put_back_into_the_queue(person, server):
    dev = server.rpc("dev", "dev")
    code = "def handle_cron():\n    if params.STATE != 'up':\n        raise OSError('down')"
    cron = _line(trigger_name="PULL")
    vals = {"name": "Flaky", "param_ids": [_line(key="STATE", value="down")]}
    vals["task_ids"] = [_line(name="Pull", code=code, cron_ids=[cron])]
    project = dev("sync.project", "create", vals)
    someone = person("dev")
    someone.open_row("Flaky")
    someone.follow("Crons")
    someone.open_row("PULL")
    someone.press("Run Manually")
    someone.comes(lambda: someone.state() == "Failed")
    someone.look("failed-job")
    param = dev("sync.project.param", "search", [("project_id", "=", project)])
    dev("sync.project.param", "write", param, {"value": "up"})
    someone.press("Run Again")
    someone.comes(lambda: someone.state() == "Done")


def test_db_trigger_is_made_by_clicks(person, webshop):
    someone = person("dev")
    someone.open_row("Webshop")
    someone.follow("DB Triggers")
    someone.press("Create")
    someone.fill("trigger_name", "ON_EMAIL")
    someone.pick("sync_task_id", "Push stock")
    someone.pick("model_id", "Contact")
    options = someone.page.locator("select[name=trigger] option").all_inner_texts()
    assert "On Update" in options
    assert not [option for option in options if "Modification" in option]
    someone.select("trigger", "Based on Timed Condition")
    someone.pick("trg_date_id", "Created on")
    someone.fill("trg_date_range", 1)
    someone.look("timed-trigger")
    someone.select("trigger", "On Update")
    someone.pick("trigger_field_ids", "Email")
    someone.look("update-trigger")
    someone.press("Save")
    assert someone.text("model_id") == "Contact"
    assert "Email" in someone.text("trigger_field_ids")


def test_webhook_gets_a_new_token_after_a_question(person, webshop):
    someone = person("dev")
    someone.open_row("Webshop")
    someone.follow("Webhooks")
    someone.open_row("ON_ORDER")
    old = someone.text("website_url")
    someone.press("Renew Token")
    someone.look("renew-token")
    someone.press("Ok")
    new = someone.text("website_url")
    assert "/website/action-json/" in new
    assert new != old


def test_webhook_is_verified_tested_and_replayed(person, webshop):
    someone = person("dev")
    someone.open_row("Webshop")
    someone.follow("Webhooks")
    someone.open_row("ON_ORDER")
    someone.press("Edit")
    someone.select("verification", "Token in a header")
    someone.pick("secret_id", "API_TOKEN")
    someone.fill("signature_header", "X-Token")
    someone.look("verification")
    for tab in ("Duplicates and Limits", "Test Request"):
        someone.open_tab(tab)
        someone.look("webhook-" + tab)
    someone.press("Save")
    assert "SO-7" in someone.text("curl_command")
    someone.press("Send Test Request")
    someone.look("test-request")
    assert someone.text("verdict") == "Accepted"
    assert "X-Token: ********" in someone.page.content()
    assert SECRET not in someone.page.content()
    someone.open_tab("Jobs")
    someone.open_row("ON_ORDER")
    assert someone.state() == "Done"
    someone.back()
    someone.press("Replay")
    someone.look("replayed")
    assert someone.row("ON_ORDER").is_visible()
    someone.menu("Webhook Deliveries")
    someone.click(someone.page.locator("thead .o_list_record_selector").first)
    someone.choose("Action", "Replay")
    assert someone.title() == "Jobs"


def test_missing_values_are_named_until_they_are_set(person, server):
    secrets = [_line(key="TOKEN"), _line(key="PROXY", optional=True)]
    project = {"name": "Unready", "secret_ids": secrets}
    server.rpc("dev", "dev")("sync.project", "create", project)
    someone = person("manager")
    someone.open_row("Unready")
    warning = someone.page.locator(".alert-warning", has_text="Before the project")
    assert someone.text("missing_values") == "TOKEN"
    someone.look("missing-values")
    someone.press("Edit")
    someone.open_tab("Parameters")
    someone.open_row("TOKEN")
    someone.fill("value", "x")
    someone.press("Save")
    assert not warning.is_visible()


def test_links_are_opened_and_merged(person, server):
    dev = server.rpc("dev", "dev")
    for ref, login in (("C-1", "user"), ("C-2", "dev")):
        user = dev("res.users", "search_read", [("login", "=", login)], ["partner_id"])
        values = {"relation": "merged", "system1": "__external__", "ref1": ref}
        values.update(system2="__odoo__", ref2=str(user[0]["partner_id"][0]))
        dev("sync.link", "create", dict(values, model="res.partner"))
    someone = person("dev")
    someone.menu("Links")
    someone.row("Contact: User").locator("button").click()
    someone.settle()
    assert someone.title() == "User"
    someone.back()
    for name in ("Contact: User", "Contact: Developer"):
        someone.click(someone.row(name).locator(".o_list_record_selector"))
    someone.choose("Action", "Merge Links")
    someone.look("merge-links")
    someone.press("Merge")
    assert someone.page.locator(".o_data_row").count() == 2
    merged = "SELECT count(DISTINCT ref2) FROM sync_link WHERE relation = 'merged'"
    assert query(DATABASE, merged) == [(1,)]


def test_archived_project_is_listed_and_unarchived(person, server):
    name = "Sleeping"
    project = server.rpc("dev", "dev")("sync.project", "create", {"name": name})
    someone = person("dev")
    someone.choose("Filters", "Archived")
    someone.open_row(name)
    assert someone.page.locator(".ribbon").is_visible()
    someone.press("Unarchive")
    assert not someone.page.locator(".ribbon").is_visible()
    active = "SELECT active FROM sync_project WHERE id = %s"
    assert query(DATABASE, active, [project]) == [(True,)]


def test_project_is_duplicated(person, webshop):
    someone = person("dev")
    someone.open_row("Webshop")
    someone.choose("Action", "Duplicate")
    someone.press("Save")
    assert someone.page.locator(".ribbon").is_visible()
    assert "IMPORT_ALL" in someone.text("trigger_button_ids")


@pytest.mark.parametrize(
    "menu, filters, groupings",
    [
        (
            "Projects",
            ["Running", "Archived"],
            ["Evaluation Context", "Active"],
        ),
        (
            "Jobs",
            ["Pending", "Enqueued", "Started", "Done", "Failed", "Without Sub-jobs"],
            ["Project", "Task", "Trigger", "State", "Created on"],
        ),
        (
            "Webhook Deliveries",
            ["Accepted", "Refused", "Duplicates", "Handshakes", "Answered Well"],
            ["Webhook", "Project", "Task", "Verdict", "Received"],
        ),
        (
            "Logs",
            ["Without Debug", "Warnings", "Errors", "Data Transmissions"]
            + ["Success", "Fail"],
            ["Project", "Task", "Job Trigger", "Job", "Job Start Time"]
            + ["Log Level", "Status"],
        ),
        (
            "Links",
            ["With Odoo Records", "Between External Systems", "Orphans"],
            ["Relation", "Model"],
        ),
    ],
)
def test_lists_are_filtered_and_grouped(person, webshop, menu, filters, groupings):
    someone = person("user")
    someone.menu(menu)
    for label in filters:
        someone.choose("Filters", label)
    assert someone.page.locator(".o_facet_values").first.is_visible()
    someone.menu(menu)
    for label in groupings:
        someone.choose("Group By", label)
        groups = someone.page.locator(".o_group_header, .o_kanban_group")
        assert groups.first.is_visible()
        someone.menu(menu)


def test_errors_are_filtered_from_the_logs(person, webshop):
    someone = person("user")
    someone.open_row("Webshop")
    someone.follow("Logs")
    someone.choose("Filters", "Errors")
    levels = someone.page.locator(".o_data_row td:nth-child(3)").all_inner_texts()
    assert levels
    assert set(levels) <= {"error", "critical"}
    someone.open_row("Traceback")
    assert "ZeroDivisionError" in someone.text("message")


def test_empty_lists_tell_what_to_do(person, server):
    project = server.rpc("dev", "dev")("sync.project", "create", {"name": "Blank"})
    assert project
    someone = person("dev")
    someone.open_row("Blank")
    for stat in STATS:
        someone.follow(stat)
        assert someone.page.locator(".o_view_nocontent_smiling_face").is_visible()
        someone.look("empty-" + stat)
        someone.back()
