"""`scaffolder check` as a person or a pipeline meets it."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from sample_reports import SAMPLES, broken, finished, hostile, learner, long, review, undeclared
from support import ROOT, Outcome

from scaffolder.check.items import ITEMS
from scaffolder.cli import check as check_cli
from scaffolder.pages import json as json_page
from scaffolder.pages import markdown, text

Run = Callable[..., Outcome]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    made = tmp_path / "radar"
    made.mkdir()
    (made / "README.md").write_text("# Radar\n\n## Problem\n\nTODO(problem): who?\n\n[gone](absent.md)\n")
    return made


def test_it_reports_and_ends_well_whatever_it_found(
    scaffolder: Run, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(folder)
    code, out, err = scaffolder("check")
    assert (code, err) == (0, "")
    assert out.startswith("radar\n")
    assert "README.md:5: unfinished: “TODO(problem): who?”" in out
    assert "\x1b" not in out


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        (["--level", "builder"], 1, "radar is not at level builder yet: problem, "),
        (["--fail-under", "90"], 1, "of its items done, and 90% are asked for"),
        (["--fail-under", "0"], 0, ""),
        (["--only", "secrets", "--level", "operator"], 0, ""),
        (["--only", "links", "--level", "builder"], 1, "not at level builder yet: links to do"),
        (["--only", "lnks"], 2, "did you mean 'links'?"),
        (["--explain", "lnks"], 2, "did you mean 'links'?"),
        (["--level", "wizard"], 2, "'builder', 'deployer', 'operator'"),
        (["--fail-under", "101"], 2, "--fail-under"),
        (["--format", "pdf"], 2, "'json'"),
        (["--output", "absent/report.txt"], 3, "cannot be written"),
    ],
)
def test_exit_codes(scaffolder: Run, folder: Path, arguments: list[str], code: int, said: str) -> None:
    outcome = scaffolder("check", folder, *arguments)
    assert outcome.code == code
    assert said in outcome.err
    assert outcome.err.count("\n") == (1 if code else 0)


def test_no_such_folder(scaffolder: Run) -> None:
    assert scaffolder("check", "absent") == (2, "", "scaffolder: There is no folder 'absent' to check.\n")


def test_explain_shows_one_item_in_full(scaffolder: Run, folder: Path) -> None:
    code, out, _ = scaffolder("check", folder, "--explain", "links")
    assert code == 0
    assert out.startswith("Links: ")
    assert "Level: Builder\nSource: " in out
    assert max(map(len, out.splitlines())) <= 80
    assert "README.md:7" in out


def test_several_folders_end_in_a_summary(scaffolder: Run, folder: Path, tmp_path: Path) -> None:
    (tmp_path / "other").mkdir()
    _, out, _ = scaffolder("check", folder, "other")
    assert out.splitlines()[-3].startswith("Repository  Level")
    assert [line.split()[0] for line in out.splitlines()[-2:]] == ["radar", "other"]


def test_json_is_for_programs(scaffolder: Run, folder: Path) -> None:
    content = json.loads(scaffolder("check", folder, "--format", "json").out)
    (report,) = content["reports"]
    assert (content["schema"], report["name"], report["level"], report["next_level"]) == (1, "radar", None, "builder")
    assert len(report["findings"]) == len(ITEMS) == sum(report["counts"].values())
    problem = next(finding for finding in report["findings"] if finding["item"] == "problem")
    assert (problem["state"], problem["evidence"][0]["line"]) == ("placeholder", 5)


def test_output_and_badge_are_files(scaffolder: Run, folder: Path, tmp_path: Path) -> None:
    outcome = scaffolder("check", folder, "--format", "markdown", "--output", "report.md", "--badge", "badge.svg")
    assert outcome == (0, "", "")
    assert (tmp_path / "report.md").read_text("utf-8").startswith("# radar\n")
    assert (tmp_path / "badge.svg").read_text("utf-8").startswith("<svg")
    assert scaffolder("check", folder, folder, "--badge", "b.svg").code == 2


@pytest.mark.parametrize("report", [learner(), finished(), hostile()], ids=lambda report: report.name[:8])
def test_text_fits_a_terminal_of_80_columns_and_drives_none(report: object) -> None:
    plain = text.page([report])  # type: ignore[list-item]
    assert max(map(len, plain.splitlines())) <= 80
    assert "\x1b" not in plain
    coloured = text.page([report], colour=True)  # type: ignore[list-item]
    assert "\x1b[1m" in coloured
    for code in (0, 1, 2, 31, 32, 33, 36):
        coloured = coloured.replace(f"\x1b[{code}m", "")
    assert coloured == plain


def test_markdown_shows_hostile_text_as_text() -> None:
    page = markdown.page([hostile()])
    assert not any(tag in page for tag in ("<script", "<img"))
    assert page.count("\n# ") == 0


def test_json_holds_any_text() -> None:
    assert json.loads(json_page.page([hostile(), learner()]))["reports"][0]["name"] == hostile().name


def test_no_colour_when_asked_for_none(folder: Path) -> None:
    import pty

    def run(**environment: str) -> str:
        leader, follower = pty.openpty()
        command = [sys.executable, "-m", "scaffolder", "check", str(folder), "--only", "links"]
        root = str(Path(check_cli.__file__).parents[1])
        subprocess.run(command, stdout=follower, env={**os.environ, "PYTHONPATH": root, "TERM": "xterm", **environment})
        return os.read(leader, 100_000).decode()

    assert "\x1b[1m" in run()
    assert not any("\x1b" in run(**plain) for plain in ({"NO_COLOR": "1"}, {"TERM": "dumb"}))


def test_watch_checks_again_when_a_file_changes_comes_or_goes(folder: Path) -> None:
    changes = check_cli._changes([folder], pause=0.01)
    next(changes)
    before = check_cli._stamps(folder)
    (folder / "new.md").write_text("x")
    next(changes)
    os.utime(folder / "new.md", ns=(1, 1))
    next(changes)
    (folder / "new.md").unlink()
    next(changes)
    assert check_cli._stamps(folder) == before


def test_watch_ends_on_ctrl_c(folder: Path) -> None:
    import signal

    root = str(Path(check_cli.__file__).parents[1])
    command = [sys.executable, "-m", "scaffolder", "check", str(folder), "--watch", "--only", "links"]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env={**os.environ, "PYTHONPATH": root})
    assert process.stdout is not None
    assert process.stdout.readline() == "radar\n"
    time.sleep(0.3)
    process.send_signal(signal.SIGINT)
    assert process.wait(10) == 0
    process.stdout.close()
