"""Takes the bodies of functions out of a Python module, and finds the ones that are still missing.

All other text stays byte for byte as it is, except for imports that only these bodies needed.
"""

from __future__ import annotations

import ast
import io
import re
from collections.abc import Iterable, Iterator
from functools import lru_cache
from typing import NamedTuple

from scaffolder.errors import ScaffolderError, shown

_RAISED = re.compile(r"""[ \t]{1,80}raise NotImplementedError\(["']exercise ([a-z0-9_]{1,31}): """)
_DEFINED = re.compile(r"[ \t]{0,80}(?:async )?def (\w{1,80})")

_Function = ast.FunctionDef | ast.AsyncFunctionDef
_Import = ast.Import | ast.ImportFrom


class SourceError(ScaffolderError):
    """A module that is no Python, or that lacks what is to be taken out."""


class Stub(NamedTuple):
    """A function that is still to be written: its exercise, its name, and the line of its `raise`."""

    exercise: str
    function: str
    line: int


class _Edit(NamedTuple):
    """Lines `start` to `end`, counted from 0, the latter not included, and those in their place."""

    start: int
    end: int
    lines: list[str]


def open_stubs(text: str) -> Iterator[Stub]:
    """The functions of a module that are still to be written, whether or not it is Python."""
    name = ""
    for number, line in enumerate(text.splitlines() if "raise NotImplementedError(" in text else (), 1):
        if defined := _DEFINED.match(line):
            name = defined[1]
        elif raised := _RAISED.match(line):
            yield Stub(raised[1], name, number)


@lru_cache(maxsize=64)  # in a cohort, these modules are the same for all
def stubbed(text: str, exercise: str, functions: tuple[str, ...], without: tuple[str, ...] = ()) -> str:
    """The module without the bodies of `functions`, and without the definitions in `without`.

    Signature and docstring stay, and imports that something else needs. Raises `SourceError` if it is no Python, or if
    a function is not there.
    """
    tree, lines = parsed(text), _lines(text)
    ending = "\r\n" if "\r\n" in text else "\n"
    edits = [_without_body(_function(tree, name), lines, exercise, ending) for name in functions]
    edits += [_removal(node, lines) for name in without if (node := lookup(tree, name))]
    cut = _edited(lines, edits)
    unneeded = (_bound(tree) & _used(tree)) - _used(parsed(cut))
    return _edited(_lines(cut), _without_imports(parsed(cut), _lines(cut), unneeded))


def parsed(text: str) -> ast.Module:
    """The module as Python parses it; raises `SourceError`."""
    try:
        return ast.parse(text)
    except SyntaxError as error:
        raise SourceError(f"it is no Python, see line {error.lineno}") from None
    except (ValueError, RecursionError, MemoryError):
        raise SourceError("it is no Python that can be read") from None


def defines(text: str, names: Iterable[str]) -> bool:
    """Whether a module has all of these functions; raises `SourceError` if it is no Python."""
    tree = parsed(text)
    return all(isinstance(lookup(tree, name), _Function) for name in names)


def source_of(text: str, name: str) -> str:
    """The text of a definition with its decorators and the comment above it, of a method in its class; "" for none."""
    lines, node = _lines(text), lookup(parsed(text), name)
    if node is None:
        return ""
    removed, owner = _removal(node, lines), name.rpartition(".")[0]
    head = f"class {owner}:\n    ...\n\n" if owner else ""
    return head + "".join(lines[removed.start : removed.end])


def lookup(tree: ast.Module, name: str) -> ast.stmt | None:
    """The definition of a name at the top of a module, or in its classes, such as `Class.method`."""
    body: list[ast.stmt] = tree.body
    *classes, last = name.split(".")
    for each in classes:
        body = next((node.body for node in body if isinstance(node, ast.ClassDef) and node.name == each), [])
    return next((node for node in body if last in _defined(node)), None)


def _defined(node: ast.stmt) -> set[str]:
    """The names that a statement defines."""
    if isinstance(node, _Function | ast.ClassDef):
        return {node.name}
    targets = node.targets if isinstance(node, ast.Assign) else [node.target] if isinstance(node, ast.AnnAssign) else []
    return {target.id for target in targets if isinstance(target, ast.Name)}


def _function(tree: ast.Module, name: str) -> _Function:
    node = lookup(tree, name)
    if not isinstance(node, _Function):
        raise SourceError(f"it has no function {shown(name)}")
    return node


def _lines(text: str) -> list[str]:
    """The lines as Python counts them."""
    return io.StringIO(text, newline="").readlines()


def _without_body(node: _Function, lines: list[str], exercise: str, ending: str) -> _Edit:
    first = node.body[0]
    says = isinstance(first, ast.Expr) and isinstance(first.value, ast.Constant) and isinstance(first.value.value, str)
    start = (first.end_lineno or first.lineno) if says else first.lineno - 1
    while not says and lines[start - 1].lstrip().startswith(("#", "\n", "\r")):
        start -= 1
    if start < node.lineno:
        raise SourceError(f"the body of {shown(node.name)} stands in the line of its name")
    indent = " " * first.col_offset
    said = f'raise NotImplementedError("exercise {exercise}: docs/exercises.md has the task")'
    return _Edit(start, node.end_lineno or start, [f"{indent}{said}{ending}"])


def _removal(node: ast.stmt, lines: list[str]) -> _Edit:
    """The removal of a statement, with its decorators and the comment right above it."""
    start = min([node.lineno, *(one.lineno for one in getattr(node, "decorator_list", ()))]) - 1
    while start and lines[start - 1].startswith("#"):
        start -= 1
    return _Edit(start, node.end_lineno or start, [])


def _edited(lines: list[str], edits: Iterable[_Edit]) -> str:
    """The text with the edits; where lines go, as many blank lines stay as the wider gap had."""
    for start, end, new in sorted(edits, reverse=True):
        before = next((count for count in range(start) if lines[start - 1 - count].strip()), start)
        after = next((count for count in range(len(lines) - end) if lines[end + count].strip()), len(lines) - end)
        last = end + after == len(lines)
        if not new:
            start -= before if last else 0
            end += 0 if last else min(before, after)
        lines = [*lines[:start], *new, *lines[end:]]
    return "".join(lines)


def _used(tree: ast.Module) -> set[str]:
    """The names that a module uses; a text that is a name counts as one, as in `__all__`."""
    texts = {node.value for node in ast.walk(tree) if isinstance(node, ast.Constant) and isinstance(node.value, str)}
    return texts | {node.id for node in ast.walk(tree) if isinstance(node, ast.Name)}


def _bound(tree: ast.Module) -> set[str]:
    """The names that the imports at the top of a module bind."""
    return {_name(alias) for node in tree.body if isinstance(node, _Import) for alias in node.names}


def _name(alias: ast.alias) -> str:
    return alias.asname or alias.name.partition(".")[0]


def _without_imports(tree: ast.Module, lines: list[str], names: set[str]) -> Iterator[_Edit]:
    for node in tree.body:
        if not isinstance(node, _Import) or not names.intersection(map(_name, node.names)):
            continue
        kept = [alias for alias in node.names if _name(alias) not in names]
        start, end = node.lineno - 1, node.end_lineno or node.lineno
        if not kept:
            yield _Edit(start, end, [])
        elif len({alias.lineno for alias in node.names} | {node.lineno}) > len(node.names):  # each on its own line
            gone = {alias.lineno - 1 for alias in node.names if alias not in kept}
            yield _Edit(start, end, [lines[number] for number in range(start, end) if number not in gone])
        else:
            rest = lines[end - 1].encode()[node.end_col_offset :].decode()
            node.names = kept
            yield _Edit(start, end, [ast.unparse(node) + rest])
