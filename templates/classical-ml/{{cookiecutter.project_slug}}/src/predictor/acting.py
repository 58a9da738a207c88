"""On whom does the model act? Its shares of each slice, which no score of one slice alone tells."""

from collections.abc import Iterable, Iterator
from typing import Any

from .bootstrap import Array, Rows
from .dependent import rounded

Acted = dict[str, Any]  # of a slice: column, name (`slice`), rows (`n`), and the shares `acted` on and `actual`ly found


def measure(columns: list[str], slices: Iterable[tuple[str, Rows]], acts: Array, y: Array) -> Iterator[Acted]:
    """The shares of each slice that `scoring.slice_rows` found; `acts` and `y` are 1 and 0, [rows]."""
    for name, places in slices:
        yield {
            "column": max((column for column in columns if name.startswith(f"{column} = ")), key=len),
            "slice": name,
            "n": len(places),
            "acted": rounded(acts[places].mean()),
            "actual": rounded(y[places].mean()),
        }


def widest(measured: Iterable[Acted]) -> list[tuple[Acted, Acted]]:
    """For each column, the slices that the model acts on most and least often; the widest gap comes first."""
    rising = sorted(measured, key=lambda group: group["acted"])
    most, least = ({group["column"]: group for group in order} for order in (rising, reversed(rising)))
    pairs = [(most[column], least[column]) for column in most if most[column]["acted"] > least[column]["acted"]]
    return sorted(pairs, key=lambda pair: pair[1]["acted"] - pair[0]["acted"])
