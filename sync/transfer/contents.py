# Copyright 2026 Sync Studio contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl.html)
"""What a project consists of: its models, and their fields that travel."""

PARAM = ["key", "description", "url", "optional", "translations", "project_id"]
PARAM_WITH_VALUE = [
    "key",
    "initial_value",
    "description",
    "url",
    "optional",
    "translations",
    "project_id",
]
TRIGGER = ["trigger_name", "name", "active", "sync_task_id"]

# Each record comes after those it refers to. Not among the fields are: the active flag
# of projects, as they arrive archived; values of secrets; and next calls, users, tokens
# and addresses, which belong to one database.
FIELDS = {
    "sync.project": ["name", "description", "eval_context", "common_code"],
    "sync.project.secret": PARAM,
    "sync.project.param": PARAM_WITH_VALUE,
    "sync.project.text": PARAM_WITH_VALUE,
    "sync.task": ["name", "active", "project_id", "code"],
    "sync.trigger.button": TRIGGER,
    "sync.trigger.cron": TRIGGER
    + ["interval_number", "interval_type", "numbercall", "doall", "priority"],
    "sync.trigger.automation": TRIGGER
    + [
        "model_id",
        "trigger",
        "filter_pre_domain",
        "filter_domain",
        "trigger_field_ids",
        "on_change_field_ids",
        "trg_date_id",
        "trg_date_range",
        "trg_date_range_type",
        "trg_date_calendar_id",
    ],
    "sync.trigger.webhook": TRIGGER
    + [
        "webhook_type",
        "mode",
        "verification",
        "secret_key",
        "tolerance",
        "signature_header",
        "signature_prefix",
        "signature_algorithm",
        "signature_encoding",
        "handshake",
        "duplicates",
        "duplicate_header",
        "duplicate_path",
        "duplicate_hours",
        "body_limit",
        "rate_limit",
        "allowed_addresses",
        "keep_days",
        "keep_failed_days",
        "sample_body",
    ],
}

# What else a file may hold that was written by hand or by a former version.
ACCEPTED = {
    "sync.project": ["active"],
    "sync.project.secret": ["value", "initial_value"],
    "sync.project.param": ["value"],
    "sync.project.text": ["value"],
    "sync.trigger.cron": ["nextcall"],
}


def accepted_fields(model):
    """Return the names of the fields that a file may set; none for other models."""
    return set(FIELDS.get(model, ())) | set(ACCEPTED.get(model, ()))


def records_of(project):
    """Return all records of a project as a list, in the order of ``FIELDS``.

    Triggers stand beside their task, archived ones too.
    """
    project = project.with_context(active_test=False, lang=None)
    records = [project]
    for lines in (project.secret_ids, project.param_ids, project.text_param_ids):
        records += lines.sorted("id")
    for task in project.task_ids.sorted("id"):
        records.append(task)
        for triggers in (
            task.button_ids,
            task.cron_ids,
            task.automation_ids,
            task.webhook_ids,
        ):
            records += triggers.sorted("id")
    return records


def project_of(record):
    """Return the project (record) that a record is part of; it may be empty."""
    if record._name == "sync.project":
        return record
    if "project_id" in record._fields:
        return record.project_id
    return record.sync_task_id.project_id


def fields_of(record):
    """Return the names of the fields that are told of a record, in their order.

    A trigger that has no name of its own is given one wherever it arrives.
    """
    names = FIELDS[record._name]
    if record._inherits and record.name == record._auto_name():
        return [name for name in names if name != "name"]
    return names
