# Copyright 2026 Sync Studio contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl.html)
"""Demo projects of version 14.0.5 stay what people have made of them.

They were part of ``sync`` and belong to addons of their own now, whose installation
would load the demo anew: code, names and schedules would be overwritten, and triggers
that somebody removed would be back and run.
"""

# Evaluation contexts that came with ``sync``, and the addons that have them now
DEMO_ADDONS = {
    "odoo2odoo": "sync_odoo2odoo_demo",
    "telegram_demo": "sync_telegram_demo",
    "trello_github": "sync_github_trello_demo",
}

# Loading an addon's demo is one transaction: what it has created is as old as that.
FIND_OLDER_PROJECT = """
    SELECT 1
      FROM ir_model_data AS data
      JOIN sync_project AS project ON project.id = data.res_id
     WHERE data.module = %s AND data.model = 'sync.project'
       AND project.create_date IS DISTINCT FROM now() AT TIME ZONE 'UTC'
"""


def has_older_project(cr, addon):
    """Tell whether an addon that is being loaded finds its demo project there."""
    cr.execute(FIND_OLDER_PROJECT, [addon])
    return bool(cr.fetchone())


def is_passed_over(model):
    """Tell whether the record of ``model`` that is being loaded shall be left alone."""
    addon = model.env.context.get("install_module")
    return (
        addon in DEMO_ADDONS.values()
        and model._name.startswith("sync.")
        and has_older_project(model.env.cr, addon)
    )


def pass_over(model, data_list):
    """Give what exists of these records (see ``_load_records``) and change nothing."""
    xml_ids = [data["xml_id"] for data in data_list if data.get("xml_id")]
    model.pool.loaded_xmlids.update(xml_ids)  # Odoo deletes what was not loaded
    ids = [model.env["ir.model.data"].xmlid_to_res_id(xml_id) for xml_id in xml_ids]
    return model.browse(filter(None, ids))


def keep_demo_project(cr, addon):
    """Once an addon is installed: no later upgrade adds to its older project either."""
    if has_older_project(cr, addon):
        cr.execute("UPDATE ir_module_module SET demo = FALSE WHERE name = %s", [addon])
