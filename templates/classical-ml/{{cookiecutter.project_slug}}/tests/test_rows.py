"""Who could have seen the rows that a number is computed on."""

from itertools import combinations
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from sklearn.pipeline import Pipeline

import toy
from predictor import data, selection, training
from predictor.decision import Task
from predictor.selection import Fold
from predictor.settings import load_settings
from toy import ROOT, Project

NAMES = ("training", "validation", "test")


def parts(dataset: data.Dataset) -> dict[str, pd.DataFrame]:
    return dict(zip(NAMES, (dataset.train, dataset.validation, dataset.test), strict=True))


@pytest.mark.parametrize("own", [False, True], ids=["toy", "this repository"])
def test_no_row_is_in_two_parts_or_on_both_sides_of_a_fold(own: bool, project: Project, tmp_path: Path) -> None:
    root = ROOT if own else project.folder
    chosen = load_settings(ROOT / "settings.toml") if own and (ROOT / "settings.toml").exists() else project.settings
    if not (root / chosen.data.file).exists():
        pytest.skip("there are no data")
    chosen = chosen.model_copy(update={"data": chosen.data.model_copy(update={"file": str(root / chosen.data.file)})})
    dataset, task = data.load(chosen, tmp_path), Task(chosen)
    for one, other in combinations(parts(dataset).values(), 2):
        assert not set(one.index) & set(other.index)
    assert sum(map(len, parts(dataset).values())) + dataset.facts["left_out"] == dataset.facts["rows"]
    rows = training.some(dataset.train, chosen.training.search_rows, chosen.training.seed)
    assert set(rows.index) <= set(dataset.train.index)
    for fitted, scored in selection.make_folds(rows, task.y(rows), task):
        assert not set(fitted) & set(scored)
        assert max(*fitted, *scored) < len(rows)


def folds(rows: pd.DataFrame, task: Task) -> list[Fold]:
    return selection.make_folds(rows, task.y(rows), task)


def other(rows: pd.DataFrame) -> pd.DataFrame:
    """Rows of which nothing is like those of the toy table, but the target and the day."""
    columns = {"age": 1e6, "spent": -1e6, "plan": "gold", "city": "Rome", "note": "unheard of"}
    return rows.assign(**{name: value for name, value in columns.items() if name in rows})


def test_what_a_fold_fits_does_not_depend_on_the_rows_that_it_scores() -> None:
    """Neither its medians, nor its categories and words, nor which columns have gaps."""
    task, rows = toy.task(data={"time": None}), toy.table()
    for fold in folds(rows, task):
        changed = rows.copy()
        changed.iloc[fold[1]] = other(rows).iloc[fold[1]]
        (inputs, fitted, known, *_), (again, *now) = (selection.divide(one, fold, task) for one in (rows, changed))
        assert again == inputs
        assert now[0].equals(fitted)
        np.testing.assert_array_equal(now[1], known)


def test_the_search_fits_no_model_on_a_row_that_it_scores(monkeypatch: pytest.MonkeyPatch) -> None:
    """All that is fitted in a fold is the same if the rows to score are others, so that only scores can differ."""
    task, rows = toy.task(data={"time": None}), toy.table()
    fold = folds(rows, task)[0]
    changed = rows.copy()
    changed.iloc[fold[1]] = other(rows).iloc[fold[1]]
    fit, seen = Pipeline.fit, list[Any]()

    def watched(self: Pipeline, table: pd.DataFrame, outcomes: Any) -> Pipeline:
        fitted = fit(self, table, outcomes)
        seen[-1] += [fitted[:-1].transform(table), fitted.predict(table)]
        return fitted

    monkeypatch.setattr(Pipeline, "fit", watched)
    for table in (rows, changed):
        seen.append([])
        selection.select(table, task, [fold, fold])
    for one, again in zip(*seen, strict=True):
        np.testing.assert_array_equal(one, again)
