# Copyright 2026 Sync Studio contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl.html)
"""XML ids of records that travel: made of names, kept when names change."""

import re
from unicodedata import normalize

LABELS = ("trigger_name", "key", "name")  # the first that a model has names a record


class XmlIds:
    """The XML ids of records in a module, which need not be installed.

    New ones are stored, so that a record which is renamed keeps its own. They are marked
    as not to be updated: an upgrade of the module would delete what they name otherwise,
    when the module's files lack it.

    :param str module: technical name
    """

    def __init__(self, env, module):
        self._data = env["ir.model.data"].sudo()
        self._module = module
        self._installed = module in env.registry._init_modules

    def of(self, record):
        """Return the XML id (str, without the module) of a record."""
        found = self._find(record)
        if found:
            if not self._installed and not found.noupdate:
                found.noupdate = True
            return found.name
        name = self._unused(_name_of(record))
        self._data.create(
            {
                "module": self._module,
                "name": name,
                "model": record._name,
                "res_id": record.id,
                "noupdate": True,
            }
        )
        return name

    def _find(self, record):
        domain = [("model", "=", record._name), ("res_id", "=", record.id)]
        module = [("module", "=", self._module)]
        return self._data.search(module + domain, order="id", limit=1)

    def _unused(self, name):
        """Number the names that are taken: name, name-2, name-3."""
        numbered, number = name, 1
        while self._data.search_count(
            [("module", "=", self._module), ("name", "=", numbered)]
        ):
            number += 1
            numbered = "%s-%s" % (name, number)
        return numbered


def is_module_name(text):
    """Tell whether a text can be the technical name of a module."""
    return bool(re.fullmatch("[a-z][a-z0-9_]*", text))


def slugify(text):
    """Return a text in lower-case ASCII letters, digits and hyphens.

    Other letters are replaced by those they are based on, or left out.
    """
    ascii_text = normalize("NFKD", text or "").encode("ascii", "ignore").decode()
    return re.sub("[^a-z0-9]+", "-", ascii_text.lower()).strip("-")


def _name_of(record):
    label = next(name for name in LABELS if name in record._fields)
    name = record.with_context(lang=None)[label]
    return "%s--%s" % (slugify(name), slugify(record._description))
