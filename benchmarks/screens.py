# Copyright 2026 Sync Studio contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl.html)
"""Screens: queries of each page of Sync Studio, in a database that is full."""

from functools import partial

from servers import query

from .database import environment, record
from .measure import Figure
from .web_client import WebClient

JOBS = 100000
LOGS = 1000000
SUB_JOBS = 1000
PARAMS = 20
TASKS = 10
LINKS = 100000
DELIVERIES = 10000
LIMIT = 15
QUERIES = "queries"
# What is shown, the model, and the view where it is not the model's first.
LISTS = [
    ("projects, list", "sync.project", None),
    ("tasks, list", "sync.task", None),
    ("crons, list", "sync.trigger.cron", "sync_trigger_cron_view_tree_full"),
    (
        "DB triggers, list",
        "sync.trigger.automation",
        "sync_trigger_automation_view_tree_full",
    ),
    ("webhooks, list", "sync.trigger.webhook", "sync_trigger_webhook_view_tree_full"),
    (
        "manual triggers, list",
        "sync.trigger.button",
        "sync_trigger_button_view_tree_full",
    ),
    ("jobs, list of %s" % JOBS, "sync.job", None),
    ("logs, list of %s" % LOGS, "ir.logging", "ir_logging_view_tree"),
    ("deliveries, list of %s" % DELIVERIES, "sync.webhook.delivery", None),
    ("links, list of %s" % LINKS, "sync.link", None),
]
FORMS = [
    ("project", "sync.project", None),
    ("task", "sync.task", "sync_task_view_form_full"),
    ("cron", "sync.trigger.cron", "sync_trigger_cron_view_form_full"),
    (
        "DB trigger",
        "sync.trigger.automation",
        "sync_trigger_automation_view_form_full",
    ),
    ("webhook", "sync.trigger.webhook", None),
    ("manual trigger", "sync.trigger.button", None),
    ("job with %s sub-jobs" % SUB_JOBS, "sync.job", None),
    ("log line", "ir.logging", "ir_logging_view_form"),
    ("delivery", "sync.webhook.delivery", None),
    ("link", "sync.link", None),
]

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
# Queue jobs of the first job and its sub-jobs.
INSERT_QUEUE_JOBS = """
    WITH queue AS (
        INSERT INTO queue_job (
            uuid, name, user_id, company_id, state, model_name, method_name, records,
            args, kwargs, date_created, exec_time, retry, max_retries, channel)
        SELECT 'benchmark-' || job.id, 'A job', 1, 1, 'done', 'sync.task', 'run',
               '{"_type": "odoo_recordset", "model": "sync.task", "ids": [1], "uid": 1}',
               '[[], "handle_button", [], {}]', '{}', now(), 1, 1, 5, 'root'
          FROM (SELECT id FROM sync_job ORDER BY id LIMIT %s + 1) AS job
     RETURNING id, uuid
    )
    UPDATE sync_job SET queue_job_id = queue.id
      FROM queue
     WHERE queue.uuid = 'benchmark-' || sync_job.id
"""
INSERT_LOGS = """
    INSERT INTO ir_logging (
        create_date, type, name, level, message, path, line, func,
        sync_job_id, sync_task_id, sync_project_id, sync_status)
    SELECT now(), 'server', 'Log', 'info', 'A line', 'sync.job', job.id, job.function,
           job.id, job.task_id, job.project_id, 'success'
      FROM sync_job job, generate_series(1, %s)
"""
INSERT_LINKS = """
    INSERT INTO sync_link (relation, system1, ref1, system2, ref2, date, model)
    SELECT 'product', 'shop', 'p' || number, '__odoo__', number, now(), 'res.partner'
      FROM generate_series(1, %s) AS number
"""
INSERT_DELIVERIES = """
    INSERT INTO sync_webhook_delivery (
        trigger_webhook_id, task_id, project_id, date, method, path, headers, body_text,
        size, verdict, status)
    SELECT webhook.id, task.id, task.project_id, now(), 'POST', '/', '[]', '{}',
           2, 'accepted', 200
      FROM generate_series(1, %s) AS number,
           (SELECT * FROM sync_trigger_webhook ORDER BY id LIMIT 1) AS webhook
      JOIN ir_act_server action ON action.id = webhook.action_server_id
      JOIN sync_task task ON task.id = action.sync_task_id
"""
SET_DELIVERY = """
    UPDATE sync_job
       SET delivery_id = (SELECT max(id) FROM sync_webhook_delivery)
     WHERE id IN (SELECT id FROM sync_job ORDER BY id DESC LIMIT 3)
"""
# Jobs right after the first become its sub-jobs.
MAKE_SUB_JOBS = """
    UPDATE sync_job
       SET parent_job_id = top.id, ancestry = '/' || top.id || '/'
      FROM (SELECT min(id) AS id FROM sync_job) AS top
     WHERE sync_job.id > top.id AND sync_job.id <= top.id + %s
"""


def figures(database):
    """Give the number of queries of each page, all its requests, for a Developer."""
    fill(database)
    browser = WebClient(database, "benchmark", "benchmark")
    for _twice in range(2):  # the first time warms up the server
        counts = [(what, count(browser, action)) for what, action in pages(database)]
    for what, queries in counts:
        yield Figure(what, queries, LIMIT, QUERIES)


def pages(database):
    """Give each page: what it shows, and a function that opens it for a browser."""
    yield "overview", lambda browser: browser.call("sync.overview", "read_page")
    yield "projects, cards", lambda browser: browser.open_list("sync.project", "kanban")
    yield "jobs, graph", lambda browser: browser.open_graph("sync.job")
    yield "jobs, pivot", lambda browser: browser.open_pivot("sync.job")
    for what, model, view in LISTS:
        yield what, partial(open_list, database, model, view)
    for what, model, view in FORMS:
        yield what, partial(open_form, database, model, view)
    top_job = fullest(database, "sync.job")
    call = ("sync.job", "watch", [[top_job]])
    yield "job, what is new", lambda browser: browser.call(*call)


def open_list(database, model, view, browser):
    """Open a list that is full."""
    shown = browser.open_list(model, view_id=view and view_id(database, view))
    assert shown


def open_form(database, model, view, browser):
    """Open the record of a model whose form has most to show."""
    record_id = fullest(database, model)
    browser.open_form(model, record_id, view and view_id(database, view))


def view_id(database, name):
    """Return the id of a view of the addon."""
    with environment(database) as env:
        return env.ref("sync." + name).id


def fullest(database, model):
    """Return the id of the job with sub-jobs; of other records, of the last one."""
    which = "min" if model == "sync.job" else "max"
    table = model.replace(".", "_")
    ((record_id,),) = query(database, "SELECT %s(id) FROM %s" % (which, table))
    return record_id


def count(browser, action):
    """Return how many queries the data of a page takes.

    Its views are left out: a browser asks for them once, and Odoo's own take as many.
    """
    browser.calls.clear()
    action(browser)
    return sum(count for call, count in browser.calls if "load_views" not in call)


def fill(database):
    """Give the project tasks with triggers, values, jobs, logs, links and requests."""
    with environment(database, commit=True) as env:
        project = record(env, "project")
        for number in range(TASKS):
            add_task(env, project, number)
        for number in range(PARAMS):
            add_values(project, number)
    query(database, INSERT_JOBS, [JOBS])
    query(database, INSERT_LOGS, [LOGS // JOBS])
    query(database, MAKE_SUB_JOBS, [SUB_JOBS])
    query(database, INSERT_QUEUE_JOBS, [SUB_JOBS])
    query(database, INSERT_LINKS, [LINKS])
    query(database, INSERT_DELIVERIES, [DELIVERIES])
    query(database, SET_DELIVERY)
    query(database, "VACUUM ANALYZE")


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
