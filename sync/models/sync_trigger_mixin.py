# Copyright 2026 Sync Studio contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl.html)
"""What all kinds of triggers share: name, jobs, access, enqueue and run now."""

from odoo import _, api, fields, models
from odoo.exceptions import AccessError, UserError

from .counting import count_by
from .sync_job import RELEASE_TRIGGER, release


class SyncTriggerMixin(models.AbstractModel):
    """A kind of trigger names its handler and the field of ``sync.job`` that refers to
    it, and has a field ``job_ids`` with that field as its inverse."""

    _name = "sync.trigger.mixin"
    _description = "Mixin for trigger models"
    _rec_name = "trigger_name"

    _sync_handler = None
    _job_field = None

    trigger_name = fields.Char(
        required=True, help="Technical name to be used in task code"
    )
    job_count = fields.Integer(compute="_compute_job_count")
    log_count = fields.Integer(compute="_compute_log_count")

    def _compute_job_count(self):
        counts = count_by(self.env["sync.job"], self._job_field, self.ids)
        for trigger in self:
            trigger.job_count = counts.get(trigger.id, 0)

    def _compute_log_count(self):
        for trigger in self:
            trigger.log_count = self.env["ir.logging"].search_count(
                trigger._log_domain()
            )

    def unlink(self):
        release(self.sync_task_id, RELEASE_TRIGGER)
        return super().unlink()

    def _log_domain(self):
        return [("sync_job_id.%s" % self._job_field, "=", self.id)]

    def start_button(self):
        """Run the trigger for the person who clicked, and show the job."""
        self._check_run_access()
        return self._start_by_hand().action_open()

    def action_open_logs(self):
        """Show the log lines of all runs of this trigger."""
        action = self.env["ir.actions.act_window"]._for_xml_id("sync.ir_logging_action")
        return dict(action, domain=self._log_domain(), context={})

    def action_open_jobs(self):
        """Show all runs of this trigger."""
        action = self.env["ir.actions.act_window"]._for_xml_id("sync.sync_job_action")
        domain = [(self._job_field, "=", self.id)]
        return dict(action, domain=domain, context={})

    def _start_by_hand(self):
        """Run or enqueue, archived or not; give the job."""
        raise UserError(
            _("The trigger %s is started by its events only.") % self.trigger_name
        )

    def _check_run_access(self):
        """Users read and run nothing; events come here with all rights."""
        if not self.env.su and not self.check_access_rights("write", False):
            raise AccessError(
                _("You may not run the trigger %s: ask for the role Developer.")
                % ", ".join(self.mapped("trigger_name"))
            )


class SyncTriggerMixinModelId(models.AbstractModel):
    """For kinds whose server action needs a model, though their code uses none."""

    _name = "sync.trigger.mixin.model_id"
    _description = "Mixin for triggers without a model"

    @api.model
    def _parent_defaults(self):
        return {"model_id": self.env.ref("base.model_res_partner").id}


class SyncTriggerMixinActions(models.AbstractModel):
    """For kinds that delegate to a schedule, an automation or a server action.

    Developers need no rights on those models: they write through the trigger, and only
    the fields listed in ``_delegated_fields``. What the server action executes is set
    here and cannot be written by them.
    """

    _name = "sync.trigger.mixin.actions"
    _description = "Mixin for triggers that delegate to a server action"

    _delegated_fields = frozenset()

    @api.model
    def _add_inherited_fields(self):
        """Let whoever reads a trigger read what it delegates (field groups still hold)."""
        result = super()._add_inherited_fields()
        for field in self._fields.values():
            if field.inherited:
                field.compute_sudo = True
        return result

    @api.model_create_multi
    def create(self, vals_list):
        self.check_access_rights("create")
        self._check_delegated_fields(vals_list)
        vals_list = [self._complete(vals) for vals in vals_list]
        triggers = super(SyncTriggerMixinActions, self.sudo()).create(vals_list)
        for trigger in triggers:
            trigger.code = trigger.get_code()
        return triggers.with_env(self.env)

    def write(self, vals):
        self.check_access_rights("write")
        self._check_delegated_fields([vals])
        triggers = self.sudo()
        renamed = triggers.filtered(
            lambda trigger: trigger.name == trigger._auto_name()
        )
        result = super(SyncTriggerMixinActions, triggers).write(vals)
        if {"trigger_name", "sync_task_id"} & set(vals) and "name" not in vals:
            for trigger in renamed:
                trigger.name = trigger._auto_name()
        return result

    def unlink(self):
        """Delete the triggers and all they delegate to, down to the server action."""
        self.check_access_rights("unlink")
        parents = list(self.sudo()._delegates())
        result = super(SyncTriggerMixinActions, self.sudo()).unlink()
        # Schedules refuse to delete nothing.
        for records in filter(None, (parent.exists() for parent in parents)):
            records.unlink()
        return result

    def copy_data(self, default=None):
        """Copy what may be set by hand; the rest is made anew for the copy."""
        data = super(SyncTriggerMixinActions, self.sudo()).copy_data(default)
        allowed = self._own_fields() | self._delegated_fields | set(default or ())
        return [
            {name: value for name, value in vals.items() if name in allowed}
            for vals in data
        ]

    def copy_translations(self, new, excluded=()):
        """Copy the texts of the delegated records too, which nobody sets."""
        triggers = super(SyncTriggerMixinActions, self.sudo())
        return triggers.copy_translations(new.sudo(), excluded)

    def get_code(self):
        """Give the code of the server action: it does no more than call the trigger."""
        raise NotImplementedError

    @api.model
    def _parent_defaults(self):
        """Give values that the delegated records need and nobody sets."""
        return {}

    def _complete(self, vals):
        """Add the values that the server action needs."""
        vals = {**self._parent_defaults(), **vals, "state": "code"}
        if not vals.get("name"):
            task = self.env["sync.task"].browse(vals.get("sync_task_id"))
            vals["name"] = self._make_name(task.sudo(), vals.get("trigger_name"))
        return vals

    def _auto_name(self):
        return self._make_name(self.sync_task_id, self.trigger_name)

    @api.model
    def _make_name(self, task, trigger_name):
        return "Sync Studio: %s -> %s" % (task.project_id.name or "", trigger_name)

    def _delegates(self):
        """Give the records behind the triggers, the nearest first."""
        records = self
        while records._inherits:
            records = records[next(iter(records._inherits.values()))]
            yield records

    @api.model
    def _own_fields(self):
        parents = set(self._inherits.values())
        return {
            name
            for name, field in self._fields.items()
            if not field.inherited and name not in parents
        }

    @api.model
    def _check_delegated_fields(self, vals_list):
        if self.env.su:
            return
        allowed = self._own_fields() | self._delegated_fields
        refused = sorted(set().union(*vals_list) - allowed)
        if refused:
            raise AccessError(
                _("%s: you may not set %s. Fields you may set: %s.")
                % (
                    self._description,
                    ", ".join(refused),
                    ", ".join(sorted(self._delegated_fields | {"trigger_name"})),
                )
            )
