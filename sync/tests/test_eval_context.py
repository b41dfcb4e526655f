# Copyright 2026 Sync Studio contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl.html)
"""The names that code starts with, and how common code and task code share theirs."""

import os

from odoo.exceptions import UserError, ValidationError
from odoo.tools import frozendict

from odoo.addons.queue_job.exception import RetryableJobError

from ..exceptions import SyncError
from ..tools import AttrDict
from .common import SyncCase, extension

# An expression for each name, and its value.
NAMES = {
    "env": ("env['res.partner']._name", "res.partner"),
    "user": ("user == env.user", True),
    "trigger": ("trigger", "TEST_BUTTON"),
    "trigger_name": ("trigger_name", "TEST_BUTTON"),
    "deleted_values": ("deleted_values", []),
    "log": ("log('a', level='warning', name='b', log_type='data_in')", None),
    "log_transmission": ("log_transmission('a', 'b')", None),
    "progress": ("progress(1, 2, 'a')", None),
    "LOG_DEBUG": ("LOG_DEBUG", "debug"),
    "LOG_INFO": ("LOG_INFO", "info"),
    "LOG_WARNING": ("LOG_WARNING", "warning"),
    "LOG_ERROR": ("LOG_ERROR", "error"),
    "LOG_CRITICAL": ("LOG_CRITICAL", "critical"),
    "params": ("[params.A, params['A'], getattr(params, 'B')]", ["a", "a", None]),
    "texts": ("texts.T", "t"),
    "webhooks": ("type2str(webhooks)", str(AttrDict)),
    "add_job": ("add_job('f', priority=1)()", None),
    "set_link": ("set_link('rel', {'a': 1, 'b': 2}).get('a')", ["1"]),
    "search_links": ("len(search_links('rel', {'a': None, 'b': None}))", 1),
    "get_link": ("bool(get_link('rel', 'x'))", False),
    "sync_odoo2x": ("sync_odoo2x([], {'relation': 'r', 'x': {}})", None),
    "sync_x2odoo": (
        "sync_x2odoo([], {'relation': 'r', 'x': {'get_ref': str}, 'odoo': {}})",
        None,
    ),
    "sync_external": (
        "sync_external([], 'r', {'system': 'a', 'get_ref': str}, {'system': 'b'})",
        None,
    ),
    "json": ("json.loads(json.dumps([1]))", [1]),
    "time": ("[time.time() > 0, time.strftime('%Y', time.strptime('2', '%d'))]", None),
    "datetime": (
        "str(datetime.datetime(2020, 1, 2) + datetime.timedelta(days=1))",
        "2020-01-03 00:00:00",
    ),
    "dateutil": (
        "str(dateutil.parser.parse('2020-01-31') + "
        "dateutil.relativedelta.relativedelta(months=1))",
        "2020-02-29 00:00:00",
    ),
    "timezone": ("timezone('Europe/Paris').zone", "Europe/Paris"),
    "b64encode": ("b64encode(bytes('a', 'utf-8')).decode()", "YQ=="),
    "b64decode": ("b64decode('YQ==').decode()", "a"),
    "url2base64": ("url2base64('')", None),
    "record2image": ("bool(record2image(env.company))", False),
    "html2plaintext": ("html2plaintext('<p>a</p>')", "a"),
    "get_lang": ("get_lang(env, 'en_US').code", "en_US"),
    "type2str": ("type2str(1)", "<class 'int'>"),
    "DEFAULT_SERVER_DATETIME_FORMAT": (
        "DEFAULT_SERVER_DATETIME_FORMAT",
        "%Y-%m-%d %H:%M:%S",
    ),
    "getattr": (
        "[getattr(user, 'login') == user.login, getattr(1, 'a', 2)]",
        [True, 2],
    ),
    "setattr": ("setattr(params, 'C', 1)", None),
    "UserError": ("UserError('a').args", ("a",)),
    "ValidationError": ("ValidationError('a').args", ("a",)),
    "RetryableJobError": ("RetryableJobError('a', seconds=5).seconds", 5),
    "OSError": ("OSError('a').args", ("a",)),
}


class EvalContextCase(SyncCase):
    def run_button(self, code, method=None, user=None, **values):
        """Run ``handle_button`` of some code; give its result."""
        project = self.make_project(**values)
        button = self.make_button(code, project=project)
        if user:
            button = button.with_user(user)
        if not method:
            return button.start()[1]
        with extension(project, method):
            return button.start()[1]


class TestNames(EvalContextCase):
    def setUp(self):
        super().setUp()
        self.values = {
            "param_ids": [(0, 0, {"key": "A", "value": "a"})],
            "text_param_ids": [(0, 0, {"key": "T", "value": "t"})],
        }

    def check(self, expressions, code, **values):
        result = self.run_button(code, **values, **self.values)
        for (name, (_code, value)), found in zip(expressions.items(), result):
            with self.subTest(name):
                if value is not None:
                    self.assertEqual(found, value)
        self.assertEqual(len(result), len(expressions))

    def test_names_in_task_code(self):
        expressions = ",\n".join(expression for expression, _value in NAMES.values())
        code = "def f(): pass\ndef handle_button():\n    return [%s]" % expressions
        self.check(NAMES, code)

    def test_names_in_common_code(self):
        expressions = ",\n".join(expression for expression, _value in NAMES.values())
        common_code = "def f(): pass\nFOUND = [%s]" % expressions
        code = "def handle_button():\n    return FOUND"
        self.check(NAMES, code, common_code=common_code)

    def test_table_is_complete(self):
        """And there are no other names, of secrets least of all."""
        found = {}

        def method(project, secrets, eval_context):
            found.update(eval_context)

        self.run_button("def handle_button(): pass", method)
        self.assertEqual(set(found), set(NAMES))

    def test_classes_of_errors(self):
        for name, error in (
            ("UserError", UserError),
            ("ValidationError", ValidationError),
            ("RetryableJobError", RetryableJobError),
            ("OSError", OSError),
        ):
            for code in (
                "def handle_button():\n    raise %s('a')" % name,
                "def handle_button():\n    pass\nraise %s('a')" % name,
            ):
                with self.subTest(name, code=code), self.assertRaises(error):
                    self.run_button(code)

    def test_classes_of_errors_from_common_code(self):
        common_code = "def check():\n    raise RetryableJobError('a', seconds=7)"
        with self.assertRaises(RetryableJobError) as caught:
            self.run_button("def handle_button(): check()", common_code=common_code)
        self.assertEqual(caught.exception.seconds, 7)


class TestAddJob(EvalContextCase):
    def test_what_has_no_name_is_refused_at_once(self):
        for function in ("lambda: 1", "7", "None", "''", "'a b'", "user"):
            code = "def handle_button(): add_job(%s)()" % function
            with self.subTest(function), self.assertRaisesRegex(SyncError, "with def"):
                self.run_button(code)


class TestSharing(EvalContextCase):
    """Common code and task code are like one module, apart from private names."""

    def test_public_names_of_common_code(self):
        common_code = "A = 1\ndef double(x): return 2 * x"
        code = "B = double(A)\ndef handle_button(): return [A, B, double(B)]"
        self.assertEqual(self.run_button(code, common_code=common_code), [1, 2, 4])

    def test_private_names_work_where_they_are_defined(self):
        common_code = """
_FACTOR = 3
def _times(x): return _FACTOR * x
def triple(x): return _times(x)
"""
        code = "def handle_button(): return triple(2)"
        self.assertEqual(self.run_button(code, common_code=common_code), 6)
        for name in ("_FACTOR", "_times"):
            code = "def handle_button(): return %s" % name
            with self.subTest(name), self.assertRaises(NameError):
                self.run_button(code, common_code=common_code)

    def test_private_names_of_the_task(self):
        code = "def _one(): return 1\ndef handle_button(): return _one()"
        self.assertEqual(self.run_button(code), 1)
        common_code = "def _one(): return 'common'\ndef one(): return _one()"
        code = "def _one(): return 'task'\ndef handle_button(): return [_one(), one()]"
        result = self.run_button(code, common_code=common_code)
        self.assertEqual(result, ["task", "common"])

    def test_common_code_calls_what_the_task_defines(self):
        common_code = "def run(): return [step(), NUMBER]\nNUMBER = 1"
        code = "NUMBER = 2\ndef step(): return 7\ndef handle_button(): return run()"
        self.assertEqual(self.run_button(code, common_code=common_code), [7, 2])

    def test_task_overrides_common_code(self):
        common_code = (
            "def name(): return 'common'\ndef hello(): return 'I am ' + name()"
        )
        code = "def name(): return 'task'\ndef handle_button(): return hello()"
        self.assertEqual(self.run_button(code, common_code=common_code), "I am task")

    def test_names_of_one_run_are_gone_in_the_next(self):
        project = self.make_project(common_code="SEEN = []")
        code = "def handle_button():\n    SEEN.append(1)\n    return len(SEEN)"
        button = self.make_button(code, project=project)
        self.assertEqual([button.start()[1], button.start()[1]], [1, 1])

    def test_handlers_of_common_code_see_the_task(self):
        common_code = "def handle_button(): return step()"
        code = "def step(): return 7"
        self.assertEqual(self.run_button(code, common_code=common_code), 7)

    def test_lines_of_common_code_in_errors(self):
        project = self.make_project(common_code="\n\n   \ndef f():\n    1 / 0")
        button = self.make_button("def handle_button(): f()", project=project)
        job = self.click(button)
        (message,) = job.log_ids.filtered(lambda line: line.level == "critical").mapped(
            "message"
        )
        self.assertIn('"<Test project: common code>", line 5, in f\n    1 / 0', message)
        self.assertIn('"<Test project: Test task>", line 1, in handle_button', message)

    def test_common_code_may_be_indented_as_a_whole_line(self):
        result = self.run_button(
            "def handle_button(): return A", common_code="  \n   A = 1  \n"
        )
        self.assertEqual(result, 1)

    def test_lines_of_refused_code(self):
        with self.assertRaisesRegex(
            ValidationError, 'Common code of project "Test project": Line 3: import'
        ):
            self.make_project(common_code="\n\nimport os")
        with self.assertRaisesRegex(ValidationError, 'Task "Test task": Line 2: with'):
            self.make_task("x = 1\nwith x: pass")


class TestExtension(EvalContextCase):
    """Modules add names by ``_eval_context_<name>``."""

    def test_any_name_is_given_to_the_code(self):
        def method(project, secrets, eval_context):
            return {"_private": 1, "json": 2, "ключ": 3, "log": eval_context["log"]}

        names = "[_private, json, ключ]"
        for values in (
            {"code": "def handle_button(): return %s" % names},
            {
                "common_code": "FOUND = %s" % names,
                "code": "def handle_button(): return FOUND",
            },
            {
                "common_code": "def found(): return %s" % names,
                "code": "def handle_button(): return found()",
            },
        ):
            with self.subTest(**values):
                self.assertEqual(self.run_button(method=method, **values), [1, 2, 3])

    def test_what_the_method_gets(self):
        got = {}

        def method(project, secrets, eval_context):
            got.update(project=project, secrets=secrets, eval_context=eval_context)

        self.run_button(
            "def handle_button(): pass",
            method,
            user=self.developer,
            secret_ids=[(0, 0, {"key": "TOKEN", "value": "abcdefgh"})],
            param_ids=[(0, 0, {"key": "URL", "value": "x"})],
        )
        project = got["project"]
        self.assertEqual(
            (project._name, project.name), ("sync.project", "Test project")
        )
        self.assertEqual((project.env.user, project.env.su), (self.developer, False))
        self.assertEqual(got["secrets"].TOKEN, "abcdefgh")
        self.assertIsInstance(got["secrets"], AttrDict)
        self.assertIsInstance(got["eval_context"], frozendict)
        self.assertEqual(got["eval_context"]["params"].URL, "x")

    def test_functions_log_for_the_job(self):
        def method(project, secrets, eval_context):
            def send(text):
                eval_context["log_transmission"]("shop", text + secrets.TOKEN)

            return {"send": send}

        project = self.make_project(
            secret_ids=[(0, 0, {"key": "TOKEN", "value": "abcdefgh"})]
        )
        button = self.make_button("def handle_button(): send('key ')", project=project)
        with extension(project, method):
            job = self.click(button)
        (line,) = job.log_ids.filtered(lambda line: line.type == "data_out")
        self.assertEqual((line.name, line.message), ("shop", "key ********"))

    def test_method_that_returns_nothing(self):
        result = self.run_button("def handle_button(): return 1", lambda *args: None)
        self.assertEqual(result, 1)

    def test_error_of_the_method_keeps_its_class(self):
        def method(project, secrets, eval_context):
            raise RetryableJobError("later")

        with self.assertRaises(RetryableJobError):
            self.run_button("def handle_button(): pass", method)

    def test_error_of_its_functions_keeps_its_class(self):
        class ShopError(Exception):
            pass

        def method(project, secrets, eval_context):
            def send():
                raise ShopError("closed")

            return {"send": send}

        with self.assertRaises(ShopError):
            self.run_button("def handle_button(): send()", method)

    def test_modules_are_refused(self):
        with self.assertRaisesRegex(
            TypeError, "can not be used in evaluation contexts"
        ):
            self.run_button("def handle_button(): pass", lambda *args: {"unittest": os})


class TestUser(EvalContextCase):
    def test_user_and_rights(self):
        code = "def handle_button(): return [user.id, env.uid, env.su]"
        result = self.run_button(code, user=self.developer)
        self.assertEqual(result, [self.developer.id, self.developer.id, False])
