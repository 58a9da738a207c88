"""Read the data, check it against `settings.toml`, and divide it into splits without leaks.

    read -> validate -> divide

Every row keeps its number in the file (the first row below the header is 1) as its index: in all three splits, in
`reports/invalid_rows.csv` and in `reports/predictions.csv`.
"""

import gzip
import hashlib
import zlib
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from .decision import Task
from .reporting.metrics import REPORTS, write_json
from .settings import Settings
from .splitting import by_chance, by_time
from .validation import DataError, validate

FEWEST_ROWS = 50


@dataclass(frozen=True)
class Dataset:
    """The three splits; each frame has the columns of the file."""

    train: pd.DataFrame
    validation: pd.DataFrame
    test: pd.DataFrame
    facts: dict[str, Any]  # the content of reports/data.json


def load(settings: Settings, root: Path = Path()) -> Dataset:
    """Read, check and divide the data of the repository at `root`, and write the facts to `reports/data.json`.

    The same seed gives the same splits.

    Raises:
        OSError: the file cannot be read.
        DataError: the file is damaged, a row breaks a rule, or a split has no rows or only one outcome.
    """
    content, task = read_bytes(settings, root), Task(settings)
    frame = validate(parse(content, settings), task, root / REPORTS)
    y = task.y(frame)
    time, labels = settings.data.time, pd.Series(y, frame.index)
    division = by_time(frame[time], settings) if time else by_chance(frame, labels, task)
    parts = {name: frame.loc[rows] for name, rows in division.items()}
    for name, part in parts.items():
        if len(np.unique(task.y(part))) < (task.values if name == "train" else 2):
            lack = f"too few different values of {settings.problem.target}" if len(part) else "no rows"
            raise DataError(f"the {name} split has {lack}; change the shares or the label delay in settings.toml")
    facts = describe(frame, parts, task, hashlib.sha256(content).hexdigest())
    write_json(root / REPORTS / "data.json", facts)
    return Dataset(**parts, facts=facts)


def read_bytes(settings: Settings, root: Path = Path()) -> bytes:
    """The bytes of the data file, after comparing its SHA-256 with the one in the settings."""
    content = (root / settings.data.file).read_bytes()
    sha256, expected = hashlib.sha256(content).hexdigest(), settings.data.sha256
    if expected is not None and sha256 != expected:
        raise DataError(
            f"{settings.data.file} is not the file that settings.toml describes: its SHA-256 is {sha256}, "
            f"not {expected}; if you changed it on purpose, write this one into settings.toml"
        )
    return content


def parse(content: bytes, settings: Settings) -> pd.DataFrame:
    """Read a gzipped CSV file. Only an empty cell counts as missing; every other one is text until it is validated."""
    try:
        frame = pd.read_csv(BytesIO(content), compression="gzip", dtype=str, keep_default_na=False, na_values=[""])
    except (gzip.BadGzipFile, EOFError, zlib.error):
        raise DataError(f"{settings.data.file} is not a complete gzip file") from None
    except (pd.errors.EmptyDataError, pd.errors.ParserError, UnicodeDecodeError) as error:
        raise DataError(f"{settings.data.file} is not a table: {str(error).strip()}") from None
    if len(frame) < FEWEST_ROWS:
        raise DataError(f"{settings.data.file} has {len(frame)} rows; fewer than {FEWEST_ROWS} cannot be divided")
    frame.index = pd.RangeIndex(1, len(frame) + 1)
    return frame


def describe(frame: pd.DataFrame, parts: dict[str, pd.DataFrame], task: Task, sha256: str) -> dict[str, Any]:
    """Facts about the file and its splits."""
    settings = task.settings
    return {
        "file": settings.data.file,
        "sha256": sha256,
        "rows": len(frame),
        "inputs": len(settings.columns),
        "outcome": task.describe(task.y(frame)),
        "missing": {name: int(count) for name in settings.columns if (count := frame[name].isna().sum())},
        "duplicates": int(frame.duplicated(list(settings.columns)).sum()),
        "divided_by": "time" if settings.data.time else "chance",
        "left_out": len(frame) - sum(map(len, parts.values())),  # their label came too late
        "splits": {name: _split_facts(part, task) for name, part in parts.items()},
    }


def _split_facts(part: pd.DataFrame, task: Task) -> dict[str, Any]:
    times = part[task.settings.data.time] if task.settings.data.time else None
    ends = {} if times is None else {"first": times.min().isoformat(), "last": times.max().isoformat()}
    return {"rows": len(part), "outcome": task.describe(task.y(part)), **ends}
