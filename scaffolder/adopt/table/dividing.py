"""Whether rows can be divided into training, validation and test rows, and the training rows into folds.

What a project will do is tried on the data themselves: rows in an order exactly, and a division by chance by counting
what is there to draw from.
"""

from __future__ import annotations

from collections.abc import Sequence

from scaffolder.adopt.table.columns import Column
from scaffolder.adopt.table.rows import Rows
from scaffolder.adopt.table.targets import Target
from scaffolder.errors import shown

FOLDS = 5  # of a cross-validation, unless they are too many
_FEWEST_FOLDS = 2
_TEST, _VALIDATION = 0.2, 0.2  # shares of the rows
_TRAINING = 1 - _TEST - _VALIDATION
_SEARCHED = 20_000  # training rows at most are cross-validated
_FEWEST = 5  # different rows or groups, so that each part has one of each class
_SOME = 20_000  # rows mostly tell that there are enough


def in_order(rows: Rows, target: Target, time: Column) -> tuple[int, str]:
    """How many folds the training rows allow if a time orders the rows, or 0 and what would be missing.

    The latest rows test, and those before them validate. Each fold is scored on rows later than those it is fitted on.
    """
    kind = target.column.cells if target.classes else target.column.value
    ordered = rows.all(f"{time.cells}, {kind}", "ORDER BY 1, rowid")
    validated, tested = (ordered[int(len(ordered) * share)][0] for share in (_TRAINING, 1 - _TEST))
    parts = {
        "training": [value for moment, value in ordered if moment < validated],
        "validation": [value for moment, value in ordered if validated <= moment < tested],
        "test": [value for moment, value in ordered if moment >= tested],
    }
    needed = {"training": max(2, len(target.classes))}
    name = shown(target.column.name)
    for part, values in parts.items():
        different = len(set(values))
        if different < needed.get(part, 2):
            few = f"only {different} of {len(target.classes)} values of {name}"
            one = f"only one value of {name}" if different == 1 else few
            return 0, f"{one if values else 'no row'} among the {part} rows"
    training = parts["training"][:: max(1, len(parts["training"]) // _SEARCHED)]
    folds = _folds_in_order(training, needed["training"], 2 if target.classes else 1)
    return folds, "" if folds else f"too few values of {name} among the earliest training rows for a cross-validation"


def _folds_in_order(values: Sequence[object], fitted: int, scored: int) -> int:
    """The most folds, each with so many different values among the rows to fit on and to score on; 0 for none."""
    for folds in range(FOLDS, _FEWEST_FOLDS - 1, -1):
        size = len(values) // (folds + 1)
        starts = range(len(values) - folds * size, len(values), size) if size else ()
        fits = [
            len(set(values[:start])) >= fitted and len(set(values[start : start + size])) >= scored for start in starts
        ]
        if fits and all(fits):
            return folds
    return 0


def by_chance(rows: Rows, target: Target, inputs: Sequence[Column], group: Column | None) -> tuple[int, str]:
    """How many folds the training rows allow if the rows are drawn, or 0 and what is too little.

    Rows of one group stay in one part and in one fold; without groups, rows with the same inputs.
    """
    same = inputs if group is None else [group]
    counts = _different(rows.drawn(_SOME), target, same)
    if _folds(rows, counts) < FOLDS:
        counts = _different(rows, target, same)
    folds, (kind, fewest) = _folds(rows, counts), counts[0]
    if folds:
        return folds, ""
    what = f"different values of {shown(group.name)}" if group is not None else "different rows"
    where = f" with {shown(target.column.name)} = {shown(kind)}" if target.classes else ""
    return 0, f"only {fewest} {what}{where}, too few to divide them into training, validation and test rows"


def _different(rows: Rows, target: Target, same: Sequence[Column]) -> list[tuple[str, int]]:
    """How many different rows or groups each class has, the rarest first; of a number, all in one."""
    kinds = target.column.cells if target.classes else "''"
    key = f"hash({', '.join(one.value for one in same)})"
    return [
        (kind, different)
        for kind, different in rows.all(
            f"{kinds} AS kind, count(DISTINCT {key}) AS n", "GROUP BY kind ORDER BY n, kind"
        )
    ]


def _folds(rows: Rows, counts: Sequence[tuple[str, int]]) -> int:
    """The folds for these classes: each is fitted on all of them, and scored on two."""
    searched = min(1.0, _SEARCHED / (_TRAINING * rows.count()))
    drawn = [_TRAINING * different * searched for _, different in counts]
    sure = [int(number if searched == 1 else number - 2 * number**0.5) for number in drawn]
    if counts[0][1] < _FEWEST or sure[0] < _FEWEST_FOLDS:
        return 0
    return min(FOLDS, sorted(sure)[-2:][0])
