"""A small repository of a stranger, and what `check` finds in it."""

from __future__ import annotations

from synthetic import repository

from scaffolder.check.items import BY_ID
from scaffolder.results.finding import Finding, State

PROSE = "The shop in Porto loses nine of a hundred orders, and nobody there knows which ones before the van is gone."
FILES = {"README.md": "# Vans\n\nIt sorts vans.\n", "main.py": "print(1)\n"}


def of(item: str, files: dict[str, str | bytes]) -> Finding:
    return BY_ID[item].finding(repository({**FILES, **files}))


def place(item: str, files: dict[str, str | bytes]) -> tuple[State, str]:
    found = of(item, files)
    where = found.evidence[0] if found.evidence else None
    return found.state, (f"{where.path}:{where.line}" if where.line else where.path) if where else ""
