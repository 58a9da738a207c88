"""The measurements of a run: `reports/metrics.json`, and how long an answer takes."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property
from typing import Any, NamedTuple

from scaffolder.check.engine.repository import Repository, fact
from scaffolder.check.engine.verdict import FactError
from scaffolder.check.readers.markdown_inline import plain
from scaffolder.check.readers.metric_names import canonical
from scaffolder.check.readers.metrics_schema import misfit
from scaffolder.check.readers.values import decimal, records
from scaffolder.formats.json import JsonError, load_json

PATH = "reports/metrics.json"
LATENCY = ("reports/latency.json", "reports/load.json")  # of an evaluation, and of a load test
_LABELLED = {"slices": "name", "baseline": "model"}

Interval = tuple[Decimal, Decimal]


class Entry(NamedTuple):
    """One measured number. `label` is the model or slice, as documents write it."""

    metric: str  # canonical name
    value: Decimal
    label: str = ""
    ci95: Interval | None = None
    split: str = ""
    n: int | None = None
    title: str = ""  # the metric as its writer calls it
    higher_is_better: bool = False

    def __str__(self) -> str:
        return f"{self.value.normalize():f}" + (f" ({plain(self.label)})" if self.label else "")


class Run(NamedTuple):
    """The run that the numbers come from; a field that is not recorded, or has another type, is None."""

    command: str | None = None
    commit: str | None = None
    seed: int | None = None
    data_sha256: str | None = None


UNRECORDED = Run()


class Gate(NamedTuple):
    """A bound on a metric that the run had to keep; `most` is True for an upper bound, None if its kind is unknown."""

    metric: str  # canonical name
    threshold: Decimal
    value: Decimal | None
    passed: bool
    most: bool | None

    def holds(self, threshold: Decimal | None = None) -> bool:
        """Whether the value keeps `threshold`, by default the gate's own; True if the value or the kind is unknown."""
        bound = self.threshold if threshold is None else threshold
        if self.value is None or self.most is None:
            return True
        return self.value <= bound if self.most else self.value >= bound


@dataclass(frozen=True)
class Metrics:
    """The report of a run; `model` is the name of what is served, "" where it has none."""

    model: str = ""
    run: Run = UNRECORDED
    scores: tuple[Entry, ...] = ()  # of what is served
    baselines: tuple[Entry, ...] = ()
    slices: tuple[Entry, ...] = ()
    gates: tuple[Gate, ...] = ()

    @cached_property
    def headline(self) -> tuple[str, ...]:
        """The scores a reader must be shown: those with a gate, or else the first."""
        gated = {gate.metric for gate in self.gates}
        found = tuple(dict.fromkeys(entry.metric for entry in self.scores))
        return tuple(name for name in found if name in gated) or found[:1]

    def score(self, metric: str) -> Entry | None:
        """The entry for `metric` of what is served, on the test rows if there are several; None if there is none."""
        found = [entry for entry in self.scores if entry.metric == metric]
        return next((entry for entry in found if entry.split in ("", "test")), found[0] if found else None)


@fact
def metrics(repo: Repository) -> Metrics | None:
    """The measured numbers; None if there is no report.

    Raises:
        FactError: the report is not JSON, its results do not fit their schema, or it holds no number.

    """
    text = repo.snapshot.text(PATH)
    if text is None:
        return None
    try:
        content = load_json(text)
    except JsonError as error:
        raise FactError(f"{PATH} is not JSON: {error}") from None
    if not isinstance(content, dict):
        raise FactError(f"{PATH} is not an object with a list `metrics`")
    if problem := misfit(content):
        if problem.of_results:
            raise FactError(f"{PATH} does not fit its schema: {problem.said}")
        repo.snapshot.note(f"{PATH} does not fit its schema: {problem.said}.")
    model = content.get("model")
    found = Metrics(
        model=model if isinstance(model, str) else "",
        run=_run(content.get("run")),
        scores=tuple(_entries(content.get("metrics"), "metrics")),
        baselines=tuple(_entries(content.get("baseline"), "baseline")),
        slices=tuple(_entries(content.get("slices"), "slices")),
        gates=tuple(_gates(content.get("gates"))),
    )
    if not found.scores:
        raise FactError(f"{PATH} has no number in `metrics`")
    return found


@fact
def latency_path(repo: Repository) -> str:
    """Where the repository says how long an answer takes."""
    return next((path for path in LATENCY if repo.snapshot.is_file(path)), LATENCY[0])


@fact
def latency_report(repo: Repository) -> Any:
    """The parsed report of how long an answer takes; None if there is none."""
    return parsed(repo, latency_path(repo))


def parsed(repo: Repository, path: str) -> Any:
    """The content of a JSON file; None if it is not there, or if it is not JSON, which a note then says."""
    try:
        return load_json(repo.snapshot.text(path) or "null")
    except JsonError:
        repo.snapshot.note(f"{path} is not JSON.")
        return None


def _entries(part: object, group: str) -> Iterator[Entry]:
    """The numbers in a list that fits its schema."""
    named = "metric" if group == "slices" else "name"
    for record in records(part):
        value = decimal(record["value"])
        if value is not None:
            yield Entry(
                metric=canonical(record[named]),
                value=value,
                label=str(record.get(_LABELLED.get(group, ""), "")).replace("<", "&lt;"),
                ci95=_interval(record.get("ci95")),
                split=record.get("split", ""),
                n=record.get("n"),
                title=record.get("label") or record[named],
                higher_is_better=record.get("higher_is_better", False),
            )


def _interval(ends: list[object] | None) -> Interval | None:
    low, high = map(decimal, ends or (None, None))
    return None if low is None or high is None else (low, high)


def _gates(part: object) -> Iterator[Gate]:
    """The gates in a list that fits its schema."""
    for record in records(part):
        threshold = decimal(record["threshold"])
        if threshold is not None:
            most = {"max": True, "min": False}.get(record.get("bound", ""))
            yield Gate(canonical(record["metric"]), threshold, decimal(record.get("value")), record["passed"], most)


def _run(part: object) -> Run:
    """The run; of this part, also what does not fit the schema is read."""
    recorded = part if isinstance(part, dict) else {}
    command, commit, data = (
        value if isinstance(value := recorded.get(name), str) and value.strip() else None
        for name in ("command", "commit", "data_sha256")
    )
    seed = recorded.get("seed")
    return Run(command, commit, seed if type(seed) is int else None, data)
