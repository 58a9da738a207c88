"""How much the served model relies on each input: how much the headline score drops when its values are shuffled."""

from __future__ import annotations

import numpy as np
import pandas as pd

from . import normalise
from .bootstrap import Array
from .measurement import draw, rounded
from .record import Importance
from .score import Score
from .serving.model import Model
from .settings import Settings

REPEATS = 30
MAX_ROWS = 2000  # of the test rows, so that it stays quick


def measure(model: Model, rows: pd.DataFrame, outcomes: Array, score: Score, settings: Settings) -> list[Importance]:
    """Permutation importance (Breiman 2001), the most important input first.

    Each repeat shuffles one input and also resamples the rows, so that the 95% interval includes the chance of which
    rows were drawn.
    """
    random = np.random.default_rng(settings.training.seed)
    chosen = np.sort(random.permutation(len(rows))[:MAX_ROWS])
    inputs = model.manifest.inputs
    feed = normalise.columns({item.name: rows[item.name].to_numpy()[chosen] for item in inputs}, inputs)
    weights = np.concatenate(list(draw(rows.iloc[chosen], settings, times=REPEATS)))
    sign = 1 if score.higher_is_better else -1
    whole = score.function(outcomes[chosen], model.scores(feed), weights)
    found = []
    for item in inputs:
        losses = np.empty(REPEATS)
        for repeat in range(REPEATS):
            shuffled = feed | {item.name: random.permutation(feed[item.name])}
            part = score.function(outcomes[chosen], model.scores(shuffled), weights[repeat : repeat + 1])[0]
            losses[repeat] = sign * (whole[repeat] - part)
        loss, spread = float(losses.mean()), 1.96 * float(losses.std(ddof=1))
        ci95 = (rounded(loss - spread), rounded(loss + spread))
        found.append(Importance(feature=item.name, loss=rounded(loss), ci95=ci95))
    return sorted(found, key=lambda one: -one.loss)
