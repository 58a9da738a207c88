"""Everything about a target that is one of two classes: the decision from a probability, and how good decisions are."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.stats import rankdata
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import average_precision_score, confusion_matrix
from sklearn.pipeline import Pipeline

from .bootstrap import Array
from .outcome import SLICE_SHARE, Outcome, log_odds
from .settings import Cost, Settings

Scorer = Callable[..., float]
Hits = Callable[[Array, Array], Array]
Mask = NDArray[np.bool_]


@dataclass(frozen=True)
class Score:
    """A score of predictions, with one for each row of y."""

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


def roc_auc(y: Array, predicted: Array) -> float:
    """Share of the (positive, negative) pairs in the right order, from ranks, which is fast enough for a bootstrap."""
    positives = y.sum()
    pairs = positives * (len(y) - positives)
    above = rankdata(predicted)[y == 1].sum() - positives * (positives + 1) / 2  # U of Mann and Whitney (1947)
    return float(above / pairs) if pairs else np.nan


def average_precision(y: Array, predicted: Array) -> float:
    return float(average_precision_score(y, predicted)) if y.any() else np.nan


def brier(y: Array, predicted: Array) -> float:
    return float(np.mean((y - predicted) ** 2))


def least_cost_threshold(cost: Cost) -> float:
    """The probability from which acting is expected to cost no more than not acting (Elkan 2001).

    To act costs `cost.false_positive` if it was for nothing, and not to act costs `cost.false_negative` if one was
    missed; right decisions cost nothing. If both are 0, so is the threshold.
    """
    return cost.false_positive / (cost.false_positive + cost.false_negative or 1)


class Task:
    """What the settings say about the target.

    `y` is 1 for the class to find and 0 for the other; `raw` and `predicted` are its probabilities. All are [rows].
    """

    name = "tabular-classification"  # as the Hugging Face hub names tasks
    stratified = True  # each part of the rows has both classes, in the same shares
    values = 2  # different outcomes that training needs
    slice_scores = (SLICE_SHARE,)  # beside the headline
    scores = {  # noqa: RUF012
        "roc_auc": Score("ROC AUC", True, roc_auc, "roc_auc"),
        "average_precision": Score("average precision", True, average_precision, "average_precision"),
        "brier": Score("Brier score", False, brier, "neg_brier_score"),
    }

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self.headline = self.scores[settings.training.headline]
        self.numbers: list[str] = []  # columns that must hold numbers, beside the inputs
        self.unsaid = f"{settings.problem.action} no {settings.problem.entity}"  # what a rule leaves out

    def y(self, frame: pd.DataFrame) -> Array:
        """The target as numbers: 1 for the class to find and 0 for the other."""
        problem = self.settings.problem
        return np.asarray(frame[problem.target] == problem.positive, dtype=np.float64)

    def average(self, y: Array) -> float:
        """The share of the class to find."""
        return float(y.mean())

    describe = average  # in reports/data.json

    def rules(self, labels: pd.Series) -> Iterator[tuple[pd.Series, str]]:
        """The rows whose label breaks a rule, with what is wrong."""
        others = labels[labels != self.settings.problem.positive]
        yield ~labels.isin([self.settings.problem.positive, *others.mode()[:1]]), "is a third label"

    def raw(self, pipeline: Pipeline, table: pd.DataFrame) -> Array:
        """What the pipeline itself predicts, before calibration; the ONNX model returns the same."""
        return np.asarray(pipeline.predict_proba(table)[:, 1], dtype=np.float64)

    def decide(self, y: Array, raw: Array) -> Outcome:
        """Calibrate on these rows, which are new to the model (Platt 1999); the threshold follows from the costs.

        Calibrated is a raw probability by `slope * log_odds(raw) + intercept`, which are the new log-odds. Both come
        from a logistic regression of `y` on `log_odds(raw)`, without a penalty (`C=np.inf`). The words and the
        threshold are those of `decide_baseline`.
        """
        sigmoid = LogisticRegression(C=np.inf).fit(log_odds(raw)[:, None], y)
        calibration = {"slope": float(sigmoid.coef_[0, 0]), "intercept": float(sigmoid.intercept_[0])}
        return self.decide_baseline(y, raw).model_copy(update=calibration)

    def leaf_sums(self, y: Array) -> Array:
        """What `leaf_loss` needs to know of each row, so that it can be summed: that it is a row, and positive."""
        return np.column_stack([np.ones_like(y), y])

    def leaf_loss(self, leaf: Array) -> Array:
        """What the cheaper decision for all of these rows costs; between equals, how unlike they are decides."""
        cost, positives, negatives = self.settings.cost, leaf[..., 1], leaf[..., 0] - leaf[..., 1]
        cheapest = np.minimum(cost.false_positive * negatives, cost.false_negative * positives)
        unlike = positives * negatives / np.maximum(leaf[..., 0], 1)
        return np.asarray(cheapest + 1e-9 * (cost.false_positive + cost.false_negative) * unlike)

    def say(self, predicted: float, outcome: Outcome) -> str:
        """What is done at this probability, in words."""
        problem = self.settings.problem
        return f"{problem.action} {'every' if predicted >= outcome.threshold else 'no'} {problem.entity}"

    def baselines(self, train: Array, rows: pd.DataFrame) -> dict[str, Array]:
        """All rows get the average rate of the training rows; this is named for what is then done with all of them."""
        rate = float(train.mean())
        return {self.say(rate, self.decide_baseline(train, train)): np.full(len(rows), rate)}

    def decide_baseline(self, y: Array, predicted: Array) -> Outcome:  # noqa: ARG002
        """The decision by a probability that is taken as it is."""
        words = self.settings.problem.model_dump(include={"positive", "event", "action"})
        return Outcome(**words, threshold=least_cost_threshold(self.settings.cost))

    def all_scores(self, outcome: Outcome) -> dict[str, Score]:
        """The scores, and those of acting from `outcome.threshold` upwards. Outcomes are 1 and 0.

        - `precision`: of the rows that are acted on, the share that is positive; `share` makes such a score.
        - `recall`: of the positive rows, the share that is acted on.
        - `expected_cost`, labelled "expected cost": what the decisions cost per row, in the settings' prices; less is
          better.
        """

        def precision(y: Array, predicted: Array) -> Array:
            return np.where(predicted >= outcome.threshold, y, np.nan)

        def recall(y: Array, predicted: Array) -> Array:
            return np.where(y == 1, predicted >= outcome.threshold, np.nan)

        def expected_cost(y: Array, predicted: Array) -> float:
            cost, acts = self.settings.cost, predicted >= outcome.threshold
            return float(np.where(acts, cost.false_positive * (1 - y), cost.false_negative * y).mean())

        return {
            **self.scores,
            "precision": share("precision", precision),
            "recall": share("recall", recall),
            "expected_cost": Score("expected cost", False, expected_cost),
        }

    def decisions(self, y: Array, predicted: Array, outcome: Outcome) -> dict[str, Array]:
        """The columns of predictions.csv."""
        return {"actual": y, "predicted": predicted, "acts": (predicted >= outcome.threshold).astype(int)}

    def distance(self, y: Array, predicted: Array) -> Array:
        """How far each prediction is from the outcome."""
        return np.abs(y - predicted)

    def mistakes(self, y: Array, predicted: Array, outcome: Outcome) -> dict[str, Mask]:
        """The rows of each kind of mistake: `false positive` is acted on for nothing, `false negative` is missed."""
        acts, positive = predicted >= outcome.threshold, y == 1
        return {"false positive": acts & ~positive, "false negative": ~acts & positive}

    def summarise(self, y: Array, predicted: Array, outcome: Outcome) -> dict[str, float]:
        """The kinds of right and wrong decisions, counted."""
        counts = confusion_matrix(y, predicted >= outcome.threshold, labels=[1, 0]).T.ravel().tolist()
        kinds = ("true positives", "false positives", "false negatives", "true negatives")
        return dict(zip(kinds, counts, strict=True))
