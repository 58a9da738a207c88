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

    It is the sum of (a - b) * ln(a / b) over all bins, where b is the share of `before` in the bin, and a that of the
    group. A share below LEAST_SHARE counts as LEAST_SHARE. Numbers fall into bins between the DECILES of `before`,
    as `quantile` interpolates them: equal deciles are one edge, a bin has its upper edge, and the outer bins have no
    end. Other values are bins as they are, also those that `before` lacks. A gap is a value of its own.

    Args:
        before: the values of the training rows.
        after: later values, of the same type.
        groups: the group of each value of `after`, with the same index.

    Returns:
        One number for each group, named by it: half `a` and half `b` before, 75% `a` after, makes 0.25 * ln(3).
    """
    if pd.api.types.is_numeric_dtype(before):
        edges = [-np.inf, *np.unique(before.quantile(DECILES).dropna()), np.inf]
        before, after = (pd.cut(values, edges, labels=False).astype(float) for values in (before, after))
    expected = before.astype(str).fillna("").value_counts(normalize=True)
    found = after.astype(str).fillna("").groupby(groups).value_counts(normalize=True).unstack(fill_value=0)
    found, expected = (shares.clip(lower=LEAST_SHARE) for shares in found.align(expected, axis=1, fill_value=0))
    return ((found - expected) * np.log(found / expected)).sum(axis=1)


def weekly(rows: pd.DataFrame, settings: Settings) -> Iterator[Row]:
    """The input that moved most since the training period, in each week (named by its Monday) after it.

    Training rows were made from `train_from` to `train_to`, and later rows from `reference_from` on. The column
    `settings.data.time` has their days, as ISO text. Each week is compared with the training rows, in all inputs of the
    data file: `settings.names(joined=False)`. One with fewer than LEAST_ROWS rows is left out.

    Yields:
        For each week in order, as {"week": "2024-04-01", "psi": 0.1234, "input": "distance", "reference": True}: psi
        has four decimals, and `reference` says that the week begins on `reference_to` or before.
    """
    periods, days = settings.periods, pd.to_datetime(rows[settings.data.time])
    trained = rows[days.between(pd.Timestamp(periods.train_from), pd.Timestamp(periods.train_to))]
    later = rows[days >= pd.Timestamp(periods.reference_from)]
    weeks = days[later.index].dt.to_period("W").dt.start_time.dt.date
    moved = pd.DataFrame({name: psi(trained[name], later[name], weeks) for name in settings.names(joined=False)})
    enough = weeks.value_counts().reindex(moved.index) >= LEAST_ROWS
    for monday, inputs in moved[enough].iterrows():
        most = {"psi": round(float(inputs.max()), 4), "input": inputs.idxmax()}
        yield {"week": monday.isoformat(), **most, "reference": monday <= periods.reference_to}
