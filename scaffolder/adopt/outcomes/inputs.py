"""Which columns of the owner's rows can be inputs of a model, and what is said of each."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import NamedTuple

from scaffolder.adopt.literals import sql, toml
from scaffolder.adopt.outcomes.joining import Joined, Part, Roles
from scaffolder.adopt.table import columns, identifiers, proposal
from scaffolder.adopt.table.columns import Column
from scaffolder.adopt.table.describing import values_of
from scaffolder.adopt.table.rows import Rows
from scaffolder.adopt.table.targets import Target
from scaffolder.errors import shown

_GAP = "missing"  # in place of an empty cell, in a column of categories
_INPUTS = {"numeric", "categorical"}


class Chosen(NamedTuple):
    """The inputs; why each of the other columns is none; and what the owner should look at."""

    inputs: Mapping[str, Column]
    dropped: Mapping[str, str]
    hints: list[str]


def choose(joined: Joined, part: Part, roles: Roles, train_to: str, row: str) -> Chosen:
    """Tell which columns can be inputs; `train_to` is the last day of the training period, one row is about a `row`."""
    others = {name: cells for name, cells in part.cells.items() if name not in roles.names}
    surveys = {name: columns.survey(joined.rows, cells) for name, cells in others.items()}
    commas = columns.has_decimal_commas(list(surveys.values()), semicolons="semicolons" in part.table.form)
    trained = joined.rows.only(f"made <= CAST({sql(train_to)} AS DATE)")
    read = (columns.read(joined.rows, name, others[name], surveys[name], commas=commas) for name in others)
    usable = {column.name: _without_gaps(column, joined.rows, trained) for column in read}
    target, notes = Target(Column(roles.target, "categorical", "outcome"), {"1": 0, "0": 0}, "1"), list[str]()
    inputs, _, dropped = proposal.divided(joined.rows, usable, target, notes, _INPUTS, row, {}, alone=False)
    hints = [f"{shown(name)} {column.hint}" for name, column in inputs.items() if column.hint]
    return Chosen(inputs, dropped, [f"{said}." for said in (*notes, *hints)])


def _without_gaps(column: Column, rows: Rows, trained: Rows) -> Column:
    """The column as an input, where a missing category is one, too; of kind "useless" if it cannot be one."""
    if identifiers.identifies(column.name, column):
        return replace(column, kind="useless", note=identifiers.REASON)
    if column.kind not in _INPUTS:
        return column
    different, gaps = trained.one(f"count(DISTINCT {column.cells}), count(*) - count({column.cells})")
    if different + bool(gaps) < 2:
        return replace(column, kind="useless", note="is the same in each row of the training period")
    if column.kind == "categorical":
        return replace(column, cells=f"coalesce({column.cells}, {sql(_GAP)})")
    if not gaps and rows.one(f"count(*) - count({column.cells})") != (0,):
        return replace(column, kind="useless", note="is empty only after the training period")
    return column


def described(column: Column, rows: Rows) -> dict[str, str]:
    """The facts of an input; its example is the median, or the most frequent category."""
    empty, usual = rows.one(f"count(*) - count({column.cells}), mode({column.cells})")
    if column.kind == "numeric":
        [usual] = rows.one(f"median({column.value})")
    return {
        "name": column.name,
        "kind": column.kind,
        "example_toml": f"{usual:.4g}" if column.kind == "numeric" else toml(usual),
        "empty": f"{empty:,}",
        "values_md": values_of(rows, column),
    }
