# Copyright 2026 Sync Studio contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl.html)
"""Projects: what an integration consists of, and the names its code starts with."""

from inspect import getdoc

from odoo import _, api, fields, models
from odoo.exceptions import ValidationError
from odoo.tools.misc import frozendict

from .. import eval_context, sandbox
from ..exceptions import SyncError

# Addons import it from here.
from ..tools import AttrDict  # noqa: F401 pylint: disable=unused-import
from ..user_code import user_code
from .code_check import check_code
from .counting import COUNT_TRACES, set_counts

EVAL_CONTEXT_PREFIX = "_eval_context_"


# A link belongs to the projects that name its relation: in quotes in their code, or as
# the value of a param.
RELATIONS = """
    SELECT code.project_id, COALESCE(found[1], found[2]) AS relation
      FROM (
        SELECT id AS project_id, common_code AS text FROM sync_project
        UNION ALL
        SELECT project_id, code FROM sync_task
      ) AS code,
           regexp_matches(code.text, '"([^"\\n]+)"|''([^''\\n]+)''', 'g') AS found
     WHERE code.project_id = ANY(%(ids)s)
     UNION
    SELECT project_id, value FROM sync_project_param
     WHERE project_id = ANY(%(ids)s) AND value != ''
"""
# What belongs to projects, by kind, in one query. Whether a trigger is active says what
# it delegates to.
COUNT_PARTS = (
    """
    SELECT task.project_id, part.kind, count(*)
      FROM (
        SELECT id AS task_id, 'task' AS kind, TRUE AS active FROM sync_task
        UNION ALL
        SELECT action.sync_task_id, 'trigger_cron', schedule.active
          FROM sync_trigger_cron cron
          JOIN ir_cron schedule ON schedule.id = cron.cron_id
          JOIN ir_act_server action ON action.id = schedule.ir_actions_server_id
        UNION ALL
        SELECT action.sync_task_id, 'trigger_automation', rule.active
          FROM sync_trigger_automation automation
          JOIN base_automation rule ON rule.id = automation.automation_id
          JOIN ir_act_server action ON action.id = rule.action_server_id
        UNION ALL
        SELECT action.sync_task_id, 'trigger_webhook', webhook.active
          FROM sync_trigger_webhook webhook
          JOIN ir_act_server action ON action.id = webhook.action_server_id
        UNION ALL
        SELECT sync_task_id, 'trigger_button', active FROM sync_trigger_button
      ) AS part
      JOIN sync_task task ON task.id = part.task_id
     WHERE task.project_id = ANY(%(ids)s) AND (part.active OR %(archived)s)
     GROUP BY task.project_id, part.kind
     UNION ALL
"""
    + COUNT_TRACES.format(field="project_id")
    + """
     UNION ALL
    SELECT named.project_id, 'link', count(*)
      FROM ("""
    + RELATIONS
    + """) AS named
      JOIN sync_link link ON (link.relation || '') = named.relation
     GROUP BY named.project_id
"""
)
PARTS = (
    "task",
    "trigger_cron",
    "trigger_automation",
    "trigger_webhook",
    "trigger_button",
    "job",
    "log",
    "delivery",
    "link",
)


def keep_project(projects):
    """What the uninstallation of a module does to projects that use its context.

    For ``ondelete`` of the module's ``selection_add``. They stay with all their code,
    values and links. The context must go, because it could not be copied or saved any
    more; archived, their triggers do not start jobs that must fail.
    """
    projects.write({"eval_context": False, "active": False})


class SyncProject(models.Model):
    _name = "sync.project"
    _description = "Sync Project"

    name = fields.Char(required=True)
    active = fields.Boolean(
        default=False, help="An archived project runs nothing but its buttons"
    )
    description = fields.Text(
        help="What the project does; becomes the README of an exported module"
    )
    eval_context = fields.Selection(
        [],
        "Evaluation context",
        help="Names that a module adds for the code of this project",
    )
    eval_context_description = fields.Text(compute="_compute_eval_context_description")
    common_code = fields.Text()
    common_code_check = fields.Text(
        "Syntax check", compute="_compute_common_code_check"
    )
    common_code_check_line = fields.Integer(
        compute="_compute_common_code_check", help="Line of the syntax problem"
    )
    param_ids = fields.One2many("sync.project.param", "project_id", copy=True)
    text_param_ids = fields.One2many("sync.project.text", "project_id", copy=True)
    secret_ids = fields.One2many("sync.project.secret", "project_id", copy=True)
    task_ids = fields.One2many("sync.task", "project_id", copy=True)
    task_count = fields.Integer(compute="_compute_part_counts")
    trigger_cron_count = fields.Integer(
        compute="_compute_part_counts", help="Crons of the tasks"
    )
    trigger_automation_count = fields.Integer(
        compute="_compute_part_counts", help="DB triggers of the tasks"
    )
    trigger_webhook_count = fields.Integer(
        compute="_compute_part_counts", help="Webhooks of the tasks"
    )
    trigger_button_count = fields.Integer(
        compute="_compute_part_counts", help="Manual triggers"
    )
    trigger_button_ids = fields.Many2many(
        "sync.trigger.button",
        compute="_compute_trigger_button_ids",
        context={"active_test": False},  # what was found is not filtered again
    )
    job_ids = fields.One2many("sync.job", "project_id")
    job_count = fields.Integer(compute="_compute_part_counts")
    log_ids = fields.One2many("ir.logging", "sync_project_id")
    log_count = fields.Integer(compute="_compute_part_counts")
    delivery_ids = fields.One2many("sync.webhook.delivery", "project_id")
    delivery_count = fields.Integer(
        compute="_compute_part_counts", help="Requests that came to the webhooks"
    )

    link_count = fields.Integer(
        compute="_compute_part_counts",
        help="Links of the relations that the code or a param names",
    )

    @api.depends("eval_context")
    def _compute_eval_context_description(self):
        for project in self:
            method = project._eval_context_method()
            project.eval_context_description = (method and getdoc(method)) or ""

    @api.depends("task_ids")
    def _compute_part_counts(self):
        """Count what belongs to projects; of triggers what the context lets one see."""
        archived = not self.env.context.get("active_test", True)
        set_counts(self, COUNT_PARTS, PARTS, archived=archived)

    @api.depends("task_ids.button_ids")
    def _compute_trigger_button_ids(self):
        """Find the buttons of archived tasks too: they run."""
        buttons = self.env["sync.trigger.button"]
        for project in self:
            project.trigger_button_ids = buttons.search(
                [("sync_task_id.project_id", "=", project._origin.id)]
            )

    @api.depends("common_code")
    def _compute_common_code_check(self):
        check_code(self, "common_code")

    @api.constrains("common_code")
    def _check_python_code(self):
        for project in self:
            problem = sandbox.check(project.common_code)
            if problem:
                raise ValidationError(
                    _('Common code of project "%s": %s') % (project.name, problem)
                )

    def copy(self, default=None):
        default = dict(default or {}, active=False)
        # Archived tasks and triggers belong to the project too.
        project = self.with_context(active_test=False)
        return super(SyncProject, project).copy(default).with_env(self.env)

    def unlink(self):
        self.with_context(active_test=False).task_ids.unlink()
        return super().unlink()

    def action_open_links(self):
        """Show the links that are counted."""
        self.ensure_one()
        self.flush()
        self.env.cr.execute(RELATIONS, {"ids": self.ids})
        relations = sorted({relation for _id, relation in self.env.cr.fetchall()})
        action = self.env["ir.actions.actions"]._for_xml_id("sync.sync_link_action")
        return dict(action, domain=[("relation", "in", relations)])

    # Running code

    def _load_task(self, run):
        """Load common code and the code of the task of a run.

        :return: the names (dict) that task code sees, its own functions included
        """
        names = self._get_eval_context(run)
        common_names = dict(names)
        project, task = self.sudo(), run.task.sudo()
        with user_code():
            sandbox.load(
                project.common_code,
                common_names,
                _("<%s: common code>") % project.name,
            )
            task_names = {**names, **_public(common_names)}
            sandbox.load(task.code, task_names, "<%s: %s>" % (project.name, task.name))
        # Helpers of common code may use what the task defines, as in one module.
        common_names.update(_public(task_names))
        return task_names

    def _get_eval_context(self, run):
        """Give the names (dict) that common code starts with."""
        names = eval_context.build(run)
        method = self.with_env(run.env)._eval_context_method()
        if method:
            names.update(method(run.values.secrets, frozendict(names)) or {})
        elif self.sudo().eval_context:
            raise SyncError(
                _(
                    'Project "%s" uses the evaluation context "%s", but no installed '
                    "module provides it. Install that module, or choose another "
                    "evaluation context in the project."
                )
                % (self.sudo().name, self.sudo().eval_context)
            )
        return names

    def _eval_context_method(self):
        """Give the method that makes the additional names, or None."""
        value = self.sudo().eval_context
        return getattr(self, EVAL_CONTEXT_PREFIX + value, None) if value else None


def _public(names):
    """Leave out what is private to the code that defines it, and to the sandbox."""
    return {
        name: value for name, value in names.items() if not name.startswith(("_", "@"))
    }
