# Copyright 2026 Sync Studio contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl.html)
"""The demo project that comes with the addon, run as other addons' tests run it."""

from odoo.tests import TransactionCase
from odoo.tools import mute_logger


class TestUnittestProject(TransactionCase):
    @mute_logger("odoo.addons.queue_job.utils")
    def test_creation_of_a_partner_links_it(self):
        env = self.env(
            context=dict(
                self.env.context, test_queue_job_no_delay=True, new_cursor_logs=False
            )
        )
        project = env.ref("sync.test_project")
        self.assertFalse(project.active)
        project.active = True
        partner = env["res.partner"].create({"name": "New partner"})
        relation = env.ref("sync.test_project_param").value
        get_link = env["sync.link"]._get_eval_context()["get_link"]
        link = get_link(relation, partner.id)
        self.assertEqual(link.odoo, partner)
        job = env.ref("sync.test_trigger_automation").job_ids
        self.assertEqual((len(job), job.state), (1, "done"))
        self.assertIn("Job finished", job.log_ids.mapped("message"))
