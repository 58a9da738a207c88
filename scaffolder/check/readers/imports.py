"""The imports of Python files."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from typing import TypeGuard

from scaffolder.check.readers.python import Module, name_of, once


@once
def imported(module: Module) -> Iterator[tuple[str, int]]:
    """The modules of others, and the names in them, that a module imports when it runs."""
    never = {id(inner) for node in module.nodes if _is_never(node) for part in node.body for inner in ast.walk(part)}
    for node in module.nodes:
        if id(node) in never:
            continue
        if isinstance(node, ast.Import):
            yield from ((alias.name[:200], node.lineno) for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            yield node.module[:200], node.lineno
            yield from ((f"{node.module[:100]}.{alias.name[:100]}", node.lineno) for alias in node.names)


def _is_never(node: ast.AST) -> TypeGuard[ast.If]:
    """Whether a node is an `if` whose body no run reaches: `if TYPE_CHECKING`, `if False`."""
    if not isinstance(node, ast.If):
        return False
    denied = isinstance(node.test, ast.Constant) and not node.test.value
    return denied or name_of(node.test).rpartition(".")[2] == "TYPE_CHECKING"
