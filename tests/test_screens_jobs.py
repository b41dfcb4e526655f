# Copyright 2026 Sync Studio contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl.html)
"""Jobs, their progress and their logs in Chromium, while real workers run them."""

import pytest
from browser import Person, chromium, server_with_people
from servers import query, until

DATABASE = "sync_screens_jobs"
ROLES = {
    "jobs_user": "User",
    "jobs_dev": "Developer",
    "jobs_manager": "Administrator",
}
RUNNERS = ["jobs_dev", "jobs_manager"]  # who may run jobs again, and cancel them
RED = "#dc3545"
DRAWING = 1200  # milliseconds in which the bars of a chart grow
LONG_LINE = "The last words of a long message"
WATCHED = """
PAGES = 6


def handle_cron():
    for page in range(PAGES):
        progress(page, PAGES, "Fetching page %s" % (page + 1))
        log("Fetched page %s" % (page + 1))
        env.cr.execute("SELECT pg_sleep(1)")
    progress(PAGES, PAGES)
    for page in range(PAGES):
        add_job(store_page)(page, mode="full")


def store_page(page, mode):
    env.cr.execute("SELECT pg_sleep(0.5)")
    log("Stored page %s" % page)
"""
WAITING = """
def handle_cron():
    for number in range(3):
        add_job(later, eta=3600)(number)


def later(number):
    log("Never")
"""
FAILING = """
def handle_cron():
    log("The shop answers: %s" % params.STATE)
    if params.STATE != "open":
        raise OSError("closed")
"""
WARNING_FIRST = """
def handle_cron():
    log("Careful", LOG_WARNING)
    for number in range(40):
        log("Line %s" % number)
        env.cr.execute("SELECT pg_sleep(0.5)")
"""
# A sequence shows what others do to it while a transaction goes on.
CLOSE_GATE = "CREATE SEQUENCE IF NOT EXISTS gate; SELECT setval('gate', 1, FALSE)"
OPEN_GATE = "SELECT nextval('gate')"
GATED = """
def is_closed():
    env.cr.execute("SELECT pg_sleep(0.1), is_called FROM gate")
    return not env.cr.fetchone()[1]


def handle_cron():
    while is_closed():
        pass
    for number in range(450):
        log("Line %s" % (number + 1))
"""
TALKING = """
def handle_button():
    log("Reading the settings", LOG_DEBUG)
    log("Sending the prices")
    log_transmission("the shop", '{"prices": [12.5, 13, 14]}')
    log('{"accepted": 3}', name="the shop", log_type="data_in")
    log("A price is older than a day: SO-7", LOG_WARNING)
    log("Rows:\\n" + "\\n".join(["row %s" % number for number in range(30)])
        + "\\nLONG_LINE", LOG_WARNING)
    log("A price was refused", LOG_ERROR)


def handle_cron():
    for number in range(450):
        log("Line %s" % (number + 1))
""".replace(
    "LONG_LINE", LONG_LINE
)


@pytest.fixture(scope="module")
def server():
    """A server with workers and job runner, whose users have one role each."""
    with server_with_people(DATABASE, ROLES) as server:
        yield server


@pytest.fixture(scope="module")
def dev(server):
    """What a Developer does by the external API."""
    return server.rpc("jobs_dev", "jobs_dev")


@pytest.fixture(scope="module")
def people(server):
    with chromium() as browser:
        yield {login: Person(browser, server, login) for login in ROLES}


def _line(**vals):
    return (0, 0, vals)


def _project(dev, name, code, **vals):
    """Make a project with one task and its triggers NAME_CRON, NAME_BUTTON."""
    prefix = name.upper().replace(" ", "_")
    task = _line(
        name="Task of %s" % name,
        code=code,
        cron_ids=[_line(trigger_name=prefix + "_CRON")],
        button_ids=[_line(trigger_name=prefix + "_BUTTON")],
    )
    vals.update(name=name, active=True, task_ids=[task])
    return dev("sync.project", "create", vals)


def _start(dev, project, kind="cron"):
    """Run a trigger of a project; return the id of its job."""
    model = "sync.trigger." + kind
    domain = [("sync_task_id.project_id", "=", project)]
    trigger = dev(model, "search", domain)
    dev(model, "start_button", trigger)
    domain = [("project_id", "=", project), ("parent_job_id", "=", False)]
    return dev("sync.job", "search", domain)[0]


def _open(someone, project):
    """Open the latest job of a project that is no sub-job."""
    _list(someone)
    someone.open_row(project)


def _list(someone):
    """Open the list of jobs that are no sub-jobs."""
    someone.menu("Jobs")
    someone.choose("Filters", "Without Sub-jobs")


@pytest.mark.parametrize("role", ROLES)
def test_running_job_is_watched(person, dev, role):
    name = "Watched by %s" % role
    _start(dev, _project(dev, name, WATCHED))
    someone = person(role)
    _open(someone, name)
    someone.page.evaluate("window.loadedOnce = true")
    log = someone.page.locator(".o_sync_job_log")
    someone.comes(lambda: "Fetched page 2" in log.inner_text())
    assert "Fetched page 6" not in log.inner_text()
    someone.comes(lambda: "of 6: Fetching page" in someone.text("progress_text"))
    assert someone.state() == "Started"
    someone.look("job-running")
    _list(someone)
    bar = someone.row(name).locator(".o_progressbar_value")
    assert bar.inner_text().endswith("%")
    someone.look("jobs-running")
    someone.open_row(name)
    someone.comes(lambda: "of 6 sub-jobs" in someone.text("progress_text"))
    someone.open_tab("Sub-jobs")
    someone.look("job-sub-jobs")
    someone.comes(lambda: someone.text("progress_text") == "6 of 6 sub-jobs")
    assert someone.state() == "Done"
    badges = someone.field("job_ids").locator(".badge").all_inner_texts()
    assert badges == ["Done"] * 6
    assert someone.page.evaluate("window.loadedOnce")
    someone.look("job-done")
    _walk_sub_job(someone)


def _walk_sub_job(someone):
    """Open a sub-job from the list in its parent's page, and come back."""
    parent = someone.title()
    someone.open_row("store_page")
    assert someone.title() == parent + ".store_page"
    assert "Stored page" in someone.text("log_ids")
    someone.back()
    assert someone.title() == parent


def test_list_follows_the_jobs_in_it(person, dev):
    code = WATCHED.replace("PAGES = 6", "PAGES = 12")
    _start(dev, _project(dev, "Listed", code))
    someone = person("jobs_user")
    _list(someone)
    someone.page.evaluate("window.loadedOnce = true")
    row = someone.row("Listed")
    seen = set()

    def is_done():
        seen.add(row.locator(".o_progressbar_value").inner_text())
        return row.locator(".badge").inner_text() == "Done"

    someone.comes(is_done)
    assert len(seen) > 2
    assert someone.page.evaluate("window.loadedOnce")
    _assert_asks_nothing(someone)


def test_list_waits_while_rows_are_selected(person, dev):
    _start(dev, _project(dev, "Selected", WATCHED))
    someone = person("jobs_user")
    _list(someone)
    row = someone.row("Selected")
    selector = row.locator(".o_list_record_selector")
    someone.click(selector)
    someone.page.evaluate("document.activeElement.blur()")
    _assert_asks_nothing(someone)
    assert selector.locator("input").is_checked()
    assert "1 selected" in someone.page.locator(".o_list_selection_box").inner_text()
    someone.click(selector)
    someone.page.evaluate("document.activeElement.blur()")
    someone.comes(lambda: row.locator(".badge").inner_text() == "Done")


def test_list_waits_while_its_menu_is_open(person, dev):
    _start(dev, _project(dev, "Used", WATCHED))
    someone = person("jobs_user")
    _list(someone)
    menu = someone.page.locator(".o_optional_columns_dropdown_toggle")
    someone.click(menu)
    _assert_asks_nothing(someone)
    assert someone.page.locator(".o_optional_columns .dropdown-menu").is_visible()
    someone.click(menu)
    badge = someone.row("Used").locator(".badge")
    someone.comes(lambda: badge.inner_text() == "Done")


def test_browser_asks_no_more_once_the_job_is_done(person, dev):
    _start(dev, _project(dev, "Silent", TALKING), "button")
    someone = person("jobs_user")
    _open(someone, "Silent")
    _assert_asks_nothing(someone)


def _assert_asks_nothing(someone):
    asked = []
    someone.page.on("request", lambda request: asked.append(request.url))
    someone.page.wait_for_timeout(4000)
    assert not [url for url in asked if "sync.job" in url]


def test_hidden_page_asks_nothing(person, dev):
    job = _start(dev, _project(dev, "Hidden", WAITING))
    until(lambda: dev("sync.job", "read", [job], ["sub_job_count"])[0]["sub_job_count"])
    someone = person("jobs_user")
    _open(someone, "Hidden")
    asked = []
    someone.page.on("request", lambda request: asked.append(request.url))
    someone.comes(lambda: [url for url in asked if "/watch" in url])
    _show_page(someone, "hidden")
    someone.settle()
    asked.clear()
    someone.page.wait_for_timeout(4000)
    assert not asked


@pytest.mark.parametrize("role", RUNNERS)
def test_failed_job_is_run_again(person, dev, role):
    name = "Failing for %s" % role
    params = [_line(key="STATE", value="closed")]
    project = _project(dev, name, FAILING, param_ids=params)
    _start(dev, project)
    someone = person(role)
    _open(someone, name)
    someone.comes(lambda: someone.state() == "Failed")
    assert "OSError: closed" in someone.text("log_ids")
    someone.look("job-failed")
    param = dev("sync.project.param", "search", [("project_id", "=", project)])
    dev("sync.project.param", "write", param, {"value": "open"})
    someone.press("Run Again")
    someone.comes(lambda: someone.state() == "Done")
    assert "The shop answers: open" in someone.text("log_ids")
    assert not someone.button("Run Again").count()


@pytest.mark.parametrize("role", RUNNERS)
def test_waiting_jobs_are_cancelled(person, dev, role):
    name = "Waiting for %s" % role
    job = _start(dev, _project(dev, name, WAITING))
    someone = person(role)
    _open(someone, name)
    someone.comes(lambda: "0 of 3 sub-jobs" in someone.text("progress_text"))
    someone.look("job-waiting")
    someone.press("Cancel")
    someone.look("job-cancel-question")
    someone.press("Ok")
    someone.comes(lambda: someone.state() == "Cancelled")
    assert not someone.button("Cancel").count()
    someone.open_tab("Sub-jobs")
    someone.look("job-cancelled")
    states = "SELECT DISTINCT state FROM sync_job WHERE parent_job_id = %s"
    assert query(DATABASE, states, [job]) == [("cancelled",)]


def test_user_only_watches(person, dev):
    params = [_line(key="STATE", value="closed")]
    _start(dev, _project(dev, "Kept", WAITING))
    _start(dev, _project(dev, "Broken", FAILING, param_ids=params))
    someone = person("jobs_user")
    for project, state in (("Kept", "Pending"), ("Broken", "Failed")):
        _open(someone, project)
        someone.comes(lambda: someone.state() == state)  # noqa: B023
        for label in ("Run Again", "Cancel"):
            assert not someone.button(label).count()


@pytest.mark.parametrize("role", ROLES)
def test_log_of_a_job_is_read(person, dev, role):
    _start(dev, _project(dev, "Talking " + role, TALKING), "button")
    someone = person(role)
    _open(someone, "Talking " + role)
    someone.look("job-log")
    rows = someone.page.locator(".o_sync_line")
    assert "Sent to the shop" in someone.text("log_ids")
    assert "Received from the shop" in someone.text("log_ids")
    for label, count in (("Warnings", 2), ("Errors", 1), ("Data", 2)):
        _choose_kind(someone, label)
        assert rows.count() == count
    _choose_kind(someone, "Warnings")
    someone.look("job-log-warnings")
    assert LONG_LINE not in someone.text("log_ids")
    someone.press("Show all")
    assert LONG_LINE in someone.text("log_ids")
    someone.look("job-log-expanded")
    someone.press("Show less")
    assert LONG_LINE not in someone.text("log_ids")
    _choose_kind(someone, "All")
    assert rows.count() > 7


def test_lines_of_the_kind_that_was_clicked_last_are_shown(person, dev):
    """Though the answer to an earlier click comes later."""
    _start(dev, _project(dev, "Clicked", TALKING), "button")
    someone = person("jobs_user")
    _open(someone, "Clicked")
    held = []

    def hold_first(route):
        route.continue_() if held else held.append(route)

    someone.page.route("**/sync.job/watch", hold_first)
    kinds = someone.page.locator(".o_sync_kind")
    kinds.filter(has_text="Warnings").click()
    until(lambda: held or someone.page.wait_for_timeout(50))
    kinds.filter(has_text="Data").click()
    rows = someone.page.locator(".o_sync_line")
    someone.comes(lambda: rows.filter(has_text="the shop").count() == rows.count())
    held[0].continue_()
    someone.settle()
    assert rows.count() == 2
    assert rows.filter(has_text="the shop").count() == 2
    someone.page.unroute("**/sync.job/watch")


def test_lines_are_not_shown_twice_when_a_kind_is_clicked(person, dev):
    """A question that was asked for the kind before is answered after the click."""
    _start(dev, _project(dev, "Switched", WARNING_FIRST))
    someone = person("jobs_user")
    _open(someone, "Switched")
    kinds = someone.page.locator(".o_sync_kind")
    someone.comes(lambda: kinds.filter(has_text="Warnings").is_enabled())
    _choose_kind(someone, "Warnings")
    clicked, followed = [], []

    def hold(route):
        call = route.request.post_data_json["params"]["kwargs"]
        held = followed if "after" in call else clicked
        route.continue_() if held or call["kind"] != "all" else held.append(route)

    someone.page.route("**/sync.job/watch", hold)
    kinds.filter(has_text="All").click()
    until(lambda: followed or someone.page.wait_for_timeout(50))
    clicked[0].continue_()
    rows = someone.page.locator(".o_sync_line")
    someone.comes(lambda: rows.count() > 2)
    followed[0].continue_()
    someone.settle()
    someone.page.unroute("**/sync.job/watch")
    lines = rows.locator(".o_sync_message").all_inner_texts()
    assert len(lines) == len(set(lines))


def test_earlier_lines_are_reached_by_whoever_was_away(person, dev):
    someone = person("jobs_user")
    _stay_away_while_it_runs(someone, dev, "Away")
    _show_page(someone, "visible")
    someone.comes(lambda: someone.state() == "Done")
    assert someone.page.locator(".o_sync_earlier").is_visible()


def test_click_on_a_kind_shows_that_the_job_has_ended(person, dev):
    someone = person("jobs_user")
    _stay_away_while_it_runs(someone, dev, "Ended")
    _choose_kind(someone, "All")
    someone.comes(lambda: someone.state() == "Done")


def _stay_away_while_it_runs(someone, dev, name):
    """Open a job before its first line, and look elsewhere until it has ended."""
    query(DATABASE, CLOSE_GATE)
    _start(dev, _project(dev, name, GATED))
    _open(someone, name)
    _show_page(someone, "hidden")
    assert not someone.page.locator(".o_sync_line").count()
    query(DATABASE, OPEN_GATE)
    ended = [("project_id.name", "=", name), ("state", "=", "done")]
    until(lambda: dev("sync.job", "search", ended))


def _show_page(someone, state):
    """Let the browser believe that its page is hidden or visible."""
    someone.page.evaluate(
        "state => Object.defineProperty("
        "document, 'visibilityState', {value: state, configurable: true})",
        state,
    )


def test_later_page_of_sub_jobs_stays(person, dev):
    _start(
        dev,
        _project(
            dev,
            "Paged",
            WATCHED.replace("PAGES = 6", "PAGES = 45").replace(
                "sleep(1)", "sleep(0.05)"
            ),
        ),
    )
    someone = person("jobs_user")
    _open(someone, "Paged")
    someone.comes(lambda: "of 45 sub-jobs" in someone.text("progress_text"), 90)
    someone.open_tab("Sub-jobs")
    someone.click(someone.field("job_ids").locator(".o_pager_next"))
    rows = someone.field("job_ids").locator(".o_data_row")
    before = someone.text("progress_text")
    someone.comes(lambda: someone.text("progress_text") != before)
    assert rows.count() == 5
    assert someone.field("job_ids").locator(".o_pager_value").inner_text() == "41-45"


def _choose_kind(someone, label):
    someone.click(someone.page.locator(".o_sync_kind", has_text=label))


def test_long_log_is_read_from_its_end(person, dev):
    _start(dev, _project(dev, "Long", TALKING))
    someone = person("jobs_user")
    _open(someone, "Long")
    someone.comes(lambda: someone.state() == "Done")
    rows = someone.page.locator(".o_sync_line .o_sync_message")
    assert "Job finished" in rows.all_inner_texts()
    assert "Line 1" not in rows.all_inner_texts()
    earlier = someone.page.locator(".o_sync_earlier")
    while earlier.is_visible():
        earlier.dblclick()
        someone.settle()
    lines = ["Line %s" % (number + 1) for number in range(450)]
    assert rows.all_inner_texts()[: len(lines)] == lines


def test_job_tells_what_it_was_started_with(person, dev):
    job = _start(
        dev, _project(dev, "Arguments", WATCHED.replace("PAGES = 6", "PAGES = 1"))
    )
    until(lambda: dev("sync.job", "search_count", [("parent_job_id", "=", job)]))
    (sub_job,) = dev("sync.job", "search", [("parent_job_id", "=", job)])
    until(lambda: dev("sync.job", "read", [sub_job], ["state"])[0]["state"] == "done")
    someone = person("jobs_user")
    someone.menu("Jobs")
    someone.open_row("ARGUMENTS_CRON.store_page")
    assert someone.text("function") == "store_page"
    assert someone.text("arguments") == "0, mode='full'"
    assert "ARGUMENTS_CRON" in someone.text("parent_job_id")
    someone.look("sub-job")


def test_long_names_leave_room_for_messages(person, dev):
    name = "The shop of the northern warehouse, with its returns and its catalogue"
    _start(dev, _project(dev, name, TALKING), "button")
    someone = person("jobs_user")
    someone.menu("Logs")
    someone.look("logs-of-long-names")
    headers = someone.page.locator("th[data-name]")
    widths = {
        header.get_attribute("data-name"): header.bounding_box()["width"]
        for header in headers.all()
    }
    assert widths["message_short"] > 1.5 * widths["sync_project_id"], widths


@pytest.mark.parametrize("role", ROLES)
def test_lists_and_charts(person, dev, role):
    _start(dev, _project(dev, "Charted for " + role, TALKING), "button")
    someone = person(role)
    someone.menu("Jobs")
    someone.look("jobs")
    someone.click(someone.page.locator(".o_switch_view.o_graph"))
    someone.page.wait_for_timeout(DRAWING)
    someone.look("jobs-graph")
    assert _colors(someone)["Failed"] == RED
    someone.click(someone.page.locator(".o_graph_button[data-mode=pie]"))
    someone.page.wait_for_timeout(DRAWING)
    someone.choose("Group By", "State")
    assert _colors(someone)["Failed"] == RED
    someone.click(someone.page.locator(".o_switch_view.o_pivot"))
    someone.look("jobs-pivot")
    someone.menu("Logs")
    someone.look("logs")
    someone.choose("Filters", "Data Transmissions")
    assert "Sent to the shop" in someone.page.locator(".o_list_view").inner_text()
    someone.look("logs-data")
    someone.open_row("prices")
    someone.look("log-line")
    someone.menu("Logs")
    someone.click(someone.page.locator(".o_switch_view.o_graph"))
    someone.page.wait_for_timeout(DRAWING)
    someone.look("logs-graph")
    assert _colors(someone)["error"] == RED
    someone.menu("Logs")
    someone.choose("Filters", "Warnings")
    someone.open_row("Rows:")
    assert LONG_LINE in someone.text("message")
    someone.look("log-line-long")


def _colors(someone):
    """Give the colors of the chart by the name of what they stand for."""
    return someone.page.evaluate(
        "Object.fromEntries(Object.values(Chart.instances).pop()"
        ".legend.legendItems.map(item => [item.text, item.fillStyle]))"
    )
