# Copyright 2026 Sync Studio contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl.html)
"""Import projects from a data file or a zipped module."""

import base64

from odoo import _, api, fields, models
from odoo.exceptions import AccessError, UserError

from ..exceptions import SyncError
from ..transfer import reader
from ..transfer.plan import CHANGE, CREATE, KEEP, Plan
from ..transfer.xml_ids import LABELS, is_module_name, slugify


class SyncImportProject(models.TransientModel):
    _name = "sync.import.project"
    _description = "Import a Project"

    state = fields.Selection(
        [("choose", "File"), ("preview", "Preview")], default="choose"
    )
    file = fields.Binary(required=True)
    file_name = fields.Char()
    module = fields.Char(
        help="Technical name of the module that the file belongs to. Records that were "
        "imported under the same name before are changed, all others are created"
    )
    line_ids = fields.One2many("sync.import.project.line", "import_id", readonly=True)
    create_count = fields.Integer(compute="_compute_counts")
    change_count = fields.Integer(compute="_compute_counts")
    keep_count = fields.Integer(compute="_compute_counts")

    @api.depends("line_ids.action")
    def _compute_counts(self):
        for wizard in self:
            actions = wizard.line_ids.mapped("action")
            wizard.create_count = actions.count(CREATE)
            wizard.change_count = actions.count(CHANGE)
            wizard.keep_count = actions.count(KEEP)

    def action_preview(self):
        """Show what the import would create and change."""
        self.ensure_one()
        plan = self._plan()
        self.line_ids.unlink()
        self.write(
            {
                "state": "preview",
                "line_ids": [(0, 0, self._line_values(step)) for step in plan.steps],
            }
        )
        return self._show()

    def action_import(self):
        """Create and change the records, and show the project."""
        self.ensure_one()
        plan = self._plan()
        try:
            plan.carry_out()
        except SyncError as error:
            raise UserError(str(error)) from error
        projects = plan.projects
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "sync.sync_project_action"
        )
        if len(projects) == 1:
            views = [(False, "form")]
            return dict(action, views=views, view_mode="form", res_id=projects.id)
        return dict(action, domain=[("id", "in", projects.ids)])

    def action_back(self):
        """Choose another file or module."""
        self.state = "choose"
        return self._show()

    def _plan(self):
        """Return the Plan of this import; the module's name is filled in."""
        self._check_administrator()
        try:
            content = self.with_context(bin_size=False).file
            package = reader.read(base64.b64decode(content), self.file_name)
            self.module = self.module or package.module or _module_for(package)
            if not is_module_name(self.module):
                raise SyncError(
                    _(
                        '"%s" cannot be the technical name of a module: it consists '
                        "of lower-case letters, digits and underscores."
                    )
                    % self.module
                )
            return Plan(self.env, package, self.module)
        except SyncError as error:
            raise UserError(str(error)) from error

    def _line_values(self, step):
        model = self.env[step.entry.model]
        labels = model.fields_get(step.changed, ["string"])
        told = (step.values.get(name) for name in LABELS)
        return {
            "action": step.action,
            "kind": self.env["ir.model"].sudo()._get(model._name).name,
            "name": next(filter(None, told), step.entry.xml_id),
            "changes": ", ".join(labels[name]["string"] for name in step.changed),
        }

    def _check_administrator(self):
        if not self.env.user.has_group("sync.sync_group_manager"):
            raise AccessError(_("Only Sync Studio administrators may import projects."))

    def _show(self):
        return {
            "type": "ir.actions.act_window",
            "name": _("Import a Project"),
            "res_model": self._name,
            "res_id": self.id,
            "view_mode": "form",
            "target": "new",
        }


class SyncImportProjectLine(models.TransientModel):
    _name = "sync.import.project.line"
    _description = "Record to Import"

    import_id = fields.Many2one(
        "sync.import.project", ondelete="cascade", required=True
    )
    action = fields.Selection(
        [(CREATE, "Create"), (CHANGE, "Change"), (KEEP, "Leave as it is")],
        required=True,
        readonly=True,
    )
    kind = fields.Char(readonly=True)
    name = fields.Char(readonly=True)
    changes = fields.Char(readonly=True, help="Fields that get another value")


def _module_for(package):
    """Make up a module name of the first project in a file."""
    for record in package.records:
        if record.model == "sync.project":
            name = record.fields.get("name")
            slug = slugify(name.data if name else record.xml_id).replace("-", "_")
            return "sync_" + (slug or "x")
    return "sync_x"
