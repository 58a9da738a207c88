"""A run: what every system answered to every case, in JSON lines. Every number and picture is made from it.

The first line describes the run, each further one is a `Row`. While a run is under way its rows go to `UNFINISHED`;
`evaluate --resume` goes on from there.
"""

from __future__ import annotations

import json
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from pathlib import Path
from typing import IO

import numpy as np
from pydantic import Field, ValidationError

from .bootstrap import Array
from .errors import BenchError
from .matrix import Experiment, System
from .reporting import metrics
from .reporting.metrics import Part
from .settings import Kind, problem

RUNS = Path("reports/runs")
LATEST, BASELINE, DEV = RUNS / "test.jsonl", RUNS / "baseline.jsonl", RUNS / "dev.jsonl"
UNFINISHED = Path("artifacts/unfinished.jsonl")
CODE = Path(__file__).parent


class Row(Part):
    """What one system answered to one case, once."""

    system: str
    case: str
    repeat: int = 0
    output: str  # the label, or the id of the first passage; empty if it gave none
    scores: dict[str, float]  # only the metrics that apply to this case
    confidence: float | None = None  # 0 to 1 of a label; of a passage, on the system's own scale
    ms: float  # until the answer
    shown: list[str] = Field(default=[])  # the first 10 passages, or the words of a language model
    failure: str = ""  # why a language model gave no answer, if its server says so
    tokens: int = 0  # that a language model read and wrote
    price: float = 0  # in the currency of the settings


class Header(Part):
    """What was run: with the same header and kind of machine, anybody gets the same rows but for their times."""

    split: str
    data_sha256: str
    experiments: dict[str, Experiment]
    systems: dict[str, System]  # that were run
    options: dict[str, dict[str, object]]  # of each system's parts
    code: str  # hash of this package
    asked: str  # hash of the model server's address and of all that language models are asked
    skipped: dict[str, str] = Field(default={})  # system -> why it could not be run
    started: datetime | None = None  # its first part, if it was interrupted
    paused: float = 0  # seconds between its parts
    run: metrics.Run | None = None  # when and how; None while it is under way


@dataclass(frozen=True)
class Run:
    header: Header
    rows: Sequence[Row]

    @cached_property
    def by_system(self) -> dict[str, list[Row]]:
        found: dict[str, list[Row]] = {name: [] for name in self.header.systems}
        for row in self.rows:
            found.setdefault(row.system, []).append(row)
        return found

    def answered(self, system: str) -> set[str]:
        """The ids of the cases that a system answered."""
        return {row.case for row in self.by_system.get(system, [])}

    def cases(self, task: Kind) -> list[str]:
        """The ids of all cases of a task that a system answered, in their order."""
        names = {name for name, system in self.header.systems.items() if system.task == task}
        return list(dict.fromkeys(row.case for row in self.rows if row.system in names))

    def table(self, system: str, metric: str, cases: Sequence[str]) -> Array:
        """Scores [repeats, cases]; NaN where the system did not see the case or the metric does not apply."""
        places = {case: place for place, case in enumerate(cases)}
        rows = [row for row in self.by_system.get(system, []) if metric in row.scores and row.case in places]
        found: Array = np.full((1 + max((row.repeat for row in rows), default=0), len(cases)), np.nan)
        for row in rows:
            found[row.repeat, places[row.case]] = row.scores[metric]
        return found


def resumed(header: Header, path: Path = UNFINISHED) -> Header:
    """The header of the interrupted run, which began before and has paused since its last row.

    Raises:
        BenchError: there is nothing to resume, or it was another run.
    """
    found = read(path, whole=False).header
    same = header.model_copy(update={"started": found.started, "paused": found.paused})
    if found != same:
        raise BenchError(f"{path} is of a run with other cases or systems; start anew, without --resume")
    return same.model_copy(update={"paused": found.paused + time.time() - path.stat().st_mtime})


@contextmanager
def recording(
    header: Header, expected: Mapping[str, int], *, resume: bool, path: Path = UNFINISHED
) -> Iterator[tuple[dict[str, list[Row]], IO[str]]]:
    """The rows of the systems that an interrupted run with the same header has finished, and the file to append to.

    Args:
        header: of the run; `resumed` gives that of one that goes on.
        expected: how many rows each system has when it is finished.
        resume: whether to go on with the interrupted run.
        path: the file of rows.
    """
    done: dict[str, list[Row]] = {}
    if resume:
        found = read(path, whole=False)
        done = {name: rows for name, rows in found.by_system.items() if len(rows) == expected.get(name)}
    path.parent.mkdir(parents=True, exist_ok=True)
    write(Run(header, [row for rows in done.values() for row in rows]), path)
    with path.open("a", encoding="utf-8") as file:
        yield done, file


def write(run: Run, path: Path) -> None:
    """Replace a run file in one step."""
    metrics.write_text(path, "".join(map(line, [run.header, *run.rows])))


def read(path: Path, *, whole: bool = True) -> Run:
    """Read a run. A last line that was cut off is left out unless the run must be `whole`.

    Raises:
        BenchError: the file is missing or is no run.
    """
    command = {BASELINE: "make baseline", DEV: "make dev"}.get(path, "make evaluate")
    try:
        first, *lines = path.read_text(encoding="utf-8").split("\n")
    except FileNotFoundError:
        raise BenchError(f"{path} does not exist; run `{command}` first") from None
    except (OSError, UnicodeDecodeError) as error:
        raise BenchError(f"{path} cannot be read: {getattr(error, 'strerror', 'it is not UTF-8 text')}") from None
    if whole and lines[-1:] != [""]:
        raise BenchError(f"{path} is cut off; run `{command}` again")
    try:  # what follows the last line end is cut off
        return Run(Header.model_validate_json(first), list(map(Row.model_validate_json, lines[:-1])))
    except ValidationError as error:
        raise BenchError(f"{path} is no run of this code: {problem(error)}; run `{command}` again") from None


def line(part: Part) -> str:
    """A row or header as a line; what has its default is left out, so that files stay small."""
    return json.dumps(part.model_dump(mode="json", exclude_defaults=True), ensure_ascii=False) + "\n"
