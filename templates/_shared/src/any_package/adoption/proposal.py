"""Propose what to predict, and from which columns. The owner is shown every choice with its reason."""

import re
import shlex
from dataclasses import dataclass, replace
from difflib import get_close_matches

import numpy as np
import pandas as pd

from .. import leakage
from ..bootstrap import Array
from . import columns, identifiers
from .columns import Column
from .replacing import AdoptionError

SUSPICIOUS = 0.95  # ROC AUC or R² of a small tree on one column; from leakage.TOO_GOOD on it is left out
FEWEST_OF_A_CLASS = 20  # so that each split and each fold has some
FEW_NUMBERS = 20
MOST_SLICES = 4
YES = {"yes": "no", "y": "n", "true": "false", "t": "f", "1": "0", "1.0": "0.0", "positive": "negative"}
PEOPLE = re.compile(
    r"(^|[^a-z])(age|sex|gender|race|ethnic\w*|nationality|citizen\w*|immigra\w*|relig\w*|politic\w*|union|marital"
    r"|marriage|married|child\w*|birth\w*|dob|pregnan\w*|health\w*|medical|disease\w*|diagnos\w*|disab\w*|handicap\w*"
    r"|occupation\w*|income\w*|salary|salaries|wages?|zip|zipcode|postcode|postal)([^a-z]|$)"
)


@dataclass(frozen=True)
class Proposal:
    target: str
    positive: str | None
    time: str | None
    group: str | None  # the column of what recurs: its rows stay in one part
    columns: dict[str, Column]  # of the data file to be: the inputs, the time, the group and the target
    inputs: dict[str, Column]
    dropped: dict[str, str]  # name to reason
    notes: list[str]  # for data/DATASET.md, too
    hints: list[str]  # to look at before it is written
    slices: list[str]
    outcomes: Array  # 1 for the positive class and 0 for the other, or the number itself
    ids: pd.Series | None  # the column that names the rows

    @property
    def warnings(self) -> list[str]:
        """All that the owner should look at."""
        return [*self.notes, *self.hints]


def propose(
    table: pd.DataFrame,
    target: str,
    *,
    fewest_rows: int,
    seed: int,
    positive: str | None = None,
    time: str | None = None,
    id: str | None = None,
    dates: str | None = None,
    semicolons: bool = False,
) -> Proposal:
    """Look at each column and decide what to do with it.

    `fewest_rows` can be divided into splits, `seed` draws the rows in which leaks are looked for, and `semicolons`
    divide the columns of the file.

    Raises:
        AdoptionError: a named column is absent, there are too few rows, or the target cannot be predicted.
    """
    if absent := [name for name in (target, time, id) if name not in {None, *table}]:
        near = get_close_matches(str(absent[0]), table, 1) or list(table)
        raise AdoptionError(f"there is no column {absent[0]!r}; did you mean {' or '.join(map(repr, near))}?")
    commas = columns.has_decimal_commas(table, semicolons=semicolons)
    answer = columns.read_numbers(table[target], commas=commas)
    answer = answer or Column("categorical", table[target], hint=columns.mistake(table[target], commas=commas))
    rows = answer.cells != ""
    if rows.sum() < fewest_rows:
        raise AdoptionError(f"{rows.sum()} rows have a {target!r}; fewer than {fewest_rows} cannot be divided")
    answer = replace(answer, cells=answer.cells[rows])
    lost = "" if rows.all() else f"is empty in {(~rows).sum():,} rows, which are left out"
    notes, hints = [f"{target!r} {words}" for words in (answer.note, lost) if words], list[str]()
    positive, outcomes = _outcomes(answer, positive, hints)
    found = {
        str(name): Column("useless", cells, "names the rows, as you say")
        if name == id
        else columns.read(cells, commas=commas)
        for name, cells in table[rows].drop(columns=target).items()
    }
    time = _time(found, time, hints)
    ordering = {} if time is None else {time: Column("date", columns.read_dates(found.pop(time).cells, dates))}
    named = {name: column for name, column in found.items() if name == id or identifiers.identifies(name, column)}
    found |= {name: Column("useless", one.cells, identifiers.REASON) for name, one in named.items() if name != id}
    group = identifiers.group(named, notes)
    grouping = {} if group is None else {group: Column("group", named[group].cells)}
    inputs, dropped = _divide(found, outcomes, target, notes, classes=positive is not None, seed=seed)
    if not inputs:
        raise AdoptionError(
            f"no column is left to predict {target!r} from: "
            + "; ".join(f"{name!r} {reason}" for name, reason in dropped.items())
        )
    hints += [f"{name!r} {one.hint}" for name, one in {target: answer, **inputs}.items() if one.hint]
    few = (name for name, one in inputs.items() if one.kind == "categorical" and 2 <= one.cells.nunique() <= 6)
    return Proposal(
        target,
        positive,
        time,
        group,
        {**inputs, **ordering, **grouping, target: answer},
        inputs,
        dropped,
        notes,
        hints,
        list(dict.fromkeys([*filter(about_people, inputs), *few]))[:MOST_SLICES],
        outcomes,
        None if id is None else table[id][rows],
    )


def _outcomes(target: Column, positive: str | None, hints: list[str]) -> tuple[str | None, Array]:
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
        likely = [one for one in counts.index if YES.get(one.casefold(), "") in counts.index.str.casefold()]
        if positive is None and not likely:
            hints.append(
                "the rarer value is the one to find; if it is the other, say POSITIVE=" + shlex.quote(counts.idxmax())
            )
        chosen = str(positive or (likely or [counts.idxmin()])[0])
        return chosen, np.asarray(target.cells == chosen, dtype=np.float64)
    if target.kind == "categorical" or positive is not None:
        many = (
            f"has {len(counts)} values ({shown}), which are more than this project tells apart; "
            "make a column with two values, such as one against all others, and name that as TARGET"
        )
        raise AdoptionError(f"{name!r} {(target.kind == 'categorical' and target.hint) or many}")
    if len(counts) <= FEW_NUMBERS:
        hints.append(f"{name!r} has {len(counts)} different numbers, which are taken for amounts, not for classes")
    return None, np.asarray(target.values, dtype=np.float64)


def _time(found: dict[str, Column], wanted: str | None, hints: list[str]) -> str | None:
    """The column that orders the rows: the one that is named, or else the only one with dates (of birth apart)."""
    dates = {name: column.cells == "" for name, column in found.items() if column.kind == "date"}
    gaps = {
        name: f"{name!r} is empty in {empty.sum():,} of {len(empty):,} rows, so it cannot order them; remove those rows"
        for name, empty in dates.items()
        if empty.any()
    }
    if wanted is not None:
        none = "" if wanted in dates else f"TIME={wanted} needs dates such as 2026-12-31; name another column"
        if told := gaps.get(wanted, none):
            raise AdoptionError(f"{told} or leave TIME out")
        return wanted
    likely = [name for name in dates if not re.search("birth|dob", name.lower())]
    whole = [name for name in likely if name not in gaps]
    if len(whole) == 1:
        hints.append(f"{whole[0]!r} is the only column with a date in each row, so it orders them; TIME names another")
        return whole[0]
    which = [f"TIME must say which of {', '.join(map(repr, whole))} orders the rows"]
    hints += [f"{told}, or the split will be random" for told in (which if whole else map(gaps.__getitem__, likely))]
    return None


def _divide(
    found: dict[str, Column], outcomes: Array, target: str, notes: list[str], *, classes: bool, seed: int
) -> tuple[dict[str, Column], dict[str, str]]:
    """The columns that can be inputs, and the reason for each of the others."""
    inputs, dropped = {}, {}
    chosen = np.random.default_rng(seed).permutation(len(outcomes))[: leakage.SAMPLE]  # as the training does
    for name, column in found.items():
        if column.kind in {"date", "useless"}:
            dropped[name] = column.note
            continue
        score = leakage.alone(column.values.iloc[chosen], outcomes[chosen], classes=classes)
        leak = f"predicts {target!r} almost by itself ({score:.3f} of 1), as if it were known only afterwards"
        if score > leakage.TOO_GOOD:
            dropped[name] = leak
            continue
        inputs[name] = column
        remarks = {
            column.note: True,
            "is empty in more than half of the rows, and kept": (column.cells == "").mean() > 0.5,
            leak: score > SUSPICIOUS,
            "describes people: are you allowed to use it, and should you?": about_people(name),
        }
        notes += [f"{name!r} {words}" for words, true in remarks.items() if words and true]
    return inputs, dropped


def about_people(name: str) -> bool:
    return PEOPLE.search(re.sub(r"(?<=[a-z])(?=[A-Z])", "_", name).lower()) is not None
