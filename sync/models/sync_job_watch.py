# Copyright 2026 Sync Studio contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl.html)
"""What the form of a job asks for while the job goes on, and its log lines."""

import json

from odoo import fields, models

PAGE = 200  # lines given at once
LEVELS_OF_KIND = {
    "debug": ["debug"],
    "info": ["info"],
    "warning": ["warning"],
    "error": ["error", "critical"],
}
SHOWN_FIELDS = ["create_date", "level", "type", "about", "message", "message_short"]
TRANSMISSIONS = ["data_out", "data_in"]


class SyncJob(models.Model):
    _inherit = "sync.job"

    log_count = fields.Integer(compute="_compute_log_counts")
    log_counts = fields.Char(
        compute="_compute_log_counts", help="Lines of the log by kind, as JSON"
    )
    log_start = fields.Text(
        compute="_compute_log_start",
        help="The answer of watch() at first, as JSON: it comes along with the form",
    )

    def _compute_log_counts(self):
        groups = self.env["ir.logging"].read_group(
            [("sync_job_id", "in", self.ids)],
            ["level"],
            ["sync_job_id", "level", "type"],
            lazy=False,
        )
        for job in self:
            found = [group for group in groups if group["sync_job_id"][0] == job.id]
            counts = _count_kinds(found)
            job.log_counts = json.dumps(counts)
            job.log_count = counts["all"]

    def _compute_log_start(self):
        for job in self:
            job.log_start = json.dumps(job.watch())

    def watch(self, kind="all", after=0, before=0):
        """Give lines of the log of a job, and what tells that the job has changed.

        :param str kind: which lines: all, data or a key of ``LEVELS_OF_KIND``
        :param int after: id of a line: the first lines that are newer; else the last
        :param int before: id of a line: only lines that are older
        :return: dict: ``lines``, the oldest first; ``more``: whether there are more
            in this direction; ``counts``: lines of each kind; ``state``; ``in_progress``;
            ``version``: a text that changes when the form has something new to show
        """
        self.ensure_one()
        self.check_access_rights("read")
        self.check_access_rule("read")
        domain = [("sync_job_id", "=", self.id)] + _domain(kind)
        domain += [("id", ">", after)] * bool(after)
        domain += [("id", "<", before)] * bool(before)
        order = "id" if after else "id desc"
        lines = self.env["ir.logging"]._search_fetch(
            domain, SHOWN_FIELDS, order=order, limit=PAGE + 1
        )
        return {
            "lines": [_shown(line) for line in lines[:PAGE].sorted("id")],
            "more": len(lines) > PAGE,
            "counts": json.loads(self.log_counts),
            "state": self.state,
            "in_progress": self.in_progress,
            "version": self._version(),
        }

    def _version(self):
        """Give a text that changes whenever the form has something new to show."""
        names = ("state", "own_state", "queue_job_state", "retry", "next_try")
        told = ("progress_done", "progress_total", "progress_message")
        values = [self[name] for name in names + told + ("sub_job_states",)]
        return json.dumps(values, default=str)


def _count_kinds(groups):
    """Give the number of lines of each kind.

    :param list groups: dicts: ``level``, ``type`` and ``__count``
    """
    counts = dict.fromkeys(["all", *LEVELS_OF_KIND, "data"], 0)
    for group in groups:
        counts["all"] += group["__count"]
        counts["data"] += group["__count"] * (group["type"] in TRANSMISSIONS)
        for kind, levels in LEVELS_OF_KIND.items():
            counts[kind] += group["__count"] * (group["level"] in levels)
    return counts


def _domain(kind):
    """Give the domain of lines of a kind."""
    if kind == "data":
        return [("type", "in", TRANSMISSIONS)]
    return [("level", "in", LEVELS_OF_KIND[kind])] if kind in LEVELS_OF_KIND else []


def _shown(line):
    """Give the values of a line; a long message is cut."""
    short = line.message_short
    return {
        "id": line.id,
        "date": fields.Datetime.to_string(line.create_date),
        "level": line.level,
        "type": line.type,
        "about": line.about or "",
        "message": short,
        "is_long": short != (line.message or ""),
    }
