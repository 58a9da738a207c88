"""How often classical-ml serves boosting where it is no better than the linear model, and where it is."""

from __future__ import annotations

from projects import Project, environment, run

CHOICES = """
import numpy as np
import pandas as pd
from predictor.selection import Tuned, choose, make_folds, tested
from predictor.settings import Settings
from predictor.decision import Task, roc_auc

ROWS, SIMULATED, NEW = 400, 200, 200_000
task = Task(Settings.model_validate({
    "problem": {"target": "y", "positive": "1"}, "data": {"file": ""}, "columns": {"a": "numeric", "b": "numeric"},
}))


def draw(random, rows, weight):
    inputs = random.normal(size=(rows, 2))
    return inputs, (inputs @ [1.0, weight] + random.logistic(size=rows) > 0).astype(float)


def score(model, inputs, outcomes, fitted, scored):
    # One input for each candidate, whose sign is learned: by symmetry, equal weights make equal models.
    slope = np.cov(inputs[fitted, model], outcomes[fitted])[0, 1]
    return roc_auc(outcomes[scored], slope * inputs[scored, model])


for weight in (1.0, 1.3, 1.6):
    inputs, outcomes = draw(np.random.default_rng(0), NEW, weight)
    every = np.arange(NEW)
    truth = np.subtract(*(score(model, inputs, outcomes, every, every) for model in (1, 0)))
    corrected, usual = 0, 0
    for seed in range(SIMULATED):
        inputs, outcomes = draw(np.random.default_rng(seed), ROWS, weight)
        table = pd.DataFrame(inputs, columns=["a", "b"]).assign(y=np.where(outcomes == 1, "1", "0"))
        folds = make_folds(table, outcomes, task)
        linear, boosting = (
            Tuned(name=name, parameters={}, tried=1, mean=0, folds=[score(model, inputs, outcomes, *fold) for fold in folds])
            for model, name in enumerate(("linear", "boosting"))
        )
        verdict = choose(linear, boosting, tested(folds), task)
        corrected += verdict.served.name == "boosting"
        gains = np.subtract(boosting.folds, linear.folds)
        usual += gains.mean() > gains.std(ddof=1) / np.sqrt(len(gains))
    print(weight, truth, corrected / SIMULATED, usual / SIMULATED)
"""


def test_boosting_is_seldom_served_if_it_is_no_better_and_mostly_if_it_is(credit: Project) -> None:
    """400 rows in five folds, 200 times; the two models learn from inputs of equal or different weight."""
    paths = {**environment(), "PYTHONPATH": str(credit.path / "src")}
    printed = run(credit.path / ".venv/bin/python", "-c", CHOICES, cwd=credit.path, env=paths)
    rates = {float(weight): tuple(map(float, found)) for weight, *found in map(str.split, printed.splitlines())}
    print(printed)
    equal, better, much = rates.values()
    assert abs(equal[0]) < 0.003, "the models are equal"
    assert equal[1] <= 0.16 < equal[2], "an error that takes folds for independent serves boosting more often"
    assert better[1] >= 0.5, "the area under the curve is larger by 0.06"
    assert much[1] >= 0.85, "it is larger by 0.12"
