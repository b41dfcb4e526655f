# Copyright 2026 Sync Studio contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl.html)
"""Whether this thread executes user code: what is closed to it looks here.

A mark in the context of an environment would not do, as code may change contexts.
"""

import threading
from contextlib import contextmanager

_thread = threading.local()


@contextmanager
def user_code():
    """Mark the block as one that executes user code."""
    outer = is_user_code()
    _thread.running = True
    try:
        yield
    finally:
        _thread.running = outer


def is_user_code():
    """Tell whether user code has called what is going on in this thread."""
    return getattr(_thread, "running", False)
