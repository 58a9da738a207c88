"""What continuous integration runs: the steps of the workflows, followed through make and shell scripts."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from scaffolder.check.engine.repository import Repository, fact
from scaffolder.check.readers.make import made_by, makefile
from scaffolder.check.readers.shell import Command, commands
from scaffolder.check.readers.workflow import Step, Workflow, workflows

MAX_RUNS = 3_000

_RUNNERS = frozenset("pytest py.test unittest nose2 tox nox trial stestr behave green".split())
_RUN_TEST = frozenset("hatch poe just task invoke npm yarn pnpm cargo go".split())  # with the argument `test`
_ONLY_LOOKS = frozenset("--collect-only --co --version --help -h --fixtures --markers".split())
_NOT_TESTS = frozenset(
    "lint mypy type types typing docs doc format fmt style pre-commit pre_commit ruff flake8".split()
)


@dataclass(frozen=True)
class Run:
    """One command that continuous integration runs, whose failure fails it."""

    workflow: Workflow
    step: Step
    command: Command
    target: str = ""  # the make target or script that it is part of

    def __str__(self) -> str:
        return f"`{' '.join(self.command.words)[:60]}`"


@fact
def ci_runs(repo: Repository) -> tuple[Run, ...]:
    """The commands of the workflows that run on a push or pull request, and of those that they call."""
    flows = [flow for flow in workflows(repo) if flow.problem is None]
    called = {step.uses.removeprefix("./") for flow in flows if flow.runs_on_change for step in flow.steps}
    found: list[Run] = []
    for flow in flows:
        if flow.runs_on_change or flow.path in called:
            for step, command in flow.commands():
                found += _unfolded(repo, Run(flow, step, command))
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
    return command.name in _RUNNERS or (command.name in _RUN_TEST and "test" in words[1:3])


def _unfolded(repo: Repository, run: Run) -> Iterator[Run]:
    """A command, and the commands of the make targets or the script that it runs."""
    yield run
    goals, found = made_by(run.command), makefile(repo)
    if found and goals and not run.step.folder:
        for target in found.reached(*goals):
            for line in target.recipe:
                for command in () if line.excused else commands(line.text):
                    if not command.excused and command.name != "make":
                        yield Run(run.workflow, run.step, command, target.name)
    if script := _script(repo, run.command):
        text = repo.snapshot.text(script) or ""
        yield from (Run(run.workflow, run.step, command, script) for command in commands(text))


def _script(repo: Repository, command: Command) -> str | None:
    """The shell script of this repository that a command runs."""
    words = [word for word in (command.program, *command.words[1:]) if not word.startswith("-")]
    words = words[1:] if words[:1] in (["bash"], ["sh"]) else words
    path = words[0].removeprefix("./") if words and words[0].endswith(".sh") else ""
    return path if repo.snapshot.is_file(path) else None
