"""Several classes: a calibrated probability of each, and the class that is expected to cost least."""

from collections import Counter
from collections.abc import Callable, Iterator

import numpy as np
import pandas as pd
from scipy.optimize import minimize_scalar
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import StratifiedGroupKFold
from sklearn.pipeline import Pipeline

from . import booster
from .manifest import Array, Mask
from .measures import Rule, Score, Scorer, share
from .outcome import CLOSEST, Outcome
from .settings import Settings, SettingsError


def log_loss(outcomes: Array, predicted: Array) -> float:
    """The mean of minus the logarithm of the true class's probability."""
    return float(-np.log(np.clip(of_outcome(outcomes, predicted), CLOSEST, 1)).mean())


def of_outcome(outcomes: Array, predicted: Array) -> Array:
    """The probability of each row's true class."""
    return np.asarray(predicted[np.arange(len(outcomes)), outcomes.astype(int)])


def scorer(sign: int, function: Callable[[Array, Array], float]) -> Scorer:
    """A score as cross-validation takes it: more is better."""
    return lambda pipeline, table, outcomes: sign * function(outcomes, pipeline.predict_proba(table))


class Task:
    """Logistic regression against boosting; the better one is calibrated. An outcome is the place of a class."""

    name = "tabular-classification"  # as the Hugging Face hub names tasks
    linear_name = "logistic regression"
    linear = LogisticRegression(max_iter=1000)
    linear_space = {"C": [0.1, 1.0, 10.0, 100.0]}  # noqa: RUF012  # the values that the search tries
    folds = StratifiedGroupKFold
    stratified = True  # each part of the rows has every class, in the same shares
    block = 1  # rows that the bootstrap draws together
    relative = False  # whether ONNX may differ in proportion to the largest prediction
    slice_scores = ("accuracy",)  # beside the headline
    unsaid = ""  # a rule says all of its answers

    def __init__(self, settings: Settings) -> None:
        self.settings, self.classes = settings, settings.problem.classes
        if len(set(self.classes)) < len(self.classes):
            raise SettingsError("problem.classes names a class twice")
        self.numbers: list[str] = []  # columns that must hold numbers, beside the inputs
        self.values = len(self.classes)  # different outcomes that training needs
        self.undecided = Outcome(classes=self.classes, costs=self.prices().tolist())
        self.minor = [f"recall of {one}" for one in self.classes]  # metrics that only docs/evaluation.md shows
        self.scores = {
            "macro_f1": Score("macro-F1", True, self.macro_f1, scorer(1, self.macro_f1)),
            "log_loss": Score("log loss", False, log_loss, scorer(-1, log_loss)),
        }
        self.boosting = booster.classifier(random_state=settings.training.seed)
        self.headline = self.scores[settings.training.headline]

    def prices(self) -> Array:
        """The cost of each pair of true and said class: 1, or what the settings say; nothing if they are equal.

        Raises:
            SettingsError: it names no class, or gives the right one a price.
        """
        table = pd.DataFrame(1.0 - np.eye(len(self.classes)), self.classes, self.classes)
        for true, prices in self.settings.cost.matrix.items():
            for said, price in prices.items():
                if true == said or not {true, said} <= set(self.classes):
                    raise SettingsError(f"cost.matrix: {true!r} said to be {said!r} is no mistake between two classes")
                table.loc[true, said] = price
        return np.asarray(table)

    def outcomes(self, frame: pd.DataFrame) -> Array:
        """The target as the places of its classes."""
        return np.asarray(pd.Index(self.classes).get_indexer(frame[self.settings.problem.target]), dtype=np.float64)

    def describe(self, outcomes: Array) -> dict[str, int]:
        """The rows of each class."""
        return dict(zip(self.classes, np.bincount(outcomes.astype(int), minlength=self.values).tolist(), strict=True))

    def rules(self, labels: pd.Series) -> Iterator[tuple[pd.Series, str]]:
        """The rows whose label breaks a rule, with what is wrong."""
        yield ~labels.isin(self.classes), "is none of problem.classes in settings.toml"

    def raw(self, pipeline: Pipeline, table: pd.DataFrame) -> Array:
        """What the pipeline itself predicts, before calibration; the ONNX model returns the same."""
        return np.asarray(pipeline.predict_proba(table), dtype=np.float64)

    def decide(self, outcomes: Array, raw: Array) -> Outcome:
        """Calibrate on these rows, which are new to the model: the temperature with the least log loss."""

        def heated(logarithm: float) -> Outcome:
            return self.undecided.model_copy(update={"temperature": float(np.exp(logarithm))})

        def loss(logarithm: float) -> float:
            return log_loss(outcomes, heated(logarithm).finish(raw))

        # The lower bound: a few rows that are all right do not prove that the model may be surer of itself.
        return heated(minimize_scalar(loss, bounds=(-1, 3), method="bounded").x)

    def average(self, outcomes: Array) -> Array:
        """The share of each class."""
        return np.bincount(outcomes.astype(int), minlength=self.values) / len(outcomes)

    def leaf_sums(self, outcomes: Array) -> Array:
        """What `leaf_loss` needs to know of each row, so that it can be summed: that it is a row, and its class."""
        return np.column_stack([np.ones_like(outcomes), outcomes[:, None] == np.arange(self.values)])

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

    def decide_baseline(self, outcomes: Array, predicted: Array) -> Outcome:  # noqa: ARG002
        """Say what is expected to cost least."""
        return self.undecided

    def macro_f1(self, outcomes: Array, predicted: Array) -> float:
        """The mean of the classes' F1; a class that no row has, and of which nothing is said, does not count."""
        pairs = outcomes.astype(int) * self.values + self.undecided.said(predicted)
        counts = np.bincount(pairs, minlength=self.values**2).reshape(self.values, self.values)
        rows = counts.sum(axis=0) + counts.sum(axis=1)
        return float((2 * counts.diagonal()[rows > 0] / rows[rows > 0]).mean())

    def all_scores(self, outcome: Outcome) -> dict[str, Score]:
        """The scores, and those of what is said."""

        def right(outcomes: Array, predicted: Array) -> Array:
            return np.asarray(outcome.said(predicted) == outcomes, dtype=np.float64)

        def recall(place: int) -> Rule:
            return lambda outcomes, predicted: np.where(outcomes == place, right(outcomes, predicted), np.nan)

        def expected_cost(outcomes: Array, predicted: Array) -> float:
            return float(np.array(outcome.costs)[outcomes.astype(int), outcome.said(predicted)].mean())

        recalls = {name: share(name, recall(place)) for place, name in enumerate(self.minor)}
        cost = Score("expected cost", False, expected_cost)
        return {**self.scores, "accuracy": share("accuracy", right), "expected_cost": cost, **recalls}

    def verdicts(self, outcomes: Array, predicted: Array, outcome: Outcome) -> dict[str, Array]:
        """The columns of predictions.csv."""
        labels = np.array(self.classes)
        chances = {f"probability of {one}": predicted[:, place] for place, one in enumerate(self.classes)}
        return {"actual": labels[outcomes.astype(int)], "predicted": labels[outcome.said(predicted)], **chances}

    def distance(self, outcomes: Array, predicted: Array) -> Array:
        """How far each prediction is from the outcome."""
        return 1 - of_outcome(outcomes, predicted)

    def mistakes(self, outcomes: Array, predicted: Array, outcome: Outcome) -> dict[str, Mask]:
        """The rows of each kind of mistake, the most frequent kind first."""
        said = outcome.said(predicted)
        counts = Counter(zip(outcomes.astype(int).tolist(), said.tolist(), strict=True))
        wrong = [pair for pair, _ in counts.most_common() if pair[0] != pair[1]]
        names = {pair: f"{self.classes[pair[0]]} -> {self.classes[pair[1]]}" for pair in wrong}
        return {name: (outcomes == true) & (said == one) for (true, one), name in names.items()}

    def summarise(self, outcomes: Array, predicted: Array, outcome: Outcome) -> dict[str, float]:
        """The right and wrong decisions, counted; of a class that is never said, how many rows it has."""
        said = outcome.said(predicted)
        right, answers = int((said == outcomes).sum()), self.describe(said.astype(np.float64))
        never = {f"{label}, never said": rows for label, rows in self.describe(outcomes).items() if not answers[label]}
        return {"right": right, "wrong": len(outcomes) - right, **never}
