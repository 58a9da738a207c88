"""On whom does the model act? Its shares of each slice, which no score of one slice alone tells."""

from collections.abc import Iterable, Iterator

import numpy as np

from .bootstrap import Rows
from .manifest import Array
from .reporting.metrics import Part

FEW = 20  # rows: slices with fewer are not compared


class Acted(Part):
    """The share of a slice's rows that the model acts on, and the share that is of the class to find."""

    column: str
    slice: str
    n: int
    acted: float
    actual: float


def measure(columns: list[str], slices: Iterable[tuple[str, Rows]], acts: Array, outcomes: Array) -> Iterator[Acted]:
    """The shares of each slice that `scoring.slice_rows` found; `acts` and `outcomes` are 1 and 0 for each row."""
    for name, places in slices:
        column = max((one for one in columns if name.startswith(f"{one} = ")), key=len)
        acted, actual = (float(np.round(values[places].mean(), 4)) for values in (acts, outcomes))
        yield Acted(column=column, slice=name, n=len(places), acted=acted, actual=actual)


def widest(measured: Iterable[Acted]) -> list[tuple[Acted, Acted]]:
    """For each column, the slices that the model acts on most and least often; the widest gap comes first."""
    columns: dict[str, list[Acted]] = {}
    for one in measured:
        if one.n >= FEW:
            columns.setdefault(one.column, []).append(one)
    ordered = [sorted(slices, key=lambda one: one.acted) for slices in columns.values()]
    pairs = [(slices[-1], slices[0]) for slices in ordered if slices[-1].acted > slices[0].acted]
    return sorted(pairs, key=lambda pair: pair[1].acted - pair[0].acted)
