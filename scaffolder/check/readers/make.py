"""The targets of a Makefile and of a `tasks.py`, what they need and what they run, read without running them.

A `tasks.py` has a dictionary `TASKS`, whose values are lists: what the target is for, then other targets and commands.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import NamedTuple

from scaffolder.check.engine.repository import Repository, fact
from scaffolder.check.readers.python import Module, name_of, text_of
from scaffolder.check.readers.shell import Command, commands

MAX_DEPTH = 8
MAX_CHARACTERS = 500_000
MAX_NAMES = 100  # of the targets of one rule
MAX_VALUE = 2_000
TASKS = "tasks.py"

_VARIABLE = re.compile(r"[ ]*(?:export\s+|override\s+)*([\w.-]+)\s*(?:[:?]|::)?=\s*(.*)")
_RULE = re.compile(r" *([^\s:=#][^:=#]*)::?(?!=)([^;#]*)")
_GOAL = re.compile(r"[\w.][\w./-]*")
# Lines that may add targets from elsewhere; an assignment, such as `$(eval X := $(Y))`, adds none.
_INCLUDE = re.compile(
    r"^(?:[ ]*-?s?include\b|\$\((?![^\n]*\beval\s+(?:override\s+)?[^\s:=]+\s*[:?+]?=)(?:eval|call|foreach)\b)",
    re.MULTILINE,
)
_REFERENCE = re.compile(r"\$[({]([\w.-]+)[)}]")


@dataclass
class Target:
    """A target with its prerequisites and its recipe, in which `-command` is written as `command || true`."""

    name: str
    needs: list[str] = field(default_factory=list)
    recipe: list[str] = field(default_factory=list)


class Makefile(NamedTuple):
    """The targets of a Makefile, by name; `open` if others may come from included files, patterns or variables."""

    path: str
    targets: dict[str, Target]
    open: bool

    def reached(self, *names: str) -> list[Target]:
        """The targets that `make NAMES` makes, each once, also through a recursive `$(MAKE)`."""
        found: dict[str, Target] = {}
        waiting = list(reversed(names))
        while waiting:
            target = self.targets.get(waiting.pop())
            if target and target.name not in found:
                found[target.name] = target
                made = (goal for line in target.recipe for command in commands(line) for goal in made_by(command))
                waiting += (*target.needs, *made)
        return list(found.values())


@fact
def makefile(repo: Repository) -> Makefile | None:
    """The Makefile at the top of the repository, with what the targets of a `tasks.py` beside it do."""
    path = repo.snapshot.find("Makefile", "makefile", "GNUmakefile")
    text = repo.snapshot.text(path) if path else None
    made = parse_makefile(text, path) if path and text is not None else None
    tasks = dict(_tasks(repo))
    if tasks and made is None:
        made = Makefile(TASKS, {}, open=False)
    if made:
        for name, steps in tasks.items():
            target = made.targets.setdefault(name, Target(name))
            target.needs += [step for step in steps if step in tasks]
            target.recipe += [step for step in steps if step not in tasks]
    return made


def _tasks(repo: Repository) -> Iterator[tuple[str, list[str]]]:
    """The targets of `tasks.py` with their steps; none if it is another program of this name."""
    text = repo.snapshot.text(TASKS) if repo.snapshot.is_file(TASKS) else None
    tree = Module(TASKS, text or "").tree
    for node in tree.body if tree else ():
        if isinstance(node, ast.AnnAssign) and name_of(node.target) == "TASKS" and isinstance(node.value, ast.Dict):
            for key, value in zip(node.value.keys, node.value.values, strict=True):
                if (name := text_of(key)) and isinstance(value, ast.List):
                    yield name, [step for step in map(text_of, value.elts[1:]) if step]


def made_by(command: Command) -> tuple[str, ...]:
    """The targets that `make` makes in its own folder, or `tasks.py` does; none for any other command."""
    elsewhere = ("-C", "--directory", "-f", "--file", "--makefile", "-n", "--dry-run")
    if command.words[:2] == ("python", TASKS):
        return tuple(filter(_GOAL.fullmatch, command.words[2:]))
    if command.name != "make" or any(word.startswith(elsewhere) for word in command.words):
        return ()
    return tuple(word for word in command.words[1:] if _GOAL.fullmatch(word) and not word.isdecimal())


def parse_makefile(text: str, path: str = "Makefile") -> Makefile:
    """Parse rules and simple variables, as if every branch of a conditional were taken."""
    lines = re.sub(r"\\\n[ \t]*", " ", text[:MAX_CHARACTERS]).split("\n")
    variables = {"MAKE": "make", "CURDIR": "."}
    for assigned in filter(None, map(_VARIABLE.match, lines)):
        variables.setdefault(assigned[1], assigned[2].partition(" #")[0].strip())
    targets: dict[str, Target] = {}
    last: list[Target] = []
    for line in lines:
        rule = _RULE.match(line)
        if line.startswith("\t"):
            command = _command(line.strip(), variables)
            for target in last:
                target.recipe.append(command)
        elif rule and not _VARIABLE.match(line):
            names = _expanded(rule[1], variables).split()[:MAX_NAMES]
            needs = [] if "=" in rule[2] else _expanded(rule[2], variables).replace("|", " ").split()
            last = [targets.setdefault(name, Target(name)) for name in names]
            for target in last:
                target.needs += needs
    unsure = bool(_INCLUDE.search(text)) or any(set("%$") & set(name) for name in targets)
    return Makefile(path, targets, unsure)


def _command(line: str, variables: dict[str, str]) -> str:
    bare = line.lstrip("@-+ ")
    ignored = "-" in line[: len(line) - len(bare)]
    return _expanded(bare, variables) + (" || true" if ignored else "")


def _expanded(text: str, variables: dict[str, str]) -> str:
    """`text` with variables replaced by their plain values; `$$` becomes `$`."""
    for _ in range(MAX_DEPTH):
        if "$(" not in text and "${" not in text:
            break
        text = _REFERENCE.sub(lambda match: variables.get(match[1], match[0])[:MAX_VALUE], text)[: 20 * MAX_VALUE]
    return text.replace("$$", "$")
