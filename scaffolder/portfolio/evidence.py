"""Where a repository shows a term, and how well: in a measurement, in the code, or in the name of a file."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from enum import StrEnum
from itertools import islice
from typing import NamedTuple

from scaffolder.check.engine.finding import Evidence, State
from scaffolder.check.engine.repository import Repository, fact
from scaffolder.check.readers.imports import imported
from scaffolder.check.readers.python import Module, modules, once
from scaffolder.portfolio.project import Project
from scaffolder.portfolio.results import result
from scaffolder.portfolio.vocabulary import Term

LONGEST = 300  # characters of a fact
MOST = 5  # pieces of evidence for one term in one repository
LEAST_LINES = 3  # of a function or a file that shows anything
_OWN = ("{}.py", "{}/__init__.py", "src/{}.py", "src/{}/__init__.py")  # where a module of the repository lies
_COMPOSE = ("compose*.y*ml", "docker-compose*.y*ml", "**/compose*.y*ml", "**/docker-compose*.y*ml")
_IMAGE = re.compile(r"\s*image:\s*[\"']?([\w./:@-]+)")
_NAME_PART = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|\d+")


class Grade(StrEnum):
    """How well a term is shown, the best first. A file that is merely there does not count."""

    MEASURED = "measured"
    CODE = "in the code"
    FILE = "a file only"

    @property
    def counts(self) -> bool:
        """Whether a term counts as shown."""
        return self is not Grade.FILE


@dataclass(frozen=True)
class Proof:
    """A piece of evidence for a term, and how well it shows it."""

    grade: Grade
    evidence: Evidence


def proofs(project: Project, term: Term) -> tuple[Proof, ...]:
    """The evidence for `term`, the best first."""
    found = [proof for each in (term, *term.kinds) for proof in _of(project, each)]
    best_of_file: dict[str, Proof] = {}
    for proof in sorted(found, key=lambda proof: list(Grade).index(proof.grade)):
        best_of_file.setdefault(proof.evidence.path, proof)
    return tuple(best_of_file.values())[:MOST]


def _of(project: Project, term: Term) -> Iterator[Proof]:
    """The evidence for the term itself, and not for its kinds."""
    graded = {
        Grade.MEASURED: (_measured(project, term), _verified(project, term.recomputed)),
        Grade.CODE: (
            _verified(project, term.items),
            _imported(project.repo, term.imports),
            _defined(project.repo, term.defines),
            _written(project.repo, term.code),
            _started(project.repo, term.images),
        ),
        Grade.FILE: (_present(project.repo, term.files),),
    }
    for grade, readers in graded.items():
        for found in (each for reader in readers for each in reader):
            yield Proof(grade, replace(found, fact=_cut(found.fact)))


def _cut(fact: str) -> str:
    return fact if len(fact) <= LONGEST else f"{fact[: LONGEST - 1]}…"


def _measured(project: Project, term: Term) -> Iterator[Evidence]:
    """The first metric of the term that was measured."""
    measured = project.metrics
    if measured and term.metrics:
        names = [entry.metric for entry in measured.scores if entry.metric.partition("@")[0] in term.metrics]
        if found := result(measured, names[0]) if names else None:
            yield Evidence(str(found), "reports/metrics.json")


def _verified(project: Project, items: tuple[str, ...]) -> Iterator[Evidence]:
    """The first evidence with a file of each verified item that is done; what is only written does not count."""
    for item in items:
        finding = project.finding(item)
        if finding.state is State.DONE and not finding.written:
            yield from [each for each in finding.evidence if each.path][:1]


def _imported(repo: Repository, names: tuple[str, ...]) -> Iterator[Evidence]:
    """Where the code imports one of `names`: in the module that takes most from it."""
    found = (
        [Evidence(f"imports {name}", module.path, line) for other, line in imported(module) if _is_in(other, name)]
        for name in names
        if not any(repo.snapshot.is_file(place.format(name.partition(".")[0])) for place in _OWN)
        for module in _code(repo)
        if name.rpartition(".")[2] in module.text  # to parse it takes much longer
    )
    yield from max(found, key=len, default=[])[:1]


def _is_in(module: str, package: str) -> bool:
    return f"{module}.".startswith(f"{package}.")


def _defined(repo: Repository, phrases: tuple[str, ...]) -> Iterator[Evidence]:
    """The longest definition with one of `phrases` in its name, in the module that has most of them."""
    firsts = [phrase.partition(" ")[0] for phrase in phrases]
    found = (
        [each for each in _definitions(module) if any(f" {phrase} " in each.words for phrase in phrases)]
        for module, text in _code(repo).items()
        if any(first in text for first in firsts)  # to parse it takes much longer
    )
    most = max(found, key=lambda named: (len(named), sum(each.lines for each in named)), default=[])
    yield from (each.evidence for each in sorted(most, key=lambda each: -each.lines)[:1])


def _written(repo: Repository, patterns: tuple[str, ...]) -> Iterator[Evidence]:
    """The longest file in a language that is no test, if it holds anything."""
    paths = [path for path in (repo.snapshot.glob(*patterns) if patterns else ()) if "tests" not in path.split("/")]
    lengths = {path: sum(map(bool, map(str.strip, (repo.snapshot.text(path) or "").split("\n")))) for path in paths}
    longest = max(paths, key=lambda path: lengths[path], default="")
    if longest and lengths[longest] >= LEAST_LINES:
        among = f", the longest of {len(paths)} such files" if len(paths) > 1 else ""
        yield Evidence(f"{lengths[longest]:,} lines{among}", longest)


def _started(repo: Repository, names: tuple[str, ...]) -> Iterator[Evidence]:
    """The first container image with one of `names` that compose starts."""
    found = (
        Evidence(f"starts {image[1][:100]}", path, number)
        for path in (repo.snapshot.glob(*_COMPOSE) if names else ())
        for number, line in enumerate((repo.snapshot.text(path) or "").split("\n"), 1)
        if (image := _IMAGE.match(line[:500])) and set(names) & set(image[1].partition(":")[0].split("/"))
    )
    yield from islice(found, 1)


def _present(repo: Repository, patterns: tuple[str, ...]) -> Iterator[Evidence]:
    present = repo.snapshot.glob(*patterns) if patterns else ()
    yield from (Evidence("the file is there", path) for path in present[:1])


@fact
def _code(repo: Repository) -> dict[Module, str]:
    """The modules that are no tests, each with its path and text in small letters."""
    return {module: f"{module.path} {module.text}".lower() for module in modules(repo) if not module.is_test}


class _Definition(NamedTuple):
    """A function, class or module; `words` are those of its name, in small letters, each between spaces."""

    words: str
    lines: int
    evidence: Evidence


@once
def _definitions(module: Module) -> Iterator[_Definition]:
    """The functions and classes of a module, and the module itself, if they are long enough to show anything."""
    name = module.path.rpartition("/")[2].removesuffix(".py")
    found = [("a module named", name, 1, module.text.count("\n"))] if module.tree and module.tree.body[1:] else []
    for node in module.nodes:
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            found.append(("defines", node.name, node.lineno, (node.end_lineno or 0) - node.lineno + 1))
    for what, name, line, lines in found:
        if lines >= LEAST_LINES:
            words = " ".join(_NAME_PART.findall(name[:100])).lower()
            yield _Definition(f" {words} ", lines, Evidence(f"{what} {name[:100]}, {lines} lines", module.path, line))
