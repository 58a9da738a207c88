"""Workflows, Makefiles and shell, read without running them."""

from __future__ import annotations

import pytest
from synthetic import CI, GOOD, facts, found, repository, without

from scaffolder.check.items.ci import ContinuousIntegration, SupplyChain
from scaffolder.check.items.quality_gate import QualityGate
from scaffolder.check.readers.ci import ci_runs, runs_tests
from scaffolder.check.readers.make import makefile, parse_makefile
from scaffolder.check.readers.shell import Command, commands
from scaffolder.check.readers.workflow import parse_workflow
from scaffolder.results.finding import State

SHA = "de0fac2e4500dabe0009e67214ff5f5447ce83dd"
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
setup:
"""


def flow(steps: str, head: str = "on: [push]\npermissions: {}\n", job: str = "") -> str:
    return f"{head}jobs:\n  one:\n    runs-on: ubuntu-24.04\n{job}    steps:\n{steps}"


@pytest.mark.parametrize(
    ("script", "expected"),
    [
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
    [("pytest || true", True), ("pytest || exit 0", True), ("pytest || exit 1", False), ("pytest; true", False)],
)
def test_a_failure_may_be_excused(script: str, excused: bool) -> None:
    assert next(commands(script)).excused is excused


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ("pytest", True),
        ("pytest --collect-only", False),
        ("tox -e lint", False),
        ("nox -s tests", True),
        ("npm run test", True),
        ("python manage.py test", True),
        ("make test", False),
    ],
)
def test_what_runs_a_suite(words: str, expected: bool) -> None:
    assert runs_tests(Command(tuple(words.split()))) is expected


@pytest.mark.parametrize(
    ("uses", "pinned"),
    [
        (f"actions/checkout@{SHA}", True),
        ("./.github/actions/mine", True),
        ("docker://alpine@sha256:" + "a" * 64, True),
        ("actions/checkout@v6", False),
        ("docker://alpine:3.20", False),
    ],
)
def test_a_pinned_action(uses: str, pinned: bool) -> None:
    finding = found(SupplyChain, {CI: flow(f"      - uses: {uses}\n")})
    assert (finding.state is State.DONE) is pinned
    assert pinned or str(finding.evidence[0]) == f"{CI}:7: {uses} is not pinned to a commit"


def test_each_workflow_has_its_own_count_of_pinned_actions() -> None:
    pinned = f"      - uses: actions/checkout@{SHA}\n"
    finding = found(SupplyChain, {CI: flow(pinned * 2), ".github/workflows/a.yml": flow(pinned)})
    assert [str(each) for each in finding.evidence] == [
        ".github/workflows/a.yml: pinned actions: 1; restricted permissions",
        f"{CI}: pinned actions: 2; restricted permissions",
    ]


def test_an_empty_argument_stays_in_what_is_said() -> None:
    finding = found(ContinuousIntegration, {CI: flow("      - run: pytest -m ''\n")})
    assert str(finding.evidence[0]) == f"{CI}:7: `pytest -m ''` on push"


@pytest.mark.parametrize(
    ("permissions", "job", "complaints"),
    [
        ("permissions: read-all\n", "", 0),
        ("permissions:\n  contents: read\n", "    permissions:\n      contents: write\n", 0),
        ("", "    permissions:\n      contents: read\n", 0),
        ("", "", 1),
        ("permissions: write-all\n", "", 1),
        ("permissions: {}\n", "    permissions: write-all\n", 1),
    ],
)
def test_permissions(permissions: str, job: str, complaints: int) -> None:
    parsed = parse_workflow(flow("      - run: x\n", f"on: push\n{permissions}", job), "ci.yml")
    assert len(parsed.excess) == complaints


@pytest.mark.parametrize(
    "text", ["", "[]", "on: push\n", "on: push\njobs:\n  a: 1\n", "on: push\njobs:\n  a: {steps: []}\n", "a: ["]
)
def test_what_is_no_workflow_has_a_problem(text: str) -> None:
    assert parse_workflow(text, "ci.yml").problem is not None


def test_targets_with_their_needs_and_recipes() -> None:
    parsed = parse_makefile(MAKEFILE)
    assert parsed.targets["test"].needs == ["setup", "folder"]
    assert parsed.targets["test"].recipe == [
        ".venv/bin/python -m pytest  -q",
        ".venv/bin/python -m churn optional || true",
    ]
    for goal in ("test", "all", "check"):
        assert parsed.targets["test"] in parsed.reached(goal)


@pytest.mark.parametrize(
    "text", ["a: b\nb: a\n", "A = $(B)\nB = $(A)\nx:\n\t$(A)\n", "A = $(A)$(A)\nx:\n\t$(A)\n", "x: " + "y " * 50_000]
)
def test_a_circle_ends(text: str) -> None:
    parsed = parse_makefile(text)
    assert len(list(parsed.reached(*parsed.targets))) == len(parsed.targets)


def test_steps_are_seen_through_make_scripts_and_called_workflows() -> None:
    files = {
        "Makefile": MAKEFILE,
        "scripts/all.sh": "set -e\nmake test\npytest -x\n",
        CI: flow(
            "      - run: make check\n      - run: bash scripts/all.sh\n      - uses: ./.github/workflows/t.yml\n"
        ),
        ".github/workflows/t.yml": flow("      - run: pytest -v\n", "on: workflow_call\npermissions: {}\n"),
        ".github/workflows/u.yml": flow("      - run: pytest -w\n", "on: workflow_dispatch\npermissions: {}\n"),
    }
    runs = [(" ".join(run.command.words), run.target) for run in ci_runs(repository(files)) if runs_tests(run.command)]
    assert runs == [("pytest -q", "test"), ("pytest -x", "scripts/all.sh"), ("pytest -v", "")]


TASKS = """
TASKS: dict[str, list[str]] = {
    "setup": ["what the lock names"],
    "test": ["all tests", "setup", "python -m pytest -q"],
    "check": ["everything", "test", "python -m churn check"],
}
"""
CALLS = "TASKS := setup test check\n\n$(TASKS):\n\t@$(PYTHON) tasks.py $@\n"


@pytest.mark.parametrize("files", [{"tasks.py": TASKS, "Makefile": CALLS}, {"tasks.py": TASKS}])
def test_steps_are_seen_through_a_program_of_tasks(files: dict[str, str]) -> None:
    for command in ("make check", "python tasks.py setup check"):
        repo = repository({**files, CI: flow(f"      - run: {command}\n")})
        runs = [(str(run.command.words[-1]), run.target) for run in ci_runs(repo) if runs_tests(run.command)]
        assert runs == [("-q", "test")]


def test_another_program_of_this_name_has_no_targets() -> None:
    for other in (
        "@task\ndef test(c):\n    c.run('pytest')\n",
        "TASKS: dict = make()\n",
        "TASKS: dict = {1: [], **x}\n",
        "(",
    ):
        assert makefile(repository({"tasks.py": other})) is None


def test_tests_in_another_repositorys_workflow_cannot_be_seen() -> None:
    called = f"on: push\npermissions: {{}}\njobs:\n  a:\n    uses: x/y/.github/workflows/test.yml@{SHA}\n"
    finding = found(ContinuousIntegration, {CI: called, "scaffolder.toml": "contract = 1\n"})
    assert (finding.state, finding.reason[:8]) == (State.UNVERIFIED, "x/y/.git")
    stranger = found(ContinuousIntegration, {CI: called})
    assert (stranger.state, stranger.reason[:8]) == (State.UNVERIFIED, "x/y/.git")


@pytest.mark.parametrize("path", [".gitlab-ci.yml", ".circleci/config.yml", "Jenkinsfile"])
@pytest.mark.parametrize("item", [ContinuousIntegration, SupplyChain, QualityGate])
def test_another_ci_service_is_not_said_to_be_absent(item: type[ContinuousIntegration], path: str) -> None:
    finding = found(item, {**without(".github/"), path: "test: {script: pytest}"})
    assert (finding.state, path in finding.reason) == (State.UNVERIFIED, True)


def test_a_bound_may_be_in_a_command() -> None:
    files = without("settings.toml")
    assert "no bound on a metric was found" in facts(QualityGate, files)
    files[CI] = GOOD[CI].replace("make evaluate", "python evaluate.py --min-auc 0.8")
    assert "--min-auc" in facts(QualityGate, files)
