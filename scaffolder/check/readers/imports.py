"""Imports of a repository's own modules that are not there, as after a module was renamed."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from typing import TypeGuard

from scaffolder.check.engine.repository import Repository, fact
from scaffolder.check.readers.gitignore import ignored
from scaffolder.check.readers.python import Module, modules, name_of, once
from scaffolder.results.finding import Evidence

_ROOTS = ("", "src/")  # the folders of a repository's packages
_BUILD = ("pyproject.toml", "setup.cfg", "setup.py", "Makefile")  # may name a module that a build makes
_FAILURES = {"ImportError", "ModuleNotFoundError", "Exception"}


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


def lost_imports(repo: Repository) -> Iterator[Evidence]:
    """The imports, relative or of a package of the repository, of a module that is not in it."""
    for module in modules(repo):
        guarded = {id(inner) for node in module.nodes if _is_guarded(node) for inner in ast.walk(node)}
        for node in module.nodes:
            if isinstance(node, ast.Import | ast.ImportFrom) and id(node) not in guarded:
                for place in _lost(repo, module, node):
                    said = f"It imports {place.replace('/', '.')[:80]}, which is not there"
                    yield Evidence(said, module.path, node.lineno)


def _is_guarded(node: ast.AST) -> bool:
    """Whether a node is a `try` that allows an import to fail."""
    handlers = node.handlers if isinstance(node, ast.Try) else ()
    types = [each.type for each in handlers]
    caught = [one for each in types for one in (each.elts if isinstance(each, ast.Tuple) else [each])]
    return any(one is None or name_of(one) in _FAILURES for one in caught)


def _lost(repo: Repository, module: Module, node: ast.Import | ast.ImportFrom) -> Iterator[str]:
    """The places, paths without `.py`, of the modules that an import names and the repository lacks."""
    if isinstance(node, ast.Import):
        named = [(place, "") for alias in node.names for place in _places(repo, module, alias.name)]
    else:
        places = list(_places(repo, module, node.module or "", node.level))
        named = [(place, alias.name) for place in places for alias in node.names]
    for place, name in dict.fromkeys(named):
        if not _is_there(repo, place):
            yield place
        elif name and _binds(repo, place, name) is False and not _is_there(repo, f"{place}/{name}"):
            yield f"{place}/{name}"


def _places(repo: Repository, module: Module, name: str, level: int = 0) -> Iterator[str]:
    """The possible places of a module of the repository, relative to the importing one or in a package."""
    path, above = name.replace(".", "/"), module.path.split("/")
    if 0 < level < len(above):
        yield "/".join(filter(None, [*above[:-level], path]))
    elif not level:
        top = path.partition("/")[0]
        yield from (f"{root}{path}" for root in _ROOTS if repo.snapshot.is_file(f"{root}{top}/__init__.py"))


def _is_there(repo: Repository, place: str) -> bool:
    """Whether a module or folder is there or may be made later, since Git ignores it or the build names it."""
    if repo.snapshot.is_file(f"{place}.py") or repo.snapshot.is_file(f"{place}.pyi") or repo.snapshot.has(place):
        return True
    file = f"{place.rpartition('/')[2]}.py"
    return ignored(repo)(f"{place}.py") or any(file in (repo.snapshot.text(path) or "") for path in _BUILD)


def _binds(repo: Repository, place: str, name: str) -> bool | None:
    """Whether a package defines a name that can be imported; None if it is not a package, or nobody can tell."""
    names = _packages(repo).get(f"{place}/__init__.py")
    return None if names is None or names & {"*", "__getattr__"} else name in names


@fact
def _packages(repo: Repository) -> dict[str, frozenset[str]]:
    """The names that each `__init__.py` has, "*" among them if it imports all of another module."""
    found = (module for module in modules(repo) if module.path.endswith("/__init__.py") and module.tree)
    return {module.path: frozenset(_names(module)) for module in found}


def _names(module: Module) -> Iterator[str]:
    for node in module.nodes:
        if isinstance(node, ast.alias):
            yield (node.asname or node.name).partition(".")[0]
        elif isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            yield node.name
        elif isinstance(node, ast.Name):
            yield node.id
