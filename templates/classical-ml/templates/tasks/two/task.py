"""Two classes: a calibrated probability, and the threshold from which acting pays."""

from collections.abc import Iterator

import numpy as np
import pandas as pd
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import brier_score_loss, confusion_matrix
from sklearn.model_selection import StratifiedGroupKFold
from sklearn.pipeline import Pipeline

from . import booster
from .manifest import Array, Mask
from .measures import Score, share
from .outcome import Outcome, log_odds
from .settings import Settings
from .target import Cost


def roc_auc(outcomes: Array, predicted: Array) -> float:
    """Share of (positive, negative) pairs in the right order (Mann and Whitney 1947); a pair of equals counts half."""
    negatives, positives = np.sort(predicted[outcomes == 0]), np.sort(predicted[outcomes == 1])
    above = np.searchsorted(negatives, positives) + np.searchsorted(negatives, positives, side="right")
    pairs = len(negatives) * len(positives)
    return float(above.sum() / 2 / pairs) if pairs else np.nan


def average_precision(outcomes: Array, predicted: Array) -> float:
    """The mean over the positive rows of the share of positives among all rows that are predicted as high or higher."""
    _, places, counts = np.unique(-predicted, return_inverse=True, return_counts=True)
    precision = np.cumsum(np.bincount(places, outcomes)) / np.cumsum(counts)
    return float(precision[places][outcomes == 1].mean()) if outcomes.any() else np.nan


def least_cost_threshold(cost: Cost) -> float:
    """The probability from which acting is expected to cost no more than not acting (Elkan 2001).

    To act costs `cost.false_positive` if it was for nothing, and not to act costs `cost.false_negative` if one was
    missed; right decisions cost nothing. If both are 0, so is the threshold.
    """
    return cost.false_positive / (cost.false_positive + cost.false_negative or 1)


class Task:
    """Logistic regression against boosting; the better one is calibrated."""

    name = "tabular-classification"  # as the Hugging Face hub names tasks
    linear_name = "logistic regression"
    linear = LogisticRegression(max_iter=1000)
    linear_space = {"C": [0.1, 1.0, 10.0, 100.0]}  # noqa: RUF012  # the values that the search tries
    folds = StratifiedGroupKFold
    stratified = True  # each part of the rows has both classes, in the same shares
    values = 2  # different outcomes that training needs
    block = 1  # rows that the bootstrap draws together
    relative = False  # whether ONNX may differ in proportion to the largest prediction
    minor = ()  # metrics that only docs/evaluation.md shows
    slice_scores = ("recall",)  # beside the headline
    scores = {  # noqa: RUF012
        "roc_auc": Score("ROC AUC", True, roc_auc, "roc_auc"),
        "average_precision": Score("average precision", True, average_precision, "average_precision"),
        "brier": Score("Brier score", False, brier_score_loss, "neg_brier_score"),
    }

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self.boosting = booster.classifier(random_state=settings.training.seed)
        self.headline = self.scores[settings.training.headline]
        self.unsaid = f"{settings.problem.action} no {settings.problem.entity}"  # what a rule leaves out
        self.numbers: list[str] = []  # columns that must hold numbers, beside the inputs

    def outcomes(self, frame: pd.DataFrame) -> Array:
        """The target as numbers: 1 for the class to find and 0 for the other."""
        problem = self.settings.problem
        return np.asarray(frame[problem.target] == problem.positive, dtype=np.float64)

    def average(self, outcomes: Array) -> float:
        """The share of the class to find."""
        return float(outcomes.mean())

    describe = average  # in reports/data.json

    def rules(self, labels: pd.Series) -> Iterator[tuple[pd.Series, str]]:
        """The rows whose label breaks a rule, with what is wrong."""
        others = labels[labels != self.settings.problem.positive]
        yield ~labels.isin([self.settings.problem.positive, *others.mode()[:1]]), "is a third label"

    def raw(self, pipeline: Pipeline, table: pd.DataFrame) -> Array:
        """What the pipeline itself predicts, before calibration; the ONNX model returns the same."""
        return np.asarray(pipeline.predict_proba(table)[:, 1], dtype=np.float64)

    def decide(self, outcomes: Array, raw: Array) -> Outcome:
        """Calibrate on these rows, which are new to the model (Platt 1999); the threshold follows from the costs.

        Calibrated is a raw probability by `slope * log_odds(raw) + intercept`, which are the new log-odds. Both come
        from a logistic regression of the outcomes on `log_odds(raw)`, without a penalty (`C=np.inf`). The words and the
        threshold are those of `decide_baseline`.
        """
        sigmoid = LogisticRegression(C=np.inf).fit(log_odds(raw)[:, None], outcomes)
        calibration = {"slope": float(sigmoid.coef_[0, 0]), "intercept": float(sigmoid.intercept_[0])}
        return self.decide_baseline(outcomes, raw).model_copy(update=calibration)

    def leaf_sums(self, outcomes: Array) -> Array:
        """What `leaf_loss` needs to know of each row, so that it can be summed: that it is a row, and positive."""
        return np.column_stack([np.ones_like(outcomes), outcomes])

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

    def decide_baseline(self, outcomes: Array, predicted: Array) -> Outcome:  # noqa: ARG002
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

        def precision(outcomes: Array, predicted: Array) -> Array:
            return np.where(predicted >= outcome.threshold, outcomes, np.nan)

        def recall(outcomes: Array, predicted: Array) -> Array:
            return np.where(outcomes == 1, predicted >= outcome.threshold, np.nan)

        def expected_cost(outcomes: Array, predicted: Array) -> float:
            cost, acts = self.settings.cost, predicted >= outcome.threshold
            return float(np.where(acts, cost.false_positive * (1 - outcomes), cost.false_negative * outcomes).mean())

        return {
            **self.scores,
            "precision": share("precision", precision),
            "recall": share("recall", recall),
            "expected_cost": Score("expected cost", False, expected_cost),
        }

    def verdicts(self, outcomes: Array, predicted: Array, outcome: Outcome) -> dict[str, Array]:
        """The columns of predictions.csv."""
        return {"actual": outcomes, "predicted": predicted, "acts": (predicted >= outcome.threshold).astype(int)}

    def distance(self, outcomes: Array, predicted: Array) -> Array:
        """How far each prediction is from the outcome."""
        return np.abs(outcomes - predicted)

    def mistakes(self, outcomes: Array, predicted: Array, outcome: Outcome) -> dict[str, Mask]:
        """The rows of each kind of mistake: `false positive` is acted on for nothing, `false negative` is missed."""
        acts, positive = predicted >= outcome.threshold, outcomes == 1
        return {"false positive": acts & ~positive, "false negative": ~acts & positive}

    def summarise(self, outcomes: Array, predicted: Array, outcome: Outcome) -> dict[str, float]:
        """The kinds of right and wrong decisions, counted."""
        counts = confusion_matrix(outcomes, predicted >= outcome.threshold, labels=[1, 0]).T.ravel().tolist()
        kinds = ("true positives", "false positives", "false negatives", "true negatives")
        return dict(zip(kinds, counts, strict=True))
