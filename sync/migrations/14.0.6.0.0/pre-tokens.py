# Copyright 2026 Sync Studio contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl.html)
"""Each webhook gets a token of its own: copies of a project used to share them.

The token stays with the webhook that has answered its address: of the active ones the
oldest. Which others have a new address is told once the upgrade is done.
"""

import uuid

FIND_SHARED = """
    CREATE TEMPORARY TABLE sync_upgrade_token ON COMMIT DROP AS
    SELECT id AS webhook_id, keeper_id
      FROM (
        SELECT id, website_path,
               first_value(id) OVER (
                    PARTITION BY website_path
                    ORDER BY COALESCE(active, FALSE) DESC, id) AS keeper_id
          FROM sync_trigger_webhook
      ) AS webhook
     WHERE id != keeper_id AND website_path != '';
"""
# Those without a token had no address that worked.
FIND_WITHOUT = """
    SELECT id FROM sync_trigger_webhook WHERE COALESCE(website_path, '') = ''
     UNION ALL
    SELECT webhook_id FROM sync_upgrade_token
"""


def migrate(cr, installed_version):
    cr.execute(FIND_SHARED)
    cr.execute(FIND_WITHOUT)
    for (webhook_id,) in cr.fetchall():
        cr.execute(
            "UPDATE sync_trigger_webhook SET website_path = %s WHERE id = %s",
            [str(uuid.uuid4()), webhook_id],
        )
