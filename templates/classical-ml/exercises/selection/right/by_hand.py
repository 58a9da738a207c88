"""Keeps the best setting while it goes through them, and writes the error of the folds itself."""

from math import prod

from sklearn.metrics import check_scoring
from sklearn.model_selection import ParameterSampler, TimeSeriesSplit

from .splitting import together
from .validation import DataError


def tune(candidate, trials, task) -> Tuned:
    training = task.settings.training
    count = min(training.search_iterations, prod(len(values) for values in candidate.space.values()))
    best: tuple[float, dict[str, Any], list[float]] | None = None
    for drawn in ParameterSampler(candidate.space, count, random_state=training.seed):
        scores = []
        for inputs, fitted, known, scored, actual in trials:
            pipeline = candidate.pipeline(inputs, drawn)
            scorer = check_scoring(pipeline, task.headline.sklearn)
            scores.append(float(scorer(pipeline.fit(fitted, known), scored, actual)))
        if best is None or np.mean(scores) > best[0]:
            best = float(np.mean(scores)), drawn, scores
    assert best is not None
    scores = [task.headline.sign * score for score in best[2]]
    mean = float(np.mean(scores))
    return Tuned(name=candidate.name, parameters=best[1], tried=count, folds=scores, mean=mean)


def choose(linear: Tuned, boosting: Tuned, tested: float, task: Task) -> Choice:
    pairs = zip(boosting.folds, linear.folds, strict=True)
    gains = pd.Series([(one - other) * task.headline.sign for one, other in pairs])
    error = float((gains.var() * (1 / len(gains) + tested)) ** 0.5)
    found = {"gain": float(gains.mean()), "standard_error": error}
    if found["gain"] > found["standard_error"]:
        return Choice(served=boosting, other=linear, **found)
    return Choice(served=linear, other=boosting, **found)
