# Copyright 2026 Sync Studio contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl.html)
"""The sandbox: what code may contain, what it may reach, and what it is told."""

import sys
import threading
import traceback
from contextlib import suppress
from types import ModuleType, SimpleNamespace

from pytz import timezone

from odoo.exceptions import UserError, ValidationError
from odoo.tests import BaseCase, SavepointCase
from odoo.tools import safe_eval
from odoo.tools.safe_eval import _BUILTINS, datetime, json, time

from .. import sandbox
from ..attribute_guard import UNSAFE_ATTRIBUTES, get_attribute, set_attribute
from ..exceptions import CodeError, FunctionNotFound
from ..tools import AttrDict

# Constructs refused before the code runs: code, line and what the error names.
FORBIDDEN = {
    "import": ("import os", 1, "import"),
    "import as": ("x = 1\nimport os as x", 2, "import"),
    "import from": ("from os import path", 1, "import"),
    "import all": ("from os import *", 1, "import"),
    "import from the future": ("from __future__ import division", 1, "import"),
    "import in a function": ("def f():\n    import os", 2, "import"),
    "import in a lambda": ("f = lambda: __import__('os')", 1, "__import__"),
    "dunder name": ("x = 1\n__builtins__", 2, "__builtins__"),
    "dunder name assigned": ("__x = 1", 1, "__x"),
    "dunder name deleted": ("del __x", 1, "__x"),
    "dunder name of a function": ("def __f():\n    pass", 1, "__f"),
    "dunder name of a loop": ("for __x in []:\n    pass", 1, "__x"),
    "dunder name of an exception": (
        "try:\n    pass\nexcept Exception as __e:\n    pass",
        3,
        "__e",
    ),
    "dunder in the middle": ("a__b", 1, "a__b"),
    "dunder in fullwidth letters": ("x = ()._\uff3fclass\uff3f_", 1, "__class__"),
    "dunder attribute": ("x = ().__class__", 1, "__class__"),
    "dunder method": ("x = ().__class__()", 1, "__class__"),
    "dunder in a call": ("f(x=().__class__)", 1, "__class__"),
    "dunder in a default": ("def f(x=().__class__):\n    pass", 1, "__class__"),
    "dunder in a decorator": ("@f.__get__\ndef g():\n    pass", 1, "__get__"),
    "dunder in a comprehension": ("x = [\n  y.__class__ for y in []]", 2, "__class__"),
    "dunder in a subscript": ("x = {}[f.__globals__]", 1, "__globals__"),
    "dunder in a slice": ("x = [][f.__code__ :]", 1, "__code__"),
    "dunder in a lambda": ("f = lambda x: x.__dict__", 1, "__dict__"),
    "dunder in an annotation": ("def f(x: ().__class__):\n    pass", 1, "__class__"),
    "dunder in a returned value": ("def f(x):\n    return x.__mro__", 2, "__mro__"),
    "dunder in a generator": ("x = (y.__self__ for y in [])", 1, "__self__"),
    "frame of a generator": ("def g():\n    yield\ng().gi_frame", 3, "gi_frame"),
    "code of a generator": ("g.gi_code", 1, "gi_code"),
    "inner generator": ("g.gi_yieldfrom", 1, "gi_yieldfrom"),
    "frame of a coroutine": ("c.cr_frame", 1, "cr_frame"),
    "code of a coroutine": ("c.cr_code", 1, "cr_code"),
    "frame of an async generator": ("g.ag_frame", 1, "ag_frame"),
    "calling frame": ("f.f_back", 1, "f_back"),
    "globals of a frame": ("f.f_globals", 1, "f_globals"),
    "locals of a frame": ("f.f_locals", 1, "f_locals"),
    "builtins of a frame": ("f.f_builtins", 1, "f_builtins"),
    "code of a frame": ("f.f_code", 1, "f_code"),
    "trace of a frame": ("f.f_trace", 1, "f_trace"),
    "bytecode": ("f.co_code", 1, "co_code"),
    "globals in the old spelling": ("f.func_globals", 1, "func_globals"),
    "frame of a traceback": ("t.tb_frame", 1, "tb_frame"),
    "next traceback": ("t.tb_next", 1, "tb_next"),
    "traceback of an error": (
        "try:\n    1 / 0\nexcept Exception as e:\n    e.__traceback__",
        4,
        "__traceback__",
    ),
    "bases of a class": ("Exception.mro()", 1, "mro"),
    "attribute set": ("x.y = 1", 1, "setting an attribute"),
    "attribute set in a loop": ("for x.y in []:\n    pass", 1, "setting an attribute"),
    "attribute added to": ("x.y += 1", 1, "setting an attribute"),
    "attribute deleted": ("x = 1\n\ndel x.y", 3, "deleting an attribute"),
    "item deleted": ("del x['y']", 1, "del with an item"),
    "slice deleted": ("del x[1:]", 1, "del with an item"),
    "global": ("def f():\n    global x\n    x = 1", 3, "global variable"),
    "global at the top": ("global x\nx = 1", 2, "global variable"),
    "global deleted": ("def f():\n    global x\n    del x", 3, "global variable"),
    "nonlocal": (
        "def f():\n    x = 1\n    def g():\n        nonlocal x\n        x = 2",
        2,
        "closure",
    ),
    "closure": ("def f(x):\n    def g():\n        return x", 2, "closure"),
    "closure in a lambda": ("def f(x):\n    return lambda: x", 2, "closure"),
    "closure in a comprehension": (
        "def f(x):\n    return [x for y in x]",
        2,
        "closure",
    ),
    "class": ("class X:\n    pass", 1, "class"),
    "class in a function": ("def f():\n    class X:\n        pass", 2, "class"),
    "with": ("with x:\n    pass", 1, "with"),
    "with as": ("with x as y:\n    pass", 1, "with"),
    "async with": ("async def f():\n    async with x:\n        pass", 2, "async"),
    "async for": ("async def f():\n    async for x in y:\n        pass", 2, "async"),
    "await": ("async def f():\n    await x", 2, "async"),
    "yield from": ("def f():\n    yield from x", 2, "yield from"),
    "f-string": ("x = f'{x}'", 1, "f-string"),
    "f-string of two parts": ("x = f'{x} {y}'", 1, "f-string"),
    "f-string with a dunder": ("x = f'{x.__class__}'", 1, "__class__"),
    "starred tuple": ("x = 1\nx = (*y, 1)", 2, "unpacking with *"),
    "starred argument after another": ("f(1, *x)", 1, "unpacking with *"),
    "starred target": ("x, *y = z", 1, "unpacking with *"),
    "starred target of a loop": ("for x, *y in z:\n    pass", 1, "unpacking with *"),
    "matrix operator": ("x @ y", 1, "@"),
    "matrix operator in place": ("x @= y", 1, "@"),
    "variable annotation": ("x: int = 1", 1, "annotation"),
    "bare annotation": ("x: int", 1, "annotation"),
    "not Python": ("x = 1\nx = = 2", 2, "x = = 2"),
    "old print": ("print 'x'", 1, "print"),
    "return outside of a function": ("x = 1\nreturn x", 2, "'return' outside function"),
    "yield outside of a function": ("yield 1", 1, "'yield' outside function"),
    "break outside of a loop": ("x\nbreak", 2, "'break' outside loop"),
    "bad indentation": ("if x:\npass", 2, "indent"),
    "open bracket": ("x = (\ny = 2", 2, "y = 2"),
    "open text": ("x = 'a", 1, "x = 'a"),
}
if sys.version_info >= (3, 9):  # compiles to harmless instructions before
    FORBIDDEN["assert"] = ("x = 1\nassert x", 2, "assert")
else:  # needs an unsafe instruction before
    FORBIDDEN["starred list"] = ("x = [*y]", 1, "unpacking with *")

# Names that are not there, though Python has them.
MISSING = (
    "BaseException KeyError SystemExit breakpoint callable classmethod compile "
    "delattr dir eval exec exit frozenset getattr globals hasattr hash id input iter "
    "issubclass locals memoryview next object open print property quit reversed "
    "setattr slice staticmethod super type vars"
).split()

# Attempts that are only seen when the code runs; each must raise CodeError.
ESCAPES = {
    "getattr of a dunder": "getattr((), '__class__')",
    "getattr of a dunder made of parts": "getattr((), '_' + '_class' + '_' * 2)",
    "getattr of a private name": "getattr(env, '_private')",
    "getattr with a default": "getattr((), '__class__', None)",
    "getattr of a frame": "getattr((x for x in []), 'gi_frame')",
    "getattr of a code": "getattr((x for x in []), 'gi_code')",
    "getattr by map": "list(map(getattr, [()], ['__class__']))",
    "getattr by reduce": "reduce(getattr, ['__class__'], ())",
    "getattr of the bases": "getattr(Exception, 'mro')",
    "format": "'{0.__class__}'.format(1)",
    "format with automatic numbers": "'{.__class__}'.format(1)",
    "format by name": "'{x.__class__}'.format(x=1)",
    "format after an item": "'{0[0].__class__}'.format([1])",
    "format of a frame": "'{0.gi_frame.f_globals}'.format(x for x in [])",
    "format with a conversion": "'{0.__class__!r:>9}'.format(1)",
    "format in the width": "'{:{0.__class__}}'.format(1)",
    "format of a template made of parts": "('{0._' + '_class_' + '_}').format(1)",
    "format by the class": "str.format('{0.__class__}', 1)",
    "format by the class's other name": "unicode.format('{0.__class__}', 1)",
    "format by map": "list(map(str.format, ['{0.__class__}'], [1]))",
    "format by map of a bound one": "list(map('{0.__class__}'.format, [1]))",
    "format by getattr": "getattr('{0.__class__}', 'format')(1)",
    "format by getattr of the class": "getattr(str, 'format')('{0.__class__}', 1)",
    "format by getattr, name made of parts": "getattr('{0.__class__}', 'for' + 'mat')(1)",
    "format_map": "'{x.__class__}'.format_map({'x': 1})",
    "format_map by the class": "str.format_map('{x.__class__}', {'x': 1})",
    "format_map by getattr": "getattr('{x.__class__}', 'format_map')({'x': 1})",
    "format with stars": "'{0.__class__}'.format(*[1])",
    "format with two stars": "'{x.__class__}'.format(**{'x': 1})",
    "format in a lambda": "(lambda text: text.format(1))('{0.__class__}')",
    "format kept in a variable": "[f(1) for f in ['{0.__class__}'.format]]",
    "setattr of a dunder": "setattr(thing, '__class__', 1)",
    "setattr of a private name": "setattr(thing, '_x', 1)",
    "setattr of a frame": "setattr(thing, 'f_trace', 1)",
    "setattr of a class": "setattr(Exception, 'x', 1)",
    "setattr of a library's class": "setattr(datetime.datetime, 'x', 1)",
    "setattr of a library": "setattr(json, 'loads', 1)",
    "setattr of a time zone": "setattr(timezone('Europe/Paris'), 'zone', 'x')",
    "setattr of a function": "setattr(getattr, 'x', 1)",
    "setattr by map": "list(map(setattr, [json], ['loads'], [1]))",
}

# Code that works, and the value of x that it leaves.
ALLOWED = {
    "arithmetic": ("x = (1 + 2 * 3 - 4 // 3) % 5 ** 2 << 1 >> 1 & 7 | 8 ^ 1", 15),
    "in place": ("x = 1\nx += 2\nx *= 3\nx -= 1\nx //= 3\nx **= 2", 4),
    "comparison chain": ("x = 1 < 2 <= 2 != 3", True),
    "boolean logic": ("x = not (1 and 0) or None", True),
    "conditional": ("x = 'a' if 0 else 'b'", "b"),
    "membership": ("x = 1 in [1] and 2 not in [1] and None is None", True),
    "slices": ("x = [1, 2, 3, 4, 5][1:4:2] + list('abc'[::-1])", [2, 4, "c", "b", "a"]),
    "slice assigned": ("x = [1, 2, 3]\nx[1:] = [9]", [1, 9]),
    "item assigned": ("x = {}\nx['a'] = 1\nx['a'] += 1", {"a": 2}),
    "unpacking": ("a, (b, c) = 1, (2, 3)\nx = [a, b, c]", [1, 2, 3]),
    "list comprehension": ("x = [a * 2 for a in range(5) if a % 2]", [2, 6]),
    "nested comprehension": ("x = [a + b for a in 'ab' for b in 'c']", ["ac", "bc"]),
    "set comprehension": ("x = {a % 2 for a in range(5)}", {0, 1}),
    "dict comprehension": ("x = {a: a for a in 'ab'}", {"a": "a", "b": "b"}),
    "generator expression": ("x = sum(a for a in range(4))", 6),
    "generator": (
        "def f(n):\n    while n:\n        yield n\n        n -= 1\nx = list(f(3))",
        [3, 2, 1],
    ),
    "generator that is sent to": (
        "def f():\n    a = yield 1\n    yield a\ng = f()\ng.send(None)\nx = g.send(5)",
        5,
    ),
    "lambda": ("x = sorted('bca', key=lambda a: -ord(a))", ["c", "b", "a"]),
    "defaults": ("def f(a, b=2):\n    return a + b\nx = f(1)", 3),
    "mutable default": (
        "def f(a, b={}):\n    b[a] = 1\n    return b\nf(1)\nx = f(2)",
        {1: 1, 2: 1},
    ),
    "keyword only": ("def f(*, a):\n    return a\nx = f(a=1)", 1),
    "star arguments": (
        "def f(*a, **k):\n    return a, k\nx = f(1, 2, b=3)",
        ((1, 2), {"b": 3}),
    ),
    "call with a star": ("def f(a, b):\n    return a - b\nx = f(*[3, 1])", 2),
    "call with two stars": ("def f(a):\n    return a\nx = f(**{'a': 1})", 1),
    "decorator": ("def d(f):\n    return 1\n@d\ndef x():\n    pass", 1),
    "annotated arguments": ("def f(a: int) -> int:\n    return a\nx = f(1)", 1),
    "recursion": ("def f(n):\n    return n and n + f(n - 1)\nx = f(4)", 10),
    "function in a function": (
        "def f():\n    def g(a):\n        return a + 1\n    return g(1)\nx = f()",
        2,
    ),
    "try": (
        "x = []\n"
        "try:\n    x.append(1)\n    1 / 0\n"
        "except Exception as error:\n    x.append(str(error))\n"
        "else:\n    x.append(2)\n"
        "finally:\n    x.append(3)",
        [1, "division by zero", 3],
    ),
    "try in a function": (
        "def f(x):\n    try:\n        return 1 // x\n    except Exception:\n"
        "        return 'e'\n    finally:\n        log.append(x)\n"
        "log = []\nx = [f(1), f(0), log]",
        [1, "e", [1, 0]],
    ),
    "bare except": ("try:\n    nothing\nexcept:\n    x = 1", 1),
    "raise": (
        "try:\n    raise Exception('a', 1)\nexcept Exception as e:\n    x = e.args",
        ("a", 1),
    ),
    "raise from": (
        "try:\n    raise Exception('a') from None\nexcept Exception as e:\n    x = str(e)",
        "a",
    ),
    "raise again": (
        "try:\n    try:\n        1 / 0\n    except Exception:\n        raise\n"
        "except Exception as e:\n    x = str(e)",
        "division by zero",
    ),
    "for with else": ("x = 0\nfor a in [1, 2]:\n    x += a\nelse:\n    x += 10", 13),
    "while with break": (
        "x = 0\nwhile True:\n    x += 1\n    if x > 3:\n        break",
        4,
    ),
    "continue": (
        "x = 0\nfor a in range(5):\n    if a == 2:\n        continue\n    x += a",
        8,
    ),
    "if and elif": ("if 0:\n    x = 1\nelif 1:\n    x = 2\nelse:\n    x = 3", 2),
    "assignment expression": ("x = (a := 2) + a", 4),
    "name deleted": ("x = a = 1\ndel a", 1),
    "variable deleted": ("def f(a):\n    b = a\n    del b\n    return a\nx = f(1)", 1),
    "text in a formula": ("x = '%s %(a)s' % {'a': 1} if 0 else '%s' % 1", "1"),
    "f-string without a value": ("x = f'a'", "a"),
    "bytes": ("x = bytes('ä', 'utf-8').decode()", "ä"),
    "name in other letters": ("вход = 1\nx = вход", 1),
    "reduce": ("x = reduce(lambda a, b: a + b, [1, 2, 3])", 6),
    "xrange and unicode": ("x = [unicode(a) for a in xrange(2)]", ["0", "1"]),
    "conversions": (
        "x = [int('1'), float('1'), str(1), bool(0), tuple([1]), set([1]), dict(a=1)]",
        [1, 1.0, "1", False, (1,), {1}, {"a": 1}],
    ),
    "aggregates": (
        "x = [min(2, 1), max(2, 1), sum([1]), len('a'), abs(-1), round(1.6), "
        "divmod(5, 2), any([1]), all([0])]",
        [1, 2, 1, 1, 1, 2, (2, 1), True, False],
    ),
    "iterators": (
        "x = [list(enumerate('a')), list(zip('a', 'b')), list(map(ord, 'a')), "
        "list(filter(None, [0, 1])), sorted([2, 1])]",
        [[(0, "a")], [("a", "b")], [97], [1], [1, 2]],
    ),
    "others": ("x = [repr('a'), chr(97), isinstance(1, int)]", ["'a'", "a", True]),
    "json": ("x = json.loads(json.dumps({'a': [1, None]}))", {"a": [1, None]}),
    "format": (
        "x = '{0} {b:>3} {0[0]} {c.a!r}'.format([1], b=2, c=thing)",
        "[1]   2 1 'A'",
    ),
    "format of the class": ("x = str.format('{:{}}', 'a', 3)", "a  "),
    "format kept": ("f = '{:03d}'.format\nx = list(map(f, [1, 2]))", ["001", "002"]),
    "format by map": (
        "x = list(map(str.format, ['{}', '<{}>'], [1, 2]))",
        ["1", "<2>"],
    ),
    "format_map": ("x = '{a}'.format_map({'a': 1})", "1"),
    "format with awkward names": (
        "x = '{template}{mapping}{self}'.format(template=1, mapping=2, self=3)",
        "123",
    ),
    "format of another object": ("x = thing.format('a')", "<a>"),
    "getattr": ("x = [getattr(thing, 'a'), getattr(thing, 'b', 2)]", ["A", 2]),
    "getattr without default": ("x = getattr(thing, 'b')", None),
    "getattr of a method": ("x = getattr('a', 'upper')()", "A"),
    "getattr of format": ("x = getattr('{}', 'format')(1)", "1"),
    "setattr": ("setattr(thing, 'c', 3)\nx = thing.c", 3),
    "setattr of a dict with attributes": ("setattr(params, 'c', 3)\nx = params.c", 3),
    "code on one indented line": ("   x = 1", 1),
    "code after empty lines": ("\n\n  \n  x = 1\n", 1),
    "Windows lines": ("x = 1\r\nif x:\r\n    x = 2\r\n", 2),
    "sum of many terms": ("x = " + " + ".join(["1"] * 500), 500),
    "long elif": (
        "a = 400\nif a == 0:\n    x = 0\n"
        + "".join("elif a == %s:\n    x = %s\n" % (i, i) for i in range(1, 500)),
        400,
    ),
    "large table": ("x = len([%s])" % ", ".join(["'%s'" % ("a" * 100)] * 3000), 3000),
}
if sys.version_info >= (3, 9):
    ALLOWED["starred list"] = ("x = [*'ab', *'c']", ["a", "b", "c"])
    ALLOWED["starred dict"] = ("x = {**{'a': 1}, 'b': 2}", {"a": 1, "b": 2})


def load(code, **names):
    names.setdefault("thing", SimpleNamespace(a="A", format="<{}>".format))
    names.setdefault("params", AttrDict())
    names.setdefault("env", None)
    names.update(json=json, datetime=datetime, time=time, timezone=timezone)
    names.update(getattr=get_attribute, setattr=set_attribute)
    return sandbox.load(code, names)


def last_frame(function):
    """Give the innermost line that raised when ``function`` is called."""
    try:
        function()
    except ZeroDivisionError as error:
        return traceback.extract_tb(error.__traceback__)[-1]


class TestCheck(BaseCase):
    """What is refused before it runs."""

    def test_forbidden_constructs(self):
        for title, (code, line, construct) in FORBIDDEN.items():
            with self.subTest(title):
                problem = sandbox.check(code)
                self.assertIsNotNone(problem)
                self.assertTrue(problem.startswith("Line %s: " % line), problem)
                self.assertIn(construct, problem)

    def test_forbidden_constructs_do_not_run(self):
        for title, (code, _line, _construct) in FORBIDDEN.items():
            with self.subTest(title), self.assertRaises(CodeError):
                load(code)

    def test_table_has_a_name_for_every_construct_of_this_python(self):
        for title, (code, _line, _construct) in FORBIDDEN.items():
            with self.subTest(title):
                self.assertNotRegex(sandbox.check(code), "[A-Z]+_[A-Z]+ is not allowed")

    def test_odoo_refuses_and_allows_the_same(self):
        """Frame attributes, which Odoo lets through in part, stay out of account."""
        for title, (code, _line, construct) in FORBIDDEN.items():
            if construct not in UNSAFE_ATTRIBUTES:
                with self.subTest(title):
                    # NameError is how Odoo refuses names with two underscores.
                    with suppress(NameError):
                        self.assertTrue(safe_eval.test_python_expr(code, mode="exec"))
        for title, (code, _value) in ALLOWED.items():
            with self.subTest(title):
                self.assertFalse(safe_eval.test_python_expr(code.strip(), mode="exec"))

    def test_the_first_line_is_named(self):
        problem = sandbox.check("x = 1\ndef f():\n    import a\nx.y = 1")
        self.assertTrue(problem.startswith("Line 3: import"), problem)

    def test_good_code_has_no_problem(self):
        for code in ("", None, "x = 1", "def handle_button():\n    pass"):
            self.assertIsNone(sandbox.check(code))

    def test_unreadable_code_gives_an_error(self):
        for code in ("\0", "x = '\ud800'", "x = '\0'"):
            with self.subTest(code):
                self.assertIn("code cannot be read", sandbox.check(code))


class TestHugeCode(BaseCase):
    """Code that is too deep or too long gives an error; Python would crash."""

    def assertTooDeep(self, code):
        self.assertIn("nested too deeply", sandbox.check(code))
        self.assertEqual(sandbox.functions(code), [])

    def test_long_chains(self):
        for link in ("+x", ".x", "()", "[0]", "<x", " if x else x"):
            with self.subTest(link):
                self.assertTooDeep("x" + link * (400000 // len(link)))

    def test_long_chain_below_the_limit(self):
        self.assertTooDeep("x" + "+x" * 29000)

    def test_deep_prefixes(self):
        for prefix in ("-", "not ", "lambda: "):
            with self.subTest(prefix):
                self.assertTooDeep("x = " + prefix * 10000 + "1")

    def test_deep_brackets(self):
        for opening, closing in ("()", "[]", "{}"):
            with self.subTest(opening):
                self.assertTrue(sandbox.check(opening * 1000 + closing * 1000))

    def test_deep_indentation(self):
        code = "".join(" " * depth + "if 1:\n" for depth in range(200))
        self.assertIn("Line 101: ", sandbox.check(code + " " * 200 + "pass"))

    def test_deep_lambdas(self):
        self.assertTooDeep("x = " + "lambda: " * 5000 + "1")

    def test_long_code(self):
        self.assertIn("the limit is", sandbox.check("x = 1\n" * 100000))
        self.assertIsNone(sandbox.check("x = 1\n" * 11000))

    def test_long_texts_are_not_counted(self):
        self.assertIsNone(sandbox.check("x = '%s'" % ("a" * 400000)))

    def test_threads_have_room_as_well(self):
        problems = []
        code = "x" + "+x" * 29000
        thread = threading.Thread(target=lambda: problems.append(sandbox.check(code)))
        thread.start()
        thread.join()
        self.assertIn("nested too deeply", problems[0])


class TestLoad(BaseCase):
    """What runs, and what that can reach."""

    def test_allowed_code(self):
        for title, (code, value) in ALLOWED.items():
            with self.subTest(title):
                self.assertIsNone(sandbox.check(code))
                self.assertEqual(load(code)["x"], value)

    def test_allowed_code_in_a_function(self):
        """A function is called as plain Python, with the builtins of the sandbox."""
        for name in sorted(_BUILTINS):
            if "__" not in name:
                with self.subTest(name):
                    names = load("def f():\n    return %s" % name)
                    self.assertIs(sandbox.call(names, "f"), _BUILTINS[name])

    def test_missing_builtins(self):
        for name in MISSING:
            with self.subTest(name), self.assertRaises(NameError):
                sandbox.load(name, {})
            with self.subTest(name, inside="function"):
                names = sandbox.load("def f():\n    return %s" % name, {})
                with self.assertRaises(NameError):
                    sandbox.call(names, "f")

    def test_escapes(self):
        for title, code in ESCAPES.items():
            with self.subTest(title):
                with self.assertRaises(CodeError) as caught:
                    load(code)
                self.assertRegex(
                    str(caught.exception), "cannot be (reached|set) from code"
                )
            with self.subTest(title, inside="function"):
                names = load("def f():\n    return %s" % code)
                with self.assertRaises(CodeError):
                    sandbox.call(names, "f")

    def test_error_names_the_attribute(self):
        with self.assertRaisesRegex(CodeError, "__class__"):
            load("'{0.real.__class__}'.format(1)")

    def test_refused_attribute_is_a_validation_error(self):
        """As it was in the former implementation, and a UserError as well."""
        self.assertTrue(issubclass(CodeError, ValidationError))
        self.assertTrue(issubclass(CodeError, UserError))

    def test_missing_attribute_format_is_the_usual_error(self):
        with self.assertRaises(AttributeError):
            load("x = (1).format(2)")

    def test_broken_template_is_the_usual_error(self):
        for code in ("'{'.format(1)", "'{} {0}'.format(1)", "'{a}'.format(1)"):
            with self.subTest(code), self.assertRaises((ValueError, KeyError)):
                load(code)

    def test_shared_builtins_cannot_be_changed(self):
        before = dict(_BUILTINS)
        load("len = 1\nstr = 2\ndef f():\n    pass\nx = [len, str]")
        self.assertEqual(_BUILTINS, before)

    def test_libraries_give_no_modules(self):
        """No attribute of what code gets is a module, however deep one looks."""
        todo, seen = [json, datetime, time], []
        while todo:
            value = todo.pop()
            for name in dir(value):
                if not name.startswith("_"):
                    found = getattr(value, name)
                    self.assertNotIsInstance(found, ModuleType, name)
                    if found not in seen and len(seen) < 500:
                        seen.append(found)
                        todo.append(found)

    def test_modules_are_refused_as_names(self):
        with self.assertRaisesRegex(TypeError, "Module"):
            load("", trap=threading)

    def test_line_numbers_of_errors(self):
        code = "\n\nx = 1\n\ndef f():\n    y = 1\n    return 1 / 0\n"
        names = sandbox.load(code, {}, "<Project: Task>")
        last = last_frame(lambda: sandbox.call(names, "f"))
        self.assertEqual(last.filename, "<Project: Task>")
        self.assertEqual((last.lineno, last.line), (7, "return 1 / 0"))

    def test_line_numbers_count_as_python_does(self):
        code = "x = '\x0c\u2028'\r\n\r\n1 / 0"
        last = last_frame(lambda: sandbox.load(code, {}, "<lines>"))
        self.assertEqual((last.lineno, last.line), (3, "1 / 0"))


class TestCall(BaseCase):
    """Calling what the code defines."""

    class OwnError(Exception):
        pass

    def test_arguments_and_result(self):
        names = load("def f(a, b=1, *c, **d):\n    return [a, b, c, d]")
        result = sandbox.call(names, "f", [1, 2, 3], {"e": 4})
        self.assertEqual(result, [1, 2, (3,), {"e": 4}])

    def test_exceptions_keep_their_class(self):
        code = "def f():\n    raise OwnError('x')\ndef g():\n    return f()"
        for function in ("f", "g"):
            with self.assertRaises(self.OwnError):
                sandbox.call(load(code, OwnError=self.OwnError), function)

    def test_exceptions_of_the_top_level_keep_their_class(self):
        with self.assertRaises(self.OwnError):
            load("raise OwnError('x')", OwnError=self.OwnError)

    def test_exceptions_of_helpers_keep_their_class(self):
        def helper(callback):
            try:
                callback()
            finally:
                pass

        code = "def f():\n    helper(g)\ndef g():\n    raise OwnError('x')"
        with self.assertRaises(self.OwnError):
            sandbox.call(load(code, OwnError=self.OwnError, helper=helper), "f")

    def test_unknown_function(self):
        for names in ({}, {"f": 1}, {"f": None}):
            with self.assertRaises(FunctionNotFound) as caught:
                sandbox.call(names, "f")
            self.assertEqual(caught.exception.args[0], "f")

    def test_functions_that_would_not_run(self):
        """A handler with a yield did nothing, and its job was done."""
        for start, end in (("", "yield"), ("async ", "return"), ("async ", "yield")):
            names = load("%sdef f():\n    %s 1" % (start, end))
            with self.subTest(start + end), self.assertRaisesRegex(CodeError, "f has"):
                sandbox.call(names, "f")

    def test_functions_are_listed_in_their_order(self):
        code = "def b():\n    def inner():\n        pass\na = 1\ndef a():\n    pass"
        self.assertEqual(sandbox.functions(code), ["b", "a"])

    def test_broken_code_has_no_functions(self):
        for code in ("def f(:", "\0", None, "("):
            self.assertEqual(sandbox.functions(code), [])

    def test_endless_recursion_is_an_error(self):
        with self.assertRaises(RecursionError):
            sandbox.call(load("def f():\n    return f()"), "f")


class TestSetAttributeOfOdoo(SavepointCase):
    """Records may be changed; what all of Odoo shares may not."""

    def test_record(self):
        partner = self.env["res.partner"].create({"name": "a"})
        load("setattr(record, 'name', 'b')", record=partner)
        self.assertEqual(partner.name, "b")

    def test_shared_objects(self):
        shared = {
            "environment": self.env,
            "cursor": self.env.cr,
            "connection": self.env.cr._cnx,
            "registry": self.env.registry,
            "model class": self.env.registry["res.partner"],
            "field": self.env["res.partner"]._fields["name"],
            "method": self.env["res.partner"].write,
            "cache": self.env.cache,
        }
        for title, value in shared.items():
            with self.subTest(title), self.assertRaises(CodeError):
                load("setattr(value, 'x', 1)", value=value)
