"""Which columns of the owner's rows can be inputs of a model, and what is said of each."""

from __future__ import annotations

from dataclasses import dataclass

from scaffolder.adopt.literals import plain, sql, toml
from scaffolder.adopt.outcomes.joining import Joined, Part, Roles
from scaffolder.adopt.table import columns, identifiers, leakage
from scaffolder.adopt.table.columns import Column
from scaffolder.adopt.table.rows import Rows

_GAP = "missing"  # in place of an empty cell, in a column of categories
_SHOWN, _LONGEST = 6, 60  # categories, and characters of one


@dataclass(frozen=True)
class Input:
    """An input: SQL of its cells as the data file has them, and what settings and documents say of it.

    `groups` is the number of its categories, or of its different numbers.
    """

    name: str
    kind: str
    cells: str
    example: str  # in TOML
    empty: int
    values: str  # in Markdown
    groups: int


@dataclass(frozen=True)
class Chosen:
    """The inputs; why each of the other columns is none; and how cells were read, for the owner to look at."""

    inputs: tuple[Input, ...]
    dropped: dict[str, str]
    hints: tuple[str, ...]


def choose(joined: Joined, part: Part, roles: Roles, train_to: str) -> Chosen:
    """Tell which columns can be inputs; `train_to` is the last day of the training period."""
    others = {name: cells for name, cells in part.cells.items() if name not in roles.names}
    surveys = {name: columns.survey(joined.rows, cells) for name, cells in others.items()}
    commas = columns.has_decimal_commas(list(surveys.values()), semicolons="semicolons" in part.table.form)
    trained = joined.rows.only(f"made <= CAST({sql(train_to)} AS DATE)")
    judge = leakage.Judge(joined.rows.drawn(leakage.SAMPLE), ["outcome"], classes=True)
    found, dropped, hints = list[Input](), dict[str, str](), list[str]()
    for name, cells in others.items():
        column = columns.read(joined.rows, name, cells, surveys[name], commas=commas)
        why = _useless(column, joined.rows, trained)
        told = 0.0 if why else judge.column(column.value).score
        leak = f"predicts {roles.target} almost by itself ({told:.3f} of 1), as if it were known only with the outcome"
        if why or told > leakage.TOO_GOOD:
            dropped[name] = why or leak
            continue
        found.append((_numeric if column.kind == "numeric" else _categorical)(column, joined.rows))
        told_of = (column.note, column.hint, leak if told > leakage.SUSPICIOUS else "")
        hints += [f"{name} {text}." for text in told_of if text]
    return Chosen(tuple(found), dropped, tuple(hints))


def _useless(column: Column, rows: Rows, trained: Rows) -> str:
    """Why the column is no input; "" if it is one."""
    if identifiers.identifies(column.name, column):
        return identifiers.REASON
    if column.kind not in ("numeric", "categorical"):
        return column.note
    different, gaps = trained.one(f"count(DISTINCT {column.cells}), count(*) - count({column.cells})")
    if different + bool(gaps) < 2:
        return "is the same in each row of the training period"
    if column.kind == "numeric" and not gaps and rows.one(f"count(*) - count({column.cells})") != (0,):
        return "is empty only after the training period"
    return ""


def _numeric(column: Column, rows: Rows) -> Input:
    value = column.value
    usual, least, most, empty = rows.one(f"median({value}), min({value}), max({value}), count(*) - count({value})")
    cells = f"coalesce({column.cells}, '')"
    return Input(column.name, "numeric", cells, f"{usual:.4g}", empty, f"{least:.4g} to {most:.4g}", column.distinct)


def _categorical(column: Column, rows: Rows) -> Input:
    cells = f"coalesce({column.cells}, {sql(_GAP)})"
    found = [value for value, _ in rows.all(f"{cells}, count(*) AS n", "GROUP BY 1 ORDER BY n DESC, 1")]
    texts = [text if len(text) <= _LONGEST else f"{text[: _LONGEST - 1]}…" for text in found[:_SHOWN]]
    shown = ", ".join(map(plain, texts)) + (", ..." if len(found) > _SHOWN else "")
    return Input(column.name, "categorical", cells, toml(found[0]), 0, shown, len(found))
