# Copyright 2026 Sync Studio contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl.html)
"""What Administrators are told when an upgrade could not install a demo's addon."""

from unittest.mock import patch

from odoo.exceptions import UserError
from odoo.tests import SavepointCase, new_test_user
from odoo.tools import mute_logger

from odoo.addons.base.models.ir_module import Module

from .. import upgrade_report

ADDON = "sync_telegram_demo"
REASON = "Python library of Telegram not found"


class TestMissingAddons(SavepointCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.project = cls.env["sync.project"].create({"name": "Bot <1>"})
        cls.env.cr.execute(
            "UPDATE sync_project SET eval_context = 'telegram_demo' WHERE id = %s",
            cls.project.ids,
        )
        cls.addon = cls.env["ir.module.module"].search([("name", "=", ADDON)])
        cls.addon.state = "uninstalled"
        cls.manager = new_test_user(cls.env, "chief", "sync.sync_group_manager")
        cls.developer = new_test_user(cls.env, "dev", "sync.sync_group_dev")

    def _lacking(self):
        return patch.object(
            Module, "check_external_dependencies", side_effect=UserError(REASON)
        )

    def _notices(self):
        with self._lacking():
            notices = upgrade_report.missing_addons(self.env)
        return [notice for notice in notices if notice.project == self.project]

    def test_project_whose_addon_is_missing_is_named_with_the_reason(self):
        (notice,) = self._notices()
        text = notice.text({})
        self.assertIn(ADDON, text)
        self.assertIn('"Bot <1>"', text)
        self.assertIn(REASON, text)

    def test_addon_that_is_not_there_at_all(self):
        self.addon.name = "elsewhere"
        (notice,) = self._notices()
        self.assertNotIn(REASON, notice.text({}))

    def test_nothing_to_tell_of_addons_that_are_being_installed(self):
        self.addon.state = "to install"
        self.assertEqual(self._notices(), [])

    @mute_logger("odoo.addons.sync.upgrade_report")
    def test_administrators_find_it_in_their_inbox_and_all_in_the_log(self):
        upgrade_report.tell(self.env, self._notices())
        line = self.project.log_ids
        self.assertEqual(line.level, "warning")
        self.assertIn(ADDON, line.message)
        message = self.env["mail.message"].search([("subject", "=", "Sync Studio")])
        self.assertIn("Bot &lt;1&gt;", message.body)
        self.assertFalse(message.notification_ids.mail_id)
        partners = message.notification_ids.res_partner_id
        self.assertIn(self.manager.partner_id, partners)
        self.assertNotIn(self.developer.partner_id, partners)

    def test_without_notices_nobody_is_told_anything(self):
        before = self.env["mail.message"].search_count([])
        upgrade_report.tell(self.env, [])
        self.assertEqual(self.env["mail.message"].search_count([]), before)
