"""What the reports say of the rule, the bound, the costs and the data follows from the numbers and the settings."""

from __future__ import annotations

import json
import re
from contextlib import chdir
from pathlib import Path

import pandas as pd
import pytest

import toy_reports
from capstone import report
from capstone.reporting.markdown import cell
from capstone.reporting.metrics import Metric, write_json
from capstone.scoring import Doubt
from toy_reports import LISTED, Project, measured, said


@pytest.fixture
def project(tmp_path: Path) -> Project:
    return toy_reports.project(tmp_path, list(LISTED))


@pytest.mark.parametrize(
    ("risk", "words"),
    [
        (0.9, "so it is not shown that the bound holds"),
        (1.1, "which is above the bound, though the interval reaches below it"),
    ],
)
def test_an_interval_around_the_bound_shows_neither(project: Project, risk: float, words: str) -> None:
    most = toy_reports.settings().policy.most_risk
    given = measured(risk=risk * most)
    wide = [
        one.model_copy(update={"ci95": (0.0, 2 * most)}) if one.name == "accepted_risk" else one
        for one in given.metrics
    ]
    blocks = said(project, given.model_copy(update={"metrics": wide}))
    assert words in blocks["coverage"]
    assert ("though the interval includes the bound" in blocks["headline"]) == (risk > 1)


def test_an_answer_that_the_model_never_gives_is_named_first(project: Project) -> None:
    assert "It never says" not in said(project, measured(0.02))["headline"]
    options = toy_reports.settings().problem.options
    if not options:
        pytest.skip("the answers are numbers")
    table = pd.DataFrame({"actual": [options[-1], *options], "decision": options[0]})
    table.to_csv(project.folder / "reports/predictions.csv", index=False)
    missed = options[1:]
    counts = ["1"] * (len(missed) - 1) + ["2"]
    assert (
        f"**It never says {' or '.join(map(cell, missed))}**, which is right for {' and '.join(counts)} of the test"
    ) in said(project, measured(0.02))["headline"]


def test_the_rule_is_called_as_the_settings_say(project: Project) -> None:
    settings = toy_reports.settings()
    problem = settings.problem.model_copy(update={"rule": "a stand-in for today's rule"})
    with chdir(project.folder):
        blocks = report.render(measured(0.02), settings.model_copy(update={"problem": problem}))
    assert "beats a stand-in for today's rule**" in blocks["headline"]
    assert not re.search(r"(?<!a stand-in for )today's rule", blocks["headline"], re.IGNORECASE)


def test_the_reports_say_which_costs_are_assumed_and_which_are_missing(project: Project) -> None:
    costs = [
        Metric(name=name, label=name, value=2.5, higher_is_better=False) for name in ("expected_cost", "whole_cost")
    ]
    others = [one for one in measured().metrics if one.name != "expected_cost"]
    settings = toy_reports.settings()
    for reading, words in (
        (4, "People add `reading`, 4, for"),
        (None, "what people's reading costs is not among them"),
    ):
        cost = settings.cost.model_copy(update={"reading": reading})
        metrics = [*others, *(costs if reading else costs[:1])]
        with chdir(project.folder):
            given = measured().model_copy(update={"metrics": metrics})
            blocks = report.render(given, settings.model_copy(update={"cost": cost}))
        for name in ("results", "scores"):
            assert "All costs are assumed in settings.toml" in blocks[name]
            assert words in blocks[name]


def test_cases_that_people_decided_and_nothing_learned_from_are_told(project: Project) -> None:
    path = project.folder / "reports/training.json"
    record = {**json.loads(path.read_text(encoding="utf-8")), "left_out": 1}
    write_json(path, record)
    told = said(project, measured().model_copy(update={"reviewed": 1}))["reviewed"]
    assert told.startswith("People have decided 2 cases; 1 of them trained the model")
    assert "1 had the inputs of a validation or test case, so the model must not learn from it." in told
    nothing = said(project, measured(risk=None))
    assert "**The policy refers every test " in nothing["headline"]
    assert "No test case is accepted." in nothing["coverage"]


@pytest.mark.parametrize(
    ("gain", "words"),
    [
        (0.1, "**The model is better than today's rule**"),
        (0.02, "**It is not shown that the model beats today's rule**"),
        (-0.1, "**The model is worse than today's rule**"),
    ],
)
def test_the_headline_says_whether_the_rule_is_beaten(project: Project, gain: float, words: str) -> None:
    blocks = said(project, measured(gain))
    for name in ("headline", "scores"):
        assert words in blocks[name]
    assert "decides 75 of 100 " in blocks["headline"]


@pytest.mark.parametrize(
    ("whole", "saving", "price", "words"),
    [
        (0.5, 0.1, 6, ["**Model and people together cost less than today's rule**", "costs less than 6 (assumed: 4)"]),
        (
            0.7,
            -0.1,
            None,
            ["**Model and people together cost more than today's rule**", "Even if reading cost nothing"],
        ),
        (0.6, 0.0, 4, ["**It is not shown that model and people together cost less than today's rule**"]),
    ],
)
def test_model_and_people_are_compared_with_the_rule_where_reading_has_a_price(
    project: Project, whole: float, saving: float, price: float | None, words: list[str]
) -> None:
    settings, given = toy_reports.settings(), measured(saving)
    cost = Metric(name="whole_cost", label="Cost", value=whole, ci95=(whole, whole), higher_is_better=False)
    rule = given.baseline[0].model_copy(update={"name": "whole_cost", "value": 0.6})
    changes = {"headline": "whole_cost", "break_even": price, "metrics": [*given.metrics, cost]}
    given = given.model_copy(update={**changes, "baseline": [*given.baseline, rule]})
    priced = settings.cost.model_copy(update={"reading": 4})
    with chdir(project.folder):
        blocks = report.render(given, settings.model_copy(update={"cost": priced}))
    assert blocks["headline"].startswith(words[0])
    assert all(sentence in blocks["headline"] for sentence in words)


def test_an_uncertainty_that_says_little_is_named(project: Project) -> None:
    words = "**Its uncertainty does not tell better answers from worse ones here**"
    for low, said_so in ((-0.1, True), (0.1, False)):
        given = measured().model_copy(update={"doubt": Doubt(value=0.2, ci95=(low, 0.3))})
        assert (words in said(project, given)["headline"]) == said_so


def test_a_broken_promise_is_said(project: Project) -> None:
    most = toy_reports.settings().policy.most_risk
    kept, broken = (said(project, measured(risk=risk)) for risk in (0.0, 2 * most))
    assert "so the bound holds there, too" in kept["coverage"]
    assert "**which breaks the bound**" in broken["coverage"]
    assert "**The accepted answers are worse than settings.toml allows**; docs" in broken["headline"]
    assert kept["gates"] == "Gates passed: 1 of 1.\n"
    assert "worse than settings.toml allows" not in kept["headline"]


def test_warnings_about_the_data_stand_in_the_documents_until_they_are_settled(project: Project) -> None:
    settings, warning = toy_reports.settings(), "'sex' describes people: should you use it?"
    for unsettled in ([warning], []):
        data = settings.data.model_copy(update={"unsettled": unsettled})
        with chdir(project.folder):
            report.write(settings.model_copy(update={"data": data}))
        for name in ("README.md", "MODEL_CARD.md"):
            assert (warning in (project.folder / name).read_text(encoding="utf-8")) == bool(unsettled)
