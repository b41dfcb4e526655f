# Copyright 2026 Sync Studio contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl.html)
"""Links between a record and an external reference, or between two references.

A row names a relation, two systems in the order of their names, and a reference in
each. In the link of a record the systems are EXTERNAL and ODOO, the second reference
is the record's id and ``model`` its model.
"""

from collections.abc import Iterable, Mapping

from odoo import _, api, fields, models
from odoo.exceptions import ValidationError
from odoo.osv.query import Query
from odoo.tools import groupby
from odoo.tools.misc import IterableGenerator

EXTERNAL = "__external__"
ODOO = "__odoo__"
EXTERNAL_REF = "ref1"
ODOO_REF = "ref2"
LARGEST_ID = 2**31 - 1  # of a record: an integer of PostgreSQL

# What the identity of a link consists of: pending changes of these columns reach
# the database before links are looked up there.
IDENTITY = ("relation", "system1", "ref1", "system2", "ref2", "model")

# Context key of link sets found by records: the model of ``.odoo`` when a set is empty.
ODOO_MODEL = "sync_link_odoo_model"

NAMED_IN_ERRORS = 5  # links

# A reference comes first in every index that has one. If the relation did, then the
# planner would find the index of the wrong side as good for a relation that is new to
# its statistics, and read all links of the relation.
INDEXES = (
    """CREATE UNIQUE INDEX IF NOT EXISTS sync_link_refs_uniq_index ON sync_link
    (ref1, relation, system1, system2, ref2, COALESCE(model, ''))""",
    """CREATE INDEX IF NOT EXISTS sync_link_side2_index ON sync_link
    (ref2, relation, system1, system2)""",
    # These hold "no second link" against transactions that do not see each other.
    """CREATE UNIQUE INDEX IF NOT EXISTS sync_link_exclusive1_uniq_index ON sync_link
    (ref1, relation, system1, system2, COALESCE(model, '')) WHERE exclusive""",
    """CREATE UNIQUE INDEX IF NOT EXISTS sync_link_exclusive2_uniq_index ON sync_link
    (ref2, relation, system1, system2, COALESCE(model, '')) WHERE exclusive""",
    # An expression, so that it serves whole relations and never a single reference.
    """CREATE INDEX IF NOT EXISTS sync_link_whole_relation_index ON sync_link
    ((relation || ''))""",
)

_SAME_RELATION = """
    relation = %(relation)s AND system1 = %(system1)s AND system2 = %(system2)s
    AND COALESCE(model, '') = COALESCE(%(model)s, '')"""

INSERT = """
    INSERT INTO sync_link (relation, system1, ref1, system2, ref2, model, date,
        exclusive, create_uid, create_date, write_uid, write_date)
    SELECT %(relation)s, %(system1)s, %(ref1)s, %(system2)s, %(ref2)s, %(model)s,
        %(date)s, %(exclusive)s,
        %(uid)s, now() AT TIME ZONE 'UTC', %(uid)s, now() AT TIME ZONE 'UTC'
    {condition}
    ON CONFLICT DO NOTHING
    RETURNING id"""

INSERT_ANY = INSERT.format(condition="")

# Counted, as for EXISTS the planner may bet on meeting a row soon without an index.
INSERT_EXCLUSIVE = INSERT.format(
    condition="""
    WHERE 0 = (SELECT count(*) FROM sync_link WHERE {same} AND ref1 = %(ref1)s)
      AND 0 = (SELECT count(*) FROM sync_link WHERE {same} AND ref2 = %(ref2)s)
    """.format(
        same=_SAME_RELATION
    )
)

UPDATE_DATE = """
    UPDATE sync_link
    SET date = %(date)s, write_uid = %(uid)s, write_date = now() AT TIME ZONE 'UTC'
    WHERE {same} AND ref1 = %(ref1)s AND ref2 = %(ref2)s
    RETURNING id""".format(
    same=_SAME_RELATION
)


class SyncLink(models.Model):
    _name = "sync.link"
    _description = "Resource Links"
    _order = "id desc"

    relation = fields.Char("Relation Name", required=True)
    system1 = fields.Char("System 1", required=True)
    ref1 = fields.Char("Reference 1", required=True)
    system2 = fields.Char("System 2", required=True)
    ref2 = fields.Char("Reference 2", required=True)
    date = fields.Datetime("Sync Date", required=True, default=fields.Datetime.now)
    model = fields.Char(help="Model of the linked record; empty between two systems")
    exclusive = fields.Boolean(
        readonly=True, help="No other such link may name either of the two references"
    )

    def init(self):
        self.env.cr.execute(
            """SELECT 1 FROM pg_indexes
            WHERE schemaname = current_schema
              AND indexname = 'sync_link_refs_uniq_index'
              AND indexdef NOT LIKE '%model%'"""
        )
        if self.env.cr.fetchone():  # of a version that mixed up the models
            self.env.cr.execute("DROP INDEX sync_link_refs_uniq_index")
        for definition in INDEXES:
            self.env.cr.execute(definition)

    def name_get(self):
        return [(link.id, _label(link)) for link in self]

    @api.model
    def check_access_rights(self, operation, raise_exception=True):
        # Only Python can put a function in the context: this is the code of a run,
        # where links work for whoever runs it.
        if callable(self.env.context.get("log_function")):
            return True
        return super().check_access_rights(operation, raise_exception)

    def unlink(self):
        self._log("unlink: %s links", len(self))
        return super().unlink()

    # What a link set offers

    @property
    def odoo(self):
        """Linked records in the order of the links, deleted ones included.

        A set that is empty gives the empty recordset of the model it was searched
        for, ``None`` when no model was named.
        """
        model = self._odoo_model()
        if not model:
            return None
        context = self.env.context
        if ODOO_MODEL in context:
            context = {key: context[key] for key in context if key != ODOO_MODEL}
        ids = tuple(dict.fromkeys(link._odoo_id() for link in self))
        records = self.env(context=context)[model].browse(ids)
        if len(self) != 1:
            return records
        return records.with_prefetch(IterableGenerator(_odoo_ids_around, self))

    @property
    def external(self):
        """External reference of one link, a list of them for several, [] for none."""
        refs = self.externals
        return refs[0] if len(refs) == 1 else refs

    @property
    def externals(self):
        """List of the external references in the order of the links."""
        return self.get(EXTERNAL)

    @property
    def sync_date(self):
        """The earliest sync date of the links, False when there is no link."""
        return min(self.mapped("date"), default=False)

    def get(self, system):
        """List of the references in a system, in the order of the links."""
        return [link._ref(system) for link in self]

    def ref(self, system):
        """Reference in a system, of exactly one link."""
        if len(self) != 1:
            raise ValueError(
                _("ref(%r) reads exactly one link, but there are %s: %s")
                % (system, len(self), self._names() or _("none"))
            )
        return self._ref(system)

    def update_links(self, sync_date=None):
        """Set the sync date (UTC, now by default) and return the same links."""
        self.write({"date": sync_date or fields.Datetime.now()})
        return self

    def orphans(self):
        """Those of the links whose record, or whole model, is not there any more."""
        existing = {}
        for model, links in groupby(self, key=lambda link: link.model):
            if self._has_table(model):
                records = self.env[model].browse([link._odoo_id() for link in links])
                existing[model] = set(records.exists()._ids)
        return self.filtered(
            lambda link: link.model
            and link._odoo_id() not in existing.get(link.model, ())
        )

    def __xor__(self, other):
        return (self | other) - (self & other)

    # Functions of the evaluation context

    @api.model
    def _get_eval_context(self):
        """Functions for links between two external systems, and ``get_link``."""
        return {
            "set_link": self._set_link_external,
            "search_links": self._search_links_external,
            "get_link": self._get_link,
        }

    @api.model
    def _get_link(self, rel, ref_info, model=None):
        """The one link of a reference, or an empty set.

        :param ref_info: dictionary of two systems, or the external reference of a
            record
        :param model: of the record, for references that records of several models have
        """
        if isinstance(ref_info, Mapping):
            return self._get_link_external(rel, ref_info, model)
        return self._get_link_odoo(rel, ref_info, model)

    @api.model
    def _get_link_odoo(self, rel, ref, model=None):
        refs = {EXTERNAL: ref, ODOO: None}
        return self._get_link_external(rel, refs, model)._of_model(model)

    @api.model
    def _get_link_external(self, relation, refs, model=None):
        refs = {system: _listed(ref) for system, ref in _two_systems(refs).items()}
        _check_lookup(refs)
        link = self._find(relation, self.refs2vals(refs), model)._at_most_one()
        self._log("get_link: %s, %s found", relation, len(link))
        return link

    @api.model
    def _search_links_external(self, relation, refs, model=None):
        """Links whose references are among the given ones (None: any reference)."""
        links = self._find(relation, self.refs2vals(refs), model)
        self._log("search_links: %s, %s found", relation, len(links))
        return links

    @api.model
    def _search_links_odoo(self, records, relation, refs=None):
        _check_saved(records)
        refs = {EXTERNAL: refs, ODOO: records}
        links = self._search_links_external(relation, refs, records._name)
        return links._of_model(records._name)

    @api.model
    def _all_links_odoo(self, model, relation):
        refs = {EXTERNAL: None, ODOO: None}
        return self._search_links_external(relation, refs, model)._of_model(model)

    @api.model
    def _set_link_odoo(
        self, record, relation, ref, sync_date=None, allow_many2many=False
    ):
        _check_saved(record.ensure_one())
        refs = {EXTERNAL: ref, ODOO: record}
        return self._set_link_external(
            relation, refs, sync_date, allow_many2many, record._name
        )

    @api.model
    def _set_link_external(
        self,
        relation,
        external_refs,
        sync_date=None,
        allow_many2many=False,
        model=None,
    ):
        """Make a link, or move the date of the identical one; returns the link.

        The row is written by the same SQL statement that looks for other links, so
        what extends ``create`` does not see it.
        """
        refs = _two_systems(external_refs)
        vals = self.refs2vals({system: one_ref(refs[system]) for system in refs})
        vals["relation"] = _checked_relation(relation)
        vals["model"] = model or None
        vals["date"] = fields.Datetime.to_datetime(sync_date) or fields.Datetime.now()
        vals["exclusive"] = not allow_many2many
        link = self._insert(vals) or self._update_date(vals)
        if not link:
            raise self._taken_error(vals)
        self._log("set_link: %s", _label(vals))
        return link

    @api.model
    def refs2vals(self, external_refs):
        """Column values for a dictionary ``{system: references}`` of two systems.

        One reference becomes a str, many (list, tuple, set, recordset…) a list of
        str. None stays None: any reference. Empty ones ("", False, None in a list)
        are left out, as no link has them.
        """
        system1, system2 = sorted(_two_systems(external_refs))
        return {
            "system1": system1,
            "ref1": _refs(external_refs[system1]),
            "system2": system2,
            "ref2": _refs(external_refs[system2]),
        }

    # Statements

    def _find(self, relation, vals, model=None):
        """Links of a relation by ``refs2vals``, with the caller's rights and rules.

        Made without a search domain, which would cost a third of the time.
        """
        _checked_relation(relation)
        if [] in (vals["ref1"], vals["ref2"]):
            return self.browse()
        self.check_access_rights("read")
        self.flush(IDENTITY)
        query = Query(self.env.cr, self._table)
        both = [vals["system1"], vals["system2"]]
        query.add_where("system1 = %s AND system2 = %s", both)
        whole = vals["ref1"] is None and vals["ref2"] is None
        column = "relation || ''" if whole else "relation"  # see INDEXES
        query.add_where(column + " = %s", [relation])
        for column in ("ref1", "ref2"):
            refs = vals[column]
            if refs is not None:
                refs = refs if isinstance(refs, list) else [refs]
                query.add_where(column + " = ANY(%s)", [refs])
        if model is not None:
            query.add_where("COALESCE(model, '') = %s", [model])
        self._apply_ir_rules(query, "read")
        # Sorted here: for ORDER BY the planner may walk the index of all ids.
        return self.browse(sorted(query, reverse=True))

    def _insert(self, vals):
        """Add the row unless another link stands in its way.

        Such a link of a transaction that was committed meanwhile cannot be seen;
        there PostgreSQL reports a serialization failure, upon which Odoo and
        queue_job start again.
        """
        self.check_access_rights("create")
        self.flush(IDENTITY)
        link = self._execute(
            INSERT_EXCLUSIVE if vals["exclusive"] else INSERT_ANY, vals
        )
        if link:
            link._update_cache(vals, validate=False)
        return link

    def _update_date(self, vals):
        """Give the identical link, if there is one, the new date."""
        self.check_access_rights("write")
        changed = ["date", "write_uid", "write_date"]
        self.flush(changed)
        link = self._execute(UPDATE_DATE, vals)
        self.invalidate_cache(changed, link.ids)
        return link

    def _execute(self, statement, vals):
        self.env.cr.execute(statement, dict(vals, uid=self.env.uid))
        return self.browse(row[0] for row in self.env.cr.fetchall())

    def _taken_error(self, vals):
        links = self.browse()
        for column in ("ref1", "ref2"):
            links |= self._find(
                vals["relation"], dict(vals, **{column: None}), vals["model"] or ""
            )
        return ValidationError(
            _(
                "Cannot link %s, because of %s. Remove what is linked, or pass "
                "allow_many2many=True if several links are meant."
            )
            % (_label(vals), links._names())
        )

    # Parts

    def _at_most_one(self):
        if len(self) > 1:
            raise ValidationError(
                _(
                    "One link was expected, but there are %s: %s. Use search_links "
                    "for several, or name the model if only that differs."
                )
                % (len(self), self._names())
            )
        return self

    def _names(self):
        names = [_label(link) for link in self[:NAMED_IN_ERRORS]]
        return "; ".join(names + ["…"] * (len(self) > NAMED_IN_ERRORS))

    def _ref(self, system):
        if system == self.system1:
            return self.ref1
        if system == self.system2:
            return self.ref2
        raise ValueError(
            _("There is no system %r in the link %s") % (system, _label(self))
        )

    def _odoo_id(self):
        """Id of the record; 0, which no record has, where the reference is none."""
        ref = self[ODOO_REF] or ""
        number = int(ref) if ref.isdecimal() else 0
        return number if number <= LARGEST_ID else 0

    def _odoo_model(self):
        """The one model of the set, None if it is empty and was not searched by one."""
        if not self:
            model = self.env.context.get(ODOO_MODEL)
            return model if model in self.env else None
        names = set(self.mapped("model"))
        if len(names) > 1:
            raise ValidationError(
                _("Links of several models: read .odoo for each of them. They are %s")
                % self._names()
            )
        model = names.pop()
        if model not in self.env:
            raise ValidationError(
                _(
                    "No record can be given for links of model %r: %s. Between two "
                    "external systems read .get(system)."
                )
                % (model, self._names())
            )
        return model

    def _of_model(self, model):
        """Same links, which give an empty recordset of the model if they get empty."""
        return self.with_context(**{ODOO_MODEL: model}) if model else self

    def _log(self, message, *args):
        log = self.env.context.get("log_function")
        if callable(log):
            log(message % args, level="debug", name=self._name)


def _label(link):
    """Text of a link or of its values, e.g. ``ISSUES: github 7 - trello x1``."""
    if link["model"]:
        sides = "%s - %s(%s)" % (link["ref1"], link["model"], link["ref2"])
    else:
        sides = "%s %s - %s %s" % (
            link["system1"],
            link["ref1"],
            link["system2"],
            link["ref2"],
        )
    return "%s: %s" % (link["relation"], sides)


def _odoo_ids_around(link):
    """Ids of the records of the links that are read together with this one."""
    siblings = link.browse(link._prefetch_ids)
    values = link.env.cache.get_values
    pairs = zip(
        values(siblings, link._fields["model"]),
        values(siblings, link._fields[ODOO_REF]),
    )
    return (int(ref) for model, ref in pairs if model == link.model)


def _two_systems(refs):
    if isinstance(refs, Mapping) and len(refs) == 2 and all(map(_is_name, refs)):
        return refs
    raise ValueError(
        _(
            "References are a dictionary of two systems, for example "
            "{'github': 7, 'trello': 'x1'}, not %r"
        )
        % (refs,)
    )


def _is_name(value):
    return bool(value) and isinstance(value, str)


def _checked_relation(relation):
    if _is_name(relation):
        return relation
    raise ValueError(_("The relation of a link is a name, not %r") % (relation,))


def _check_saved(records):
    if not all(records._ids):
        raise ValueError(_("%s has to be saved before it can have links") % records)


def _check_lookup(refs):
    """Refuse what would find nothing, or anything, by mistake."""
    values = [value for value in refs.values() if value is not None]
    for value in values:
        for ref in value:
            _text(ref)
    if not values:
        raise ValueError(_("At least one reference is needed to get a link"))


def _is_many(refs):
    return isinstance(refs, Iterable) and not isinstance(refs, (str, bytes, Mapping))


def is_empty(ref):
    return ref is None or ref is False or ref == ""


def _listed(refs):
    """A list of references; None stays None."""
    if refs is None:
        return None
    return list(refs) if _is_many(refs) else [refs]


def _refs(refs):
    """Reference as text, many of them as a list without the empty ones."""
    if refs is None:
        return None
    if _is_many(refs) or is_empty(refs):
        return [_text(ref) for ref in _listed(refs) if not is_empty(ref)]
    return _text(refs)


def one_ref(ref):
    """Text of exactly one reference."""
    if isinstance(ref, models.BaseModel) and len(ref) == 1:
        ref = ref.id
    if _is_many(ref):
        raise ValueError(_("A link has one reference in each system, not %r") % (ref,))
    return _text(ref)


def _text(ref):
    """Text of a reference; a record's is its id."""
    if isinstance(ref, models.BaseModel):
        _check_saved(ref)
        ref = ref.id
    if is_empty(ref) or isinstance(ref, Mapping):
        raise ValueError(
            _("A reference is a text or a number that is not empty, not %r") % (ref,)
        )
    return str(ref)
