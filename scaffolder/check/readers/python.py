"""The Python files of a repository, each parsed at most once and only if somebody asks."""

from __future__ import annotations

import ast
import re
import warnings
from collections.abc import Callable, Iterable, Iterator
from functools import cached_property, wraps
from typing import Any, ClassVar, TypeGuard, TypeVar

from scaffolder.check.engine.repository import Repository, fact

MAX_FILES = 500
MAX_CHARACTERS = 300_000
MAX_SIGNS = 75_000  # of one file: its tree takes up to two kilobytes for each; usual code has one in seven characters
MAX_TOGETHER, MAX_SIGNS_TOGETHER = 2_000_000, 300_000  # characters and signs of all files

_NO_SIGNS = bytes(each for each in range(256) if chr(each) in "_ \t\r" or chr(each).isalnum() or each > 127)
_TESTS = re.compile(r"(?:^|/)(?:(?:unit_?|integration_?)?tests?/|test_[^/]*\.py$|(?:[^/]*_)?tests?\.py$|conftest\.py$)")

Found = TypeVar("Found")


class Module:
    """One Python file. `tree` is None when it does not parse.

    Only the module that was asked last keeps its tree, and what readers take from it has no part of the tree.
    """

    _parsed: ClassVar[Module | None] = None

    def __init__(self, path: str, text: str) -> None:
        self.path = path
        self.text = text
        self._found: dict[object, tuple[Any, ...]] = {}

    @cached_property
    def is_test(self) -> bool:
        """Whether its name or folder says that it is part of the tests."""
        return bool(_TESTS.search(self.path))

    @cached_property
    def signs(self) -> int:
        """How many signs it has, line breaks among them: there is no denser code than `a;a;a`."""
        return len(self.text.encode().translate(None, _NO_SIGNS))

    @property
    def is_too_large(self) -> bool:
        """Whether it is not parsed, since that would take too long and too much memory."""
        return len(self.text) > MAX_CHARACTERS or self.signs > MAX_SIGNS

    @cached_property
    def tree(self) -> ast.Module | None:
        """The parsed file."""
        if self.is_too_large:
            return None
        if before := Module._parsed:
            before.__dict__.pop("tree", None)
            before.__dict__.pop("nodes", None)
        Module._parsed = self
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")  # about the repository's code, not ours
                return ast.parse(self.text)
        except (SyntaxError, ValueError, RecursionError, MemoryError):
            return None

    @cached_property
    def is_broken(self) -> bool:
        """Whether it does not parse."""
        return self.tree is None

    @cached_property
    def nodes(self) -> tuple[ast.AST, ...]:
        """Every node of the tree."""
        return tuple(ast.walk(self.tree)) if self.tree else ()

    @cached_property
    def constants(self) -> dict[str, str]:
        """The names that the module gives to a piece of text, at its top level."""
        found: dict[str, str] = {}
        for node in self.tree.body if self.tree else ():
            if isinstance(node, ast.Assign | ast.AnnAssign) and (value := text_of(node.value)) is not None:
                targets = node.targets if isinstance(node, ast.Assign) else [node.target]
                found |= {target.id: value for target in targets if isinstance(target, ast.Name)}
        return found


def once(read: Callable[[Module], Iterable[Found]]) -> Callable[[Module], tuple[Found, ...]]:
    """Decorate a reader of modules so that each module keeps its result, since several items ask for the same."""

    @wraps(read)
    def kept(module: Module) -> tuple[Found, ...]:
        if read not in module._found:
            module._found[read] = tuple(read(module))
        return module._found[read]

    return kept


@fact
def modules(repo: Repository) -> tuple[Module, ...]:
    """The Python files, nearest to the top first, at most `MAX_FILES` and, together, `MAX_TOGETHER` characters."""
    paths = sorted(repo.snapshot.glob("*.py", "**/*.py"), key=lambda path: (path.count("/"), path))
    bounds = (MAX_FILES, MAX_TOGETHER, MAX_SIGNS_TOGETHER)
    found = tuple(
        repo.snapshot.within(bounds, "Python files", paths, Module, lambda each: (len(each.text), each.signs))
    )
    for module in found:
        if module.is_too_large:
            repo.snapshot.leave_out(f"{module.path} is very long: it was not parsed.")
    return found


def text_of(node: ast.AST | None, constants: dict[str, str] | None = None) -> str | None:
    """The text that an expression stands for: a literal, a known name, or an f-string with `{}` where a value goes."""
    if isinstance(node, ast.Name):
        return constants.get(node.id) if constants else None
    if isinstance(node, ast.JoinedStr):
        return "".join(text_of(part, constants) or "{}" for part in node.values)
    return node.value if isinstance(node, ast.Constant) and isinstance(node.value, str) else None


def name_of(node: ast.AST | None) -> str:
    """The dotted name of an expression: "a.b.c" of `a.b.c`, "b.c" of `f().b.c`, "" of anything else."""
    parts: list[str] = []
    while isinstance(node, ast.Attribute):
        parts.append(node.attr)
        node = node.value
    if isinstance(node, ast.Name):
        parts.append(node.id)
    return ".".join(reversed(parts))


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
