# Copyright 2026 Sync Studio contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl.html)

from . import ir_logging
from . import base
from . import base_read_form
from . import ir_actions_server
from . import ir_cron
from . import ir_model
from . import base_automation
from . import queue_job
from . import sync_link
from . import sync_link_record
from . import sync_job
from . import sync_job_watch
from . import sync_restricted_mixin
from . import sync_translations_mixin
from . import sync_project_param
from . import sync_project
from . import sync_project_health
from . import sync_project_missing
from . import sync_overview
from . import sync_task
from . import sync_trigger_mixin
from . import sync_trigger_cron
from . import sync_trigger_automation
from . import sync_webhook_delivery
from . import sync_trigger_webhook
from . import sync_trigger_button
