"""Standard streams that are full, closed or not read to their end: one sentence, and a code that says what happened."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
from support import Outcome, git

pytestmark = pytest.mark.slow

FULL = pytest.mark.skipif(not Path("/dev/full").exists(), reason="only Linux has a file that is always full")
NO_SPACE, CLOSED = "No space left on device", "Bad file descriptor"


def run(redirection: str, *arguments: str) -> Outcome:
    """A run of `scaffolder` with a redirection of the shell."""
    command = ["sh", "-c", f'"$@" {redirection}', "sh", sys.executable, "-m", "scaffolder", *arguments]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    return Outcome(done.returncode, done.stdout, done.stderr)


PRINTING = [
    ["--help"],
    ["--version"],
    ["describe", "classical-ml", "--json"],
    ["new", "classical-ml", "--yes", "--dry-run"],
    ["check"],
]


@FULL
@pytest.mark.parametrize("arguments", PRINTING, ids=" ".join)
def test_output_that_the_disk_does_not_take(arguments: list[str]) -> None:
    assert run(">/dev/full", *arguments) == (3, "", f"scaffolder: The output cannot be written: {NO_SPACE}.\n")


def test_output_that_is_closed() -> None:
    assert run(">&-", "list") == (3, "", f"scaffolder: The output cannot be written: {CLOSED}.\n")


@FULL
@pytest.mark.parametrize("as_json", [[], ["--json"]], ids=["text", "json"])
def test_what_was_done_is_said_though_its_output_is_lost(tmp_path: Path, mini: Path, as_json: list[str]) -> None:
    def said(done: str) -> Outcome:
        return Outcome(3, "", f"scaffolder: {done}, but the output cannot be written: {NO_SPACE}.\n")

    made = tmp_path / "small-thing"
    assert run(">/dev/full", "new", str(mini), "--yes", *as_json) == said(f"The project is in '{made}'")
    update = ("update", str(made), "--yes", "--set")
    assert run(">/dev/full", *update, "colour=small-thing-blue", *as_json) == said("The project is updated")
    assert git(made, "log", "-1", "--format=%s").startswith("Render mini")
    assert (made / "small-thing-blue").is_dir()


@FULL
@pytest.mark.slow
def test_what_was_done_for_a_cohort_is_said_though_its_output_is_lost(tmp_path: Path, mini: Path) -> None:
    (tmp_path / "roster.csv").write_text("id\nada\n")
    steps = {
        "new": ["roster.csv", "-t", str(mini), "-o", "course"],
        "push": ["course", "--base", str(tmp_path)],
        "update": ["course"],
        "check": ["course"],
    }
    for step, arguments in steps.items():
        code, _, err = run(">/dev/full", "cohort", step, *arguments)
        said = f"What was done is in the ledger, but the output cannot be written: {NO_SPACE}."
        assert (code, err.splitlines()[-1]) == (3, f"scaffolder: {said}")
    code, _, err = run(">/dev/full", "cohort", "report", "course")
    assert (code, err) == (
        3,
        f"scaffolder: The page is 'course/report.html', but the output cannot be written: {NO_SPACE}.\n",
    )
    assert (tmp_path / "course" / "report.html").stat().st_size > 1_000


@pytest.mark.parametrize("redirection", ["2>&-", pytest.param("2>/dev/full", marks=FULL), ">&- 2>&-"])
def test_an_error_that_cannot_be_said_keeps_its_code(redirection: str) -> None:
    assert run(redirection, "new", "nope", "x", "--yes") == (2, "", "")


def test_everything_closed_still_makes_the_project(tmp_path: Path, mini: Path) -> None:
    assert run("<&- >&- 2>&-", "new", str(mini), "--yes", "--no-git") == (3, "", "")
    assert (tmp_path / "small-thing" / "README.md").read_text().startswith("# Small Thing")


def test_input_that_is_closed(tmp_path: Path) -> None:
    assert run("<&-", "list").code == 0
    assert run("<&-", "new", "classical-ml") == (
        2,
        "",
        "scaffolder: There is no terminal to ask on: use --yes to accept the defaults.\n",
    )
    assert run("<&-", "review", "--from", "-", str(tmp_path)) == (
        2,
        "",
        f"scaffolder: Standard input cannot be read: {CLOSED}.\n",
    )


@pytest.mark.parametrize(
    ("arguments", "unbuffered"),
    [
        ("--help", ""),
        ("list", "1"),
        ("describe no-such-template --json", ""),
        ("new classical-ml --yes --dry-run --json", ""),
        ("new classical-ml --yes --dry-run --json", "1"),
    ],
)
def test_output_that_nobody_reads_is_neither_a_yes_nor_a_no(arguments: str, unbuffered: str) -> None:
    read_end, write_end = os.pipe()
    os.close(read_end)
    command = [sys.executable, "-m", "scaffolder", *arguments.split()]
    environment = {**os.environ, "PYTHONUNBUFFERED": unbuffered}
    done = subprocess.run(command, env=environment, stdout=write_end, stderr=subprocess.PIPE, text=True, check=False)
    os.close(write_end)
    assert done.returncode == 141
    assert [line for line in done.stderr.splitlines() if not line.startswith("scaffolder: There is no template")] == []


def test_errors_that_nobody_reads_keep_their_code() -> None:
    read_end, write_end = os.pipe()
    os.close(read_end)
    command = [sys.executable, "-m", "scaffolder", "new", "nope", "x", "--yes"]
    assert subprocess.run(command, stderr=write_end, check=False).returncode == 2
    os.close(write_end)


def test_a_folder_that_is_gone() -> None:
    gone = 'mkdir gone && cd gone && rmdir ../gone && "$@"'
    for arguments in (["new", "classical-ml", "x", "--yes"], ["update"], ["check"], ["cohort", "check"]):
        command = ["sh", "-c", gone, "sh", sys.executable, "-m", "scaffolder", *arguments]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        said = "scaffolder: The folder that you are in is not there any more: cd to another one.\n"
        assert (done.returncode, done.stdout, done.stderr) == (3, "", said)
