# Copyright 2026 Sync Studio contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl.html)
# pylint: disable=unused-import
"""Former place of the controller of webhooks."""

from ...controllers.webhook import Webhook as Website  # noqa: F401
