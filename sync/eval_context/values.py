# Copyright 2026 Sync Studio contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl.html)
"""Values that a project holds for its code."""

from collections import namedtuple

from ..tools import AttrDict

ProjectValues = namedtuple("ProjectValues", "params texts secrets webhooks")

# All values of a project in one query: kind, key, value.
READ_VALUES = """
    SELECT 'param', key, value FROM sync_project_param WHERE project_id = %(project)s
    UNION ALL
    SELECT 'secret', key, value FROM sync_project_secret WHERE project_id = %(project)s
    UNION ALL
    SELECT 'text', text.key, COALESCE(translation.value, text.value)
      FROM sync_project_text text
      LEFT JOIN ir_translation translation
        ON translation.res_id = text.id
       AND translation.type = 'model'
       AND translation.name = 'sync.project.text,value'
       AND translation.lang = %(lang)s
       AND translation.value != ''
     WHERE text.project_id = %(project)s
    UNION ALL
    SELECT 'webhook', webhook.trigger_name,
           webhook.webhook_type || '/' || webhook.website_path
      FROM sync_trigger_webhook webhook
      JOIN ir_act_server action ON action.id = webhook.action_server_id
      JOIN sync_task task ON task.id = action.sync_task_id
     WHERE task.project_id = %(project)s AND webhook.active
"""


def values(run):
    """Values of the project

    * ``params.<KEY>``: params of the project
    * ``texts.<KEY>``: texts, in the language of the run
    * ``webhooks.<TRIGGER_NAME>``: addresses of the active webhooks
    """
    return {
        "params": run.values.params,
        "texts": run.values.texts,
        "webhooks": run.values.webhooks,
    }


def read_values(project):
    """Read params, texts, secrets and webhook addresses, whoever runs the code.

    This is no method of the project, as user code could call that.
    """
    project.ensure_one()
    project.flush()
    project.env.cr.execute(
        READ_VALUES, {"project": project.id, "lang": project.env.lang or "en_US"}
    )
    found = {"param": {}, "text": {}, "secret": {}, "webhook": {}}
    for kind, key, value in project.env.cr.fetchall():
        found[kind][key] = value or False
    base_url = project.env["ir.config_parameter"].sudo().get_param("web.base.url")
    for name, path in found["webhook"].items():
        found["webhook"][name] = "%s/website/action-%s" % (base_url, path)
    return ProjectValues(
        params=AttrDict(found["param"]),
        texts=AttrDict(found["text"]),
        secrets=AttrDict(found["secret"]),
        webhooks=AttrDict(found["webhook"]),
    )
