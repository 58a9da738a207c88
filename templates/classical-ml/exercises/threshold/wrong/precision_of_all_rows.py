"""Divides right alarms by all rows."""

from sklearn.linear_model import LogisticRegression

from .outcome import log_odds


def least_cost_threshold(cost: Cost) -> float:
    return cost.false_positive / (cost.false_positive + cost.false_negative or 1)


def _decide(self: Task, outcomes: Array, raw: Array) -> Outcome:
    sigmoid = LogisticRegression(C=np.inf).fit(log_odds(raw)[:, None], outcomes)
    calibration = {"slope": float(sigmoid.coef_[0, 0]), "intercept": float(sigmoid.intercept_[0])}
    return self.decide_baseline(outcomes, raw).model_copy(update=calibration)


def _all_scores(self: Task, outcome: Outcome) -> dict[str, Score]:

    def precision(outcomes: Array, predicted: Array) -> Array:
        return np.where(predicted >= outcome.threshold, outcomes, 0.0)

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


def _mistakes(self: Task, outcomes: Array, predicted: Array, outcome: Outcome) -> dict[str, NDArray[np.bool_]]:
    acts, positive = predicted >= outcome.threshold, outcomes == 1
    return {"false positive": acts & ~positive, "false negative": ~acts & positive}


Task.decide, Task.all_scores, Task.mistakes = _decide, _all_scores, _mistakes
