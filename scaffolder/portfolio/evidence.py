"""Where a repository shows a term: in a measurement, a verified item, an import, a file, or a dependency."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

from scaffolder.check.engine.finding import Evidence, State
from scaffolder.check.engine.repository import Repository, fact
from scaffolder.check.readers.imports import imported
from scaffolder.check.readers.python import modules
from scaffolder.check.readers.toml import pyproject
from scaffolder.portfolio.project import Project
from scaffolder.portfolio.results import result
from scaffolder.portfolio.vocabulary import Term

LONGEST = 300  # characters of a fact
MOST = 5  # pieces of evidence for one term in one repository
PYPROJECT = "pyproject.toml"
_OWN = ("{}.py", "{}/__init__.py", "src/{}.py", "src/{}/__init__.py")  # where a module of the repository lies
_NAME = re.compile(r"\s*([A-Za-z0-9][\w.-]{0,100})")
_SEPARATORS = re.compile(r"[-_.]+")


def evidence(project: Project, term: Term) -> tuple[Evidence, ...]:
    """The evidence for `term`, the strongest first: a number before a verified item, code before a name in a list."""
    found = [*_measured(project, term), *_verified(project, term)]
    found += _imported(project.repo, term.imports) or _required(project.repo, (*term.dependencies, *term.imports))
    present = project.repo.snapshot.glob(*term.files) if term.files else ()
    known = {each.path for each in found}
    found += [Evidence("the file is there", path) for path in present[:1] if path not in known]
    return tuple(dict.fromkeys(replace(each, fact=_cut(each.fact)) for each in found))[:MOST]


def _cut(fact: str) -> str:
    return fact if len(fact) <= LONGEST else f"{fact[: LONGEST - 1]}…"


def _measured(project: Project, term: Term) -> Iterator[Evidence]:
    """The first metric of the term that was measured."""
    measured = project.metrics
    if measured and term.metrics:
        names = [entry.metric for entry in measured.scores if entry.metric.partition("@")[0] in term.metrics]
        found = result(measured, names[0]) if names else None
        if found:
            yield Evidence(str(found), "reports/metrics.json")


def _verified(project: Project, term: Term) -> Iterator[Evidence]:
    """The first evidence with a file of each verified item that is done; what is only written does not count."""
    for item in term.items:
        finding = project.finding(item)
        if finding.state is State.DONE and not finding.written:
            yield from [each for each in finding.evidence if each.path][:1]


def _imported(repo: Repository, names: tuple[str, ...]) -> list[Evidence]:
    """The place where the code first imports the first of `names` that it does; tests do not count."""
    for name in names:
        if any(repo.snapshot.is_file(place.format(name.partition(".")[0])) for place in _OWN):
            continue
        for module in modules(repo):
            if not module.is_test and name.rpartition(".")[2] in module.text:  # to parse it takes much longer
                for found, line in imported(module):
                    if f"{found}.".startswith(f"{name}."):
                        return [Evidence(f"imports {name}", module.path, line)]
    return []


def _required(repo: Repository, names: tuple[str, ...]) -> list[Evidence]:
    """The place where pyproject.toml depends on the first of `names` that it does."""
    found = _dependencies(repo)
    return next(([found[_folded(name)]] for name in names if _folded(name) in found), [])


def _folded(name: str) -> str:
    return _SEPARATORS.sub("-", name).lower()


@fact
def _dependencies(repo: Repository) -> Mapping[str, Evidence]:
    """The packages that pyproject.toml depends on, and where it says so."""
    project = pyproject(repo).get("project")
    lines = (repo.snapshot.text(PYPROJECT) or "").split("\n")
    found: dict[str, Evidence] = {}
    for requirement in _requirements(project if isinstance(project, dict) else {}):
        if name := _NAME.match(requirement):
            line = next((number for number, line in enumerate(lines, 1) if requirement in line), None)
            found.setdefault(_folded(name[1]), Evidence(f"depends on {name[1]}", PYPROJECT, line))
    return found


def _requirements(project: Mapping[str, Any]) -> list[str]:
    optional = project.get("optional-dependencies")
    groups = [project.get("dependencies"), *(optional.values() if isinstance(optional, dict) else ())]
    return [each for group in groups if isinstance(group, list) for each in group[:500] if isinstance(each, str)]
