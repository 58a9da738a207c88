"""Where a repository shows a term, how well, and by whose work: in a measurement or in the code."""

from __future__ import annotations

import ast
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from enum import StrEnum

from scaffolder.check.engine.repository import Repository, fact
from scaffolder.check.readers.python import Module, imported, modules, once
from scaffolder.check.template_words import template_name
from scaffolder.portfolio.project import Project
from scaffolder.portfolio.results import result
from scaffolder.portfolio.vocabulary import Term
from scaffolder.portfolio.whose import LEAST_LINES, is_own, own_lines
from scaffolder.results.finding import Evidence, State

LONGEST = 300  # characters of a fact
MOST = 5  # pieces of evidence for one term in one repository
_OWN = ("{}.py", "{}/__init__.py", "src/{}.py", "src/{}/__init__.py")  # where a module of the repository lies
_COMPOSE = ("compose*.y*ml", "docker-compose*.y*ml", "**/compose*.y*ml", "**/docker-compose*.y*ml")
_DEFINITIONS = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)
_NAME_PART = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|\d+")
_IMAGE = re.compile(r"\s*image:\s*[\"']?([\w./:@-]+)")


class Grade(StrEnum):
    """How well a term is shown, the best first."""

    MEASURED = "measured"
    CODE = "in the code"


@dataclass(frozen=True)
class Proof:
    """A piece of evidence for a term, how well it shows it, and the template that brought it, "" if its owner did."""

    grade: Grade
    evidence: Evidence
    template: str = ""


def proofs(project: Project, term: Term) -> tuple[Proof, ...]:
    """The evidence for `term`: what its owner did first, and of that the best."""
    found = [proof for each in (term, *term.kinds) for proof in _of(project, each)]
    best_of_file: dict[str, Proof] = {}
    for proof in sorted(found, key=rank):
        best_of_file.setdefault(proof.evidence.path, proof)
    return tuple(best_of_file.values())[:MOST]


def rank(proof: Proof) -> tuple[bool, int]:
    """The key that sorts evidence, the best first."""
    return bool(proof.template), list(Grade).index(proof.grade)


def _of(project: Project, term: Term) -> Iterator[Proof]:
    """The evidence for the term itself, and not for its kinds."""
    repo = project.repo
    measured = (*_measured(project, term), *_verified(project, term.recomputed))
    yield from (_proof(project, Grade.MEASURED, each, is_own(repo, each)) for each in measured)
    for each in (
        *_verified(project, term.items),
        *_imported(repo, term.imports),
        *_written(repo, term.code),
        *_started(repo, term.images),
        *_defined(repo, term.defines),
    ):
        yield _proof(project, Grade.CODE, each, is_own(repo, each))


def _proof(project: Project, grade: Grade, evidence: Evidence, own: bool) -> Proof:
    return Proof(grade, replace(evidence, fact=_cut(evidence.fact)), "" if own else template_name(project.repo))


def _own_first(repo: Repository, found: Iterable[Evidence]) -> list[Evidence]:
    return sorted(found, key=lambda each: not is_own(repo, each))


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
            yield from _own_first(project.repo, (each for each in finding.evidence if each.path))[:1]


def _imported(repo: Repository, names: tuple[str, ...]) -> Iterator[Evidence]:
    """Where the code uses a module of `names`: the owner's code, or else the module that uses it most."""
    found = (
        _own_first(repo, _uses(module, name))
        for name in names
        if not any(repo.snapshot.is_file(place.format(name.partition(".")[0])) for place in _OWN)
        for module in _code(repo)
        if name.rpartition(".")[2] in module.text  # to parse it takes much longer
    )
    yield from max(filter(None, found), key=lambda uses: (is_own(repo, uses[0]), len(uses)), default=[])[:1]


def _uses(module: Module, name: str) -> list[Evidence]:
    lines = sorted({line for other, line in _used(module) if f"{other}.".startswith(f"{name}.")})
    return [Evidence(f"uses {name}", module.path, line) for line in lines]


@once
def _used(module: Module) -> Iterator[tuple[str, int]]:
    """The modules of others, and the names in them, that a module imports, with each line that uses them."""
    bound: dict[int, set[str]] = defaultdict(set)
    read: dict[str, list[int]] = defaultdict(list)
    for node in module.nodes:
        if isinstance(node, ast.Import | ast.ImportFrom):
            bound[node.lineno] |= {(alias.asname or alias.name).partition(".")[0] for alias in node.names}
        elif isinstance(node, ast.Name):
            read[node.id].append(node.lineno)
    for name, line in imported(module):
        yield from ((name, place) for each in bound[line] for place in read[each])


def _defined(repo: Repository, phrases: tuple[str, ...]) -> Iterator[Evidence]:
    """The longest function or class with one of `phrases` in its name, the owner's first."""
    firsts = [phrase.partition(" ")[0] for phrase in phrases]
    found = [
        (lines, Evidence(f"defines {name[:100]}, {lines} lines", module.path, line))
        for module, text in _code(repo).items()
        if any(first in text for first in firsts)  # to parse it takes much longer
        for name, line, lines in _definitions(module)
        if any(f" {phrase} " in _words(name) for phrase in phrases)
    ]
    longest_first = [evidence for _, evidence in sorted(found, key=lambda pair: -pair[0])]
    yield from _own_first(repo, longest_first)[:1]


@once
def _definitions(module: Module) -> Iterator[tuple[str, int, int]]:
    """The name, the first line and the length of each function and class that is long enough to show anything."""
    for node in module.nodes:
        if isinstance(node, _DEFINITIONS):
            lines = (node.end_lineno or 0) - node.lineno + 1
            if lines >= LEAST_LINES:
                yield node.name, node.lineno, lines


def _words(name: str) -> str:
    """The words of a name in small letters, each between spaces."""
    return f" {' '.join(_NAME_PART.findall(name[:100]))} ".lower()


def _written(repo: Repository, patterns: tuple[str, ...]) -> Iterator[Evidence]:
    """The longest file in a language that is no test, the owner's first, if it holds anything."""
    paths = [path for path in (repo.snapshot.glob(*patterns) if patterns else ()) if "tests" not in path.split("/")]
    lengths = {path: sum(map(bool, map(str.strip, (repo.snapshot.text(path) or "").split("\n")))) for path in paths}
    own = {path: min(lengths[path], own_lines(repo, path)) for path in paths}
    longest = max(paths, key=lambda path: (own[path] >= LEAST_LINES, own[path], lengths[path]), default="")
    if longest and lengths[longest] >= LEAST_LINES:
        lines = own[longest] if own[longest] >= LEAST_LINES else lengths[longest]
        yield Evidence(f"{lines:,} lines", longest)


def _started(repo: Repository, names: tuple[str, ...]) -> Iterator[Evidence]:
    """The first container image with one of `names` that compose starts."""
    found = (
        Evidence(f"starts {image[1][:100]}", path, number)
        for path in (repo.snapshot.glob(*_COMPOSE) if names else ())
        for number, line in enumerate((repo.snapshot.text(path) or "").split("\n"), 1)
        if (image := _IMAGE.match(line[:500])) and set(names) & set(image[1].partition(":")[0].split("/"))
    )
    yield from _own_first(repo, found)[:1]


@fact
def _code(repo: Repository) -> dict[Module, str]:
    """The modules that are no tests, each with its path and text in small letters."""
    return {module: f"{module.path} {module.text}".lower() for module in modules(repo) if not module.is_test}
