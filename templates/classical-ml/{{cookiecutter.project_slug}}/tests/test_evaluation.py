"""What is measured is the served model on test rows; intervals, gains, slices and gates follow from it."""

import shutil
from contextlib import chdir
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

import toy
import toy_target
from predictor import data, evaluation, report
from predictor.inputs import columns
from predictor.model import Manifest, load_model
from predictor.reporting.metrics import METRICS, Gate, ReportError, read_json, read_report
from predictor.results import EvaluationReport
from predictor.scoring import slice_rows, too_small
from predictor.settings import Settings
from toy import Project


@pytest.fixture
def measured(project: Project) -> EvaluationReport:
    return read_report(project.folder / METRICS, EvaluationReport)


@pytest.fixture
def predictions(project: Project) -> pd.DataFrame:
    return pd.read_csv(project.folder / "reports/predictions.csv", index_col="row")


@pytest.fixture
def copy(project: Project, tmp_path: Path) -> Path:
    """The project's folder, to be changed."""
    return Path(shutil.copytree(project.folder, tmp_path / "copy"))


def without_clock(path: Path) -> dict[str, Any]:
    content: dict[str, Any] = read_json(path)
    content["run"] |= {"started_at": None, "seconds": None}
    return content


def test_measured_again_the_files_are_the_same(project: Project, copy: Path) -> None:
    """That training is repeatable, test_training.py shows."""
    evaluate(copy, project.settings)
    files = {path.relative_to(copy) for path in copy.rglob("*.*") if path.is_file()}
    assert {"metrics.json", "predictions.csv", "errors.csv", "model.json"} < {one.name for one in files}
    for name in files - {METRICS}:
        assert (copy / name).read_bytes() == (project.folder / name).read_bytes(), name
    assert without_clock(copy / METRICS) == without_clock(project.folder / METRICS)


def test_served_and_measured_are_one_model(
    project: Project, manifest: Manifest, measured: EvaluationReport, predictions: pd.DataFrame
) -> None:
    test = data.load(project.settings, project.folder).test
    assert predictions.index.tolist() == test.index.tolist()
    served = load_model(project.folder / "artifacts").scores(columns(test, manifest.inputs))
    np.testing.assert_allclose(toy_target.predicted(predictions), served, rtol=1e-5)
    assert manifest.metrics == measured.metrics
    assert measured.model == manifest.algorithm
    found = measured.metric(project.settings.training.headline)
    assert found.value == pytest.approx(toy_target.headline(predictions), rel=1e-4)


def test_every_model_has_every_score_and_intervals_contain_it(measured: EvaluationReport) -> None:
    for metric in measured.metrics:
        assert metric.ci95
        assert metric.ci95[0] <= metric.value <= metric.ci95[1]
        assert metric.label
    for model in {one.model for one in measured.baseline}:
        assert [one.name for one in measured.baseline if one.model == model] == [one.name for one in measured.metrics]


def test_gains_are_paired(project: Project, measured: EvaluationReport) -> None:
    theirs = {(one.model, one.name): one.value for one in measured.baseline}
    first, *_ = measured.difference
    assert (first.versus, first.metric) == ("simple rule", "expected_cost")
    assert {one.versus for one in measured.difference} == {model for model, _ in theirs}
    assert {one.metric for one in measured.difference} == {project.settings.training.headline, "expected_cost"}
    for gain in measured.difference:
        ours = measured.metric(gain.metric)
        sign = 1 if ours.higher_is_better else -1
        assert gain.value == pytest.approx(sign * (ours.value - theirs[gain.versus, gain.metric]), rel=1e-3)
        assert gain.ci95[0] <= gain.value <= gain.ci95[1]
        if theirs[gain.versus, gain.metric] == 0.5:  # on each resample, too, so the rest is the model's interval
            assert ours.ci95 is not None
            assert gain.ci95 == pytest.approx([end - 0.5 for end in ours.ci95], abs=1e-5)


def test_slices_are_measured_on_their_rows(
    project: Project, measured: EvaluationReport, predictions: pd.DataFrame
) -> None:
    rows = data.load(project.settings, project.folder).test
    assert {one.name.split(" = ")[0] for one in measured.slices} == set(project.settings.slices.columns)
    chosen = predictions[(rows["plan"] == "NA").to_numpy()]
    first = [one for one in measured.slices if one.metric == measured.slices[0].metric]
    (found,) = [one for one in first if one.name == "plan = NA"]
    assert found.n == len(chosen)
    assert found.value == pytest.approx(toy_target.sliced(chosen), rel=1e-4)
    assert min(one.n for one in first) >= project.settings.slices.min_rows
    assert [one.n for one in first if one.name.startswith("age")] == [20] * 4  # its quartiles


def test_the_worst_of_each_kind_of_mistake_are_listed_and_all_are_counted(
    project: Project, measured: EvaluationReport, predictions: pd.DataFrame
) -> None:
    errors = pd.read_csv(project.folder / "reports/errors.csv", index_col="row", keep_default_na=False)
    kinds = toy_target.mistakes(predictions)
    assert measured.mistakes == {kind: rows.sum() for kind, rows in kinds.items()}
    for kind, rows in kinds.items():
        distance, listed = toy_target.distance(predictions)[rows], errors.index[errors["mistake"] == kind]
        assert len(listed) == min(evaluation.WORST, len(distance)) > 0
        assert distance[listed].is_monotonic_decreasing
        assert not distance.drop(listed).gt(distance[listed].min()).any()
    assert set(project.settings.columns) <= set(errors.columns)


def evaluate(folder: Path, chosen: Settings) -> list[Gate]:
    with chdir(folder), toy.few_resamples():
        return evaluation.evaluate(chosen).gates


def test_gates_are_bounds_also_on_the_gain_over_the_rule(
    project: Project, measured: EvaluationReport, copy: Path
) -> None:
    headline = measured.metric(project.settings.training.headline)
    cost = measured.metric("expected_cost").value
    better = 1 if headline.higher_is_better else -1
    low = measured.difference[0].ci95[0]
    bounds = {headline.name: headline.value + better * 0.01, "expected_cost": cost, "gain_over_rule": low + 0.01}
    first, second, third = evaluate(copy, project.settings.model_copy(update={"gates": bounds}))
    assert (first.passed, first.bound) == (False, "min" if headline.higher_is_better else "max")
    assert (second.passed, second.bound) == (True, "max")
    assert (third.passed, third.bound, third.value) == (False, "min", low)
    assert measured.gates == []  # without bounds, a model that is no better than the rule fails nothing


def test_settings_that_changed_since_the_training_are_refused(project: Project, copy: Path) -> None:
    """Another seed would make test rows of training rows; another cost would not fit the decision rule."""
    for changed in ({"training": {"seed": 8}}, {"cost": {"currency": "CHF"}}):
        for step in (evaluation.evaluate, report.write):
            with chdir(copy), pytest.raises(ReportError, match=r"settings\.toml has changed since .* run `make train"):
                step(toy.settings(**changed))


def test_quarters_of_a_number_are_named_by_their_values_in_order_and_small_slices_are_told() -> None:
    rows = pd.DataFrame({"plan": ["x"] * 203, "region": [2.0] * 203, "age": [*range(200), None, None, None]})
    chosen = toy.settings(slices={"min_rows": 4})
    names = [name for name, _ in slice_rows(rows, chosen)]
    ages = ["0 to 49", "50 to 99", "100 to 149", "150 to 199"]
    assert names == ["plan = x", *(f"age = {age}" for age in ages), "region = 2"]
    assert too_small(rows, chosen) == {"age = missing": 3}


def test_evaluation_refuses_other_data(project: Project, copy: Path) -> None:
    toy.put(copy, toy.table(seed=1))
    with pytest.raises(ReportError, match=r"trained on a different data/toy\.csv\.gz; run `make train` first"):
        evaluate(copy, project.settings)
