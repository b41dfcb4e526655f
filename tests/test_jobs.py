# Copyright 2026 Sync Studio contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl.html)
"""Jobs on a real server with workers and job runner, seen through the external API."""

import time
import xmlrpc.client
from concurrent.futures import ThreadPoolExecutor
from textwrap import dedent

import pytest
from servers import until

TIMEOUT = 60  # seconds for the job runner
SCHEDULER_TIMEOUT = 150  # seconds; Odoo's scheduler looks once a minute
ENDED = ("done", "done_warning", "failed", "cancelled")


@pytest.fixture
def make_task(admin):
    """Function that makes a task in a project of its own."""
    return lambda code, **values: Task(admin, dedent(code), values)


class Task:
    """A task of a project of its own, called through the external API."""

    def __init__(self, call, code, values):
        self.call = call
        self.project_id = call("sync.project", "create", {"name": "Jobs", **values})
        call("sync.project", "write", [self.project_id], {"active": True})
        task = {"name": "Task", "code": code, "project_id": self.project_id}
        self.id = call("sync.task", "create", task)

    def add_trigger(self, kind, **values):
        values = {"trigger_name": kind.upper(), "sync_task_id": self.id, **values}
        return self.call("sync.trigger." + kind, "create", values)

    def click(self):
        """Run a new button; give the id of the job."""
        button_id = self.add_trigger("button")
        action = self.call("sync.trigger.button", "start_button", [button_id])
        return action["res_id"]

    def jobs(self):
        domain = [("task_id", "=", self.id), ("parent_job_id", "=", False)]
        return self.call("sync.job", "search_read", domain, [])

    def job(self, job_id):
        return self.call("sync.job", "read", [job_id])[0]

    def ended(self, job_id):
        """Wait until a job and all its sub-jobs have ended; give its state."""
        until(lambda: self.job(job_id)["state"] in ENDED, TIMEOUT, "the end of the job")
        return self.job(job_id)["state"]

    def messages(self, job_id, *domain):
        domain = [("sync_job_id", "=", job_id)] + list(domain)
        lines = self.call("ir.logging", "search_read", domain, ["message"], 0, 0, "id")
        return [line["message"] for line in lines]


def partners(admin):
    return admin.ref("base.model_res_partner")


def test_500_records_of_one_call_are_one_job(admin, make_task):
    task = make_task("def handle_db(records): log(len(records))")
    task.add_trigger("automation", model_id=partners(admin), trigger="on_create")
    values = [{"name": "Partner %s" % number} for number in range(500)]
    partner_ids = admin("res.partner", "create", values)
    admin("sync.project", "write", [task.project_id], {"active": False})
    admin("res.partner", "unlink", partner_ids)
    (job,) = task.jobs()
    assert task.ended(job["id"]) == "done"
    assert task.messages(job["id"])[0] == "500"


def test_tree_of_sub_jobs(make_task):
    task = make_task(
        """
        def handle_button():
            for number in range(20):
                add_job("step")(number, 2)

        def step(number, depth):
            log(number)
            if depth:
                add_job("step")(number, depth - 1)
        """
    )
    job_id = task.click()
    assert task.ended(job_id) == "done"
    sub_jobs = task.call(
        "sync.job", "search_read", [("ancestry", "=like", "/%s/%%" % job_id)], ["state"]
    )
    assert len(sub_jobs) == 60
    assert {job["state"] for job in sub_jobs} == {"done"}


def test_failure_deep_in_the_tree_is_seen_at_the_top(make_task):
    task = make_task(
        """
        def handle_button():
            add_job("first")()

        def first():
            add_job("second")()

        def second():
            1 / 0
        """
    )
    job_id = task.click()
    assert task.ended(job_id) == "failed"
    assert task.job(job_id)["own_state"] == "done"


def test_success_on_a_later_try(make_task):
    task = make_task(
        """
        def handle_button():
            add_job("step")()

        def step():
            if not params.READY:
                raise RetryableJobError("Not yet", seconds=2)
            log("at last")
        """,
        param_ids=[(0, 0, {"key": "READY"})],
    )
    job_id = task.click()
    (sub_job_id,) = task.job(job_id)["job_ids"]
    failed = "This try failed: Not yet"
    until(lambda: failed in task.messages(sub_job_id), TIMEOUT, "the first try")
    domain = [("project_id", "=", task.project_id)]
    (param_id,) = task.call("sync.project.param", "search", domain)
    task.call("sync.project.param", "write", [param_id], {"value": "yes"})
    assert task.ended(job_id) == "done"
    messages = task.messages(sub_job_id)
    assert failed in messages and "at last" in messages


def test_failed_job_runs_again_by_requeue(make_task):
    task = make_task("def handle_button(): add_job('step')()\ndef step(): 1 / 0")
    job_id = task.click()
    assert task.ended(job_id) == "failed"
    (sub_job_id,) = task.job(job_id)["job_ids"]
    code = "def step(): log('mended')"
    task.call("sync.task", "write", [task.id], {"code": code})
    task.call("sync.job", "requeue_button", [sub_job_id])
    mended = "the job after it was put back"
    until(lambda: task.job(job_id)["state"] == "done", TIMEOUT, mended)
    assert "mended" in task.messages(sub_job_id)


def test_failed_click_leaves_its_log_and_nothing_else(admin, make_task):
    task = make_task(
        """
        def handle_button():
            env["res.partner"].create({"name": "Half done"})
            log("made a partner")
            raise UserError("No")
        """
    )
    job_id = task.click()
    assert task.job(job_id)["state"] == "failed"
    assert "made a partner" in task.messages(job_id)
    assert not admin("res.partner", "search", [("name", "=", "Half done")])


def test_log_is_seen_while_the_run_goes_on(server, make_task):
    task = make_task(
        """
        def handle_button():
            log("on its way")
            env.cr.execute("SELECT pg_sleep(6)")
        """
    )
    domain = [("sync_project_id", "=", task.project_id)]
    with ThreadPoolExecutor(1) as pool:
        run = pool.submit(task.click)
        start = time.monotonic()
        watcher = server.rpc()  # a caller waits for its answer, so there are two
        lines = until(
            lambda: watcher("ir.logging", "search_read", domain, ["sync_job_id"]),
            TIMEOUT,
            "the first line",
        )
        assert time.monotonic() - start < 4
        (job,) = watcher("sync.job", "read", [lines[0]["sync_job_id"][0]], ["state"])
        assert job["state"] == "started"
        assert task.job(run.result())["state"] == "done"


def test_schedule_starts_its_trigger(make_task):
    task = make_task("def handle_cron(): log(user.login)")
    task.add_trigger("cron", interval_type="days", nextcall="2020-01-01 00:00:00")
    until(task.jobs, SCHEDULER_TIMEOUT, "Odoo's scheduler")
    (job,) = task.jobs()
    assert task.ended(job["id"]) == "done"
    assert task.messages(job["id"])[0] == "admin"


@pytest.fixture
def person(server, admin):
    """Function that makes a person with one role and gives their caller."""

    def person(role):
        login = "%s-%s" % (role, time.time_ns())
        values = {"name": login, "login": login, "password": login}
        values["groups_id"] = [(6, 0, [admin.ref("sync.sync_group_" + role)])]
        admin("res.users", "create", values)
        return server.rpc(login, login)

    return person


def test_developer_does_a_whole_project(admin, person):
    """With no other group: from the first record to the log, secrets left out."""
    developer = person("dev")
    secret = {"key": "TOKEN"}
    task = Task(
        developer,
        "def handle_button(): log('done by ' + user.login[:3])",
        {"secret_ids": [(0, 0, secret)]},
    )
    # Odoo does not let a cron go that it runs at that moment.
    task.add_trigger("cron", nextcall="2100-01-01 00:00:00")
    task.add_trigger("webhook")
    task.add_trigger("automation", model_id=partners(admin), trigger="on_unlink")
    job_id = task.click()
    assert task.job(job_id)["state"] == "done"
    assert "done by dev" in task.messages(job_id)
    secrets = [("project_id", "=", task.project_id)]
    (secret_id,) = developer("sync.project.secret", "search", secrets)
    admin("sync.project.secret", "write", [secret_id], {"value": "s3cr3t"})
    for method, *arguments in (
        ("read", [secret_id], ["value"]),
        ("search", [("value", "=like", "s%")]),
        ("read_group", [], ["value"], ["value"]),
        ("write", [secret_id], {"value": "mine"}),
        ("create", {"key": "NEW", "value": "mine", "project_id": task.project_id}),
    ):
        with pytest.raises(xmlrpc.client.Fault):
            developer("sync.project.secret", method, *arguments)
    (row,) = person("manager")("sync.project.secret", "read", [secret_id], ["value"])
    assert row["value"] == "s3cr3t"
    copy_id = developer("sync.project", "copy", task.project_id)
    developer("sync.project", "unlink", [copy_id, task.project_id])


def test_user_reads_and_runs_nothing(make_task, person):
    task = make_task("def handle_button(): log('hello')")
    job_id = task.click()
    button_id = task.add_trigger("button")
    user = person("user")
    assert user("sync.job", "read", [job_id], ["state", "log_count"])
    assert user("ir.logging", "search", [("sync_job_id", "=", job_id)])
    with pytest.raises(xmlrpc.client.Fault):
        user("sync.trigger.button", "start_button", [button_id])
    with pytest.raises(xmlrpc.client.Fault):
        user("sync.task", "write", [task.id], {"name": "Mine"})
