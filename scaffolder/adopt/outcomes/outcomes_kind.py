"""The kind `outcomes`: rows whose outcome becomes known some days after they were made.

The owner's rows and outcomes become two files, and the facts for the texts of a project.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import replace
from datetime import date, timedelta
from hashlib import sha256
from pathlib import Path
from typing import Any, NamedTuple

from scaffolder.adopt import reading
from scaffolder.adopt.kind import About, Adoption, AdoptionError, Kind, Options
from scaffolder.adopt.literals import plain, sql, toml
from scaffolder.adopt.outcomes import schedule
from scaffolder.adopt.outcomes.joining import Joined, Part, Roles, join
from scaffolder.adopt.packing import packed_table, sums
from scaffolder.adopt.table import columns, identifiers, proposal
from scaffolder.adopt.table.columns import Column
from scaffolder.adopt.table.describing import values_of
from scaffolder.adopt.table.rows import Rows
from scaffolder.adopt.table.targets import Target
from scaffolder.errors import shown
from scaffolder.template.answers import Data
from scaffolder.tree import File

NEEDED = ("target", "time", "known")
ABOUT: Mapping[str, About] = {
    "row": About("What is one row about? One word, such as parcel", "row"),
    "meaning": About("What does the outcome to find mean? Half a sentence, such as: the parcel comes too late"),
    "actor": About("Who acts on an answer, and what do they do then? Such as: the dispatcher calls the customer"),
    "miss": About("What does it cost to miss one?"),
    "false_alarm": About("What does a false alarm cost?"),
    "source": About("Who collected these rows, when and what for?"),
    "licence": About("Under which licence or permission may you use and publish them?"),
}
_MEANINGS = {
    "target": "the outcome",
    "time": "the day on which a row was made",
    "known": "the day on which its outcome was known",
}
_NUMBER = "number"  # the name of the id, if no column is one
_ROWS, _OUTCOMES, _SUMS = "data/rows.csv.gz", "data/outcomes.csv.gz", "data/SHA256SUMS"
_GAP = "missing"  # in place of an empty cell, in a column of categories
_INPUTS = {"numeric", "categorical"}
_MOST_SLICES, _MOST_GROUPS = 2, 8


def adopt(source: Path, options: Options, contract: Mapping[str, Any]) -> Adoption:
    """Use the owner's rows; their outcomes lie in `source`, too, if there is no second file.

    `taken` in the contract are names that no column may have in the project.

    Raises:
        AdoptionError: the files cannot be used, or an option does not fit them.
    """
    about = {name: (options.about.get(name) or each.default).rstrip(". ") for name, each in ABOUT.items()}
    rows, labels, roles = _parts(source, options, {*contract.get("taken", ()), about["row"]})
    with join(rows, labels, roles, options.positive, options.dates) as joined:
        counted = joined.rows.all("made, known, outcome, count(*)", "GROUP BY ALL")
        plan = schedule.plan({(made, known, outcome): count for made, known, outcome, count in counted})
        chosen = _choose(joined, rows, roles, plan["train_to"], about["row"])
        if not chosen.inputs:
            raise AdoptionError(f"No column of {shown(source, 200)} is left that could be an input.")
        files = _files(joined, roles, chosen)
        facts = {
            **about,
            **plan,
            **roles._asdict(),
            **_of_files(files),
            **_of_inputs(chosen, joined.rows, about["row"]),
        }
        summary = _summary(joined, roles, plan, rows.table.count - joined.rows.count())
    facts |= {
        "summary_md": plain(summary),
        "source_md": plain(" and ".join(dict.fromkeys((rows.path.name, labels.path.name)))),
        "id": roles.id or _NUMBER,
        "positive_md": plain(joined.values[1]),
        "shares_toml": toml(plan["shares"]),
    }
    read = f"{source.name} was read as {rows.table.form}."
    return Adoption(Data("outcomes", facts, files), (read, summary, *_preview(plan, chosen)))


def example(folder: Path, _contract: Mapping[str, Any]) -> tuple[Path, Options]:
    """Rows with their outcomes, written into the folder, with which a template can be tried."""
    source, start = folder / "parcels.csv", date(2024, 1, 1)
    rows = (
        (
            f"P{number}",
            start + timedelta(days=number // 12),
            "NESW"[number % 4],
            number * 7 % 90,
            number % 5 == 0,
            number,
        )
        for number in range(1200)
    )
    lines = (
        f"{name},{day},{area},{weight}.5,{day + timedelta(days=1 + number % 3)},{'yes' if late else 'no'}"
        for name, day, area, weight, late, number in rows
    )
    source.write_text("\n".join(["parcel,sent,area,weight,arrived,late", *lines]) + "\n", encoding="utf-8")
    return source, Options(target="late", time="sent", known="arrived", id="parcel", positive="yes")


def _parts(source: Path, options: Options, taken: Collection[str]) -> tuple[Part, Part, Roles]:
    """The tables of the rows and of the outcomes, and the columns that are no inputs."""
    for name in NEEDED:
        if getattr(options, name) is None:
            raise AdoptionError(f"--{name} must name a column of your data: {_MEANINGS[name]}.")
    if options.outcomes and not options.id:
        raise AdoptionError("--id must name the column that tells which outcome belongs to which row.")
    rows = Part.of(source, reading.read(source), taken)
    labels = Part.of(options.outcomes, reading.read(options.outcomes), taken) if options.outcomes else rows
    roles = Roles(
        rows.find("id", options.id, taken) if options.id else "",
        rows.find("time", str(options.time), taken),
        labels.find("known", str(options.known), taken),
        labels.find("target", str(options.target), taken),
    )
    if options.id:
        labels.find("id", options.id, taken)
    if len(set(roles)) < len(roles):
        raise AdoptionError("--id, --time, --known and --target must name four different columns.")
    return rows, labels, roles


class Chosen(NamedTuple):
    """The inputs; why each of the other columns is none; and what the owner should look at."""

    inputs: Mapping[str, Column]
    dropped: Mapping[str, str]
    hints: list[str]


def _choose(joined: Joined, part: Part, roles: Roles, train_to: str, row: str) -> Chosen:
    """Tell which columns can be inputs; `train_to` is the last day of the training period, one row is about a `row`."""
    others = {name: cells for name, cells in part.cells.items() if name not in roles}
    surveys = {name: columns.survey(joined.rows, cells) for name, cells in others.items()}
    commas = columns.has_decimal_commas(list(surveys.values()), semicolons="semicolons" in part.table.form)
    trained = joined.rows.only(f"made <= CAST({sql(train_to)} AS DATE)")
    read = (columns.read(joined.rows, name, others[name], surveys[name], commas=commas) for name in others)
    usable = {column.name: _without_gaps(column, joined.rows, trained) for column in read}
    target, notes = Target(Column(roles.target, "categorical", "outcome"), {"1": 0, "0": 0}, "1"), list[str]()
    inputs, _, dropped = proposal.divided(joined.rows, usable, target, notes, _INPUTS, row, alone=False)
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


def _described(column: Column, rows: Rows) -> dict[str, str]:
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


def _files(joined: Joined, roles: Roles, chosen: Chosen) -> dict[str, File]:
    """The two files of data/, and the list of their hashes."""
    names = (roles.id or _NUMBER, roles.time, *chosen.inputs)
    cells = ", ".join(["id", "made", *(one.cells for one in chosen.inputs.values())])
    tables = {
        _ROWS: packed_table(names, joined.rows.each(cells)),
        _OUTCOMES: packed_table(
            (names[0], roles.known, roles.target), joined.rows.each("id, known, outcome", "known, id")
        ),
    }
    tables[_SUMS] = sums(tables, "data")
    return {path: File(data) for path, data in tables.items()}


def _of_files(files: Mapping[str, File]) -> dict[str, Any]:
    hashes = files[_SUMS].data
    return {
        "sha256": sha256(hashes).hexdigest(),
        "sums": [dict(zip(("sha256", "file"), line.split(), strict=True)) for line in hashes.decode().splitlines()],
    }


def _of_inputs(chosen: Chosen, rows: Rows, row: str) -> dict[str, Any]:
    few = [column for column in chosen.inputs.values() if column.distinct <= _MOST_GROUPS]
    return {
        "inputs": [_described(column, rows) for column in chosen.inputs.values()],
        "slices_toml": toml(proposal.slices_of(few, row, _MOST_SLICES)),
        "dropped_md": [plain(f"{name} {why}.") for name, why in chosen.dropped.items()],
    }


def _summary(joined: Joined, roles: Roles, plan: Mapping[str, Any], without: int) -> str:
    count, share, first, last = joined.rows.one("count(*), avg(outcome), min(known), max(known)")
    left = f" Rows without an outcome are left out: {without:,}." if without else ""
    return (
        f"{count:,} rows from {plan['first']} to {plan['last']}, with outcomes known from {first} to {last}. "
        f"{roles.target} is {joined.values[1]} in {share:.1%} of them; the probability of that is estimated.{left}"
    )


def _preview(plan: Mapping[str, Any], chosen: Chosen) -> list[str]:
    return [
        f"Training period: {plan['first']} to {plan['train_to']}; reference weeks: {plan['reference_from']} to "
        f"{plan['reference_to']}; replayed until {plan['until']}.",
        "Inputs:",
        *(f"  {one.name} ({one.kind})" for one in chosen.inputs.values()),
        "Left out:" if chosen.dropped else "Every column is used.",
        *(f"  {name} {why}" for name, why in chosen.dropped.items()),
        *chosen.hints,
        "An input must be known when a row is made: leave the columns out of the file that are filled in later.",
    ]


KIND = Kind(
    "rows whose outcome becomes known some days after they were made",
    ABOUT,
    (*NEEDED, "positive", "id", "dates", "outcomes"),
    adopt,
    example,
    NEEDED,
)
