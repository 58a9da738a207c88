"""A measurement of a run, ready to print, beside that of the best simple rule."""

from __future__ import annotations

from decimal import Decimal

from scaffolder.check.readers.metrics import Entry, Metrics
from scaffolder.portfolio.model import Result

LONGEST_LABEL = 80  # characters


def result(measured: Metrics, metric: str) -> Result | None:
    """The measurement of a metric, by its canonical name; None if there is none."""
    entry = measured.score(metric)
    if entry is None:
        return None
    better = max if entry.higher_is_better else min
    rules = [rule for rule in measured.baselines if rule.metric == metric and rule.label]
    rule = better(rules, key=lambda each: each.value) if rules else None
    return Result(
        metric=entry.title[:LONGEST_LABEL],
        value=printed(entry.value),
        interval=" to ".join(map(printed, entry.ci95)) if entry.ci95 else "",
        baseline=printed(rule.value) if rule else "",
        rule=_named(rule) if rule else "",
    )


def printed(value: Decimal) -> str:
    """A number with as many digits as a reader can use: 0.849, 10.01, 1,204."""
    digits = 3 if abs(value) < 10 else 2 if abs(value) < 100 else 0
    return f"{value:,.{digits}f}"


def _named(rule: Entry) -> str:
    return rule.label.replace("&lt;", "<")[:LONGEST_LABEL]
