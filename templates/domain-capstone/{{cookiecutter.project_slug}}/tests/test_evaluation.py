"""The reports agree with each other, and with what the model answers."""

from pathlib import Path

import pandas as pd
import pytest

import toy_reports
from capstone import artifacts, data, evaluation, scoring, technique
from capstone.manifest import ARTIFACTS
from capstone.reporting.metrics import METRICS, ReportError, read_report
from capstone.scoring import Answered, EvaluationReport
from capstone.settings import Settings, SettingsError, Slices


@pytest.fixture
def report(project: Path) -> EvaluationReport:
    return read_report(METRICS, EvaluationReport)


@pytest.fixture
def answered(project: Path, settings: Settings) -> Answered:
    model, manifest = artifacts.load(ARTIFACTS)
    return evaluation.answer(model, manifest, data.load(settings), settings)


def predictions() -> pd.DataFrame:
    return pd.read_csv("reports/predictions.csv")


def test_the_policy_is_counted_from_the_predictions(report: EvaluationReport) -> None:
    table = predictions().astype({"accepted": bool})
    assert report.metric("accepted").value == pytest.approx(table["accepted"].mean(), rel=1e-5)
    if table["accepted"].any():
        risk = table["loss"][table["accepted"]].mean()
        assert report.metric("accepted_risk").value == pytest.approx(risk, rel=1e-4)
    assert report.limit is not None
    assert (table["uncertainty"][table["accepted"]] <= report.limit + 1e-6).all()
    assert report.curve[-1]["risk"] == pytest.approx(table["loss"].mean(), rel=1e-4)


def test_a_metric_that_is_a_mean_can_be_computed_from_its_column(report: EvaluationReport) -> None:
    table = predictions()
    named = [metric for metric in report.metrics if metric.name in table]
    assert named
    for metric in named:
        assert metric.value == pytest.approx(table[metric.name].mean(), rel=1e-4)


def test_the_whole_cost_is_that_of_accepted_mistakes_and_of_reading_the_rest(
    answered: Answered, settings: Settings
) -> None:
    asked = settings.model_copy(update={"cost": settings.cost.model_copy(update={"reading": 4})})
    found = {one.name: one for one in scoring.measure(answered, asked)}
    if asked.problem.options:
        told = technique.predictions(answered.cases, answered.ours, asked)
        mean = told["expected_cost"].where(answered.accepted, 4).mean()
        assert found["whole_cost"].value == pytest.approx(mean, rel=1e-5)
        assert not found["whole_cost"].higher_is_better
    else:
        assert "whole_cost" not in found


def test_the_gain_is_model_minus_rule_on_the_same_cases(report: EvaluationReport, settings: Settings) -> None:
    name = settings.training.headline
    theirs = next(one for one in report.baseline if one.name == name)
    sign = 1 if theirs.higher_is_better else -1
    assert report.difference.value == pytest.approx(sign * (report.metric(name).value - theirs.value), rel=1e-3)
    assert report.difference.ci95[0] <= report.difference.value <= report.difference.ci95[1]


def test_the_worst_errors_of_each_kind_come_first(report: EvaluationReport) -> None:
    errors, table = pd.read_csv("reports/errors.csv"), predictions()
    assert list(errors["mistake"].unique()) == list(report.mistakes)
    for kind, listed in errors.groupby("mistake"):
        assert len(listed) == min(evaluation.WORST, report.mistakes[str(kind)])
        assert listed["loss"].is_monotonic_decreasing
    assert errors["loss"].max() == pytest.approx(table["loss"].max(), rel=1e-4) or not report.mistakes
    assert set(errors["case"].astype(str)) <= set(table["case"].astype(str))


def test_an_input_with_the_name_of_a_result_has_another_one_among_the_errors() -> None:
    table = pd.DataFrame({"loss": [1.0], "accepted": [1], "uncertainty": [0.5], "mistake": ["late"]})
    (row,) = evaluation.worst(table, pd.DataFrame({"loss": ["7"], "x": ["8"]}), ["late"]).to_dict("records")
    assert (row["loss"], row["loss (input)"], row["x"]) == (1, "7", "8")


def test_only_groups_that_are_large_enough_are_slices() -> None:
    asked, given = toy_reports.settings(), toy_reports.answered()
    asked = asked.model_copy(update={"slices": Slices(columns=["region"], min_rows=8)})
    given.cases.frame["region"] = ["small"] * 7 + [None] * 8 + ["large"] * (toy_reports.CASES - 15)
    sizes = {one.name: one.n for one in scoring.measure_slices(given, asked)}
    assert sizes == {"region = not given": 8, "region = large": toy_reports.CASES - 15}


def test_a_group_is_not_judged_by_answers_that_it_lacks() -> None:
    asked, given = toy_reports.settings(), toy_reports.answered()
    if "macro_f1" not in technique.scores(asked):
        pytest.skip("macro F1 is not measured")
    training = asked.training.model_copy(update={"headline": "macro_f1"})
    asked = asked.model_copy(update={"training": training, "slices": Slices(columns=["region"], min_rows=8)})
    given.cases.frame["region"] = "all"
    accuracy, _ = scoring.measure_slices(given, asked)
    right = given.cases.outcomes.to_numpy() == given.ours["answer"].to_numpy()
    assert accuracy.metric == "accuracy"
    assert accuracy.value == pytest.approx(right.mean(), rel=1e-3)


def test_slices_are_within_the_whole(report: EvaluationReport, settings: Settings) -> None:
    for one in report.slices:
        assert settings.slices.min_rows <= one.n <= len(predictions())
        assert one.name.partition(" = ")[0] in settings.slices.columns


def test_gates_fail_when_a_bound_is_not_met(report: EvaluationReport, settings: Settings) -> None:
    for metric in report.metrics:
        worse, better = (metric.value + step for step in ((-1, 1) if metric.higher_is_better else (1, -1)))
        for bound, passed in ((worse, True), (metric.value, True), (better, False)):
            (gate,) = scoring.check_gates(report.metrics, settings.model_copy(update={"gates": {metric.name: bound}}))
            assert gate.passed is passed
    with pytest.raises(SettingsError, match="'charm' is not measured"):
        list(scoring.check_gates(report.metrics, settings.model_copy(update={"gates": {"charm": 1}})))


def test_an_unknown_headline_is_named(settings: Settings) -> None:
    wrong = settings.model_copy(update={"training": settings.training.model_copy(update={"headline": "charm"})})
    with pytest.raises(SettingsError, match="'charm' is not measured; choose from"):
        scoring.headline(wrong)


def test_a_model_of_other_settings_is_not_measured(settings: Settings) -> None:
    other = settings.model_copy(update={"policy": settings.policy.model_copy(update={"most_risk": 0.77})})
    with pytest.raises(ReportError, match=r"settings\.toml has changed"):
        evaluation.evaluate(other)


def test_each_case_has_an_answer_by_model_and_rule(answered: Answered, settings: Settings) -> None:
    assert answered.ours.index.equals(answered.cases.frame.index)
    assert answered.theirs.index.equals(answered.cases.frame.index)
    assert (answered.ours["uncertainty"] >= 0).all()
    assert len(technique.losses(answered.cases.outcomes, answered.theirs, settings)) == len(answered.losses)
