"""Counts gaps in numbers, and leaves them out of texts, as pandas does without `dropna=False`."""

import numpy as np
import pandas as pd


def psi(before: pd.Series, after: pd.Series, groups: pd.Series) -> pd.Series:
    if pd.api.types.is_numeric_dtype(before):
        edges = [-np.inf, *np.unique(before.quantile(DECILES).dropna()), np.inf]
        before, after = (pd.cut(values, edges, labels=False).fillna(-1) for values in (before, after))
    expected = before.value_counts(normalize=True)
    found = after.groupby(groups).value_counts(normalize=True).unstack(fill_value=0)
    found, expected = (shares.clip(lower=LEAST_SHARE) for shares in found.align(expected, axis=1, fill_value=0))
    return ((found - expected) * np.log(found / expected)).sum(axis=1)


def weekly(rows: pd.DataFrame, settings: Settings) -> Iterator[Row]:
    periods, days = settings.periods, pd.to_datetime(rows[settings.data.time])
    trained = rows[days.between(pd.Timestamp(periods.train_from), pd.Timestamp(periods.train_to))]
    later = rows[days >= pd.Timestamp(periods.reference_from)]
    weeks = days[later.index].dt.to_period("W").dt.start_time.dt.date
    moved = pd.DataFrame({name: psi(trained[name], later[name], weeks) for name in settings.names(joined=False)})
    enough = weeks.value_counts().reindex(moved.index) >= LEAST_ROWS
    for monday, inputs in moved[enough].iterrows():
        most = {"psi": round(float(inputs.max()), 4), "input": inputs.idxmax()}
        yield {"week": monday.isoformat(), **most, "reference": monday <= periods.reference_to}
