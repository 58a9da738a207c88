"""The kind `outcomes`: rows whose outcome becomes known some days after they were made.

The owner's rows and outcomes become two files, and the facts for the texts of a project.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import date, timedelta
from hashlib import sha256
from pathlib import Path
from typing import Any

from scaffolder.adopt import reading
from scaffolder.adopt.kind import About, Adoption, AdoptionError, Kind, Options
from scaffolder.adopt.literals import plain, toml
from scaffolder.adopt.outcomes import schedule
from scaffolder.adopt.outcomes.inputs import Chosen, choose, described
from scaffolder.adopt.outcomes.joining import Joined, Part, Roles, join
from scaffolder.adopt.packing import packed_table, sums
from scaffolder.adopt.table.proposal import slices_of
from scaffolder.adopt.table.rows import Rows
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
        chosen = choose(joined, rows, roles, plan["train_to"], about["row"])
        if not chosen.inputs:
            raise AdoptionError(f"No column of {shown(source, 200)} is left that could be an input.")
        files = _files(joined, roles, chosen)
        facts = {**about, **plan, **_named(roles), **_of_files(files), **_of_inputs(chosen, joined.rows, about["row"])}
        summary = _summary(joined, roles, plan)
    facts |= {
        "summary_md": plain(summary),
        "source_md": plain(" and ".join(dict.fromkeys((rows.path.name, labels.path.name)))),
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
    if len(set(roles.names)) < len(roles.names):
        raise AdoptionError("--id, --time, --known and --target must name four different columns.")
    return rows, labels, roles


def _files(joined: Joined, roles: Roles, chosen: Chosen) -> dict[str, File]:
    """The two files of data/, and the list of their hashes."""
    names = (roles.id or _NUMBER, roles.time, *chosen.inputs)
    cells = ", ".join(["id", "made", *(one.cells for one in chosen.inputs.values())])
    tables = {
        _ROWS: packed_table(names, joined.rows.each(cells)),
        _OUTCOMES: packed_table((names[0], roles.known, roles.target), joined.known.each("id, known, outcome")),
    }
    tables[_SUMS] = sums(tables, "data")
    return {path: File(data) for path, data in tables.items()}


def _named(roles: Roles) -> dict[str, str]:
    return {"id": roles.id or _NUMBER, "time": roles.time, "known": roles.known, "target": roles.target}


def _of_files(files: Mapping[str, File]) -> dict[str, Any]:
    hashes = files[_SUMS].data
    return {
        "sha256": sha256(hashes).hexdigest(),
        "sums": [dict(zip(("sha256", "file"), line.split(), strict=True)) for line in hashes.decode().splitlines()],
    }


def _of_inputs(chosen: Chosen, rows: Rows, row: str) -> dict[str, Any]:
    few = [column for column in chosen.inputs.values() if column.distinct <= _MOST_GROUPS]
    return {
        "inputs": [described(column, rows) for column in chosen.inputs.values()],
        "slices_toml": toml(slices_of(few, row, _MOST_SLICES)),
        "dropped_md": [plain(f"{name} {why}.") for name, why in chosen.dropped.items()],
    }


def _summary(joined: Joined, roles: Roles, plan: Mapping[str, Any]) -> str:
    count, share, first, last = joined.rows.one("count(*), avg(outcome), min(known), max(known)")
    left = f" Rows without an outcome are left out: {joined.without:,}." if joined.without else ""
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
