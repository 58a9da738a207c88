"""The data file of a table, and the facts in the forms in which the texts of a template take them.

The file is written row by row, not in memory, with the same bytes each time. `table_kind` lists the facts.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path
from typing import Any

from scaffolder.adopt.literals import code, number, plain, python, sql, toml
from scaffolder.adopt.packing import packed_table
from scaffolder.adopt.reading import free
from scaffolder.adopt.table.columns import Column
from scaffolder.adopt.table.proposal import Proposal
from scaffolder.adopt.table.rows import Rows
from scaffolder.errors import shown

_QUARTERS = (0.25, 0.5, 0.75)
_FEW = 6  # different numbers, such as 0 and 1: each is a group of its own
_MOST_VALUES = 6
_LONGEST = 60  # characters of a value in the list of columns


@dataclass(frozen=True)
class DataFile:
    """The path and the columns. `id`, which comes first, numbers the rows; `bands` are by the name of their number."""

    path: str
    columns: Mapping[str, Column]
    id: str = ""
    bands: Mapping[str, str] = field(default_factory=dict)


def planned(proposal: Proposal, source: Path, contract: Mapping[str, Any]) -> DataFile:
    """The file for the columns of a proposal, called after the owner's, with those that the contract adds."""
    stem = re.sub(r"[^a-z0-9]+", "_", source.name.partition(".")[0].lower())[:80].strip("_") or "table"
    taken = set(proposal.columns)
    id = free(str(contract["ids"]), taken) if contract.get("ids") else ""
    bands = {}
    for name in proposal.slices if contract.get("bands") else ():
        if proposal.inputs[name].kind == "numeric" and proposal.inputs[name].distinct > _FEW:
            bands[name] = _banded(proposal, proposal.inputs[name], free(f"{name} (band)", taken | {id}))
    made = {band.name: band for band in bands.values()}
    return DataFile(
        f"data/{stem}.csv.gz", {**proposal.columns, **made}, id, {name: band.name for name, band in bands.items()}
    )


def quarters(proposal: Proposal, column: Column) -> list[float]:
    """The quartiles of a number, in few digits; none of a category."""
    if column.kind != "numeric":
        return []
    [cuts] = proposal.rows.one(f"quantile_cont({column.value}, {list(_QUARTERS)})")
    return sorted({float(f"{cut:.4g}") for cut in cuts})


def packed(proposal: Proposal, file: DataFile) -> bytes:
    """The content of the file.

    Raises:
        AdoptionError: it is too large for a forge.
    """
    rows = proposal.rows.each(", ".join(column.cells for column in file.columns.values()))
    if not file.id:
        return packed_table(file.columns, rows)
    width = len(str(proposal.count))
    numbered = ([f"{number:0{width}}", *row] for number, row in enumerate(rows, 1))
    return packed_table([file.id, *file.columns], numbered)


def _banded(proposal: Proposal, number: Column, name: str) -> Column:
    cuts = quarters(proposal, number)
    labels = [f"up to {cuts[0]:g}", *(f"over {low:g} up to {high:g}" for low, high in itertools.pairwise(cuts))]
    upto = " ".join(
        f"WHEN {number.value} <= {cut!r} THEN {sql(label)}" for cut, label in zip(cuts, labels, strict=True)
    )
    missing = f"WHEN {number.cells} IS NULL THEN NULL"
    return Column(name, "group", f"CASE {missing} {upto} ELSE {sql(f'over {cuts[-1]:g}')} END")


def facts(proposal: Proposal, file: DataFile, packed: bytes, costs: Mapping[str, str]) -> dict[str, Any]:
    """All facts but the owner's words."""
    best = proposal.inputs[max(proposal.scores, key=lambda name: proposal.scores[name])]
    groups = [file.bands.get(name, name) for name in proposal.slices]
    people = [file.bands.get(name, name) for name in proposal.people]
    return {
        "name": file.path.removeprefix("data/").removesuffix(".csv.gz"),
        "file": file.path,
        "sha256": sha256(packed).hexdigest(),
        "rows": proposal.count,
        "rows_text": f"{proposal.count:,}",
        **_target(proposal),
        **_order(proposal),
        "folds": proposal.folds,
        "id_toml": toml(file.id) if file.id else "",
        "columns_toml": [f"{toml(name, key=True)} = {_input(one)}" for name, one in proposal.inputs.items()],
        "numbers_py": [python(name) for name, one in proposal.inputs.items() if one.kind == "numeric"],
        "categories_py": [python(name) for name, one in proposal.inputs.items() if one.kind == "categorical"],
        "inputs_text": f"{len(proposal.inputs):,}",
        "free_text": any(one.kind == "text" for one in proposal.inputs.values()),
        "slices_toml": toml(groups) if groups else "",
        "people_toml": toml(people) if people else "",
        "suspected_toml": toml(suspected) if (suspected := proposal.suspected) else "",
        "unsettled_toml": [toml(warning) for warning in proposal.warnings],
        **_costs(proposal, costs),
        "best_toml": toml(best.name),
        "best_md": code(best.name),
        "best_py": python(best.name),
        "cuts": quarters(proposal, best),
        "about_md": " ".join(map(plain, sentences(proposal))),
        "columns_md": list(_columns(proposal, file)),
        "left_out_md": [plain(f"{shown(name)} {reason}") for name, reason in proposal.dropped.items()],
        "to_look_at_md": [plain(warning) for warning in proposal.warnings],
    }


def sentences(proposal: Proposal) -> list[str]:
    """Sentences on what a person should know of the rows first."""
    target = proposal.target
    name = shown(target.column.name)
    if target.positive is not None:
        found = f"{name} is {shown(target.positive)} in {target.mean:.1%} of them; that is the class to find."
    elif target.classes:
        shares = (f"{shown(value)} in {rows / proposal.count:.1%}" for value, rows in target.classes.items())
        found = f"{name} is {', '.join(shares)} of them."
    else:
        found = f"{name} is {target.bounds[0]} to {target.bounds[1]}, {number(target.mean)} on average."
    order = "No column orders the rows, so they are divided by chance into training, validation and test rows."
    if proposal.time is not None:
        first, last = _ends(proposal, proposal.columns[proposal.time])
        order = f"The rows are ordered by {shown(proposal.time)} ({first} to {last}); the latest rows are the test set."
    told = [f"{proposal.count:,} rows.", found, order]
    if proposal.group is not None:
        stay = "stay in one part" if proposal.time is None else "may come before and after each other"
        same = f"Rows with the same {shown(proposal.group)} ({_groups(proposal, proposal.group):,} different ones)"
        told.append(f"{same} may depend on each other: they {stay}, and intervals draw them together.")
    return told


def _input(column: Column) -> str:
    kind = f'"{column.kind}"'
    return f"{{ kind = {kind}, description = {toml(column.meaning)} }}" if column.meaning else kind


def _target(proposal: Proposal) -> dict[str, Any]:
    target = proposal.target
    classes = list(target.classes)
    if target.positive is not None:
        classes.sort(key=target.positive.__eq__)
    return {
        "task": target.task,
        "target_toml": toml(target.column.name),
        "target_md": code(target.column.name),
        "classes_toml": toml(classes),
        "positive_toml": "" if target.positive is None else toml(target.positive),
        "positive_md": "" if target.positive is None else code(target.positive),
        "share_text": "" if target.positive is None else f"{target.mean:.1%}",
        "frequent_share": max(target.classes.values()) / proposal.count if classes else 0,
        "least": target.bounds[0],
        "most": target.bounds[1],
        "mean": "" if classes else number(target.mean),
    }


def _order(proposal: Proposal) -> dict[str, str]:
    time, group = proposal.time, proposal.group
    first, last = ("", "") if time is None else _ends(proposal, proposal.columns[time])
    return {
        "time_toml": "" if time is None else toml(time),
        "time_md": "" if time is None else code(time),
        "first": first,
        "last": last,
        "group_toml": "" if group is None else toml(group),
        "group_md": "" if group is None else code(group),
        "groups_text": "" if group is None else f"{_groups(proposal, group):,}",
    }


def _costs(proposal: Proposal, given: Mapping[str, str]) -> dict[str, Any]:
    """By the class shares, a miss costs as many false alarms as there are others for each row of the class."""
    share = proposal.target.mean if proposal.target.positive is not None else 0.5
    weight = max(1, round(1 / share - 1))
    alarm = given.get("false_alarm", "1")
    miss = given.get("miss", f"{weight * float(alarm):g}")
    return {"miss": miss, "false_alarm": alarm, "weight": weight, "costs_given": len(given) == 2}


def _ends(proposal: Proposal, column: Column) -> tuple[str, str]:
    first, last = proposal.rows.one(f"min({column.cells}), max({column.cells})")
    return first, last


def _groups(proposal: Proposal, group: str) -> int:
    return int(proposal.rows.one(f"count(DISTINCT {proposal.columns[group].cells})")[0])


def _columns(proposal: Proposal, file: DataFile) -> Iterable[str]:
    """Lines of a table: the column, its kind, how many cells are empty, and its values."""
    kinds = {proposal.target.column.name: "target", proposal.time: "time"}
    if file.id:
        yield f"| {code(file.id)} | id | 0 | the number of the row |"
    for name, column in file.columns.items():
        [empty] = proposal.rows.one(f"count(*) - count({column.cells})")
        values = values_of(proposal.rows, column, counted=column.kind == "text" or name == proposal.group)
        yield f"| {code(name)} | {kinds.get(name, column.kind)} | {empty:,} | {values} |"


def values_of(rows: Rows, column: Column, *, counted: bool = False) -> str:
    """All values if they are few, or the first and the last, as Markdown; if they are `counted`, how many there are."""
    [different] = rows.one(f"count(DISTINCT {column.value})")
    if counted:
        return f"{different:,} different"
    if different <= _MOST_VALUES:
        known = rows.only(f"{column.cells} IS NOT NULL")
        values = known.all(f"min({column.cells}), {column.value} AS v", "GROUP BY v ORDER BY v")
        return ", ".join(code(_short(cell)) for cell, _ in values)
    ends = (f"arg_{end}({column.cells}, row({column.value}, {column.cells}))" for end in ("min", "max"))
    first, last = rows.one(", ".join(ends))
    return f"{code(_short(first))} to {code(_short(last))}"


def _short(cell: str) -> str:
    return cell if len(cell) <= _LONGEST else cell[: _LONGEST - 1] + "…"
