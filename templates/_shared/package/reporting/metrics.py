"""`reports/metrics.json`: where every number in the documents comes from."""

from __future__ import annotations

import json
import os
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated, Literal, TypeVar

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

REPORTS = Path("reports")
METRICS = REPORTS / "metrics.json"

Finite = Annotated[float, Field(allow_inf_nan=False)]
Interval = tuple[Finite, Finite]


class ReportError(ValueError):
    """A report is missing or unreadable; the message says which one, and what to run."""


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
    value: Finite
    ci95: Interval | None = None
    split: str = "test"
    higher_is_better: bool

    @model_validator(mode="after")
    def _interval_is_ordered(self) -> Metric:
        if self.ci95 and self.ci95[0] > self.ci95[1]:
            raise ValueError(f"{self.name}: the lower end of the interval {self.ci95} is above the upper end")
        return self


class Baseline(Metric):
    """The same number for a model that the served one has to beat."""

    model: str


class Slice(Part):
    """The same number for a part of the rows."""

    name: str
    n: int = Field(ge=1)
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
        found = next((metric for metric in self.metrics if metric.name == name), None)
        if found is None:
            known = ", ".join(metric.name for metric in self.metrics)
            raise ReportError(f"{METRICS} has no metric {name!r}; it has {known}")
        return found


AnyReport = TypeVar("AnyReport", bound=Report)


def failures(gates: Sequence[Gate]) -> list[str]:
    """One sentence for each gate that failed."""
    return [
        f"{gate.metric} is {gate.value:.4g}, but the gate asks for "
        f"{'at least' if gate.bound == 'min' else 'at most'} {gate.threshold:.4g}."
        for gate in gates
        if not gate.passed and gate.value is not None
    ]


def read_report(path: Path = METRICS, kind: type[AnyReport] = Report) -> AnyReport:  # type: ignore[assignment]
    """Read a report: `Report`, or a project's extension of it.

    Raises:
        ReportError: it is missing or does not follow the schema.
    """
    try:
        return kind.model_validate_json(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise ReportError(f"{path} does not exist; run `make evaluate` first") from None
    except (ValidationError, UnicodeDecodeError) as error:
        first = str(error).splitlines()[1] if isinstance(error, ValidationError) else error
        raise ReportError(f"{path} cannot be read ({first}); run `make evaluate` again") from None


def write_json(path: Path, content: object) -> None:
    """Write indented JSON; the same content gives the same file. NaN and infinity are refused."""
    write_text(path, json.dumps(content, indent=2, ensure_ascii=False, allow_nan=False) + "\n")


def write_text(path: Path, text: str) -> None:
    """Replace `path` in one step: a reader sees the old text or the new one, never a part of it.

    Line ends are written as they are in `text`.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    mode = path.stat().st_mode & 0o777 if path.exists() else 0o644
    handle, temporary = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    try:
        with os.fdopen(handle, "w", encoding="utf-8", newline="") as file:
            file.write(text)
        Path(temporary).chmod(mode)
        Path(temporary).replace(path)
    except BaseException:
        Path(temporary).unlink(missing_ok=True)
        raise
