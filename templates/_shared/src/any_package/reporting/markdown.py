"""Write numbers, tables and foreign text as Markdown."""

import math
from collections.abc import Sequence

from .metrics import Interval

# What can be markup inside a line: < begins a tag, & an entity.
MARKUP = str.maketrans({"&": "&amp;", "<": "&lt;", **{mark: f"\\{mark}" for mark in r"\`*_~|[]"}})


def number(value: float, like: float | None = None) -> str:
    """Format a number with as many decimals as suit it, or as suit `like`, so that numbers in one line agree.

    Three significant digits are shown, with at least 1 decimal and at most 6; of a whole number (`int`), all digits.
    """
    if isinstance(value, int):
        return f"{value:,}"
    shown = abs(value if like is None else like)
    size = math.floor(math.log10(shown)) if shown else 0
    decimals = min(6, max(1, 2 - size if size < 0 else 3 - size))
    return f"{value:.{decimals}f}"


def estimate(value: float, ci95: Interval | None, like: float | None = None) -> str:
    """A number and its interval: `0.851 [0.832, 0.872]`."""
    like = value if like is None else like
    interval = f" [{number(ci95[0], like)}, {number(ci95[1], like)}]" if ci95 else ""
    return number(value, like) + interval


def table(headers: Sequence[str], rows: Sequence[Sequence[object]], left: int = 1) -> str:
    """A table; the first `left` columns and those with words are aligned left, the others right.

    Headers and cells are Markdown, in which `cell` has escaped all foreign text.
    """
    marks = [
        ":---" if column < left or any(str(row[column])[:1].isalpha() for row in rows) else "---:"
        for column in range(len(headers))
    ]
    return "\n".join(f"| {' | '.join(map(str, line))} |" for line in (headers, marks, *rows))


def cell(value: object) -> str:
    """Foreign text as Markdown that shows it as it is, in one line: in it is no markup, HTML, link or end of a cell."""
    return " ".join(str(value).split()).translate(MARKUP)


def code(text: str) -> str:
    """Foreign text in code font, or in quotation marks if it cannot be."""
    line = " ".join(text.split())
    return f"`{text}`" if text == line != "" and {*"`|<"}.isdisjoint(text) else f"“{cell(text)}”"
