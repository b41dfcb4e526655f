# Copyright 2026 Sync Studio contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl.html)
"""A database as ``sync`` 14.0.5.1.1 left it, made by SQL on a real Odoo.

``build`` installs what that version depended on, then adds the tables it had, what
Odoo notes of a module's models, fields and records, and rows as people leave them:
demo projects that were changed and used, copies, jobs, links, logs, roles.
"""

import json

from servers import fresh_database, query

MODULE = "sync"
VERSION = "14.0.5.1.1"
DEPENDENCIES = "base_automation,mail,queue_job"
SHARED_TOKEN = "11111111-aaaa-4000-8000-000000000001"
OTHER_SHARED_TOKEN = "11111111-aaaa-4000-8000-000000000002"
TELEGRAM_TOKEN = "22222222-bbbb-4000-8000-000000000001"

COLUMN_TYPES = {
    "boolean": "boolean",
    "char": "varchar",
    "datetime": "timestamp",
    "integer": "integer",
    "many2one": "integer",
    "selection": "varchar",
    "text": "text",
}
PARAM = """
    key char required
    value char
    description char
    url char
    project_id many2one sync.project cascade
    initial_value char computed
"""
# Model: description, and per field its type, model and what becomes of it on deletion
MODELS = {
    "sync.project": (
        "Sync Project",
        """
        name char required
        active boolean
        eval_context selection
        common_code text
        """,
    ),
    "sync.project.param": ("Project Parameter", PARAM),
    "sync.project.text": (
        "Project Text Parameter",
        PARAM.replace("value char\n", "value text\n", 1),
    ),
    "sync.project.secret": ("Project Secret Parameter", PARAM),
    "sync.task": (
        "Sync Task",
        """
        project_id many2one sync.project cascade
        name char required
        code text
        active boolean
        code_check text computed
        """,
    ),
    "sync.trigger.mixin": (
        "Mixin for trigger models",
        """
        trigger_name char computed
        job_ids one2many sync.job computed
        job_count integer computed
        """,
    ),
    "sync.trigger.cron": (
        "Cron Trigger",
        """
        trigger_name char required
        cron_id many2one ir.cron cascade required
        """,
    ),
    "sync.trigger.automation": (
        "DB Trigger",
        """
        trigger_name char required
        automation_id many2one base.automation cascade required
        """,
    ),
    "sync.trigger.webhook": (
        "Webhook Trigger",
        """
        trigger_name char required
        action_server_id many2one ir.actions.server cascade required
        active boolean
        website_path char
        webhook_type selection
        """,
    ),
    "sync.trigger.button": (
        "Manual Trigger",
        """
        trigger_name char required
        name char
        sync_task_id many2one sync.task cascade
        active boolean
        """,
    ),
    "sync.job": (
        "Sync Job",
        """
        trigger_name char
        trigger_cron_id many2one sync.trigger.cron null
        trigger_automation_id many2one sync.trigger.automation null
        trigger_webhook_id many2one sync.trigger.webhook null
        trigger_button_id many2one sync.trigger.button null
        task_id many2one sync.task null
        parent_job_id many2one sync.job null
        queue_job_id many2one queue.job null
        function char
        project_id many2one sync.project computed
        state selection computed
        in_progress boolean computed
        """,
    ),
    "sync.link": (
        "Resource Links",
        """
        relation char required
        system1 char required
        system2 char required
        ref1 char required
        ref2 char required
        date datetime required
        model char
        """,
    ),
}
ADDED_FIELDS = {
    "ir.logging": "sync_job_id many2one sync.job null",
    "ir.actions.server": "sync_task_id many2one sync.task null",
}
TABLES = {"ir.actions.server": "ir_act_server"}
INDEXES = """
    CREATE UNIQUE INDEX sync_link_refs_uniq_index
        ON sync_link (relation, system1, system2, ref1, ref2);
    CREATE INDEX sync_link_system2_index ON sync_link (system2);
    CREATE INDEX sync_link_model_index ON sync_link (model);
"""
SELECTIONS = {
    ("sync.project", "eval_context"): ["odoo2odoo", "telegram_demo", "trello_github"],
    ("sync.trigger.webhook", "webhook_type"): ["http", "json"],
    ("ir.logging", "type"): ["data_out", "data_in"],
}
CODE = {
    "cron": "env['sync.trigger.cron'].browse(%s).start()",
    "automation": "env['sync.trigger.automation'].browse(%s).sudo().start(records)",
    "webhook": "action = env['sync.trigger.webhook'].browse(%s).start()",
}
TRACEBACK = "Traceback (most recent call last):\n  File…\nOSError: no network"


def build(database):
    """Make ``database`` and return the ids (dict) of the rows that tests ask for."""
    fresh_database(database, DEPENDENCIES, demo=False)
    query(database, "UPDATE res_lang SET active = TRUE WHERE code = 'fr_FR'")
    former = Former(database)
    former.make_module()
    former.make_roles()
    former.make_odoo2odoo()
    former.make_telegram()
    former.make_unittest_project()
    former.make_own_projects()
    former.make_jobs()
    former.make_links()
    return former.ids


def fields(model):
    """Yield name, type, related model and options of the fields of a model."""
    for line in MODELS[model][1].strip().splitlines():
        name, ttype, *options = line.split()
        related = options.pop(0) if ttype in ("many2one", "one2many") else None
        yield name, ttype, related, options


def columns(model):
    """Give the names of the stored fields."""
    return [
        name for name, _t, _r, options in fields(model) if "computed" not in options
    ]


def table(model):
    return TABLES.get(model, model.replace(".", "_"))


class Former:
    """Writes the rows; ``ids`` names those that are needed again."""

    def __init__(self, database):
        self._database = database
        self.ids = {}

    # SQL

    def _run(self, statement, *params):
        return query(self._database, statement, params or None)

    def _insert(self, table_name, xml_id=None, **values):
        """Add a row, and its external id; return the id of the row."""
        stamps = {"create_uid": 1, "write_uid": 1}
        stamps["create_date"] = stamps["write_date"] = "2021-05-04 12:00:00"
        if table_name.startswith("sync_"):
            values = {**stamps, **values}
        statement = "INSERT INTO %s (%s) VALUES (%s) RETURNING id" % (
            table_name,
            ", ".join('"%s"' % name for name in values),
            ", ".join(["%s"] * len(values)),
        )
        ((row_id,),) = self._run(statement, *values.values())
        if xml_id:
            self._name(xml_id, table_name.replace("_", "."), row_id, noupdate=True)
        return row_id

    def _name(self, xml_id, model, row_id, noupdate=False):
        """Note an external id of the module."""
        self._insert(
            "ir_model_data",
            module=MODULE,
            name=xml_id,
            model=model,
            res_id=row_id,
            noupdate=noupdate,
        )

    def _ref(self, xml_id):
        module, name = xml_id.split(".")
        statement = "SELECT res_id FROM ir_model_data WHERE module = %s AND name = %s"
        ((row_id,),) = self._run(statement, module, name)
        return row_id

    # The module

    def make_module(self):
        """Add tables and columns, and what Odoo notes of them."""
        self._run(
            "UPDATE ir_module_module SET state = 'installed', latest_version = %s,"
            " demo = TRUE WHERE name = %s",
            VERSION,
            MODULE,
        )
        self._run("UPDATE ir_module_module SET demo = TRUE WHERE state = 'installed'")
        for model in MODELS:
            if columns(model):
                self._run(
                    'CREATE TABLE "%s" (id serial PRIMARY KEY, create_uid integer,'
                    " create_date timestamp, write_uid integer, write_date timestamp)"
                    % table(model)
                )
        for model, (description, _fields) in MODELS.items():
            model_id = self._insert(
                "ir_model", name=description, model=model, order="id", state="base"
            )
            self._name("model_%s" % model.replace(".", "_"), "ir.model", model_id)
            for field in fields(model):
                self._make_field(model, *field)
        for model, line in ADDED_FIELDS.items():
            name, ttype, related, *options = line.split()
            self._make_field(model, name, ttype, related, options)
        for (model, field), values in SELECTIONS.items():
            for value in values:
                self._make_selection(model, field, value)
        for kind in ("param", "text", "secret"):
            name = "sync_project_%s" % kind
            constraint = (name, name + "_key_uniq")
            self._run(
                "ALTER TABLE %s ADD CONSTRAINT %s UNIQUE (project_id, key)" % constraint
            )
        self._run(INDEXES)
        self._make_screens()

    def _make_field(self, model, name, ttype, related, options):
        statement = "SELECT id FROM ir_model WHERE model = %s"
        ((model_id,),) = self._run(statement, model)
        stored = "computed" not in options
        field_id = self._insert(
            "ir_model_fields",
            name=name,
            model=model,
            model_id=model_id,
            field_description=name,
            ttype=ttype,
            relation=related,
            required="required" in options,
            store=stored,
            state="base",
        )
        self._name(
            "field_%s__%s" % (model.replace(".", "_"), name),
            "ir.model.fields",
            field_id,
        )
        if stored:
            self._make_column(table(model), name, COLUMN_TYPES[ttype], related, options)

    def _make_column(self, table_name, name, column_type, related, options):
        definition = "%s %s" % (name, column_type)
        if "required" in options:
            definition += " NOT NULL"
        if related:
            action = "CASCADE" if "cascade" in options else "SET NULL"
            constraint = "%s_%s_fkey" % (table_name, name)
            definition += " CONSTRAINT %s REFERENCES %s ON DELETE %s" % (
                constraint,
                table(related),
                action,
            )
        self._run("ALTER TABLE %s ADD COLUMN %s" % (table_name, definition))

    def _make_selection(self, model, field, value):
        statement = "SELECT id FROM ir_model_fields WHERE model = %s AND name = %s"
        ((field_id,),) = self._run(statement, model, field)
        selection_id = self._insert(
            "ir_model_fields_selection",
            field_id=field_id,
            value=value,
            name=value,
            sequence=9,
        )
        name = "selection__%s__%s__%s" % (model.replace(".", "_"), field, value)
        self._name(name, "ir.model.fields.selection", selection_id)

    def _make_screens(self):
        """Some of the views, menus and rights, which an upgrade replaces."""
        view_id = self._insert(
            "ir_ui_view",
            name="sync.project.form",
            model="sync.project",
            type="form",
            mode="primary",
            priority=16,
            active=True,
            arch_db="<form><field name='name'/><field name='active'/></form>",
        )
        self._name("sync_project_view_form", "ir.ui.view", view_id)
        action_id = self._insert(
            "ir_act_window",
            name="Sync Projects",
            type="ir.actions.act_window",
            res_model="sync.project",
            view_mode="tree,form",
            target="current",
            context="{}",
            binding_type="action",
        )
        self._name("sync_project_action", "ir.actions.act_window", action_id)
        menu_id = self._insert("ir_ui_menu", name="Sync Studio", active=True)
        self._name("sync_menu", "ir.ui.menu", menu_id)
        child_id = self._insert(
            "ir_ui_menu",
            name="Sync Projects",
            active=True,
            parent_id=menu_id,
            action="ir.actions.act_window,%s" % action_id,
        )
        self._name("sync_project_menu_action", "ir.ui.menu", child_id)
        function_id = self._insert(
            "queue_job_function",
            name="<sync.task>.run",
            model_id=self._ref("sync.model_sync_task"),
            method="run",
            channel_id=self._ref("queue_job.channel_root"),
            retry_pattern="{1: 300, 2: 900, 3: 3600, 4: 10800}",
        )
        self._name("queue_job_function_task_run", "queue.job.function", function_id)
        self.ids["function"] = function_id
        self._insert(
            "ir_config_parameter", key="sync.export_project.author_name", value="Me"
        )

    def make_roles(self):
        """Add the groups, and people who have them."""
        category_id = self._insert("ir_module_category", name="Sync Studio")
        self._name("module_category_sync", "ir.module.category", category_id)
        below = self._ref("base.group_user")
        groups = []
        for role in ("user", "dev", "manager"):
            group_id = self._insert("res_groups", name=role, category_id=category_id)
            self._name("sync_group_%s" % role, "res.groups", group_id)
            self._imply(group_id, below)
            groups.append(group_id)
            below = group_id
        self._imply(self._ref("base.group_system"), groups[2])
        access_id = self._insert(
            "ir_model_access",
            name="sync.project user",
            model_id=self._ref("sync.model_sync_project"),
            group_id=groups[0],
            active=True,
            perm_read=True,
        )
        self._name("access_sync_project_user", "ir.model.access", access_id)
        for user in ("base.user_root", "base.user_admin", "base.default_user"):
            self._join(self._ref(user), groups)
        self._join(self._make_user("reader"), groups[:1])
        self._join(self._make_user("developer"), groups[:2])

    def _imply(self, group_id, implied_id):
        self._run(
            "INSERT INTO res_groups_implied_rel (gid, hid) VALUES (%s, %s)",
            group_id,
            implied_id,
        )

    def _join(self, user_id, group_ids):
        for group_id in group_ids:
            self._run(
                "INSERT INTO res_groups_users_rel (gid, uid) VALUES (%s, %s)",
                group_id,
                user_id,
            )

    def _make_user(self, login):
        partner_id = self._insert(
            "res_partner", name=login, display_name=login, active=True, lang="en_US"
        )
        user_id = self._insert(
            "res_users",
            login=login,
            password=login,
            active=True,
            partner_id=partner_id,
            company_id=1,
            notification_type="email",
        )
        self._run(
            "INSERT INTO res_company_users_rel (cid, user_id) VALUES (1, %s)", user_id
        )
        self._join(user_id, [self._ref("base.group_user")])
        self.ids[login] = user_id
        return user_id

    # Projects and what belongs to them

    def _project(self, name, xml_id=None, active=True, **values):
        return self._insert("sync_project", xml_id, name=name, active=active, **values)

    def _value(self, kind, project_id, key, value, xml_id=None, french=None):
        """Add a param, text or secret."""
        table_name = "sync_project_%s" % kind
        row_id = self._insert(
            table_name,
            xml_id,
            project_id=project_id,
            key=key,
            value=value,
            description="About %s" % key,
        )
        model = "sync.project.%s" % kind
        self._translate(model + ",description", row_id, "About %s" % key, "Sur " + key)
        if french:
            self._translate(model + ",value", row_id, value, french)
        return row_id

    def _translate(self, name, row_id, source, french):
        self._insert(
            "ir_translation",
            name=name,
            res_id=row_id,
            lang="fr_FR",
            type="model",
            src=source,
            value=french,
            module=MODULE,
            state="translated",
        )

    def _task(self, project_id, name, code, xml_id=None, active=True):
        return self._insert(
            "sync_task",
            xml_id,
            project_id=project_id,
            name=name,
            code=code,
            active=active,
        )

    def _action(self, task_id, name, usage, model):
        return self._insert(
            "ir_act_server",
            name=name,
            type="ir.actions.server",
            usage=usage,
            state="code",
            binding_type="action",
            activity_user_type="specific",
            model_id=self._ref(model),
            model_name=model.split("model_")[1].replace("_", "."),
            sync_task_id=task_id,
        )

    def _set_code(self, kind, action_id, trigger_id):
        self._run(
            "UPDATE ir_act_server SET code = %s WHERE id = %s",
            CODE[kind] % trigger_id,
            action_id,
        )

    def _cron(self, task_id, trigger_name, minutes, xml_id=None, user_id=1):
        action_id = self._action(
            task_id, "Sync Studio: cron", "ir_cron", "base.model_res_partner"
        )
        cron_id = self._insert(
            "ir_cron",
            ir_actions_server_id=action_id,
            cron_name="Sync Studio: cron",
            user_id=user_id,
            active=True,
            interval_number=minutes,
            interval_type="minutes",
            numbercall=41,
            doall=True,
            nextcall="2199-01-01 00:00:00",
            priority=3,
        )
        trigger_id = self._insert(
            "sync_trigger_cron", xml_id, trigger_name=trigger_name, cron_id=cron_id
        )
        if xml_id:
            self._name(xml_id + "_ir_cron", "ir.cron", cron_id, noupdate=True)
        self._set_code("cron", action_id, trigger_id)
        return trigger_id

    def _automation(
        self,
        task_id,
        trigger_name,
        xml_id=None,
        model="base.model_res_partner",
        domain="[('name', 'like', 'watched')]",
    ):
        action_id = self._action(task_id, "Sync Studio: db", "base_automation", model)
        automation_id = self._insert(
            "base_automation",
            action_server_id=action_id,
            active=True,
            trigger="on_create",
            filter_domain=domain,
        )
        trigger_id = self._insert(
            "sync_trigger_automation",
            xml_id,
            trigger_name=trigger_name,
            automation_id=automation_id,
        )
        if xml_id:
            name = xml_id + "_base_automation"
            self._name(name, "base.automation", automation_id, noupdate=True)
        self._set_code("automation", action_id, trigger_id)
        return trigger_id

    def _webhook(
        self, task_id, trigger_name, token, kind="json", xml_id=None, active=True
    ):
        action_id = self._action(
            task_id, trigger_name, "ir_actions_server", "base.model_res_partner"
        )
        trigger_id = self._insert(
            "sync_trigger_webhook",
            xml_id,
            trigger_name=trigger_name,
            action_server_id=action_id,
            active=active,
            website_path=token,
            webhook_type=kind,
        )
        if xml_id:
            name = xml_id + "_ir_actions_server"
            self._name(name, "ir.actions.server", action_id, noupdate=True)
        self._set_code("webhook", action_id, trigger_id)
        return trigger_id

    def make_odoo2odoo(self):
        """A demo in use: renamed, its code and schedule changed, its button removed."""
        project_id = self._project(
            "Our second Odoo",
            "odoo2odoo_project",
            eval_context="odoo2odoo",
            common_code="PARTNER_REL = 'ours'",
        )
        for key, value in (("url", "https://erp.example.com"), ("DB", "erp")):
            xml_id = "odoo2odoo_project_param_%s" % key
            self._value("param", project_id, key.upper(), value, xml_id)
        for key in ("USERNAME", "PASSWORD"):
            xml_id = "odoo2odoo_project_secret_%s" % key.lower()
            self._value("secret", project_id, key, "Secret of " + key, xml_id)
        self._value(
            "text",
            project_id,
            "UPLOAD_ALL_PARTNER_PREFIX",
            "From the shop:",
            "odoo2odoo_project_param_prefix",
            french="De la boutique :",
        )
        task_id = self._task(
            project_id,
            "Our push",
            "def handle_db(records):\n    log('ours %s' % len(records))\n",
            "odoo2odoo_task_local2remote",
        )
        self._automation(
            task_id, "LOCAL_PARTNER_CREATED", "odoo2odoo_trigger_automation"
        )
        pull_id = self._task(
            project_id,
            "Our pull",
            "def handle_cron():\n    log(type2str(odoo_execute_kw))\n",
            "odoo2odoo_task_remote2local",
        )
        trigger_id = self._cron(
            pull_id, "CHECK_EXTERNAL_ODOO", 7, "odoo2odoo_trigger_cron"
        )
        self._insert(  # somebody used the name of a record of the demo
            "ir_model_data",
            module="sync_odoo2odoo_demo",
            name="odoo2odoo_project_param_DB",
            model="res.partner",
            res_id=1,
            noupdate=True,
        )
        self.ids.update(odoo2odoo=project_id, pull=pull_id, odoo2odoo_cron=trigger_id)

    def make_telegram(self):
        """An untouched demo, of a version that had a param where texts came later."""
        project_id = self._project(
            "Demo Telegram Integration",
            "telegram_project",
            active=False,
            eval_context="telegram_demo",
        )
        self._value(
            "param",
            project_id,
            "PARTNER_NAME_PREFIX",
            "TG:",
            "telegram_project_param_prefix",
        )
        self._value(
            "secret",
            project_id,
            "TELEGRAM_BOT_TOKEN",
            "123:ABC",
            "telegram_project_secret",
        )
        task_id = self._task(
            project_id,
            "Process Telegram Messages",
            "def handle_webhook(httprequest):\n    return 'seen'\n",
            "telegram_task_tele2odoo",
        )
        self._webhook(
            task_id, "TELEGRAM", TELEGRAM_TOKEN, xml_id="telegram_trigger_webhook"
        )
        send_id = self._task(
            project_id,
            "Send response via Odoo",
            "def handle_db(records):\n    pass\n",
            "telegram_task_odoo2tele",
        )
        self._automation(
            send_id,
            "ON_MESSAGE_POSTED",
            "telegram_trigger_automation",
            "mail.model_mail_message",
            "[('model', '=', 'res.partner'), ('body', 'ilike', '/telegram')]",
        )
        self._run(  # somebody wanted upgrades to reset its description
            "UPDATE ir_model_data SET noupdate = FALSE"
            " WHERE name = 'telegram_project_secret'"
        )
        self.ids["telegram"] = project_id

    def make_unittest_project(self):
        project_id = self._project("Project For Unittests", "test_project", False)
        key, relation = "PARTNER_RELATION", "our_relation"
        self._value("param", project_id, key, relation, "test_project_param")
        task_id = self._task(project_id, "Test", "", "test_task")
        self._automation(task_id, "ON_PARTNER_CREATED", "test_trigger_automation")

    def make_own_projects(self):
        """A project that people made, and its copy with the same tokens."""
        project_id = self._project("Shop", common_code="GREETING = 'Hello'")
        self._value("text", project_id, "WELCOME", "Welcome!", french="Bienvenue !")
        self._value("secret", project_id, "API_KEY", "k3y")
        task_id = self._task(
            project_id,
            "Orders",
            "def handle_webhook(httprequest):\n"
            "    return '%s %s' % (GREETING, texts.WELCOME)\n"
            "def handle_db(records):\n"
            "    log('created %s' % records.mapped('name'))\n"
            "def handle_cron():\n"
            "    log('cron of %s' % user.login)\n"
            "def add_up(numbers, factor=1):\n"
            "    log('sum %s' % (sum(numbers) * factor))\n",
        )
        archived_id = self._task(project_id, "Old", "", active=False)
        hook_id = self._webhook(task_id, "ORDER", SHARED_TOKEN, "http")
        cron_id = self._cron(task_id, "HOURLY", 60, user_id=self.ids["developer"])
        automation_id = self._automation(task_id, "PARTNER")
        self._automation(None, "WITHOUT_TASK")
        button_id = self._insert(
            "sync_trigger_button",
            trigger_name="PUSH",
            name="Push all",
            sync_task_id=task_id,
            active=True,
        )
        asleep_id = self._webhook(
            archived_id, "ASLEEP", OTHER_SHARED_TOKEN, active=False
        )
        copy_id = self._project("Shop (copy)", active=False)
        copied_id = self._task(copy_id, "Orders", "")
        copied_hook_id = self._webhook(copied_id, "ORDER", SHARED_TOKEN, "http")
        awake_id = self._webhook(task_id, "AWAKE", OTHER_SHARED_TOKEN)
        empty_id = self._webhook(task_id, "EMPTY", None)
        self.ids.update(
            shop=project_id,
            shop_copy=copy_id,
            task=task_id,
            hook=hook_id,
            copied_hook=copied_hook_id,
            asleep=asleep_id,
            awake=awake_id,
            empty=empty_id,
            cron=cron_id,
            automation=automation_id,
            button=button_id,
        )

    # Jobs, logs and links

    def make_jobs(self):
        """Jobs of all kinds of ends, and one that waits in the queue."""
        ids = self.ids
        done = self._job("done", self._queue_job("done"), trigger_cron_id=ids["cron"])
        self._lines(done, ("info", "Started"), ("info", "Job finished"))
        self._job("clicked", trigger_button_id=ids["button"])
        failed = self._job("crashed", trigger_button_id=ids["button"])
        self._lines(failed, ("info", "Before"), ("critical", TRACEBACK))
        warned = self._job("warned", self._queue_job("done"))
        self._lines(warned, ("warning", "Careful"), ("info", "Job finished"))
        faulty = self._job("faulty", self._queue_job("done"))
        self._lines(faulty, ("error", "Not good"), ("info", "Job finished"))
        again = self._job("again", self._queue_job("done"))
        self._lines(
            again,
            ("critical", TRACEBACK),
            ("info", "Second try"),
            ("info", "Job finished"),
        )
        self._job("cancelled", self._queue_job("cancelled"))
        parent = self._job("parent", self._queue_job("done"))
        child = self._job("child", self._queue_job("done"), parent_job_id=parent)
        grandchild = self._job(
            "grandchild", self._queue_job("failed"), parent_job_id=child
        )
        self._lines(grandchild, ("critical", TRACEBACK))
        waiting = self._job("waiting", function="add_up")
        arguments = [self._stored("sync.job", waiting), "add_up", [[1, 2, 3]]]
        arguments.append({"factor": 7})
        self._run(
            "UPDATE sync_job SET queue_job_id = %s WHERE id = %s",
            self._queue_job("pending", arguments),
            waiting,
        )

    def _job(self, name, queue_job_id=None, function="handle_cron", **values):
        job_id = self._insert(
            "sync_job",
            trigger_name=name,
            task_id=self.ids["task"],
            queue_job_id=queue_job_id,
            function=function,
            **values,
        )
        self.ids[name] = job_id
        return job_id

    def _stored(self, model, row_id):
        """Give a record as the queue stores it."""
        return {
            "_type": "odoo_recordset",
            "model": model,
            "ids": [row_id],
            "uid": 1,
            "su": True,
        }

    def _queue_job(self, state, arguments=()):
        ended = "2021-05-04 12:00:09"
        self.ids["queue_jobs"] = number = self.ids.get("queue_jobs", 0) + 1
        return self._insert(
            "queue_job",
            uuid="33333333-cccc-4000-8000-%012d" % number,
            name="sync.task.run",
            model_name="sync.task",
            method_name="run",
            user_id=1,
            company_id=1,
            records=json.dumps(self._stored("sync.task", self.ids["task"])),
            args=json.dumps(arguments),
            kwargs=json.dumps({"raise_on_error": True}),
            state=state,
            priority=10,
            retry=0,
            max_retries=5,
            channel="root",
            channel_method_name="<sync.task>.run",
            job_function_id=self.ids["function"],
            date_created="2021-05-04 12:00:00",
            date_started=None if state == "pending" else "2021-05-04 12:00:05",
            date_done=ended if state == "done" else None,
            date_cancelled=ended if state == "cancelled" else None,
        )

    def _lines(self, job_id, *lines):
        for level, message in lines:
            self._insert(
                "ir_logging",
                create_uid=1,
                create_date="2021-05-04 12:00:07",
                name="Log",
                type="server",
                dbname="former",
                level=level,
                message=message,
                path="sync.job",
                func="handle_cron",
                line=str(job_id),
                sync_job_id=job_id,
            )

    def make_links(self):
        odoo = {"system1": "__external__", "system2": "__odoo__"}
        both = {"system1": "github", "system2": "trello"}
        for ref in ("x1", "x2"):
            values = dict(odoo, ref1=ref, ref2=ref[1], model="res.partner")
            self._link("odoo2odoo_partner", values)
        self._link("TRELLO_GITHUB_ISSUES_REL", dict(both, ref1="17", ref2="5f3a"))

    def _link(self, relation, values):
        values["date"] = "2021-05-04 12:00:00"
        self._insert("sync_link", relation=relation, **values)
