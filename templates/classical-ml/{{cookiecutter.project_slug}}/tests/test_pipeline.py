"""Training and evaluation as a whole: repeatable, never tuned on test rows, and clear about failures."""

from __future__ import annotations

import hashlib
import json
import os
import subprocess
import sys
from contextlib import chdir
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from predictor import artifacts, data, evaluation, features, report, task, training
from predictor.__main__ import main
from predictor.artifacts import ArtifactError
from predictor.manifest import read_manifest
from predictor.measurement import check_gates
from predictor.record import Measured, read_record
from predictor.reporting.metrics import ReportError, read_report
from predictor.serving.model import load_model
from predictor.settings import Gate, Settings, SettingsError
from small_run import DOCUMENTS, ROOT, run, small_settings, without_time


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("repository")


@pytest.fixture(scope="module")
def small(settings: Settings, folder: Path) -> Settings:
    """Settings of a repository in which everything has been run once."""
    quick = small_settings(settings, folder)
    run(quick, folder)
    for name in DOCUMENTS:
        (folder / name).write_bytes((ROOT / name).read_bytes())
    return quick


@pytest.fixture
def dataset(small: Settings, folder: Path) -> data.Dataset:
    return data.load(small, folder)


def test_two_runs_give_the_same_files(small: Settings, folder: Path, tmp_path: Path) -> None:
    run(small, tmp_path)
    reports, again = folder / "reports", tmp_path / "reports"
    for name in ("metrics.json", "training.json"):
        assert without_time(again / name) == without_time(reports / name)
    same = ["data.json", "predictions.csv", "errors.csv", *(f"figures/{one.name}" for one in figures(folder))]
    for name in same:
        assert (again / name).read_bytes() == (reports / name).read_bytes(), name
    onnx = "artifacts/model.onnx"
    assert (tmp_path / onnx).read_bytes() == (folder / onnx).read_bytes()


def test_each_process_trains_the_same_bytes(tmp_path: Path) -> None:
    program = (
        "import sys; from pathlib import Path; from predictor.settings import load_settings; "
        "from sample_model import train_sample; train_sample(load_settings(Path(sys.argv[1])), Path(sys.argv[2]))"
    )
    for seed in ("0", "1"):  # of Python's hashes, by which sets are in another order
        (tmp_path / seed).mkdir()
        environment = {**os.environ, "PYTHONHASHSEED": seed, "PYTHONPATH": os.pathsep.join(sys.path)}
        command = [sys.executable, "-c", program, str(ROOT / "settings.toml"), str(tmp_path / seed)]
        subprocess.run(command, env=environment, check=True)
    for name in ("model.onnx", "other.onnx"):
        files = [(tmp_path / seed / "artifacts" / name).read_bytes() for seed in ("0", "1")]
        assert len({hashlib.sha256(file).hexdigest() for file in files}) == 1, name


def test_no_choice_looks_at_test_labels(
    small: Settings, dataset: data.Dataset, folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    target = small.problem.target
    reversed_labels = dataset.test.assign(**{target: dataset.test[target].to_numpy()[::-1]})
    monkeypatch.setattr(data, "load", lambda _settings: replace(dataset, test=reversed_labels))
    with chdir(tmp_path):
        training.train(small)
    for name in ("model.onnx", "model.json"):
        assert (tmp_path / "artifacts" / name).exists()
    assert (tmp_path / "artifacts/model.onnx").read_bytes() == (folder / "artifacts/model.onnx").read_bytes()
    assert read_manifest(tmp_path / "artifacts").outcome == read_manifest(folder / "artifacts").outcome


def test_the_archive_answers_like_the_served_file(dataset: data.Dataset, folder: Path) -> None:
    model = load_model(folder / "artifacts")
    pipeline = artifacts.unarchive(folder / "artifacts/model.skops")
    table = features.table(dataset.test, model.manifest.inputs)
    difference = artifacts.parity(task.predict(pipeline, table), artifacts.score(model, dataset.test))
    assert difference <= artifacts.TOLERANCE


def test_nothing_is_saved_when_the_conversion_differs(
    small: Settings, dataset: data.Dataset, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(data, "load", lambda _settings: dataset)
    monkeypatch.setattr(artifacts, "TOLERANCE", -1.0)
    with chdir(tmp_path), pytest.raises(ArtifactError, match="nothing was saved"):
        training.train(small)
    assert not list(tmp_path.iterdir())


def test_an_archive_with_another_type_is_refused(tmp_path: Path) -> None:
    class Stranger:
        pass

    with pytest.raises(ArtifactError, match="Stranger"):
        artifacts.archive(Stranger(), tmp_path / "model.skops")
    assert not list(tmp_path.iterdir())


def test_the_report_is_complete(small: Settings, folder: Path) -> None:
    measured = read_report(folder / "reports/metrics.json", Measured)
    names = {metric.name for metric in measured.metrics}
    assert small.training.headline in names
    assert all(metric.ci95 and metric.ci95[0] <= metric.value <= metric.ci95[1] for metric in measured.metrics)
    for model in {one.model for one in measured.baseline}:
        assert {one.name for one in measured.baseline if one.model == model} == names
        assert {one.metric for one in measured.difference if one.versus == model} == names
    assert {one.feature for one in measured.importance} == set(small.feature_names)
    assert measured.gates  # the served model against each baseline, whatever the settings ask for


def test_served_and_measured_are_one_model(folder: Path) -> None:
    measured, manifest = read_report(folder / "reports/metrics.json", Measured), read_manifest(folder / "artifacts")
    assert {one.name: one.value for one in manifest.metrics} == {one.name: one.value for one in measured.metrics}
    predictions = pd.read_csv(folder / "reports/predictions.csv", index_col="row")
    served = artifacts.score(load_model(folder / "artifacts"), data_rows(folder, predictions.index))
    np.testing.assert_allclose(predictions["predicted"], served, rtol=1e-5)


def test_worst_errors_come_first(small: Settings, folder: Path) -> None:
    errors = pd.read_csv(folder / "reports/errors.csv", index_col="row")
    predictions = pd.read_csv(folder / "reports/predictions.csv", index_col="row")
    outcome = read_record(folder / "reports/training.json").served.outcome
    arrays = (predictions["actual"].to_numpy(dtype=float), predictions["predicted"].to_numpy(dtype=float))
    badness = pd.Series(task.badness(*arrays, outcome, small), predictions.index)
    assert badness[errors.index].min() >= badness.drop(errors.index).max()
    assert badness[errors.index].is_monotonic_decreasing


def test_a_failed_gate_says_which_and_exits_with_1(
    small: Settings, folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    measured = read_report(folder / "reports/metrics.json", Measured)
    name = measured.metrics[0].name
    strict = small.model_copy(update={"gates": [Gate(metric=name, min=1e9), Gate(metric=name, max=1e9)]})
    gates = check_gates(measured.metrics, measured.difference, strict)
    assert [gate.passed for gate in gates[:2]] == [False, True]
    monkeypatch.setattr(evaluation, "evaluate", lambda _: measured.model_copy(update={"gates": gates}))
    monkeypatch.chdir(ROOT)
    assert main(["evaluate"]) == 1
    assert f"Gate failed: {name} is " in capsys.readouterr().err


def test_a_gate_on_nothing_is_refused(small: Settings, folder: Path) -> None:
    measured = read_report(folder / "reports/metrics.json", Measured)
    with pytest.raises(SettingsError, match="beauty"):
        check_gates(measured.metrics, [], small.model_copy(update={"gates": [Gate(metric="beauty", min=1)]}))


def test_evaluation_refuses_other_data(small: Settings, folder: Path, tmp_path: Path) -> None:
    shorter = pd.read_csv(folder / "rows.csv.gz").iloc[:-1]
    shorter.to_csv(tmp_path / "rows.csv.gz", index=False)
    changed = small.data.model_copy(update={"file": str(tmp_path / "rows.csv.gz")})
    other = small.model_copy(update={"data": changed})
    with chdir(folder), pytest.raises(ReportError, match="make train"):
        evaluation.evaluate(other)


def test_documents_take_every_number_and_nothing_else_changes(small: Settings, folder: Path) -> None:
    before = {name: (folder / name).read_text() for name in DOCUMENTS}
    with chdir(folder):
        assert report.write(small)
        assert report.write(small) == []
    for name in DOCUMENTS:
        after = (folder / name).read_text()
        assert outside(after) == outside(before[name])
        assert "Not measured yet: run `make demo`" not in after
    assert json.loads((folder / "reports/metrics.json").read_text())["model"] in (folder / "README.md").read_text()


def outside(document: str) -> list[str]:
    """The lines that are in no measured block."""
    kept, inside = [], False
    for line in document.splitlines():
        if "/measured:" in line:
            inside = False
        if not inside:
            kept.append(line)
        if "measured:" in line and "/measured:" not in line:
            inside = True
    return kept


def figures(folder: Path) -> list[Path]:
    found = sorted((folder / "reports/figures").glob("*.svg"))
    assert found
    return found


def data_rows(folder: Path, index: pd.Index) -> pd.DataFrame:
    rows = pd.read_csv(folder / "rows.csv.gz", keep_default_na=False, na_values=[""])
    rows.index = pd.RangeIndex(1, len(rows) + 1)
    return rows.loc[index]
