"""All or nothing: no failure or interrupt leaves an incomplete project; slow/test_kills.py kills runs at random moments."""

from __future__ import annotations

import itertools
import os
import signal
import stat
import subprocess
import sys
import time
from pathlib import Path

import pytest
from support import PATIENCE, on_disk, rendered

from scaffolder.errors import OutsideError, TargetError
from scaffolder.project import plan as project
from scaffolder.project import staging
from scaffolder.project.plan import Plan
from scaffolder.template import catalog
from scaffolder.template.answers import chosen, complete

COMMAND = [sys.executable, "-m", "scaffolder", "new", "classical-ml", "churn-radar", "--yes"]


def planned(output: Path, want_git: bool | None = False) -> Plan:
    template = catalog.bundled("classical-ml")
    answers = complete(template, chosen({"project_slug": "churn-radar"}))
    return project.plan(template, answers, output, want_git=want_git)


def test_everything_is_written_under_missing_folders(tmp_path: Path) -> None:
    project.carry_out(planned(tmp_path / "a" / "b"))
    expected = rendered(catalog.bundled("classical-ml"), project_slug="churn-radar")
    assert on_disk(tmp_path / "a" / "b" / "churn-radar") == expected


def test_modes_follow_the_umask(tmp_path: Path) -> None:
    before = os.umask(0o027)
    try:
        project.carry_out(planned(tmp_path))
    finally:
        os.umask(before)
    made = tmp_path / "churn-radar"
    assert stat.S_IMODE(made.stat().st_mode) == 0o750
    assert stat.S_IMODE((made / "README.md").stat().st_mode) == 0o640


@pytest.mark.parametrize(
    ("error", "raised"),
    [
        (OSError(28, "No space left on device"), OutsideError),
        (KeyboardInterrupt(), KeyboardInterrupt),
        (ValueError("bug"), ValueError),
    ],
)
@pytest.mark.parametrize("below", ["", "a/b"])
def test_a_failure_in_the_middle_leaves_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, error: BaseException, raised: type[BaseException], below: str
) -> None:
    calls = itertools.count()
    really_open = os.open

    def failing_open(path: str, *arguments: int, **options: int) -> int:
        if next(calls) == 10:
            raise error
        return really_open(path, *arguments, **options)

    plan = planned(tmp_path / below)
    monkeypatch.setattr(os, "open", failing_open)
    with pytest.raises(raised):
        project.carry_out(plan)
    assert not list(tmp_path.iterdir())


def test_a_target_that_appears_meanwhile_is_left_alone(tmp_path: Path) -> None:
    plan = planned(tmp_path)
    (tmp_path / "churn-radar").mkdir()
    with pytest.raises(TargetError):
        project.carry_out(plan)
    assert list(tmp_path.rglob("*")) == [tmp_path / "churn-radar"]


@pytest.mark.slow
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP], ids=lambda number: number.name)
def test_a_signal_while_writing_leaves_nothing(tmp_path: Path, number: signal.Signals) -> None:
    slow = "import os, time; real = os.open; os.open = lambda *a: (real(*a), time.sleep(60 * ('.tmp/' in str(a))))[0]"
    code = f"{slow}; import sys; sys.argv[1:] = {COMMAND[3:]!r}; from scaffolder.cli.app import main; main()"
    process = subprocess.Popen([sys.executable, "-c", code], cwd=tmp_path, stderr=subprocess.PIPE, text=True)
    while process.poll() is None and not list(tmp_path.glob(".*.tmp/*")):
        time.sleep(0.01)
    process.send_signal(number)
    _, err = process.communicate(timeout=PATIENCE)
    assert process.returncode == 128 + number
    assert err == ("scaffolder: Stopped: nothing was written.\n" if number == signal.SIGINT else "")
    assert not list(tmp_path.iterdir())


def test_a_living_run_is_not_swept(tmp_path: Path) -> None:
    with staging.hidden_folder(tmp_path / "x") as hidden:
        staging.sweep(tmp_path)
        assert hidden.is_dir()
    assert not hidden.exists()


def test_only_our_own_leavings_are_swept(tmp_path: Path) -> None:
    for name in (".x.tmp", ".x.scaffolder-zz.tmp", "x.scaffolder-0123abcd.tmp"):
        (tmp_path / name).mkdir()
    (tmp_path / ".file.scaffolder-0123abcd.tmp").write_text("")
    (tmp_path / ".x.scaffolder-0123abcd.tmp").mkdir()
    before = {path.name for path in tmp_path.iterdir()}
    staging.sweep(tmp_path)
    assert before - {path.name for path in tmp_path.iterdir()} == {".x.scaffolder-0123abcd.tmp"}
