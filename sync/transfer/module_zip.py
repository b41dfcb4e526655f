# Copyright 2026 Sync Studio contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl.html)
"""Write a project as an installable module."""

import io
import pprint
import zipfile

from odoo.modules.module import get_resource_path

from .data_file import CODE_FIELDS
from .references import closure, module_of_eval_context, modules_of

BEGINNING = (1980, 1, 1, 0, 0, 0)  # of time, in zip files: the same whenever it is made
CODE_SUFFIX = "--sync-task"
INIT = "from . import models\n"
MODELS_INIT = "from . import sync_project\n"
TESTS_INIT = "from . import test_project\n"
EVAL_CONTEXT = '''"""Evaluation context of the project: names that its code can use."""

from odoo import fields, models

from odoo.addons.sync.models.sync_project import keep_project


class SyncProject(models.Model):
    _inherit = "sync.project"

    eval_context = fields.Selection(
        selection_add=[(%(value)r, %(label)r)],
        ondelete={%(value)r: keep_project},
    )

    def _eval_context_%(method)s(self, secrets, eval_context):
        """Names of the evaluation context %(value)s

        This text is shown to those who write code: say what each name does.
        """
        return {}
'''
TEST = '''"""The project arrives whole, and all that its triggers call is there."""

from odoo.tests import SavepointCase, tagged

from odoo.addons.sync import sandbox


@tagged("post_install", "-at_install")
class TestProject(SavepointCase):
    def test_handlers(self):
        project = self.env.ref(%(xml_id)r).with_context(active_test=False)
        common = sandbox.functions(project.common_code)
        for task in project.task_ids:
            known = sandbox.functions(task.code) + common
            for kind in ("cron", "automation", "webhook", "button"):
                for trigger in task["%%s_ids" %% kind]:
                    with self.subTest(trigger.trigger_name):
                        self.assertIn(trigger._sync_handler, known)
'''


class ModuleZip:
    """A module with one project, as bytes that depend on its content only.

    :param DataFile data_file: of the project
    :param project: record
    :param dict about: ``module``, ``author``, ``website``, ``license`` (a name that Odoo
        knows) and ``header`` (comment of files)
    :param str data_name: file name of the data file
    """

    def __init__(self, data_file, project, about, data_name):
        self._data_file = data_file
        self._project = project.with_context(lang=None)
        self._about = about
        self._data_path = "data/" + data_name

    def content(self):
        """Return the zip file (bytes)."""
        files = self.files()
        stream = io.BytesIO()
        with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
            for path in sorted(files):
                entry = zipfile.ZipInfo(
                    "%s/%s" % (self._about["module"], path), BEGINNING
                )
                entry.compress_type = zipfile.ZIP_DEFLATED
                entry.external_attr = 0o644 << 16
                archive.writestr(entry, files[path])
        return stream.getvalue()

    def files(self):
        """Return the contents (bytes) by their paths in the module."""
        code = self._code_files()
        texts = {path: record[_code_field(record)] for path, record in code.items()}
        texts.update(
            {
                "__manifest__.py": self._manifest(),
                "README.rst": self._readme(),
                "tests/__init__.py": self._python(TESTS_INIT),
                "tests/test_project.py": self._python(
                    TEST % {"xml_id": self._xml_id()}
                ),
                **self._eval_context_files(),
            }
        )
        files = {path: text.encode() for path, text in texts.items()}
        module = self._about["module"]
        paths = {record: "%s/%s" % (module, path) for path, record in code.items()}
        files[self._data_path] = self._data_file.content(paths)
        files["static/description/icon.png"] = _icon()
        return files

    def _code_files(self):
        """Return the records that have code by the paths of its files."""
        files = {}
        for xml_id, record in self._data_file.records.items():
            field = _code_field(record)
            if field and record[field]:
                name = "common_code" if field == "common_code" else _stem(xml_id)
                path = "tasks/%s.py" % name
                files["tasks/%s.py" % xml_id if path in files else path] = record
        return files

    def _xml_id(self):
        return "%s.%s" % (self._about["module"], next(iter(self._data_file.records)))

    def _manifest(self):
        title = " ".join((self._project.description or "").split("\n")[0].split())
        manifest = {
            "name": self._project.name,
            "summary": title,
            "version": "14.0.1.0.0",
            "category": "Extra Tools",
            "author": self._about["author"],
            "website": self._about["website"],
            "license": self._about["license"],
            "depends": self._depends(),
            "data": [self._data_path],
        }
        known = {key: value for key, value in manifest.items() if value}
        return self._python(pprint.pformat(known, sort_dicts=False, width=88) + "\n")

    def _depends(self):
        """Return what the project uses, without what comes with Sync Studio anyway."""
        env = self._project.env
        needed = modules_of(self._data_file.records.values())
        needed -= closure(env, "sync") | {self._about["module"]}
        return ["sync"] + sorted(needed)

    def _readme(self):
        title = self._project.name
        line = "=" * max(4, 2 * len(title))  # wide letters count twice
        parts = [line, title, line]
        if self._project.description:
            parts += ["", self._project.description.strip()]
        return "\n".join(parts) + "\n"

    def _eval_context_files(self):
        """Return an empty evaluation context for a project whose own is not of a module
        to depend on."""
        value = self._project.eval_context
        provider = value and module_of_eval_context(self._project.env, value)
        if not value or provider not in (None, self._about["module"]):
            return {"__init__.py": self._python("")}
        selection = self._project._fields["eval_context"]
        labels = dict(selection._description_selection(self._project.env))
        text = EVAL_CONTEXT % {
            "value": value,
            "label": labels.get(value, value),
            "method": value,
        }
        return {
            "__init__.py": self._python(INIT),
            "models/__init__.py": self._python(MODELS_INIT),
            "models/sync_project.py": self._python(text),
        }

    def _python(self, text):
        comment = "".join(
            "# %s\n" % line.strip() for line in self._about["header"].splitlines()
        )
        return comment + text


def _code_field(record):
    """Return the name of the field of a record that holds code, None if none does."""
    if record._inherits:
        return None
    return next((name for name in CODE_FIELDS if name in record._fields), None)


def _stem(xml_id):
    return xml_id.replace(CODE_SUFFIX, "").replace("-", "_") or "task"


def _icon():
    with open(
        get_resource_path("sync", "static", "description", "icon.png"), "rb"
    ) as icon:
        return icon.read()
