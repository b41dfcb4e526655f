# Copyright 2026 Sync Studio contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl.html)
"""How an error of user code is told in the log: what first, then where. No ORM."""

import traceback


def error_report(error):
    """Return the error's message, then its traceback from the first line of user code.

    What comes before that line is the machinery of Sync Studio, the same every time.
    """
    what = "".join(traceback.format_exception_only(type(error), error)).strip()
    where = traceback.format_exception(
        type(error), error, _from_user_code(error.__traceback__)
    )
    return "%s\n\n%s" % (what, "".join(where).rstrip())


def _from_user_code(tracebacks):
    """Skip to the first frame of user code, whose file is called ``<project: task>``."""
    frame = tracebacks
    while frame:
        if frame.tb_frame.f_code.co_filename.startswith("<"):
            return frame
        frame = frame.tb_next
    return tracebacks
