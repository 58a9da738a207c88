"""Do groups of people get different answers? Rates of each group on the test cases, and the largest difference.

The definitions are those of fairlearn (demographic parity, equalized odds), which the tests compare with. A largest
difference is never below zero, and chance alone makes one: where groups are nearly equal, the interval lies above it.
"""

import numpy as np
import pandas as pd

from .bootstrap import Rows
from .dependent import rounded
from .estimates import estimates
from .manifest import Array, Mask
from .reporting.metrics import Interval, Part
from .settings import Settings


class Group(Part):
    name: str
    n: int  # of the cases that the rate is about
    value: float


class Difference(Part):
    """One rate in each group, and the largest difference between two of them."""

    column: str
    metric: str
    label: str
    value: float
    ci95: Interval
    groups: list[Group]


LABELS = {
    "selection_rate": "answered {positive}",
    "true_positive_rate": "answered {positive}, of those that are",
    "false_positive_rate": "answered {positive}, of the others",
    "referral_rate": "referred to a person",
}


def measure(
    frame: pd.DataFrame, outcomes: pd.Series, answers: pd.Series, accepted: Mask, settings: Settings
) -> list[Difference]:
    """Each rate for each column of `slices.people`; nothing unless one of two options is looked for."""
    positive = settings.problem.positive
    if positive is None:
        return []
    truth, chosen = np.asarray(outcomes == positive), np.asarray(answers == positive)
    every = np.ones_like(truth)
    rates = {  # which cases a rate is about, and which of them count
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
    """Groups with fewer than `slices.min_rows` cases, and cases without a group, are left out."""
    sizes = values.value_counts().sort_index()
    sizes = sizes[sizes >= settings.slices.min_rows]
    codes = pd.Index(sizes.index).get_indexer(pd.Index(values))

    def rates(drawn: Rows) -> Array:
        """The rate of each group; NaN for one without a case, which leaves out this resample."""
        of_group = [counts[drawn[codes[drawn] == place]] for place in range(len(sizes))]
        return np.array([part.mean() if len(part) else np.nan for part in of_group])

    def spread(drawn: Rows) -> float:
        return float(np.ptp(rates(drawn)))

    if len(sizes) < 2:
        return None
    whole = estimates({name: spread}, len(values), None, settings.training.seed)[name]
    groups = zip(sizes.items(), rates(np.arange(len(values))), strict=True)
    return Difference(
        column=column,
        metric=name,
        label=LABELS[name].format(positive=settings.problem.positive),
        value=whole.value,
        ci95=whole.ci95,
        groups=[Group(name=str(group), n=int(n), value=rounded(one)) for (group, n), one in groups],
    )
