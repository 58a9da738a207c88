"""The commands of a workflow are seen through make, scripts and tasks.py."""

from __future__ import annotations

import pytest
from synthetic import CI, repository

from scaffolder.check.readers.ci import ci_runs, runs_tests
from scaffolder.check.readers.make import makefile

FLOW = "on: [push]\njobs:\n  a:\n    steps:\n      - run: {}\n"
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
        repo = repository({**files, CI: FLOW.format(command)})
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
