"""What a document claims to have measured, and whether the reports say the same.

A number is bound to a metric and to a model, slice or gate by the row and the column of its table, or by the
words around it in its sentence; then it is compared at the digits it is printed with.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property, lru_cache

from scaffolder.check.numbers.metrics import Entry, Metrics
from scaffolder.check.readers.markdown import Document
from scaffolder.check.readers.markdown_inline import plain
from scaffolder.check.readers.numbers import Bag, Number, agrees

MOST_CLAIMS = 2_000
NOTHING = Bag()

_NO_LABEL = re.compile(r"[^\w%]+|_")
_SERVED = re.compile(
    r"\b(?:served|ours?|this model|the model|final|champion|all|overall|total|whole|value|score|result|"
    r"measured|observed)\b"
)


class Outcome(StrEnum):
    """What comparing a claim with the reports gave."""

    EQUAL = "equal"
    DIFFERS = "differs"
    UNMEASURED = "unmeasured"  # nobody measured this metric at all


@dataclass(frozen=True)
class Claim:
    """A printed number that says what a metric is, and what was found of it in the reports."""

    metric: str
    shown: str
    line: int
    outcome: Outcome
    expected: str = ""
    entry: Entry | None = None

    def __str__(self) -> str:
        if self.outcome is Outcome.UNMEASURED:
            return f"{self.metric} {self.shown} is claimed, and nobody measured it"
        if self.outcome is Outcome.DIFFERS:
            return f"{self.metric} {self.shown} is claimed, and {self.expected} was measured"
        return f"{self.metric} {self.shown} = {self.expected}"


class Scope:
    """What a number may stand for: the entries it could be of, and further numbers that it may equal."""

    def __init__(self, entries: Iterable[Entry] = (), numbers: Bag = NOTHING) -> None:
        self.entries = tuple(entries)
        self.numbers = numbers

    def judge(self, metric: str, number: Number, line: int, interval: Iterable[Number] = ()) -> Claim:
        """Compare the number, and the interval printed with it."""
        bounds = tuple(interval)
        shown = number.text.strip() + (f" [{', '.join(bound.text.strip() for bound in bounds)}]" if bounds else "")
        for entry in self.entries:
            if agrees(number, entry.value) and _same_interval(bounds, entry, self.numbers):
                return Claim(metric, shown, line, Outcome.EQUAL, str(entry), entry)
        if all(self.numbers.holds(each) for each in (number, *bounds)):
            return Claim(metric, shown, line, Outcome.EQUAL, "a number of the reports")
        if not self.entries:
            outcome = Outcome.DIFFERS if self.numbers else Outcome.UNMEASURED
            return Claim(metric, shown, line, outcome, "nothing like it" if self.numbers else "")
        return Claim(metric, shown, line, Outcome.DIFFERS, _expected(self.entries, bool(bounds)))

    def differs(self, metric: str, number: Number, line: int) -> Claim:
        """The claim that is false although it may agree at the printed precision, as "above 0.9" of 0.86."""
        return Claim(metric, number.text.strip(), line, Outcome.DIFFERS, _expected(self.entries, False))

    def holds(self, sign: int, number: Number) -> bool:
        """Whether some entry lies above (`sign` 1) or below (-1) the number."""
        limit = number.value / 100 if number.percent else number.value
        return any((entry.value - limit) * sign >= 0 for entry in self.entries)


def _same_interval(bounds: tuple[Number, ...], entry: Entry, numbers: Bag) -> bool:
    if not bounds:
        return True
    if entry.ci95 and len(bounds) == 2:
        return all(agrees(bound, value) for bound, value in zip(bounds, entry.ci95, strict=True))
    return all(numbers.holds(bound) for bound in bounds)


def _expected(entries: tuple[Entry, ...], with_interval: bool) -> str:
    few = []
    for entry in entries[:3]:
        low_high = entry.ci95 if with_interval else None
        few.append(f"{entry} [{low_high[0]}, {low_high[1]}]" if low_high else str(entry))
    return " or ".join(few)


class Labels:
    """Finds the models and slices that a text names."""

    def __init__(self, metrics: Metrics) -> None:
        self.metrics = metrics

    @cached_property
    def _by_label(self) -> dict[str, list[Entry]]:
        found: dict[str, list[Entry]] = {}
        for entry in (*self.metrics.baselines, *self.metrics.slices):
            found.setdefault(label(entry.label), []).append(entry)
        found.pop("", None)
        for entry in self.metrics.scores:
            found.setdefault(label(self.metrics.model) or "served", []).append(entry)
        return found

    @cached_property
    def _values(self) -> dict[str, str]:
        """'month to month' -> 'contract month to month', where only one slice has that value."""
        found: dict[str, list[str]] = {}
        for entry in self.metrics.slices:
            value = label(re.split(r"\s(?:=|is|:)\s|=|:", entry.label, maxsplit=1)[-1])
            if len(value) > 3 and not value.isdigit():
                found.setdefault(value, []).append(label(entry.label))
        return {value: names[0] for value, names in found.items() if len(set(names)) == 1}

    def of_cell(self, text: str) -> list[Entry] | None:
        """The entries of the model or slice that a table's label names, whatever the metric."""
        wanted = label(text)
        if not wanted:
            return None
        if wanted in self._by_label:
            return self._by_label[wanted]
        if wanted in self._values:
            return self._by_label[self._values[wanted]]
        names = [name for name in self._by_label if len(name) > 3 and (f" {name} " in f" {wanted} ")]
        if names:
            return self._by_label[max(names, key=len)]
        return list(self.metrics.scores) if _SERVED.search(wanted) else None

    @cached_property
    def _spelled(self) -> re.Pattern[str] | None:
        names = sorted({*self._by_label, *self._values}, key=len, reverse=True)[:500]
        words = [r"[\W_]+".join(map(re.escape, name.split())) for name in names if len(name) > 2]
        return re.compile(rf"(?<!\w)(?:{'|'.join(words)})(?!\w)", re.IGNORECASE) if words else None

    def in_text(self, text: str) -> Iterator[tuple[int, int, list[Entry]]]:
        """Where models and slices are named in `text`, and their entries."""
        for found in self._spelled.finditer(text) if self._spelled else ():
            name = label(found[0])
            entries = self._by_label.get(self._values.get(name, name))
            if entries:
                yield found.start(), found.end(), entries


@lru_cache(maxsize=4096)
def label(text: str) -> str:
    """'**HistGradientBoosting** (served)' -> 'histgradientboosting', 'contract = One year' -> 'contract one year'."""
    bare = re.sub(r"\([^()]*\)", " ", plain(text)) if "(" in text else plain(text)
    return " ".join(_NO_LABEL.sub(" ", bare.casefold()).split())


def claims(readme: Document | None, metrics: Metrics | None) -> tuple[Claim, ...]:
    """The claims of the README; of one without reports, those on well-known metrics."""
    return claims_of(readme, metrics) if readme else ()


def claims_of(document: Document, metrics: Metrics | None) -> tuple[Claim, ...]:
    """The claims of a document, table by table and sentence by sentence, in order of their lines."""
    from itertools import chain, islice

    from scaffolder.check.numbers.claims_prose import Prose
    from scaffolder.check.numbers.claims_tables import Tables

    measured = metrics or Metrics(path="")
    labels = Labels(measured)
    found = chain(Tables(measured, labels).claims(document), Prose(measured, labels).claims(document))
    return tuple(sorted(islice(found, MOST_CLAIMS), key=lambda claim: claim.line))
