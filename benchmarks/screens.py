# Copyright 2026 Sync Studio contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl.html)
"""Screens: queries of the lists of jobs and projects, the project form, the overview."""

from servers import query

from .database import environment, record
from .measure import Figure
from .web_client import PAGE, WebClient

JOBS = 100000
LOGS = 1000000
SUB_JOBS = 1000
PARAMS = 20
TASKS = 10
LIMIT = 15
QUERIES = "queries"

INSERT_JOBS = """
    INSERT INTO sync_job (
        task_id, project_id, trigger_name, trigger_button_id, function, ancestry,
        state, own_state, create_uid, create_date, date_start, date_end)
    SELECT task.id, task.project_id, button.trigger_name, button.id, 'handle_button', '/',
           'done', 'done', 1, now(), now(), now()
      FROM generate_series(1, %s) AS number
      JOIN (SELECT array_agg(id) AS ids FROM sync_trigger_button) AS buttons ON true
      JOIN sync_trigger_button button
        ON button.id = buttons.ids[1 + number %% cardinality(buttons.ids)]
      JOIN sync_task task ON task.id = button.sync_task_id
"""
INSERT_LOGS = """
    INSERT INTO ir_logging (
        create_date, type, name, level, message, path, line, func,
        sync_job_id, sync_task_id, sync_project_id, sync_status)
    SELECT now(), 'server', 'Log', 'info', 'A line', 'sync.job', job.id, job.function,
           job.id, job.task_id, job.project_id, 'success'
      FROM sync_job job, generate_series(1, %s)
"""
# Jobs right after the first become its sub-jobs.
MAKE_SUB_JOBS = """
    UPDATE sync_job
       SET parent_job_id = top.id, ancestry = '/' || top.id || '/'
      FROM (SELECT min(id) AS id FROM sync_job) AS top
     WHERE sync_job.id > top.id AND sync_job.id <= top.id + %s
"""


def figures(database):
    """Give the number of queries of each screen, for a Developer."""
    project = fill(database)
    with environment(database) as env:
        log_view = env.ref("sync.ir_logging_view_tree").id
    browser = WebClient(database, "benchmark", "benchmark")
    for _twice in range(2):  # the first time warms up the server
        jobs = calls(browser, lambda: browser.open_list("sync.job"))
        form = calls(browser, lambda: browser.open_form("sync.project", project))
        cards = calls(browser, lambda: browser.open_list("sync.project", "kanban"))
        projects = calls(browser, lambda: browser.open_list("sync.project"))
        overview = calls(browser, lambda: browser.call("sync.overview", "read_page"))
        job = calls(browser, lambda: browser.open_form("sync.job", some_job(database)))
        watch = calls(browser, lambda: watch_job(browser, database))
        logs = calls(browser, lambda: browser.open_list("ir.logging", view_id=log_view))
    (_views, _count), (read, count) = jobs
    assert read == "dataset/search_read"
    yield Figure("job list, %s of %s" % (PAGE, JOBS), count, LIMIT, QUERIES)
    (_views, _count), (_read, count) = logs
    yield Figure("log list, %s of %s" % (PAGE, LOGS), count, LIMIT, QUERIES)
    (_views, _count), (read, count) = job[:2]
    assert read == "dataset/call_kw/sync.job/read"
    yield Figure("job form, %s sub-jobs" % SUB_JOBS, count, LIMIT, QUERIES)
    ((_watch, count),) = watch
    yield Figure("job form, log and news", count, LIMIT, QUERIES)
    count = sum(count for _call, count in job[1:] + watch)
    yield Figure("job form with all in it", count, None, QUERIES)
    for name, (_views, (_read, count)) in (("cards", cards), ("list", projects)):
        yield Figure("%s of projects" % name, count, LIMIT, QUERIES)
    ((_read, count),) = overview
    yield Figure("overview", count, LIMIT, QUERIES)
    (_views, _count), (read, count) = form[:2]
    assert read == "dataset/call_kw/sync.project/read"
    yield Figure("project form", count, LIMIT, QUERIES)
    count = sum(count for _call, count in form[1:])
    yield Figure("project form with all lists in it", count, None, QUERIES)


def some_job(database):
    """Return the id of the job with sub-jobs."""
    ((job,),) = query(database, "SELECT min(id) FROM sync_job")
    return job


def watch_job(browser, database):
    """Ask what the form of a job asks for while it goes on."""
    browser.call("sync.job", "watch", [[some_job(database)]])


def calls(browser, action):
    """Return the calls (name, queries) of an action."""
    browser.calls.clear()
    action()
    return list(browser.calls)


def fill(database):
    """Give the project tasks with triggers, values, jobs and logs; return its id."""
    with environment(database, commit=True) as env:
        project = record(env, "project")
        for number in range(TASKS):
            add_task(env, project, number)
        for number in range(PARAMS):
            add_values(project, number)
    query(database, INSERT_JOBS, [JOBS])
    query(database, INSERT_LOGS, [LOGS // JOBS])
    query(database, MAKE_SUB_JOBS, [SUB_JOBS])
    query(database, "VACUUM ANALYZE")
    return project.id


def add_task(env, project, number):
    """Add a task with a trigger of each kind."""
    task = env["sync.task"].create(
        {"project_id": project.id, "name": "Task %s" % number}
    )
    values = {"sync_task_id": task.id, "trigger_name": "TRIGGER_%s" % number}
    for kind in ("button", "webhook"):
        env["sync.trigger." + kind].create(dict(values))
    env["sync.trigger.cron"].create(dict(values, nextcall="2100-01-01 00:00:00"))
    partners = env.ref("base.model_res_partner").id
    env["sync.trigger.automation"].create(
        dict(values, model_id=partners, trigger="on_create")
    )


def add_values(project, number):
    """Add a param, a text and a secret."""
    values = {"key": "KEY_%s" % number, "value": "value"}
    for name in ("param_ids", "text_param_ids", "secret_ids"):
        project[name] = [(0, 0, values)]
