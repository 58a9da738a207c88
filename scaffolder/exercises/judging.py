"""Runs tests with the Python of a project's environment. That runs the code of the project."""

from __future__ import annotations

import os
import re
import subprocess
from collections.abc import Sequence
from pathlib import Path
from tempfile import TemporaryFile
from typing import NamedTuple

from scaffolder import git
from scaffolder.errors import OutsideError, shown

PASSED, FAILED = 0, 1  # exit codes of pytest
_SECONDS = 600.0  # for the tests of exercises
_PYTHONS = (".venv/bin/python", ".venv/Scripts/python.exe")
_MOST_BYTES = 1_000_000  # of what pytest prints, from its end
_OLD = "default::DeprecationWarning"  # a solution that works is right, also if a library will drop what it uses
_NO_PYTEST = "No module named pytest"
_FAILED = re.compile(r"^(?:FAILED|ERROR) tests/exercises/test_(\w{1,100})\.py(?:::(.{1,300}))?", re.MULTILINE)
_BROKEN = re.compile(r"^E +(?:NameError|ImportError|ModuleNotFoundError|SyntaxError|IndentationError)\b", re.MULTILINE)


class Verdict(NamedTuple):
    """The exit code of pytest, the exercises with a test that failed, and the last line that was printed.

    `why` names the first of these tests, with its reason. `broken` says that the program is not complete, so that the
    tests judged nothing.
    """

    code: int
    failed: tuple[str, ...]
    last: str
    why: str
    broken: bool

    @property
    def ran(self) -> bool:
        """Whether pytest was there and found tests."""
        return self.code == PASSED or bool(self.failed) or (self.code == FAILED and _NO_PYTEST not in self.last)


def judged(python: Path, folder: Path, tests: Sequence[str]) -> Verdict:
    """Run some test files of the project in `folder`; raises `OutsideError` if that fails or takes too long."""
    code, text = pytest(python, folder, ["-rfE", "-W", _OLD, *tests], _SECONDS)
    last = next((line for line in reversed(text.splitlines()) if line.strip()), "it printed nothing")
    failed = _FAILED.findall(text)
    why = next((said for _, said in failed if said), "")
    return Verdict(code, tuple(dict.fromkeys(name for name, _ in failed)), last, why, bool(_BROKEN.search(text)))


def python_of(folder: Path) -> Path | None:
    """The Python of the environment in a project's folder; None if there is none."""
    return next((place for place in (folder / each for each in _PYTHONS) if place.is_file()), None)


def pytest(python: Path, folder: Path, arguments: Sequence[str], seconds: float) -> tuple[int, str]:
    """The exit code of pytest in `folder`, with the code in its src/, and the end of what it printed.

    Raises `OutsideError` if it cannot be started or takes more than these seconds.
    """
    command = [str(python), "-m", "pytest", "-q", "-p", "no:cacheprovider", *arguments]
    environment = {**os.environ, "PYTHONPATH": str(folder / "src"), "PYTHONDONTWRITEBYTECODE": "1", "COLUMNS": "300"}
    with TemporaryFile() as output:  # no pipe, which a process that the tests started could hold open
        code = _run(command, folder, environment, output.fileno(), seconds)
        output.seek(max(0, output.seek(0, os.SEEK_END) - _MOST_BYTES))
        return code, output.read().decode("utf-8", "replace")


def _run(command: Sequence[str], folder: Path, environment: dict[str, str], output: int, seconds: float) -> int:
    try:
        process = subprocess.Popen(  # noqa: S603 - the person's own project, as `make test` runs it
            command,
            cwd=folder,
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
            start_new_session=True,
        )
    except OSError as error:
        raise OutsideError(f"{shown(command[0], 200)} cannot be started: {error.strerror}.") from error
    try:
        return process.wait(seconds)
    except subprocess.TimeoutExpired:
        raise OutsideError(f"The tests took longer than {seconds:g} seconds.") from None
    finally:
        git.end(process)
