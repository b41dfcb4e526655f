# Copyright 2026 Sync Studio contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl.html)
"""What jobs and log lines store now and did not store before.

By SQL, before Odoo would compute it job by job and give the rest of the columns their
defaults; a table is rewritten once, while its new columns have no indexes yet.
"""

from odoo.tools.sql import column_exists

# Odoo makes the same index later, finds this one, and leaves it.
ADD_COLUMNS = """
    CREATE INDEX IF NOT EXISTS sync_job_parent_job_id_index
        ON sync_job (parent_job_id);
    ALTER TABLE sync_job
        ADD COLUMN project_id integer,
        ADD COLUMN ancestry varchar,
        ADD COLUMN own_state varchar,
        ADD COLUMN outcome varchar,
        ADD COLUMN state varchar,
        ADD COLUMN date_start timestamp,
        ADD COLUMN date_end timestamp;
    ALTER TABLE ir_logging
        ADD COLUMN sync_task_id integer,
        ADD COLUMN sync_project_id integer,
        ADD COLUMN sync_trigger_name varchar,
        ADD COLUMN sync_job_date timestamp,
        ADD COLUMN sync_status varchar;
"""

# Queue jobs that are done are removed some day, others are not: without one, a job ran
# to its end. How that was, the log tells. A failure counts only until a later try of
# the same job, which a failed one with its traceback precedes, has come to its end.
COLLECT_RUNS = """
    CREATE TEMPORARY TABLE sync_upgrade_run ON COMMIT DROP AS
    WITH line AS (
        SELECT sync_job_id AS job_id, id, level, create_date,
               message = 'Job finished' AS ends,
               level = 'critical' AND message LIKE '%Traceback (most%' AS fails
          FROM ir_logging
         WHERE sync_job_id IS NOT NULL
    ), tries AS (
        SELECT job_id, min(create_date) AS date_start, max(create_date) AS date_end,
               max(id) FILTER (WHERE fails) AS failed,
               max(id) FILTER (WHERE ends) AS ended
          FROM line
         GROUP BY job_id
    ), last_try AS (
        SELECT line.job_id,
               bool_or(line.level IN ('error', 'critical')) AS has_errors,
               bool_or(line.level = 'warning') AS has_warnings
          FROM line
          JOIN tries USING (job_id)
         WHERE line.level IN ('warning', 'error', 'critical')
           AND (tries.failed < tries.ended AND line.id > tries.failed
                OR (tries.failed < tries.ended) IS NOT TRUE)
         GROUP BY line.job_id
    )
    SELECT tries.job_id, tries.date_start, tries.date_end,
           CASE WHEN last_try.has_errors THEN 'failed'
                WHEN last_try.has_warnings THEN 'done_warning'
                ELSE 'done' END AS outcome
      FROM tries
      LEFT JOIN last_try USING (job_id);
    ANALYZE sync_upgrade_run;
"""
COLLECT_ANCESTRIES = """
    CREATE TEMPORARY TABLE sync_upgrade_tree ON COMMIT DROP AS
    WITH RECURSIVE tree AS (
        SELECT id, '/' AS ancestry FROM sync_job WHERE parent_job_id IS NULL
         UNION ALL
        SELECT job.id, tree.ancestry || tree.id || '/'
          FROM tree
          JOIN sync_job AS job ON job.parent_job_id = tree.id
    )
    SELECT * FROM tree;
    ANALYZE sync_upgrade_tree;
"""
COLLECT_JOBS = """
    CREATE TEMPORARY TABLE sync_upgrade_job ON COMMIT DROP AS
    SELECT job.id, task.project_id, COALESCE(tree.ancestry, '/') AS ancestry,
           CASE WHEN COALESCE(queue.state, 'done') = 'done'
                THEN COALESCE(run.outcome, 'done')
                WHEN queue.state = 'wait_dependencies' THEN 'pending'
                ELSE queue.state END AS own_state,
           CASE WHEN queue.state = 'done'
                THEN COALESCE(run.outcome, 'done') END AS outcome,
           CASE WHEN queue.id IS NULL THEN COALESCE(run.date_start, job.create_date)
                ELSE queue.date_started END AS date_start,
           CASE WHEN queue.id IS NULL THEN COALESCE(run.date_end, job.create_date)
                WHEN queue.state IN ('done', 'failed', 'cancelled')
                THEN COALESCE(queue.date_done, queue.date_cancelled, run.date_end)
                END AS date_end
      FROM sync_job AS job
      LEFT JOIN sync_task AS task ON task.id = job.task_id
      LEFT JOIN queue_job AS queue ON queue.id = job.queue_job_id
      LEFT JOIN sync_upgrade_run AS run ON run.job_id = job.id
      LEFT JOIN sync_upgrade_tree AS tree ON tree.id = job.id;
    ANALYZE sync_upgrade_job;
"""
# The state of a job is the first of these that is found in its tree.
FILL_JOBS = """
    WITH rank AS (
        SELECT ARRAY['failed', 'started', 'enqueued', 'pending', 'cancelled',
                     'done_warning', 'done'] AS states
    ), node AS (
        SELECT id, own_state FROM sync_upgrade_job
         UNION ALL
        SELECT above.id::integer, job.own_state
          FROM sync_upgrade_job AS job
         CROSS JOIN unnest(string_to_array(trim(job.ancestry, '/'), '/')) AS above (id)
         WHERE job.ancestry != '/'
    ), summed_up AS (
        SELECT node.id, min(array_position(rank.states, node.own_state::text)) AS first
          FROM node CROSS JOIN rank
         GROUP BY node.id
    )
    UPDATE sync_job AS job
       SET project_id = now.project_id, ancestry = now.ancestry,
           own_state = now.own_state, outcome = now.outcome,
           state = rank.states[summed_up.first],
           date_start = now.date_start, date_end = now.date_end
      FROM sync_upgrade_job AS now
      JOIN summed_up USING (id)
     CROSS JOIN rank
     WHERE job.id = now.id;
"""
FILL_LOGS = """
    UPDATE ir_logging AS line
       SET sync_task_id = job.task_id, sync_project_id = job.project_id,
           sync_trigger_name = job.trigger_name,
           sync_job_date = COALESCE(job.date_start, job.create_date),
           sync_status = CASE job.own_state WHEN 'failed' THEN 'fail'
                                            ELSE 'success' END
      FROM sync_job AS job
     WHERE job.id = line.sync_job_id;
"""


def migrate(cr, installed_version):
    if column_exists(cr, "sync_job", "own_state"):
        return
    for statements in (
        ADD_COLUMNS,
        COLLECT_RUNS,
        COLLECT_ANCESTRIES,
        COLLECT_JOBS,
        FILL_JOBS,
        FILL_LOGS,
    ):
        cr.execute(statements)
