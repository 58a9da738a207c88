"""What continuous integration really runs: the steps of the workflows, seen through make and shell scripts."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from scaffolder.check.engine.snapshot import Snapshot
from scaffolder.check.readers.make import Makefile, made_by
from scaffolder.check.readers.shell import Command, commands
from scaffolder.check.readers.workflow import Step, Workflow

MAX_RUNS = 3_000

_RUNNERS = frozenset(["pytest", "py.test", "unittest", "nose2", "tox", "nox", "trial", "stestr", "behave", "green"])
_TESTS_BY_ARGUMENT = {
    "hatch": "test", "poe": "test", "just": "test", "task": "test", "invoke": "test",
    "npm": "test", "yarn": "test", "pnpm": "test", "cargo": "test", "go": "test",
}  # fmt: skip
_ONLY_LOOKS = frozenset(["--collect-only", "--co", "--version", "--help", "-h", "--fixtures", "--markers"])
_NOT_TESTS = frozenset(
    [
        "lint",
        "mypy",
        "type",
        "types",
        "typing",
        "docs",
        "doc",
        "format",
        "fmt",
        "style",
        "pre-commit",
        "pre_commit",
        "ruff",
        "flake8",
    ]
)


@dataclass(frozen=True)
class Run:
    """One command that continuous integration runs, whose failure fails it."""

    workflow: Workflow
    step: Step
    command: Command
    target: str = ""  # the make target it is part of


def ci_runs(workflows: tuple[Workflow, ...], makefile: Makefile | None, snapshot: Snapshot) -> tuple[Run, ...]:
    """The commands of the workflows that run on a push or pull request."""
    found: list[Run] = []
    for workflow in workflows:
        if workflow.problem is None and workflow.runs_on_change:
            for step, command in workflow.commands():
                found += _unfolded(Run(workflow, step, command), makefile, snapshot)
            if len(found) > MAX_RUNS:
                break
    return tuple(found[:MAX_RUNS])


def runs_tests(command: Command) -> bool:
    """Whether a command runs a test suite, as far as its words say."""
    words = command.words
    if _ONLY_LOOKS & set(words):
        return False
    if command.name in ("tox", "nox"):
        return not any(part in _NOT_TESTS for word in words[1:] for part in word.split(","))
    if command.name == "python":
        return words[1:3] == ("manage.py", "test") or words[1:3] == ("setup.py", "test")
    wanted = _TESTS_BY_ARGUMENT.get(command.name)
    return command.name in _RUNNERS or (wanted is not None and wanted in words[1:3])


def _unfolded(run: Run, makefile: Makefile | None, snapshot: Snapshot) -> Iterator[Run]:
    yield run
    goals = made_by(run.command)
    if makefile and goals and not run.step.folder:
        for target in makefile.reached(*goals):
            for line in target.recipe:
                for command in () if line.excused else commands(line.text):
                    if not command.excused and command.name != "make":
                        yield Run(run.workflow, run.step, command, target.name)
    script = _script(run.command, snapshot)
    if script:
        yield from (Run(run.workflow, run.step, command, script) for command in commands(snapshot.text(script) or ""))


def _script(command: Command, snapshot: Snapshot) -> str | None:
    """The shell script of this repository that a command runs."""
    words = [word for word in (command.program, *command.words[1:]) if not word.startswith("-")]
    words = words[1:] if words[:1] in (["bash"], ["sh"]) else words
    if not words or not words[0].endswith(".sh"):
        return None
    path = words[0].removeprefix("./")
    return path if snapshot.is_file(path) else snapshot.find(f"**/{path}") if "*" not in path else None
