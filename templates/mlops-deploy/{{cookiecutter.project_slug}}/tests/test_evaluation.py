"""What is measured is the champion, on outcomes that its training could not know; gates and files follow from it."""

from collections.abc import Iterator
from contextlib import chdir
from datetime import date

import numpy as np
import pandas as pd
import pytest
from sklearn.metrics import brier_score_loss, roc_auc_score

import toy_parcels as toy
from service import bootstrap, evaluation, scoring, training
from service.evaluation import EvaluationError
from service.registry import open_registry
from service.reporting.metrics import METRICS, failures, read_report
from service.settings import Gate, Settings, SettingsError

UNTIL = date(2024, 4, 1)


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Settings]:
    """A folder with two versions, of which the second is the champion; the current folder during the tests."""
    folder = tmp_path_factory.mktemp("project")
    settings = toy.put(folder, gates=[{"metric": "roc_auc", "min": 0.55}, {"metric": "brier", "max": 0.3}])
    with chdir(folder), pytest.MonkeyPatch.context() as patch:
        patch.setattr(bootstrap, "RESAMPLES", 100)  # how wide an interval is, test_bootstrap.py looks at
        registry = open_registry(settings)
        for name in ("logistic", "boosting"):
            registry.register(training.train(settings, until=UNTIL, candidate=name))
        registry.set_alias("champion", "2")
        registry.set_alias("previous", "1")
        yield settings


def test_the_scores_are_the_known_ones() -> None:
    random = np.random.default_rng(3)
    outcomes, predicted = random.integers(0, 2, 400).astype(float), random.random(400).round(2).clip(0.01, 0.99)
    assert scoring.roc_auc(outcomes, predicted) == pytest.approx(roc_auc_score(outcomes, predicted))
    assert scoring.brier(outcomes, predicted) == pytest.approx(brier_score_loss(outcomes, predicted))
    assert np.isnan(scoring.roc_auc(np.ones(9), predicted[:9]))
    assert scoring.calibration_error(np.tile([0.0, 1.0], 50), np.full(100, 0.5)) == pytest.approx(0)
    assert scoring.calibration_error(np.zeros(7), np.full(7, 0.25)) == pytest.approx(0.25)


def test_a_gain_is_positive_where_ours_is_better() -> None:
    outcomes = np.tile([0.0, 1.0], 100)
    good, bad = np.where(outcomes == 1, 0.8, 0.2), np.where(outcomes == 1, 0.6, 0.45)
    gain = scoring.measure_gain(outcomes, good, bad, "old", toy.settings())
    assert 0 < gain.ci95[0] <= gain.value <= gain.ci95[1]
    assert gain.value == pytest.approx(scoring.brier(outcomes, bad) - scoring.brier(outcomes, good), rel=1e-4)
    assert scoring.measure_gain(outcomes, bad, good, "old", toy.settings()).value == -gain.value


def test_the_champion_is_measured_on_later_outcomes(project: Settings) -> None:
    report = evaluation.evaluate(project)
    assert read_report(METRICS, evaluation.EvaluationReport) == report
    assert report.model == "version 2 (boosting)"
    assert UNTIL.isoformat() <= report.period[0] <= report.period[1] < "2024-04-21"
    table = pd.read_csv("reports/predictions.csv")
    assert len(table) == report.run.rows
    assert report.metric("brier").value == pytest.approx(((table["actual"] - table["predicted"]) ** 2).mean(), rel=1e-4)
    assert {one.model for one in report.baseline} == {"usual rate", "previous version (1)"}
    assert {one.name for one in report.slices} == {"speed = Express", "speed = Standard"}
    errors = pd.read_csv("reports/errors.csv")
    assert list(errors.columns[:3]) == ["parcel", "actual", "predicted"]
    assert (errors["actual"] - errors["predicted"]).abs().is_monotonic_decreasing


def test_no_row_that_measures_was_fitted(project: Settings) -> None:
    """The rows that docs/evaluation.md names: fitted, held out and test rows have none in common."""
    manifest, key = open_registry(project).files("2").manifest, project.data.id
    rows, held_out = training.divide(project, project.recipe("boosting"), until=UNTIL)
    fitted, measured = set(rows[key][~held_out]), set(rows[key][held_out])
    tested = set(evaluation.test_rows(project, manifest)[key])
    assert min(map(len, (fitted, measured, tested))) > 0
    assert fitted | measured == set(rows[key])
    assert not fitted & measured
    assert not tested & set(rows[key])


def test_two_runs_write_the_same(project: Settings) -> None:
    first, second = (evaluation.evaluate(project).model_dump(exclude={"run"}) for _ in range(2))
    assert first == second


def test_a_bound_that_is_broken_fails_the_gate(project: Settings) -> None:
    strict = project.model_copy(update={"gates": [Gate(metric="roc_auc", min=0.99)]})
    assert any("roc_auc is" in sentence for sentence in failures(evaluation.evaluate(strict).gates))
    unknown = project.model_copy(update={"gates": [Gate(metric="accuracy", min=0.5)]})
    with pytest.raises(SettingsError, match="'accuracy' is not measured; choose from roc_auc"):
        evaluation.evaluate(unknown)


def test_without_a_champion_there_is_nothing_to_measure(project: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(evaluation, "CHAMPION", "nobody")
    with pytest.raises(EvaluationError, match="no version is the champion yet"):
        evaluation.evaluate(project)


def test_without_later_outcomes_there_is_nothing_to_measure(project: Settings) -> None:
    manifest = open_registry(project).files("1").manifest.model_copy(update={"known_until": date(2030, 1, 1)})
    with pytest.raises(EvaluationError, match="no two kinds of outcome from 2030-01-01"):
        evaluation.test_rows(project, manifest)


def test_a_slice_of_the_least_size_is_measured_and_a_smaller_one_is_not(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bootstrap, "RESAMPLES", 100)
    rows = pd.DataFrame({"speed": ["Express"] * 30 + ["Standard"] * 29}, index=range(100, 159))
    found = evaluation.slices(rows, np.resize([0.0, 1.0], 59), np.linspace(0.1, 0.9, 59), toy.settings())
    assert {one.name for one in found} == {"speed = Express"}


@pytest.mark.parametrize(("versus", "end"), [(evaluation.RATE, 0), ("previous version", 1)])
@pytest.mark.parametrize(("value", "passed"), [(0.0, False), (0.001, True)])
def test_a_gain_of_nothing_passes_no_gate(versus: str, end: int, value: float, passed: bool) -> None:
    ci95 = (value, 1.0) if end == 0 else (-1.0, value)
    gate = evaluation.gain_gate(scoring.Gain(versus=versus, value=0.0, ci95=ci95))
    assert (gate.passed, gate.value, gate.threshold) == (passed, value, 0)
