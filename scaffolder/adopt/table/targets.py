"""The target: one of two classes, one of several, or a number."""

from __future__ import annotations

import shlex
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from scaffolder.adopt.kind import AdoptionError
from scaffolder.adopt.literals import sql
from scaffolder.adopt.table import columns
from scaffolder.adopt.table.columns import Column, Survey
from scaffolder.adopt.table.rows import Rows
from scaffolder.errors import shown

FEWEST_OF_A_CLASS = 20  # so that each split and each fold has some
MOST_CLASSES = 20
_FEW_NUMBERS = 20
_MOST_LOST = 0.1  # of the rows, that rare classes may take with them
_MOST_NAMED = 5  # rare classes
_LONGEST = 100  # characters of the name of a class
_YES = {"yes": "no", "y": "n", "true": "false", "t": "f", "1": "0", "1.0": "0.0", "positive": "negative"}


class Hint(NamedTuple):
    """Something that the owner should look at, and an option that changes it."""

    text: str
    advice: str = ""


@dataclass(frozen=True)
class Target:
    """The column to predict; `classes` are its values with their rows, the most frequent first, or none of a number."""

    column: Column
    classes: Mapping[str, int] = field(default_factory=dict)
    positive: str | None = None  # of two classes, the one to find
    bounds: tuple[str, str] = ("", "")  # of a number
    mean: float = 0.0  # of a number, or the share of the class to find

    @property
    def task(self) -> str:
        """The kind of target: "two", "several" or "number"."""
        return "number" if not self.classes else "two" if self.positive is not None else "several"

    def outcomes(self) -> list[str]:
        """SQL of numbers that stand for the target: itself, or 1 for a class and 0 for all others, for each class."""
        if not self.classes:
            return [self.column.value]
        found = list(self.classes) if self.positive is None else [self.positive]
        return [f"CAST({self.column.cells} = {sql(one)} AS DOUBLE)" for one in found]


class Wanted(NamedTuple):
    """The kinds of targets that a template takes, and what the owner says of this one."""

    allowed: Sequence[str]
    positive: str | None = None
    task: str | None = None

    def is_number(self, column: Column) -> bool:
        """Whether a column of numbers is one of amounts: if the template takes some, and nobody says that it is not."""
        return "number" in self.allowed and self.holds_numbers(column)

    def holds_numbers(self, column: Column) -> bool:
        """Whether these are numbers, and nobody says that they are classes."""
        return column.kind == "numeric" and self.positive is None and self.task != "classification"


def with_target(everything: Rows, answer: Column, fewest: int) -> tuple[Rows, list[str]]:
    """The rows that have a target, and notes about it; raises `AdoptionError` if they are too few."""
    rows = everything.only(f"{answer.cells} IS NOT NULL")
    count, lost, name = rows.count(), everything.count() - rows.count(), shown(answer.name)
    if count < fewest:
        raise AdoptionError(f"{count} rows have a {name}: fewer than {fewest} cannot be divided.")
    left_out = f"is empty in {lost:,} row{'s' * (lost > 1)}; left out" if lost else ""
    return rows if lost else everything, [f"{name} {words}" for words in (answer.note, left_out) if words]


def answer_of(rows: Rows, name: str, cells: str, found: Survey, *, commas: bool) -> Column:
    """The target as numbers, or else as the texts that it has."""
    numbers = columns.read_numbers(rows, name, cells, found, commas=commas)
    return numbers or Column(name, "categorical", cells, hint=columns.mistake(found, commas=commas))


def without_rare(rows: Rows, column: Column, wanted: Wanted, notes: list[str]) -> Rows:
    """The rows without those of rare classes, which the notes name, if these are few."""
    if wanted.is_number(column) or wanted.positive:
        return rows
    cells, enough = column.cells, f"HAVING count(*) >= {FEWEST_OF_A_CLASS}"
    common = [value for (value,) in rows.all(cells, f"GROUP BY ALL {enough} LIMIT {MOST_CLASSES + 1}")]
    if not 2 <= len(common) <= MOST_CLASSES:
        return rows
    listed = ", ".join(map(sql, common))
    kept, rare = rows.only(f"{cells} IN ({listed})"), rows.only(f"{cells} NOT IN ({listed})")
    lost = rare.count()
    if not 0 < lost <= _MOST_LOST * rows.count():
        return rows
    named = [shown(value) for (value,) in rare.all(cells, f"GROUP BY ALL ORDER BY ALL LIMIT {_MOST_NAMED + 1}")]
    told = ", ".join([*named[:_MOST_NAMED], *["..."] * (len(named) > _MOST_NAMED)])
    notes.append(
        f"{shown(column.name)} is {told} in {lost:,} row{'s' * (lost > 1)}; left out, since a class needs "
        f"{FEWEST_OF_A_CLASS} rows"
    )
    return kept


def target_of(rows: Rows, column: Column, wanted: Wanted, hints: list[Hint]) -> Target:
    """The target in a column, which has no gaps any more.

    Raises:
        AdoptionError: it has one value alone, or is of a kind that is not `allowed`.
    """
    name, cells, (allowed, positive, task) = shown(column.name), column.cells, wanted
    [different] = rows.one(f"count(DISTINCT {cells})")
    counted = rows.all(f"{cells}, count(*) AS n", f"GROUP BY ALL ORDER BY n DESC, min(rowid) LIMIT {MOST_CLASSES + 1}")
    counts = dict(counted)
    told = ", ".join(map(shown, sorted(counts)[:5])) + (", ..." if different > 5 else "")
    if different == 1:
        raise AdoptionError(f"{name} is {told} in each row, so there is nothing to predict.")
    if positive is not None and not rows.one(f"count(*) FILTER ({cells} = {sql(positive)})")[0]:
        raise AdoptionError(f"{shown(positive)}, for --positive, is not a value of {name}: its values are {told}.")
    if task == "regression" and (column.kind != "numeric" or "number" not in allowed):
        why = "texts" if column.kind != "numeric" else "numbers, which this project does not predict"
        raise AdoptionError(f"--task regression cannot be: {name} holds {why}.")
    if different == 2 and task != "regression":
        return _two(column, counts, positive, hints)
    if wanted.is_number(column):
        return _number(rows, column, different, hints)
    if "several" in allowed and positive is None and different <= MOST_CLASSES:
        _refuse_few(name, counts)
        return Target(column, counts)
    if wanted.holds_numbers(column):
        raise AdoptionError(
            f"{name} holds {different:,} different numbers, and this project tells classes apart: make a column with "
            "two values, such as above and below a bound, and name that as --target."
        )
    most, example = 2, "two values, such as one against all others"
    if "several" in allowed and positive is None:
        most, example = MOST_CLASSES, f"at most {MOST_CLASSES} values, such as the frequent ones and one for all others"
    many = (
        f"has {different:,} values ({told}), and at most {most} classes are told apart: make a column with {example}, "
        "and name that as --target"
    )
    raise AdoptionError(f"{name} {(column.kind == 'categorical' and column.hint) or many}.")


def _two(column: Column, counts: Mapping[str, int], positive: str | None, hints: list[Hint]) -> Target:
    _refuse_few(shown(column.name), counts)
    folded = {one.casefold() for one in counts}
    likely = [one for one in counts if _YES.get(one.casefold(), "") in folded]
    frequent, rare = counts
    if positive is None and not likely:
        text = f"{shown(rare)}, the rarer value of {shown(column.name)}, is taken for the class to find"
        hints.append(Hint(text, f"if it is the other, say --positive {shlex.quote(frequent)}"))
    chosen = positive or (likely or [rare])[0]
    return Target(column, counts, chosen, mean=counts[chosen] / sum(counts.values()))


def odd_classes(target: Target) -> list[Hint]:
    """Classes that may be spellings of one value, and those that look like a missing value."""
    name, alike, hints = shown(target.column.name), dict[str, list[str]](), list[Hint]()
    for one in target.classes:
        alike.setdefault("".join(one.split()).casefold(), []).append(one)
    for same in (one for one in alike.values() if len(one) > 1):
        text = f"the classes {', '.join(map(shown, sorted(same)))} of {name} differ only in case or white space"
        hints.append(Hint(text, "if they are one, write them alike"))
    for one in (one for one in target.classes if one.casefold() in columns.MARKS):
        text = f"the class {shown(one)} of {name} looks like a missing value"
        hints.append(Hint(text, "if it is one, empty those cells, so that their rows are left out"))
    return hints


def _refuse_few(name: str, counts: Mapping[str, int]) -> None:
    rare = min(counts, key=lambda value: counts[value])
    if counts[rare] < FEWEST_OF_A_CLASS:
        raise AdoptionError(f"{name} is {shown(rare)} in {counts[rare]} rows: {FEWEST_OF_A_CLASS} are needed.")
    if long := [value for value in counts if len(value) > _LONGEST]:
        raise AdoptionError(
            f"{name} has the value {shown(long[0])}, which is too long for the name of a class: shorten it."
        )


def _number(rows: Rows, column: Column, different: int, hints: list[Hint]) -> Target:
    if different <= _FEW_NUMBERS:
        text = f"{shown(column.name)} has {different} different numbers, which are taken for amounts, not for classes"
        hints.append(Hint(text, "if they are classes, say --task classification"))
    ends = [f"arg_{end}({column.cells}, row({column.value}, {column.cells}))" for end in ("min", "max")]
    least, most, mean = rows.one(f"{', '.join(ends)}, avg({column.value})")
    return Target(column, bounds=(least, most), mean=mean)
