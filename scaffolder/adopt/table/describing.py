"""The facts of a table, in the forms in which the texts of a template take them; table.py lists them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from hashlib import sha256
from typing import Any

from scaffolder.adopt.literals import code, number, plain, python, toml
from scaffolder.adopt.table import datafile
from scaffolder.adopt.table.columns import Column
from scaffolder.adopt.table.datafile import DataFile
from scaffolder.adopt.table.proposal import Proposal
from scaffolder.errors import shown

_MOST_VALUES = 6
_LONGEST = 60  # characters of a value in the list of columns


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
        "cuts": datafile.quarters(proposal, best),
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
        yield f"| {code(name)} | {kinds.get(name, column.kind)} | {empty:,} | {_values(proposal, column)} |"


def _values(proposal: Proposal, column: Column) -> str:
    """All values if they are few, or the first and the last; of texts and of what names things, how many there are."""
    [different] = proposal.rows.one(f"count(DISTINCT {column.value})")
    if column.kind == "text" or column.name == proposal.group:
        return f"{different:,} different"
    if different <= _MOST_VALUES:
        return ", ".join(code(_short(cell)) for cell in _few(proposal, column))
    ends = (f"arg_{end}({column.cells}, row({column.value}, {column.cells}))" for end in ("min", "max"))
    first, last = proposal.rows.one(", ".join(ends))
    return f"{code(_short(first))} to {code(_short(last))}"


def _few(proposal: Proposal, column: Column) -> list[str]:
    known = proposal.rows.only(f"{column.cells} IS NOT NULL")
    return [cell for cell, _ in known.all(f"min({column.cells}), {column.value} AS v", "GROUP BY v ORDER BY v")]


def _short(cell: str) -> str:
    return cell if len(cell) <= _LONGEST else cell[: _LONGEST - 1] + "…"
