"""Classification: a chance for each possible answer. The answer is the one that is expected to cost least."""

from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from sklearn.calibration import CalibratedClassifierCV
from sklearn.frozen import FrozenEstimator

from . import domain
from .data import Cases
from .estimates import Column, Given, Loss, Score, ShareScore, roc_auc
from .manifest import Array
from .settings import Settings

SCORED = "{cases}"  # what is scored
UNITS = ""  # what the bootstrap draws whole, if the settings name no group


def task(settings: Settings) -> str:
    """The name that the Hugging Face hub has for it."""
    return "text-classification" if settings.names("text") else "tabular-classification"


def fit(train: Cases, validation: Cases, settings: Settings) -> Any:
    """Fit the domain's model on the training cases, and its temperature on the validation cases (Guo et al. 2017).

    A validation case whose answer no training case has is left out, since the model gives that answer no chance.
    """
    estimator = domain.model(settings.training.seed).fit(_features(train.frame, settings), _labels(train))
    known = validation.some(validation.outcomes.isin(train.outcomes))
    others = train.some(~train.outcomes.isin(known.outcomes))
    one_each = others.some(others.outcomes.drop_duplicates().index)  # scikit-learn needs a case of every answer
    cases = Cases(pd.concat([known.frame, one_each.frame]), pd.concat([known.outcomes, one_each.outcomes]))
    every = np.arange(len(cases))  # one fold of all cases will do, since nothing frozen is fitted in it
    calibrated = CalibratedClassifierCV(FrozenEstimator(estimator), method="temperature", cv=[(every, every)])
    return calibrated.fit(_features(cases.frame, settings), _labels(cases))


def loss(settings: Settings) -> Loss:
    """What `losses` measures; where each mistake costs 1, it is the share of wrong answers."""
    matrix = costs(settings)
    if (matrix + np.eye(len(matrix)) == 1).all():
        return Loss("share of wrong answers", largest=1)
    currency = settings.cost.currency
    return Loss(f"cost per {settings.problem.case} in {currency}", float(matrix.max()), f" {currency}")


def answers(model: Any, frame: pd.DataFrame, settings: Settings) -> pd.DataFrame:
    """A row for each case: `answer`, `uncertainty`, and a column `chance:NAME` for each option."""
    chances = model.predict_proba(_features(frame, settings))
    return decide(pd.DataFrame(chances, frame.index, model.classes_), settings)


def by_rule(train: Cases, frame: pd.DataFrame, settings: Settings) -> pd.DataFrame:
    """Today's rule: the chances of a case are the shares of answers among the training cases with the same key."""
    shares = pd.crosstab(domain.rule(train.frame), train.outcomes, normalize="index")
    overall = train.outcomes.value_counts(normalize=True)
    found = shares.reindex(domain.rule(frame)).set_axis(frame.index)
    return decide(found.fillna(overall), settings)


def decide(chances: pd.DataFrame, settings: Settings) -> pd.DataFrame:
    """The answer that costs least in expectation, and as its uncertainty what it is expected to cost."""
    options = settings.problem.options
    ordered = chances.reindex(columns=options, fill_value=0.0).to_numpy()
    expected = ordered @ costs(settings)
    table = pd.DataFrame(ordered, chances.index, [f"chance:{name}" for name in options])
    answer = np.array(options, dtype=object)[expected.argmin(axis=1)]
    return table.assign(answer=answer, uncertainty=expected.min(axis=1))


def costs(settings: Settings) -> Array:
    """What an answer (column) costs if another (row) is right, in the order of the options; the diagonal is 0."""
    options, cost = settings.problem.options, settings.cost
    matrix = [[cost.wrong.get(truth, {}).get(answer, 1.0) for answer in options] for truth in options]
    if settings.problem.positive is not None:
        found = options.index(settings.problem.positive)
        matrix[found][1 - found], matrix[1 - found][found] = cost.false_negative, cost.false_positive
    return np.array(matrix) * (1 - np.eye(len(options)))


def asked(cases: Cases, _: Settings) -> Cases:
    """The cases that are scored: each of them, as it is."""
    return cases


def units(cases: Cases, settings: Settings) -> pd.Series | None:
    """Cases of one unit resemble each other, so the bootstrap draws them together."""
    return cases.frame[settings.data.group] if settings.data.group else None


def losses(outcomes: pd.Series, given: pd.DataFrame, settings: Settings) -> Array:
    """What each answer costs; shape (cases,)."""
    truth, answer = (_places(labels.to_numpy(), settings) for labels in (outcomes, given["answer"]))
    return np.asarray(costs(settings)[truth, answer])


def scores(settings: Settings) -> dict[str, Score | ShareScore]:
    positive, count = settings.problem.positive, len(settings.problem.options)

    def right(outcomes: Column, given: Given) -> Array:
        return np.asarray(outcomes == given["answer"], dtype=np.float64)

    def cost(outcomes: Column, given: Given) -> float:
        return float(costs(settings)[_places(outcomes, settings), _places(given["answer"], settings)].mean())

    def macro_f1(outcomes: Column, given: Given) -> float:
        answers = _places(given["answer"], settings)
        pairs = np.bincount(count * _places(outcomes, settings) + answers, minlength=count * count)
        table = pairs.reshape(count, count)
        sizes = table.sum(axis=0) + table.sum(axis=1)  # of a resample without an option, the others are the mean
        return float((2 * table.diagonal()[sizes > 0] / sizes[sizes > 0]).mean())

    return {
        **({"macro_f1": Score("Macro F1", macro_f1, True)} if positive is None else _of_two(positive)),
        "accuracy": ShareScore("Accuracy", right, True),
        "expected_cost": Score(f"Cost of wrong answers per case, {settings.cost.currency}", cost, False),
    }


def _of_two(positive: str) -> dict[str, Score | ShareScore]:
    def ranked(outcomes: Column, given: Given) -> float:
        return roc_auc(outcomes == positive, given[f"chance:{positive}"])

    def brier(outcomes: Column, given: Given) -> float:
        return float((((outcomes == positive) - given[f"chance:{positive}"]) ** 2).mean())

    def found(outcomes: Column, given: Given) -> Array:
        return np.where(outcomes == positive, given["answer"] == positive, np.nan)

    return {
        "roc_auc": Score("ROC AUC", ranked, True),
        "brier": Score("Brier score", brier, False),
        "recall": ShareScore(f"Recall of {positive}", found, True),
    }


def predictions(cases: Cases, given: pd.DataFrame, settings: Settings) -> pd.DataFrame:
    """What `reports/predictions.csv` tells of each case; a metric that is a mean has a column of its own."""
    positive = settings.problem.positive
    truth, answer = (_places(one.to_numpy(), settings) for one in (cases.outcomes, given["answer"]))
    table = pd.DataFrame({"actual": cases.outcomes}, cases.frame.index)
    if positive is not None:
        table["predicted"] = given[f"chance:{positive}"]
    return table.assign(
        decision=given["answer"],
        accuracy=(truth == answer).astype(int),
        expected_cost=costs(settings)[truth, answer],
    )


def mistakes(outcomes: pd.Series, given: pd.DataFrame) -> pd.Series:
    """The kind of each mistake; "" for a right answer."""
    return (given["answer"] + " instead of " + outcomes).where(given["answer"] != outcomes, "")


def options(row: pd.Series, settings: Settings) -> list[tuple[str, float]]:
    """Each possible answer with its chance, the likeliest first."""
    return sorted(((name, float(row[f"chance:{name}"])) for name in settings.problem.options), key=lambda one: -one[1])


def strength(given: pd.DataFrame, answer: str | float) -> Array:
    """What the reasons are measured in: the chance of `answer`."""
    return np.asarray(given[f"chance:{answer}"], dtype=np.float64)


def _features(frame: pd.DataFrame, settings: Settings) -> pd.DataFrame:
    return domain.features(frame[list(settings.columns)])


def _labels(cases: Cases) -> Column:
    return np.asarray(cases.outcomes, dtype=str)


def _places(labels: Column, settings: Settings) -> NDArray[np.intp]:
    """The position of each label among the options."""
    return np.asarray(pd.Index(settings.problem.options).get_indexer(pd.Index(labels)), dtype=np.intp)
