"""Write numbers and tables as Markdown."""

import math
from collections.abc import Sequence

from .metrics import Interval, Metric


def decimals(value: float) -> int:
    """How many decimals to show: enough for three significant digits, at least 1 and at most 6."""
    size = math.floor(math.log10(abs(value))) if value else 0
    wanted = 3 - size if size >= 0 else max(3, 2 - size)
    return min(6, max(1, wanted))


def number(value: float, like: float | None = None) -> str:
    """Format a number with as many decimals as suit it, or as suit `like`, so that numbers in one line agree."""
    if isinstance(value, int):
        return f"{value:,}"
    return f"{value:.{decimals(value if like is None else like)}f}"


def estimate(value: float, ci95: Interval | None, like: float | None = None) -> str:
    """A number and its interval: `0.851 [0.832, 0.872]`."""
    like = value if like is None else like
    if ci95 is None:
        return number(value, like)
    return f"{number(value, like)} [{number(ci95[0], like)}, {number(ci95[1], like)}]"


def metric_row(name: str, metrics: Sequence[Metric | None], like: float) -> list[str]:
    """A line of a results table: how the metric is called, then one cell for each model."""
    cells = ["" if metric is None else estimate(metric.value, metric.ci95, like) for metric in metrics]
    return [name, *cells]


def table(headers: Sequence[str], rows: Sequence[Sequence[object]], left: int = 1) -> str:
    """A Markdown table; the first `left` columns are aligned left, the others right."""
    marks = [":---" if column < left else "---:" for column in range(len(headers))]
    lines = [[cell(name) for name in headers], marks, *([cell(value) for value in row] for row in rows)]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def cell(value: object) -> str:
    """Text that cannot break out of its table cell, nor become HTML."""
    return " ".join(str(value).replace("|", "\\|").replace("<", "&lt;").split())
