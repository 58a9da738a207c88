"""The data file of a table: CSV, packed, with the same bytes each time. It is written row by row, not in memory."""

from __future__ import annotations

import itertools
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from scaffolder.adopt.literals import sql
from scaffolder.adopt.packing import packed_table
from scaffolder.adopt.reading import free
from scaffolder.adopt.table.columns import Column
from scaffolder.adopt.table.proposal import Proposal

_QUARTERS = (0.25, 0.5, 0.75)
_FEW = 6  # different numbers, such as 0 and 1: each is a group of its own


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
