"""Draws the settings itself, and fits each of them on each fold."""

from math import prod

from sklearn.base import clone
from sklearn.metrics import check_scoring
from sklearn.model_selection import ParameterSampler

from .splitting import together
from .validation import DataError


ADVICE = "has too few outcomes; lower training.folds or data.label_delay_days in settings.toml"


def tune(name, pipeline, space, table, outcomes, folds, task) -> Tuned:
    training = task.settings.training
    count = min(training.search_iterations, prod(len(values) for values in space.values()))
    scorer = check_scoring(pipeline, task.headline.sklearn)
    best: tuple[float, dict[str, Any], list[float]] | None = None
    for drawn in ParameterSampler(space, count, random_state=training.seed):
        setting = {f"model__{key}": value for key, value in drawn.items()}
        scores = []
        for past, future in folds:
            fitted = clone(pipeline).set_params(**setting).fit(table.iloc[past], outcomes[past])
            scores.append(float(scorer(fitted, table.iloc[future], outcomes[future])))
        if best is None or np.mean(scores) > best[0]:
            best = float(np.mean(scores)), drawn, scores
    assert best is not None
    scores = [task.headline.sign * score for score in best[2]]
    finalist = Finalist(name=name, parameters=best[1], tried=count, folds=scores, mean=float(np.mean(scores)))
    return finalist, clone(pipeline).set_params(**{f"model__{key}": value for key, value in best[1].items()})


def choose(linear: Tuned, boosting: Tuned, task: Task) -> tuple[Verdict, Pipeline]:
    pairs = zip(boosting[0].folds, linear[0].folds, strict=True)
    gains = pd.Series([(one - other) * task.headline.sign for one, other in pairs])
    found = {"gain": float(gains.mean()), "standard_error": float(gains.sem())}
    if found["gain"] > found["standard_error"]:
        return Verdict(served=boosting[0], other=linear[0], **found), boosting[1]
    return Verdict(served=linear[0], other=boosting[0], **found), linear[1]
