# Copyright 2026 Sync Studio contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl.html)
"""The code of the tasks, in a project of the test's own."""

from base64 import b64encode
from io import BytesIO
from unittest.mock import patch

from PIL import Image

from odoo.exceptions import UserError
from odoo.modules import get_resource_path
from odoo.tools import mute_logger

from odoo.addons.sync import sandbox
from odoo.addons.sync.tests.common import SyncCase

from ..clients.odoo_rpc import OdooRpc
from .fake_odoo import FakeOdoo

ADDON = "sync_odoo2odoo_demo"
REL = "odoo2odoo_partner"


def code_of(name):
    with open(get_resource_path(ADDON, "tasks", name + ".py")) as source:
        return source.read()


def pixel(color):
    """Return an image of one pixel as base64 text."""
    output = BytesIO()
    Image.new("RGB", (1, 1), color).save(output, "PNG")
    return b64encode(output.getvalue()).decode()


RED = pixel("red")
BLUE = pixel("blue")


class TaskCase(SyncCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.project = cls.env["sync.project"].create(
            {
                "name": "Test Odoo2odoo",
                "active": True,
                "eval_context": "odoo2odoo",
                "common_code": code_of("common_code"),
                "param_ids": [
                    (0, 0, {"key": "URL", "value": "http://there"}),
                    (0, 0, {"key": "DB", "value": "there"}),
                ],
                "text_param_ids": [
                    (0, 0, {"key": "UPLOAD_ALL_PARTNER_PREFIX", "value": "Copy:"})
                ],
                "secret_ids": [
                    (0, 0, {"key": "USERNAME", "value": "user-there"}),
                    (0, 0, {"key": "PASSWORD", "value": "password-there"}),
                ],
            }
        )

    def setUp(self):
        super().setUp()
        self.there = FakeOdoo()
        patcher = patch.object(
            OdooRpc, "execute_kw", lambda client, *args, **kw: self.call(*args, **kw)
        )
        patcher.start()
        self.addCleanup(patcher.stop)

    def call(self, *args, **kwargs):
        return self.there.execute_kw(*args, **kwargs)

    def make_partners(self, *names, **vals):
        vals_list = [dict(vals, name=name) for name in names]
        return self.env["res.partner"].create(vals_list)

    def task(self, name):
        return self.make_task(code_of(name), project=self.project)

    def links(self, partners):
        return partners.search_links(REL)


class TestLocal2Remote(TaskCase):
    def setUp(self):
        super().setUp()
        task = self.task("local2remote")
        model = self.env["ir.model"]._get("res.partner")
        # not active: only the test starts it
        vals = {"model_id": model.id, "trigger": "on_create", "active": False}
        self.trigger = self.make_trigger("automation", task, **vals)
        self.button = self.make_trigger("button", task)

    def created(self, partners):
        """Do what happens after the creation of partners; return the job."""
        self.trigger.active = True
        job = self.trigger.start(partners)
        self.perform(job)
        return job

    def test_partner_is_copied_and_linked(self):
        partner = self.make_partners("New", image_1920=RED)
        self.created(partner)
        ((copy_id, copy),) = self.there.partners.items()
        self.assertEqual((copy["name"], copy["image_1920"]), ("New", RED))
        self.assertEqual(self.links(partner).external, str(copy_id))

    def test_partner_without_avatar(self):
        self.created(self.make_partners("Plain"))
        (copy,) = self.there.partners.values()
        self.assertFalse(copy["image_1920"])

    def test_many_partners_are_sent_ten_at_a_time(self):
        partners = self.make_partners(*["Crowd %s" % number for number in range(23)])
        self.created(partners)
        sizes = [len(rows) for _fields, rows in self.there.called("load")]
        self.assertEqual(sizes, [10, 10, 3])
        self.assertEqual(self.links(partners).odoo, partners)

    def test_each_partner_gets_its_own_copy(self):
        partners = self.make_partners("A", "B", "C")
        self.created(partners)
        for partner in partners:
            copy = self.there.partners[int(self.links(partner).external)]
            self.assertEqual(copy["name"], partner.name)

    def test_linked_partner_is_not_copied_again(self):
        partner = self.make_partners("Linked")
        partner.set_link(REL, 77)
        self.created(partner)
        self.assertEqual(self.there.calls, [])

    def test_partner_deleted_meanwhile_is_passed_over(self):
        partners = self.make_partners("Gone", "Stays")
        partners[0].unlink()
        self.created(partners)
        (copy,) = self.there.partners.values()
        self.assertEqual(copy["name"], "Stays")

    def test_second_try_finds_the_copy_of_the_first(self):
        partner = self.make_partners("Twice")
        self.created(partner)
        self.links(partner).unlink()  # as if the first try had been rolled back
        self.created(partner)
        self.assertEqual(len(self.there.partners), 1)
        self.assertEqual(len(self.links(partner)), 1)

    def test_address_without_name_has_its_display_name(self):
        company = self.make_partners("Company", is_company=True)
        address = self.make_partners(False, parent_id=company.id, type="invoice")
        self.created(address)
        (copy,) = self.there.partners.values()
        self.assertEqual(copy["name"], "Company, Invoice Address")

    def test_refused_partner_is_named_with_the_reason(self):
        self.there.refusal = "Names must rhyme"
        partner = self.make_partners("Orange")
        with mute_logger("odoo.addons.sync.models.sync_task"):
            with self.assertRaises(UserError) as caught:
                self.created(partner)
        self.assertIn("Orange: Names must rhyme", str(caught.exception))

    def test_button_sends_all_others_by_sub_jobs(self):
        linked = self.env["res.partner"].search([])
        for partner in linked:
            partner.set_link(REL, "there-%s" % partner.id)
        partners = self.make_partners(*["Old %s" % number for number in range(12)])
        job = self.click(self.button)
        self.assertEqual(len(job.job_ids), 2)
        self.assertEqual(self.there.calls, [])
        for sub_job in job.job_ids:
            self.perform(sub_job)
        names = sorted(copy["name"] for copy in self.there.partners.values())
        self.assertEqual(
            names, sorted("Copy:" + name for name in partners.mapped("name"))
        )
        self.assertEqual(self.links(partners).odoo, partners)

    def test_images_are_not_logged(self):
        noise = self.env.ref("base.main_partner").image_1920
        job = self.created(self.make_partners("Image", image_1920=noise))
        text = "\n".join(self.lines(job))
        self.assertIn("<%s characters>" % len(noise), text)
        self.assertLess(len(text), 3000)


class TestRemote2Local(TaskCase):
    def setUp(self):
        super().setUp()
        self.env["sync.link"].search([("relation", "=", REL)]).unlink()
        vals = {"active": False}  # only the test starts it
        self.trigger = self.make_trigger("cron", self.task("remote2local"), **vals)

    def make_copies(self, *names):
        """Make partners here that are linked with copies there, of a minute ago."""
        partners = self.make_partners(*names)
        rows = [[name, name, ""] for name in names]
        ids = self.call("res.partner", "load", ["id", "name", "image_1920"], rows)[
            "ids"
        ]
        for partner, copy_id in zip(partners, ids):
            date = self.there.partners[copy_id]["write_date"]
            partner.set_link(REL, copy_id, sync_date=date)
        self.there.pass_time()
        self.there.calls.clear()
        return partners, ids

    def check(self):
        """Run the cron trigger; return the job."""
        job = self.trigger.start(force=True)
        self.perform(job)
        return job

    def avatar(self, partner):
        return partner.image_1920 and partner.image_1920.decode()

    def test_avatar_of_the_only_link_comes_back(self):
        partner, (copy_id,) = self.make_copies("Only")
        self.there.change(copy_id, image_1920=RED)
        self.check()
        self.assertEqual(self.avatar(partner), RED)

    def test_only_changed_copies_are_read(self):
        partners, ids = self.make_copies("A", "B", "C")
        self.there.change(ids[1], image_1920=RED)
        self.check()
        self.assertEqual([bool(partner.image_1920) for partner in partners], [0, 1, 0])
        self.assertEqual([ids for ids, _ in self.there.called("read")], [[ids[1]]])

    def test_removed_avatar_is_removed(self):
        partner, (copy_id,) = self.make_copies("Shy")
        partner.image_1920 = RED
        self.there.change(copy_id, image_1920=False)
        self.check()
        self.assertFalse(partner.image_1920)

    def test_more_changes_in_the_same_second_are_seen(self):
        partner, (copy_id,) = self.make_copies("Quick")
        for avatar in (RED, BLUE, RED):
            self.there.change(copy_id, image_1920=avatar)
            self.check()
            self.assertEqual(self.avatar(partner), avatar)

    def test_sync_date_becomes_the_date_of_the_copy(self):
        partner, (copy_id,) = self.make_copies("Dated")
        self.there.change(copy_id, image_1920=RED)
        self.check()
        self.check()
        date = self.there.partners[copy_id]["write_date"]
        self.assertEqual(str(self.links(partner).sync_date), date)

    def test_nothing_is_read_again_without_a_change(self):
        _partner, (copy_id,) = self.make_copies("Steady")
        self.there.change(copy_id, image_1920=RED)
        self.check()
        self.check()
        self.there.calls.clear()
        self.check()
        self.assertEqual(self.there.called("read"), [])

    def test_many_changes_are_read_ten_at_a_time(self):
        partners, ids = self.make_copies(*["Crowd %s" % number for number in range(23)])
        for copy_id in ids:
            self.there.change(copy_id, image_1920=RED)
        self.check()
        sizes = [len(ids) for ids, _fields in self.there.called("read")]
        self.assertEqual(sizes, [10, 10, 3])
        self.assertEqual(set(map(self.avatar, partners)), {RED})

    def test_deleted_partner_is_skipped_with_a_warning(self):
        partners, ids = self.make_copies("Gone", "Stays")
        for copy_id in ids:
            self.there.change(copy_id, image_1920=RED)
        self.env.cr.execute("DELETE FROM res_partner WHERE id = %s", [partners[0].id])
        self.env.cache.invalidate()
        job = self.check()
        self.assertEqual(self.avatar(partners[1]), RED)
        warning = "The partner of copy %s was deleted here" % ids[0]
        self.assertEqual(self.lines(job, "warning"), [warning])

    def test_archived_partner_is_kept_up_to_date(self):
        partner, (copy_id,) = self.make_copies("Archived")
        partner.active = False
        self.there.change(copy_id, image_1920=RED)
        self.check()
        self.assertEqual(self.avatar(partner), RED)

    def test_without_links_nobody_is_asked(self):
        job = self.check()
        self.assertEqual(self.there.calls, [])
        text = "No partner has a copy on the external Odoo yet"
        self.assertIn(text, self.lines(job))


class TestCode(SyncCase):
    def test_the_sandbox_accepts_the_code(self):
        for name in ("common_code", "local2remote", "remote2local"):
            with self.subTest(name=name):
                self.assertIsNone(sandbox.check(code_of(name)))
