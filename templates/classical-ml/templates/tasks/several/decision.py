"""Everything about a target that is one of several classes: the class that is said, and how good answers are."""

from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.optimize import minimize_scalar
from sklearn.pipeline import Pipeline

from .bootstrap import Array
from .outcome import CLOSEST, SLICE_SHARE, Outcome
from .settings import Settings, SettingsError

Scorer = Callable[..., float]
Hits = Callable[[Array, Array], Array]
Mask = NDArray[np.bool_]


@dataclass(frozen=True)
class Score:
    label: str  # as people write it
    higher_is_better: bool
    function: Callable[[Array, Array], float]  # (y, predicted) of the same rows; NaN if it has no meaning
    sklearn: str | Scorer | None = None  # for cross-validation: scikit-learn's name for it, or a function
    hits: Hits | None = None  # of a share: 1 or 0 for each row, NaN for one that it is not about

    @property
    def sign(self) -> int:
        """1 if more is better, otherwise -1."""
        return 1 if self.higher_is_better else -1


def share(label: str, hits: Hits) -> Score:
    """The score that is the share of ones among the `hits`."""

    def mean(y: Array, predicted: Array) -> float:
        values = hits(y, predicted)
        about = values[~np.isnan(values)]
        return float(about.mean()) if len(about) else np.nan

    return Score(label, True, mean, hits=hits)


def log_loss(y: Array, predicted: Array) -> float:
    """The mean of minus the logarithm of the true class's probability."""
    return float(-np.log(np.clip(of_outcome(y, predicted), CLOSEST, 1)).mean())


def of_outcome(y: Array, predicted: Array) -> Array:
    """The probability of each row's true class."""
    return np.asarray(predicted[np.arange(len(y)), y.astype(int)])


def scorer(sign: int, function: Callable[[Array, Array], float]) -> Scorer:
    """A score as cross-validation takes it: more is better."""
    return lambda pipeline, table, y: sign * function(y, pipeline.predict_proba(table))


class Task:
    """Of the settings. `y` has the place of each row's class, [rows]; `raw` and `predicted` are [rows, classes]."""

    name = "tabular-classification"  # as the Hugging Face hub names tasks
    stratified = True  # each part of the rows has every class, in the same shares
    slice_scores = (SLICE_SHARE,)  # beside the headline
    unsaid = ""  # a rule says all of its answers

    def __init__(self, settings: Settings) -> None:
        self.settings, self.classes = settings, settings.problem.classes
        self.numbers: list[str] = []  # columns that must hold numbers, beside the inputs
        self.values = len(self.classes)  # different outcomes that training needs
        self.undecided = Outcome(classes=self.classes, costs=self.prices().tolist())
        self.scores = {
            "macro_f1": Score("macro-F1", True, self.macro_f1, scorer(1, self.macro_f1)),
            "log_loss": Score("log loss", False, log_loss, scorer(-1, log_loss)),
        }
        self.headline = self.scores[settings.training.headline]

    def prices(self) -> Array:
        """The cost of each pair of true and said class: 1, or what the settings say; nothing if they are equal.

        Raises:
            SettingsError: it names no class, or gives the right one a price.
        """
        if len(set(self.classes)) < len(self.classes):
            raise SettingsError("problem.classes names a class twice")
        table = 1.0 - np.eye(len(self.classes))
        for true, prices in self.settings.cost.matrix.items():
            for said, price in prices.items():
                if true == said or not {true, said} <= set(self.classes):
                    raise SettingsError(f"cost.matrix: {true!r} said to be {said!r} is no mistake between two classes")
                table[self.classes.index(true), self.classes.index(said)] = price
        return table

    def y(self, frame: pd.DataFrame) -> Array:
        """The target as the places of its classes."""
        return np.asarray(frame[self.settings.problem.target].map(self.classes.index), dtype=np.float64)

    def describe(self, y: Array) -> dict[str, int]:
        """The rows of each class."""
        return dict(zip(self.classes, np.bincount(y.astype(int), minlength=self.values).tolist(), strict=True))

    def rules(self, labels: pd.Series) -> Iterator[tuple[pd.Series, str]]:
        """The rows whose label breaks a rule, with what is wrong."""
        yield ~labels.isin(self.classes), "is none of problem.classes in settings.toml"

    def raw(self, pipeline: Pipeline, table: pd.DataFrame) -> Array:
        """What the pipeline itself predicts, before calibration; the ONNX model returns the same."""
        return np.asarray(pipeline.predict_proba(table), dtype=np.float64)

    def decide(self, y: Array, raw: Array) -> Outcome:
        """Calibrate on these rows, which are new to the model: the temperature with the least log loss."""

        def heated(logarithm: float) -> Outcome:
            return self.undecided.model_copy(update={"temperature": float(np.exp(logarithm))})

        def loss(logarithm: float) -> float:
            return log_loss(y, heated(logarithm).finish(raw))

        # The lower bound: a few rows that are all right do not prove that the model may be surer of itself.
        return heated(minimize_scalar(loss, bounds=(-1, 3), method="bounded").x)

    def average(self, y: Array) -> Array:
        """The share of each class."""
        return np.bincount(y.astype(int), minlength=self.values) / len(y)

    def leaf_sums(self, y: Array) -> Array:
        """What `leaf_loss` needs to know of each row, so that it can be summed: that it is a row, and its class."""
        return np.column_stack([np.ones_like(y), y[:, None] == np.arange(self.values)])

    def leaf_loss(self, leaf: Array) -> Array:
        """What the cheapest class costs, said of all of these rows; between equals, how unlike they are decides."""
        rows, counts = leaf[..., 0], leaf[..., 1:]
        cheapest = (counts @ np.array(self.undecided.costs)).min(axis=-1)
        unlike = rows - (counts**2).sum(axis=-1) / np.maximum(rows, 1)
        return np.asarray(cheapest + 1e-9 * unlike)

    def say(self, predicted: Array, outcome: Outcome) -> str:
        """The class that is said."""
        return str(self.classes[outcome.said(predicted[None])[0]])

    def baselines(self, train: Array, rows: pd.DataFrame) -> dict[str, Array]:
        """All rows get the shares of the training rows; this is named for the class that is then said of all."""
        shares = self.average(train)
        return {f"always {self.say(shares, self.undecided)}": np.tile(shares, (len(rows), 1))}

    def decide_baseline(self, y: Array, predicted: Array) -> Outcome:  # noqa: ARG002
        """Say what is expected to cost least."""
        return self.undecided

    def macro_f1(self, y: Array, predicted: Array) -> float:
        """The mean of the classes' F1; a class that no row has, and of which nothing is said, does not count."""
        pairs = y.astype(int) * self.values + self.undecided.said(predicted)
        counts = np.bincount(pairs, minlength=self.values**2).reshape(self.values, self.values)
        rows = counts.sum(axis=0) + counts.sum(axis=1)
        return float((2 * counts.diagonal()[rows > 0] / rows[rows > 0]).mean())

    def all_scores(self, outcome: Outcome) -> dict[str, Score]:
        """The scores, and those of what is said."""

        def right(y: Array, predicted: Array) -> Array:
            return np.asarray(outcome.said(predicted) == y, dtype=np.float64)

        def recall(place: int) -> Hits:
            return lambda y, predicted: np.where(y == place, right(y, predicted), np.nan)

        def expected_cost(y: Array, predicted: Array) -> float:
            return float(np.array(outcome.costs)[y.astype(int), outcome.said(predicted)].mean())

        cost = Score("expected cost", False, expected_cost)
        names = [f"recall of {label}" for label in self.classes]
        recalls = {name: share(name, recall(place)) for place, name in enumerate(names)}
        return {**self.scores, "accuracy": share("accuracy", right), "expected_cost": cost, **recalls}

    def decisions(self, y: Array, predicted: Array, outcome: Outcome) -> dict[str, Array]:
        """The columns of predictions.csv."""
        labels = np.array(self.classes)
        chances = {f"probability of {label}": predicted[:, place] for place, label in enumerate(self.classes)}
        return {"actual": labels[y.astype(int)], "predicted": labels[outcome.said(predicted)], **chances}

    def distance(self, y: Array, predicted: Array) -> Array:
        """How far each prediction is from the outcome."""
        return 1 - of_outcome(y, predicted)

    def mistakes(self, y: Array, predicted: Array, outcome: Outcome) -> dict[str, Mask]:
        """The rows of each kind of mistake, the most frequent kind first."""
        said = outcome.said(predicted)
        counts = Counter(zip(y.astype(int).tolist(), said.tolist(), strict=True))
        wrong = [pair for pair, _ in counts.most_common() if pair[0] != pair[1]]
        names = {pair: f"{self.classes[pair[0]]} -> {self.classes[pair[1]]}" for pair in wrong}
        return {name: (y == true) & (said == label) for (true, label), name in names.items()}

    def summarise(self, y: Array, predicted: Array, outcome: Outcome) -> dict[str, float]:
        """The right and wrong decisions, counted; of a class that is never said, how many rows it has."""
        said = outcome.said(predicted)
        right, answers = int((said == y).sum()), self.describe(said.astype(np.float64))
        never = {f"{label}, never said": rows for label, rows in self.describe(y).items() if not answers[label]}
        return {"right": right, "wrong": len(y) - right, **never}
