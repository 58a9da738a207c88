"""Propose what to predict, and from which columns. The owner is shown every choice with its reason."""

import re
from dataclasses import dataclass

import numpy as np
import pandas as pd

from .. import leakage
from ..data import FEWEST_ROWS
from ..manifest import Array
from ..settings import Training
from . import columns
from .columns import Column
from .reading import AdoptionError

SUSPICIOUS = 0.95  # ROC AUC or R² of a small tree on one column; from leakage.TOO_GOOD on it is left out
FEWEST_OF_A_CLASS = 20  # so that each split and each fold has some
FEW_NUMBERS = 20
MOST_SLICES = 4
YES = {"yes": "no", "y": "n", "true": "false", "t": "f", "1": "0", "1.0": "0.0", "positive": "negative"}
PEOPLE = re.compile(
    r"(^|[^a-z])(age|sex|gender|race|ethnic\w*|nationality|citizen\w*|religion|marital|marriage|married|disab\w*|handicap\w*"
    r"|pregnan\w*|birth\w*|dob|zip|zipcode|postcode|postal)([^a-z]|$)"
)


@dataclass(frozen=True)
class Proposal:
    """`table` is the data file to be: the inputs, the time and the target."""

    target: str
    positive: str | None
    time: str | None
    inputs: dict[str, Column]
    dropped: dict[str, str]  # name to reason
    notes: list[str]
    slices: list[str]
    table: pd.DataFrame
    outcomes: Array  # 1 for the positive class and 0 for the other, or the number itself


def propose(
    table: pd.DataFrame,
    target: str,
    *,
    positive: str | None = None,
    time: str | None = None,
    id: str | None = None,
    dates: str | None = None,
    semicolons: bool = False,
) -> Proposal:
    """Look at each column and decide what to do with it; `semicolons` divide the columns of the file.

    Raises:
        AdoptionError: a named column is absent, there are too few rows, or the target cannot be predicted.
    """
    if absent := {target, time or target, id or target} - set(table):
        raise AdoptionError(f"there is no column {absent.pop()!r}; the columns are {', '.join(map(repr, table))}")
    commas = columns.has_decimal_commas(table, semicolons=semicolons)
    answer = columns.read_numbers(table[target], commas=commas) or Column("categorical", table[target])
    rows = answer.cells != ""
    if rows.sum() < FEWEST_ROWS:
        raise AdoptionError(f"{rows.sum()} rows have a {target!r}; fewer than {FEWEST_ROWS} cannot be divided")
    answer = Column(answer.kind, answer.cells[rows], answer.note)
    lost = "" if rows.all() else f"is empty in {(~rows).sum():,} rows, which are left out"
    notes = [f"{target!r} {words}" for words in (answer.note, lost) if words]
    positive, outcomes = _outcomes(answer, positive, notes)
    others = table[rows].drop(columns=target)
    found = {str(name): columns.read(cells, commas=commas) for name, cells in others.items()}
    time = _time(found, time, notes)
    ordering = {} if time is None else {time: columns.read_dates(found.pop(time).cells, dates)}
    if id in found:
        found[id] = Column("useless", found[id].cells, "names the rows, as you say")
    inputs, dropped = _divide(found, outcomes, target, notes, classes=positive is not None)
    if not inputs:
        reasons = "; ".join(f"{name!r} {reason}" for name, reason in dropped.items())
        raise AdoptionError(f"no column is left to predict {target!r} from: {reasons}")
    cells = {**{name: column.cells for name, column in inputs.items()}, **ordering, target: answer.cells}
    return Proposal(target, positive, time, inputs, dropped, notes, _slices(inputs), pd.DataFrame(cells), outcomes)


def _outcomes(target: Column, positive: str | None, notes: list[str]) -> tuple[str | None, Array]:
    """The class to find, if there are two, and the target as numbers."""
    name, counts = target.cells.name, target.cells.value_counts()
    shown = ", ".join(map(repr, sorted(counts.index)[:5])) + (", ..." if len(counts) > 5 else "")
    if len(counts) == 1:
        raise AdoptionError(f"{name!r} is {shown} in each row, so there is nothing to predict")
    if positive not in {None, *counts.index}:
        raise AdoptionError(f"POSITIVE={positive} is not a value of {name!r}; its values are {shown}")
    if len(counts) == 2:
        if counts.min() < FEWEST_OF_A_CLASS:
            raise AdoptionError(
                f"{name!r} is {counts.idxmin()!r} in {counts.min()} rows; {FEWEST_OF_A_CLASS} are needed"
            )
        chosen = positive or _positive(counts, notes)
        return chosen, np.asarray(target.cells == chosen, dtype=np.float64)
    if target.kind == "categorical" or positive is not None:
        raise AdoptionError(
            f"{name!r} has {len(counts)} values ({shown}), and this project predicts one of two values or a number; "
            "make a column with two values, such as one against all others, and name that as TARGET"
        )
    if len(counts) <= FEW_NUMBERS:
        notes.append(f"{name!r} has {len(counts)} different numbers, which are taken for amounts, not for classes")
    return None, np.asarray(target.values, dtype=np.float64)


def _positive(counts: pd.Series, notes: list[str]) -> str:
    for yes, no in (counts.index, counts.index[::-1]):
        if YES.get(yes.casefold()) == no.casefold():
            return str(yes)
    notes.append(f"the rarer value is the one to find; if it is the other, say POSITIVE={counts.idxmax()}")
    return str(counts.idxmin())


def _time(found: dict[str, Column], wanted: str | None, notes: list[str]) -> str | None:
    """The column that orders the rows: the one that is named, or else the only one with dates (of birth apart)."""
    dates = {name for name, column in found.items() if column.kind == "date" and (column.cells != "").all()}
    if wanted is not None and wanted not in dates:
        raise AdoptionError(f"TIME={wanted} needs a date such as 2026-12-31 in each row; fill it in or leave TIME out")
    likely = [name for name in dates if not _about_people(name)]
    if wanted is None and len(likely) == 1:
        notes.append(f"{likely[0]!r} is the only column of dates, so it orders the rows; TIME names another")
        return likely[0]
    return wanted


def _divide(
    found: dict[str, Column], outcomes: Array, target: str, notes: list[str], *, classes: bool
) -> tuple[dict[str, Column], dict[str, str]]:
    """The columns that can be inputs, and the reason for each of the others."""
    inputs, dropped = {}, {}
    chosen = np.random.default_rng(Training().seed).permutation(len(outcomes))[: leakage.SAMPLE]  # as the training does
    for name, column in found.items():
        if column.kind in {"date", "useless"}:
            dropped[name] = (
                column.note if column.kind == "useless" else "holds dates, which are no inputs by themselves"
            )
            continue
        score = leakage.alone(column.values.iloc[chosen], outcomes[chosen], classes=classes)
        told = f"predicts {target!r} almost by itself ({score:.3f} of 1), as if it were known only afterwards"
        if score > leakage.TOO_GOOD:
            dropped[name] = told
        else:
            inputs[name] = column
            notes.extend(_remarks(name, column, told if score > SUSPICIOUS else ""))
    return inputs, dropped


def _remarks(name: str, column: Column, leak: str) -> list[str]:
    missing = float((column.cells == "").mean())
    empty = f"is empty in {missing:.0%} of the rows, and kept" if missing > 0.5 else ""
    people = "is about people: may it decide, by law and by your own judgement?" if _about_people(name) else ""
    return [f"{name!r} {words}" for words in (column.note, empty, leak, people) if words]


def _about_people(name: str) -> bool:
    return PEOPLE.search(re.sub(r"(?<=[a-z])(?=[A-Z])", "_", name).lower()) is not None


def _slices(inputs: dict[str, Column]) -> list[str]:
    """Columns about people first, then categories with few values."""
    few = [name for name, one in inputs.items() if one.kind == "categorical" and 2 <= one.cells.nunique() <= 6]
    return list(dict.fromkeys([*filter(_about_people, inputs), *few]))[:MOST_SLICES]
