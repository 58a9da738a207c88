"""Training is repeatable and blind to the test rows, chooses by one standard error, and saves only what it trained."""

import hashlib
import os
import subprocess
import sys
from contextlib import chdir
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

import toy
from predictor import data, model, selection, training
from predictor.model import TOLERANCE, Manifest, ModelError, read_manifest
from predictor.reporting.metrics import read_json
from predictor.results import TRAINING
from predictor.selection import Tuned
from predictor.settings import load_settings
from predictor.validation import DataError
from toy import ROOT, Project

TRAIN = """
import sys, toy
from contextlib import chdir
from pathlib import Path
from predictor import training
folder = Path(sys.argv[1])
toy.put(folder, toy.table())
with chdir(folder):
    training.train(toy.settings())
"""


def onnx(folder: Path) -> str:
    return hashlib.sha256((folder / "artifacts/model.onnx").read_bytes()).hexdigest()


@pytest.mark.slow
def test_every_process_trains_the_same_bytes(project: Project, tmp_path: Path) -> None:
    """Also where Python's hashes, and so the order of sets, are others."""
    environment = {**os.environ, "PYTHONHASHSEED": "1", "PYTHONPATH": os.pathsep.join(sys.path)}
    subprocess.run([sys.executable, "-c", TRAIN, str(tmp_path)], env=environment, check=True)
    assert onnx(tmp_path) == onnx(project.folder)


def test_no_choice_looks_at_test_rows(project: Project, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    dataset = data.load(project.settings, project.folder)
    target = project.settings.problem.target
    other = dataset.test.iloc[::-1].assign(**{target: dataset.test[target].iloc[0]})
    monkeypatch.setattr(data, "load", lambda _settings: replace(dataset, test=other[:1]))
    with chdir(tmp_path):
        training.train(project.settings)
    assert onnx(tmp_path) == onnx(project.folder)
    ours, theirs = (read_manifest(folder / "artifacts") for folder in (tmp_path, project.folder))
    assert ours.model_copy(update={"metrics": theirs.metrics, "baseline": theirs.baseline}) == theirs
    again, record = (read_json(folder / TRAINING) for folder in (tmp_path, project.folder))
    assert again == {**record, "run": again["run"], "rows": {**record["rows"], "test": 1}}


def test_nothing_is_saved_when_the_conversion_differs(
    project: Project, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    dataset = data.load(project.settings, project.folder)
    monkeypatch.setattr(data, "load", lambda _settings: dataset)
    monkeypatch.setattr(model, "TOLERANCE", -1.0)
    with chdir(tmp_path), pytest.raises(ModelError, match="nothing was saved"):
        training.train(project.settings)
    assert not list(tmp_path.iterdir())


def test_the_manifest_and_the_record_describe_what_was_trained(project: Project, manifest: Manifest) -> None:
    record = read_json(project.folder / "reports/training.json")
    facts = read_json(project.folder / "reports/data.json")
    assert manifest.onnx_sha256 == onnx(project.folder)
    assert manifest.version == manifest.onnx_sha256[:12]
    assert manifest.data_sha256 == facts["sha256"]
    assert manifest.trained_rows == record["rows"]["train"] == facts["splits"]["train"]["rows"]
    assert manifest.algorithm == record["served"]["name"]
    assert [item.name for item in manifest.inputs] == list(project.settings.columns)
    losses = [one["loss"] for one in record["importance"]]
    assert {one["feature"] for one in record["importance"]} == set(project.settings.columns)
    assert losses == sorted(losses, reverse=True)
    assert 0 <= record["parity"] <= TOLERANCE
    assert {len(record[one]["folds"]) for one in ("served", "other")} == {project.settings.training.folds}


@pytest.mark.skipif(not (ROOT / "artifacts/model.json").exists(), reason="nothing has been trained yet")
def test_the_model_of_this_repository_fits_its_settings() -> None:
    chosen, found = load_settings(ROOT / "settings.toml"), read_manifest(ROOT / "artifacts")
    assert found.target == chosen.problem.target
    asked = {name: (one.kind, one.description) for name, one in chosen.columns.items()}
    assert {item.name: (item.kind, item.description) for item in found.inputs} == asked, (
        "settings.toml has changed: make train"
    )


def tuned(name: str, folds: list[float]) -> Tuned:
    return Tuned(name=name, parameters={}, tried=1, folds=folds, mean=float(np.mean(folds)))


@pytest.mark.parametrize(
    ("gains", "served"),
    [
        ([0.02, 0.03, 0.01], "boosting"),
        ([-0.02, -0.03, -0.01], "linear"),
        ([0.05, -0.05, 0.01], "linear"),  # better on average, but within one standard error
        ([0.03, 0.0, 0.01], "linear"),  # so they are here, since the folds share rows: 0.0133 ± 0.0139, and not 0.0088
        ([0.0, 0.0, 0.0], "linear"),
    ],
)
def test_the_choice(gains: list[float], served: str) -> None:
    task = toy.task()
    sign = task.headline.sign  # more of ROC AUC, or less of MAE, is better
    linear, scores = tuned("linear", [0.8, 0.7, 0.9]), [0.8, 0.7, 0.9]
    boosting = tuned("boosting", [score + sign * gain for score, gain in zip(scores, gains, strict=True)])
    choice = selection.choose(linear, boosting, 0.5, task)
    assert choice.served.name == served
    assert {choice.served.name, choice.other.name} == {"linear", "boosting"}
    assert choice.gain == pytest.approx(np.mean(gains))
    # Nadeau and Bengio (2003): of three folds, each of which scores half as many rows as it fits on.
    assert choice.standard_error == pytest.approx(np.std(gains, ddof=1) * (1 / 3 + 0.5) ** 0.5)


def test_the_error_of_the_choice_is_that_of_the_folds(project: Project) -> None:
    """Three folds score all rows once and fit on them twice: one row scored for two that are fitted on."""
    rows, task = toy.table(), toy.task(data={"time": None})
    folds = selection.make_folds(rows, task.y(rows), task)
    assert selection.tested(folds) == pytest.approx(0.5)
    record = read_json(project.folder / TRAINING)
    gains = np.subtract(record["served"]["folds"], record["other"]["folds"])
    assert record["standard_error"] == pytest.approx(gains.std(ddof=1) * (1 / 3 + 0.5) ** 0.5)


@given(delay=st.floats(0, 20), count=st.integers(2, 6))
def test_folds_in_time_never_look_ahead(delay: float, count: int) -> None:
    task = toy.task(data={"time": "day", "label_delay_days": delay}, training={"folds": count})
    rows = toy.table().assign(day=lambda frame: pd.to_datetime(frame["day"]))
    folds = selection.make_folds(rows, np.arange(float(len(rows))) % task.values, task)
    assert len(folds) == count
    for past, future in folds:
        assert len(past)
        known = rows["day"].iloc[past] + pd.Timedelta(days=delay)
        assert known.max() <= rows["day"].iloc[future].min()
        assert past.max() < future.min()


def test_a_fold_without_known_labels_or_with_one_outcome_is_refused() -> None:
    days = pd.DataFrame({"day": pd.date_range("2025-01-01", periods=100)})
    varied, equal = np.arange(100.0) % toy.task().values, (np.arange(100.0) >= 90).astype(np.float64)
    for delay, outcomes in ((45, varied), (0, equal)):
        task = toy.task(data={"time": "day", "label_delay_days": delay})
        with pytest.raises(DataError, match=r"one of 3 folds .* lower training.folds or data.label_delay_days"):
            selection.make_folds(days, outcomes, task)


def test_examples_are_rows_of_the_validation_data_that_the_form_can_hold(project: Project, manifest: Manifest) -> None:
    validation = data.load(project.settings, project.folder).validation
    rows = validation[[item.name for item in manifest.inputs]].astype(object).where(validation.notna(), None)
    known = rows.to_dict("records")
    assert [example for example in manifest.examples if example in known] == manifest.examples
    assert len({tuple(example[name] for name in manifest.named_by) for example in manifest.examples}) == 3
    required = [item.name for item in manifest.inputs if not item.nullable]
    assert not [name for name in required for example in manifest.examples if example[name] is None]


def test_examples_go_from_the_highest_prediction_to_the_lowest(manifest: Manifest) -> None:
    rows = toy.table(9)
    inputs = [item.model_copy(update={"nullable": False}) for item in manifest.inputs]
    rows[[item.name for item in inputs]] = rows[[item.name for item in inputs]].ffill().bfill()
    predicted = np.arange(9.0)
    found = training.examples(rows.assign(age=range(9)), predicted, inputs, ["age"], 3)
    assert [one["age"] for one in found] == [8, 4, 0]
    alike = training.examples(rows.assign(age=1, plan=["a"] * 8 + ["b"]), predicted, inputs, ["age", "plan"], 3)
    assert [one["plan"] for one in alike] == ["b", "a"]
    assert training.examples(rows.assign(age=None), predicted, inputs, ["age"], 3) == []
    assert training.examples(rows, predicted, inputs, ["age"], 0) == []
