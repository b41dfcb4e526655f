# Copyright 2026 Sync Studio contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl.html)
"""Nobody becomes an Administrator of Sync Studio by being a new user."""

# The template of new users had the role, and with it the others. People keep theirs.
CLEAR_TEMPLATE = """
    DELETE FROM res_groups_users_rel
     USING ir_model_data AS template, ir_model_data AS role
     WHERE template.module = 'base' AND template.name = 'default_user'
       AND role.module = 'sync' AND role.model = 'res.groups'
       AND res_groups_users_rel.uid = template.res_id
       AND res_groups_users_rel.gid = role.res_id;
"""
# Not stored; each kind of trigger has the field now.
REMOVE_FIELD = """
    DELETE FROM ir_model_data
     WHERE module = 'sync' AND name = 'field_sync_trigger_mixin__job_ids';
    DELETE FROM ir_model_fields
     WHERE model = 'sync.trigger.mixin' AND name = 'job_ids';
"""


def migrate(cr, installed_version):
    cr.execute(CLEAR_TEMPLATE)
    cr.execute(REMOVE_FIELD)
