# Copyright 2026 Sync Studio contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl.html)
"""The demos of version 14.0.5: what moves, and where to; end to end it is tested by
``tests/test_upgrade.py``."""

from unittest.mock import patch

from lxml import etree

from odoo.exceptions import UserError
from odoo.modules.migration import load_script
from odoo.modules.module import get_module_path, get_resource_path
from odoo.tests import SavepointCase
from odoo.tools import mute_logger

from odoo.addons.base.models.ir_module import Module

from ..demo_upgrade import DEMO_ADDONS

SCRIPT = "sync/migrations/14.0.6.0.0/pre-demo_projects.py"
ADDON = "sync_telegram_demo"


class TestDemoUpgrade(SavepointCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.script = load_script(SCRIPT, "pre-demo_projects")
        cls.module = cls.env["ir.module.module"].search([("name", "=", ADDON)])
        cls.module.state = "uninstalled"

    def _loaded(self, addon):
        """Give model and name of all records of an addon's demo."""
        files = ("sync_project_demo.xml", "sync_task_demo.xml")
        trees = [etree.parse(get_resource_path(addon, "demo", name)) for name in files]
        return {
            (record.get("model"), record.get("id"))
            for tree in trees
            for record in tree.iter("record")
        }

    def test_names_that_move_are_those_of_the_new_demos(self):
        for eval_context, addon in DEMO_ADDONS.items():
            if not get_module_path(addon, display_warning=False):
                continue  # sync may be used without it
            records = self.script.DEMO_RECORDS[eval_context]
            moved = {(model, name) for model in records for name in records[model]}
            self.assertEqual(moved - self._loaded(addon), set())

    def test_records_behind_and_selection_values_move_too(self):
        names = set(self.script.names_to_move("odoo2odoo"))
        self.assertLessEqual(
            {
                ("ir.cron", "odoo2odoo_trigger_cron_ir_cron"),
                ("base.automation", "odoo2odoo_trigger_automation_base_automation"),
                (
                    "ir.model.fields.selection",
                    "selection__sync_project__eval_context__odoo2odoo",
                ),
            },
            names,
        )
        self.assertIn(
            ("ir.actions.server", "telegram_trigger_webhook_ir_actions_server"),
            set(self.script.names_to_move("telegram_demo")),
        )

    def test_addon_is_installed_without_its_demo(self):
        with patch.object(Module, "check_external_dependencies"):
            self.script.install(self.module)
        self.assertEqual(self.module.state, "to install")
        self.assertFalse(self.module.demo)

    def test_addon_that_lacks_a_library_does_not_stop_the_upgrade(self):
        lacking = UserError("Python library not found")
        with patch.object(
            Module, "check_external_dependencies", side_effect=lacking
        ), self.assertLogs("pre-demo_projects", "WARNING") as logs:
            self.script.install(self.module)
        self.assertEqual(self.module.state, "uninstalled")
        self.assertIn("Python library not found", logs.output[0])

    def test_addon_that_is_not_on_the_addons_path_does_not_either(self):
        self.script.install(self.env["ir.module.module"])

    @mute_logger("odoo.models.unlink")
    def test_loading_passes_over_a_project_that_is_older_than_its_addon(self):
        project = self.env["sync.project"].create({"name": "Ours"})
        self.env["ir.model.data"].search([("module", "=", ADDON)]).unlink()
        projects = project.with_context(install_module=ADDON)
        data = {"xml_id": ADDON + ".a_project", "values": {"name": "New"}}
        loaded = projects._load_records([dict(data, noupdate=True)])
        self.assertEqual(loaded.name, "New")
        loaded = projects._load_records([dict(data, values={"name": "Newer"})])
        self.assertEqual(loaded.name, "Newer", "made by this installation itself")
        self.env.cr.execute(
            "UPDATE sync_project SET create_date = '2021-05-04' WHERE id = %s",
            loaded.ids,
        )
        again = projects._load_records([dict(data, values={"name": "Overwritten"})])
        self.assertEqual(again, loaded)
        self.assertEqual(loaded.name, "Newer")
        removed = {"xml_id": ADDON + ".removed", "values": {"name": "Back"}}
        self.assertFalse(projects._load_records([removed]))
        others = project.with_context(install_module="sync_shop")
        other = {"xml_id": "sync_shop.project", "values": {"name": "Shop"}}
        self.assertEqual(others._load_records([other]).name, "Shop")
