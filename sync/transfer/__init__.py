# Copyright 2026 Sync Studio contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl.html)
"""Projects travel as data files and modules.

``contents`` says what a project consists of, ``xml_ids`` names its records. ``data_file``
and ``module_zip`` write; ``reader`` parses what came, ``plan`` finds out what it would
change, and does it.
"""
