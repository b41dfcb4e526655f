# Copyright 2026 Sync Studio contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl.html)
"""Overview, projects and the first steps in Chromium, as each of the three roles."""

import pytest
from browser import Person, chromium, server_with_people
from servers import query, until

DATABASE = "screens_projects"
ROLES = {"user": "User", "dev": "Developer", "manager": "Administrator"}
INSTALLER = "admin"  # an Administrator with Odoo's Settings
DEMOS = ["GitHub-Trello", "Odoo2odoo", "Telegram"]
SECRET = "wh1sper-t0ken"
LONG_SECRET = "eyJ0eXAiOiJKV1Qi" * 20
PRIVATE_KEY = "-----BEGIN PRIVATE KEY-----\nMIIBVg\n-----END PRIVATE KEY-----"
DOTS = "•" * 8
VALUE = "input[name=value], textarea[name=value]"
EYE = ".o_sync_eye"
VALUES = "SELECT value FROM sync_project_secret WHERE project_id = %s ORDER BY id"
HAS_FOCUS = "element => element === document.activeElement"
CODE = """
def handle_button():
    env.user.partner_id.set_link("shop_customer", "C-7")


def handle_cron():
    raise RetryableJobError("The shop sleeps", seconds=3600)
"""
HANDLERS = ["handle_button", "handle_cron", "handle_db", "handle_webhook"]

# A day of runs: every seventh fails, every fifth has warnings, the older the longer.
INSERT_RUNS = """
    INSERT INTO sync_job (
        task_id, project_id, trigger_name, trigger_button_id, function, ancestry,
        state, own_state, create_uid, create_date, date_start, date_end)
    SELECT task.id, task.project_id, button.trigger_name, button.id, 'handle_button',
           '/', now.state, now.state, 1, now.date, now.date,
           now.date + number * interval '0.5 s'
      FROM generate_series(1, 60) AS number
CROSS JOIN LATERAL (
        SELECT now() AT TIME ZONE 'UTC'
               - number * number / 9 %% 24 * interval '59 min' AS date,
               CASE WHEN number %% 7 = 0 THEN 'failed'
                    WHEN number %% 5 = 0 THEN 'done_warning'
                    ELSE 'done' END AS state) AS now
      JOIN sync_trigger_button button ON button.trigger_name = %s
      JOIN sync_task task ON task.id = button.sync_task_id
"""
INSERT_REFUSED = """
    INSERT INTO sync_webhook_delivery (
        trigger_webhook_id, task_id, project_id, date, method, path, remote_addr,
        size, status, verdict, reason)
    SELECT webhook.id, task.id, task.project_id, now() AT TIME ZONE 'UTC', 'POST',
           '/website/action-json/x', '192.0.2.7', 12, 401, 'refused', 'Bad signature'
      FROM sync_trigger_webhook webhook, sync_task task
     WHERE task.name = 'Push stock' LIMIT 1
"""


@pytest.fixture(scope="module")
def server():
    """A server with a person of each role and no project."""
    with server_with_people(DATABASE, ROLES) as server:
        yield server


@pytest.fixture(scope="module")
def people(server):
    """Those who are logged in, by login."""
    with chromium() as browser:
        logins = [*ROLES, INSTALLER]
        yield {login: Person(browser, server, login) for login in logins}


@pytest.fixture(scope="module")
def projects(server):
    """Two projects: one that has run for a day, one that lacks values."""
    manager = server.rpc("manager", "manager")
    tasks = [
        _line(
            name="Push stock",
            code=CODE,
            cron_ids=[_line(trigger_name="NIGHTLY")],
            button_ids=[_line(trigger_name="PUSH_STOCK")],
            webhook_ids=[_line(trigger_name="ON_STOCK")],
        ),
        _line(name="Import orders", button_ids=[_line(trigger_name="IMPORT")]),
    ]
    secret = _line(key="API_TOKEN", value=SECRET, url="https://shop.example.com/docs")
    manager(
        "sync.project",
        "create",
        {"name": "Webshop", "active": True, "task_ids": tasks, "secret_ids": [secret]},
    )
    lacking = [_line(key="URL"), _line(key="DATABASE")]
    vals = {"name": "Old warehouse", "param_ids": lacking}
    manager("sync.project", "create", vals)
    button = manager(
        "sync.trigger.button", "search", [("trigger_name", "=", "PUSH_STOCK")]
    )
    manager("sync.trigger.button", "start_button", button)
    query(DATABASE, INSERT_RUNS, ["PUSH_STOCK"])
    query(DATABASE, INSERT_REFUSED)
    cron = manager("sync.trigger.cron", "search", [("trigger_name", "=", "NIGHTLY")])
    manager("sync.trigger.cron", "start_button", cron)
    retries = [("retry", ">", 0), ("own_state", "=", "pending")]
    until(lambda: manager("sync.job", "search", retries))


def _line(**vals):
    return (0, 0, vals)


@pytest.mark.parametrize(
    "role, steps",
    [
        ("user", []),
        ("dev", ["Start a project"]),
        ("manager", ["Start a project", "Import one"]),
        (INSTALLER, ["Start a project", "Import one"]),
    ],
)
def test_empty_database_tells_the_first_steps(person, role, steps):
    someone = person(role)
    for menu in ("Projects", "Overview"):
        someone.menu(menu)
        links = someone.page.locator(".o_view_nocontent a[type=action]")
        texts = links.all_inner_texts()
        assert len(texts) == len(steps)
        assert all(step in text for step, text in zip(steps, texts))
        someone.look("first-steps-" + menu)


def test_first_steps_lead_to_a_project_and_a_task_from_the_template(person, server):
    someone = person("dev")
    someone.menu("Overview")
    someone.click(someone.page.locator("a", has_text="Start a project"))
    someone.fill("name", "First")
    someone.open_tab("Available Tasks")
    someone.add_line("task_ids")
    someone.fill("name", "Greet")
    code = someone.field("code").inner_text()
    for handler in HANDLERS:
        assert "# def %s(" % handler in code
    assert "Available Names" in code
    someone.look("new-task-template")
    someone.press("Save & Close")
    someone.press("Save")
    someone.follow("Tasks")
    someone.press("Create")
    assert "# def handle_cron()" in someone.field("code").inner_text()
    someone.press("Discard")
    dev = server.rpc("dev", "dev")
    archived = dev("sync.project", "search", [("active", "=", False)])
    dev("sync.project", "unlink", archived)


def test_administrator_imports_from_the_first_steps(person):
    someone = person("manager")
    someone.menu("Overview")
    someone.click(someone.page.locator("a", has_text="Import one"))
    assert someone.button("Preview").is_visible()
    someone.press("Cancel")


@pytest.fixture
def with_demo_data(server):
    """Let the database be one with demo data, whose projects were deleted."""
    change = "UPDATE ir_module_module SET demo = %s WHERE name = 'sync'"
    query(DATABASE, change, [True])
    yield
    query(DATABASE, change, [False])


@pytest.mark.parametrize("menu", ["Projects", "Overview"])
def test_first_steps_lead_to_the_demos(person, with_demo_data, menu):
    someone = person(INSTALLER)
    someone.menu(menu)
    someone.click(someone.page.locator("a", has_text="Try a demo"))
    someone.look("demos")
    for demo in DEMOS:
        card = someone.row("Sync Studio: %s Demo" % demo)
        assert card.locator("button", has_text="Install").is_visible()
    someone.back()
    assert someone.title() == menu


@pytest.mark.parametrize("role", ROLES)
def test_overview_leads_to_the_list_of_each_figure(person, projects, role):
    someone = person(role)
    someone.menu("Overview")
    someone.look("overview")
    figures = someone.page.locator(".o_sync_figure")
    for number in range(figures.count()):
        count, label = figures.nth(number).inner_text().split("\n")[:2]
        assert int(count) or label == "In Progress"
        someone.click(figures.nth(number))
        assert someone.title() == label
        assert someone.page.locator(".o_pager_limit").inner_text() == count
        someone.back()
    for kind, title in (("task", "Jobs"), ("job", "PUSH_STOCK")):
        link = someone.page.locator("[data-kind=%s]" % kind).first
        expected = link.inner_text() if kind == "task" else title
        someone.click(link)
        assert someone.title() == expected
        someone.back()
    someone.press("Refresh")
    assert someone.page.locator(".o_sync_run_chart .o_sync_bar").count() == 24


@pytest.mark.parametrize("role", ROLES)
def test_cards_show_the_health_of_projects(person, projects, role):
    someone = person(role)
    someone.look("projects-kanban")
    card = someone.row("Webshop")
    text = card.inner_text()
    assert "Active" in text
    assert "62 runs, 8 failed" in " ".join(text.split())
    assert card.locator(".o_sync_bar_failed").count() == 24
    text = someone.row("Old warehouse").inner_text()
    assert "Archived" in text
    assert "URL, DATABASE" in text
    assert "Has never run" in text
    assert "No task yet" in text
    someone.click(card.locator("a", has_text="Last run"))
    assert someone.title() == "NIGHTLY"
    someone.back()
    someone.click(someone.page.locator(".o_switch_view.o_list"))
    someone.look("projects-list")
    assert "8" in someone.row("Webshop").inner_text().split()
    someone.open_row("Webshop")
    someone.look("project-form")


def test_projects_are_searched(person, projects):
    someone = person("user")
    for label, found in (
        ("Running", "Webshop"),
        ("Archived", "Old warehouse"),
        ("Last Run Failed", None),
    ):
        someone.menu("Projects")
        someone.choose("Filters", label)
        cards = someone.page.locator(".o_kanban_record:not(.o_kanban_ghost)")
        assert cards.count() == (1 if found else 0)
        assert not found or found in cards.inner_text()
    assert "No such project" in someone.page.locator(".o_view_nocontent").inner_text()


def test_secret_is_shown_on_a_click(person, projects):
    someone = person("manager")
    someone.open_row("Webshop")
    someone.open_tab("Parameters")
    secrets = someone.field("secret_ids")
    assert SECRET not in someone.page.content()
    someone.look("secret-hidden")
    someone.click(secrets.locator(EYE))
    assert SECRET in secrets.inner_text()
    assert not someone.page.locator(".modal.show").count()
    someone.look("secret-shown")
    someone.click(secrets.locator(EYE))
    assert SECRET not in secrets.inner_text()
    link = secrets.locator("a[href='https://shop.example.com/docs']")
    assert link.get_attribute("target") == "_blank"


def test_dots_of_a_secret_do_not_tell_its_length(person, make_secrets):
    make_secrets("Dotted", SHORT="x", LONG=LONG_SECRET, EMPTY=False)
    someone = person("manager")
    someone.open_row("Dotted")
    someone.open_tab("Parameters")
    someone.look("secrets-of-all-lengths")
    cells = someone.field("secret_ids").locator(".o_data_row td:nth-child(2)")
    assert cells.all_inner_texts() == [DOTS, DOTS, ""]
    assert cells.locator(EYE).count() == 2
    long = someone.row("LONG")
    someone.click(long.locator(EYE))
    someone.look("long-secret-shown")
    assert LONG_SECRET in long.inner_text()
    someone.click(long.locator(EYE))
    assert LONG_SECRET not in someone.page.content()
    someone.open_row("LONG")
    someone.look("secret-form")
    assert someone.text("value") == DOTS
    someone.click(someone.field("value").locator(EYE))
    assert someone.text("value") == LONG_SECRET


def test_secret_is_not_changed_by_editing_its_row(person, make_secrets):
    """Nor would the input of a browser give back what is in such a value."""
    stored = make_secrets("Kept", TOKEN=" two\nlines ")
    someone = person("manager")
    row = _edit_secret(someone, "Kept", "TOKEN")
    value = row.locator(VALUE)
    assert value.get_attribute("type") == "password"
    assert value.get_attribute("placeholder") == DOTS
    assert value.input_value() == ""
    someone.look("secret-edited")
    someone.fill("value", "typed")
    someone.fill("value", "")
    someone.fill("description", "From the settings")
    someone.press("Save")
    assert "From the settings" in someone.text("secret_ids")
    assert stored() == [" two\nlines "]
    row = _edit_secret(someone, None, "TOKEN")
    someone.click(row.locator(EYE))
    assert row.locator(VALUE).input_value() == " two\nlines "
    someone.fill("description", "From the shop")
    someone.press("Save")
    assert stored() == [" two\nlines "]


def test_secret_of_several_lines_keeps_them(person, make_secrets):
    stored = make_secrets("Keyed", KEY=False)
    someone = person("manager")
    someone.page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    row = _edit_secret(someone, "Keyed", "KEY")
    value = row.locator(VALUE)
    _paste(someone, "old")
    value.press("Home")
    _paste(someone, PRIVATE_KEY + "\n")
    assert value.get_attribute("placeholder") == DOTS
    assert value.input_value() == ""
    someone.fill("description", "From the bank")
    someone.press("Save")
    assert stored() == [PRIVATE_KEY + "\nold"]
    row = _edit_secret(someone, None, "KEY")
    someone.click(row.locator(EYE))
    assert value.input_value() == PRIVATE_KEY + "\nold"
    someone.look("secret-of-several-lines")
    value.press("Control+End")
    _press(someone, "Enter", "N", "Tab", "Enter")
    assert value.get_attribute("placeholder") == DOTS
    someone.press("Save")
    assert stored() == [PRIVATE_KEY + "\nold\nN"]


def _paste(someone, text):
    someone.page.evaluate("text => navigator.clipboard.writeText(text)", text)
    _press(someone, "Control+v")


def test_secret_is_changed_behind_dots_and_beside_the_eye(person, make_secrets):
    stored = make_secrets("Changed", TOKEN="old")
    someone = person("manager")
    _edit_secret(someone, "Changed", "TOKEN")
    someone.fill("value", " new ")
    someone.look("secret-typed")
    someone.press("Save")
    assert stored() == ["new"]
    row = _edit_secret(someone, None, "TOKEN")
    value = row.locator(VALUE)
    someone.click(row.locator(EYE))
    assert value.input_value() == "new"
    someone.look("secret-edited-shown")
    someone.fill("value", "newer")
    someone.click(row.locator(EYE))
    assert value.get_attribute("type") == "password"
    someone.press("Save")
    assert stored() == ["newer"]
    assert DOTS in someone.text("secret_ids")
    _edit_secret(someone, None, "TOKEN")
    someone.fill("value", "discarded")
    someone.press("Discard")
    someone.press("Ok")
    assert stored() == ["newer"]
    row = _edit_secret(someone, None, "TOKEN")
    row.locator(VALUE).press("Delete")
    someone.press("Save")
    assert stored() in ([None], [""])
    assert DOTS not in someone.text("secret_ids")


def test_eye_of_a_secret_is_reached_and_pressed_with_the_keyboard(person, make_secrets):
    stored = make_secrets("Typed", TOKEN="t0ken")
    someone = person("manager")
    someone.open_row("Typed")
    someone.open_tab("Parameters")
    eye = someone.field("secret_ids").locator(EYE)
    assert eye.get_attribute("aria-label") == "Show the value"
    eye.focus()
    _press(someone, "Enter")
    assert "t0ken" in someone.text("secret_ids")
    assert eye.get_attribute("aria-label") == "Hide the value"
    _press(someone, "Space")
    assert DOTS in someone.text("secret_ids")
    assert not someone.page.locator(".modal.show").count()
    row = _edit_secret(someone, None, "TOKEN")
    value = row.locator(VALUE)
    _press(someone, "Tab", "Enter")
    assert value.input_value() == "t0ken"
    _press(someone, "Enter", "Shift+Tab", "Control+a")
    someone.page.keyboard.type("t1ken")
    _press(someone, "Tab", "Tab")
    assert row.locator("input[name=description]").evaluate(HAS_FOCUS)
    someone.press("Save")
    assert stored() == ["t1ken"]


def _press(someone, *keys):
    for key in keys:
        someone.page.keyboard.press(key)
        someone.settle()


def _edit_secret(someone, project, key):
    """Open a row of the secrets for editing; give that row."""
    if project:
        someone.open_row(project)
    someone.press("Edit")
    someone.open_tab("Parameters")
    someone.click(someone.row(key).locator("td").nth(1))
    return someone.page.locator(".o_selected_row")


@pytest.fixture
def make_secrets(server):
    """Function that makes a project with secrets; it gives one that reads them."""

    def make_secrets(project, **values):
        secrets = [_line(key=key, value=value) for key, value in values.items()]
        vals = {"name": project, "secret_ids": secrets}
        number = server.rpc("manager", "manager")("sync.project", "create", vals)
        return lambda: [value for value, in query(DATABASE, VALUES, [number])]

    return make_secrets


def test_links_of_a_project_are_found_by_their_relation(person, projects):
    someone = person("user")
    someone.open_row("Webshop")
    someone.follow("Links")
    assert someone.page.locator(".o_data_row").count() == 1
    assert "shop_customer" in someone.row().inner_text()
    someone.look("project-links")


def test_project_is_duplicated_unarchived_and_archived(person, projects):
    someone = person("dev")
    someone.open_row("Webshop")
    someone.choose("Action", "Duplicate")
    someone.fill("name", "Second shop")
    someone.press("Save")
    ribbon = someone.page.locator(".ribbon")
    assert ribbon.is_visible()
    someone.press("Unarchive")
    assert not ribbon.is_visible()
    someone.choose("Action", "Archive")
    someone.press("Ok")
    assert ribbon.is_visible()


def test_overview_follows_what_happens(person, projects, server):
    someone = person("user")
    someone.page.clock.install()
    someone.menu("Overview")
    runs = someone.page.locator(".o_sync_figure").first
    before = runs.inner_text()
    query(DATABASE, INSERT_RUNS, ["IMPORT"])
    someone.page.clock.fast_forward("00:31")
    someone.comes(lambda: runs.inner_text() != before)
