"""`scaffolder check` as a person or a pipeline meets it."""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from sample_reports import SAMPLES, broken, finding, finished, hostile, learner, long, review, undeclared
from support import Outcome, refused

from scaffolder.check.items import ITEMS
from scaffolder.cli.check import Format
from scaffolder.pages import markdown, text
from scaffolder.pages.forms import in_json
from scaffolder.results.finding import Level, Standing, State
from scaffolder.results.report import Report

Run = Callable[..., Outcome]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    made = tmp_path / "radar"
    made.mkdir()
    (made / "README.md").write_text("# Radar\n\n## Problem\n\nTODO(problem): who?\n\n[gone](absent.md)\n")
    return made


@pytest.fixture
def found(monkeypatch: pytest.MonkeyPatch) -> Callable[[Report], None]:
    """Let `check` find this report, whatever is there."""

    def give(report: Report) -> None:
        monkeypatch.setattr("scaffolder.check.examine.check", lambda *_, **__: report)

    return give


def test_it_reports_and_ends_well_whatever_it_found(
    scaffolder: Run, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(folder)
    code, out, err = scaffolder("check")
    assert (code, err) == (0, "")
    assert out.startswith("radar\nLevel: not rated (there is no scaffolder.toml).\n")
    assert "README.md:5: unfinished: “TODO(problem): who?”" in out
    assert "\x1b" not in out


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        (["--level", "builder"], 1, "radar is not at level Builder yet: problem"),
        (["--fail-under", "90"], 1, "of its items done or written, and 90% are asked for"),
        (["--fail-under", "0"], 0, ""),
        (["--reviewed"], 1, "radar is not rated, because there is no scaffolder.toml, so it"),
        (["--only", "problem", "--level", "builder"], 1, "not at level Builder yet: problem to do"),
        (["--only", "problme"], 2, "did you mean 'problem'?"),
        (["--explain", "problme"], 2, "did you mean 'problem'?"),
        (["--level", "wizard"], 2, "'builder', 'deployer', 'operator'"),
        (["--fail-under", "101"], 2, "--fail-under"),
        (["--format", "pdf"], 2, "'json'"),
        (["--output", "absent/report.txt"], 2, "'absent/report.txt' cannot be written: No such file"),
        (["--output", "n" * 300], 2, "cannot be written: File name too long"),
        (["--output", "."], 2, "'.' cannot be written: Is a directory"),
        (["--output", "/dev/full"], 3, "'/dev/full' cannot be written: No space left"),
    ],
)
def test_exit_codes(scaffolder: Run, folder: Path, arguments: list[str], code: int, said: str) -> None:
    outcome = scaffolder("check", folder, *arguments)
    assert outcome.code == code
    assert said in outcome.err
    assert outcome.err.count("\n") == (1 if code else 0)


WEAK, STALE, OWN = review(1), review(3, Standing.STALE), review(3, Standing.SELF)
OPEN = finding("late", "Late", State.MISSING, level=Level.OPERATOR, remedy="Do it.")


@pytest.mark.parametrize(
    ("report", "arguments", "code", "said"),
    [
        (finished("r", review()), [], 0, ""),
        (finished("r", WEAK, review(2)), [], 0, ""),
        (finished("r", WEAK), [], 1, "is not reviewed up to Operator: "),
        (finished("r", STALE, OWN), [], 1, "gives at least 2 of 3 to plan."),
        (finished("r"), ["--level", "deployer"], 0, ""),
        (replace(finished("r"), findings=(*finished().findings, OPEN)), [], 0, ""),
        (finished("r"), ["--level", "operator"], 1, "is not reviewed up to Operator"),
        (learner(), [], 1, "has not reached a level yet"),
        (undeclared(), [], 1, "is not rated, because there is no scaffolder.toml"),
        (learner(), ["--level", "builder"], 1, "is not at level Builder yet: errors, demo to do"),
    ],
)
def test_reviewed_is_a_gate(
    scaffolder: Run, found: Callable[[Report], None], report: Report, arguments: list[str], code: int, said: str
) -> None:
    found(report)
    outcome = scaffolder("check", "--reviewed", *arguments)
    assert outcome.code == code
    assert said in outcome.err
    assert outcome.err.count("\n") == code


@pytest.mark.parametrize("arguments", [[], ["--level", "operator"], ["--format", "html"], ["--reviewed"]])
def test_a_bug_of_ours_is_code_3_and_one_sentence(
    scaffolder: Run, found: Callable[[Report], None], arguments: list[str]
) -> None:
    found(broken())
    code, out, err = scaffolder("check", *arguments)
    assert (code, err) == (3, "scaffolder: A bug in scaffolder kept links of bug from being checked.\n")
    assert out


@pytest.mark.parametrize("option", ["--output", "--badge"])
@pytest.mark.parametrize(
    "content",
    [
        *("# My thesis, checked with scaffolder check\n", "25 verified by machine\n", '{"name": "scaffolder"}'),
        '{"devDependencies": {"scaffolder": "^1"}}',
    ],
)
def test_a_file_of_somebody_else_is_never_replaced(
    scaffolder: Run, folder: Path, tmp_path: Path, option: str, content: str
) -> None:
    other = tmp_path / "other"
    other.write_text(content)
    refused(scaffolder("check", folder, option, other), "was not written by this command")
    assert other.read_text() == content


@pytest.mark.parametrize("form", Format)
def test_an_earlier_page_of_each_format_is_replaced(scaffolder: Run, folder: Path, tmp_path: Path, form: str) -> None:
    badge = ["--badge", tmp_path / "badge.svg"]
    for number, asked in enumerate(([folder, *badge], [folder, "--explain", "tests"], [folder, folder])):
        page = tmp_path / f"page{number}"
        page.touch()  # as mktemp makes it
        for _ in range(2):
            assert scaffolder("check", *asked, "--format", form, "-o", page).code == 0, asked


@pytest.mark.parametrize(
    ("environment", "is_coloured"),
    [({"TERM": "xterm"}, True), ({"TERM": "xterm", "NO_COLOR": "1"}, False), ({"TERM": "dumb"}, False)],
)
@pytest.mark.parametrize("more", [[], ["--all"], ["--explain", "tests"]])
def test_colours_are_for_a_terminal_alone_and_not_if_somebody_asked_for_none(
    scaffolder: Run,
    folder: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    environment: dict[str, str],
    is_coloured: bool,
    more: list[str],
) -> None:
    monkeypatch.setattr(sys.stdout, "isatty", lambda: True)
    monkeypatch.delenv("NO_COLOR", raising=False)
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    assert ("\x1b" in scaffolder("check", folder, *more).out) is is_coloured
    assert scaffolder("check", folder, *more, "--output", tmp_path / "page").code == 0
    assert "\x1b" not in (tmp_path / "page").read_text()


def test_wrong_input_is_code_2_wherever_it_is_found(scaffolder: Run) -> None:
    for arguments in (["check", "-w", "absent"], ["check", "n" * 300], ["mine", "n" * 300], ["update", "n" * 300]):
        assert scaffolder(*arguments).code == 2, arguments
    for arguments in (["practice", "--break", "--seed", "9" * 4000], ["lint-template", ".", "--exercises", "absent"]):
        assert scaffolder(*arguments).code == 2, arguments


def test_a_long_argument_is_not_echoed_whole(scaffolder: Run) -> None:
    for arguments in (["b" * 100_000], ["check", "--format", "b" * 100_000]):
        code, _, err = scaffolder(*arguments)
        assert (code, len(err) < 3_000) == (2, True)


def test_an_address_keeps_its_slashes_in_a_message(scaffolder: Run) -> None:
    address = "https://host.example/a/b"
    for command in (["mine"], ["review", "--list"], ["contract"], ["exercise"], ["lint-template"]):
        assert f"'{address}'" in scaffolder(*command, address).err


def test_a_folder_without_a_name_is_named_by_its_path(scaffolder: Run) -> None:
    code, out, _ = scaffolder("check", "/", "--only", "problem", "--format", "json")
    assert (code, json.loads(out)["reports"][0]["name"]) == (0, "/")


def test_explain_shows_one_item_in_full(scaffolder: Run, folder: Path) -> None:
    code, out, _ = scaffolder("check", folder, "--explain", "problem")
    assert code == 0
    assert out.startswith("Problem statement: ")
    assert "Level: Builder\nSource: " in out
    assert max(map(len, out.splitlines())) <= 80
    assert "README.md:5" in out


def test_several_folders_are_a_line_each_and_all_shows_the_rest(scaffolder: Run, folder: Path, tmp_path: Path) -> None:
    (tmp_path / "other").mkdir()
    _, out, _ = scaffolder("check", folder, "other")
    assert out.splitlines()[0].split() == ["Repository", "Level", "Verified", "Written", "Reviewed"]
    assert [line.split()[:3] for line in out.splitlines()[1:3]] == [
        ["radar", "not", "rated"],
        ["other", "not", "rated"],
    ]
    assert "Problem statement" not in out
    assert scaffolder("check", folder, "other", "--all").out.count("Problem statement") == 2


def test_json_is_for_programs(scaffolder: Run, folder: Path) -> None:
    content = json.loads(scaffolder("check", folder, "--format", "json").out)
    (report,) = content["reports"]
    assert (content["schema"], report["name"], report["level"], report["next_level"]) == (3, "radar", None, "builder")
    assert (report["reviewed"], report["label"], report["unrated"]) == (
        False,
        "not rated",
        "there is no scaffolder.toml",
    )
    assert len(report["findings"]) == len(ITEMS) == sum(report["states"].values())
    problem = next(finding for finding in report["findings"] if finding["item"] == "problem")
    assert (problem["state"], problem["written"], problem["evidence"][0]["line"]) == ("placeholder", True, 5)


def test_json_holds_each_review() -> None:
    (report,) = json.loads(in_json([learner()]))["reports"]
    assert report["counts"] == {"verified": 3, "to_verify": 5, "written": 1, "to_write": 3, "reviewed": 1}
    assert report["findings"][0]["reviewed"]
    assert report["findings"][0]["reviews"][1] == {
        "reviewer": "Alan Turing <alan@example.org>",
        "score": 1,
        "comment": "Which customers, and who calls them?",
        "date": "2026-11-20",
        "standing": "stale",
    }


def test_output_and_badge_are_files(scaffolder: Run, folder: Path, tmp_path: Path) -> None:
    outcome = scaffolder("check", folder, "--format", "markdown", "--output", "report.md", "--badge", "badge.svg")
    assert outcome == (0, "", "")
    assert (tmp_path / "report.md").read_text("utf-8").startswith("# radar\n")
    assert (tmp_path / "badge.svg").read_text("utf-8").startswith("<svg")
    assert scaffolder("check", folder, folder, "--badge", "b.svg").code == 2


@pytest.mark.parametrize("report", SAMPLES, ids=lambda report: report.name[:8])
@pytest.mark.parametrize("show", [text.page, text.next_steps])
def test_text_fits_a_terminal_of_80_columns_and_drives_none(show: Callable[..., str], report: Report) -> None:
    plain = show([report])
    assert max(map(len, plain.splitlines())) <= 80
    assert show is text.page or len(plain.splitlines()) <= text.NEXT_LINES
    assert "\x1b" not in plain
    coloured = show([report], colour=True)
    assert "\x1b[1m" in coloured
    for code in (0, 1, 2, 31, 32, 33, 34, 35, 36):
        coloured = coloured.replace(f"\x1b[{code}m", "")
    assert coloured == plain


class TestNextSteps:
    def test_say_what_to_do_where_and_how_to_see_the_rest(self) -> None:
        shown = text.next_steps([learner()])
        assert shown.startswith(
            "churn-predictor (from classical-ml)\nLevel: none yet. 2 items to go for Builder.\n"
            "3 of 5 verified by machine; 1 of 3 written, 1 reviewed.\n"
        )
        assert "  1. Error analysis (errors): placeholder\n     README.md:88: " in shown
        assert "dockerfile" not in shown  # a later level
        assert "scaffolder check --all" in shown

    def test_name_what_does_not_fit(self) -> None:
        shown = text.next_steps([long()])
        found = re.search(r"Then (\d+) to (\d+): item-\d+, item-", shown)
        assert found
        assert f"  {int(found[1]) - 1}. " in shown
        assert f"({found[2]} items)" in shown

    def test_ask_for_a_review_when_that_is_what_is_left(self) -> None:
        shown = text.next_steps([finished()])
        assert "Level: Operator, unreviewed." in shown
        assert "Not reviewed by somebody else yet (1 item): scaffolder review\n     plan\n" in shown

    def test_say_when_nothing_is_left(self) -> None:
        shown = text.next_steps([finished("r", review())])
        assert "Level: Operator.\n" in shown
        assert "There is nothing left to do here." in shown


def test_markdown_shows_hostile_text_as_text() -> None:
    page = markdown.page([hostile()])
    assert not any(tag in page for tag in ("<script", "<img"))
    assert page.count("\n# ") == 0


def test_markdown_shows_reviews_and_the_level() -> None:
    page = markdown.page([learner(), finished()])
    assert r"Review by Alan Turing &lt;alan@" in page
    assert "Level: Operator, unreviewed." in page
