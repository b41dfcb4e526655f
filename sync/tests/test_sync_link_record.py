# Copyright 2026 Sync Studio contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl.html)
"""Links in lists and forms, and how they are merged."""

from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import Form, new_test_user

from .test_sync_link import REL, LinkCase

ORPHANS = [("is_orphan", "=", True), ("relation", "=", REL)]
OTHERS = [("is_orphan", "=", False), ("relation", "=", REL)]


class TestRecordsOfLinks(LinkCase):
    def test_orphans_are_found(self):
        links = self.ada.set_link(REL, "x1") | self.bob.set_link(REL, "x2")
        links |= self.set_link(REL, {"github": 1, "trello": 2})
        self.assertFalse(self.links.search(ORPHANS))
        self.assertEqual(self.links.search(OTHERS), links)
        self.bob.unlink()
        orphan = links.filtered("is_orphan")
        self.assertEqual(orphan.ref1, "x2")
        self.assertEqual(self.links.search(ORPHANS), orphan)
        self.assertEqual(self.links.search(OTHERS), links - orphan)
        for domain in ([("is_orphan", "!=", False)], [("is_orphan", "!=", True)]):
            found = self.links.search(domain + ORPHANS[1:])
            self.assertIn(found, (orphan, links - orphan))
        with self.assertRaisesRegex(UserError, "not there any more"):
            orphan.action_open_record()

    def test_links_of_models_that_are_gone(self):
        link = self.ada.set_link(REL, "x1")
        link.model = "no.such.model"
        self.assertEqual(self.links.search(ORPHANS), link)
        self.assertEqual(link.side2, link.ref2)

    def test_links_that_are_made_by_hand(self):
        form = Form(self.links)
        form.relation, form.system1, form.ref1 = REL, "__external__", "x1"
        form.system2 = "__odoo__"
        form.model = "res.partner"  # before there is a reference
        for wrong in ("Ada", "0", "99999999999", "²"):
            form.ref2 = wrong
            with self.assertRaisesRegex(ValidationError, 'by "%s"' % wrong):
                form.save()
        form.ref2 = str(self.ada.id)
        self.assertEqual(form.save().side2, "Contact: Ada")

    def test_links_that_refer_to_no_record(self):
        """As databases of former versions may hold them."""
        link = self.ada.set_link(REL, "x1")
        link.flush()
        for model, ref in (("res.partner", "Ada"), ("mail.thread", str(self.ada.id))):
            self.env.cr.execute(
                "UPDATE sync_link SET model = %s, ref2 = %s WHERE id = %s",
                [model, ref, link.id],
            )
            link.invalidate_cache()
            self.assertTrue(link.is_orphan)
            self.assertEqual(link.side2, ref)

    def test_sides(self):
        link = self.ada.set_link(REL, "x1")
        self.assertEqual((link.side1, link.side2), ("x1", "Contact: Ada"))
        external = self.set_link(REL, {"github": 1, "trello": 2})
        self.assertEqual((external.side1, external.side2), ("github: 1", "trello: 2"))
        action = link.action_open_record()
        self.assertEqual(
            (action["res_model"], action["res_id"]), ("res.partner", self.ada.id)
        )

    def test_names_of_closed_records_are_not_told(self):
        user = new_test_user(self.env, "test reader", groups="sync.sync_group_user")
        secret = self.env["ir.config_parameter"].create({"key": "hidden", "value": "x"})
        link = secret.set_link(REL, "x1").with_user(user)
        self.assertEqual(link.side2, "System Parameter: number %s" % secret.id)


class TestMerging(LinkCase):
    def merge(self, links, keep, user=None):
        wizard = self.env["sync.merge.links"].with_user(user or self.env.user)
        values = {"link_ids": [(6, 0, links.ids)], "keep_id": keep.id}
        return wizard.create(values).action_merge()

    def test_references_go_to_one_record(self):
        links = self.ada.set_link(REL, "x1") | self.bob.set_link(REL, "x2")
        self.merge(links, links[0])
        self.assertEqual(links.odoo, self.ada)
        self.assertEqual(self.ada.search_links(REL).external, ["x2", "x1"])
        self.assertFalse(self.bob.search_links(REL))

    def test_equal_links_become_one(self):
        first = self.ada.set_link(REL, "x1", allow_many2many=True)
        second = self.bob.set_link(REL, "x1", allow_many2many=True)
        self.merge(first | second, second)
        self.assertFalse(first.exists())
        self.assertEqual(self.get_link(REL, "x1").odoo, self.bob)
        self.assertTrue(second.exclusive)

    def test_what_cannot_be_merged(self):
        first = self.ada.set_link(REL, "x1")
        with self.assertRaisesRegex(UserError, "at least two"):
            self.merge(first, first)
        second = self.category.set_link("other", "x1")
        with self.assertRaisesRegex(UserError, "differ in: Relation Name, Model"):
            self.merge(first | second, first)

    def test_users_merge_nothing(self):
        user = new_test_user(self.env, "test reader", groups="sync.sync_group_user")
        links = self.ada.set_link(REL, "x1") | self.bob.set_link(REL, "x2")
        with self.assertRaises(AccessError):
            self.merge(links, links[0], user)

    def test_wizard_begins_with_the_selected_links(self):
        links = self.ada.set_link(REL, "x1") | self.bob.set_link(REL, "x2")
        context = {"active_model": "sync.link", "active_ids": links.ids}
        wizard = self.env["sync.merge.links"].with_context(**context).create({})
        self.assertEqual((wizard.link_ids, wizard.keep_id), (links, links[0]))
