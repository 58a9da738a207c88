"""Has the error of the two means, which is large where folds differ in difficulty."""

from math import prod

from sklearn.base import clone
from sklearn.model_selection import KFold, RandomizedSearchCV, TimeSeriesSplit

from .splitting import together
from .validation import DataError


def tune(
    name: str,
    pipeline: Pipeline,
    space: dict[str, list[Any]],
    table: pd.DataFrame,
    outcomes: Array,
    folds: list[Fold],
    task: Task,
) -> Tuned:
    training = task.settings.training
    tried = min(training.search_iterations, prod(map(len, space.values())))
    search = RandomizedSearchCV(
        pipeline,
        {f"model__{parameter}": values for parameter, values in space.items()},
        n_iter=tried,
        scoring=task.headline.sklearn,
        cv=folds,
        refit=False,
        random_state=training.seed,
        error_score="raise",
    ).fit(table, outcomes)
    best, results, sign = search.best_index_, search.cv_results_, task.headline.sign
    scores = [float(sign * results[f"split{fold}_test_score"][best]) for fold in range(len(folds))]
    parameters = {name.removeprefix("model__"): value for name, value in search.best_params_.items()}
    finalist = Finalist(name=name, parameters=parameters, tried=tried, folds=scores, mean=float(np.mean(scores)))
    return finalist, clone(pipeline).set_params(**search.best_params_)


def choose(linear: Tuned, boosting: Tuned, task: Task) -> tuple[Verdict, Pipeline]:
    gains = task.headline.sign * (np.array(boosting[0].folds) - np.array(linear[0].folds))
    gain, error = float(gains.mean()), float(np.sqrt((np.var(boosting[0].folds, ddof=1) + np.var(linear[0].folds, ddof=1)) / len(gains)))
    (served, pipeline), (other, _) = (boosting, linear) if gain > error else (linear, boosting)
    return Verdict(served=served, other=other, gain=gain, standard_error=error), pipeline
