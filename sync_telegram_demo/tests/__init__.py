# Copyright 2026 Sync Studio contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl.html)
from . import test_sync_project
from . import test_telegram_bot
from . import test_telegram_html
from . import test_telegram_message
