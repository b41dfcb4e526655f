# Copyright 2026 Sync Studio contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl.html)
"""The inbox of webhooks: requests are stored, by short transactions, before they run.

That is the only raw SQL for deliveries; reading them is up to the ORM.
"""

import json
import time
from base64 import b64decode, b64encode

from werkzeug.wrappers import Response

from .models.sync_job import FAILED, change_states
from .webhook_answer import busy

# Where the environment of a request keeps its reception: Odoo may repeat the handling.
RECEPTION = "sync.reception"

ACCEPTED = "accepted"
DUPLICATE = "duplicate"
HANDSHAKE = "handshake"
REFUSED = "refused"
FORBIDDEN = "forbidden"
LIMITED = "limited"
TOO_LARGE = "too_large"
BROKEN = "broken"

LARGE_BODY = 256 * 1024  # bytes; larger ones become attachments
WAIT = 60  # seconds for the answer to the first of equal requests
PAUSE = 0.05  # seconds between two looks
RUNNING = object()
# The sender will send it again: such an answer is not the last word.
PASSING_STATUSES = frozenset([408, 425, 429])

FORGET = """
    UPDATE sync_webhook_delivery
       SET dedupe_key = NULL
     WHERE trigger_webhook_id = %(trigger_webhook_id)s
       AND dedupe_key = %(dedupe_key)s
       AND date < (clock_timestamp() - %(memory)s * interval '1 hour')
                  AT TIME ZONE 'UTC';
"""
STORE = """
    INSERT INTO sync_webhook_delivery
           (create_uid, create_date, write_uid, write_date, date, {columns})
    SELECT %(uid)s, now.utc, %(uid)s, now.utc, now.utc, {values}
      FROM (SELECT clock_timestamp() AT TIME ZONE 'UTC' AS utc) AS now
        ON CONFLICT (trigger_webhook_id, dedupe_key) WHERE dedupe_key IS NOT NULL
           DO NOTHING
    RETURNING id
"""
FIND_FIRST = """
    SELECT id FROM sync_webhook_delivery
     WHERE trigger_webhook_id = %(trigger_webhook_id)s AND dedupe_key = %(dedupe_key)s
"""
# What the first of equal requests was answered, and whether somebody is at it still.
FIND_ANSWER = """
    SELECT status, answer_headers, answer_body,
           EXISTS (
               SELECT FROM pg_stat_activity AS backend
                WHERE backend.pid = delivery.backend_pid
                  AND backend.backend_start AT TIME ZONE 'UTC' <= delivery.date)
      FROM sync_webhook_delivery AS delivery
     WHERE id = %s
"""
STORE_ANSWER = """
    UPDATE sync_webhook_delivery
       SET status = %(status)s, answer_headers = %(headers)s, answer_body = %(body)s,
           dedupe_key = CASE WHEN %(final)s THEN dedupe_key END,
           interrupted = FALSE, backend_pid = NULL
     WHERE id = %(delivery)s;
"""
# With the process its connection to the database ended too.
FIND_INTERRUPTED = """
    SELECT delivery.id
      FROM sync_webhook_delivery AS delivery
     WHERE delivery.status IS NULL
       AND delivery.backend_pid IS NOT NULL
       AND NOT EXISTS (
           SELECT FROM pg_stat_activity AS backend
            WHERE backend.pid = delivery.backend_pid
              AND backend.backend_start AT TIME ZONE 'UTC' <= delivery.date)
       FOR UPDATE SKIP LOCKED
"""
MARK_INTERRUPTED = """
    UPDATE sync_webhook_delivery
       SET interrupted = TRUE, dedupe_key = NULL, backend_pid = NULL, reason = %(reason)s
     WHERE id = ANY(%(deliveries)s);
    UPDATE sync_job
       SET own_state = 'failed', state = 'failed',
           date_end = clock_timestamp() AT TIME ZONE 'UTC'
     WHERE delivery_id = ANY(%(deliveries)s) AND own_state = 'started'
       AND queue_job_id IS NULL
    RETURNING id, ancestry;
"""
LOG_INTERRUPTED = """
    INSERT INTO ir_logging (
           create_date, type, name, level, message, dbname, path, line, func,
           sync_job_id, sync_task_id, sync_project_id, sync_trigger_name,
           sync_job_date, sync_status)
    SELECT clock_timestamp() AT TIME ZONE 'UTC', 'server', 'Log', 'critical',
           %(reason)s, current_database(), 'sync.job', id::text, function,
           id, task_id, project_id, trigger_name, date_start, 'fail'
      FROM sync_job WHERE id = ANY(%(jobs)s);
"""
COUNT_RECENT = """
    SELECT count(*),
           EXTRACT(EPOCH FROM min(date) + interval '1 minute'
                              - clock_timestamp() AT TIME ZONE 'UTC')
      FROM sync_webhook_delivery
     WHERE trigger_webhook_id = %s
       AND date > (clock_timestamp() - interval '1 minute') AT TIME ZONE 'UTC'
       AND verdict != 'limited'
"""
LINK_JOB = """
    UPDATE sync_job SET delivery_id = %(delivery)s WHERE id = %(job)s;
"""


class Reception:
    """What became of a request: its delivery, and its job or the answer it has got.

    The request was judged by ``project_values``, which the run goes on with.
    """

    def __init__(self, side, delivery, job=None, response=None):
        self.project_values = None
        self.side = side
        self.delivery = delivery
        self.job = job
        self.response = response

    def store_answer(self, cr):
        """Keep the response, for the sender's repetitions of the request."""
        cr.execute(STORE_ANSWER, _answer_values(self.delivery.id, self.response))

    def enqueued_as(self, job, cr):
        """Link the job that the queue will run, and keep the response."""
        cr.execute(LINK_JOB, {"delivery": self.delivery.id, "job": job.id})
        self.store_answer(cr)

    def give_up(self):
        """Note that others kept changing what the handler changes; return the answer."""
        self.response = busy(self.job)
        finish = self.job._finish_statements(FAILED) if self.job else None

        def statements(cr):
            if finish:
                finish(cr)
            self.store_answer(cr)

        self.side.run(statements)
        return self.response


class Inbox:
    """Where the requests to one webhook are kept.

    :param SideTransaction side: where they are written
    :param trigger: the webhook (record)
    """

    def __init__(self, side, trigger):
        self._side = side
        self._trigger = trigger

    def store(self, values, body, job_values, memory):
        """Store a request that was accepted; equal ones wait for the first's answer.

        :param dict values: columns of the delivery; with a ``dedupe_key`` it is equal
            to all that have the same
        :param bytes body: as it was sent
        :param dict job_values: of the job that starts now; None for the queue
        :param int memory: hours for which the answer is remembered
        :return: Reception
        """
        deadline = time.monotonic() + WAIT
        params = dict(values, memory=memory)
        first = response = None
        while not response:
            stored = self._side.run(
                lambda cr: self._store_first(cr, params, body, job_values)
            )
            if isinstance(stored, Reception):
                return stored
            first = stored
            response = self._wait_for_answer(first, deadline)
        duplicate = dict(values, verdict=DUPLICATE, first_id=first)
        return self.store_closed(duplicate, b"", response)

    def _wait_for_answer(self, first, deadline):
        """Return the answer to the first of equal requests.

        It is None when that will never be answered, so that this request can run.
        """
        while time.monotonic() < deadline:
            answer = self._side.run(lambda cr: self._answer_of(cr, first))
            if answer is not RUNNING:
                return answer
            time.sleep(PAUSE)
        return busy()

    def store_closed(self, values, body, response):
        """Store a request that runs nothing, with the answer it gets."""
        closed = dict(values, dedupe_key=None, backend_pid=None)
        closed.update(status=response.status_code)
        delivery = self._side.run(lambda cr: self._insert(cr, closed, body))
        return Reception(self._side, delivery, response=response)

    def _store_first(self, cr, values, body, job_values):
        """Return the Reception, or the id of an equal request that came before."""
        if values["dedupe_key"]:
            cr.execute(FORGET, values)
        delivery = self._insert(cr, values, body)
        if delivery is None:
            cr.execute(FIND_FIRST, values)
            found = cr.fetchone()
            return found and found[0]
        job = None
        if job_values is not None:
            jobs = self._trigger.env["sync.job"]
            job = jobs._insert_started(cr, dict(job_values, delivery_id=delivery.id))
        return Reception(self._side, delivery, job)

    def _insert(self, cr, values, body):
        """Insert a row; return the delivery, or None when there is an equal one."""
        large = len(body) > LARGE_BODY
        row = {name: value for name, value in values.items() if name != "memory"}
        row.update(size=len(body), body=None if large else _to_column(body))
        statement = STORE.format(
            columns=", ".join(row), values=", ".join("%%(%s)s" % name for name in row)
        )
        cr.execute(statement, dict(row, uid=self._trigger.env.uid))
        found = cr.fetchone()
        if not found:
            return None
        delivery = self._trigger.env["sync.webhook.delivery"].browse(found[0])
        if large:
            self._attach(cr, delivery, body)
        return delivery

    def _attach(self, cr, delivery, body):
        # Nothing else is pending at this moment that the ORM could flush on the cursor.
        env = self._trigger.env(cr=cr, su=True)
        env["ir.attachment"].create(
            {
                "name": "body",
                "res_model": delivery._name,
                "res_field": "body_file",
                "res_id": delivery.id,
                "raw": body,
            }
        )

    def _answer_of(self, cr, first):
        """Return a response, RUNNING, or None when there is none and never will be."""
        cr.execute(FIND_ANSWER, [first])
        found = cr.fetchone()
        if not found:
            return None
        status, headers, body, alive = found
        if status:
            return _stored_response(status, headers, body)
        if not alive:
            mark_interrupted(self._trigger.env, cr)
            return None
        return RUNNING


def recent_requests(env, trigger):
    """Return how many requests came within a minute, and the seconds until the first
    of them is older than that."""
    env.cr.execute(COUNT_RECENT, [trigger.id])
    return env.cr.fetchone()


def mark_interrupted(env, cr):
    """Find runs whose server process ended; return how many there were."""
    cr.execute(FIND_INTERRUPTED)
    deliveries = [delivery for delivery, in cr.fetchall()]
    if deliveries:
        reason = env["sync.webhook.delivery"]._interrupted_reason()
        cr.execute(MARK_INTERRUPTED, {"deliveries": deliveries, "reason": reason})
        jobs = cr.fetchall()
        if jobs:
            ids = [job_id for job_id, _ancestry in jobs]
            cr.execute(LOG_INTERRUPTED, {"jobs": ids, "reason": reason})
            change_states(cr, jobs)
    return len(deliveries)


def stored_body(column):
    """Return the bytes of a binary column, as Odoo writes it."""
    return b64decode(bytes(column)) if column else b""


def _to_column(body):
    return b64encode(body) if body else None


def _answer_values(delivery_id, response):
    status = response.status_code
    return {
        "delivery": delivery_id,
        "status": status,
        "headers": json.dumps(list(response.headers)),
        "body": _to_column(response.get_data()),
        "final": status < 500 and status not in PASSING_STATUSES,
    }


def _stored_response(status, headers, body):
    response = Response(stored_body(body), status=status)
    response.headers.clear()
    response.headers.extend(json.loads(headers or "[]"))
    return response
