"""Ranking: what a person should do next, by the chance of success. The answer is the task whose chance is nearest to
the target.

The model is the one of Rasch (1960): the chance grows with the ability of a person minus the difficulty of a task. The
difficulties are the likeliest ones if abilities are spread as a normal distribution (marginal maximum likelihood: Bock
and Aitkin 1981); a person's ability is what that spread and the known answers say of it.
"""

from typing import Any

import numpy as np
import pandas as pd
from scipy.optimize import minimize
from scipy.special import expit, log_expit, logit, logsumexp

from . import domain
from .data import Cases
from .estimates import Column, Given, Loss, Score, ShareScore, roc_auc
from .manifest import Array
from .settings import Settings

SCORED = "hidden answers"  # what is scored
UNITS = "{cases}"  # what the bootstrap draws whole
NONE = "none fits"  # the answer if everything is done, or nothing that is left is near the target
REACH = 0.15  # near: the chance is not further from the target
DONE = 0.1, 0.9  # of the tasks, by a person who is asked for the others: people are at different points
ODD = -1.645  # a person fit below this: of people whom the model fits, at most about one in twenty
NODES, WEIGHTS = np.polynomial.hermite_e.hermegauss(41)  # where the spread of abilities is looked at

Model = dict[str, Any]  # difficulties: array in the order of the tasks; spread: standard deviation of the abilities


def task(_: Settings) -> str:
    """The name that the Hugging Face hub has for it."""
    return "tabular-classification"


def fit(train: Cases, _: Cases, settings: Settings) -> Model:
    """Find the difficulties and the spread with the largest likelihood of all known answers."""
    solved = _solved(train.frame, settings)
    known, right, count = ~np.isnan(solved), np.nan_to_num(solved), solved.shape[1]

    def unlikely(values: Array) -> tuple[float, Array]:
        model = {"difficulties": values[:count], "spread": np.exp(values[count])}
        total, shares = _abilities(model, solved)
        excess = shares.T @ right - (shares.T @ known) * expit(_odds(model))  # at each node: solved beyond expectation
        slope = model["spread"] * (excess.sum(axis=1) @ NODES)
        return -float(total.sum()), np.append(excess.sum(axis=0), -slope)

    found = minimize(unlikely, np.zeros(count + 1), jac=True, method="L-BFGS-B")
    return {"difficulties": found.x[:count], "spread": float(np.exp(found.x[count]))}


def loss(_: Settings) -> Loss:
    """What `losses` measures."""
    return Loss("squared error of the chance of success", largest=1)


def answers(model: Model, frame: pd.DataFrame, settings: Settings) -> pd.DataFrame:
    """A row for each case: `answer`, `uncertainty`, person `fit`, and a column `chance:TASK` for each task.

    The uncertainty says by how much the chance of the task that is nearest to the target may be off. If none fits, it
    is 1, so that a person looks for something else.
    """
    solved = _solved(frame, settings)
    _, shares = _abilities(model, solved)
    at_nodes = expit(_odds(model))
    chances = shares @ at_nodes
    doubts = np.sqrt(np.maximum(shares @ at_nodes**2 - chances**2, 0))  # standard deviations
    return _recommended(frame, chances, doubts, settings)


def by_rule(train: Cases, frame: pd.DataFrame, settings: Settings) -> pd.DataFrame:
    """Today's rule: the chance is the share of the training cases with the same key who have solved the task."""
    columns = list(settings.columns)
    solved = domain.features(train.frame[columns])
    shares = solved.groupby(domain.rule(train.frame[columns])).mean().reindex(domain.rule(frame[columns]))
    chances = shares.fillna(solved.mean()).to_numpy()
    return _recommended(frame, chances, np.zeros_like(chances), settings)


def asked(cases: Cases, settings: Settings) -> Cases:
    """A row for each answer that is hidden: the `person` without all hidden answers, and the task that is `asked` for.

    How many answers a person keeps, and which, is drawn.
    """
    solved, names = _solved(cases.frame, settings), np.array(list(settings.columns))
    random, (least, most) = np.random.default_rng(settings.training.seed), (round(part * len(names)) for part in DONE)
    order = np.where(np.isnan(solved), -1, random.random(solved.shape)).argsort(axis=1).argsort(axis=1)
    hidden = (order >= random.integers(least, most + 1, (len(solved), 1))) & ~np.isnan(solved)
    people, places = np.nonzero(hidden)
    frame = cases.frame.iloc[people].assign(person=cases.frame.index[people], asked=names[places])
    frame[names] = np.where(hidden, np.nan, solved)[people]
    frame.index = pd.Index(frame["person"] + " " + frame["asked"], name=cases.frame.index.name)
    return Cases(frame, pd.Series(solved[people, places], frame.index))


def units(cases: Cases, _: Settings) -> pd.Series | None:
    """All rows of a person rest on the same known answers, so the bootstrap draws them together."""
    return cases.frame["person"]


def losses(outcomes: pd.Series, given: pd.DataFrame, _: Settings) -> Array:
    """The squared error of the chance of the task that was asked for."""
    return np.asarray((outcomes - given["asked_chance"]) ** 2, dtype=np.float64)


def scores(settings: Settings) -> dict[str, Score | ShareScore]:
    def target_gap(outcomes: Column, given: Given) -> float:
        """How far success at what is recommended is from the target: mean over those weak, middling, strong so far."""
        taken = given["asked"] == given["answer"]
        solved, so_far = outcomes[taken], given["so_far"][taken]
        thirds = np.searchsorted(np.quantile(so_far, [1 / 3, 2 / 3]), so_far) if taken.any() else so_far
        gaps = [abs(solved[thirds == third].mean() - settings.policy.target) for third in np.unique(thirds)]
        return float(np.mean(gaps)) if gaps else float("nan")

    def odd(_: Column, given: Given) -> Array:
        return np.asarray(given["fit"] < ODD, dtype=np.float64)

    return {
        "roc_auc": Score("ROC AUC", lambda outcomes, given: roc_auc(outcomes > 0, given["asked_chance"]), True),
        "brier": Score("Brier score", lambda outcomes, given: float(losses(outcomes, given, settings).mean()), False),
        "target_gap": Score("Gap between success and target", target_gap, False),
        "odd": ShareScore("Hidden answers of people whose other answers do not fit", odd, False),
    }


def predictions(cases: Cases, given: pd.DataFrame, _: Settings) -> pd.DataFrame:
    """What `reports/predictions.csv` tells of each case; a metric that is a mean has a column of its own."""
    table = given[["asked", "asked_chance", "answer"]].set_axis(["asked", "predicted", "decision"], axis=1)
    brier = (cases.outcomes - given["asked_chance"]).pow(2)
    return table.assign(actual=cases.outcomes.astype(int), brier=brier, odd=(given["fit"] < ODD).astype(int))


def mistakes(outcomes: pd.Series, given: pd.DataFrame) -> pd.Series:
    """The kind of each mistake; "" for a right chance."""
    return np.sign(given["asked_chance"] - outcomes).map({1: "chance too high", -1: "chance too low", 0: ""})


def options(row: pd.Series, settings: Settings) -> list[tuple[str, float]]:
    """The answer, then each task that is left with its chance, the nearest to the target first, then none of them."""
    left = [(name, float(row[f"chance:{name}"])) for name in str(row["left"]).split()]
    left.sort(key=lambda one: abs(one[1] - settings.policy.target))
    return sorted([*left, (NONE, 0.0)], key=lambda one: one[0] != row["answer"])


def strength(given: pd.DataFrame, answer: str | float) -> Array:
    """What the reasons are measured in: the chance of `answer`. Only answers that are known can be reasons."""
    chances = np.asarray(given.get(f"chance:{answer}", pd.Series(0.0, given.index)), dtype=np.float64)
    return np.where(given["left"].to_numpy() == given["left"].iloc[0], chances, chances[0])


def _recommended(frame: pd.DataFrame, chances: Array, doubts: Array, settings: Settings) -> pd.DataFrame:
    solved, names, rows = _solved(frame, settings), np.array(list(settings.columns)), np.arange(len(frame))
    left = np.isnan(solved)
    distances = np.where(left, np.abs(chances - settings.policy.target), np.inf)
    nearest = distances.argmin(axis=1)
    places = pd.Index(names).get_indexer(frame["asked"]) if "asked" in frame else nearest
    fits = distances[rows, nearest] <= REACH
    return pd.DataFrame(chances, frame.index, [f"chance:{name}" for name in names]).assign(
        answer=np.where(fits, names[nearest], NONE),
        uncertainty=np.where(fits, doubts[rows, nearest], 1.0),
        left=[" ".join(names[row]) for row in left],
        fit=_person_fit(solved, chances),
        so_far=np.nansum(solved, axis=1) / np.maximum((~left).sum(axis=1), 1),
        asked=names[places],
        asked_chance=chances[rows, places],
    )


def _person_fit(solved: Array, chances: Array) -> Array:
    """How likely the known answers are, in standard deviations from what is usual (lz: Drasgow et al. 1985).

    Far below zero, somebody has solved hard tasks and failed easy ones.
    """
    known, logits = ~np.isnan(solved), logit(np.clip(chances, 1e-6, 1 - 1e-6))  # a rule's share may be 0 or 1
    surprise = np.where(known, (np.nan_to_num(solved) - chances) * logits, 0).sum(axis=1)
    usual = np.where(known, chances * (1 - chances) * logits**2, 0).sum(axis=1)
    return np.asarray(surprise / np.sqrt(np.maximum(usual, 1e-12)), dtype=np.float64)


def _abilities(model: Model, solved: Array) -> tuple[Array, Array]:
    """The log-likelihood of each person's known answers, and how probable each node is as the person's ability."""
    known, right, odds = ~np.isnan(solved), np.nan_to_num(solved), _odds(model)
    likely = right @ log_expit(odds).T + (known * 1.0 - right) @ log_expit(-odds).T + np.log(WEIGHTS / WEIGHTS.sum())
    total = logsumexp(likely, axis=1, keepdims=True)
    return total[:, 0], np.exp(likely - total)


def _odds(model: Model) -> Array:
    """The log-odds of success at each node (row) for each task (column)."""
    odds: Array = model["spread"] * NODES[:, None] - model["difficulties"]
    return odds


def _solved(frame: pd.DataFrame, settings: Settings) -> Array:
    return np.asarray(domain.features(frame[list(settings.columns)]), dtype=np.float64)
