"""A search that is fair to each setting, and a choice by one standard error."""

from __future__ import annotations

import warnings
from typing import Any

import numpy as np
import pandas as pd
import pytest
from sklearn.base import is_classifier
from sklearn.compose import ColumnTransformer
from sklearn.model_selection import cross_val_score
from sklearn.neighbors import KNeighborsClassifier, KNeighborsRegressor
from sklearn.preprocessing import StandardScaler

import toy
from predictor.bootstrap import Array
from predictor.decision import Task
from predictor.selection import Candidate, Fold, Trial, Tuned, candidates, choose, tune

FOLDS = 3
NEIGHBOURS = [1, 5, 25, 39]


def task(seed: int = 7, headline: str | None = None, iterations: int = 8, **data: Any) -> Task:
    training: dict[str, Any] = {"seed": seed, "folds": FOLDS, "search_iterations": iterations}
    return toy.task(data={"time": None, **data}, training=training | ({"headline": headline} if headline else {}))


def metric(*, more: bool) -> str:
    """A headline of this project that is better if it is more, or if it is less."""
    return next(name for name, score in task().scores.items() if score.higher_is_better == more)


def classes(count: int, known: Task) -> Array:
    """As many of each outcome, in turn."""
    return np.asarray(np.arange(count) % known.values, dtype=np.float64)


def rows(known: Task) -> tuple[pd.DataFrame, Array, list[Fold]]:
    """A table, its outcomes and folds."""
    random = np.random.default_rng(0)
    outcomes = classes(90, known)
    table = pd.DataFrame({"a": outcomes + random.normal(0, 1, 90), "b": random.normal(0, 9, 90)})
    folds = [
        (np.flatnonzero(np.arange(90) % 9 // 3 != fold), np.flatnonzero(np.arange(90) % 9 // 3 == fold))
        for fold in range(3)
    ]
    return table, outcomes, folds


def candidate(known: Task, space: dict[str, list[Any]]) -> Candidate:
    """A model whose number of neighbours matters."""
    model = KNeighborsClassifier() if is_classifier(candidates(known)[0].model) else KNeighborsRegressor()
    return Candidate("neighbours", lambda _: ColumnTransformer([("scale", StandardScaler(), ["a", "b"])]), model, space)


def trials(known: Task) -> list[Trial]:
    table, outcomes, folds = rows(known)
    return [([], table.iloc[past], outcomes[past], table.iloc[new], outcomes[new]) for past, new in folds]


def searched(known: Task, space: dict[str, list[Any]]) -> tuple[Tuned, list[dict[str, Any]]]:
    """What is found, and the scores of each number of neighbours in each fold."""
    neighbours, (table, outcomes, folds) = candidate(known, space), rows(known)
    every = [
        {
            "neighbours": value,
            "scores": known.headline.sign
            * cross_val_score(
                neighbours.pipeline([], {"n_neighbors": value}),
                table,
                outcomes,
                cv=folds,
                scoring=known.headline.sklearn,
            ),
        }
        for value in NEIGHBOURS
    ]
    return tune(neighbours, trials(known), known), every


@pytest.mark.parametrize("more", [True, False])
def test_the_best_setting_by_the_mean_of_the_folds_is_found(more: bool) -> None:
    known = task(headline=metric(more=more))
    finalist, every = searched(known, {"n_neighbors": NEIGHBOURS})
    best = max(every, key=lambda one: known.headline.sign * one["scores"].mean())
    assert finalist.parameters == {"n_neighbors": best["neighbours"]}, f"{settings_of(every)}"
    assert finalist.folds == pytest.approx(best["scores"].tolist()), "its score in each fold that was given, in order"
    assert finalist.mean == pytest.approx(best["scores"].mean())
    assert (finalist.name, finalist.tried) == ("neighbours", 4)


def settings_of(every: list[dict[str, Any]]) -> str:
    return "; ".join(f"with {one['neighbours']}, the folds score {one['scores'].round(3).tolist()}" for one in every)


def test_a_loss_is_written_as_people_write_it() -> None:
    finalist, _ = searched(task(headline=metric(more=False)), {"n_neighbors": NEIGHBOURS})
    assert min(finalist.folds) > 0, "scikit-learn turns a loss around, so that more is better; a report does not"


def test_no_more_settings_are_tried_than_are_asked_for_or_there_are() -> None:
    finalist, _ = searched(task(iterations=2), {"n_neighbors": NEIGHBOURS, "weights": ["uniform", "distance"]})
    assert finalist.tried == 2
    assert set(finalist.parameters) == {"n_neighbors", "weights"}
    finalist, _ = searched(task(iterations=8), {"n_neighbors": [5]})
    assert finalist.tried == 1


def test_fewer_settings_than_are_asked_for_are_no_reason_to_warn() -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error", UserWarning)
        finalist, _ = searched(task(iterations=8), {"n_neighbors": NEIGHBOURS})
    assert finalist.tried == 4


def test_the_seed_decides_which_settings_are_tried() -> None:
    space: dict[str, list[Any]] = {"n_neighbors": NEIGHBOURS, "weights": ["uniform", "distance"]}
    tried = [str(searched(task(iterations=1), space)[0].parameters) for _ in range(6)]
    assert len(set(tried)) == 1, "six runs with one seed try the same setting, or nobody can repeat a result"


def test_an_error_in_a_fit_is_raised() -> None:
    known = task()
    with pytest.raises(ValueError, match="n_neighbors"):
        tune(candidate(known, {"n_neighbors": [5, -1]}), trials(known), known)


def tuned(name: str, scores: list[float]) -> Tuned:
    return Tuned(name=name, parameters={}, tried=1, folds=scores, mean=float(np.mean(scores)))


def served(linear: list[float], boosting: list[float], *, more: bool = True) -> str:
    """Which one is served, if each of three folds scores one row for two that it fits on."""
    choice = choose(tuned("linear", linear), tuned("boosting", boosting), 0.5, task(headline=metric(more=more)))
    assert {choice.served.name, choice.other.name} == {"linear", "boosting"}
    return choice.served.name


def test_a_clear_gain_is_worth_the_boosting() -> None:
    assert served([0.70, 0.72, 0.71], [0.80, 0.81, 0.82]) == "boosting"


def test_a_gain_within_one_standard_error_is_none() -> None:
    assert served([0.70, 0.80, 0.90], [0.75, 0.77, 0.91]) == "linear", "the gains are 0.05, -0.03 and 0.01"


def test_folds_that_share_rows_are_less_sure() -> None:
    assert served([0.70, 0.70, 0.70], [0.73, 0.70, 0.71]) == "linear", (
        "0.0133 is more than 0.0088, the error of three independent gains, but not more than 0.0139"
    )


def test_a_gain_may_be_small_if_all_folds_agree() -> None:
    assert served([0.70, 0.80, 0.90], [0.72, 0.81, 0.91]) == "boosting", (
        "the folds differ by 0.2, but the gains are 0.02, 0.01 and 0.01: compare fold by fold"
    )


def test_without_a_gain_the_simpler_one_is_served() -> None:
    assert served([0.8, 0.8, 0.8], [0.8, 0.8, 0.8]) == "linear"
    assert served([0.8, 0.8, 0.9], [0.7, 0.7, 0.8]) == "linear"


def test_of_a_loss_less_is_better() -> None:
    assert served([5.0, 6.0, 7.0], [4.0, 5.1, 6.0], more=False) == "boosting"
    assert served([4.0, 5.1, 6.0], [5.0, 6.0, 7.0], more=False) == "linear"


@pytest.mark.parametrize("more", [True, False])
def test_the_verdict_has_the_gain_and_its_error(more: bool) -> None:
    folds = [[0.70, 0.80, 0.90], [0.75, 0.77, 0.91]]
    known = task(headline=metric(more=more))
    choice = choose(tuned("linear", folds[0]), tuned("boosting", folds[1]), 0.5, known)
    assert choice.gain == pytest.approx(0.01 if more else -0.01), "above 0 means that boosting is better"
    assert choice.standard_error == pytest.approx(0.04 * (1 / 3 + 1 / 2) ** 0.5), (
        "0.04 is the sample deviation of the three gains, each of a fold that scores one row for two that it fits on"
    )
