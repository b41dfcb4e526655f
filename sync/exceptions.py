# Copyright 2026 Sync Studio contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl.html)
"""Errors that users of Sync Studio meet."""

from odoo.exceptions import UserError, ValidationError


class SyncError(UserError):
    """Something in a project must be mended before it can run."""


class CodeError(SyncError, ValidationError):
    """The code of a project or task uses what the sandbox does not allow.

    ``line`` is the number of the line, counted from 1; None where there is none.
    """

    def __init__(self, message, line=None):
        super().__init__(message)
        self.line = line


class FunctionNotFound(SyncError):
    """A trigger or ``add_job`` names a function that the code does not define."""
