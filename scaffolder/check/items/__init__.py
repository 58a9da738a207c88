"""All items, in the order of a report: the eight of every strong portfolio project, then level by level."""

from __future__ import annotations

from collections.abc import Iterator
from importlib import import_module
from pkgutil import iter_modules

from scaffolder.check.item import Item
from scaffolder.results.finding import Level


def _defined() -> Iterator[type[Item]]:
    """Every `Item` class with an `id` that a module of this package defines."""
    for name in sorted(module.name for module in iter_modules(__path__)):
        for value in vars(import_module(f"{__name__}.{name}")).values():
            is_item = isinstance(value, type) and issubclass(value, Item) and "id" in vars(value)
            if is_item and value.__module__ == f"{__name__}.{name}":
                yield value


EIGHT = (
    *("problem", "architecture", "data-source", "evaluation-metrics"),
    *("deployment", "error-analysis", "limitations", "demo"),
)
"""The essential items, in the order in which the field lists them."""


def _place(item: type[Item]) -> tuple[int, int]:
    return EIGHT.index(item.id) if item.essential else len(EIGHT), list(Level).index(item.level)


ITEMS: tuple[type[Item], ...] = tuple(sorted(_defined(), key=_place))
BY_ID = {item.id: item for item in ITEMS}


def table() -> str:
    """The checklist as a Markdown table, for the documentation; ★ marks the eight."""
    rows = ["| Item | Level | Decided by | What it asks | Source |", "|---|---|---|---|---|"]
    for item in ITEMS:
        star = " ★" if item.essential else ""
        judge = "people" if item.written else "machine"
        cells = (f"`{item.id}`{star}", item.level.title(), judge, item.title(), item.source)
        rows.append("| " + " | ".join(" ".join(cell.split()).replace("|", "\\|") for cell in cells) + " |")
    return "\n".join(rows)
