"""The same with a mask for each group, and intervals of all rates of a column at once."""

import numpy as np

from . import dependent


def measure(
    frame: pd.DataFrame, outcomes: pd.Series, answers: pd.Series, accepted: Mask, settings: Settings
) -> list[Difference]:
    positive = settings.problem.positive
    if positive is None:
        return []
    yes, said = outcomes.to_numpy() == positive, answers.to_numpy() == positive
    found = []
    for column in settings.slices.people:
        for name in LABELS:
            about = {"true_positive_rate": yes, "false_positive_rate": ~yes}.get(name, np.full(len(yes), True))
            counts = ~accepted if name == "referral_rate" else said
            difference = _difference(column, name, frame[column].loc[about], counts[about], settings)
            if difference is not None:
                found.append(difference)
    return found


def _difference(column: str, name: str, values: pd.Series, counts: Mask, settings: Settings) -> Difference | None:
    masks = {}
    for group in sorted(values.dropna().unique()):
        mask = (values == group).to_numpy()
        if mask.sum() >= settings.slices.min_rows:
            masks[group] = mask
    if len(masks) < 2:
        return None
    ones = counts.astype(float)

    def largest(rows: np.ndarray) -> list[float]:
        sums = [(ones[rows][mask[rows]].sum(), mask[rows].sum()) for mask in masks.values()]
        shares = [hits / size for hits, size in sums if size]
        return [max(shares) - min(shares)]

    (interval,) = dependent.intervals(largest, len(values), settings.training.seed)
    groups = [Group(name=str(group), n=int(mask.sum()), value=ones[mask].mean()) for group, mask in masks.items()]
    shares = [group.value for group in groups]
    return Difference(
        column=column,
        metric=name,
        label=LABELS[name].format(positive=settings.problem.positive),
        value=max(shares) - min(shares),
        ci95=interval,
        groups=groups,
    )
