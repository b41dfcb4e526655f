# Copyright 2026 Sync Studio contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl.html)
"""Projects travel: export, installation by Odoo's own loader, import, export again."""

import ast
import base64
import io
import json
import zipfile
from tempfile import NamedTemporaryFile

from odoo.exceptions import AccessError, UserError
from odoo.tools import convert_xml_import

from .common import SyncCase

MODULE = "sync_travel"
EVERY_CODE = "def handle_cron():\n\tlog('\"]]>&<é€😀' % 1)\r\n# ]]> \x0b\n"


class TransferCase(SyncCase):
    def make_whole_project(self):
        """Make a project with everything that travels."""
        country = self.env.ref("base.field_res_partner__country_id")
        date = self.env.ref("base.field_res_partner__date")
        project = self.make_project(
            name='Tést "project" & <co> -- 你好',
            description="What it does\n\nAnd how.",
            common_code="TOP = 1\n",
            active=True,
            param_ids=[
                (0, 0, {"key": "URL", "value": " https://a?b&c ", "url": 'it\'s "x"'}),
                (0, 0, {"key": "url", "optional": True}),
            ],
            text_param_ids=[(0, 0, {"key": "HELLO", "value": "Hello\n  all"})],
            secret_ids=[(0, 0, {"key": "TOKEN", "value": "s3cr3t"})],
        )
        for lang, value in (("fr_FR", "Bonjour"), ("de_DE", "Hallo")):
            values = {lang: {"value": value, "description": value.upper()}}
            project.text_param_ids.translations = json.dumps(values)
        project.secret_ids.description = "From the settings"
        for active in (True, False):
            task = self.make_task(EVERY_CODE, project, name="Twice", active=active)
            self.make_trigger("button", task, name="Push", active=active)
            self.make_trigger(
                "cron",
                task,
                interval_number=0,
                interval_type="hours",
                numbercall=3,
                doall=True,
                priority=9,
                active=active,
            )
            self.make_trigger(
                "automation",
                task,
                model_id=self.env["ir.model"]._get("res.partner").id,
                trigger="on_write",
                filter_pre_domain="[('name', '=', '<\"')]",
                filter_domain="[]",
                trigger_field_ids=[(6, 0, (country | date).ids)],
            )
            self.make_trigger(
                "automation",
                task,
                trigger_name="LATER",
                model_id=self.env["ir.model"]._get("res.partner").id,
                trigger="on_time",
                trg_date_id=date.id,
                trg_date_range=-3,
                trg_date_range_type="hour",
                name="A name of its own",
            )
            self.make_trigger(
                "webhook",
                task,
                webhook_type="http",
                mode="queued",
                verification="hmac",
                secret_key="TOKEN",
                signature_header="X-Sign",
                duplicates="path",
                duplicate_path="event.id",
                rate_limit=0,
                sample_body="{}",
            )
        return project

    def export(self, project, module=MODULE):
        """Return the data file and the zip file (bytes)."""
        wizard = self.env["sync.make.module"].create(
            {
                "project_id": project.id,
                "module": module,
                "author_name": "Me -- myself",
                "author_url": "https://example.com",
                "copyright_years": "2026",
                "license_line": "License LGPL-3.0",
            }
        )
        wizard.with_user(self.developer).act_makefile()
        return base64.b64decode(wizard.data), base64.b64decode(wizard.zip_data)

    def forget(self, project, module=MODULE):
        """Delete a project with its XML ids, as if the database had never seen it."""
        project.unlink()
        data = self.env["ir.model.data"]
        data.search([("module", "=", module)]).unlink()
        self.env.cache.invalidate()

    def install(self, content, module=MODULE):
        """Load a data file as Odoo does when it installs a module; return its project."""
        with NamedTemporaryFile(suffix=".xml") as file:
            file.write(content)
            file.seek(0)
            convert_xml_import(self.env.cr, module, file, {}, "init", False)
        self.env.cache.invalidate()
        return self.project_of(module)

    def project_of(self, module=MODULE):
        data = self.env["ir.model.data"].search(
            [("module", "=", module), ("model", "=", "sync.project")]
        )
        return self.env["sync.project"].browse(data.res_id)

    def upload(self, content, user=None, module=False, name="file"):
        """Return the import wizard with its preview."""
        wizard = self.env["sync.import.project"].with_user(user or self.manager)
        wizard = wizard.create(
            {
                "file": base64.b64encode(content),
                "file_name": name,
                "module": module,
            }
        )
        wizard.action_preview()
        return wizard


class TestExport(TransferCase):
    def test_export_install_export_gives_the_same(self):
        project = self.make_whole_project()
        data, archive = self.export(project)
        self.forget(project)
        project = self.install(data)
        self.assertFalse(project.active)
        self.assertFalse(project.secret_ids.is_set)
        self.assertEqual(self.export(project), (data, archive))

    def test_export_import_export_gives_the_same(self):
        project = self.make_whole_project()
        data, archive = self.export(project)
        for content in (data, archive):
            self.forget(project)
            self.upload(content, module=MODULE).action_import()
            project = self.project_of()
            self.assertEqual(self.export(project), (data, archive))

    def test_what_belongs_to_one_database_stays(self):
        project = self.make_whole_project()
        data, archive = self.export(project)
        webhook = project.task_ids.webhook_ids
        for content in (data, b"".join(contents(archive).values())):
            for word in ("s3cr3t", webhook.website_path, "nextcall", "user_id"):
                self.assertNotIn(word.encode(), content)

    def test_names_may_change_and_repeat(self):
        project = self.make_whole_project()
        first, _archive = self.export(project)
        project.name = "Renamed"
        project.with_context(active_test=False).task_ids.write({"name": "Also"})
        second, _archive = self.export(project)
        self.assertEqual(ids(first), ids(second))
        other, _archive = self.export(self.make_whole_project())
        self.assertFalse(ids(first) & ids(other))

    def test_export_protects_from_upgrades(self):
        """An upgrade deletes what has an XML id of the module and is not in its files."""
        project = self.make_whole_project()
        self.export(project)
        data = self.env["ir.model.data"].search([("module", "=", MODULE)])
        self.assertTrue(all(data.mapped("noupdate")))
        data.write({"noupdate": False})  # as former versions did
        self.export(project)
        self.assertTrue(all(data.mapped("noupdate")))

    def test_module(self):
        project = self.make_whole_project()
        project.task_ids.code = 'env["sync.job"], env.ref("base_automation.x")'
        files = contents(self.export(project)[1])
        self.assertEqual({path.split("/")[0] for path in files}, {MODULE})
        manifest = ast.literal_eval(files[MODULE + "/__manifest__.py"].decode())
        self.assertEqual(manifest["depends"], ["sync"])
        self.assertEqual(manifest["name"], project.name)
        self.assertEqual(manifest["license"], "LGPL-3")
        self.assertIn(b"And how.", files[MODULE + "/README.rst"])
        self.assertEqual(files[MODULE + "/tasks/common_code.py"], b"TOP = 1\n")
        self.assertIn(MODULE + "/static/description/icon.png", files)
        for path, content in files.items():
            if path.endswith(".py") and "/tasks/" not in path:
                compile(content, path, "exec")

    def test_a_project_goes_into_its_own_module_again(self):
        project, other = self.make_whole_project(), self.make_project()
        self.export(project)
        self.export(other, "sync_other")
        for exported, module in ((project, MODULE), (other, "sync_other")):
            wizard = self.env["sync.make.module"].with_context(
                default_project_id=exported.id
            )
            self.assertEqual(wizard.default_get(["module"])["module"], module)

    def test_users_export_nothing(self):
        project = self.make_project()
        values = {"project_id": project.id, "author_name": "x", "module": MODULE}
        with self.assertRaises(AccessError):
            self.env["sync.make.module"].with_user(self.user).create(values)


class TestImport(TransferCase):
    def test_preview_tells_what_happens(self):
        project = self.make_whole_project()
        data, _archive = self.export(project)
        wizard = self.upload(data, module=MODULE)
        self.assertEqual((wizard.create_count, wizard.change_count), (0, 0))
        project.task_ids.code = "x = 1"
        project.param_ids[0].unlink()
        wizard = self.upload(data, module=MODULE)
        changed = wizard.line_ids.filtered(lambda line: line.action == "change")
        self.assertEqual(
            changed.mapped(lambda line: (line.name, line.changes)), [("Twice", "Code")]
        )
        self.assertEqual(project.task_ids.code, "x = 1")
        wizard.action_import()
        self.assertEqual(project.task_ids.code, EVERY_CODE)

    def test_values_that_are_set_stay(self):
        project = self.make_whole_project()
        data, _archive = self.export(project)
        project.param_ids[0].value = "mine"
        project.text_param_ids.value = "my text"
        wizard = self.upload(data, module=MODULE)
        self.assertEqual((wizard.create_count, wizard.change_count), (0, 0))
        wizard.action_import()
        self.assertEqual(project.param_ids[0].value, "mine")
        self.assertEqual(project.text_param_ids.value, "my text")
        self.assertEqual(project.secret_ids.value, "s3cr3t")
        self.assertTrue(project.active)

    def test_only_administrators_import(self):
        data, _archive = self.export(self.make_whole_project())
        for user in (self.user, self.developer):
            with self.assertRaises(AccessError):
                self.upload(data, user)

    def assert_refused(self, content, message, module=MODULE):
        if isinstance(content, str):
            content = content.encode()
        with self.assertRaisesRegex(UserError, message), self.env.cr.savepoint():
            self.upload(content, module=module, name="file.xml").action_import()

    def record(self, body, model="sync.project", xml_id="p"):
        return '<odoo>\n<record id="%s" model="%s">%s</record>\n</odoo>' % (
            xml_id,
            model,
            body,
        )

    def test_broken_files(self):
        self.assert_refused("<odoo>\n<record", "file.xml is no XML file: .*line 2")
        self.assert_refused("text", "no XML file")
        self.assert_refused("<html/>", "begins with <html>")
        self.assert_refused("<odoo/>", "There is no project in the file")
        self.assert_refused(b"PK\x05\x06" + bytes(18), "no __manifest__.py")
        self.assert_refused('<odoo>\n<function name="x"/></odoo>', "line 2: <function>")
        self.assert_refused("<odoo><record model='a'/></odoo>", "line 1: a record has")
        entity = '<!DOCTYPE a [<!ENTITY b SYSTEM "file:///etc/passwd">]>'
        name = '<field name="name">&b;</field>'
        self.assert_refused(entity + self.record(name), "line 2|name")

    def test_what_is_no_part_of_a_project(self):
        for model, message in (
            ("res.users", "the model res.users may not be imported"),
            ("sync.job", "the model sync.job may not be imported"),
            ("no.model", "the model no.model does not exist"),
        ):
            content = self.record('<field name="name">x</field>', model)
            self.assert_refused(content, "line 2, record p: " + message)
        for field, message in (
            ("nothing", "the field nothing of sync.project does not exist"),
            ("job_ids", "the field job_ids of sync.project may not be imported"),
        ):
            content = self.record('\n<field name="%s">x</field>' % field)
            self.assert_refused(content, "line 3, record p: " + message)
        for field in ("code", "state", "groups_id", "website_path"):
            content = self.record(
                '<field name="%s">x</field>' % field, "sync.trigger.webhook"
            )
            self.assert_refused(content, "may not be imported")

    def test_wrong_values(self):
        for field, message in (
            ('name="eval_context">nope', 'no installed module provides .*"nope"'),
            ('name="name" eval="[].append(1)">', "only ref"),
            ('name="name" eval="1 +">', "field name: "),
            ('name="common_code">x', "line 2, record p: the field name has no value"),
            ('name="name">x</field><field name="common_code">import os', ".*import"),
        ):
            self.assert_refused(self.record("<field %s</field>" % field), message)
        task = (
            "<odoo><record id='p' model='sync.project'><field name='name'>P</field>"
            "</record>\n<record id='t' model='sync.task'><field name='name'>T</field>\n"
            "<field name='project_id' ref='missing'/></record></odoo>"
        )
        self.assert_refused(task, "line 3, record t: .*there is no missing")

    def test_nothing_is_imported_half(self):
        projects = self.env["sync.project"].with_context(active_test=False)
        count = projects.search_count([])
        content = (
            "<odoo><record id='p' model='sync.project'><field name='name'>P</field>"
            "</record>\n<record id='t' model='sync.task'>"
            "<field name='project_id' ref='p'/></record></odoo>"
        )
        self.assert_refused(content, "line 2, record t")
        self.assertEqual(projects.search_count([]), count)

    def test_records_of_other_projects_are_left_alone(self):
        project = self.make_whole_project()
        data, _archive = self.export(project)
        foreign = data.replace(b"--sync-project", b"--sync-project-7")
        self.assert_refused(foreign, 'is part of the project "Tést')

    def test_files_of_former_versions(self):
        content = b"""<?xml version='1.0' encoding='UTF-8'?>
<!-- Copyright 2020 Somebody
     License MIT. -->
<odoo>
    <record id="shop_sync_project" model="sync.project">
        <field name="name">Shop</field>
        <field name="active" eval="True"/>
        <field name="eval_context"></field>
        <field name="common_code"><![CDATA[
X = 1]]></field>
    </record>
    <record id="url_project_parameter" model="sync.project.param">
        <field name="key">URL</field>
        <field name="value">https://example.com</field>
        <field name="description"></field>
        <field name="url" eval="'https://docs'"/>
        <field name="project_id" ref="shop_sync_project"/>
    </record>
    <record id="empty_project_parameter" model="sync.project.param">
        <field name="key">EMPTY</field>
        <field name="url" eval=""/>
        <field name="project_id" ref="shop_sync_project"/>
    </record>
    <record id="empty_project_parameter" model="sync.project.param">
        <field name="initial_value">later</field>
    </record>
    <record id="pull_sync_task" model="sync.task">
        <field name="name">Pull</field>
        <field name="active" eval="True"/>
        <field name="project_id" ref="shop_sync_project"/>
        <field name="code"><![CDATA[def handle_cron(): pass]]></field>
    </record>
    <record id="hook_webhook_trigger" model="sync.trigger.webhook">
        <field name="trigger_name">HOOK</field>
        <field name="name">Shop hook</field>
        <field name="active" eval="True"/>
        <field name="sync_task_id" ref="pull_sync_task"/>
        <field name="webhook_type">json</field>
    </record>
    <record id="db_db_trigger" model="sync.trigger.automation">
        <field name="trigger_name">DB</field>
        <field name="active" eval="False"/>
        <field name="sync_task_id" ref="pull_sync_task"/>
        <field name="model_id" ref="auth_nowhere.model_res_partner"/>
        <field name="trigger">on_create</field>
        <field name="filter_pre_domain"></field>
        <field name="filter_domain">[]</field>
    </record>
</odoo>"""
        wizard = self.upload(content)
        self.assertEqual(wizard.module, "sync_shop")
        action = wizard.action_import()
        project = self.env["sync.project"].browse(action["res_id"])
        self.assertFalse(project.active)
        self.assertEqual(project.common_code, "\nX = 1")
        values = {param.key: param.value for param in project.param_ids}
        self.assertEqual(values, {"URL": "https://example.com", "EMPTY": "later"})
        self.assertEqual(project.param_ids[0].url, "https://docs")
        task = project.task_ids
        self.assertEqual(task.webhook_ids.name, "Shop hook")
        automation = task.with_context(active_test=False).automation_ids
        self.assertEqual(automation.model_id.model, "res.partner")
        again = self.upload(content)
        self.assertEqual((again.create_count, again.change_count), (0, 0))


def contents(archive):
    """Return the files (dict of bytes) of a zip file."""
    with zipfile.ZipFile(io.BytesIO(archive)) as files:
        return {name: files.read(name) for name in files.namelist()}


def ids(data):
    """Return the XML ids (set) in a data file."""
    return {part.split(b'"')[0] for part in data.split(b'<record id="')[1:]}
