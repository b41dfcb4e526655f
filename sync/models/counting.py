# Copyright 2026 Sync Studio contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl.html)
"""Count what refers to records or belongs to them, one query for many."""


def count_by(model, field, ids):
    """Return {id: how many records of ``model`` refer to it with ``field``}."""
    if not ids:
        return {}
    groups = model.read_group([(field, "in", ids)], [field], [field])
    return {group[field][0]: group[field + "_count"] for group in groups}


# What runs of tasks leave behind: id, kind and count. ``field`` is project_id or task_id.
COUNT_TRACES = """
    SELECT {field}, 'job', count(*) FROM sync_job
     WHERE {field} = ANY(%(ids)s) GROUP BY {field}
     UNION ALL
    SELECT sync_{field}, 'log', count(*) FROM ir_logging
     WHERE sync_{field} = ANY(%(ids)s) AND sync_job_id IS NOT NULL
     GROUP BY sync_{field}
     UNION ALL
    SELECT {field}, 'delivery', count(*) FROM sync_webhook_delivery
     WHERE {field} = ANY(%(ids)s) GROUP BY {field}
"""


def set_counts(records, statement, kinds, **values):
    """Set the fields ``<kind>_count`` of records.

    :param str statement: gives id, kind and count for the records ``%(ids)s``
    :param values: what else the statement needs
    """
    records.flush()
    records.env.cr.execute(statement, dict(values, ids=records._origin.ids))
    counts = {(row[0], row[1]): row[2] for row in records.env.cr.fetchall()}
    for record in records:
        for kind in kinds:
            record[kind + "_count"] = counts.get((record._origin.id, kind), 0)
