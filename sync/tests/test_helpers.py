# Copyright 2026 Sync Studio contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl.html)
"""Helpers of user code that keep the two sides of many items the same."""

import time
import tracemalloc
from datetime import datetime
from types import SimpleNamespace

from odoo.exceptions import ValidationError
from odoo.tests import SavepointCase

from ..eval_context.helpers import BATCH, helpers

REL = "test_helpers_rel"
OLD = datetime(2020, 1, 1)


class HelperCase(SavepointCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.lines = []
        context = dict(cls.env.context, log_function=cls.log)
        cls.run_env = cls.env(context=context)
        cls.links = cls.run_env["sync.link"]
        functions = helpers(SimpleNamespace(env=cls.run_env, log=cls.log))
        cls.sync_odoo2x = staticmethod(functions["sync_odoo2x"])
        cls.sync_x2odoo = staticmethod(functions["sync_x2odoo"])
        cls.sync_external = staticmethod(functions["sync_external"])

    @classmethod
    def log(cls, message, level="info", name="Log", log_type="server"):
        cls.lines.append((level, message))

    def setUp(self):
        super().setUp()
        self.calls = []
        self.info = {
            "relation": REL,
            "x": {
                "get_ref": lambda x: x["ref"],
                "create": self.x_create,
                "update": self.x_update,
            },
            "odoo": {"create": self.odoo_create, "update": self.odoo_update},
        }
        self.src_info = {
            "system": "github",
            "get_ref": lambda x: x["ref"],
            "create": self.dst_create,
            "update": self.dst_update,
        }
        self.dst_info = {"system": "trello"}

    # What user code would define; each call is noted.

    def x_create(self, record):
        self.calls.append(("create", record.name))
        return "x%s" % record.id

    def x_update(self, ref, record):
        self.calls.append(("update", ref, record.name))

    def odoo_create(self, x):
        self.calls.append(("create", x["name"]))
        return self.run_env["res.partner"].create({"name": x["name"]})

    def odoo_update(self, record, x):
        self.calls.append(("update", record.name, x["name"]))

    def dst_create(self, x):
        self.calls.append(("create", x["ref"]))
        return "t%s" % x["ref"]

    def dst_update(self, ref, x):
        self.calls.append(("update", ref, x["ref"]))

    def partners(self, *names):
        return self.run_env["res.partner"].create([{"name": name} for name in names])

    def items(self, *names):
        return [{"ref": "ref %s" % name, "name": name} for name in names]

    def linked(self, *names):
        """Partners with old links, and items of the external system for them."""
        partners = self.partners(*names)
        for partner in partners:
            partner.set_link(REL, "ref %s" % partner.name, OLD)
        return partners

    def many_linked(self, count):
        """Link as many partners, fast; returns the partners."""
        partners = self.env["res.partner"].create(
            [{"name": "p%s" % number} for number in range(count)]
        )
        self.env.cr.execute(
            """INSERT INTO sync_link
                (relation, system1, ref1, system2, ref2, model, date, exclusive)
            SELECT %s, '__external__', 'ref ' || id, '__odoo__', id::text,
                'res.partner', now(), true
            FROM unnest(%s) AS id""",
            [REL, partners.ids],
        )
        partners.flush()
        partners.invalidate_cache()
        return partners.with_env(self.run_env)

    def queries(self, function, *args, **kwargs):
        before = self.env.cr.sql_log_count
        function(*args, **kwargs)
        return self.env.cr.sql_log_count - before


class TestOdoo2x(HelperCase):
    def test_missing_ones_are_created_and_linked(self):
        ada, bob = self.partners("Ada", "Bob")
        bob.set_link(REL, "known")
        self.sync_odoo2x(ada + bob, self.info, create=True)
        self.assertEqual(self.calls, [("create", "Ada")])
        self.assertEqual(ada.search_links(REL).external, "x%s" % ada.id)

    def test_linked_ones_are_updated_and_get_a_new_date(self):
        ada = self.linked("Ada")
        bob = self.partners("Bob")
        self.sync_odoo2x(ada + bob, self.info, update=True)
        self.assertEqual(self.calls, [("update", "ref Ada", "Ada")])
        self.assertGreater(ada.search_links(REL).sync_date, OLD)
        self.assertFalse(bob.search_links(REL))

    def test_nothing_is_called_or_dated_without_flags(self):
        ada = self.linked("Ada")
        self.sync_odoo2x(ada + self.partners("Bob"), self.info)
        self.sync_odoo2x(ada, self.info, create=True)
        self.assertEqual(self.calls, [])
        self.assertEqual(ada.search_links(REL).sync_date, OLD)

    def test_record_that_comes_twice_is_created_once_and_then_updated(self):
        ada = self.partners("Ada")
        self.sync_odoo2x([ada, ada], self.info, create=True, update=True)
        ref = "x%s" % ada.id
        self.assertEqual(self.calls, [("create", "Ada"), ("update", ref, "Ada")])

    def test_records_of_several_models_may_be_mixed(self):
        ada = self.partners("Ada")
        category = self.run_env["res.partner.category"].create({"name": "Tag"})
        same_id = self.run_env["res.partner.category"].browse(ada.id)
        self.sync_odoo2x([ada, category], self.info, create=True)
        self.assertEqual(self.calls, [("create", "Ada"), ("create", "Tag")])
        self.assertFalse((same_id - category).search_links(REL))

    def test_several_links_are_given_as_a_list(self):
        ada = self.linked("Ada")
        ada.set_link(REL, "second", allow_many2many=True)
        self.sync_odoo2x([ada], self.info, update=True)
        self.assertEqual(self.calls, [("update", ["second", "ref Ada"], "Ada")])

    def test_records_keep_their_environment_and_are_read_together(self):
        ids = self.linked(*"ABCDE").ids
        contexts = []

        def update(ref, record):
            contexts.append(record.env.context.get("color"))
            self.calls.append(record.name)

        self.info["x"]["update"] = update
        model = self.run_env["res.partner"].with_context(color="blue")
        model.flush()
        model.invalidate_cache()
        queries = self.queries(
            self.sync_odoo2x,
            (model.browse(id_) for id_ in ids),
            self.info,
            update=True,
        )
        self.assertEqual(self.calls, list("ABCDE"))
        self.assertEqual(set(contexts), {"blue"})
        self.assertEqual(queries, 3)  # find links, read links, read partners

    def test_other_items_than_saved_records_are_refused(self):
        partners = self.partners("Ada", "Bob")
        new = partners.new({"name": "New"})
        for item in (partners, partners.browse(), new, "Ada", None):
            with self.assertRaisesRegex(ValueError, "sync_odoo2x"):
                self.sync_odoo2x([item], self.info, create=True)
        self.assertEqual(self.calls, [])


class TestX2odoo(HelperCase):
    def test_missing_ones_are_created_and_linked(self):
        ada = self.linked("Ada")
        self.sync_x2odoo(self.items("Ada", "Bob"), self.info, create=True)
        self.assertEqual(self.calls, [("create", "Bob")])
        link = self.links._get_link(REL, "ref Bob")
        self.assertEqual(link.odoo.name, "Bob")
        self.assertEqual(ada.search_links(REL).sync_date, OLD)

    def test_linked_ones_are_updated_and_get_a_new_date(self):
        ada = self.linked("Ada")
        self.sync_x2odoo(self.items("Ada", "Bob"), self.info, update=True)
        self.assertEqual(self.calls, [("update", "Ada", "Ada")])
        self.assertGreater(ada.search_links(REL).sync_date, OLD)
        self.assertFalse(self.links._get_link(REL, "ref Bob"))

    def test_date_stays_when_the_update_fails(self):
        ada = self.linked("Ada")

        def update(record, x):
            raise KeyError("remote")

        self.info["odoo"]["update"] = update
        with self.assertRaises(KeyError):
            self.sync_x2odoo(self.items("Ada"), self.info, update=True)
        self.assertEqual(ada.search_links(REL).sync_date, OLD)

    def test_reference_that_comes_twice_is_created_once(self):
        items = self.items("Ada", "Ada")
        self.sync_x2odoo(items, self.info, create=True)
        self.assertEqual(self.calls, [("create", "Ada")])
        self.sync_x2odoo(self.items("Bob", "Bob"), self.info, create=True, update=True)
        self.assertEqual(self.calls[1:], [("create", "Bob"), ("update", "Bob", "Bob")])

    def test_link_that_user_code_makes_for_a_later_item_is_seen(self):
        def create(x):
            parent = self.odoo_create({"name": "Bob"})
            parent.set_link(REL, "ref Bob")
            return self.odoo_create(x)

        self.info["odoo"]["create"] = create
        self.sync_x2odoo(self.items("Ada", "Bob"), self.info, create=True)
        self.assertEqual(self.calls, [("create", "Bob"), ("create", "Ada")])

    def test_link_that_user_code_removes_is_not_used_any_more(self):
        bob = self.linked("Bob")

        def create(x):
            bob.search_links(REL).unlink()
            return self.odoo_create(x)

        self.info["odoo"]["create"] = create
        items = self.items("Ada", "Bob")
        self.sync_x2odoo(items, self.info, create=True, update=True)
        self.assertEqual(self.calls, [("create", "Ada"), ("create", "Bob")])

    def test_user_code_may_set_the_same_link_itself(self):
        def create(x):
            return self.odoo_create(x).set_link(REL, x["ref"]).odoo

        self.info["odoo"]["create"] = create
        self.sync_x2odoo(self.items("Ada"), self.info, create=True)
        self.assertEqual(self.links._get_link(REL, "ref Ada").odoo.name, "Ada")

    def test_deleted_record_is_left_out_with_a_warning(self):
        self.linked("Ada", "Bob")[0].unlink()
        items = self.items("Ada", "Bob")
        self.sync_x2odoo(items, self.info, create=True, update=True)
        self.assertEqual(self.calls, [("update", "Bob", "Bob")])
        warnings = [text for level, text in self.lines if level == "warning"]
        self.assertIn("ref Ada", warnings[-1])
        link = self.links._get_link(REL, "ref Ada")
        self.assertEqual(link.sync_date, OLD)

    def test_several_records_of_a_reference_are_refused(self):
        self.linked("Ada")
        self.partners("Bob").set_link(REL, "ref Ada", allow_many2many=True)
        with self.assertRaisesRegex(ValidationError, "ref Ada"):
            self.sync_x2odoo(self.items("Ada"), self.info, update=True)

    def test_references_are_text(self):
        ada = self.partners("Ada")
        ada.set_link(REL, 0)
        item = {"ref": 0, "name": "Ada"}
        self.sync_x2odoo([item], self.info, create=True, update=True)
        self.assertEqual(self.calls, [("update", "Ada", "Ada")])

    def test_records_are_read_together(self):
        partners = self.linked(*"ABCDE")
        partners.flush()
        partners.invalidate_cache()
        queries = self.queries(
            self.sync_x2odoo, iter(self.items(*"ABCDE")), self.info, update=True
        )
        self.assertEqual(len(self.calls), 5)
        # find links, read links, which records are left, read partners
        self.assertEqual(queries, 4)

    def test_results_that_cannot_be_linked_are_refused(self):
        self.info["odoo"]["create"] = lambda x: None
        with self.assertRaisesRegex(
            ValueError, r'sync_info\["odoo"\]\["create"\].*Ada'
        ):
            self.sync_x2odoo(self.items("Ada"), self.info, create=True)
        for ref in (None, False, ""):
            self.info["x"] = {"get_ref": lambda x, ref=ref: ref}
            with self.assertRaisesRegex(ValueError, r'\["get_ref"\]'):
                self.sync_x2odoo(self.items("Ada"), self.info)
        self.info["x"] = {"create": lambda record: ""}
        with self.assertRaisesRegex(ValueError, r'\["x"\]\["create"\]'):
            self.sync_odoo2x(self.partners("Ada"), self.info, create=True)


class TestExternal(HelperCase):
    def sync(self, *names, **flags):
        self.sync_external(
            self.items(*names), REL, self.src_info, self.dst_info, **flags
        )

    def link(self, name):
        refs = {"github": "ref %s" % name, "trello": None}
        return self.links._get_link(REL, refs)

    def test_missing_ones_are_created_and_linked(self):
        self.sync("a", "b", "a", create=True)
        self.assertEqual(self.calls, [("create", "ref a"), ("create", "ref b")])
        self.assertEqual(self.link("a").ref("trello"), "tref a")

    def test_linked_ones_are_updated_and_get_a_new_date(self):
        self.sync("a", create=True)
        self.link("a").update_links(OLD)
        self.sync("a", "b", update=True)
        self.assertEqual(self.calls[1:], [("update", "tref a", "ref a")])
        self.assertGreater(self.link("a").sync_date, OLD)
        self.assertFalse(self.link("b"))

    def test_several_links_of_a_reference_are_refused(self):
        for ref in (1, 2):
            refs = {"github": "ref a", "trello": ref}
            self.links._set_link_external(REL, refs, allow_many2many=True)
        with self.assertRaisesRegex(ValidationError, "ref a"):
            self.sync("a", update=True)

    def test_systems_may_come_in_any_order(self):
        self.src_info["system"], self.dst_info["system"] = "trello", "github"
        self.sync("a", create=True, update=True)
        self.sync("a", create=True, update=True)
        self.assertEqual(
            self.calls, [("create", "ref a"), ("update", "tref a", "ref a")]
        )


class TestMissingEntries(HelperCase):
    def without(self, info, *path):
        """A copy of a dictionary that lacks the entry at a path."""
        first, *rest = path
        copy = dict(info)
        removed = copy.pop(first)
        if rest:
            copy[first] = self.without(removed, *rest)
        return copy

    def test_missing_entry_is_named_before_anything_is_done(self):
        partners = self.partners("Ada")
        for helper, path in (
            (self.sync_odoo2x, ("relation",)),
            (self.sync_odoo2x, ("x",)),
            (self.sync_odoo2x, ("x", "create")),
            (self.sync_odoo2x, ("x", "update")),
            (self.sync_x2odoo, ("relation",)),
            (self.sync_x2odoo, ("x", "get_ref")),
            (self.sync_x2odoo, ("odoo", "create")),
            (self.sync_x2odoo, ("odoo", "update")),
        ):
            info = self.without(self.info, *path)
            with self.assertRaises(ValueError) as caught:
                helper(partners, info, create=True, update=True)
            name = "sync_info" + "".join('["%s"]' % key for key in path)
            self.assertIn(name, str(caught.exception))
        self.assertEqual(self.calls, [])

    def test_missing_entry_of_sync_external_is_named(self):
        for name, key in (
            ("src_info", "system"),
            ("src_info", "get_ref"),
            ("src_info", "create"),
            ("src_info", "update"),
            ("dst_info", "system"),
        ):
            infos = {"src_info": self.src_info, "dst_info": self.dst_info}
            infos[name] = self.without(infos[name], key)
            with self.assertRaisesRegex(ValueError, r'%s\["%s"\]' % (name, key)):
                self.sync_external([], REL, create=True, update=True, **infos)

    def test_entry_of_a_flag_that_is_not_set_is_not_needed(self):
        self.sync_odoo2x(self.partners("Ada"), {"relation": REL})
        get_ref = {"get_ref": lambda x: x["ref"]}
        self.sync_x2odoo(self.items("Ada"), {"relation": REL, "x": get_ref})

    def test_entry_that_is_no_function_is_refused(self):
        self.info["x"]["create"] = "create"
        with self.assertRaisesRegex(ValueError, r"'create'.*function"):
            self.sync_odoo2x([], self.info, create=True)


class TestManyItems(HelperCase):
    """Queries, time and memory for thousands of items."""

    def test_links_are_looked_up_in_batches(self):
        count = 5 * BATCH
        partners = self.many_linked(count)
        items = [{"ref": "ref %s" % id_} for id_ in partners.ids]
        pairs = [(self.sync_odoo2x, partners), (self.sync_x2odoo, items)]
        for helper, source in pairs:
            begin = time.monotonic()
            queries = self.queries(helper, iter(source), self.info, create=True)
            self.assertLessEqual(queries, 0.02 * count)
            # A tenth of this is usual; the rest is for busy machines.
            self.assertLess(time.monotonic() - begin, 0.001 * count)
        self.assertEqual(self.calls, [])

    def test_item_that_comes_often_is_looked_up_once(self):
        items = [{"ref": "same"}] * (BATCH - 1)
        queries = self.queries(
            self.sync_external,
            items,
            REL,
            self.src_info,
            self.dst_info,
            create=True,
        )
        self.assertEqual(self.calls, [("create", "same")])
        self.assertEqual(queries, 3)  # find links, find this one, create

    def test_generator_is_not_held_as_a_whole(self):
        ids = self.many_linked(BATCH).ids

        def items(count):
            for number in range(count):
                yield {"ref": "ref %s" % ids[number % BATCH], "data": bytearray(10000)}

        self.info["odoo"]["update"] = lambda record, x: record.name
        self.sync_x2odoo(items(BATCH), self.info, update=True)
        tracemalloc.start()
        self.addCleanup(tracemalloc.stop)
        self.sync_x2odoo(items(20 * BATCH), self.info, update=True)
        peak = tracemalloc.get_traced_memory()[1]
        self.assertLess(peak, 4 * BATCH * 10000)

    def test_cache_does_not_grow_with_the_number_of_items(self):
        partners = self.many_linked(10 * BATCH)
        self.info["x"]["update"] = lambda ref, record: record.name
        self.sync_odoo2x(iter(partners), self.info, update=True)
        field = partners._fields["name"]
        cached = self.env.cache.get_records(partners, field)
        self.assertLessEqual(len(cached), BATCH)
        cached = self.env.cache.get_records(self.links, self.links._fields["ref1"])
        self.assertLessEqual(len(cached), BATCH)
        self.assertLessEqual(len(self.env.all.towrite["sync.link"]), BATCH)

    def test_updates_survive_the_emptied_cache(self):
        partners = self.many_linked(2 * BATCH + 1)
        self.links._all_links_odoo("res.partner", REL).update_links(OLD)

        def update(record, x):
            record.comment = "updated"

        self.info["odoo"]["update"] = update
        items = ({"ref": "ref %s" % id_} for id_ in partners.ids)
        self.sync_x2odoo(items, self.info, update=True)
        self.assertEqual(set(partners.mapped("comment")), {"updated"})
        self.assertGreater(partners.search_links(REL).sync_date, OLD)
