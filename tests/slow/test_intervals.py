"""How often the intervals of the reports hold the truth: 95% of the time, where the truth is known."""

from __future__ import annotations

from itertools import pairwise
from math import comb
from pathlib import Path

import numpy as np
import pytest
from any_package.bootstrap import intervals, wilson
from projects import Project, environment, generate, run

EDGES = (0.005, 0.05, 0.2, 0.8, 0.95, 0.995)  # of the true shares
CONFORMAL = """
import numpy as np
from predictor.decision import conformal_quantile
from sklearn import datasets
from sklearn.linear_model import Ridge

for load in (datasets.load_diabetes, datasets.load_wine, datasets.load_breast_cancer):
    table, target = load(return_X_y=True)
    if load is not datasets.load_diabetes:  # these two have classes: their first column is the number to predict
        table, target = table[:, 1:], table[:, 0]
    for nominal in (0.8, 0.9):
        held = []
        for seed in range(60):
            order, part = np.random.default_rng(seed).permutation(len(target)), 2 * len(target) // 5
            fitted, known, new = np.split(order, [part, 2 * part])
            model = Ridge().fit(table[fitted], target[fitted])
            errors, later = (target[rows] - model.predict(table[rows]) for rows in (known, new))
            level = 1 - (1 - nominal) / 2
            low, high = -conformal_quantile(-errors, level), conformal_quantile(errors, level)
            held.append(np.mean((low <= later) & (later <= high)))
        print(nominal, np.mean(held))
"""


def chance(share: float, count: int) -> float:
    """How likely Wilson's interval of `count` drawn items holds the true share: exact, from the binomial distribution."""
    drawn = range(count + 1)
    holds = (hits for hits in drawn if wilson(hits, count)[0] <= share <= wilson(hits, count)[1])
    return sum(comb(count, hits) * share**hits * (1 - share) ** (count - hits) for hits in holds)


@pytest.mark.parametrize("count", [20, 50, 200, 1000])
@pytest.mark.parametrize("between", list(pairwise(EDGES)))
def test_the_interval_of_a_share_holds_it_as_often_as_it_says(between: tuple[float, float], count: int) -> None:
    shares = np.linspace(*between, 40)
    assert 0.93 <= np.mean([chance(share, count) for share in shares]) <= 0.97


def test_the_bootstrap_holds_a_mean_and_a_paired_difference_as_often_as_it_says() -> None:
    random, count, held = np.random.default_rng(7), 200, []
    for seed in range(300):
        costs = random.gamma(2, 1, count)
        gains = random.normal(0.1, 0.5, count)
        found = intervals(lambda rows, of=(costs, gains): [values[rows].mean() for values in of], count, seed)
        held.append([low <= truth <= high for (low, high), truth in zip(found, (2.0, 0.1), strict=True)])
    assert all(0.93 <= share <= 0.97 for share in np.mean(held, axis=0)), np.mean(held, axis=0)


def test_the_interval_of_a_forecast_holds_outcomes_of_three_tables_as_often_as_it_says(
    credit: Project, tmp_path: Path
) -> None:
    """The function is that of a project that predicts numbers; the environment is the one that is there."""
    forecast = generate(tmp_path, "classical-ml", credit.python, use_case="demand")
    paths = {**environment(), "PYTHONPATH": str(forecast.path / "src")}
    printed = run(credit.path / ".venv/bin/python", "-c", CONFORMAL, cwd=tmp_path, env=paths)
    found = [tuple(map(float, line.split())) for line in printed.splitlines()]
    assert [nominal for nominal, _ in found] == [0.8, 0.9] * 3
    assert all(abs(held - nominal) <= 0.03 for nominal, held in found), found
