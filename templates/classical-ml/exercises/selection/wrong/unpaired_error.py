"""Has the error of the two means, which is large where folds differ in difficulty."""

from math import prod

from sklearn.metrics import get_scorer
from sklearn.model_selection import ParameterSampler, TimeSeriesSplit

from . import dependent
from .splitting import together
from .validation import DataError


def tune(candidate: Candidate, trials: list[Trial], task: Task) -> Tuned:
    training, score = task.settings.training, get_scorer(task.headline.sklearn)
    tried = min(training.search_iterations, prod(map(len, candidate.space.values())))
    drawn = list(ParameterSampler(candidate.space, tried, random_state=training.seed))
    scores = [
        [
            score(candidate.pipeline(inputs, parameters).fit(fitted, known), scored, actual)
            for inputs, fitted, known, scored, actual in trials
        ]
        for parameters in drawn
    ]
    best = int(np.mean(scores, axis=1).argmax())
    folds = [float(task.headline.sign * value) for value in scores[best]]
    mean = float(np.mean(folds))
    return Tuned(name=candidate.name, parameters=drawn[best], tried=tried, folds=folds, mean=mean)


def choose(linear: Tuned, boosting: Tuned, tested: float, task: Task) -> Choice:
    gains = task.headline.sign * (np.array(boosting.folds) - np.array(linear.folds))
    gain, error = float(gains.mean()), float(np.sqrt((np.var(boosting.folds, ddof=1) + np.var(linear.folds, ddof=1)) * (1 / len(gains) + tested)))
    served, other = (boosting, linear) if gain > error else (linear, boosting)
    return Choice(served=served, other=other, gain=gain, standard_error=error)
