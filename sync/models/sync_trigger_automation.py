# Copyright 2026 Sync Studio contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl.html)
"""DB triggers: a change of records, or their date, starts a task."""

import logging

from odoo import _, api, fields, models
from odoo.exceptions import ValidationError

from .ir_logging import log_of

_logger = logging.getLogger(__name__)


class SyncTriggerAutomation(models.Model):
    _name = "sync.trigger.automation"
    _description = "DB Trigger"
    _inherit = ["sync.trigger.mixin", "sync.trigger.mixin.actions"]
    _inherits = {"base.automation": "automation_id"}

    _sync_handler = "handle_db"
    _job_field = "trigger_automation_id"
    _delegated_fields = frozenset(
        [
            "active",
            "filter_domain",
            "filter_pre_domain",
            "model_id",
            "name",
            "on_change_field_ids",
            "sequence",
            "sync_task_id",
            "trg_date_calendar_id",
            "trg_date_id",
            "trg_date_range",
            "trg_date_range_type",
            "trigger",
            "trigger_field_ids",
        ]
    )

    automation_id = fields.Many2one(
        "base.automation", required=True, ondelete="cascade", index=True
    )
    job_ids = fields.One2many("sync.job", "trigger_automation_id", readonly=True)

    @api.model
    def fields_get(self, allfields=None, attributes=None):
        """Leave out the condition that has no records for a task, unless it is in use."""
        result = super().fields_get(allfields, attributes)
        choice = result.get("trigger", {})
        if choice.get("selection") and not self._uses_on_change():
            choice["selection"] = [
                option for option in choice["selection"] if option[0] != "on_change"
            ]
        return result

    @api.model
    def _uses_on_change(self):
        triggers = self.sudo().with_context(active_test=False)
        return bool(triggers.search_count([("trigger", "=", "on_change")]))

    @api.constrains("automation_id", "model_id")
    def _check_model(self):
        for trigger in self:
            if trigger.model_name == "sync.project.secret":
                raise ValidationError(
                    _(
                        "DB trigger %s: code may not watch secrets, choose another model."
                    )
                    % trigger.trigger_name
                )

    @api.onchange("model_id")
    def _onchange_model_id(self):
        self.model_name = self.model_id.model

    @api.onchange("trigger")
    def _onchange_trigger(self):
        """Empty what the chosen condition does not use."""
        if self.trigger != "on_write":
            self.filter_pre_domain = False
        if self.trigger not in ("on_write", "on_create_or_write"):
            self.trigger_field_ids = False
        if self.trigger != "on_time":
            self.trg_date_id = False
            self.trg_date_range = False
            self.trg_date_range_type = False
        elif not self.trg_date_range_type:
            self.trg_date_range_type = "hour"

    def get_code(self):
        return (
            "env['sync.trigger.automation'].browse(%s).sudo().start(records)" % self.id
        )

    def start(self, records):
        """Enqueue the task once for all ``records``; give the job or None."""
        self._check_run_access()
        if not isinstance(records, models.BaseModel):
            _logger.warning("DB trigger %s started without records", self.trigger_name)
            return None
        return self._start(records)

    def _start(self, records):
        """Enqueue with all rights, for the user whose change it is."""
        trigger = self.sudo()
        task = trigger.sync_task_id
        if not trigger.active:
            return None
        if not task:
            _logger.warning("DB trigger %s has no task", trigger.trigger_name)
            return None
        if not task._is_enabled():
            return None
        deleted = trigger.trigger == "on_unlink"
        values = self._values_before_deletion(records) if deleted else None
        return task._enqueue(trigger, [records.sudo()], deleted_values=values)

    def _is_run_under_way(self):
        """Tell whether this environment is that of a run which the trigger started."""
        own_trigger_id = self.env.context.get("sync_own_trigger_id")
        return bool(log_of(self.env)) and own_trigger_id == self.id

    @api.model
    def _values_before_deletion(self, records):
        """Read all stored fields but files: the queue keeps plain values."""
        names = [
            name
            for name, field in records._fields.items()
            if field.store and field.type != "binary"
        ]
        return records.sudo().read(names, load="_classic_write")
