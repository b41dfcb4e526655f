# Copyright 2026 Sync Studio contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl.html)
"""Attributes that code looks up while it runs: by name, and in templates of texts."""

from functools import partial
from types import SimpleNamespace

from _string import formatter_field_name_split, formatter_parser

from odoo import _
from odoo.models import BaseModel
from odoo.tools.safe_eval import _UNSAFE_ATTRIBUTES

from .exceptions import CodeError

# Attributes that lead from a harmless object to the interpreter's own frames and base
# classes.
UNSAFE_ATTRIBUTES = frozenset(_UNSAFE_ATTRIBUTES) | {
    "ag_await",
    "ag_code",
    "ag_frame",
    "cr_await",
    "cr_code",
    "cr_frame",
    "f_back",
    "f_code",
    "f_trace",
    "gi_code",
    "gi_yieldfrom",
    "mro",
    "tb_frame",
    "tb_next",
}

# Where the classes live whose objects serve more than one run.
SHARED_PACKAGES = ("builtins", "dateutil", "odoo", "psycopg2", "pytz")

FORMATS = ("format", "format_map")


def get_attribute(record, name, default=None):
    """Give the attribute ``name`` of an object, or ``default`` when it has none.

    Names that start with an underscore are refused.
    """
    _refuse_unsafe(name, private=True)
    watched = watch_format(record) if name in FORMATS else record
    return getattr(watched, name, default)


def set_attribute(record, name, value):
    """Set the attribute ``name`` of an object.

    Names that start with an underscore are refused, and so are objects that belong to
    Python or Odoo itself: other code would meet the change.
    """
    _refuse_unsafe(name, private=True)
    if _is_shared(record):
        raise CodeError(_("The attributes of %r cannot be set from code.") % record)
    setattr(record, name, value)


def _refuse_unsafe(name, private=False):
    hidden = name.startswith("_") if private else "__" in name
    if hidden or name in UNSAFE_ATTRIBUTES:
        raise CodeError(_("The attribute %s cannot be reached from code.") % name)


def _is_shared(value):
    """Tell whether an object serves more than the code that holds it.

    Such are classes, functions and modules, time zones, and what Odoo's core made: the
    environment, cursors, fields, wrapped modules. Records are not, nor what an addon
    made.
    """
    if isinstance(value, BaseModel):
        return False
    home = type(value).__module__
    addon = home.startswith("odoo.addons.")
    core = home.split(".")[0] in SHARED_PACKAGES and not addon
    return core or isinstance(value, type)


def watch_format(value):
    """Give what stands in for a text, or for ``str``, when its format is called."""
    if isinstance(value, str):
        return SimpleNamespace(
            format=partial(_format, value), format_map=partial(_format_map, value)
        )
    if isinstance(value, type) and issubclass(value, str):
        return SimpleNamespace(format=_format, format_map=_format_map)
    return value


def _format(template, /, *args, **kwargs):
    _check_template(template)
    return template.format(*args, **kwargs)


def _format_map(template, mapping, /):
    _check_template(template)
    return template.format_map(mapping)


def _check_template(template):
    """Refuse placeholders that reach into the interpreter, nested ones included."""
    for _literal, field, spec, _conversion in formatter_parser(template):
        if field is not None:
            for is_attribute, name in formatter_field_name_split(field)[1]:
                if is_attribute:
                    _refuse_unsafe(name)
            _check_template(spec)
