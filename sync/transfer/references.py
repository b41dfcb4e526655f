# Copyright 2026 Sync Studio contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl.html)
"""What a project refers to outside itself: records of modules, and thus modules."""

import ast

# Records that were made by an export of rows, not by a module.
EXPORTED = "__export__"


def find_xml_id(record):
    """Return the XML id (str, ``module.name``) of a record of a module, or None.

    Several modules have one for a model that they all extend; the one that defines the
    model counts.
    """
    data = record.env["ir.model.data"].sudo()
    found = data.search(
        [
            ("model", "=", record._name),
            ("res_id", "=", record.id),
            ("module", "!=", EXPORTED),
        ],
        order="module, name",
    )
    origin = _module_of_model(record.env, record.model) if _is_model(record) else None
    found = found.filtered(lambda row: row.module == origin) or found
    return found[:1].complete_name or None


def modules_of(records):
    """Return the modules (set of str) that records of a project (iterable) need."""
    modules = set()
    for record in records:
        env = record.env
        if record._name == "sync.project" and record.eval_context:
            modules |= {module_of_eval_context(env, record.eval_context)}
        if record._name == "sync.trigger.automation":
            modules.add(_module_of_model(env, record.model_id.model))
            modules |= _modules_of_fields(record)
            calendar = find_xml_id(record.trg_date_calendar_id)
            modules.add(calendar and calendar.split(".")[0])
        for name in ("code", "common_code"):
            if name in record._fields and not record._inherits:
                modules |= _modules_of_code(env, record[name])
    return modules - {None}


def module_of_eval_context(env, value):
    """Return the module that provides an evaluation context, None if none does."""
    selection = env["ir.model.fields.selection"].sudo()
    option = selection.search(
        [
            ("field_id.model", "=", "sync.project"),
            ("field_id.name", "=", "eval_context"),
            ("value", "=", value),
        ],
        limit=1,
    )
    xml_id = find_xml_id(option)
    return xml_id and xml_id.split(".")[0]


def closure(env, module):
    """Return a module and all it depends on (set of str)."""
    found, ahead = set(), {module}
    while ahead:
        found |= ahead
        modules = env["ir.module.module"].sudo().search([("name", "in", list(ahead))])
        ahead = set(modules.mapped("dependencies_id.name")) - found
    return found


def _is_model(record):
    return record._name == "ir.model"


def _module_of_model(env, model):
    return env[model]._original_module if model in env else None


def _modules_of_fields(automation):
    fields = (
        automation.trigger_field_ids
        | automation.on_change_field_ids
        | automation.trg_date_id
    )
    return {
        fields.env[field.model]._fields[field.name]._module
        for field in fields
        if field.model in fields.env and field.name in fields.env[field.model]._fields
    }


def _modules_of_code(env, code):
    """Find ``env["model"]`` and ``env.ref("module.name")`` in code."""
    try:
        tree = ast.parse(code or "")
    except (SyntaxError, ValueError):
        return set()
    found = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Subscript) and _is_env(node.value):
            index = getattr(node.slice, "value", node.slice)
            text = getattr(index, "value", index)
            if isinstance(text, str):
                found.add(_module_of_model(env, text))
        elif isinstance(node, ast.Call) and _is_env_ref(node.func) and node.args:
            text = getattr(node.args[0], "value", None)
            if isinstance(text, str) and "." in text:
                found.add(text.split(".")[0])
    return found & (set(env.registry._init_modules) | {None})


def _is_env(node):
    return isinstance(node, ast.Name) and node.id == "env"


def _is_env_ref(node):
    return (
        isinstance(node, ast.Attribute) and node.attr == "ref" and _is_env(node.value)
    )
