# Copyright 2026 Sync Studio contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl.html)
# pylint: disable=unused-import
"""Former place of what this addon adds to server actions."""

from ...models.ir_actions_server import IrActionsServer  # noqa: F401
