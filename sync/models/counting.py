# Copyright 2026 Sync Studio contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl.html)
"""Count related records, one query for many."""


def count_by(model, field, ids):
    """Return {id: how many records of ``model`` refer to it with ``field``}."""
    if not ids:
        return {}
    groups = model.read_group([(field, "in", ids)], [field], [field])
    return {group[field][0]: group[field + "_count"] for group in groups}
