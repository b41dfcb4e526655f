# Copyright 2026 Sync Studio contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl.html)
"""Automations start DB triggers: once for all the records of an event.

An event is one call of ``create``, ``write`` or ``unlink`` with all that Odoo writes and
computes in its course, or one check of a timed condition.
"""

import logging

from odoo import api, models

_logger = logging.getLogger(__name__)

EVENTS = "sync_events"  # context key
STARTED = "sync.started"  # of a transaction: {automation id: ids of records}


class Event:
    """What an automation has met so far: the ids of records, in their order."""

    def __init__(self):
        self.ids = {}
        self.is_over = False


class Events:
    """The events around a call, by the id of their automation.

    No remote caller can put an object of this class into a context.

    :param dict around: the events that are under way when the call begins
    :param dict begun: those that begin with this very call
    """

    def __init__(self, around, begun):
        self.all = {**around, **begun}
        self.begun = begun

    def get(self, automation):
        """Give the event of an automation while it is under way, or None."""
        event = self.all.get(automation.id)
        return None if event is None or event.is_over else event


class BaseAutomation(models.Model):
    _inherit = "base.automation"

    @api.model
    def _get_actions(self, records, triggers):
        """Begin the events of a call, apart from those that are under way."""
        automations = super()._get_actions(records, triggers)
        events = self._events()
        begun = {
            automation.id: Event()
            for automation in automations.sudo()
            if automation.sync_task_id and not events.get(automation)
        }
        if not (begun or events.all):
            return automations
        return automations.with_context(**{EVENTS: Events(events.all, begun)})

    @api.model
    def _events(self):
        events = self.env.context.get(EVENTS)
        return events if isinstance(events, Events) else Events({}, {})

    def _process(self, records, domain_post=None):
        """Start the DB trigger once, where Odoo runs its action record by record."""
        trigger = self._sync_trigger()
        if not trigger:
            return super()._process(records, domain_post=domain_post)
        if trigger._is_run_under_way():
            return None  # written by a run that this very trigger has started
        records = records.filtered(self._check_trigger_fields)
        events = self._events()
        event = events.get(self)
        if event:
            event.ids.update(dict.fromkeys(records.ids))
            if self.id not in events.begun:
                return None  # the call around this one will start the trigger
            records = self._end(event, records)
        return self._start_sync_trigger(trigger, records)

    def _end(self, event, records):
        """Give all the records of an event."""
        event.is_over = True
        return records.browse(event.ids)

    def _start_sync_trigger(self, trigger, records):
        started = self.env.cr.postcommit.data.setdefault(STARTED, {})
        known = started.setdefault(self.id, set())
        if self._is_computed():
            records = self._leave_out_new(records.browse(set(records.ids) - known))
        known.update(records.ids)
        return trigger._start(records) if records else None

    def _sync_trigger(self):
        if not self.sudo().sync_task_id:
            return self.env["sync.trigger.automation"]
        return (
            self.env["sync.trigger.automation"]
            .sudo()
            .search([("automation_id", "=", self.id)], limit=1)
        )

    def _is_computed(self):
        """Tell values that Odoo computes from what somebody writes or creates.

        What it computes in the wake of an event belongs to that event, though it does
        so later, when pending computations are due.
        """
        old_values = self.env.context.get("old_values") or {}
        fields = self.env[self.sudo().model_name]._fields
        names = set().union(*old_values.values())
        return bool(names) and all(fields[name].compute for name in names)

    def _leave_out_new(self, records):
        """Leave out records of this transaction: it computes their first values."""
        if "create_date" not in records._fields:
            return records
        self.env.cr.execute("SELECT now() AT TIME ZONE 'UTC'")
        (now,) = self.env.cr.fetchone()
        return records.filtered(lambda record: record.sudo().create_date != now)

    # Timed conditions

    def _check(self, automatic=False, use_new_cursor=False):
        """Start a timed trigger once for all the records that are due."""
        timed = self.search([("trigger", "=", "on_time")])
        events = Events({automation.id: Event() for automation in timed}, {})
        automations = self.with_context(**{EVENTS: events})
        return super(BaseAutomation, automations)._check(automatic, use_new_cursor)

    def write(self, vals):
        result = super().write(vals)
        if "last_run" in vals:
            for automation in self:
                automation._start_due()
        return result

    def _start_due(self):
        """The check of this automation is over: start it for what was collected."""
        event = self._events().get(self)
        records = event and self._end(event, self.env[self.model_name])
        if records:
            try:
                self._start_sync_trigger(self._sync_trigger(), records)
            except Exception:
                _logger.exception("Timed trigger %s could not start", self.name)
