"""The owner's part of a repository, as of the last commit, and the part that its template brought."""

from __future__ import annotations

import re
from collections.abc import Iterator

from scaffolder.check.engine.repository import Repository, fact
from scaffolder.check.own_work import own_work
from scaffolder.check.template_words import template_name
from scaffolder.project.mine.comparison import Comparison, Share
from scaffolder.project.mine.file_kinds import Kind
from scaffolder.results.finding import Evidence

LEAST_LINES = 3  # of a function or a file that shows anything
_TEST = re.compile(r"^\s*(?:async )?def test", re.MULTILINE)


@fact
def _own(repo: Repository) -> dict[str, frozenset[int]]:
    """The numbers of the owner's lines in each file: in one that has changed since, of those that are still there."""
    found = own_work(repo).found
    return (
        {share.path: frozenset(_numbers(repo, found, share)) for share in found.files if share.owner} if found else {}
    )


def _numbers(repo: Repository, found: Comparison, share: Share) -> Iterator[int]:
    text = repo.snapshot.text(share.path) or ""
    if text == found.texts[share.path]:
        yield from (number for first, last in share.marked for number in range(first, last + 1))
        return
    own = {line for line in found.own_text(share).split("\n") if line.strip()}
    yield from (number for number, line in enumerate(text.split("\n"), 1) if line in own)


def own_lines(repo: Repository, path: str, first: int = 1, lines: int = 1_000_000) -> int:
    """How many of some lines of a file are the owner's: all of them in a repository that no template made."""
    if not template_name(repo):
        return lines
    return sum(first <= number < first + lines for number in _own(repo).get(path, ()))


def is_own(repo: Repository, evidence: Evidence) -> bool:
    """Whether the line of `evidence` is the owner's, or, of a whole file, enough lines to show anything."""
    if evidence.line:
        return own_lines(repo, evidence.path, evidence.line, 1) > 0
    return own_lines(repo, evidence.path) >= LEAST_LINES


def whose(repo: Repository) -> str:
    """A sentence of the owner's on what is theirs in a project from a template; "" if no template made it."""
    template, (found, unknown) = template_name(repo), own_work(repo)
    if not template:
        return ""
    if found is None:
        return f"Made from the template {template}; what is mine in it cannot be told here, because {unknown}."
    tests = sum(len(_TEST.findall(found.own_text(share))) for share in found.of(Kind.TESTS))
    numbers = {"line": sum(map(found.lines, (Kind.CODE, Kind.TESTS, Kind.OTHER))), "test": tests, "word": found.words}
    parts = [f"{number:,} {noun}{'' if number == 1 else 's'}" for noun, number in numbers.items() if number]
    parts += ["the data"] if any(share.own for share in found.of(Kind.DATA)) else []
    if not parts:
        return f"Made from the template {template}; nothing in it is mine yet."
    said = " and ".join(filter(None, (", ".join(parts[:-1]), parts[-1])))
    verb = "is" if said in ("1 line", "1 test", "1 word") else "are"
    return f"Made from the template {template}; {said} {verb} mine."
