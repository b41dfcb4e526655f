# Copyright 2026 Sync Studio contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl.html)

from . import test_demo_upgrade
from . import test_error_report
from . import test_access
from . import test_base_read_form
from . import test_eval_context
from . import test_help
from . import test_helpers
from . import test_ir_logging
from . import test_masking
from . import test_retry
from . import test_progress
from . import test_queries
from . import test_retry_schedule
from . import test_sandbox
from . import test_sync_job
from . import test_sync_job_watch
from . import test_sync_link
from . import test_sync_link_record
from . import test_sync_project
from . import test_sync_project_health
from . import test_sync_project_param
from . import test_sync_task
from . import test_sync_trigger_automation
from . import test_sync_trigger_button
from . import test_sync_trigger_cron
from . import test_sync_trigger_mixin
from . import test_sync_trigger_webhook
from . import test_sync_webhook_delivery
from . import test_tools
from . import test_transfer
from . import test_transfer_properties
from . import test_unittest_project
from . import test_upgrade_report
from . import test_webhook_answer
from . import test_webhook_senders
