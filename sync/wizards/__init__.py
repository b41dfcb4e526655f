# Copyright 2026 Sync Studio contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl.html)

from . import sync_make_module
from . import sync_merge_links
from . import sync_import_project
