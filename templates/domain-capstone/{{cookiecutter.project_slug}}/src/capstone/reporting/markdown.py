"""Write numbers and tables as Markdown."""

import math
import re
from collections.abc import Sequence

from .metrics import Interval

ESCAPED = re.compile(r"[\\`*~|]|(?<=\])[(\[]|(?<![^\W_])_|_(?![^\W_])")  # _ inside a word is only itself
EVEN = r"(?<!\\)((?:\\\\)*)"  # backslashes that escape each other, and not what follows


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
    """A Markdown table; the first `left` columns and those with words are aligned left, the others right.

    The cells are Markdown without links; foreign text in them may be marked up, but it does no harm.
    """
    marks = [
        ":---" if column < left or any(str(row[column])[:1].isalpha() for row in rows) else "---:"
        for column in range(len(headers))
    ]
    lines = [[tame(name) for name in headers], marks, *([tame(value) for value in row] for row in rows)]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def cell(value: object) -> str:
    """Foreign text as Markdown that shows it as it is, in a table or elsewhere."""
    return tame(ESCAPED.sub(r"\\\g<0>", str(value)))


def tame(value: object) -> str:
    """Markdown that cannot break out of its table cell, nor become HTML, a link or an image."""
    text = re.sub(f"{EVEN}<", r"\1&lt;", " ".join(str(value).split()))
    return re.sub(EVEN + r"(?=\|)|(?<=\])(?=[(\[])", r"\1\\", text)
