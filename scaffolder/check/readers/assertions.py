"""The functions of test files, and which of them can fail."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from scaffolder.check.readers.python import Module, name_of, once, walk

MAX_COMPARED = 200  # parts of an expression
Definition = ast.FunctionDef | ast.AsyncFunctionDef

_ASSERTING = re.compile(
    r"(?:^|\.)(?:raises|warns|deprecated_call|fail|raise_for_status|assert\w*|should\w*|expect\w*|verify\w*|check_\w+"
    r"|approve\w*)$"
)
_BUILTINS = frozenset("len str int float bool list dict set tuple isinstance abs sum".split())


@dataclass(frozen=True)
class Function:
    """A function of a module, or a method of one of its classes."""

    name: str
    line: int
    asserts: bool  # it holds an assertion that can fail, or calls a function of this module that does
    calls: tuple[ast.Call, ...]
    parameters: frozenset[str]
    marks: frozenset[str]  # the last names of its decorators

    @property
    def is_test(self) -> bool:
        """Whether pytest or unittest would run it."""
        return self.name.startswith("test")

    @property
    def called(self) -> frozenset[str]:
        """The last names of what it calls."""
        return frozenset(name_of(call.func).rpartition(".")[2] for call in self.calls)


@once
def functions(module: Module) -> Iterator[Function]:
    """The functions of a module and of its classes."""
    found = [_read(each) for each in _definitions(module.tree.body if module.tree else ())]
    helping = {each.name for each in found if each.asserts and not each.is_test}
    for each in found:
        asserts = each.asserts or bool(helping & each.called)
        yield Function(each.name, each.line, asserts, each.calls, each.parameters, each.marks)


def _definitions(body: Iterable[ast.stmt]) -> Iterator[Definition]:
    for node in body:
        if isinstance(node, Definition):
            yield node
        elif isinstance(node, ast.ClassDef):
            yield from (each for each in node.body if isinstance(each, Definition))


def _read(function: Definition) -> Function:
    nodes = walk(function)
    calls = tuple(node for node in nodes if isinstance(node, ast.Call))
    asserts = any(isinstance(node, ast.Assert) and not never_false(node.test) for node in nodes)
    return Function(
        function.name,
        function.lineno,
        asserts or any(map(_proves, calls)),
        calls,
        frozenset(argument.arg for argument in function.args.args),
        frozenset(name_of(getattr(each, "func", each)).rpartition(".")[2] for each in function.decorator_list),
    )


def _proves(call: ast.Call) -> bool:
    name = name_of(call.func) or (call.func.attr if isinstance(call.func, ast.Attribute) else "")
    return bool(_ASSERTING.search(name)) and not _is_vacuous(name, call)


def never_false(node: ast.expr) -> bool:
    """Whether an asserted expression cannot be false: `True`, `len("x")`, `x or True`, `x == x`, `(x, "message")`."""
    if isinstance(node, ast.Tuple | ast.List) and node.elts:
        return True
    if isinstance(node, ast.BoolOp) and isinstance(node.op, ast.Or):
        return any(isinstance(part, ast.Constant) and part.value for part in node.values)
    if isinstance(node, ast.Compare) and len(node.ops) == 1 and _is_same(node.left, node.comparators[0]):
        return isinstance(node.ops[0], ast.Eq | ast.Is | ast.LtE | ast.GtE)
    return _is_constant(node)


def _is_constant(node: ast.expr) -> bool:
    """Whether an expression holds nothing that could change."""
    return not any(isinstance(each, ast.Name) and each.id not in _BUILTINS for each in walk(node))


def _is_same(one: ast.expr, other: ast.expr) -> bool:
    """Whether two expressions are the same value; two calls need not be."""
    nodes = walk(one)
    if len(nodes) > MAX_COMPARED or any(isinstance(each, ast.Call) for each in nodes):
        return False
    return ast.dump(one) == ast.dump(other)


def _is_vacuous(name: str, call: ast.Call) -> bool:
    """`self.assertTrue(True)`."""
    if name.endswith("assertTrue") and call.args:
        return never_false(call.args[0])
    return "assert" in name and bool(call.args) and all(map(_is_constant, call.args))
