"""Which module of a package imports which, read from its source."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping, Set
from functools import cache, cached_property
from graphlib import CycleError, TopologicalSorter
from pathlib import PurePosixPath

Graph = Mapping[str, Set[str]]


class Source:
    """The modules in some files: paths such as `scaffolder/cli/app.py`, each with its text."""

    def __init__(self, files: Mapping[str, bytes]) -> None:
        self.paths = {name_of(PurePosixPath(path)): path for path in sorted(files) if path.endswith(".py")}
        self.files = files

    @cached_property
    def trees(self) -> dict[str, ast.Module]:
        return {module: parsed(self.files[path]) for module, path in self.paths.items()}

    def imported(self, module: str, *, at_start: bool = False) -> set[str]:
        """The modules here that `module` imports: anywhere, or `at_start` only those that run on import."""
        nodes = running(self.trees[module]) if at_start else ast.walk(self.trees[module])
        names = {name for node in nodes for name in self._named(node, module)}
        return {known for name in names if (known := self._owner(name)) and known != module}

    @cached_property
    def graph(self) -> dict[str, set[str]]:
        """The modules that each one imports, anywhere."""
        return {module: self.imported(module) for module in self.trees}

    def graph_at_start(self) -> dict[str, set[str]]:
        """The modules that each one imports when it is imported."""
        return {module: self.imported(module, at_start=True) for module in self.trees}

    def _named(self, node: ast.AST, module: str) -> Iterator[str]:
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            package = module if self.paths[module].endswith("/__init__.py") else module.rpartition(".")[0]
            start = package.rsplit(".", node.level - 1)[0] if node.level else ""
            source = ".".join(filter(None, (start, node.module)))
            yield from (f"{source}.{alias.name}" for alias in node.names)

    def _owner(self, name: str) -> str | None:
        """The module that `name`, a module or something in one, belongs to; None outside these files."""
        return next((one for one in (name, name.rpartition(".")[0]) if one in self.trees), None)


def name_of(path: PurePosixPath) -> str:
    parts = path.with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


@cache
def parsed(source: bytes) -> ast.Module:
    return ast.parse(source)


def running(node: ast.AST) -> Iterator[ast.AST]:
    """What runs when a module is imported: no function bodies, nothing that only a type checker reads."""
    for child in ast.iter_child_nodes(node):
        if isinstance(child, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda):
            continue
        if isinstance(child, ast.If) and "TYPE_CHECKING" in ast.unparse(child.test):
            continue
        yield child
        yield from running(child)


def circle(graph: Graph) -> list[str]:
    """Modules, or rooms, that import each other in a circle; empty if there are none."""
    try:
        TopologicalSorter(graph).prepare()
    except CycleError as error:
        return list(error.args[1])
    return []
