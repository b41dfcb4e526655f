# Copyright 2026 Sync Studio contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl.html)
"""Find out what an import would create and change, and do it."""

import ast
import json

from psycopg2 import Error as DatabaseError

from odoo import _
from odoo.exceptions import AccessError, UserError, ValidationError

from ..exceptions import SyncError
from .contents import FIELDS, accepted_fields, project_of

CREATE = "create"
CHANGE = "change"
KEEP = "keep"
# Values of these fields are only taken over while there is none.
INITIAL = {"value": "initial_value", "initial_value": "initial_value"}
# Records outside of the project that a file may look for.
SEARCHED = ("ir.model", "ir.model.fields", "resource.calendar")


class ImportProblem(SyncError):
    """A file cannot be imported; the text tells the line and the reason."""


class Reference:
    """Refers to a record of the same file, which may not exist yet."""

    __slots__ = ("step",)

    def __init__(self, step):
        self.step = step


class _Refs(ast.NodeTransformer):
    """Replaces ref("...") by what a function gives for the text."""

    def __init__(self, refer):
        self._refer = refer

    def visit_Call(self, node):  # pylint: disable=invalid-name
        self.generic_visit(node)
        is_ref = isinstance(node.func, ast.Name) and node.func.id == "ref"
        if not is_ref or len(node.args) != 1:
            raise ValueError(_("only ref(...) may be called"))
        target = self._refer(ast.literal_eval(node.args[0]))
        if isinstance(target, Reference):
            raise ValueError(_("refer to that by ref=..."))
        return ast.copy_location(ast.Constant(target), node)


class Step:
    """One record of the file.

    :param str xml_id: with its module
    :param Record entry: as it was read first; later ones add fields
    """

    def __init__(self, xml_id, entry):
        self.xml_id = xml_id
        self.entry = entry
        self.values = {}
        self.record = None
        self.existed = False
        self.changed = []

    @property
    def action(self):
        """What happens to the record: CREATE, CHANGE or KEEP."""
        if not self.existed:
            return CREATE
        return CHANGE if self.changed else KEEP


class Plan:
    """What an import does.

    :param env: of an Administrator
    :param Package package: what was read
    :param str module: technical name; XML ids of the file belong to it
    :raises ImportProblem: the file cannot be imported into this database
    """

    def __init__(self, env, package, module):
        self._env = env(context=dict(env.context, lang=None, active_test=False))
        self._module = module
        self._steps = {}
        for entry in package.records:
            self._add(entry)
        if not any(step.entry.model == "sync.project" for step in self.steps):
            raise ImportProblem(_("There is no project in the file."))
        for step in self.steps:
            self._check_complete(step)
        self._check_owners()

    @property
    def steps(self):
        """All steps (list), in the order of the file."""
        return list(self._steps.values())

    @property
    def projects(self):
        """The projects (records) that were created or changed."""
        steps = [step for step in self.steps if step.entry.model == "sync.project"]
        return self._env["sync.project"].concat(*(step.record for step in steps))

    def carry_out(self):
        """Create and change the records.

        :raises ImportProblem: Odoo refuses one of them; nothing is left of the others
        """
        with self._env.cr.savepoint():
            for step in self.steps:
                try:
                    with self._env.cr.savepoint():
                        self._load(step)
                except (UserError, ValidationError, ValueError, DatabaseError) as error:
                    raise _problem(step.entry, step.entry.line, error) from error

    def _load(self, step):
        values = {
            name: value.step.record.id if isinstance(value, Reference) else value
            for name, value in step.values.items()
        }
        data = {"xml_id": step.xml_id, "values": values, "noupdate": True}
        step.record = self._env[step.entry.model]._load_records([data])
        step.record.flush()

    # Reading the file

    def _add(self, entry):
        self._check(entry)
        xml_id = self._full(entry.xml_id)
        step = self._steps.get(xml_id)
        if not step:
            step = Step(xml_id, entry)
            step.record = self._env.ref(xml_id, raise_if_not_found=False) or None
            step.existed = bool(step.record)
        if step.record is not None and step.record._name != entry.model:
            raise _problem(
                entry, entry.line, _("%s names something else here") % xml_id
            )
        for name, value in entry.fields.items():
            self._add_value(step, entry, name, value)
        self._steps[xml_id] = step

    def _add_value(self, step, entry, name, value):
        if entry.model == "sync.project" and name == "active":
            return  # projects arrive archived, and stay as they are
        if "initial_value" in self._env[entry.model]._fields:
            name = INITIAL.get(name, name)
        field = self._env[entry.model]._fields[name]
        try:
            step.values[name] = self._convert(field, value)
            if step.existed and _differs(step.record, name, step.values[name]):
                step.changed.append(name)
        except (ValueError, SyntaxError, TypeError, AttributeError, KeyError) as error:
            text = _("field %s: %s") % (name, error)
            raise _problem(entry, value.line, text) from error

    def _check(self, entry):
        """Refuse what is no part of a project."""
        if entry.model not in FIELDS:
            known = entry.model in self._env
            text = _("may not be imported") if known else _("does not exist")
            raise _problem(
                entry, entry.line, _("the model %s %s") % (entry.model, text)
            )
        for name, value in entry.fields.items():
            if name not in accepted_fields(entry.model):
                known = name in self._env[entry.model]._fields
                text = _("may not be imported") if known else _("does not exist")
                names = (name, entry.model, text)
                raise _problem(entry, value.line, _("the field %s of %s %s") % names)

    def _check_complete(self, step):
        """Refuse new records that lack what they need and what has no default."""
        model = self._env[step.entry.model]
        required = {
            name
            for name in FIELDS[model._name]
            if model._fields[name].required and not step.values.get(name)
        }
        if step.existed:
            required &= set(step.values)
        elif model._inherits:
            required.discard("name")  # triggers are named by themselves
        missing = required - set(model.default_get(list(required)))
        if missing:
            text = _("the field %s has no value") % ", ".join(sorted(missing))
            raise _problem(step.entry, step.entry.line, text)

    def _full(self, xml_id):
        return xml_id if "." in xml_id else "%s.%s" % (self._module, xml_id)

    # Values

    def _convert(self, field, value):
        """Return a value as the ORM writes it, or a Reference."""
        if value.kind == "ref":
            return self._refer(field.comodel_name, value.data)
        if value.kind == "search":
            return self._search(field, value.data)
        data = value.data
        if value.kind == "eval":
            data = self._evaluate(field, data)
        return self._typed(field, data)

    def _typed(self, field, data):
        if field.type == "boolean":
            return (
                data.strip().lower() in ("1", "true", "yes")
                if _is_text(data)
                else bool(data)
            )
        if field.type == "integer":
            return int(data or 0)
        if field.type == "many2one":
            return int(data) if data else False
        if field.type == "many2many":
            return [(6, 0, _ids(data))]
        if data is not False and not _is_text(data):
            data = str(data)
        if field.type == "selection":
            return self._choice(field, data)
        return data

    def _choice(self, field, data):
        options = dict(field._description_selection(self._env))
        if data and data not in options:
            if field.name == "eval_context":
                raise ValueError(
                    _(
                        'no installed module provides the evaluation context "%s". '
                        "Install the module first"
                    )
                    % data
                )
            names = ", ".join(sorted(options))
            raise ValueError(_('"%s" is none of %s') % (data, names))
        return data or False

    def _evaluate(self, field, text):
        """Return the value of an expression: a literal, in which ref("...") may occur."""
        tree = ast.parse(text.strip(), mode="eval")
        refs = _Refs(lambda xml_id: self._refer(field.comodel_name, xml_id))
        return ast.literal_eval(ast.fix_missing_locations(refs.visit(tree)))

    def _refer(self, model, xml_id):
        """Return the id of a record, or a Reference to one of this file."""
        full = self._full(xml_id)
        step = self._steps.get(full)
        if step:
            if step.entry.model != model:
                raise ValueError(_("%s is no %s") % (xml_id, model))
            return step.record.id if step.existed else Reference(step)
        record = self._env.ref(full, raise_if_not_found=False)
        if not record and model == "ir.model":
            record = self._find_model(xml_id)
        if not record:
            raise ValueError(_("there is no %s, neither here nor in the file") % xml_id)
        if record._name != model:
            raise ValueError(_("%s is no %s") % (xml_id, model))
        return record.id

    def _find_model(self, xml_id):
        """Find a model by an XML id that another module has for it.

        Former versions took the first of all modules that extend a model.
        """
        name = xml_id.split(".")[-1]
        data = self._env["ir.model.data"].sudo()
        found = data.search([("model", "=", "ir.model"), ("name", "=", name)], limit=1)
        return self._env["ir.model"].sudo().browse(found.res_id)

    def _search(self, field, text):
        model = field.comodel_name
        if model not in SEARCHED:
            raise ValueError(_("records of %s are not searched for") % model)
        domain = ast.literal_eval(text)
        found = self._env[model].sudo().search(domain)
        names = {leaf[0]: leaf[2] for leaf in domain}
        if field.type == "many2many":
            missing = set(names.get("name", [])) - set(found.mapped("name"))
            if missing:
                raise ValueError(
                    _("%s has no field %s here")
                    % (names.get("model"), ", ".join(sorted(missing)))
                )
            return [(6, 0, found.ids)]
        if not found:
            raise ValueError(_("nothing is found by %s") % text)
        return found[0].id

    # Whose records these are

    def _check_owners(self):
        """Refuse to change records of a project that is not in the file."""
        own = self._env["sync.project"].concat(
            *(
                step.record
                for step in self.steps
                if step.existed and step.entry.model == "sync.project"
            )
        )
        for step in self.steps:
            owner = project_of(step.record) if step.existed else own
            if owner and owner not in own:
                raise _problem(
                    step.entry,
                    step.entry.line,
                    _(
                        '%s is part of the project "%s". Import the file under '
                        "another module name"
                    )
                    % (step.xml_id, owner.name),
                )


def _problem(entry, line, reason):
    text = reason
    if isinstance(reason, AccessError):
        text = _("you may not write it: %s") % reason
    elif isinstance(reason, DatabaseError):
        text = str(reason).split("\n")[0]  # the rest shows the values
    return ImportProblem(
        _("%s, line %s, record %s: %s.")
        % (entry.file, line, entry.xml_id, str(text).strip().rstrip("."))
    )


def _differs(record, name, value):
    """Tell whether writing a value would change a record."""
    field = record._fields[name]
    if name == "initial_value":
        return bool(value) and not record.sudo().value
    if name == "translations":
        return bool(value) and _translates(record, json.loads(value))
    if isinstance(value, Reference):
        return True
    if field.type == "many2one":
        return record[name].id != value
    if field.type == "many2many":
        return set(record[name].ids) != set(value[0][2])
    return (record[name] or False) != (value or False)


def _translates(record, texts):
    """Tell whether some of these texts (dict) would be taken over."""
    known = json.loads(record.translations or "{}")
    for lang, values in texts.items():
        for name, text in values.items():
            present = known.get(lang, {}).get(name)
            kept = present and name in record._kept_translations
            if text != present and not kept:
                return True
    return False


def _is_text(data):
    return isinstance(data, str)


def _ids(commands):
    """Return the ids of a list of ids, or of commands that replace or add them."""
    ids = []
    for command in commands or []:
        if isinstance(command, int):
            ids.append(command)
        elif command[0] == 6:
            ids += command[2]
        elif command[0] == 4:
            ids.append(command[1])
        elif command[0] != 5:
            raise ValueError(_("%s is no way to name records") % (command,))
    return ids
