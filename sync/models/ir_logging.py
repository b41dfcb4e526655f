# Copyright 2026 Sync Studio contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl.html)
"""Log lines of runs: levels, columns, and the writer (the only raw SQL for logs)."""

import logging
import threading
import time
from collections import namedtuple
from datetime import datetime

from psycopg2.errors import ForeignKeyViolation

from odoo import _, api, fields, models
from odoo.tools import split_every

_logger = logging.getLogger(__name__)

LOG_DEBUG = "debug"
LOG_INFO = "info"
LOG_WARNING = "warning"
LOG_ERROR = "error"
LOG_CRITICAL = "critical"
LEVELS = (LOG_DEBUG, LOG_INFO, LOG_WARNING, LOG_ERROR, LOG_CRITICAL)
DEFAULT_TYPE = "server"
TYPES = (DEFAULT_TYPE, "client", "data_out", "data_in")

DEFAULT_LOG_NAME = "Log"
FLUSH_SECONDS = 1
MESSAGE_LIMIT = 10 * 1000 * 1000  # characters kept of one message
SHORT_LINES = 5
SHORT_WIDTH = 100  # characters

PAGE = 500  # lines in one statement

Line = namedtuple("Line", "date type name level message")
# How far a run is: numbers, the total None where it is not known; a text, or None.
Progress = namedtuple("Progress", "done total message")
PROGRESS_WIDTH = 200  # characters of the message

# The values that all lines share are sent, and read by PostgreSQL, only once.
INSERT_LINES = """
    INSERT INTO ir_logging (create_date, type, name, level, message, {columns})
    SELECT *, {values}
      FROM unnest(%s::timestamp[], %s::text[], %s::text[], %s::text[], %s::text[])
"""
# A run may delete its task or project: its lines stay, without the reference.
PLACEHOLDERS = {
    "sync_task_id": "(SELECT id FROM sync_task WHERE id = %s)",
    "sync_project_id": "(SELECT id FROM sync_project WHERE id = %s)",
}
# A run that deletes its own task locks its job: nobody waits for that.
STORE_PROGRESS = """
    UPDATE sync_job
       SET progress_done = %s, progress_total = %s, progress_message = %s
     WHERE id = (SELECT id FROM sync_job WHERE id = %s FOR NO KEY UPDATE SKIP LOCKED)
"""


class IrLogging(models.Model):
    _inherit = "ir.logging"

    type = fields.Selection(
        selection_add=[("data_out", "Data Transmission"), ("data_in", "Response")],
        ondelete={
            "data_out": lambda lines: lines.write({"type": "server"}),
            "data_in": lambda lines: lines.write({"type": "server"}),
        },
    )
    sync_job_id = fields.Many2one(
        "sync.job", ondelete="set null", index=True, readonly=True
    )
    sync_task_id = fields.Many2one(
        "sync.task", ondelete="set null", index=True, readonly=True
    )
    sync_project_id = fields.Many2one(
        "sync.project", ondelete="set null", index=True, readonly=True
    )
    sync_trigger_name = fields.Char("Job Trigger", readonly=True)
    sync_job_date = fields.Datetime("Job Start Time", readonly=True)
    sync_status = fields.Selection(
        [("success", "Success"), ("fail", "Fail")], "Status", readonly=True
    )
    message_short = fields.Text("Message (short)", compute="_compute_message_short")
    about = fields.Char(compute="_compute_about")

    @api.depends("message")
    def _compute_message_short(self):
        for line in self:
            line.message_short = shorten(line.message or "")

    @api.depends("name", "type")
    def _compute_about(self):
        texts = {
            "data_out": _("Sent to %s"),
            "data_in": _("Received from %s"),
            DEFAULT_TYPE: "%s",
        }
        for line in self:
            name = "" if line.name == DEFAULT_LOG_NAME else line.name
            line.about = name and texts.get(line.type, "%s") % name


def shorten(message):
    """Give the first lines of a message, each cut to a readable width."""
    lines = message.split("\n")
    short = [
        line if len(line) <= SHORT_WIDTH else line[:SHORT_WIDTH] + "..."
        for line in lines[:SHORT_LINES]
    ]
    return "\n".join(short + ["..."] * (len(lines) > SHORT_LINES))


class JobLog:
    """The log of one run: keeps lines and writes them in batches.

    User code gets the method ``log`` alone, as the mask knows the secrets. Lines are
    written by a transaction of their own, at the latest every second and when the run
    ends, so they can be watched and outlive a rollback.

    :param SideTransaction side: where the lines are written
    :param dict columns: the values that all lines share (job, task, project, …)
    :param Masker mask: takes secrets out of every message
    :param first: ``statements(cr)`` to write with the first lines; a run that ends
        sooner goes without
    """

    def __init__(self, side, columns, mask, first=None):
        self.mask = mask
        self.worst_level = 0  # index in LEVELS
        self.progress = None  # that is not written yet
        # Whether the job's row was changed beside the run, which so cannot change it.
        self.is_job_changed = False
        self._side = side
        self._columns = columns
        self._first = first
        self._lines = []
        self._writing = threading.Lock()
        _watch(self)

    def log(
        self, message, level=LOG_INFO, name=DEFAULT_LOG_NAME, log_type=DEFAULT_TYPE
    ):
        """Log a message: any object, turned into text at once.

        * ``level``: ``LOG_DEBUG``, ``LOG_INFO``, ``LOG_WARNING``, ``LOG_ERROR`` or
          ``LOG_CRITICAL``
        * ``name``: what the line is about, e.g. the name of an outside system
        * ``log_type``: ``"server"``, ``"data_out"`` (sent) or ``"data_in"`` (received)
        """
        level = _known_level(level)
        rank = LEVELS.index(level)
        if rank > self.worst_level:
            self.worst_level = rank
        self._lines.append(
            Line(datetime.utcnow(), _known_type(log_type), name, level, _text(message))
        )

    __call__ = log

    def flush_aside(self):
        """Write the lines from another thread than the run's, unless it is at it."""
        if self._side.joined or not (self._lines or self._first or self.progress):
            return
        if self._writing.acquire(blocking=False):
            try:
                first, self._first = self._first, None  # tried once
                self._write(self._side.run_apart, first)
            except ForeignKeyViolation:
                self._side.joined = True
            except Exception:
                _logger.exception("Log lines could not be stored yet")
            finally:
                self._writing.release()

    def is_of(self, job):
        """Tell whether this is the log of the run of a job."""
        return self._columns["sync_job_id"] == job.id

    def close(self, statements=None):
        """Write the last lines, together with ``statements(cr)`` of the caller.

        The lines are stored even where the statements fail. What cannot be stored goes
        to the server's log.
        """
        _unwatch(self)
        with self._writing:
            if self._stores(statements) or statements and self._stores():
                return
        _logger.error("The log lines of a Sync Studio job are lost:")
        for line in self._lines:
            _logger.warning("%s: %s", line.level, self.mask(line.message))

    def _stores(self, statements=None):
        try:
            self._write(self._side.run, statements)
        except Exception:
            _logger.exception("The end of a Sync Studio job could not be stored")
            return False
        return True

    def release(self, tasks, statements):
        """Do ``statements`` about this job, if it is the run of one of ``tasks``."""
        if self._columns["sync_task_id"] in tasks.ids:
            job = tasks.env["sync.job"].browse(self._columns["sync_job_id"])
            with self._writing:
                visible = bool(job.exists()) and not self.is_job_changed
                params = {"job": job.id, "visible": visible}
                self._side.run(lambda cr: cr.execute(statements, params))

    def _write(self, run, statements=None):
        lines, progress = self._lines[:], self.progress

        def write(cr):
            if lines:
                self._insert(cr, lines)
            if statements:
                statements(cr)
            if progress:  # after the statements, which lock the job at the top first
                self._store_progress(cr, progress)

        if lines or statements or progress:
            run(write)
        # The run may have gone on meanwhile: remove what was written only.
        del self._lines[: len(lines)]
        if self.progress is progress:
            self.progress = None

    def _insert(self, cr, lines):
        values = list(self._columns.values())
        statement = INSERT_LINES.format(
            columns=", ".join(self._columns),
            values=", ".join(PLACEHOLDERS.get(name, "%s") for name in self._columns),
        )
        for page in split_every(PAGE, lines):
            columns = zip(*map(self._row, page))
            cr.execute(statement, values + [list(column) for column in columns])

    def _store_progress(self, cr, progress):
        self.is_job_changed = True
        message = progress.message
        if message is not None:
            message = self._storable(message)[:PROGRESS_WIDTH]
        job_id = self._columns["sync_job_id"]
        cr.execute(STORE_PROGRESS, [progress.done, progress.total, message, job_id])

    def _row(self, line):
        texts = (self._storable(line.name), line.level, self._storable(line.message))
        return (line.date, line.type, *texts)

    def _storable(self, message):
        message = self.mask(_text(message))
        if len(message) > MESSAGE_LIMIT:
            cut = len(message) - MESSAGE_LIMIT
            message = "%s\n[%s characters more]" % (message[:MESSAGE_LIMIT], cut)
        return storable(message)


def log_of(env):
    """Give the log of the run that an environment belongs to (JobLog), or None."""
    log = getattr(env.context.get("log_function"), "__self__", None)
    return log if isinstance(log, JobLog) else None


def _known_level(level):
    """Accept any spelling of a level; what is no level counts as info."""
    level = str(level).lower()
    return level if level in LEVELS else LOG_INFO


def _known_type(log_type):
    return log_type if log_type in TYPES else DEFAULT_TYPE


def _text(message):
    """Turn any object into text and never fail."""
    if isinstance(message, str):
        return message
    try:
        if isinstance(message, (bytes, bytearray)):
            return message.decode("utf-8", "replace")
        return str(message)
    except Exception as error:
        return "<%s that cannot be shown: %r>" % (type(message).__name__, error)


def storable(text):
    """Replace what PostgreSQL cannot store in a text: NUL and lone surrogates."""
    text = text.replace("\x00", "\ufffd")
    return text.encode("utf-8", "backslashreplace").decode("utf-8")


# One thread in a server process writes the lines of all runs that are under way there.
_open_logs = set()
_open_logs_lock = threading.Lock()
_writer = None


def _watch(log):
    global _writer
    with _open_logs_lock:
        _open_logs.add(log)
        if _writer is None or not _writer.is_alive():
            _writer = threading.Thread(
                target=_write_regularly, name="sync.log", daemon=True
            )
            _writer.start()


def _unwatch(log):
    with _open_logs_lock:
        _open_logs.discard(log)


def _write_regularly():
    """Flush every open log each second; end when there was none for a second."""
    global _writer
    while True:
        time.sleep(FLUSH_SECONDS)
        with _open_logs_lock:
            logs = list(_open_logs)
            if not logs:
                _writer = None
                return
        for log in logs:
            log.flush_aside()
