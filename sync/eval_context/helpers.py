# Copyright 2026 Sync Studio contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl.html)
"""Helpers for one-to-one synchronisation; the docstrings are shown to users.

A pass takes its items in batches, so that their links are looked up together and a
generator is never held as a whole.
"""

from collections import defaultdict
from collections.abc import Mapping
from reprlib import repr as short_repr

from odoo import _, _lt
from odoo.models import BaseModel
from odoo.tools import split_every

from ..models.sync_link import EXTERNAL, ODOO, is_empty, one_ref

BATCH = 200  # items whose links are looked up together


def helpers(run):
    """Sync helpers

    They create and update the counterparts of many items and keep their links, for
    data where every item has one counterpart.
    """

    def sync_odoo2x(src_list, sync_info, create=False, update=False):
        """Bring records to an external system.

        * ``src_list``: records; a recordset, a list or a generator
        * ``sync_info["relation"]``: name of the relation of their links
        * ``create``: whether records without a link are created there by
          ``sync_info["x"]["create"](odoo_record) -> external_ref``
        * ``update``: whether the others are updated there by
          ``sync_info["x"]["update"](external_ref, odoo_record)``; their links get
          a new sync date
        """
        OdooToX(run, sync_info, create, update).sync(src_list)

    def sync_x2odoo(src_list, sync_info, create=False, update=False):
        """Bring items of an external system to Odoo.

        * ``src_list``: items of any kind; a list or a generator
        * ``sync_info["relation"]``: name of the relation of their links
        * ``sync_info["x"]["get_ref"](x)``: gives the reference of an item
        * ``create``: whether items without a link are created in Odoo by
          ``sync_info["odoo"]["create"](x) -> odoo_record``
        * ``update``: whether the records of the others are updated by
          ``sync_info["odoo"]["update"](odoo_record, x)``; their links get a new
          sync date. A record that was deleted is left out, with a warning.
        """
        XToOdoo(run, sync_info, create, update).sync(src_list)

    def sync_external(
        src_list, relation, src_info, dst_info, create=False, update=False
    ):
        """Bring items of one external system to another.

        * ``src_list``: items of any kind; a list or a generator
        * ``relation``: name of the relation of their links
        * ``src_info["system"]``, ``dst_info["system"]``: e.g. ``"github"`` and
          ``"trello"``
        * ``src_info["get_ref"](src_data)``: gives the reference of an item
        * ``create``: whether items without a link are created in the other system
          by ``src_info["create"](src_data) -> dst_ref``
        * ``update``: whether the others are updated there by
          ``src_info["update"](dst_ref, src_data)``; their links get a new sync date
        """
        External(run, relation, src_info, dst_info, create, update).sync(src_list)

    return {
        "sync_odoo2x": sync_odoo2x,
        "sync_x2odoo": sync_x2odoo,
        "sync_external": sync_external,
    }


class Pass:
    """One pass over the items of a source.

    A direction says what an item is found by (``key``), which links there are
    (``find``: ``{key: links}``), how a counterpart is created (``make``, gives the
    new link) and how it is updated (``renew``, tells whether it was).
    """

    def __init__(self, run, relation, create, update):
        self.links = run.env["sync.link"]
        self.log = run.log
        self.relation = relation
        self.create = create
        self.update = update

    def sync(self, items):
        for batch in split_every(BATCH, items):
            self._sync_batch(self.prepare(batch))
            if len(batch) == BATCH:
                self._let_go()

    def prepare(self, batch):
        return batch

    def _sync_batch(self, batch):
        keys = [self.key(item) for item in batch]
        known = self.find(keys)
        for key, item in zip(keys, batch):
            links = known.get(key)
            if self._may_be_outdated(links):
                links = self.find([key]).get(key)
            if links and self.update:
                if self.renew(links, item):
                    links.update_links()
            elif not links and self.create:
                known[key] = self.make(key, item)

    def _may_be_outdated(self, links):
        """Whether a function called for an earlier item may have changed this.

        It may have made a missing link. A link that it removed has left the cache.
        """
        if not links:
            return self.create
        field = links._fields["relation"]
        return not all(links.env.cache.contains(link, field) for link in links)

    def _let_go(self):
        """Write what is pending and forget what was read, or memory would grow."""
        self.links.flush()
        self.links.invalidate_cache()

    def _search(self, source, refs, destination, model=None):
        """Links of references of the source system, ``{reference: links}``."""
        links = self.links._search_links_external(
            self.relation, {source: refs, destination: None}, model
        )
        ids = defaultdict(list)
        for link in links:
            ids[link.ref(source)].append(link.id)
        return {
            ref: links.browse(found).with_prefetch(links._ids)
            for ref, found in ids.items()
        }


class OdooToX(Pass):
    """Records to an external system."""

    def __init__(self, run, info, create, update):
        super().__init__(run, entry(info, "sync_info", "relation"), create, update)
        if create:
            path = ("sync_info", "x", "create")
            self.x_create = function(info, *path, check=is_reference)
        if update:
            self.x_update = function(info, "sync_info", "x", "update")

    def prepare(self, batch):
        """Have the records of a batch read together, wherever they come from."""
        ids = defaultdict(list)
        for record in batch:
            if not is_record(record):
                raise ValueError(
                    _("The items of sync_odoo2x are single saved records, not %s")
                    % short_repr(record)
                )
            ids[record._name].append(record.id)
        return [record.with_prefetch(ids[record._name]) for record in batch]

    def key(self, record):
        return (record._name, str(record.id))

    def find(self, keys):
        refs = defaultdict(list)
        for model, ref in keys:
            refs[model].append(ref)
        return {
            (model, ref): links
            for model in refs
            for ref, links in self._search(ODOO, refs[model], EXTERNAL, model).items()
        }

    def make(self, key, record):
        ref = self.x_create(record)
        return self.links._set_link_odoo(record, self.relation, ref)

    def renew(self, links, record):
        self.x_update(links.external, record)
        return True


class XToOdoo(Pass):
    """Items of an external system to Odoo."""

    def __init__(self, run, info, create, update):
        super().__init__(run, entry(info, "sync_info", "relation"), create, update)
        self.gone = self.links  # those whose record was deleted
        path = ("sync_info", "x", "get_ref")
        self.get_ref = function(info, *path, check=is_reference)
        if create:
            path = ("sync_info", "odoo", "create")
            self.odoo_create = function(info, *path, check=is_record)
        if update:
            self.odoo_update = function(info, "sync_info", "odoo", "update")

    def key(self, item):
        return one_ref(self.get_ref(item))

    def find(self, refs):
        known = self._search(EXTERNAL, refs, ODOO)
        if self.update:
            self.gone |= self.links.union(*known.values()).orphans()
        return known

    def make(self, ref, item):
        record = self.odoo_create(item)
        return self.links._set_link_odoo(record, self.relation, ref)

    def renew(self, links, item):
        link = links._at_most_one()
        if link in self.gone:
            message = _("Not updated, as the record was deleted: %s")
            self.log(message % link.display_name, level="warning", name="sync_x2odoo")
            return False
        self.odoo_update(link.odoo, item)
        return True


class External(Pass):
    """Items of one external system to another."""

    def __init__(self, run, relation, src_info, dst_info, create, update):
        super().__init__(run, relation, create, update)
        self.source = entry(src_info, "src_info", "system")
        self.destination = entry(dst_info, "dst_info", "system")
        path = ("src_info", "get_ref")
        self.get_ref = function(src_info, *path, check=is_reference)
        if create:
            path = ("src_info", "create")
            self.dst_create = function(src_info, *path, check=is_reference)
        if update:
            self.dst_update = function(src_info, "src_info", "update")

    def key(self, item):
        return one_ref(self.get_ref(item))

    def find(self, refs):
        return self._search(self.source, refs, self.destination)

    def make(self, ref, item):
        refs = {self.source: ref, self.destination: self.dst_create(item)}
        return self.links._set_link_external(self.relation, refs)

    def renew(self, links, item):
        ref = links._at_most_one().ref(self.destination)
        self.dst_update(ref, item)
        return True


def entry(info, *path):
    """What a dictionary has at a path like ``("sync_info", "x", "create")``, where
    the first part is the name of the dictionary itself."""
    value = info
    for key in path[1:]:
        value = value.get(key) if isinstance(value, Mapping) else None
    if not value:
        raise ValueError(
            _("%s is missing. It has to be %s.") % (_path(path), MEANING[path[-1]])
        )
    return value


def function(info, *path, check=None):
    """The function at a path, made to refuse results that ``check`` refuses."""
    called = entry(info, *path)
    if not callable(called):
        raise ValueError(
            _("%s is %s. It has to be %s.")
            % (_path(path), short_repr(called), MEANING[path[-1]])
        )
    if not check:
        return called

    def checked(item):
        result = called(item)
        if not check(result):
            raise ValueError(
                _("%s returned %s for %s. It has to be %s.")
                % (_path(path), short_repr(result), short_repr(item), MEANING[check])
            )
        return result

    return checked


def _path(path):
    return path[0] + "".join('["%s"]' % key for key in path[1:])


def is_reference(value):
    return not is_empty(value)


def is_record(value):
    return isinstance(value, BaseModel) and len(value) == 1 and bool(value.id)


# What an entry of sync_info, src_info or dst_info is by its last key, and what a
# function has to return by the check of its result.
MEANING = {
    "relation": _lt("the name of the relation, a text"),
    "system": _lt("the name of the system, a text"),
    "get_ref": _lt("a function that takes an item and returns its reference"),
    "create": _lt("a function that takes an item and returns what it created"),
    "update": _lt("a function that takes what it has to update, and an item"),
    is_reference: _lt("a reference: a text or a number that is not empty"),
    is_record: _lt("one saved record"),
}
