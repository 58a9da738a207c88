"""The functions of test files, and which of them can fail."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from typing import NamedTuple

from scaffolder.check.readers.python import Module, name_of, once, text_of

_ASSERTING = re.compile(r"raises|warns|fail|raise_for_status|(?:assert|should|expect|verify|check_|approve)\w*")


class Function(NamedTuple):
    """A function of a module, or a method of one of its classes."""

    name: str
    line: int
    asserts: bool  # it holds an assertion that can fail, or calls a function of this module that does
    calls: tuple[tuple[str, str, int], ...]  # each with the function's name, the text in its first argument, its line
    called: frozenset[str]  # the last part of the name of each function that it calls
    parameters: frozenset[str]
    marks: frozenset[str]  # the last part of the name of each decorator

    @property
    def is_test(self) -> bool:
        """Whether pytest or unittest would run it."""
        return self.name.startswith("test")


@once
def functions(module: Module) -> Iterator[Function]:
    """The functions of a module and of its classes."""
    body = module.tree.body if not module.is_broken and module.tree else []
    inner = [each for node in body if isinstance(node, ast.ClassDef) for each in node.body]
    found = [
        _read(node, module.constants)
        for node in (*body, *inner)
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
    ]
    helping = {each.name for each in found if each.asserts and not each.is_test}
    for each in found:
        asserts = each.asserts or bool(helping & each.called)
        yield each._replace(asserts=asserts)


def called(call: ast.Call) -> str:
    """The last part of the name of the called function: "name" of `a.name()` and of `f(x).name()`."""
    return call.func.attr if isinstance(call.func, ast.Attribute) else name_of(call.func)


def _read(function: ast.FunctionDef | ast.AsyncFunctionDef, constants: dict[str, str]) -> Function:
    nodes = list(ast.walk(function))
    calls = [node for node in nodes if isinstance(node, ast.Call)]
    given = [(call, text_of(call.args[0], constants) if call.args else None) for call in calls]
    asserts = any(isinstance(node, ast.Assert) and not _is_vacuous(node.test) for node in nodes)
    return Function(
        function.name,
        function.lineno,
        asserts or any(map(_proves, calls)),
        tuple((called(call), text, call.lineno) for call, text in given if text),
        frozenset(map(called, calls)),
        frozenset(argument.arg for argument in function.args.args),
        frozenset(name_of(getattr(each, "func", each)).rpartition(".")[2] for each in function.decorator_list),
    )


def _proves(call: ast.Call) -> bool:
    """Whether a call can fail a test; `self.assertTrue(True)` cannot."""
    name = called(call)
    constant = bool(call.args) and all(isinstance(given, ast.Constant) for given in call.args)
    return bool(_ASSERTING.fullmatch(name)) and not (constant and name.startswith("assert"))


def _is_vacuous(node: ast.expr) -> bool:
    """Whether an asserted expression plainly cannot be false: `True`, `1 == 1`, `x or True`, `(x, "message")`."""
    if isinstance(node, ast.BoolOp) and isinstance(node.op, ast.Or):
        return any(isinstance(part, ast.Constant) and part.value for part in node.values)
    if isinstance(node, ast.Compare):
        return all(isinstance(part, ast.Constant) for part in (node.left, *node.comparators))
    return isinstance(node, ast.Constant) or (isinstance(node, ast.Tuple) and bool(node.elts))
