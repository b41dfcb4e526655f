# Copyright 2026 Sync Studio contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl.html)
"""What user code sees: one module per concern, each a function(run) -> dict of names.

The docstrings of these functions are the help that users read.
"""

from .help import describe
from .helpers import helpers
from .jobs import jobs
from .libs import libs
from .links import links
from .logs import logs
from .progress import progress
from .run import Run, base
from .values import values

PARTS = (base, logs, progress, values, links, helpers, jobs, libs)


def help_text():
    """Give the help (str) on all names that ``build`` gives."""
    return describe(PARTS)


def build(run):
    """Merge all parts into the names (dict) that the code of ``run`` starts with."""
    names = {}
    for part in PARTS:
        names.update(part(run))
    return names
