# Copyright 2026 Sync Studio contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl.html)
"""What the two databases say about the steps of the demo "Odoo2odoo"."""

from datetime import datetime

from servers import query

from .stage import print_table, say

HEADERS = ["", "created there", "linked here", "updated here", "jobs", "time"]

# Queries for a period. Both databases are on one PostgreSQL server, so they share a
# clock.
JOBS_LEFT = """
    SELECT count(*) = 0 OR bool_or(state IN ('pending', 'enqueued', 'started'))
    FROM sync_job WHERE create_date >= %(start)s"""
JOBS = """
    SELECT state, count(*) FROM sync_job
    WHERE create_date >= %(start)s AND create_date < %(end)s
    GROUP BY state ORDER BY state"""
JOBS_SECONDS = """
    SELECT extract(epoch FROM max(date_end) - %(start)s) FROM sync_job
    WHERE create_date >= %(start)s AND create_date < %(end)s"""
CREATED_THERE = """
    SELECT count(*) FROM res_partner partner
    JOIN ir_model_data data ON data.res_id = partner.id AND model = 'res.partner'
    WHERE data.module LIKE 'sync_studio_%%'
      AND partner.create_date >= %(start)s AND partner.create_date < %(end)s"""
LINKED_HERE = """
    SELECT count(*) FROM sync_link
    WHERE relation = 'odoo2odoo_partner'
      AND create_date >= %(start)s AND create_date < %(end)s"""
AVATARS_UPDATED_HERE = """
    SELECT ref1::int, checksum FROM sync_link
    JOIN res_partner partner ON partner.id = ref2::int
    JOIN ir_attachment ON res_model = 'res.partner' AND res_id = partner.id
        AND res_field = 'image_1920'
    WHERE relation = 'odoo2odoo_partner'
      AND partner.create_date < %(start)s
      AND partner.write_date >= %(start)s AND partner.write_date < %(end)s"""
AVATARS_THERE = """
    SELECT res_id, checksum FROM ir_attachment
    WHERE res_model = 'res.partner' AND res_field = 'image_1920'"""
COMPLAINTS = """
    SELECT DISTINCT sync_job_id, message FROM ir_logging
    WHERE sync_job_id IS NOT NULL AND level IN ('warning', 'error', 'critical')
    ORDER BY sync_job_id"""


class Step:
    """One step of the demo, and what it should have done.

    :param datetime start: by the clock of the databases, in UTC
    """

    def __init__(self, label, start, created=0, linked=0, updated=0):
        self.label = label
        self.start = start
        self.expected = [created, linked, updated]


class Report:
    """Compares what happened in each step with what should have happened."""

    def __init__(self, here, there):
        self.here = here
        self.there = there
        self.steps = []

    def print(self):
        """Print the table, and what went wrong; return whether all is well."""
        ends = [step.start for step in self.steps[1:]] + [datetime.max]
        rows = [self._row(step, end) for step, end in zip(self.steps, ends)]
        print_table(HEADERS, [row for row, _worked in rows])
        worked = all(worked for _row, worked in rows)
        if not worked:
            self._complain()
        return worked

    def _row(self, step, end):
        """Return the cells of a step, and whether it worked."""
        period = {"start": step.start, "end": end}
        found = self._found(period)
        jobs = query(self.here, JOBS, period)
        ((seconds,),) = query(self.here, JOBS_SECONDS, period)
        states = ", ".join("%s %s" % (count, state) for state, count in jobs)
        row = [step.label, *found, states, "%.1f s" % (seconds or 0)]
        return row, found == step.expected and [state for state, _ in jobs] == ["done"]

    def _found(self, period):
        """Return how many partners were created, linked and updated."""
        ((created,),) = query(self.there, CREATED_THERE, period)
        ((linked,),) = query(self.here, LINKED_HERE, period)
        updated = set(query(self.here, AVATARS_UPDATED_HERE, period))
        return [created, linked, len(updated & set(query(self.there, AVATARS_THERE)))]

    def _complain(self):
        say("Not all is as expected:")
        for step in self.steps:
            print("%s: expected %s, %s, %s" % (step.label, *step.expected))
        for job, message in query(self.here, COMPLAINTS):
            print("Job %s: %s" % (job, message.strip().splitlines()[-1]))
