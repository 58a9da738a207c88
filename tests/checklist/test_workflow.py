"""Workflows, Makefiles and shell, read without running them."""

from __future__ import annotations

import pytest

from scaffolder.check.engine.snapshot import Snapshot
from scaffolder.check.readers.make import parse_makefile
from scaffolder.check.readers.shell import Command, commands
from scaffolder.check.readers.workflow import parse_workflow
from scaffolder.check.shipping.ci import ci_runs, runs_tests

SHA = "de0fac2e4500dabe0009e67214ff5f5447ce83dd"


def flow(steps: str, head: str = "on: [push]\npermissions: {}\n", job: str = "") -> str:
    return f"{head}jobs:\n  one:\n    runs-on: ubuntu-24.04\n{job}    steps:\n{steps}"


@pytest.mark.parametrize(
    ("script", "expected"),
    [
        ("pytest -q", [("pytest", "-q")]),
        (".venv/bin/python -m pytest", [("pytest",)]),
        ("uv run --with x pytest tests", [("pytest", "tests")]),
        ("A=1 sudo poetry run python -m coverage run -m pytest", [("pytest",)]),
        ("cd src && make lint test  # both", [("cd", "src"), ("make", "lint", "test")]),
        ("echo 'pytest && x' | tee log", [("echo", "pytest && x"), ("tee", "log")]),
        ("python \\\n  -m unittest", [("unittest",)]),
        ("python train.py --fast 2>&1", [("python", "train.py", "--fast", "2>&1")]),
        ("# pytest", []),
    ],
)
def test_commands_without_what_stands_before_them(script: str, expected: list[tuple[str, ...]]) -> None:
    assert [command.words for command in commands(script)] == expected


@pytest.mark.parametrize(
    ("script", "excused"),
    [
        ("pytest || true", True),
        ("pytest || exit 0", True),
        ("pytest || exit 1", False),
        ("pytest && true", False),
        ("pytest; true", False),
    ],
)
def test_a_failure_may_be_excused(script: str, excused: bool) -> None:
    assert commands(script)[0].excused is excused


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ("pytest", True),
        ("pytest --collect-only", False),
        ("tox", True),
        ("tox -e lint", False),
        ("nox -s tests", True),
        ("hatch test", True),
        ("npm run test", True),
        ("python manage.py test", True),
        ("ruff check", False),
        ("make test", False),
    ],
)
def test_what_runs_a_suite(words: str, expected: bool) -> None:
    assert runs_tests(Command(tuple(words.split()))) is expected


@pytest.mark.parametrize(
    ("head", "triggers"),
    [
        ("on: push\n", ("push",)),
        ("on: [push, pull_request]\n", ("push", "pull_request")),
        ("on:\n  pull_request:\n  schedule:\n    - cron: '0 0 * * *'\n", ("pull_request", "schedule")),
    ],
)
def test_triggers_in_each_form(head: str, triggers: tuple[str, ...]) -> None:
    assert parse_workflow(flow("      - run: x\n", head), "ci.yml").triggers == triggers


@pytest.mark.parametrize(
    ("uses", "pinned"),
    [
        (f"actions/checkout@{SHA}", True),
        ("./.github/actions/mine", True),
        ("docker://alpine@sha256:" + "a" * 64, True),
        ("actions/checkout@v6", False),
        ("actions/checkout@main", False),
        ("actions/checkout", False),
        ("docker://alpine:3.20", False),
    ],
)
def test_a_pinned_action(uses: str, pinned: bool) -> None:
    parsed = parse_workflow(flow(f"      - uses: {uses}\n"), "ci.yml")
    assert [(step.line, step.pinned) for step in parsed.steps] == [(7, pinned)]


@pytest.mark.parametrize(
    ("permissions", "job", "complaints"),
    [
        ("permissions: {}\n", "", 0),
        ("permissions: read-all\n", "", 0),
        ("permissions:\n  contents: read\n", "    permissions:\n      contents: write\n", 0),
        ("", "    permissions:\n      contents: read\n", 0),
        ("", "", 1),
        ("permissions: write-all\n", "", 1),
        ("permissions:\n  contents: write\n", "", 1),
        ("permissions: {}\n", "    permissions: write-all\n", 1),
    ],
)
def test_permissions(permissions: str, job: str, complaints: int) -> None:
    parsed = parse_workflow(flow("      - run: x\n", f"on: push\n{permissions}", job), "ci.yml")
    assert len(list(parsed.too_much())) == complaints


@pytest.mark.parametrize(
    "text",
    [
        "",
        "[]",
        "on: push\n",
        "jobs: {}\n",
        "on: push\njobs:\n  a: 1\n",
        "on: push\njobs:\n  a: {steps: []}\n",
        "a: [",
        "jobs: {a: {}}",
    ],
)
def test_what_is_no_workflow_has_a_problem(text: str) -> None:
    assert parse_workflow(text, "ci.yml").problem is not None


MAKEFILE = """\
PYTHON ?= python3
BIN := .venv/bin
RUN = $(BIN)/python -m churn
.PHONY: test all

all: lint test  ## everything

test: setup | folder
\t@$(BIN)/python -m pytest \\
\t  -q
\t-$(RUN) optional

check:
\t$(MAKE) test
%.txt: ; touch $@
setup:
"""


def test_targets_with_their_needs_and_recipes() -> None:
    parsed = parse_makefile(MAKEFILE)
    assert parsed.targets["test"].needs == ("setup", "folder")
    assert [(line.text, line.excused) for line in parsed.targets["test"].recipe] == [
        (".venv/bin/python -m pytest  -q", False),
        (".venv/bin/python -m churn optional", True),
    ]


@pytest.mark.parametrize("goal", ["test", "all", "check"])
def test_what_a_goal_runs_in_the_end(goal: str) -> None:
    assert ("pytest", "-q") in [command.words for command in parse_makefile(MAKEFILE).commands(goal)]


@pytest.mark.parametrize(
    "text", ["a: b\nb: a\n", "A = $(B)\nB = $(A)\nx:\n\t$(A)\n", "A = $(A)$(A)\nx:\n\t$(A)\n", "x: " + "y " * 50_000]
)
def test_a_circle_ends(text: str) -> None:
    parsed = parse_makefile(text)
    assert list(parsed.commands(*parsed.targets)) is not None


def test_steps_are_seen_through_make_and_scripts() -> None:
    files = {"scripts/all.sh": b"set -e\nmake test\npytest -x\n"}
    steps = "      - run: make check\n      - run: bash scripts/all.sh\n"
    runs = ci_runs((parse_workflow(flow(steps), "ci.yml"),), parse_makefile(MAKEFILE), Snapshot.of_files(files))
    assert [(run.command.words, run.target, run.step.line) for run in runs if runs_tests(run.command)] == [
        (("pytest", "-q"), "test", 7),
        (("pytest", "-x"), "scripts/all.sh", 8),
    ]


def test_a_workflow_that_no_change_starts_runs_nothing() -> None:
    parsed = parse_workflow(flow("      - run: pytest\n", "on: workflow_dispatch\n"), "ci.yml")
    assert ci_runs((parsed,), None, Snapshot.of_files({})) == ()
