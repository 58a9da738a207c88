"""The commands that continuous integration runs: the steps of workflows, followed through make and shell scripts."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice
from typing import NamedTuple

from scaffolder.check.engine.repository import Repository, fact
from scaffolder.check.readers.make import made_by, makefile
from scaffolder.check.readers.shell import Command, commands
from scaffolder.check.readers.workflow import Step, Workflow, workflows

MAX_RUNS = 3_000

_RUNNERS = frozenset("pytest py.test unittest nose2 tox nox trial".split())
_RUN_TEST = frozenset("hatch just task npm yarn pnpm cargo go".split())  # with the argument `test`
_ONLY_LOOKS = frozenset("--collect-only --co --version --help -h --fixtures --markers".split())
_NOT_TESTS = frozenset("lint mypy type types typing docs doc format fmt style pre-commit ruff flake8".split())


class Run(NamedTuple):
    """A command that continuous integration runs, and whose failure makes it fail."""

    workflow: Workflow
    step: Step
    command: Command
    target: str = ""  # the make target or script that it is part of

    def __str__(self) -> str:
        words = " ".join(word or "''" for word in self.command.words)
        return f"`{words[:60]}`" + (f" in {self.target[:60]}" if self.target else "")


@fact
def ci_runs(repo: Repository) -> tuple[Run, ...]:
    """The commands of the workflows that run on a push or pull request, and of those that they call."""
    return tuple(islice(_runs(repo), MAX_RUNS))


def _runs(repo: Repository) -> Iterator[Run]:
    flows = [flow for flow in workflows(repo) if flow.problem is None]
    called = {step.uses.removeprefix("./") for flow in flows if flow.runs_on_change for step in flow.steps}
    for flow in flows:
        for step in flow.steps if flow.runs_on_change or flow.path in called else ():
            for command in () if step.tolerated else _counting(step.run):
                yield Run(flow, step, command)
                for script, target in _inside(repo, step, command):
                    yield from (Run(flow, step, each, target) for each in _counting(script) if each.name != "make")


def runs_tests(command: Command) -> bool:
    """Whether a command runs a test suite, judged by its words."""
    words = command.words
    if _ONLY_LOOKS & set(words):
        return False
    if command.name in ("tox", "nox"):
        return not any(part in _NOT_TESTS for word in words[1:] for part in word.split(","))
    if command.name == "python":
        return words[1:3] == ("manage.py", "test")
    return command.name in _RUNNERS or (command.name in _RUN_TEST and "test" in words[1:3])


def _counting(script: str) -> Iterator[Command]:
    """The commands of a script whose failure is not ignored."""
    return (command for command in commands(script) if not command.excused)


def _inside(repo: Repository, step: Step, command: Command) -> Iterator[tuple[str, str]]:
    """The scripts that a command runs through make or as a file of the repository, each with its target or path."""
    found = makefile(repo)
    if found and not step.folder:
        for target in found.reached(*made_by(command)):
            yield from ((line, target.name) for line in target.recipe)
    started = command.words[1:2] if command.name in ("bash", "sh") else (command.program,)
    path = "".join(started).removeprefix("./")
    if path.endswith(".sh"):
        yield repo.snapshot.text(path) or "", path
