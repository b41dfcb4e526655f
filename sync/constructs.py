# Copyright 2026 Sync Studio contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl.html)
"""What people call the Python that compiles to a forbidden instruction."""

from odoo import _lt

# With what to write instead, where there is something.
_ASYNC = _lt("async")
_CLASS = _lt("class")
_CLOSURE = _lt(
    "a closure over a local variable (give it to the inner function as an argument)"
)
_DELETE_ITEM = _lt("del with an item (use the method pop)")
_F_STRING = _lt("an f-string (use % or the method format)")
_GLOBAL = _lt("changing a global variable (return the value, or keep it in a dict)")
_IMPORT = _lt("import (see the names that are available)")
_MATRIX = _lt("the operator @")
_SET_ATTRIBUTE = _lt("setting an attribute (use the function setattr)")
_STAR = _lt("unpacking with * or ** (build the list or dict step by step)")
_WITH = _lt("with")
_YIELD_FROM = _lt("yield from (use a loop with yield)")
CONSTRUCTS = {
    "BEFORE_ASYNC_WITH": _ASYNC,
    "BINARY_MATRIX_MULTIPLY": _MATRIX,
    "BUILD_LIST_UNPACK": _STAR,
    "BUILD_MAP_UNPACK": _STAR,
    "BUILD_MAP_UNPACK_WITH_CALL": _STAR,
    "BUILD_SET_UNPACK": _STAR,
    "BUILD_STRING": _F_STRING,
    "BUILD_TUPLE_UNPACK": _STAR,
    "BUILD_TUPLE_UNPACK_WITH_CALL": _STAR,
    "DELETE_ATTR": _lt("deleting an attribute"),
    "DELETE_DEREF": _CLOSURE,
    "DELETE_GLOBAL": _GLOBAL,
    "DELETE_SUBSCR": _DELETE_ITEM,
    "END_ASYNC_FOR": _ASYNC,
    "FORMAT_VALUE": _F_STRING,
    "GET_AITER": _ASYNC,
    "GET_ANEXT": _ASYNC,
    "GET_AWAITABLE": _ASYNC,
    "GET_YIELD_FROM_ITER": _YIELD_FROM,
    "IMPORT_FROM": _IMPORT,
    "IMPORT_NAME": _IMPORT,
    "IMPORT_STAR": _IMPORT,
    "INPLACE_MATRIX_MULTIPLY": _MATRIX,
    "LIST_TO_TUPLE": _STAR,
    "LOAD_ASSERTION_ERROR": _lt("assert (raise an exception)"),
    "LOAD_BUILD_CLASS": _CLASS,
    "LOAD_CLASSDEREF": _CLASS,
    "LOAD_CLOSURE": _CLOSURE,
    "LOAD_DEREF": _CLOSURE,
    "SETUP_ANNOTATIONS": _lt("a variable annotation"),
    "SETUP_ASYNC_WITH": _ASYNC,
    "SETUP_WITH": _WITH,
    "STORE_ATTR": _SET_ATTRIBUTE,
    "STORE_DEREF": _CLOSURE,
    "STORE_GLOBAL": _GLOBAL,
    "UNPACK_EX": _STAR,
    "YIELD_FROM": _YIELD_FROM,
}
