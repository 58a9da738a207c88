"""Counted with dictionaries, one group after the other."""

import math
from bisect import bisect_left
from collections import Counter
from datetime import date, timedelta


def psi(before: pd.Series, after: pd.Series, groups: pd.Series) -> pd.Series:
    edges: list[float] | None = None
    if pd.api.types.is_numeric_dtype(before):
        known = before.dropna()
        edges = sorted(set(known.quantile(DECILES))) if len(known) else []
    expected = _shares(before, edges)
    found = {}
    for name, values in after.groupby(groups):
        shares, total = _shares(values, edges), 0.0
        for bin in expected.keys() | shares.keys():
            a, b = max(shares.get(bin, 0.0), LEAST_SHARE), max(expected.get(bin, 0.0), LEAST_SHARE)
            total += (a - b) * math.log(a / b)
        found[name] = total
    return pd.Series(found)


def _shares(values: pd.Series, edges: list[float] | None) -> dict[object, float]:
    bins = ["gap" if pd.isna(one) else str(one) if edges is None else bisect_left(edges, one) for one in values]
    return {name: count / len(bins) for name, count in Counter(bins).items()}


def weekly(rows: pd.DataFrame, settings: Settings) -> Iterator[Row]:
    periods = settings.periods
    days = rows[settings.data.time].map(date.fromisoformat)
    trained = rows[(days >= periods.train_from) & (days <= periods.train_to)]
    mondays = days.map(lambda day: day - timedelta(days=day.weekday()))
    for monday in sorted(set(mondays)):
        week = rows[(mondays == monday) & (days >= periods.reference_from)]
        if len(week) < LEAST_ROWS:
            continue
        one = pd.Series(0, index=week.index)
        moved = {name: psi(trained[name], week[name], one)[0] for name in settings.names(joined=False)}
        name = max(moved, key=lambda each: moved[each])
        known = monday <= periods.reference_to
        yield {"week": str(monday), "psi": round(float(moved[name]), 4), "input": name, "reference": known}
