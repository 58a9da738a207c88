"""Propose what to predict, and from which columns. The owner is shown every choice with its reason."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import NamedTuple

from scaffolder.adopt.kind import AdoptionError, Options
from scaffolder.adopt.table import columns, dividing, free_text, identifiers, leakage, time_columns
from scaffolder.adopt.table.columns import Column, Survey
from scaffolder.adopt.table.rows import Rows
from scaffolder.adopt.table.targets import (
    Hint,
    Target,
    Wanted,
    answer_of,
    odd_classes,
    target_of,
    with_target,
    without_rare,
)
from scaffolder.errors import shown, suggestion

MOST_SLICES = 4


@dataclass(frozen=True)
class Uses:
    """The ways in which a template can use a table, as its contract says."""

    targets: tuple[str, ...] = ("two", "number")  # classes that are two or several, or a number
    texts: bool = False  # whether it can decide from a free text alone
    words: bool = False  # whether free text may be an input, by its words
    fewest_rows: int = 50  # that can be divided
    dates: bool = False  # whether the parts of a date may be inputs
    most_categories: int = 0  # values of a category that are told apart, if rarer ones count as one


@dataclass(frozen=True)
class Proposal:
    """How a table will be used. `rows` are those with a target, as they are in the file."""

    rows: Rows
    count: int
    target: Target
    time: str | None
    group: str | None  # the column of what recurs: its rows stay in one part
    folds: int  # of a cross-validation on the training rows
    columns: Mapping[str, Column]  # of the data file to be: the inputs, the time, the group and the target
    inputs: Mapping[str, Column]
    scores: Mapping[str, float]  # how well each input alone tells the target
    dropped: Mapping[str, str]  # name to reason
    notes: Sequence[str]  # for the description of the data, too
    hints: Sequence[Hint]  # to look at before it is written
    slices: Sequence[str]
    people: Sequence[str]  # those of the slices that describe people, as far as names tell

    @property
    def warnings(self) -> list[str]:
        """All that the owner should look at."""
        return [*self.notes, *(hint.text for hint in self.hints)]

    @property
    def suspected(self) -> list[str]:
        """The inputs that may be known only after the target."""
        return [name for name, score in self.scores.items() if score > leakage.SUSPICIOUS]


def propose(everything: Rows, names: Sequence[str], options: Options, uses: Uses, *, semicolons: bool) -> Proposal:
    """Look at each column and decide what to do with it; `semicolons` divide the columns of the file.

    Raises:
        AdoptionError: a named column is absent, there are too few rows, or the target cannot be predicted.
    """
    known = target_in(everything, names, options, uses, semicolons=semicolons)
    rows, target, cells, surveys, commas, notes, hints = known
    name, answer = target.column.name, target.column
    others = [other for other in names if other != name and other not in options.without]
    found = {other: columns.read(rows, other, cells[other], surveys[other], commas=commas) for other in others}
    found = {other: _told_apart(rows, one, uses.most_categories) for other, one in found.items()}
    time, folds = time_columns.order(rows, found, target, options, hints)
    ordering = {} if time is None else {time.name: time}
    found = {other: one for other, one in found.items() if other not in ordering}
    if uses.words:
        found = {other: free_text.as_input(rows, column) for other, column in found.items()}
    if uses.dates:
        found = time_columns.in_parts(rows, found, options.dates, names, options.group)
    group = _group(rows, found, options, notes, by_time=time is not None)
    kinds = {"numeric", "categorical", *["text"] * uses.words}
    row = options.about.get("row", "")
    inputs, scores, dropped = divided(rows, found, target, notes, kinds, row, alone=uses.texts)
    if not inputs:
        reasons = "; ".join(f"{shown(other)} {reason}" for other, reason in dropped.items())
        raise AdoptionError(f"No column is left to predict {shown(name)} from: {reasons or 'there is no other'}.")
    dropped |= dict.fromkeys(options.without, "is left out, as you say")
    if time is None:
        group, folds = _drawn(rows, target, list(inputs.values()), group, options, notes)
    if folds < dividing.FOLDS:
        notes.append(f"the cross-validation has {folds} folds: with more, one would lack a value of {shown(name)}")
    grouping = {} if group is None else {group.name: replace(group, kind="group")}
    hints += [Hint(f"{shown(one.name)} {one.hint}") for one in (answer, *inputs.values()) if one.hint]
    hints += [
        Hint(f"{shown(one.name)} {one.hint}; it is left out")
        for one in found.values()
        if one.kind == "useless" and one.hint
    ]
    hints += identifiers.recurring(rows, found.values()) if time is None and group is None else []
    kept, slices = {**inputs, **ordering, **grouping, name: answer}, slices_of(inputs.values(), row)
    certain = [other for other in slices if identifiers.are_of_people(other, row)]
    return Proposal(
        rows,
        rows.count(),
        target,
        time.name if time else None,
        group.name if group else None,
        folds,
        kept,
        inputs,
        scores,
        dropped,
        notes,
        hints,
        slices,
        certain,
    )


class Answered(NamedTuple):
    """The target of a table and the rows that have one, with what was found on the way there."""

    rows: Rows
    target: Target
    cells: Mapping[str, str]  # of each column, by its name
    surveys: Mapping[str, Survey]
    commas: bool  # whether numbers have decimal commas
    notes: list[str]
    hints: list[Hint]


def target_in(everything: Rows, names: Sequence[str], options: Options, uses: Uses, *, semicolons: bool) -> Answered:
    """Look at the target alone; raises `AdoptionError` as `propose` does."""
    _refuse_absent(names, options)
    cells = {name: f"c{place}" for place, name in enumerate(names)}
    surveys = {name: columns.survey(everything, cells[name]) for name in names}
    commas = columns.has_decimal_commas(list(surveys.values()), semicolons=semicolons)
    name = str(options.target)
    answer = answer_of(everything, name, cells[name], surveys[name], commas=commas)
    rows, notes = with_target(everything, answer, uses.fewest_rows)
    hints: list[Hint] = []
    wanted = Wanted(uses.targets, options.positive, options.task)
    rows = without_rare(rows, answer, wanted, notes)
    target = target_of(rows, answer, wanted, hints)
    hints += odd_classes(target)
    if rows != everything:
        surveys = {other: columns.survey(rows, cells[other]) for other in names}
    return Answered(rows, target, cells, surveys, commas, notes, hints)


def _refuse_absent(names: Sequence[str], options: Options) -> None:
    """Raise `AdoptionError` for options that name no column, or contradict each other."""
    named = [(option, getattr(options, option)) for option in ("target", "time", "group")]
    named = [(option, name) for option, name in named if name is not None]
    named += [("without", name) for name in options.without]
    for option, name in named:
        if name not in names:
            raise AdoptionError(f"There is no column {shown(name)} for --{option}: {suggestion(name, names)}")
        if other := next((second for second, same in named if same == name and second != option), ""):
            raise AdoptionError(f"--{option} and --{other} name the same column, {shown(name)}: name another.")
    for option in ("time", "group"):
        if getattr(options, option) is not None and getattr(options, f"no_{option}"):
            raise AdoptionError(f"--{option} and --no-{option} contradict each other: leave one of them out.")


def _told_apart(rows: Rows, column: Column, most: int) -> Column:
    """A column with many values that recur is a category, if a template tells `most` of them apart."""
    many = column.kind == "text" or (column.kind == "categorical" and column.distinct > most)
    if not (most and many) or column.distinct > rows.count() // 4:
        return column
    note = f"has {column.distinct:,} values: the {most} most frequent are told apart, and the others count as one"
    return replace(column, kind="categorical", note=note)


def _drawn(
    rows: Rows, target: Target, inputs: list[Column], group: Column | None, options: Options, notes: list[str]
) -> tuple[Column | None, int]:
    """The column of what stays together where chance divides the rows, and the folds that this allows."""
    folds, problem = dividing.by_chance(rows, target, inputs, group)
    if problem and group is not None and options.group is None:
        notes.append(f"rows with the same {shown(group.name)} may be in both training and test: there are {problem}")
        return _drawn(rows, target, inputs, None, options, notes)
    if problem:
        raise AdoptionError(f"This table cannot be used: there are {problem}.")
    return group, folds


def _group(rows: Rows, found: dict[str, Column], options: Options, notes: list[str], *, by_time: bool) -> Column | None:
    """The column of what recurs; in `found`, it and all other columns that name things become useless."""
    wanted = options.group
    named = {name: one for name, one in found.items() if name == wanted or identifiers.identifies(name, one)}
    reasons = {name: identifiers.REASON if name != wanted else "names things, as you say" for name in named}
    found |= {name: replace(one, kind="useless", note=reasons[name]) for name, one in named.items()}
    if wanted is not None:
        count, known = rows.one(f"count(*), count({named[wanted].cells})")
        if known < count:
            raise AdoptionError(
                f"{shown(wanted)} is empty in {count - known:,} of {count:,} rows, so it cannot group them: remove "
                "those rows or leave --group out."
            )
    chosen = None if options.no_group else identifiers.group(rows, named, wanted, notes, by_time=by_time)
    return None if chosen is None else found[chosen]


def divided(
    rows: Rows,
    found: Mapping[str, Column],
    target: Target,
    notes: list[str],
    kinds: Collection[str],
    row: str,
    *,
    alone: bool,
) -> tuple[dict[str, Column], dict[str, float], dict[str, str]]:
    """The columns that can be inputs with how well each tells the target, and the reason for each of the others."""
    inputs: dict[str, Column] = {}
    scores: dict[str, float] = {}
    dropped: dict[str, str] = {}
    predicted = shown(target.column.name)
    judge = leakage.Judge(rows.drawn(leakage.SAMPLE), target.outcomes(), bool(target.classes))
    for name, column in found.items():
        if column.kind not in kinds:
            dropped[name] = column.note
            continue
        verdict = judge.column(column.value)
        told = f"{verdict.where} ({verdict.score:.3f} of 1)"
        leak = f"predicts {predicted} almost by itself{told}, as if it were known only afterwards"
        if verdict.score > leakage.TOO_GOOD:
            dropped[name] = leak
            continue
        inputs[name], scores[name] = column, verdict.score
        suspicious = verdict.score > leakage.SUSPICIOUS
        leak = leak if suspicious else _told_class(target, verdict.classes)
        notes += [f"{shown(name)} {words}" for words in _remarks(rows, column, leak, row)]
    if not inputs and alone and (free := [one for one in found.values() if one.kind == "text"]):
        longest = max(free, key=lambda one: rows.one(f"sum(length({one.cells}))")[0])
        inputs[longest.name], scores[longest.name] = longest, 0.5
        del dropped[longest.name]
    return inputs, scores, dropped


def _told_class(target: Target, told: Sequence[float]) -> str:
    """The question on an input that tells one of several classes from all others; "" if it tells none."""
    best = max(told)
    if target.task != "several" or best <= leakage.TOO_GOOD:
        return ""
    told_class = shown(list(target.classes)[told.index(best)])
    return f"tells {told_class} from all others almost by itself ({best:.3f} of 1): is it known beforehand?"


def _remarks(rows: Rows, column: Column, leak: str, row: str) -> list[str]:
    count, known = rows.one(f"count(*), count({column.cells})")
    remarks = {
        column.note: True,
        "is empty in more than half of the rows, and kept": known < count / 2,
        leak: True,
        identifiers.PEOPLE: identifiers.may_be_of_people(column.name, row),
    }
    return [words for words, true in remarks.items() if words and true]


def slices_of(inputs: Iterable[Column], row: str, most: int = MOST_SLICES) -> list[str]:
    """The inputs by whose values rows are compared: all that may be about people, and some with few values."""
    known = [one for one in inputs if one.kind != "text"]
    few = [one.name for one in known if one.kind == "categorical" and 2 <= one.distinct <= 6]
    first = [one.name for one in known if identifiers.may_be_of_people(one.name, row)]
    return list(dict.fromkeys([*first, *few]))[: max(most, len(first))]
