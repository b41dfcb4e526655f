# Copyright 2026 Sync Studio contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl.html)
"""Links: what they offer, whom they obey, what they cost, and that they are unique."""

import threading
import time
from contextlib import contextmanager
from datetime import datetime, timedelta

from odoo import fields
from odoo.exceptions import AccessError, ValidationError
from odoo.service.model import execute
from odoo.tests import SavepointCase, TransactionCase, new_test_user, tagged
from odoo.tools import mute_logger

REL = "test_partner_rel"
EMPTY = (None, False, "")


def in_run(env, log=None):
    """Environment as the code of a run has it."""
    return env(context=dict(env.context, log_function=log or (lambda *a, **kw: None)))


class LinkCase(SavepointCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        names = ("Ada", "Bob", "Cid")
        cls.partners = cls.env["res.partner"].create([{"name": name} for name in names])
        cls.ada, cls.bob, cls.cid = cls.partners
        cls.category = cls.env["res.partner.category"].create({"name": "Tag"})
        cls.links = cls.env["sync.link"]
        functions = cls.links._get_eval_context()
        cls.set_link = staticmethod(functions["set_link"])
        cls.search_links = staticmethod(functions["search_links"])
        cls.get_link = staticmethod(functions["get_link"])

    def assert_error_names(self, *texts):
        """Expect a ValidationError whose message has all the texts."""
        return self.assertRaisesRegex(ValidationError, "(?s)" + ".*".join(texts))

    @contextmanager
    def assert_queries(self, expected):
        """Expect a number of queries, pending writes included."""
        self.links.flush()
        self.links.invalidate_cache()
        with self.assertQueryCount(expected):
            yield


class TestSetLink(LinkCase):
    def test_link_has_record_reference_and_date(self):
        date = datetime(2020, 2, 3, 4, 5, 6)
        link = self.ada.set_link(REL, "x1", date)
        self.assertEqual(link.odoo, self.ada)
        self.assertEqual(link.external, "x1")
        self.assertEqual(link.sync_date, date)

    def test_date_is_now_by_default_and_may_be_text(self):
        before = fields.Datetime.now()
        self.assertGreaterEqual(self.ada.set_link(REL, "x1").sync_date, before)
        link = self.bob.set_link(REL, "x2", "2020-02-03 04:05:06")
        self.assertEqual(link.sync_date, datetime(2020, 2, 3, 4, 5, 6))

    def test_stored_row_is_the_documented_one(self):
        link = self.ada.set_link(REL, 7)
        cached = link.read()[0]
        link.invalidate_cache()
        stored = link.read()[0]
        self.assertEqual(cached, stored)
        self.assertEqual(stored["relation"], REL)
        self.assertEqual((stored["system1"], stored["ref1"]), ("__external__", "7"))
        self.assertEqual(
            (stored["system2"], stored["ref2"]), ("__odoo__", str(self.ada.id))
        )
        self.assertEqual(stored["model"], "res.partner")
        for column in ("create_uid", "write_uid"):
            self.assertEqual(stored[column][0], self.env.uid)
        for column in ("create_date", "write_date"):
            self.assertLess(abs(stored[column] - datetime.utcnow()), timedelta(hours=1))

    def test_systems_are_stored_by_name(self):
        for refs in ({"a": 1, "b": 2}, {"b": 2, "a": 1}):
            link = self.set_link(REL, refs)
            self.assertEqual(
                (link.system1, link.ref1, link.system2, link.ref2), ("a", "1", "b", "2")
            )
        self.assertEqual(len(self.search_links(REL, {"a": None, "b": None})), 1)

    def test_same_link_again_moves_the_date_only(self):
        link = self.ada.set_link(REL, "x1", "2020-01-01 00:00:00")
        self.assertEqual(link.sync_date.year, 2020)
        again = self.ada.set_link(REL, "x1", "2021-01-01 00:00:00")
        self.assertEqual(again, link)
        self.assertEqual(link.sync_date.year, 2021)
        self.ada.set_link(REL, "x1")
        self.assertGreater(link.sync_date.year, 2021)

    def test_same_link_again_is_the_same_with_and_without_many2many(self):
        link = self.ada.set_link(REL, "x1")
        other = self.ada.set_link(REL, "x2", allow_many2many=True)
        self.assertEqual(self.ada.set_link(REL, "x1"), link)
        self.assertEqual(self.ada.set_link(REL, "x2"), other)
        self.assertEqual(self.ada.set_link(REL, "x1", allow_many2many=True), link)

    def test_pending_date_does_not_come_back(self):
        link = self.ada.set_link(REL, "x1").update_links("2020-01-01 00:00:00")
        self.ada.set_link(REL, "x1", "2021-01-01 00:00:00")
        self.links.flush()
        self.links.invalidate_cache()
        self.assertEqual(link.sync_date.year, 2021)

    def test_second_link_of_a_record_or_reference_is_refused(self):
        self.ada.set_link(REL, "x1")
        with self.assert_error_names("x1"):
            self.ada.set_link(REL, "x2")
        with self.assert_error_names("x1 - res.partner"):
            self.bob.set_link(REL, "x1")
        self.set_link(REL, {"a": 1, "b": 2})
        for refs in ({"a": 1, "b": 3}, {"a": 3, "b": 2}):
            with self.assert_error_names("a 1 - b 2"):
                self.set_link(REL, refs)

    def test_links_that_are_not_exclusive_and_old_ones_count_too(self):
        self.ada.set_link(REL, "x1", allow_many2many=True)
        self.bob.set_link(REL, "x2").exclusive = False
        self.links.flush()
        self.env.cr.execute("UPDATE sync_link SET exclusive = NULL WHERE ref1 = 'x2'")
        for record, ref in ((self.ada, "x3"), (self.cid, "x1"), (self.cid, "x2")):
            with self.assertRaises(ValidationError):
                record.set_link(REL, ref)

    def test_error_names_all_links_that_stand_in_the_way(self):
        self.ada.set_link(REL, "x1", allow_many2many=True)
        self.ada.set_link(REL, "x2", allow_many2many=True)
        self.bob.set_link(REL, "x3", allow_many2many=True)
        with self.assert_error_names("x3 - ", "x2 - ", "x1 - ", "x3 - "):
            self.ada.set_link(REL, "x3")

    def test_many2many_allows_further_links(self):
        for record in (self.ada, self.bob):
            for ref in ("x1", "x2"):
                record.set_link(REL, ref, allow_many2many=True)
        self.assertEqual(len(self.ada.search_links(REL)), 2)
        self.assertEqual(len(self.partners.search_links(REL, "x1")), 2)

    def test_other_relations_systems_and_models_do_not_clash(self):
        category = self.category
        partner = self.env["res.partner"].browse(category.id)
        links = category.set_link(REL, "x1")
        links |= partner.set_link(REL, "x1")
        links |= partner.set_link(REL + "2", "x1")
        links |= self.set_link(REL, {"a": "x1", "b": category.id})
        links |= self.set_link(REL, {"a": "x1", "c": category.id})
        self.assertEqual(len(links), 5)

    def test_link_may_be_set_anew_after_unlink(self):
        self.ada.set_link(REL, "x1").unlink()
        self.assertTrue(self.ada.set_link(REL, "x2"))

    def test_change_that_is_not_written_yet_is_seen(self):
        link = self.ada.set_link(REL, "x1")
        link.ref1 = "x2"
        with self.assertRaises(ValidationError):
            self.bob.set_link(REL, "x2")
        self.assertTrue(self.bob.set_link(REL, "x1"))

    def test_scalars_are_stored_as_text(self):
        for ref, text in ((0, "0"), (7, "7"), (1.5, "1.5"), (True, "True")):
            self.assertEqual(self.ada.set_link("rel %r" % ref, ref).external, text)
        link = self.set_link(REL, {"a": self.ada, "b": 0})
        self.assertEqual(link.get("a") + link.get("b"), [str(self.ada.id), "0"])

    def test_unusable_references_are_refused(self):
        for ref in EMPTY + ([], ["x"], ("x",), {"x"}, {"a": 1}, self.partners):
            with self.assertRaises(ValueError, msg=repr(ref)):
                self.ada.set_link(REL, ref)
            with self.assertRaises(ValueError, msg=repr(ref)):
                self.set_link(REL, {"a": ref, "b": 1})
        for refs in EMPTY + (
            "x",
            5,
            {},
            {"a": 1},
            {"a": 1, "b": 2, "c": 3},
            {"a": 1, 2: 3},
        ):
            with self.assertRaises(ValueError, msg=repr(refs)):
                self.set_link(REL, refs)
        for relation in EMPTY + (5, []):
            with self.assertRaises(ValueError, msg=repr(relation)):
                self.ada.set_link(relation, "x1")
        self.assertFalse(self.partners.search_links(REL))

    def test_unsaved_records_are_refused(self):
        new = self.env["res.partner"].new({"name": "New"})
        with self.assertRaisesRegex(ValueError, "saved"):
            new.set_link(REL, "x1")
        with self.assertRaisesRegex(ValueError, "saved"):
            new.search_links(REL)
        with self.assertRaises(ValueError):
            self.partners.set_link(REL, "x1")


class TestLookup(LinkCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.link_a, cls.link_b = (
            record.set_link(REL, ref) for record, ref in ((cls.ada, 1), (cls.bob, 2))
        )
        cls.elink1, cls.elink2 = (
            cls.set_link(REL, {"github": number, "trello": "t%s" % number})
            for number in (1, 2)
        )

    def test_links_of_records(self):
        self.assertEqual(self.ada.search_links(REL), self.link_a)
        self.assertEqual(self.partners.search_links(REL), self.link_b + self.link_a)
        self.assertFalse(self.cid.search_links(REL))
        self.assertFalse(self.ada.search_links("other"))

    def test_links_of_records_by_reference(self):
        search = self.partners.search_links
        for refs in (1, "1", [1], ("1", 7), {"1"}, (ref for ref in (1,)), iter(["1"])):
            self.assertEqual(search(REL, refs), self.link_a, refs)
        self.assertEqual(search(REL, None), self.link_b + self.link_a)
        for refs in ([], (), set(), "", False, [None], "12"):
            self.assertFalse(search(REL, refs), refs)

    def test_empty_recordset_has_no_links_but_its_model(self):
        links = self.env["res.partner"].search_links(REL)
        self.assertFalse(links)
        self.assertEqual(links.odoo, self.env["res.partner"])
        self.assertEqual(links.odoo._name, "res.partner")
        self.assertEqual((links.external, links.externals), ([], []))

    def test_set_that_got_empty_knows_its_model(self):
        links = self.ada.search_links(REL)
        self.assertEqual((links - links).odoo._name, "res.partner")
        self.assertEqual(self.cid.search_links(REL).odoo._name, "res.partner")
        missing = self.get_link(REL, 7, model="res.partner")
        self.assertEqual(missing.odoo._name, "res.partner")
        self.assertIsNone(self.get_link(REL, 7).odoo)

    def test_all_links_of_a_model(self):
        self.category.set_link(REL, 1)
        links = self.env["res.partner"].all_links(REL)
        self.assertEqual(links, self.link_b + self.link_a)
        self.assertEqual(self.cid.all_links(REL), links)
        self.assertEqual(self.env["res.users"].all_links(REL).odoo._name, "res.users")

    def test_external_search(self):
        both = self.elink2 + self.elink1
        for refs, expected in (
            ({"github": [1], "trello": ["t1"]}, self.elink1),
            ({"github": [1], "trello": ["t2"]}, self.links),
            ({"github": [1, 2], "trello": ["t2"]}, self.elink2),
            ({"github": None, "trello": ("t1", "t2")}, both),
            ({"github": {1, 2}, "trello": None}, both),
            ({"github": 2, "trello": None}, self.elink2),
            ({"trello": None, "github": None}, both),
            ({"github": [], "trello": None}, self.links),
            ({"github": [], "trello": ["t1"]}, self.links),
            ({"github": [None, "", 1], "trello": None}, self.elink1),
            ({"github": self.env["res.users"], "trello": None}, self.links),
            ({"github": None, "gitlab": None}, self.links),
        ):
            self.assertEqual(self.search_links(REL, refs), expected, refs)

    def test_references_may_be_records(self):
        link = self.set_link(REL, {"a": self.ada, "b": 1})
        for refs in (self.ada, self.partners, list(self.partners)):
            self.assertEqual(self.search_links(REL, {"a": refs, "b": None}), link)
        self.assertEqual(self.get_link(REL, {"a": self.ada, "b": None}), link)

    def test_get_link(self):
        self.assertEqual(self.get_link(REL, 1), self.link_a)
        self.assertEqual(self.get_link(REL, "1").odoo, self.ada)
        self.assertFalse(self.get_link(REL, "nope"))
        for refs in (
            {"github": 1, "trello": None},
            {"github": None, "trello": "t1"},
            {"github": 1, "trello": "t1"},
            {"github": [1], "trello": ("t1", "t7")},
        ):
            self.assertEqual(self.get_link(REL, refs), self.elink1)

    def test_get_link_of_an_empty_list_finds_nothing(self):
        for ref in ([], (), set(), {"github": [], "trello": None}):
            self.assertEqual(self.get_link(REL, ref), self.links)

    def test_get_link_of_zero(self):
        self.cid.set_link(REL, 0)
        self.assertEqual(self.get_link(REL, 0).odoo, self.cid)

    def test_get_link_without_a_usable_reference_is_refused(self):
        for ref in EMPTY + ([""], [1, None], [False], {"github": None, "trello": None}):
            with self.assertRaises(ValueError, msg=repr(ref)):
                self.get_link(REL, ref)
        for empty in ("", False):
            with self.assertRaises(ValueError):
                self.get_link(REL, {"github": empty, "trello": "t1"})

    def test_get_link_that_finds_several_names_them(self):
        self.cid.set_link(REL, 1, allow_many2many=True)
        with self.assert_error_names("1 - res.partner", "1 - res.partner"):
            self.get_link(REL, 1)
        with self.assert_error_names("github 2", "github 1"):
            self.get_link(REL, {"github": [1, 2], "trello": None})

    def test_get_link_takes_a_model_where_two_have_the_reference(self):
        link = self.category.set_link(REL, 1)
        with self.assert_error_names("res.partner.category", r"res.partner\("):
            self.get_link(REL, 1)
        self.assertEqual(self.get_link(REL, 1, "res.partner"), self.link_a)
        self.assertEqual(self.get_link(REL, 1, model="res.partner.category"), link)

    def test_python_callers_find_links_by_private_names_too(self):
        refs = {"github": 1, "trello": None}
        self.assertEqual(self.links._get_link(REL, 1), self.link_a)
        self.assertEqual(self.links._get_link(REL, refs), self.elink1)
        self.assertEqual(self.links._get_link_external(REL, refs), self.elink1)
        self.assertEqual(self.links._search_links_external(REL, refs), self.elink1)
        found = self.links._search_links_odoo(self.ada, REL)
        self.assertEqual(found, self.link_a)
        self.assertEqual(
            self.links._set_link_odoo(self.cid, REL, 3),
            self.links._set_link_external(
                REL,
                {"__external__": 3, "__odoo__": self.cid.id},
                model="res.partner",
            ),
        )

    def test_references_as_column_values(self):
        self.assertEqual(
            self.links.refs2vals({"b": (1, 2), "a": 3}),
            {"system1": "a", "ref1": "3", "system2": "b", "ref2": ["1", "2"]},
        )
        vals = self.links.refs2vals({"a": None, "b": ""})
        self.assertEqual((vals["ref1"], vals["ref2"]), (None, []))


class TestLinkSet(LinkCase):
    def test_external_is_text_for_one_and_a_list_otherwise(self):
        one = self.ada.set_link(REL, 1)
        two = one | self.bob.set_link(REL, 2)
        self.assertEqual((one.external, one.externals), ("1", ["1"]))
        self.assertEqual((two.external, two.externals), (["1", "2"], ["1", "2"]))
        self.assertEqual((self.links.external, self.links.externals), ([], []))

    def test_references_of_external_links(self):
        one = self.set_link(REL, {"github": 1, "trello": "t1"})
        two = one | self.set_link(REL, {"github": 2, "trello": "t2"})
        self.assertEqual(one.get("github"), ["1"])
        self.assertEqual(two.get("trello"), ["t1", "t2"])
        self.assertEqual(self.links.get("github"), [])
        self.assertEqual(one.ref("trello"), "t1")
        for links in (two, self.links):
            with self.assertRaises(ValueError):
                links.ref("github")
        for read in (two.get, one.ref):
            with self.assertRaisesRegex(ValueError, "gitlab"):
                read("gitlab")

    def test_records_come_in_the_order_of_the_links(self):
        links = [record.set_link(REL, record.id) for record in self.partners]
        ordered = self.links.concat(links[1], links[0], links[2])
        self.assertEqual(list(ordered.odoo), [self.bob, self.ada, self.cid])
        twice = links[0] | self.ada.set_link(REL, "more", allow_many2many=True)
        self.assertEqual(len(twice.odoo), 1)
        self.assertEqual(
            [link.odoo for link in ordered], [self.bob, self.ada, self.cid]
        )

    def test_records_of_links_are_read_together(self):
        for record in self.partners:
            record.set_link(REL, record.id)
        self.category.set_link(REL, "tag")
        links = self.partners.all_links(REL)
        with self.assert_queries(3):  # search, read all links, read all partners
            self.assertEqual(len([link.odoo.name for link in links]), 3)

    def test_records_of_one_model_only_are_read_together(self):
        links = self.ada.set_link(REL, 1) | self.env.user.set_link(REL, 2)
        links.flush()
        links.invalidate_cache()
        self.assertEqual([link.odoo.name for link in links][0], "Ada")
        same_id = self.env["res.partner"].browse(self.env.user.id)
        self.assertTrue(same_id.exists())
        field = same_id._fields["credit_limit"]
        self.assertFalse(self.env.cache.contains(same_id, field))

    def test_records_of_several_models_or_none_are_refused(self):
        links = self.ada.set_link(REL, 1) | self.category.set_link(REL, 2)
        with self.assert_error_names("res.partner.category"):
            links.odoo  # pylint: disable=pointless-statement
        external = self.set_link(REL, {"github": 1, "trello": 2})
        with self.assert_error_names("github 1 - trello 2"):
            external.odoo  # pylint: disable=pointless-statement

    def test_records_have_the_callers_environment(self):
        self.ada.set_link(REL, 1)
        caller = self.ada.with_context(color="blue")
        for links in (
            caller.search_links(REL),
            caller.browse().search_links(REL),
            caller.env["sync.link"]._get_link(REL, 1, "res.partner"),
            caller.all_links(REL),
        ):
            self.assertEqual(links.odoo.env, caller.env)
        # What is made from such a record is not bound to its model.
        found = caller.search_links(REL).odoo
        category = found.env["res.partner.category"].browse(self.category.id)
        self.assertEqual(category.set_link(REL, 1).odoo, category)
        self.assertEqual(category.search_links(REL).odoo, category)
        self.assertIsNone(found.env["sync.link"].odoo)

    def test_deleted_record_is_an_orphan(self):
        links = self.links
        for record in self.partners:
            links |= record.set_link(REL, record.id)
        self.set_link(REL, {"a": 1, "b": 2})
        self.assertFalse(links.orphans())
        self.bob.unlink()
        self.assertEqual(links.orphans().external, str(self.bob.id))
        self.assertFalse(links.orphans().odoo.exists())
        self.assertEqual(links.odoo.exists(), self.ada + self.cid)
        self.assertFalse(self.links.orphans())
        external = self.set_link(REL, {"a": 1, "b": 2})
        self.assertEqual((links | external).orphans(), links.orphans())

    def test_link_of_a_model_that_is_gone_is_an_orphan(self):
        link = self.ada.set_link(REL, 1)
        link.model = "uninstalled.model"
        self.assertEqual(link.orphans(), link)
        with self.assert_error_names("uninstalled.model"):
            link.odoo  # pylint: disable=pointless-statement

    def test_sync_date_is_the_earliest_one(self):
        links = self.ada.set_link(REL, 1, "2020-01-02 00:00:00")
        links |= self.bob.set_link(REL, 2, "2020-01-01 00:00:00")
        self.assertEqual(links.sync_date, datetime(2020, 1, 1))
        self.assertIs(self.links.sync_date, False)

    def test_update_links_returns_the_links(self):
        links = self.ada.set_link(REL, 1) | self.bob.set_link(REL, 2)
        date = datetime(2020, 1, 1)
        self.assertEqual(links.update_links(date), links)
        self.assertEqual(links.sync_date, date)
        links.update_links()
        self.assertGreater(links.sync_date, date)
        self.assertEqual(self.links.update_links(), self.links)

    def test_set_operations(self):
        one, two, three = (record.set_link(REL, record.id) for record in self.partners)
        self.assertEqual((one | two) ^ (two | three), one | three)
        self.assertEqual(one ^ one, self.links)
        self.assertEqual((one | two) - two, one)
        self.assertEqual((one | two) & two, two)
        self.assertEqual(one | two, two | one)
        self.assertEqual(len(one | two | two), 2)
        self.assertTrue(one)
        self.assertFalse(one - one)
        names = (one | two).mapped(lambda link: link.odoo)
        self.assertEqual(names, self.ada | self.bob)

    def test_name_tells_both_sides(self):
        link = self.ada.set_link(REL, 1)
        expected = "%s: 1 - res.partner(%s)" % (REL, self.ada.id)
        self.assertEqual(link.display_name, expected)


class TestAccess(LinkCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.link = cls.ada.set_link(REL, 1)
        cls.stranger = new_test_user(cls.env, "link_stranger", "base.group_user")
        cls.reader = new_test_user(cls.env, "link_reader", "sync.sync_group_user")
        cls.developer = new_test_user(cls.env, "link_dev", "sync.sync_group_dev")

    def as_user(self, user, **context):
        return self.ada.with_user(user).with_context(**context)

    def attempts(self, record):
        """Everything that user code does with links, one function each."""
        bob = record.browse(self.bob.id)
        links = record.env["sync.link"]
        return {
            "search": lambda: record.search_links(REL),
            "get": lambda: links._get_link(REL, 1),
            "all": lambda: record.all_links(REL),
            "read": lambda: links.browse(self.link.id).odoo,
            "set": lambda: bob.set_link(REL, 2),
            "set again": lambda: record.set_link(REL, 1),
            "update": lambda: record.search_links(REL).update_links(),
            "unlink": lambda: record.search_links(REL).unlink(),
        }

    def allowed(self, record):
        allowed = []
        for name, attempt in self.attempts(record).items():
            try:
                attempt()
                allowed.append(name)
            except AccessError:
                continue
        return allowed

    @mute_logger("odoo.addons.base.models.ir_model")
    def test_rights_outside_of_a_run(self):
        reading = ["search", "get", "all", "read"]
        self.assertEqual(self.allowed(self.as_user(self.stranger)), [])
        self.assertEqual(self.allowed(self.as_user(self.reader)), reading)
        everything = list(self.attempts(self.ada))
        self.assertEqual(self.allowed(self.as_user(self.developer)), everything)

    @mute_logger("odoo.addons.base.models.ir_model")
    def test_to_move_a_date_takes_the_right_to_write(self):
        self.env["ir.model.access"].create(
            {
                "name": "Create links only",
                "model_id": self.env.ref("sync.model_sync_link").id,
                "group_id": self.env.ref("base.group_user").id,
                "perm_create": True,
                "perm_read": False,
                "perm_write": False,
                "perm_unlink": False,
            }
        )
        self.assertEqual(self.allowed(self.as_user(self.stranger)), ["set"])

    def test_links_work_in_a_run_for_whoever_runs_it(self):
        record = self.ada.with_env(in_run(self.as_user(self.stranger).env))
        self.assertEqual(self.allowed(record), list(self.attempts(record)))

    @mute_logger("odoo.addons.base.models.ir_model")
    def test_run_cannot_be_claimed_by_a_remote_call(self):
        for claim in (True, "log", {"log": 1}):
            record = self.as_user(self.stranger, log_function=claim)
            self.assertEqual(self.allowed(record), [])

    def test_nothing_else_gets_rights_by_a_link(self):
        env = in_run(self.as_user(self.stranger).env)
        link = env["sync.link"]._get_link(REL, 1)
        self.assertEqual(link.env, env)
        self.assertEqual(link.odoo.env, env)
        self.assertFalse(link.odoo.env.su)
        self.assertEqual(link.sudo().odoo.env.su, True)

    def test_run_logs_what_is_done_with_links(self):
        lines = []

        def log(message, level="info", name="Log"):
            lines.append((message, level, name))

        record = self.bob.with_env(in_run(self.env, log))
        record.set_link(REL, 2)
        record.search_links(REL).unlink()
        self.assertEqual(len(lines), 3)
        self.assertIn("%s: 2 - res.partner(%s)" % (REL, self.bob.id), lines[0][0])
        self.assertEqual({line[1:] for line in lines}, {("debug", "sync.link")})


class TestCost(LinkCase):
    """Queries, and rows that they visit among 100,000 links."""

    def test_queries(self):
        with self.assert_queries(1):
            self.ada.set_link(REL, 1)
        with self.assert_queries(2):
            self.ada.set_link(REL, 1)
        with self.assert_queries(1):
            self.assertTrue(self.get_link(REL, 1))
        with self.assert_queries(1):
            self.assertTrue(self.ada.search_links(REL))
        with self.assert_queries(0):
            self.assertFalse(self.ada.browse().search_links(REL))

    def test_a_link_just_set_is_not_read_again(self):
        link = self.ada.set_link(REL, 1)
        with self.assertQueryCount(0):
            self.assertEqual((link.odoo, link.external), (self.ada, "1"))

    def rows_read(self):
        self.env.cr.execute(
            """SELECT seq_tup_read + idx_tup_fetch FROM pg_stat_xact_user_tables
            WHERE relname = 'sync_link'"""
        )
        return self.env.cr.fetchone()[0]

    def add_links(self, relation, count, model):
        """Insert the links 1 to count: 100,000 + n outside is record n here."""
        self.env.cr.execute(
            """INSERT INTO sync_link
                (relation, system1, ref1, system2, ref2, model, date, exclusive)
            SELECT %s, '__external__', (100000 + number)::text, '__odoo__',
                number::text, %s, now(), true
            FROM generate_series(1, %s) AS number""",
            [relation, model, count],
        )

    def assert_few_rows_read(self):
        record = self.ada.browse(500)
        refs = {"__external__": None, "__odoo__": 500}
        for name, lookup in {
            "get_link": lambda: self.get_link(REL, 100500),
            "get_link of a model": lambda: self.get_link(REL, 100500, "res.partner"),
            "search_links": lambda: record.search_links(REL),
            "search_links by both": lambda: record.search_links(REL, [100500, 1]),
            "search_links external": lambda: self.search_links(REL, refs),
            "set_link again": lambda: record.set_link(REL, 100500),
            "set_link": lambda: record.browse(2**30).set_link(REL, "new"),
            "unlink": lambda: self.get_link(REL, "new").unlink(),
        }.items():
            before = self.rows_read()
            lookup()
            self.links.flush()
            self.assertLess(self.rows_read() - before, 50, name)

    def test_any_lookup_is_served_by_an_index(self):
        self.add_links("old", 1000, "res.partner")
        self.env.cr.execute("ANALYZE sync_link")
        self.add_links(REL, 50000, "res.partner")
        self.assert_few_rows_read()  # of a relation that the statistics do not know
        self.add_links("other", 49000, "res.users")
        self.env.cr.execute("ANALYZE sync_link")
        self.assert_few_rows_read()

    def test_a_whole_relation_is_served_by_an_index(self):
        self.add_links("other", 20000, "res.partner")
        self.add_links(REL, 100, "res.partner")
        self.env.cr.execute("ANALYZE sync_link")
        before = self.rows_read()
        self.assertEqual(len(self.ada.all_links(REL)), 100)
        self.assertLess(self.rows_read() - before, 300)


class TestIndexes(LinkCase):
    def test_index_of_a_former_version_is_replaced(self):
        self.env.cr.execute(
            """DROP INDEX sync_link_refs_uniq_index;
            CREATE UNIQUE INDEX sync_link_refs_uniq_index ON sync_link
            (relation, system1, system2, ref1, ref2)"""
        )
        self.links.init()
        partner = self.env["res.partner"].browse(self.category.id)
        links = partner.set_link(REL, 1) | self.category.set_link(REL, 1)
        self.assertEqual(len(links), 2)

    def test_indexes_are_made_once(self):
        self.links.init()
        self.env.cr.execute(
            "SELECT count(*) FROM pg_indexes WHERE indexname LIKE 'sync_link_%index'"
        )
        self.assertEqual(self.env.cr.fetchone()[0], 5)


@tagged("post_install", "-at_install")
class TestConcurrency(TransactionCase):
    """Two connections and committed rows, which are removed in the end."""

    def setUp(self):
        super().setUp()
        self.relation = "test_concurrency_%s" % time.time()
        self.first, self.second = self.env["res.partner"].search([], limit=2)
        self.addCleanup(self.remove_links)

    def remove_links(self):
        with self.registry.cursor() as cr:
            cr.execute("DELETE FROM sync_link WHERE relation = %s", [self.relation])

    def stored(self):
        with self.registry.cursor() as cr:
            cr.execute(
                "SELECT ref1, ref2 FROM sync_link WHERE relation = %s", [self.relation]
            )
            return cr.fetchall()

    def wait_until_blocked(self, pid):
        """Wait until somebody waits for the transaction of a server process."""
        deadline = time.monotonic() + 20  # seconds
        while time.monotonic() < deadline:
            with self.registry.cursor() as cr:
                cr.execute(
                    """SELECT 1 FROM pg_stat_activity
                    WHERE %s = ANY(pg_blocking_pids(pid))""",
                    [pid],
                )
                if cr.fetchone():
                    return
            time.sleep(0.05)
        self.fail("The second transaction does not wait for the first one")

    def race(self, record, ref, *args):
        """While the first record's link to x1 is not committed, somebody links
        another record by a remote call; returns what the call gave or raised."""
        outcome = []

        def second_transaction():
            ids, call = record.ids, (self.relation, ref) + args
            try:
                outcome.append(
                    execute(
                        self.env.cr.dbname, 1, "res.partner", "set_link", ids, *call
                    )
                )
            except Exception as error:
                outcome.append(error)

        thread = threading.Thread(target=second_transaction)
        with self.registry.cursor() as cr:  # commits in the end
            self.first.with_env(self.env(cr=cr)).set_link(self.relation, "x1")
            cr.execute("SELECT pg_backend_pid()")
            pid = cr.fetchone()[0]
            thread.start()
            self.wait_until_blocked(pid)
        thread.join(60)
        return outcome[0]

    @mute_logger("odoo.sql_db", "odoo.service.model")
    def test_two_transactions_cannot_link_one_reference(self):
        error = self.race(self.second, "x1")
        self.assertIsInstance(error, ValidationError)
        self.assertIn("res.partner(%s)" % self.first.id, str(error))
        self.assertEqual(self.stored(), [("x1", str(self.first.id))])

    @mute_logger("odoo.sql_db", "odoo.service.model")
    def test_two_transactions_cannot_link_one_record(self):
        error = self.race(self.first, "x2")
        self.assertIsInstance(error, ValidationError)
        self.assertEqual(self.stored(), [("x1", str(self.first.id))])

    @mute_logger("odoo.sql_db", "odoo.service.model")
    def test_two_transactions_may_set_the_same_link(self):
        for many2many in (False, True):
            self.remove_links()
            link = self.race(self.first, "x1", None, many2many)
            self.assertEqual(link._name, "sync.link")
            self.assertEqual(self.stored(), [("x1", str(self.first.id))])
