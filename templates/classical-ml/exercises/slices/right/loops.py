"""Finds the value or the quarter of each row in a loop."""

from typing import Any

from .reporting.metrics import Slice


def slice_rows(rows: pd.DataFrame, settings: Settings) -> Iterator[tuple[str, Rows]]:
    for column in settings.slices.columns:
        values = rows[column]
        known = values.dropna()
        if pd.api.types.is_numeric_dtype(values) and known.nunique() > MANY_VALUES:
            edges = np.unique(np.quantile(known.astype(float), [0.25, 0.5, 0.75, 1.0]))
            codes = [None if pd.isna(value) else int(np.searchsorted(edges, value)) for value in values]
        else:
            codes = [None if pd.isna(value) else value for value in values]
        order = [*sorted({code for code in codes if code is not None}), None]
        for code in order:
            places = [place for place, own in enumerate(codes) if own == code or (own is None and code is None)]
            if not places or len(places) < settings.slices.min_rows:
                continue
            inside = [values.iloc[place] for place in places]
            name = "missing" if code is None else _named(min(inside), max(inside))
            yield f"{column} = {name}", np.array(places)


def _named(low: Any, high: Any) -> str:
    ends = [f"{one:g}" if isinstance(one, float) else f"{one}" for one in (low, high)]
    return " to ".join(dict.fromkeys(ends))


def measure_slices(served: Predictions, rows: pd.DataFrame, outcomes: Array, task: Task) -> list[Slice]:
    wanted = [task.settings.training.headline, *task.slice_scores]
    scores = {name: score for name, score in task.all_scores(served.outcome).items() if name in wanted}
    found = []
    for name, places in slice_rows(rows, task.settings):
        own = outcomes[places]
        if len(set(own.tolist())) > 1:
            measured = list(estimate(scores, served.predicted[places], rows.iloc[places], own, task))
            for metric, count in sorted(measured, key=lambda pair: wanted.index(pair[0].name)):
                found.append(Slice(name=name, n=count, metric=metric.name, value=metric.value, ci95=metric.ci95))
    return found
