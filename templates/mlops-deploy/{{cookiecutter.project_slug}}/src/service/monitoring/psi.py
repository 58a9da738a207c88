"""The population stability index of the inputs: shown, because people ask for it, and not an alarm.

It compares how often the values of an input occur with how often they occurred in training. On data with seasons it is
above its usual bound nearly always, also in weeks in which the model is as good as ever.
"""

from collections.abc import Iterator

import numpy as np
import pandas as pd

from ..settings import Settings
from .questions import Row

USUAL_BOUND = 0.25  # above it, people speak of a shift
DECILES = np.linspace(0, 1, 11)[1:-1]
LEAST_SHARE = 1e-4  # an empty bin counts as this much, so that the logarithm is finite
LEAST_ROWS = 50  # in a week; fewer are not judged


def psi(before: pd.Series, after: pd.Series, groups: pd.Series) -> pd.Series:
    """By how much the values of an input moved, for each group of the rows `after`: 0 is not at all.

    Numbers are counted by the deciles of `before`, other values as they are; a gap is a value of its own.
    """
    if pd.api.types.is_numeric_dtype(before):
        edges = [-np.inf, *np.unique(before.quantile(DECILES).dropna()), np.inf]
        before, after = (pd.cut(values, edges, labels=False).astype(float) for values in (before, after))
    expected = before.astype(str).value_counts(normalize=True)
    found = after.astype(str).groupby(groups).value_counts(normalize=True).unstack(fill_value=0)
    found, expected = (shares.clip(lower=LEAST_SHARE) for shares in found.align(expected, axis=1, fill_value=0))
    return ((found - expected) * np.log(found / expected)).sum(axis=1)


def weekly(rows: pd.DataFrame, settings: Settings) -> Iterator[Row]:
    """The input that moved most since the training period, in each week (named by its Monday) after it."""
    periods, days = settings.periods, pd.to_datetime(rows[settings.data.time])
    trained = rows[days.between(pd.Timestamp(periods.train_from), pd.Timestamp(periods.train_to))]
    later = rows[days >= pd.Timestamp(periods.reference_from)]
    weeks = days[later.index].dt.to_period("W").dt.start_time.dt.date
    moved = pd.DataFrame({name: psi(trained[name], later[name], weeks) for name in settings.names(joined=False)})
    enough = weeks.value_counts().reindex(moved.index) >= LEAST_ROWS
    for monday, inputs in moved[enough].iterrows():
        most = {"psi": round(float(inputs.max()), 4), "input": inputs.idxmax()}
        yield {"week": monday.isoformat(), **most, "reference": monday <= periods.reference_to}
