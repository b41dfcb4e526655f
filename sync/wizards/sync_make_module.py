# Copyright 2026 Sync Studio contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl.html)
"""Export a project as a data file and as a module."""

import base64

from odoo import _, api, fields, models
from odoo.exceptions import AccessError, ValidationError

from ..transfer.data_file import DataFile
from ..transfer.module_zip import ModuleZip
from ..transfer.xml_ids import is_module_name, slugify

PARAMETER = "sync.export_project."
DEFAULT_MODULE = "sync_x"
DEFAULT_LICENSE = "License MIT (https://opensource.org/licenses/MIT)"
# What Odoo calls the licenses, by what a license line may contain.
LICENSES = {
    "LGPL": "LGPL-3",
    "AGPL": "AGPL-3",
    "GPL-2": "GPL-2",
    "GPL": "GPL-3",
    "OPL": "OPL-1",
    "OEEL": "OEEL-1",
    "proprietary": "Other proprietary",
}
OTHER_LICENSE = "Other OSI approved licence"


class SyncMakeModule(models.TransientModel):
    _name = "sync.make.module"
    _description = "Export a Project"

    state = fields.Selection(
        [("choose", "Settings"), ("get", "Files")], default="choose"
    )
    project_id = fields.Many2one("sync.project", required=True, ondelete="cascade")
    module = fields.Char(
        required=True,
        default=lambda self: self._default_module(),
        help="Technical name of the module that the files are for. Use the same one "
        "for each export of a project",
    )
    copyright_years = fields.Char(
        required=True, default=lambda self: str(fields.Date.today().year)
    )
    author_name = fields.Char(
        required=True, default=lambda self: self._default_author_name()
    )
    author_url = fields.Char(default=lambda self: self._parameter("author_url"))
    license_line = fields.Char(
        required=True,
        default=lambda self: self._parameter("license") or DEFAULT_LICENSE,
    )
    name = fields.Char("File Name", compute="_compute_names")
    name2 = fields.Char("Text File Name", compute="_compute_names")
    zip_name = fields.Char(compute="_compute_names")
    data = fields.Binary("Data File", readonly=True, attachment=False)
    data2 = fields.Binary("Data File as Text", related="data")
    zip_data = fields.Binary("Zipped Module", readonly=True, attachment=False)

    @api.model
    def _parameter(self, name):
        return self.env["ir.config_parameter"].sudo().get_param(PARAMETER + name)

    @api.model
    def _default_author_name(self):
        return self._parameter("author_name") or self.env.user.name

    @api.model
    def _default_module(self):
        """Take the module that the project was in, else that of the last export.

        Where there is neither, the latest installed one for Sync Studio.
        """
        project = self.env.context.get("default_project_id")
        own = [("model", "=", "sync.project"), ("res_id", "=", project)]
        xml_ids = self.env["ir.model.data"].sudo()
        known = xml_ids.search(own, order="id desc", limit=1).module
        known = known or self._parameter("module")
        if known:
            return known
        modules = self.env["ir.module.module"].sudo()
        latest = modules.search(
            [("state", "=", "installed")], order="write_date desc, id desc", limit=1
        )
        return (
            latest.name if (latest.name or "").startswith("sync_") else DEFAULT_MODULE
        )

    @api.depends("project_id.name", "module")
    def _compute_names(self):
        for wizard in self:
            slug = slugify(wizard.project_id.with_context(lang=None).name)
            parts = ["sync_project", slug.replace("-", "_"), "data.xml"]
            wizard.name = "_".join(filter(None, parts))
            wizard.name2 = wizard.name + ".txt"
            wizard.zip_name = "%s.zip" % wizard.module

    @api.constrains("module")
    def _check_module(self):
        for wizard in self:
            if not is_module_name(wizard.module):
                raise ValidationError(
                    _(
                        '"%s" cannot be the technical name of a module: it consists of '
                        "lower-case letters, digits and underscores, e.g. sync_shop."
                    )
                    % wizard.module
                )

    def act_makefile(self):
        """Make the files and offer them."""
        self.ensure_one()
        if not self.env["sync.project"].check_access_rights("write", False):
            raise AccessError(
                _("You may not export projects: ask for the role Developer.")
            )
        self._remember()
        project = self.project_id.sudo()
        data_file = DataFile(project, self.module, self._header())
        about = {
            "module": self.module,
            "author": self.author_name,
            "website": self.author_url,
            "license": self._license(),
            "header": self._header(),
        }
        archive = ModuleZip(data_file, project, about, self.name)
        # Odoo refuses what may be an SVG picture from people, and takes XML for one.
        self.sudo().write(
            {
                "state": "get",
                "data": base64.encodebytes(data_file.content()),
                "zip_data": base64.encodebytes(archive.content()),
            }
        )
        return self.get_wizard()

    def act_configure(self):
        """Go back to the settings."""
        self.state = "choose"
        return self.get_wizard()

    def get_wizard(self):
        """Show the form again."""
        return {
            "type": "ir.actions.act_window",
            "name": _("Export"),
            "res_model": self._name,
            "res_id": self.id,
            "view_mode": "form",
            "target": "new",
        }

    def _header(self):
        author = self.author_name
        if self.author_url:
            author += " <%s>" % self.author_url
        line = self.license_line.rstrip(".")
        return "Copyright %s %s\n     %s." % (self.copyright_years, author, line)

    def _license(self):
        found = (name for word, name in LICENSES.items() if word in self.license_line)
        return next(found, OTHER_LICENSE)

    def _remember(self):
        """Let the next export begin with the same settings."""
        parameters = self.env["ir.config_parameter"].sudo()
        for name, value in (
            ("author_name", self.author_name),
            ("author_url", self.author_url),
            ("license", self.license_line),
            ("module", self.module),
        ):
            if value:
                parameters.set_param(PARAMETER + name, value)
