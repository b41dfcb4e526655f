# Copyright 2026 Sync Studio contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl.html)
"""How user code is checked, loaded and called. No ORM, no environment, no logging.

The rules are those of ``odoo.tools.safe_eval``: its list of allowed bytecode, its
builtins, its ban on names with a double underscore. Code is *loaded* under these
rules; the functions it defines are then called as plain Python, so that their
exceptions keep their class, while their builtins stay the restricted ones.
"""

import ast
import dis
import io
import linecache
import tokenize
from contextlib import suppress
from functools import lru_cache
from inspect import isasyncgenfunction, iscoroutinefunction, isgeneratorfunction
from types import CodeType

from odoo import _
from odoo.tools.safe_eval import _BUILTINS, _SAFE_OPCODES, check_values

from .attribute_guard import FORMATS, UNSAFE_ATTRIBUTES, watch_format
from .constructs import CONSTRUCTS
from .exceptions import CodeError, FunctionNotFound

# Python itself crashes on much longer code: its parser recurses without a limit.
MAX_CODE = 500 * 1000  # characters
MAX_STATEMENT = 60 * 1000  # characters of one statement, its texts not counted

# Functions whose call alone runs nothing of them.
_WITHOUT_EFFECT = (isasyncgenfunction, iscoroutinefunction, isgeneratorfunction)


def check(code):
    """Return what is wrong with ``code`` as a text for people, or None.

    The text names the line and the construct.
    """
    problem = find_problem(code)
    return problem and problem.args[0]


def find_problem(code):
    """Return what is wrong with ``code`` as a CodeError, or None."""
    try:
        _compile(code or "", "<code>")
    except CodeError as error:
        return error


def load(code, names, filename="<code>"):
    """Run the statements of ``code`` with ``names`` as its globals.

    :param dict names: changed in place: what the code defines is added to it
    :param str filename: shown in tracebacks, with the line of code
    :raises CodeError: the code is not allowed
    :raises Exception: whatever the code raises, as it is
    """
    check_values(names)
    compiled = _compile(code or "", filename)
    _remember_source(filename, code or "")
    names["__builtins__"] = _BUILTINS
    names[_WATCH_FORMAT] = watch_format
    exec(compiled, names)  # pylint: disable=exec-used
    return names


def call(names, function, args=(), kwargs=None):
    """Call the function called ``function`` among ``names``; give its result.

    :raises FunctionNotFound: its argument is the name
    :raises CodeError: to call the function would run nothing of it
    """
    handler = names.get(function)
    if not callable(handler):
        raise FunctionNotFound(function)
    if any(is_kind(handler) for is_kind in _WITHOUT_EFFECT):
        raise CodeError(
            _(
                "The function %s has yield or async in it, so a call would not run it. "
                "Move that part to another function and loop over what it gives."
            )
            % function
        )
    return handler(*args, **(kwargs or {}))


def functions(code):
    """Return the names of the functions that ``code`` defines, in their order."""
    try:
        tree = _parse(code or "", "<code>")
    except CodeError:
        return []
    return [node.name for node in tree.body if isinstance(node, ast.FunctionDef)]


# From source to bytecode


@lru_cache(maxsize=512)
def _compile(code, filename):
    tree = _parse(code, filename)
    _watch_formats_in(tree)
    try:
        compiled = compile(tree, filename, "exec")
    except SyntaxError as error:
        raise _syntax_error(error) from None
    except RecursionError:
        raise _too_deep() from None
    _refuse_forbidden(compiled)
    return compiled


def _parse(code, filename):
    """Give the syntax tree; blanks before the first statement are of no account."""
    _refuse_huge(code)
    text = code.lstrip()
    empty_lines = code[: len(code) - len(text)].count("\n")
    try:
        return ast.parse("\n" * empty_lines + text, filename)
    except SyntaxError as error:
        raise _syntax_error(error) from None
    except (RecursionError, MemoryError):
        raise _too_deep() from None
    except ValueError as error:
        raise CodeError(_("The code cannot be read: %s") % error) from None


def _syntax_error(error):
    text = (error.text or "").strip()
    message = _("Line %s: %s: %s") % (error.lineno, error.msg, text)
    return CodeError(message, error.lineno)


def _too_deep():
    return CodeError(
        _("The code is nested too deeply: split long expressions into several ones.")
    )


def _refuse_huge(code):
    if len(code) > MAX_CODE:
        raise CodeError(
            _("The code has %s characters; the limit is %s.") % (len(code), MAX_CODE)
        )
    if len(code) > MAX_STATEMENT and _has_huge_statement(code):
        raise _too_deep()


def _has_huge_statement(code):
    length = 0
    # What is no Python is left to the parser.
    with suppress(SyntaxError, tokenize.TokenError):
        for token in tokenize.generate_tokens(io.StringIO(code).readline):
            if token.type == tokenize.NEWLINE:
                length = 0
            elif token.type not in (tokenize.STRING, tokenize.COMMENT):
                length += len(token.string)
            if length > MAX_STATEMENT:
                return True
    return False


def _refuse_forbidden(compiled):
    """Raise CodeError for the first line that holds what is not allowed."""
    found = [problem for part in _code_objects(compiled) for problem in _problems(part)]
    if found:
        line, text, subject = min(found, key=lambda problem: problem[0])
        raise CodeError(text % (line, subject), line)


def _code_objects(compiled):
    """Give the code object of a module, and of each function in it."""
    todo = [compiled]
    while todo:
        code = todo.pop()
        yield code
        todo += [value for value in code.co_consts if isinstance(value, CodeType)]


def _problems(compiled):
    """Give line, text and subject for each instruction that is not allowed."""
    line = compiled.co_firstlineno
    for instruction in dis.get_instructions(compiled):
        line = instruction.starts_line or line
        name = instruction.argval
        if instruction.opcode not in _SAFE_OPCODES:
            construct = CONSTRUCTS.get(instruction.opname, instruction.opname)
            yield line, _("Line %s: %s is not allowed here."), construct
        elif instruction.opcode in dis.hasname and (
            "__" in name or name in UNSAFE_ATTRIBUTES
        ):
            yield line, _("Line %s: the name %s is not allowed."), name


# ``value.format`` becomes ``@watch_format(value).format``, a name that code cannot
# spell: a template such as "{0.__globals__}" would reach what the compiler refuses.
_WATCH_FORMAT = "@watch_format"


def _watch_formats_in(tree):
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute) and node.attr in FORMATS:
            name = ast.copy_location(ast.Name(_WATCH_FORMAT, ast.Load()), node)
            watched = ast.Call(func=name, args=[node.value], keywords=[])
            node.value = ast.copy_location(watched, node)


def _remember_source(filename, code):
    """Let tracebacks show the lines of user code."""
    lines = list(io.StringIO(code, newline=None))
    linecache.cache[filename] = (len(code), None, lines, filename)
