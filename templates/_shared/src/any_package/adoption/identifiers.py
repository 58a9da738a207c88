"""Columns that name things. A name says nothing about a new row, so it is no input; and rows of one thing are alike."""

import re

from .columns import Column

FEWEST = 50  # things, so that each part of the rows has some
REASON = "identifies things, going by its name, so it is no input"
SOMEBODY = "(user|customer|client|patient|subject|person|participant|respondent|student|employee|household)"
SOMETHING = "(account|order|product|item|store|case|record|row|sample|test|device|session|visit|ticket|invoice)"
NAMES = re.compile(
    rf"(.*_)?(ids?|[pu]id|uuid|guid|identifier|({SOMEBODY}|{SOMETHING})_?(id|key|no|nr|num|number)|e?mail|phone)"
    rf"|(.*_)?(first|last|full|family|user|{SOMEBODY})_?name|name"
)


def identifies(name: str, column: Column) -> bool:
    """Whether the column's own name says that it names things."""
    words = re.sub(r"[\W_]+", "_", re.sub(r"(?<=[a-z])(?=[A-Z])", "_", name)).strip("_").lower()
    numbered = column.kind == "numeric" and column.cells.nunique() > 2  # `patient` as 0 or 1 says yes or no
    return bool(NAMES.fullmatch(words) or (numbered and re.fullmatch(SOMEBODY, words)))


def group(named: dict[str, Column], notes: list[str]) -> str | None:
    """The identifier by which the rows should be divided, if one is in several rows; the one with the fewest values."""
    known = {name: column.cells[column.cells != ""] for name, column in named.items()}
    shared = {name: cells.nunique() for name, cells in known.items() if cells.duplicated().any()}
    whole = [name for name in shared if shared[name] >= FEWEST and len(known[name]) == len(named[name].cells)]
    chosen = min(whole, key=shared.__getitem__, default=None)
    for name in (name for name in shared if name != chosen):
        why = f"they are divided by {chosen!r}" if name in whole else "it has few values, or gaps"
        notes.append(f"rows with the same {name!r} may be in both training and test: {why}")
    return chosen
