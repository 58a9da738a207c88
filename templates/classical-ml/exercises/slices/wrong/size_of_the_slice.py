"""Says the size of the slice where a share is about fewer rows."""

from .reporting.metrics import Slice


def _label(part: pd.Series) -> str:
    if part.isna().all():
        return "missing"
    low, high = (f"{end:g}" if isinstance(end, float) else str(end) for end in (part.min(), part.max()))
    return low if low == high else f"{low} to {high}"


def slice_rows(rows: pd.DataFrame, settings: Settings) -> Iterator[tuple[str, Rows]]:
    for column in settings.slices.columns:
        values = rows[column].reset_index(drop=True)
        many = pd.api.types.is_numeric_dtype(values) and values.nunique() > MANY_VALUES
        groups = pd.qcut(values, 4, labels=False, duplicates="drop") if many else values
        for _, part in values.groupby(groups, dropna=False):
            if len(part) >= settings.slices.min_rows:
                yield f"{column} = {_label(part)}", part.index.to_numpy()


def measure_slices(served: Predictions, rows: pd.DataFrame, outcomes: Array, task: Task) -> Iterator[Slice]:
    every = task.all_scores(served.outcome)
    scores = {name: every[name] for name in (task.settings.training.headline, *task.slice_scores)}
    for label, chosen in slice_rows(rows, task.settings):
        if len(np.unique(outcomes[chosen])) < 2:
            continue  # one class only: nothing to rank
        for one, n in estimate(scores, served.predicted[chosen], rows.iloc[chosen], outcomes[chosen], task):
            yield Slice(name=label, n=len(chosen), metric=one.name, value=one.value, ci95=one.ci95)
