"""`scaffolder practice`: the questions of a small template, asked about a project of it."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from support import Outcome, make_template, refused

Run = Callable[..., Outcome]
Answers = Callable[..., None]

QUESTIONS = """
[[question]]
id = "model"
ask = "Why this model?"
answer = "Its weights can be read in `model.Model.fit`."
places = ["model.Model.fit", "docs/notes.md#the-second-part", "settings.toml#cost", "model.gone", "absent.md"]

[[question]]
id = "number"
ask = "{metric} is {value}. Is that good?"
answer = "{rule} has {rule_value}; the worst slice is {slice} with {slice_metric} {slice_value}."

[[question]]
id = "other-choice"
ask = "Never asked?"
answer = "No."
needs = ["model.Tree"]
"""
FILES = {
    "templates:practice.toml": QUESTIONS.encode(),
    "src/late/model.py": b'"""A model."""\n\n\nclass Model:\n    def fit(self) -> None:\n        ...\n',
    "docs/notes.md": b"# Notes\n\n## The second part\n",
    "settings.toml": b"[cost]\nper_parcel = 3\n",
}
METRICS: dict[str, Any] = {
    "task": "tabular-regression",
    "metrics": [
        {"name": "mae", "label": "MAE", "value": 4.25, "higher_is_better": False},
        {"name": "within_a_day", "label": "Within a day", "value": 0.75, "higher_is_better": True},
    ],
    "gates": [
        {"metric": "mae", "threshold": 5, "bound": "max", "value": 4.25, "passed": True},
        {"metric": "within_a_day", "threshold": 0.7, "bound": "min", "value": 0.75, "passed": True},
    ],
    "baseline": [{"name": "mae", "value": 9.5, "higher_is_better": False, "model": "the mean"}],
    "slices": [
        {"name": "town", "n": 90, "metric": "mae", "value": 3.5},
        {"name": "coast \x1b[31m", "n": 20, "metric": "mae", "value": 7.75},
    ],
}

SHARES = {"town": 0.9, "coast": 0.6}


@pytest.fixture
def project(tmp_path: Path, scaffolder: Run, no_child: None) -> Path:
    template = make_template(tmp_path / "template", {"project_slug": "late"}, FILES)
    (template / "templates/practice.toml").rename(template / "practice.toml")
    assert scaffolder("new", template, "--yes").code == 0
    return tmp_path / "late"


@pytest.fixture
def typed(monkeypatch: pytest.MonkeyPatch) -> Answers:
    """Type these lines, and then nothing more."""

    def type_in(*lines: str) -> None:
        left: Iterator[str] = iter(lines)

        def answer(prompt: str = "") -> str:
            line = next(left, None)
            if line is None:
                raise EOFError
            return line

        monkeypatch.setattr("builtins.input", answer)
        monkeypatch.setattr("scaffolder.cli.interview.is_interactive", lambda: True)

    return type_in


def measure(project: Path) -> None:
    (project / "reports").mkdir()
    (project / "reports/metrics.json").write_text(json.dumps(METRICS))


def test_places_are_shown_where_they_are_now_and_numbers_as_they_were_measured(project: Path, scaffolder: Run) -> None:
    unmeasured = scaffolder("practice", project, "--list")
    left_out = "Not asked, because reports/metrics.json does not have their numbers: 1.\n"
    assert unmeasured.out.endswith(left_out)
    assert json.loads(scaffolder("practice", project, "--json").out)["waiting"] == 1
    measure(project)
    model = project / "src/late/model.py"
    model.write_text("import math\n" + model.read_text())
    out = scaffolder("practice", project, "--list").out
    assert "src/late/model.py:6  def fit(self) -> None:" in out
    assert "docs/notes.md:3  The second part" in out
    assert "settings.toml:1  cost" in out
    assert "model.gone: not here any more" in out
    assert "absent.md: not here any more" in out
    assert "MAE is 4.250. Is that good?" in out
    assert "the mean has 9.500; the worst slice is coast" in out
    assert "with MAE 7.750" in out
    assert "\x1b" not in out
    assert "Never asked?" not in out
    listed = json.loads(scaffolder("practice", project, "--json").out)
    assert {each["id"] for each in listed["questions"]} == {"model", "number"}
    assert listed["waiting"] == 0


def test_the_worst_slice_is_named_by_a_main_metric_that_slices_have(project: Path, scaffolder: Run) -> None:
    measure(project)
    report = project / "reports/metrics.json"
    slices = [{"name": name, "n": 40, "metric": "within_a_day", "value": value} for name, value in SHARES.items()]
    report.write_text(json.dumps(METRICS | {"slices": slices}))
    assert "the worst slice is coast with Within a day 0.600" in scaffolder("practice", project, "--list").out


def test_the_questions_are_asked_until_the_person_stops(project: Path, scaffolder: Run, typed: Answers) -> None:
    measure(project)
    typed("", "y", "aloud", "maybe", "n")
    whole = scaffolder("practice", project)
    assert whole.code == 0
    assert "Type y, n or q." in whole.out
    assert "You knew 1 of 2." in whole.out
    for question in ("Why this model?", "Is that good?"):
        assert whole.out.count(question) == 1
    typed("", "y")
    assert "You knew 1 of 1." in scaffolder("practice", project, "--most", 1).out
    typed("", "n", "", "q")
    stopped = scaffolder("practice", project)
    assert (stopped.code, "You knew 0 of 1." in stopped.out) == (0, True)
    typed()
    assert "Nothing was asked to the end." in scaffolder("practice", project).out


def test_each_refusal_is_one_sentence(project: Path, scaffolder: Run, tmp_path: Path) -> None:
    assert "no terminal" in scaffolder("practice", project).err
    (tmp_path / "plain").mkdir()
    for folder, said in (("plain", "has no .scaffolder.json"), ("nowhere", "There is no folder")):
        refused(scaffolder("practice", tmp_path / folder, "--list"), said)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("[[question]]\nid = 'a'\n", "question[0] must contain ['answer', 'ask'] properties"),
        (
            "[[question]]\nid = 'a'\nask = ''\nanswer = 'b'\n",
            "question[0].ask must be longer than or equal to 1 characters",
        ),
        ("[[question]]\nid = 'a'\nask = 'b'\nanswer = 'c'\n" * 2, "two questions with the same id"),
        ("question = 3", "question must be array"),
        ("[[question", "cannot be read"),
        ("", "brings no questions"),
    ],
)
def test_a_file_of_questions_that_cannot_be_used(project: Path, scaffolder: Run, text: str, said: str) -> None:
    (project.parent / "template/practice.toml").write_text(text)
    refused(scaffolder("practice", project, "--list"), said)
