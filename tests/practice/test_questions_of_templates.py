"""The questions of each template: every place that one names is there in each project that gets the question."""

from __future__ import annotations

from itertools import chain

import pytest
from support import ROOT, combinations, rendered, with_data

from scaffolder.check.engine.repository import Repository
from scaffolder.check.engine.snapshot import Snapshot
from scaffolder.practice.locating import located
from scaffolder.practice.numbers import NAMES
from scaffolder.practice.session import Question, read
from scaffolder.template import catalog

LEAST = 20
RUNS = {"reports/metrics.json", "reports/errors.csv"}  # a run writes these


def asked(name: str, repo: Repository) -> list[Question]:
    questions = read(catalog.bundled(name).folder)
    return [each for each in questions if all(located(repo, place) for place in each.needs)]


@pytest.mark.parametrize("name", catalog.names())
def test_a_project_gets_twenty_questions_whose_places_are_there(name: str) -> None:
    assert_twenty(name, combinations(name)[0])


@pytest.mark.slow
@pytest.mark.parametrize("name", catalog.names())
def test_so_does_each_project_with_data(name: str) -> None:
    for given in with_data(name):
        assert_twenty(name, given)


def assert_twenty(name: str, given: dict[str, str]) -> None:
    files = rendered(catalog.bundled(name), **given)
    repo = Repository(Snapshot.of_files({path: data for path, (data, _) in files.items()}))
    questions = asked(name, repo)
    assert len(questions) >= LEAST
    assert all(each.places for each in questions)
    named = set(chain.from_iterable(each.places for each in questions))
    assert {place for place in named - RUNS if located(repo, place) is None} == set(), given


@pytest.mark.parametrize("name", catalog.names())
def test_the_numbers_that_questions_are_about_are_known(name: str) -> None:
    questions = read(catalog.bundled(name).folder)
    named = set(chain.from_iterable(each.names for each in questions))
    assert {"metric", "value", "rule", "slice", "gate_value"} <= named <= set(NAMES)


def test_the_guide_lists_the_numbers() -> None:
    guide = (ROOT / "docs/template-author.md").read_text("utf-8")
    rows = "".join(f"| `{{{name}}}` | {meaning} |\n" for name, meaning in NAMES.items())
    assert f"| name | number |\n| --- | --- |\n{rows}\n" in guide


@pytest.mark.parametrize(
    ("kind", "only"),
    [
        ("two", {"probabilities", "rare-outcome"}),
        ("several", {"several-probabilities", "several-metric"}),
        ("number", {"conformal"}),
    ],
)
def test_a_question_about_one_kind_of_target_is_asked_there_alone(kind: str, only: set[str]) -> None:
    task = catalog.bundled("classical-ml").folder / "templates/tasks" / kind / "decision.py"
    repo = Repository(Snapshot.of_files({"src/predictor/decision.py": task.read_bytes()}))
    assert {each.id for each in asked("classical-ml", repo) if each.needs} == only
