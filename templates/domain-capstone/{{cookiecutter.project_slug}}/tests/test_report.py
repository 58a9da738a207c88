"""`make report` fills every measured block of the documents, and touches nothing else."""

from __future__ import annotations

import re
from contextlib import chdir
from pathlib import Path

import pytest

import toy_reports
from capstone import report, technique
from capstone.fairness import Difference, Group
from capstone.reporting.metrics import METRICS, ReportError, write_json
from toy_reports import LISTED, Project, measured, said

NOT_YET = "_Not measured yet: run `make demo`._"


@pytest.fixture
def project(tmp_path: Path) -> Project:
    return toy_reports.project(tmp_path, list(LISTED))


def write(project: Project) -> list[Path]:
    with chdir(project.folder):
        return report.write(toy_reports.settings())


def outside(document: str) -> str:
    mark = r"(?:<!--|#) "  # in Markdown, and in the front matter of the model card
    return re.sub(rf"(?ms)^({mark}measured:[^\n]+\n).*?^({mark}/measured)", r"\1\2", document)


def test_every_block_is_filled_and_the_rest_stays(project: Project) -> None:
    before = {name: (project.folder / name).read_text(encoding="utf-8") for name in project.documents}
    assert {path.as_posix() for path in write(project)} <= set(LISTED)
    assert write(project) == []
    for name, old in before.items():
        new = (project.folder / name).read_text(encoding="utf-8")
        assert outside(new) == outside(old)
        assert NOT_YET not in new
        assert "<i>" not in new


def test_the_words_follow_the_numbers(project: Project) -> None:
    scored = technique.SCORED.format(cases=toy_reports.settings().problem.cases)
    blocks = said(project, measured(passed=False))
    assert blocks["gates"].startswith("Gates passed: 0 of 1. **")
    assert blocks["errors"].splitlines() == [
        "Headline: 0.900 on average, but only",
        r"0.600 for those in the group “a\|b = &lt;i>”.",
        f"The model decides 75% of all test {scored} by itself, but only",
        r"20% of those in the group “a\|b = all”.",
    ]
    assert "without reviewed cases" in blocks["reviewed"]
    reviewed = said(project, measured().model_copy(update={"reviewed": 12}))
    assert "People have decided 12 cases; 12 of them trained" in reviewed["reviewed"]
    assert toy_reports.HASH in blocks["provenance"]
    assert "| c02 | missing |" in blocks["worst"]
    assert "…" in blocks["worst"]
    assert "Mistakes on the test cases: a instead of b 7, b instead of a 1." in blocks["worst"]


def test_the_worst_answers_show_inputs_that_the_model_sees(project: Project) -> None:
    header = said(project, measured())["worst"].split("\n| ")[1]
    shown, seen = header.strip(" |").split(" | "), toy_reports.seen()
    assert shown == ["case", "actual", "note", "mistake", *seen[: report.INPUTS]]


def test_costs_are_told_where_they_choose_the_answers(project: Project) -> None:
    asked = toy_reports.settings()
    blocks = said(project, measured())
    told = re.search(r"costs more than a (missed|needless) one|the answer that costs least", blocks["headline"])
    assert bool(told) == report.unequal(asked)
    if asked.problem.positive is not None:
        cost = asked.cost.model_copy(update={"false_positive": 2, "false_negative": 2})
        assert not report.unequal(asked.model_copy(update={"cost": cost}))
    one = {asked.problem.options[0]: {asked.problem.options[-1]: 2.0}} if len(asked.problem.options) > 2 else {}
    cost = asked.cost.model_copy(update={"wrong": one, "false_positive": 1, "false_negative": 1})
    assert report.unequal(asked.model_copy(update={"cost": cost})) == bool(one)


def test_only_what_is_drawn_whole_is_said_to_be(project: Project) -> None:
    words = report.units(toy_reports.settings())
    for name in ("results", "scores"):
        assert ("drawn whole" in said(project, measured())[name]) == bool(words)
        assert words in said(project, measured())[name]


def test_fairness_is_a_table_or_a_reason(project: Project) -> None:
    asked = toy_reports.settings()
    nobody, several = (
        asked.model_copy(update={"slices": asked.slices.model_copy(update={"people": people})})
        for people in ([], ["kind", "sort"])
    )
    groups = [Group(name="one", n=60, value=0.5), Group(name="two", n=70, value=0.7)]
    one = Difference(column="kind", metric="referral_rate", label="cases", value=0.2, ci95=(0.1, 0.3), groups=groups)
    with chdir(project.folder):
        assert "names no column" in report.render(measured(), nobody)["fairness"]
        table = report.render(measured().model_copy(update={"fairness": [one]}), several)["fairness"]
    if asked.problem.positive is None:
        assert table.startswith("Not measured: the rates")
        return
    assert "| kind | cases | one 0.500 (n = 60); two 0.700 (n = 70) | 0.200 [0.100, 0.300] |" in table
    left_out = table.partition(f"fewer than two groups have {asked.slices.min_rows} cases: ")[2]
    assert left_out.startswith("kind (answered ")
    assert "referred" not in left_out
    assert left_out.endswith("; sort.\n")


@pytest.mark.parametrize(
    ("alarm", "reviewed", "words"),
    [
        ("Too many.", 30, "**Alarm.** Too many."),
        (None, 3, "fewer than 20 reviews"),
        (None, 30, "not clearly above 0.3"),
    ],
)
def test_what_was_watched_is_shown(project: Project, alarm: str | None, reviewed: int, words: str) -> None:
    assert "make monitor" in said(project, measured())["watch"]
    counts = {"answered": 50, "referred": 40, "reviewed": reviewed, "overridden": 2, "rate": 0.1, "ci95": [0.0, 0.2]}
    watched = {
        "alarm": alarm,
        "judged": counts,
        "least_reviews": 20,
        "most_overridden": 0.3,
        "measured_at": "2026-11-26T05:00:00+00:00",
        "waiting": 5,
        "weeks": [{"week": "2026-W40", "version": "abc", **counts}],
    }
    write_json(project.folder / report.WATCHED, watched)
    found = said(project, measured())["watch"]
    assert words in found
    assert "| 2026-W40 | `abc` | 50 |" in found


def test_figures_are_where_the_documents_say(project: Project) -> None:
    write(project)
    shown = set()
    for document in LISTED:
        text = (project.folder / document).read_text(encoding="utf-8")
        for path in re.findall(r"!\[[^]]*\]\(([^)]+\.svg)\)", text):
            shown.add(((project.folder / document).parent / path).resolve().name)
    assert shown == {f"{name}.svg" for name in report.CAPTIONS}


def test_a_lost_block_is_an_error_and_changes_nothing(project: Project) -> None:
    readme, card = project.folder / "README.md", project.folder / "MODEL_CARD.md"
    readme.write_text(readme.read_text(encoding="utf-8").replace("<!-- measured:headline -->\n", ""), encoding="utf-8")
    before = card.read_bytes()
    with pytest.raises(ReportError, match=r"README\.md: block 'headline' must have the lines"):
        write(project)
    assert card.read_bytes() == before


@pytest.mark.parametrize("name", [METRICS.name, "training.json", "data.json", "latency.json"])
def test_a_lost_report_is_named(name: str, project: Project) -> None:
    (project.folder / "reports" / name).unlink()
    with pytest.raises(ReportError, match=rf"{name} does not exist; run `make \w+` first"):
        write(project)
