"""The reports agree with each other, and with what the model answers."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import toy_reports
from capstone import answering, artifacts, data, evaluation, scoring, technique
from capstone.answering import Answered
from capstone.manifest import ARTIFACTS
from capstone.reporting.metrics import METRICS, ReportError, read_report
from capstone.scoring import EvaluationReport
from capstone.settings import Settings, SettingsError, Slices


@pytest.fixture
def report(project: Path) -> EvaluationReport:
    return read_report(METRICS, EvaluationReport)


@pytest.fixture
def answered(project: Path, settings: Settings) -> Answered:
    dataset, (model, manifest) = data.load(settings), artifacts.load(ARTIFACTS)
    answered = answering.answer(model, dataset.train, dataset.test, manifest.inputs, settings)
    return answered.up_to(manifest.limit)


def predictions() -> pd.DataFrame:
    return pd.read_csv("reports/predictions.csv")


def test_the_policy_is_counted_from_the_predictions(report: EvaluationReport) -> None:
    table = predictions().astype({"accepted": bool})
    assert report.metric("accepted").value == pytest.approx(table["accepted"].mean(), rel=1e-5)
    if table["accepted"].any():
        risk = table["loss"][table["accepted"]].mean()
        assert report.metric("accepted_risk").value == pytest.approx(risk, rel=1e-4)
    limit = -1.0 if report.limit is None else report.limit
    assert (table["uncertainty"][table["accepted"]] <= limit + 1e-6).all()
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
    anyway = settings.problem.options[:1]
    prices = [settings.cost.model_copy(update={"reading": price, "read_anyway": anyway}) for price in (4, None)]
    priced, unpriced = (settings.model_copy(update={"cost": cost}) for cost in prices)
    people = np.where(answered.cases.outcomes.isin(anyway), 0, 4)
    if not anyway:
        people = 4 + technique.losses(answered.cases.outcomes, answered.theirs, settings)
    metrics = {metric.name: metric for metric in scoring.measure(answered, priced)}
    assert metrics["whole_cost"].value == pytest.approx(
        np.where(answered.accepted, answered.losses, people).mean(), rel=1e-5
    )
    assert not metrics["whole_cost"].higher_is_better
    rule = {metric.name: metric for metric in scoring.measure_rule(answered, priced)}["whole_cost"]
    assert rule.value == pytest.approx(answered.rule_losses.mean(), rel=1e-5)
    assert "whole_cost" not in {metric.name for metric in scoring.measure(answered, unpriced)}


def test_at_the_break_even_price_of_reading_the_whole_costs_what_the_rule_costs(
    answered: Answered, settings: Settings
) -> None:
    cost = settings.cost.model_copy(update={"reading": 1, "read_anyway": []})
    priced = settings.model_copy(update={"cost": cost})
    half = replace(answered, accepted=np.arange(len(answered.losses)) % 2 == 0, losses=answered.rule_losses / 2)
    price = scoring.break_even(half, priced)
    assert price is not None
    assert half.whole(price, priced).mean() == pytest.approx(answered.rule_losses.mean(), rel=1e-3)
    dear = replace(half, losses=answered.rule_losses * 9 + 1, accepted=half.accepted | True)
    assert scoring.break_even(dear, priced) is None


def test_doubt_is_the_difference_between_the_less_sure_half_and_the_surer_one(
    answered: Answered, settings: Settings
) -> None:
    uncertainty = np.arange(len(answered.losses), dtype=float)
    given = replace(answered, ours=answered.ours.assign(uncertainty=uncertainty), losses=uncertainty, units=None)
    doubt = scoring.measure_doubt(given, settings)
    assert doubt is not None
    assert doubt.value == pytest.approx(len(uncertainty) / 2, abs=1)
    assert doubt.ci95[0] > 0
    same = replace(given, ours=answered.ours.assign(uncertainty=0.5))
    assert scoring.measure_doubt(same, settings) is None


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
            policy = settings.policy.model_copy(update={"most_risk": bound})
            gates = {} if metric.name == "accepted_risk" else {metric.name: bound}
            asked = settings.model_copy(update={"gates": gates, "policy": settings.policy if gates else policy})
            *_, gate = scoring.check_gates(report.metrics, asked)
            assert gate.passed is passed
    with pytest.raises(SettingsError, match="'charm' is not measured"):
        list(scoring.check_gates(report.metrics, settings.model_copy(update={"gates": {"charm": 1}})))


def test_an_unknown_headline_is_named(answered: Answered, settings: Settings) -> None:
    wrong = settings.model_copy(update={"training": settings.training.model_copy(update={"headline": "charm"})})
    with pytest.raises(SettingsError, match="'charm' is not measured; choose from"):
        scoring.measure_gain(answered, "the rule", wrong)


def test_a_model_of_other_settings_is_not_measured(settings: Settings) -> None:
    other = settings.model_copy(update={"policy": settings.policy.model_copy(update={"most_risk": 0.77})})
    with pytest.raises(ReportError, match=r"settings\.toml has changed"):
        evaluation.evaluate(other)


def test_each_case_has_an_answer_by_model_and_rule(answered: Answered, settings: Settings) -> None:
    assert answered.ours.index.equals(answered.cases.frame.index)
    assert answered.theirs.index.equals(answered.cases.frame.index)
    assert (answered.ours["uncertainty"] >= 0).all()
    assert len(technique.losses(answered.cases.outcomes, answered.theirs, settings)) == len(answered.losses)
