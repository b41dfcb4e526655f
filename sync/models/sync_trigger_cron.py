# Copyright 2026 Sync Studio contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl.html)
"""Cron triggers: a schedule starts a task."""

from odoo import _, api, fields, models


class SyncTriggerCron(models.Model):
    _name = "sync.trigger.cron"
    _description = "Cron Trigger"
    _inherit = [
        "sync.trigger.mixin",
        "sync.trigger.mixin.model_id",
        "sync.trigger.mixin.actions",
    ]
    _inherits = {"ir.cron": "cron_id"}

    _sync_handler = "handle_cron"
    _job_field = "trigger_cron_id"
    _delegated_fields = frozenset(
        [
            "active",
            "doall",
            "interval_number",
            "interval_type",
            "name",
            "nextcall",
            "numbercall",
            "priority",
            "sync_task_id",
            "user_id",
        ]
    )

    cron_id = fields.Many2one("ir.cron", required=True, ondelete="cascade", index=True)
    job_ids = fields.One2many("sync.job", "trigger_cron_id", readonly=True)

    @api.model
    def default_get(self, fields_list):
        values = super().default_get(fields_list)
        if "numbercall" in fields_list:
            values["numbercall"] = -1
        return values

    @api.model
    def _parent_defaults(self):
        return dict(super()._parent_defaults(), numbercall=-1)

    @api.depends("trigger_name", "interval_number", "interval_type", "numbercall")
    def _compute_display_name(self):
        return super()._compute_display_name()

    def name_get(self):
        units = dict(self._fields["interval_type"]._description_selection(self.env))
        return [(trigger.id, trigger._schedule_text(units)) for trigger in self]

    def _schedule_text(self, units):
        text = _("%s: every %s %s") % (
            self.trigger_name,
            self.interval_number,
            units.get(self.interval_type),
        )
        if self.numbercall > 0:
            text += _(" (%s times)") % self.numbercall
        return text

    def get_code(self):
        return "env['sync.trigger.cron'].browse(%s).start()" % self.id

    def start(self, force=False):
        """Enqueue the task; give the job, or None when something is archived."""
        self._check_run_access()
        return self._start(force)

    def _start(self, force=False):
        """Enqueue with the rights of the current user: the scheduler user."""
        trigger = self.sudo()
        task = trigger.sync_task_id.with_env(self.env)
        if not task or not (force or trigger.active):
            return None
        return task.start(trigger, with_delay=True, force=force)

    def _start_by_hand(self):
        return self._start(force=True)
