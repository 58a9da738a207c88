"""Two numbers that together tell the target: by their difference, such as how late something came, or their ratio."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import combinations
from typing import cast

from scaffolder.adopt.table import leakage
from scaffolder.adopt.table.leakage import Value
from scaffolder.errors import shown

_GLANCE = 300  # rows show whether a pair is worth a closer look
_WORTH = 0.8  # of 1: how well the values themselves must rank the target there
_JUDGED = 1_000  # rows are enough to tell such a pair
_MOST = 80  # numbers: 3,160 pairs take a second or two

Numbers = Sequence[float | None]


def telling(
    numbers: Mapping[str, Sequence[Value]], outcomes: Sequence[Sequence[float]], *, classes: bool
) -> Iterator[tuple[str, float]]:
    """The differences and ratios that tell the target almost by themselves, in words, each with how well it does.

    None of the `numbers` should do so alone. Values and outcomes are in an order of chance.
    """
    glanced = [one[:_GLANCE] for one in outcomes]
    alone = {
        name: _glance(cast(Numbers, values[:_GLANCE]), glanced, classes=classes) for name, values in numbers.items()
    }
    judged = [one[:_JUDGED] for one in outcomes]
    for first, second in combinations(list(numbers)[:_MOST], 2):
        pair = [cast(Numbers, numbers[name][:_JUDGED]) for name in (first, second)]
        scores = {
            what: leakage.judged([*map(combine, *pair)], judged, classes=classes)[0]
            for what, combine in _WAYS.items()
            if _glance([*map(combine, pair[0][:_GLANCE], pair[1][:_GLANCE])], glanced, classes=classes)
            > max(_WORTH, alone[first], alone[second])
        }
        if scores and (score := max(scores.values())) > leakage.TOO_GOOD:
            yield f"the {max(scores, key=scores.__getitem__)} of {shown(first)} and {shown(second)}", score


def _difference(one: float | None, other: float | None) -> float | None:
    return None if one is None or other is None else one - other


def _ratio(one: float | None, other: float | None) -> float | None:
    return None if one is None or not other else one / other


_WAYS: Mapping[str, Callable[[float | None, float | None], float | None]] = {
    "difference": _difference,
    "ratio": _ratio,
    "inverse ratio": lambda one, other: _ratio(other, one),
}


def _glance(values: Numbers, outcomes: Sequence[Sequence[float]], *, classes: bool) -> float:
    """How well the values rank the outcome that they rank best."""
    known = [place for place, value in enumerate(values) if value is not None]
    ranked = [cast(float, values[place]) for place in known]
    return max(leakage.ranking(ranked, [one[place] for place in known], classes=classes) for one in outcomes)
