"""What a Makefile's targets need and run, read without make."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import lru_cache
from typing import NamedTuple

from scaffolder.check.engine.repository import Repository, fact
from scaffolder.check.readers.shell import Command, commands

MAX_DEPTH = 8
MAX_LINES = 20_000
MAX_NAMES = 100  # of the targets of one rule
MAX_VALUE = 2_000

_VARIABLE = re.compile(r"(?:export\s+|override\s+)*([\w.-]+)\s*(?:[:?]|::)?=\s*(.*)")
_GOAL = re.compile(r"[\w.][\w./-]*")
_INCLUDE = re.compile(r"^(?:[ ]*-?s?include\b|\$\((?:eval|call|foreach)\b)", re.MULTILINE)
_REFERENCE = re.compile(r"\$[({]([\w.-]+)[)}]")


class Line(NamedTuple):
    """A command of a recipe."""

    text: str  # with variables put in and without `@`, `-`, `+`
    excused: bool  # begins with `-`: make goes on when it fails


@dataclass(frozen=True)
class Target:
    """A target: what it needs first, and what it runs."""

    name: str
    needs: tuple[str, ...] = ()
    recipe: tuple[Line, ...] = ()


@dataclass(frozen=True)
class Makefile:
    """The targets of a Makefile, by name; `open` if others may come from included files, patterns or variables."""

    path: str
    targets: dict[str, Target] = field(default_factory=dict)
    open: bool = False

    def reached(self, *names: str) -> Iterator[Target]:
        """The targets that making `names` makes, what is needed first, each once; recursive `$(MAKE)` included."""
        seen: set[str] = set()
        for name in names:
            yield from self._reached(name, seen, 0)

    def _reached(self, name: str, seen: set[str], depth: int) -> Iterator[Target]:
        target = self.targets.get(name)
        if target is None or name in seen or depth > 50:
            return
        seen.add(name)
        made = [goal for line in target.recipe for command in commands(line.text) for goal in made_by(command)]
        for need in (*target.needs, *made):
            yield from self._reached(need, seen, depth + 1)
        yield target


@fact
def makefile(repo: Repository) -> Makefile | None:
    """The Makefile at the top of the repository."""
    path = repo.snapshot.find("Makefile", "makefile", "GNUmakefile")
    text = repo.snapshot.text(path) if path else None
    return parse_makefile(text, path) if path and text is not None else None


def made_by(command: Command) -> tuple[str, ...]:
    """The targets that a `make` command makes in its own folder; none for any other command."""
    elsewhere = ("-C", "--directory", "-f", "--file", "--makefile", "-n", "--dry-run")
    if command.name != "make" or any(word.startswith(elsewhere) for word in command.words):
        return ()
    return tuple(word for word in command.words[1:] if _GOAL.fullmatch(word) and not word.isdecimal())


@lru_cache(maxsize=64)  # the repositories of a cohort share most of their files
def parse_makefile(text: str, path: str = "Makefile") -> Makefile:
    """Read rules and simple variables; conditionals count as if each branch held."""
    variables = {"MAKE": "make", "CURDIR": "."}
    rules: list[tuple[list[str], list[str], list[str]]] = []  # names, what they need, recipe
    for line in _logical_lines(text):
        if line.startswith("\t"):
            if rules:
                rules[-1][2].append(line.strip())
        elif match := _VARIABLE.match(line.strip()):
            variables.setdefault(match[1], match[2].partition(" #")[0].strip())
        elif rule := _rule(line):
            names, needs = (_expanded(part, variables).split() for part in rule)
            rules.append((names[:MAX_NAMES], [need for need in needs if need != "|"], []))
    targets: dict[str, Target] = {}
    for names, required, recipe in rules:
        lines = tuple(_line(command, variables) for command in recipe)
        for name in names:
            known = targets.get(name, Target(name))
            targets[name] = Target(name, (*known.needs, *required), (*known.recipe, *lines))
    unsure = bool(_INCLUDE.search(text)) or any(set("%$") & set(name) for name in targets)
    return Makefile(path, targets, unsure)


def _rule(line: str) -> tuple[str, str] | None:
    """The names of the targets before the colon, and what they need."""
    before, colon, after = line.partition(":")
    if not colon or not before.strip() or set("=#") & set(before) or after.startswith(("=", ":=")):
        return None
    needs = after.lstrip(":").partition("#")[0].partition(";")[0]
    return before, "" if "=" in needs else needs


def _logical_lines(text: str) -> Iterator[str]:
    """The lines, each with those that continue it."""
    pieces: list[str] = []
    for line in text.splitlines()[:MAX_LINES]:
        pieces.append(line.removesuffix("\\").lstrip() if pieces else line.removesuffix("\\"))
        if not line.endswith("\\"):
            yield " ".join(pieces)
            pieces = []
    yield " ".join(pieces)


def _line(command: str, variables: dict[str, str]) -> Line:
    bare = command.lstrip("@-+ ")
    return Line(_expanded(bare, variables), "-" in command[: len(command) - len(bare)])


def _expanded(text: str, variables: dict[str, str]) -> str:
    """`text` with the variables that have a plain value put in; `$$` becomes `$`."""
    for _ in range(MAX_DEPTH):
        if "$(" not in text and "${" not in text:
            break
        text = _REFERENCE.sub(lambda match: variables.get(match[1], match[0])[:MAX_VALUE], text)[: 20 * MAX_VALUE]
    return text.replace("$$", "$")
