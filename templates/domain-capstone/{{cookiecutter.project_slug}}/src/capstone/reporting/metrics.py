"""`reports/metrics.json`: where every number in the documents comes from."""

import json
import os
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated, Any, Literal, TypeVar

from pydantic import BaseModel, ConfigDict, Field, ValidationError

REPORTS = Path("reports")
METRICS = REPORTS / "metrics.json"

Finite = Annotated[float, Field(allow_inf_nan=False)]
Interval = tuple[Finite, Finite]


class ReportError(ValueError):
    """A report or a document cannot be used; the message says which one, and what to do."""


class Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Run(Part):
    """Where the numbers come from."""

    command: str
    commit: str | None = Field(description="Git commit of the code; None outside a repository.")
    seed: int
    data_sha256: str = Field(pattern="^[0-9a-f]{64}$")
    rows: int = Field(ge=0)
    python: str
    started_at: str = Field(description="ISO 8601, UTC.")
    seconds: float = Field(ge=0, description="Wall time of the run.")


class Metric(Part):
    """One number, with its 95% interval where one was computed."""

    name: str
    label: str = Field(default="", description="How people write it, such as ROC AUC; the name if empty.")
    value: Finite
    ci95: Interval | None = None
    split: str = "test"
    higher_is_better: bool


class Baseline(Metric):
    """The same number for a model that the served one has to beat."""

    model: str


class Slice(Part):
    """The same number for a part of the rows."""

    name: str
    n: int = Field(ge=1, description="How many rows it is about: for a recall, those that should be found.")
    metric: str
    value: Finite
    ci95: Interval | None = None


class Gate(Part):
    """A bound that the run had to keep."""

    metric: str
    threshold: Finite
    passed: bool
    value: Finite | None = None
    bound: Literal["min", "max"] = "min"


class Report(BaseModel):
    """The measured result of one run. A template may add keys of its own."""

    model_config = ConfigDict(extra="allow", frozen=True)

    task: str = Field(description="As the Hugging Face hub names tasks, for example tabular-classification.")
    run: Run
    metrics: list[Metric]
    baseline: list[Baseline] = []
    slices: list[Slice] = []
    gates: list[Gate] = []

    def metric(self, name: str) -> Metric:
        """The metric called `name`.

        Raises:
            ReportError: there is none.
        """
        for metric in self.metrics:
            if metric.name == name:
                return metric
        raise ReportError(f"{METRICS} has no metric {name!r}; run `make evaluate` again")

    def title(self, name: str) -> str:
        """How people write the metric called `name`."""
        return next((metric.label for metric in self.metrics if metric.name == name and metric.label), name)


AnyReport = TypeVar("AnyReport", bound=Report)


def failures(gates: Sequence[Gate]) -> list[str]:
    """One sentence for each gate that failed."""
    return [
        f"{gate.metric} {'has no value' if gate.value is None else f'is {gate.value:.4g}'}, but the gate asks for "
        f"{'at least' if gate.bound == 'min' else 'at most'} {gate.threshold:.4g}."
        for gate in gates
        if not gate.passed
    ]


def read_report(path: Path = METRICS, kind: type[AnyReport] = Report) -> AnyReport:  # type: ignore[assignment]
    """Read a report: `Report`, or a project's extension of it.

    Raises:
        ReportError: it is missing or does not follow the schema.
    """
    try:
        return kind.model_validate(read_json(path))
    except ValidationError as error:
        first = str(error).splitlines()[1]
        raise ReportError(f"{path} does not fit this code ({first}); run `make evaluate` again") from None


def read_json(path: Path) -> Any:
    """Read a report that has no schema.

    Raises:
        ReportError: it is missing or is not JSON.
    """
    try:
        return json.loads(path.read_bytes())
    except FileNotFoundError:
        raise ReportError(f"{path} does not exist; run `make evaluate` first") from None
    except ValueError:
        raise ReportError(f"{path} is not JSON; run `make evaluate` again") from None


def read_text(path: Path) -> str:
    """The text of a file with its line ends; for `write_text`, bytes that are no UTF-8 are kept as surrogates."""
    return path.read_bytes().decode("utf-8", "surrogateescape")


def write_json(path: Path, content: object) -> None:
    """Write indented JSON; the same content gives the same file. NaN and infinity are refused."""
    write_text(path, json.dumps(content, indent=2, ensure_ascii=False, allow_nan=False) + "\n")


def write_text(path: Path, text: str) -> None:
    """Replace `path` in one step: a reader sees the old text or the new one, never a part of it.

    Line ends, and what `read_text` keeps of bytes that are no UTF-8, are written as they are in `text`.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = path.with_name(f".{path.name}.{os.getpid()}")
    temporary.write_bytes(text.encode("utf-8", "surrogateescape"))
    temporary.replace(path)
