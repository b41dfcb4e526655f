# Copyright 2026 Sync Studio contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl.html)
"""The help on all names, made from the docstrings of the parts that give them."""

from inspect import getdoc, isfunction, signature
from textwrap import indent


class AnyRun:
    """Stands for a run where only the names count that a part makes of it."""

    def __getattr__(self, name):
        return self


def describe(parts):
    """Give the help (str) on the names of some parts: sections of plain text."""
    return "\n\n\n".join(_section(part) for part in parts)


def _section(part):
    title, _blank, text = getdoc(part).partition("\n")
    functions = [
        "%s%s\n%s" % (name, signature(value), indent(getdoc(value), " " * 4))
        for name, value in part(AnyRun()).items()
        if isfunction(value) and value.__module__ == part.__module__ and getdoc(value)
    ]
    body = "\n\n".join([text.strip()] + functions).replace("``", "")
    return "%s\n\n%s" % (title.upper(), body)
