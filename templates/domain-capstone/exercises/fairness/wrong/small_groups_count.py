"""Compares groups of any size, so that four cases make the largest difference."""

import numpy as np

from .bootstrap import Rows
from .estimates import estimates


def measure(
    frame: pd.DataFrame, outcomes: pd.Series, answers: pd.Series, accepted: Mask, settings: Settings
) -> list[Difference]:
    positive = settings.problem.positive
    if positive is None:
        return []
    truth, chosen = np.asarray(outcomes == positive), np.asarray(answers == positive)
    every = np.ones_like(truth)
    rates = {
        "selection_rate": (every, chosen),
        "true_positive_rate": (truth, chosen),
        "false_positive_rate": (~truth, chosen),
        "referral_rate": (every, ~accepted),
    }
    return [
        found
        for column in settings.slices.people
        for name, (about, counts) in rates.items()
        if (found := _difference(column, name, frame[column][about], counts[about], settings))
    ]


def _difference(column: str, name: str, values: pd.Series, counts: Mask, settings: Settings) -> Difference | None:
    sizes = values.value_counts().sort_index()
    sizes = sizes[sizes > 0]
    codes = pd.Index(sizes.index).get_indexer(pd.Index(values))

    def rates(drawn: Rows) -> list[float]:
        parts = [counts[drawn[codes[drawn] == place]] for place in range(len(sizes))]
        return [float(part.mean()) if len(part) else float("nan") for part in parts]

    def spread(drawn: Rows) -> float:
        found = rates(drawn)
        return max(found) - min(found)

    if len(sizes) < 2:
        return None
    whole = estimates({name: spread}, len(values), None, settings.training.seed)[name]
    own = rates(np.arange(len(values)))
    return Difference(
        column=column,
        metric=name,
        label=LABELS[name].format(positive=settings.problem.positive),
        value=whole.value,
        ci95=whole.ci95,
        groups=[Group(name=str(one), n=int(n), value=rate) for (one, n), rate in zip(sizes.items(), own, strict=True)],
    )
