"""Calibrates by Newton's method, and has each decision as a mask."""

from .outcome import log_odds


def least_cost_threshold(cost: Cost) -> float:
    both = cost.false_positive + cost.false_negative
    return 0.0 if both == 0 else 1 - cost.false_negative / both


def _decide(self: Task, outcomes: Array, raw: Array) -> Outcome:
    inputs = np.column_stack([log_odds(raw), np.ones(len(raw))])
    weights = np.zeros(2)
    for _ in range(100):
        chances = (1 + np.tanh(inputs @ weights / 2)) / 2
        slope = inputs.T @ (inputs * (chances * (1 - chances))[:, None])
        step = np.linalg.lstsq(slope, inputs.T @ (outcomes - chances), rcond=None)[0]
        weights = weights + step * min(1.0, 5 / (np.abs(step).max() + 1e-12))
    problem = self.settings.problem
    return Outcome(
        positive=problem.positive,
        event=problem.event,
        action=problem.action,
        slope=float(weights[0]),
        intercept=float(weights[1]),
        threshold=least_cost_threshold(self.settings.cost),
    )


def _all_scores(self: Task, outcome: Outcome) -> dict[str, Score]:
    prices = self.settings.cost

    def acted(predicted: Array) -> NDArray[np.bool_]:
        return np.asarray(predicted) >= outcome.threshold

    def precision(outcomes: Array, predicted: Array) -> Array:
        found = np.array(outcomes, dtype=np.float64)
        found[~acted(predicted)] = np.nan
        return found

    def recall(outcomes: Array, predicted: Array) -> Array:
        found = acted(predicted).astype(np.float64)
        found[np.asarray(outcomes) != 1] = np.nan
        return found

    def expected_cost(outcomes: Array, predicted: Array) -> float:
        wrong = _mistakes(self, outcomes, predicted, outcome)
        alarms, misses = (rows.sum() for rows in wrong.values())
        return float(prices.false_positive * alarms + prices.false_negative * misses) / len(outcomes)

    found = dict(self.scores)
    found["precision"], found["recall"] = share("precision", precision), share("recall", recall)
    found["expected_cost"] = Score("expected cost", False, expected_cost)
    return found


def _mistakes(self: Task, outcomes: Array, predicted: Array, outcome: Outcome) -> dict[str, NDArray[np.bool_]]:
    below, positive = predicted < outcome.threshold, np.asarray(outcomes) > 0
    return {"false positive": ~(below | positive), "false negative": below & positive}


Task.decide, Task.all_scores, Task.mistakes = _decide, _all_scores, _mistakes
