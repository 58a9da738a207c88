"""Training uses what was known, gives the same bytes each time, and the ONNX model says what the pipeline says."""

import hashlib
from datetime import date, timedelta
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import toy_parcels as toy
from service import data, scoring, training
from service.manifest import read_manifest
from service.model import Model
from service.settings import SettingsError
from service.training import TrainingError

UNTIL = date(2024, 4, 1)
BROKEN = Path("drill/training_rows_broken.sql")


@pytest.mark.parametrize("name", ["logistic", "logistic_log", "boosting"])
def test_a_candidate_is_what_its_manifest_says(tmp_path: Path, name: str) -> None:
    chosen = toy.put(tmp_path)
    made = training.train(chosen, until=UNTIL, candidate=name, root=tmp_path)
    manifest = made.manifest
    assert read_manifest(manifest.model_dump_json().encode()) == manifest
    assert (manifest.candidate, manifest.known_until, manifest.data_sha256) == (name, UNTIL, chosen.data.sha256)
    assert manifest.sql_sha256 == hashlib.sha256((tmp_path / data.TRAINING_ROWS).read_bytes()).hexdigest()
    assert [item.name for item in manifest.inputs] == chosen.names()
    assert {metric.name for metric in manifest.metrics} == set(scoring.SCORES)
    assert manifest.task == "“late” is 1 for this parcel"
    rows, held_out = training.divide(chosen, chosen.recipe(name), until=UNTIL, root=tmp_path)
    assert manifest.rows == len(rows)
    usual = rows["late"][~held_out].mean()
    assert manifest.baseline[0].value == pytest.approx(((rows["late"][held_out] - usual) ** 2).mean(), rel=1e-5)
    assert training.train(chosen, until=UNTIL, candidate=name, root=tmp_path) == made


@pytest.mark.parametrize("name", ["logistic_log", "boosting"])
def test_onnx_and_pipeline_agree_on_rows_that_training_has_not_seen(tmp_path: Path, name: str) -> None:
    chosen = toy.put(tmp_path)
    made = training.train(chosen, until=UNTIL, candidate=name, root=tmp_path)
    rows = training.recent(data.training_rows(chosen, UNTIL, root=tmp_path), chosen, chosen.recipe(name), UNTIL)
    pipeline = training.fit(rows, chosen.recipe(name), chosen)
    strange = rows.head(60).assign(carrier="Condor", distance=np.linspace(-5, 500, 60), recent_late_share=np.nan)
    for some in (rows, strange):
        training.compare(made, some, training.predict(pipeline, some, chosen))
    with pytest.raises(TrainingError, match="differs from the trained one by up to"):
        training.compare(made, rows, training.predict(pipeline, rows, chosen) + 0.001)


def test_later_outcomes_change_nothing(tmp_path: Path) -> None:
    rows = toy.table()
    other = rows.assign(late=rows["late"].where(rows["known_on"] < UNTIL.isoformat(), 0))
    models = []
    for folder, table in ((tmp_path / "one", rows), (tmp_path / "two", other)):
        models.append(training.train(toy.put(folder, table), until=UNTIL, candidate="logistic", root=folder).model)
    assert models[0] == models[1]


def test_the_broken_join_looks_better_than_it_is(tmp_path: Path) -> None:
    """In the rows of its own join the version is better; with the values that a caller has, it is worse."""
    chosen = toy.put(tmp_path, toy.table().assign(size=[f"r{number % 40}" for number in range(toy.ROWS)]))
    good = training.train(chosen, until=UNTIL, candidate="logistic", root=tmp_path)
    bad = training.train(chosen, until=UNTIL, candidate="logistic", sql=BROKEN, root=tmp_path)
    offline = [{one.name: one.value for one in made.manifest.metrics}["brier"] for made in (good, bad)]
    assert offline[1] < offline[0] - 0.02
    rows = data.request_rows(chosen, tmp_path)
    rows = rows[rows["known_on"] >= UNTIL.isoformat()]
    outcomes, sent = rows["late"].to_numpy(float), rows.to_dict("records")
    real = [scoring.brier(outcomes, Model("toy", made).scores(sent)) for made in (good, bad)]
    assert real[1] > real[0] + 0.02


def test_a_recipe_may_forget_old_outcomes(tmp_path: Path) -> None:
    chosen = toy.put(tmp_path)
    rows = data.training_rows(chosen, UNTIL, root=tmp_path)
    kept = training.recent(rows, chosen, chosen.recipe("boosting"), UNTIL)
    assert kept["known_on"].min() >= (UNTIL - timedelta(days=60)).isoformat()
    assert len(training.recent(rows, chosen, chosen.recipe("logistic"), UNTIL)) == len(rows) > len(kept)


@pytest.mark.parametrize(
    ("until", "rows", "sentence"),
    [
        (date(2024, 1, 5), toy.table(), "on 2024-01-05 there are . outcomes to fit a model"),
        (UNTIL, toy.table().assign(late=1), "there are only one kind of outcome to fit"),
        (date(2025, 4, 1), toy.table(), "there are 0 outcomes to measure a model"),
    ],
)
def test_too_few_rows(tmp_path: Path, until: date, rows: pd.DataFrame, sentence: str) -> None:
    with pytest.raises(TrainingError, match=sentence):
        training.train(toy.put(tmp_path, rows), until=until, candidate="logistic", root=tmp_path)


def test_fifty_outcomes_of_both_kinds_are_enough_and_one_less_is_not() -> None:
    outcomes = pd.Series([0, 1] * 25)
    training._refuse_few(outcomes, "to fit", UNTIL)
    with pytest.raises(TrainingError, match="there are 49 outcomes to fit a model"):
        training._refuse_few(outcomes[:49], "to fit", UNTIL)
    with pytest.raises(TrainingError, match="there are only one kind of outcome to fit a model"):
        training._refuse_few(outcomes * 0, "to fit", UNTIL)


@pytest.mark.parametrize(
    ("options", "said"), [({"trees": 9}, "'trees'"), ({"C": -1.0}, "'C' parameter of LogisticRegression must be")]
)
def test_options_that_scikit_learn_refuses(tmp_path: Path, options: dict[str, float], said: str) -> None:
    chosen = toy.put(tmp_path)
    chosen.training.candidates["logistic"] = chosen.recipe("logistic").model_copy(update={"options": options})
    with pytest.raises(TrainingError, match=f"logistic_regression does not take the options of its recipe: .*{said}"):
        training.train(chosen, until=UNTIL, candidate="logistic", root=tmp_path)


def test_an_unknown_candidate_is_refused_first(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="no candidate 'forest'"):
        training.train(toy.settings(), until=UNTIL, candidate="forest", root=tmp_path)
