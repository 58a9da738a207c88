"""Sentences name rows in the words of the settings, or by column and value; only tables name them by an equation."""

from contextlib import chdir
from typing import Any

import pytest

from predictor import report
from predictor.reporting import sections
from predictor.reporting.metrics import METRICS, read_json, read_report
from predictor.results import TRAINING, EvaluationReport
from toy import Project

WORDS = {
    "plan": {"is basic": "on the basic plan", "is not {}": "without the plan {}", "is {}": "on the plan {}"},
    "age": {"is at most {} years": "in the first {} years", "{}": "whose age {}"},
}


@pytest.mark.parametrize(
    ("steps", "said"),
    [
        ([("plan", "is {}", "basic")], "on the basic plan"),
        ([("plan", "is {}", "plus")], "on the plan plus"),
        ([("plan", "is not {}", "plus")], "without the plan plus"),
        ([("plan", "is not {}", "plus"), ("plan", "is not {}", "NA")], "where `plan` is neither `plus` nor `NA`"),
        ([("age", "is at most {} years", 1200.5)], "in the first 1,200.5 years"),
        ([("age", "is above {} years (or missing)", 40.0)], "whose age is above 40 years (or missing)"),
        ([("age", "is at most {}", 60.0), ("age", "is above {}", 40.0)], "whose age is above 40 and at most 60"),
        ([("city", "is {}", "missing")], "where `city` is missing"),
        ([("city", "is {}", "a`|<b>")], r"where `city` is “a\`\|&lt;b>”"),
        ([("city", "is {}", "{}"), ("plan", "is {}", "basic")], "where `city` is `{}` and on the basic plan"),
        ([("note", "lacks the word {}", "late")], "where `note` lacks the word `late`"),
    ],
)
def test_rows_are_named_in_the_closest_words(steps: list[Any], said: str) -> None:
    assert sections.tables.where(WORDS, steps) == said


def test_a_slice_is_named_by_its_whole_column() -> None:
    def said(name: str, *columns: str) -> str:
        return str(sections.tables.slice({"a = b": {"is c": "of kind c"}}, columns, name))

    assert said("a = b = c", "a", "a = b") == "of kind c"
    assert said("a = b = c", "a") == "where `a` is `b = c`"
    assert said("gone = c", "a") == "in the group `gone = c`"


def test_only_tables_name_a_slice_by_an_equation(project: Project) -> None:
    with chdir(project.folder):
        measured, record = read_report(METRICS, EvaluationReport), read_json(TRAINING)
        worst = measured.slices[0].model_copy(update={"value": -9.0, "ci95": (-9.0, -9.0), "n": 99})
        high = worst.model_copy(update={"value": 9e9, "ci95": (9e9, 9e9)})
        found = high if not measured.metric(worst.metric).higher_is_better else worst
        said = report.render(measured.model_copy(update={"slices": [found]}), record, project.settings)
    assert "on the basic plan" in said["errors"] or "`plan` is" in said["errors"]
    assert " = " not in said["errors"]
    assert f"| {found.name} |" in said["slices"]
