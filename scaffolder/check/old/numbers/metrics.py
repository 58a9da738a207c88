"""What a run measured: `reports/metrics.json` and the files beside it, as entries that numbers can be compared with."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from functools import cached_property
from typing import Any

from scaffolder.check.engine.finding import FactError
from scaffolder.check.engine.snapshot import Snapshot
from scaffolder.check.numbers.metric_names import canonical, normal
from scaffolder.check.readers.numbers import Bag, decimal

MOST_NUMBERS = 5_000
MAX_DEPTH = 12
_NO_SCORES = frozenset({"importance", "run", "gates"})

Interval = tuple[Decimal, Decimal]


@dataclass(frozen=True)
class Entry:
    """One measured number. `group` is its list in metrics.json, `label` the model or slice that it is of."""

    metric: str  # canonical name
    value: Decimal
    group: str = "metrics"
    label: str = ""
    ci95: Interval | None = None
    split: str = ""
    n: int | None = None

    def __str__(self) -> str:
        return f"{self.value.normalize():f}" + (f" ({self.label})" if self.label else "")


@dataclass(frozen=True)
class Run:
    """Where the numbers come from; what is not recorded, or not of its type, is None."""

    command: str | None = None
    commit: str | None = None
    seed: int | None = None
    data_sha256: str | None = None
    rows: int | None = None


@dataclass(frozen=True)
class Gate:
    """A bound on a metric that the run had to keep."""

    metric: str
    threshold: Decimal
    value: Decimal | None
    passed: bool


@dataclass(frozen=True)
class Metrics:
    """`path` is where it stands; `model` the served model's name, "" where it has none."""

    path: str
    task: str = ""
    model: str = ""
    run: Run = Run()
    scores: tuple[Entry, ...] = ()  # of the served model
    baselines: tuple[Entry, ...] = ()
    slices: tuple[Entry, ...] = ()
    gates: tuple[Gate, ...] = ()
    named: tuple[Entry, ...] = ()  # further numbers that have a name, such as counts of errors
    content: Mapping[str, Any] = field(default_factory=dict)
    related: tuple[Any, ...] = ()  # contents of the other reports

    @cached_property
    def names(self) -> frozenset[str]:
        """The canonical names of what was measured."""
        return frozenset(entry.metric for entry in (*self.scores, *self.baselines, *self.slices))

    @cached_property
    def headline(self) -> tuple[str, ...]:
        """The scores a reader must be shown: those with a gate, or else the first."""
        gated = {gate.metric for gate in self.gates}
        found = tuple(dict.fromkeys(entry.metric for entry in self.scores))
        return tuple(name for name in found if name in gated) or found[:1]

    @cached_property
    def everything(self) -> Bag:
        """Every number in the reports."""
        return Bag((*_numbers(self.content), *self._elsewhere))

    def pool(self, metric: str) -> Bag:
        """The numbers that have to do with `metric`: its entries, differences, folds, and the other reports."""
        if metric not in self._pools:
            own = (number for part in self._records.get(metric, ()) for number in _numbers(part))
            self._pools[metric] = Bag((*own, *self._elsewhere))
        return self._pools[metric]

    @cached_property
    def _records(self) -> dict[str, list[Any]]:
        """The records of each metric, and the values under its name."""
        found: dict[str, list[Any]] = {}
        for metric, part in _naming({key: value for key, value in self.content.items() if key not in _NO_SCORES}):
            found.setdefault(metric, []).append(part)
        if headline := _text(self.content.get("headline")):  # what comparisons with another model are of
            found.setdefault(canonical(headline), []).extend(_comparisons(self.content))
        return found

    @cached_property
    def _elsewhere(self) -> tuple[Decimal, ...]:
        return tuple(dict.fromkeys(number for part in self.related for number in _numbers(part)))

    def recorded(self, name: str) -> Bag:
        """The numbers of the records called `name` in the other reports, such as a candidate's in training.json."""
        wanted = normal(name)
        return Bag(number for part in self.related for each in _called(part, wanted) for number in _numbers(each))

    @cached_property
    def _pools(self) -> dict[str, Bag]:
        return {}

    def score(self, metric: str) -> Entry | None:
        """The served model's entry for `metric`, on test rows where it has several."""
        found = [entry for entry in self.scores if entry.metric == metric]
        return next((entry for entry in found if entry.split in ("", "test")), found[0] if found else None)


class MetricsError(FactError):
    """metrics.json cannot be read."""


def metrics(snapshot: Snapshot) -> Metrics | None:
    """The measured numbers; None if there are none to read.

    Raises:
        MetricsError: the file is there and is not JSON, or holds no number.

    """
    path = snapshot.find("reports/metrics.json", "metrics.json", "**/metrics.json")
    text = snapshot.text(path) if path else None
    if path is None or text is None:
        return None
    try:
        content = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise MetricsError(f"{path} is not JSON: {error}") from None
    if not isinstance(content, dict):
        raise MetricsError(f"{path} is not an object with a list `metrics`")
    return _read(path, content, tuple(_related(snapshot, path)))


def _read(path: str, content: dict[str, Any], related: tuple[Any, ...]) -> Metrics:
    model = content.get("model")
    found = Metrics(
        path=path,
        task=_text(content.get("task")) or "",
        model=model if isinstance(model, str) else "",
        run=_run(content.get("run")),
        scores=tuple(_entries(content.get("metrics", content), "metrics")),
        baselines=tuple(_entries(content.get("baseline", content.get("baselines")), "baseline")),
        slices=tuple(_entries(content.get("slices"), "slices")),
        gates=tuple(_gates(content.get("gates"))),
        named=tuple(_named(content)),
        content=content,
        related=related,
    )
    if not found.scores:
        raise MetricsError(f"{path} has no number in `metrics`")
    return found


def _entries(part: object, group: str) -> Iterator[Entry]:
    """Entries of a list of records, or of a plain object `name: number`."""
    if isinstance(part, dict):
        for name, value in list(part.items())[:MOST_NUMBERS]:
            if (number := decimal(value)) is not None:
                yield Entry(canonical(name), number, group)
            elif isinstance(value, dict) and group != "metrics":
                for entry in _entries(value, group):
                    yield Entry(entry.metric, entry.value, group, label=name)
    elif isinstance(part, list):
        for record in part[:MOST_NUMBERS]:
            if isinstance(record, dict) and (found := _entry(record, group)):
                yield found


def _entry(record: dict[str, Any], group: str) -> Entry | None:
    value = decimal(record.get("value"))
    name = record.get("metric" if group == "slices" else "name")
    if value is None or not isinstance(name, str):
        return None
    label = record.get({"slices": "name", "baseline": "model"}.get(group, ""), "")
    n = record.get("n")
    return Entry(
        metric=canonical(name),
        value=value,
        group=group,
        label=label if isinstance(label, str) else "",
        ci95=_interval(record.get("ci95")),
        split=_text(record.get("split")) or "",
        n=n if isinstance(n, int) else None,
    )


def _interval(value: object) -> Interval | None:
    if not isinstance(value, list) or len(value) != 2:
        return None
    low, high = decimal(value[0]), decimal(value[1])
    return None if low is None or high is None else (low, high)


def _gates(part: object) -> Iterator[Gate]:
    for record in part[:200] if isinstance(part, list) else ():
        name = record.get("metric") if isinstance(record, dict) else None
        threshold = decimal(record.get("threshold")) if isinstance(name, str) else None
        if isinstance(name, str) and threshold is not None:
            yield Gate(canonical(name), threshold, decimal(record.get("value")), record.get("passed") is True)


def _named(content: dict[str, Any]) -> Iterator[Entry]:
    for group, part in content.items():
        if isinstance(part, dict) and group not in ("run", "metrics", "baseline", "slices"):
            for name, value in list(part.items())[:200]:
                if (number := decimal(value)) is not None:
                    yield Entry(normal(name), number, group)


def _run(part: object) -> Run:
    if not isinstance(part, dict):
        return Run()
    return Run(
        command=_text(part.get("command")),
        commit=_text(part.get("commit")),
        seed=_integer(part.get("seed")),
        data_sha256=_text(part.get("data_sha256")),
        rows=_integer(part.get("rows")),
    )


def _text(value: object) -> str | None:
    return value if isinstance(value, str) and value.strip() else None


def _integer(value: object) -> int | None:
    return value if isinstance(value, int) and not isinstance(value, bool) else None


def _related(snapshot: Snapshot, path: str) -> Iterator[Any]:
    """The contents of the other JSON files beside metrics.json."""
    folder = path.rpartition("/")[0]
    for other in snapshot.glob(f"{folder}/*.json" if folder else "*.json")[:20]:
        if other != path and (folder or other.startswith(("training", "data", "load", "scores"))):
            try:
                yield json.loads(snapshot.text(other) or "null")
            except (ValueError, RecursionError):
                snapshot.note(f"{other} is not JSON.")


def _numbers(part: Any, depth: int = 0) -> Iterator[Decimal]:
    """Every number in `part` and its absolute value."""
    if isinstance(part, dict | list) and depth < MAX_DEPTH:
        for inner in list(part.values() if isinstance(part, dict) else part)[:MOST_NUMBERS]:
            yield from _numbers(inner, depth + 1)
    elif (number := decimal(part)) is not None:
        yield number
        if number < 0:
            yield -number


def _naming(part: Any, depth: int = 0) -> Iterator[tuple[str, Any]]:
    """The records in `part` that name a metric, and the values under a key, each with the canonical name."""
    if isinstance(part, list) and depth < MAX_DEPTH:
        for inner in part[:MOST_NUMBERS]:
            yield from _naming(inner, depth + 1)
    elif isinstance(part, dict) and depth < MAX_DEPTH:
        names = [name for key in ("metric", "name") if isinstance(name := part.get(key), str)]
        yield from ((canonical(name), part) for name in names)
        if not names:
            for key, inner in list(part.items())[:MOST_NUMBERS]:
                yield canonical(key), inner
                yield from _naming(inner, depth + 1)


def _comparisons(part: Any, depth: int = 0) -> Iterator[dict[str, Any]]:
    """The records in `part` of a difference from another model, which is `versus`."""
    if isinstance(part, dict | list) and depth < MAX_DEPTH:
        yield from [part] if isinstance(part, dict) and "versus" in part else ()
        for inner in list(part.values() if isinstance(part, dict) else part)[:MOST_NUMBERS]:
            yield from _comparisons(inner, depth + 1)


def _called(part: Any, name: str, depth: int = 0) -> Iterator[Any]:
    if isinstance(part, dict | list) and depth < MAX_DEPTH:
        if isinstance(part, dict) and isinstance(part.get("name"), str) and normal(part["name"]) == name:
            yield part
        for inner in list(part.values() if isinstance(part, dict) else part)[:MOST_NUMBERS]:
            yield from _called(inner, name, depth + 1)
