# Copyright 2026 Sync Studio contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl.html)
"""Logs: anything can be logged, lines can be watched and outlive whatever happens."""

import threading
import time
from datetime import timedelta

from odoo.tools import mute_logger

from ..eval_context.values import read_values
from ..models.ir_logging import MESSAGE_LIMIT, shorten
from ..models.sync_job import open_log
from ..side_transaction import SideTransaction
from .common import CommittedCase, SyncCase, extension, messages, transaction

LOGGER = "odoo.addons.sync.models.ir_logging"


class FirstLine:
    """Logs a text before the run begins, as a webhook does with its request."""

    def __init__(self, text, side, job, project_values):
        self.text = text
        self.side = side
        self.job = job
        self.project_values = project_values

    def start(self, log):
        log(self.text)
        # A busy server may write it at this very moment.
        self.as_written = log.__self__._row(log.__self__._lines[-1])[-1]

    def success(self, result, log):
        pass

    def store(self, cr):
        pass


class Broken:
    """An object that cannot be shown."""

    def __str__(self):
        raise RuntimeError("no text")

    __repr__ = __str__


class TestLogLines(SyncCase):
    def log(self, statements, **names):
        """Run statements; give the lines they have logged."""
        code = "def handle_button():\n    " + statements.replace("\n", "\n    ")
        button = self.make_button(code)
        project = button.sync_project_id
        with extension(project, lambda project, secrets, eval_context: names):
            self.job = self.click(button)
        lines = self.job.log_ids.sorted("id")
        finished = lines.filtered(lambda line: line.message == "Job finished")
        return lines.filtered(lambda line: line.id < min(finished.ids))[:-1]

    def test_any_object_is_logged(self):
        values = {
            "text": "text",
            "": "",
            "None": None,
            "False": False,
            "0": 0,
            "1.5": 1.5,
            "{'a': [1]}": {"a": [1]},
            "(1, 2)": (1, 2),
            "res.partner()": self.env["res.partner"],
            "bytes \u20ac": "bytes \u20ac".encode(),
            "not text \ufffd": b"not text \xff",
            "a\ufffdb": "a\x00b",
            "lone \\ud800 surrogate": "lone \ud800 surrogate",
            "\U0001f600 \u05d0": "\U0001f600 \u05d0",
            "%s %(a)s {0}": "%s %(a)s {0}",
        }
        lines = self.log("for item in items: log(item)", items=list(values.values()))
        self.assertEqual(lines.mapped("message"), list(values))
        self.assertEqual(self.job.state, "done")

    def test_object_that_cannot_be_shown(self):
        (line,) = self.log("log(item)", item=Broken())
        self.assertIn("Broken", line.message)
        self.assertEqual(self.job.state, "done")

    def test_megabytes_are_kept(self):
        (line,) = self.log("log('x' * 5 * 10 ** 6)")
        self.assertEqual(len(line.message), 5 * 10**6)

    def test_more_than_the_limit_is_cut(self):
        (line,) = self.log("log('x' * %s)" % (MESSAGE_LIMIT + 7))
        self.assertIn("[7 characters more]", line.message)

    def test_text_is_that_of_the_moment(self):
        (line,) = self.log("items = [1]\nlog(items)\nitems.append(2)")
        self.assertEqual(line.message, "[1]")

    def test_lines_keep_their_order(self):
        lines = self.log("for number in range(1234): log(number)")
        self.assertEqual(lines.mapped("message"), [str(n) for n in range(1234)])
        dates = lines.mapped("create_date")
        self.assertEqual(dates, sorted(dates))

    def test_line_names_its_origin(self):
        (line,) = self.log("log('hello')")
        self.assertEqual(line.sync_job_id, self.job)
        self.assertEqual(line.sync_task_id, self.job.task_id)
        self.assertEqual(line.sync_project_id, self.job.project_id)
        self.assertEqual(line.sync_trigger_name, "TEST_BUTTON")
        started = self.job.date_start
        self.assertAlmostEqual(line.sync_job_date, started, delta=timedelta(seconds=2))
        self.assertEqual(line.sync_status, "success")
        self.assertEqual((line.type, line.level, line.name), ("server", "info", "Log"))
        self.assertEqual((line.path, line.line), ("sync.job", str(self.job.id)))
        self.assertEqual(line.func, "handle_button")
        self.assertEqual(line.dbname, self.env.cr.dbname)

    def test_first_line_is_masked_whenever_it_is_written(self):
        project = self.make_project(
            secret_ids=[(0, 0, {"key": "K", "value": "s3cr3t"})]
        )
        button = self.make_button("def handle_button(): pass", project=project)
        side = SideTransaction(self.env)
        jobs = self.env["sync.job"]
        job = jobs._open(side, jobs._trigger_values(button))
        values = read_values(project)
        first = FirstLine("the token is s3cr3t", side, job, values)
        button.sync_task_id._run_now(button, answer=first)
        self.assertEqual(first.as_written, "the token is ********")

    def test_lines_of_a_failed_run_are_marked(self):
        button = self.make_button("def handle_button():\n    log('a')\n    1 / 0")
        job = self.click(button)
        self.assertEqual(set(job.log_ids.mapped("sync_status")), {"fail"})
        self.assertIn("ZeroDivisionError", messages(job, "critical")[0])

    def test_levels(self):
        lines = self.log(
            """
log("1", LOG_DEBUG)
log("2", LOG_INFO)
log("3", level=LOG_WARNING)
log("4", level="ERROR")
log("5", level=LOG_CRITICAL)
log("6", level="loud")
log("7", level=None)
log("8", level=30)
"""
        )
        levels = ["debug", "info", "warning", "error", "critical"] + ["info"] * 3
        self.assertEqual(lines.mapped("level"), levels)

    def test_name_and_type(self):
        lines = self.log(
            """
log("a", name="Shop", log_type="data_in")
log("b", name=None, log_type="nonsense")
log_transmission("Shop", {"a": 1})
"""
        )
        expected = [
            ("Shop", "data_in", "a"),
            ("None", "server", "b"),
            ("Shop", "data_out", "{'a': 1}"),
        ]
        found = [(line.name, line.type, line.message) for line in lines]
        self.assertEqual(found, expected)

    def test_short_message(self):
        self.assertEqual(shorten("a\nb"), "a\nb")
        self.assertEqual(shorten("x" * 101), "x" * 100 + "...")
        self.assertEqual(shorten("\n".join("abcdef")), "a\nb\nc\nd\ne\n...")

    def test_removing_the_addon_keeps_the_lines(self):
        (line,) = self.log("log_transmission('Shop', 'data')")
        selection = self.env.ref("sync.selection__ir_logging__type__data_out")
        selection._process_ondelete()
        self.assertEqual(line.type, "server")


class TestSecretsInLogs(SyncCase):
    def setUp(self):
        super().setUp()
        self.project = self.make_project(
            secret_ids=[
                (0, 0, {"key": "TOKEN", "value": "s3cr3t-t0ken"}),
                (0, 0, {"key": "EMPTY"}),
            ]
        )

    def assert_hidden(self, code, secret="s3cr3t"):
        def context(project, secrets, eval_context):
            def call():
                raise Exception("GET https://example.com/?key=" + secrets.TOKEN)

            return {"call": call, "leaked": "bot" + secrets.TOKEN}

        button = self.make_button(code, project=self.project)
        with extension(self.project, context):
            job = self.click(button)
        for line in job.log_ids:
            for name in ("message", "name", "type", "func"):
                self.assertNotIn(secret, line[name] or "")
        return job

    def test_message(self):
        job = self.assert_hidden("def handle_button(): log(['x', leaked])")
        self.assertIn("['x', 'bot********']", messages(job))

    def test_recipient(self):
        self.assert_hidden("def handle_button(): log_transmission(leaked, leaked)")

    def test_traceback(self):
        job = self.assert_hidden("def handle_button(): call()")
        self.assertIn("key=********", messages(job, "critical")[0])

    def test_secret_that_the_run_sets(self):
        self.assert_hidden(
            """
            def handle_button():
                secret = env["sync.project.secret"].sudo().search([], limit=1)
                secret.write({"value": "fresh-token"})
                log("got fresh-token")
            """,
            secret="fresh-token",
        )


class TestStoredLines(CommittedCase):
    def click(self, code, **values):
        with self.transaction():
            button = self.make_button(code, **values)
        with self.transaction():
            browsed = button.with_env(self.env)
            return browsed.start(raise_on_error=False)[0].id

    def messages(self, job_id):
        with self.transaction():
            return messages(self.job(job_id))

    def test_lines_outlive_a_failed_run(self):
        job_id = self.click(
            """
            def handle_button():
                env["res.partner"].create({"name": "Half done"})
                log("made a partner")
                raise UserError("No")
            """
        )
        with self.transaction():
            job = self.job(job_id)
            self.assertEqual(job.state, "failed")
            self.assertEqual(messages(job, "info"), ["made a partner"])
            partners = self.env["res.partner"].search([("name", "=", "Half done")])
            self.assertFalse(partners)

    def test_lines_outlive_a_failed_query(self):
        job_id = self.click(
            """
            def handle_button():
                log("before")
                env.cr.execute("SELECT 1 / 0")
            """
        )
        self.assertIn("before", self.messages(job_id))

    def test_lines_outlive_a_failed_request(self):
        """The run was well, but what came after it in the request failed."""
        with self.transaction():
            button = self.make_button("def handle_button(): log('hello')")
        with self.assertRaises(KeyError):
            with self.transaction() as env:
                job_id = button.with_env(env).start()[0].id
                raise KeyError("later")
        with self.transaction():
            self.assertEqual(self.job(job_id).state, "failed")
            self.assertIn("hello", messages(self.job(job_id)))

    def test_lines_outlive_a_queue_job_that_cannot_commit(self):
        with self.transaction():
            cron = self.make_cron("def handle_cron(): 1 / 0")
            job_id = cron.start().id
        self.runner.run_due()
        self.assertIn("ZeroDivisionError", self.messages(job_id)[-1])

    def test_lines_outlive_an_end_that_cannot_be_stored(self):
        job_id = self.click("def handle_button(): pass")
        with self.transaction() as env:
            job = self.job(job_id)
            values = job._run_values(job.task_id, "handle_button")
            log = open_log(job, SideTransaction(env), values, secrets=[])
            log("last words")
            with mute_logger(LOGGER):
                log.close(lambda cr: cr.execute("SELECT 1 / 0"))
        self.assertIn("last words", self.messages(job_id))

    def test_running_does_not_commit_the_work_of_the_caller(self):
        with self.transaction():
            button = self.make_button("def handle_button(): pass")
        with self.transaction() as env:
            partner = env["res.partner"].create({"name": "Of the caller"})
            button.with_env(env).start()
            with transaction() as other:
                self.assertFalse(partner.with_env(other).exists())
            env.cr.rollback()
        with self.transaction() as env:
            self.assertFalse(partner.with_env(env).exists())

    def test_lines_can_be_watched_while_the_run_goes_on(self):
        with self.transaction():
            button = self.make_button(
                """
                def handle_button():
                    log("first")
                    wait()
                """
            )
        go_on = threading.Event()

        def run():
            with transaction() as env:
                button.with_env(env).start()

        with self.names(wait=lambda: go_on.wait(20)):
            thread = threading.Thread(target=run)
            thread.start()
            try:
                seconds = self.seconds_until(self.seen, "first")
            finally:
                go_on.set()
                thread.join()
        self.assertLess(seconds, 3)

    def seen(self, message):
        with transaction() as env:
            line = env["ir.logging"].search([("message", "=", message)], limit=1)
            return line.sync_job_id.state == "started"

    def seconds_until(self, condition, *args):
        start = time.monotonic()
        while time.monotonic() < start + 15:
            if condition(*args):
                return time.monotonic() - start
            time.sleep(0.1)
        raise AssertionError("Not within 15 seconds: %s" % (args,))

    def test_run_that_deletes_its_project(self):
        job_id = self.click(
            """
            def handle_button():
                log("before")
                env["sync.project"].browse(%s).unlink()
                log("after")
            """
            % self.project_id
        )
        with self.transaction():
            job = self.job(job_id)
            self.assertEqual(job.state, "done")
            self.assertFalse(job.task_id)
            self.assertFalse(job.project_id)
            self.assertEqual(messages(job, "info")[:2], ["before", "after"])

    def test_queued_run_that_deletes_its_task(self):
        with self.transaction():
            cron = self.make_cron(
                """
                def handle_cron():
                    log("before")
                    env["sync.project"].browse(%s).task_ids.unlink()
                    log("after")
                """
                % self.project_id
            )
            job_id = cron.start().id
        self.runner.run_due()
        with self.transaction():
            job = self.job(job_id)
            self.assertEqual(job.state, "done")
            self.assertEqual(messages(job, "info")[:2], ["before", "after"])

    def test_long_run_that_deletes_its_project(self):
        """Some of its lines are written before it gets to that."""
        with self.transaction():
            cron = self.make_cron(
                """
                def handle_cron():
                    log("before")
                    wait()
                    env["sync.project"].browse(%s).unlink()
                    log("after")
                """
                % self.project_id
            )
            job_id = cron.start().id
        with self.names(wait=lambda: self.seconds_until(self.seen, "before")):
            self.runner.run_due()
        with self.transaction():
            job = self.job(job_id)
            self.assertEqual(job.state, "done")
            self.assertEqual(messages(job, "info")[:2], ["before", "after"])

    def test_run_that_deletes_its_trigger(self):
        with self.transaction():
            button = self.make_button(
                """
                def handle_button():
                    env["sync.trigger.button"].search([]).unlink()
                """
            )
        with self.transaction() as env:
            job_id = button.with_env(env).start()[0].id
        with self.transaction() as env:
            self.assertFalse(button.with_env(env).exists())
            job = self.job(job_id)
            self.assertEqual((job.state, job.project_id), ("done", self.project))

    def test_run_of_a_project_that_is_not_committed(self):
        """Nobody else sees the project, so its lines stay in the same transaction."""
        with self.transaction():
            project = self.make_project()
            task = self.make_task("def handle_button(): log('hello')", project)
            job = self.make_trigger("button", task).start()[0]
            self.assertEqual(job.state, "done")
            self.assertIn("hello", messages(job))
            self.env.cr.rollback()

    def test_lines_that_cannot_be_stored_go_to_the_log_of_the_server(self):
        with self.transaction():
            button = self.make_button("def handle_button(): log('precious')")
        with self.transaction() as env:
            job = button.with_env(env).start()[0]
            with transaction() as other:
                job.with_env(other).unlink()
            with self.assertLogs(LOGGER) as logs, mute_logger("odoo.sql_db"):
                env.cr.commit()
        self.assertIn("precious", "\n".join(logs.output))

    def test_many_lines_are_written_in_batches(self):
        """10,000 lines in less than 3 seconds."""
        code = "def handle_button():\n    for number in range(10000): log(number)"
        start = time.monotonic()
        job_id = self.click(code)
        self.assertLess(time.monotonic() - start, 3)
        self.assertEqual(len(self.messages(job_id)), 10002)
