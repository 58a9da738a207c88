"""Read the data, check it against `settings.toml`, and divide it into splits without leaks.

    read -> validate -> refuse_leaks -> divide

Every row keeps its number in the file (the first row below the header is 1) as its index: in all three splits, in
`reports/invalid_rows.csv` and in `reports/predictions.csv`.
"""

from __future__ import annotations

import hashlib
import json
import zlib
from dataclasses import asdict, dataclass
from gzip import BadGzipFile
from gzip import decompress as gunzip
from io import BytesIO
from pathlib import Path

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from .leakage import refuse_leaks
from .settings import Settings
from .splitting import Division, divide, duplicate_groups
from .validation import DataError, validate

REPORTS = Path("reports")
FEWEST_ROWS = 50


@dataclass(frozen=True)
class SplitFacts:
    """One split in numbers. `outcome` is the share of positives, or the mean of a numeric target."""

    rows: int
    outcome: float
    first: str | None  # time of the first and last row, where the split is by time
    last: str | None


@dataclass(frozen=True)
class DataReport:
    """The content of `reports/data.json`: facts about the file and its splits."""

    file: str
    sha256: str
    rows: int
    columns: int
    features: int
    target: str
    positive: str | None
    unit: str
    outcome: float  # share of positives, or mean of the target
    missing: dict[str, int]  # cells without a value, for each feature that has any
    duplicates: int  # rows whose features equal those of an earlier row
    divided_by: str  # "time" or "chance"
    left_out: int  # rows in no split: their label came too late, or they repeat a row of an earlier split
    splits: dict[str, SplitFacts]


@dataclass(frozen=True)
class Dataset:
    """The three splits; each frame holds the features, the target, the time and the ignored columns."""

    train: pd.DataFrame
    validation: pd.DataFrame
    test: pd.DataFrame
    report: DataReport


def load(settings: Settings, root: Path = Path()) -> Dataset:
    """Read, check and divide the data of the repository at `root`. The same seed gives the same splits.

    Raises:
        DataError: the file is missing or damaged, a row breaks a rule, a feature gives the answer away, or a split
            has no rows or only one outcome.
    """
    content = read_bytes(settings, root)
    frame = validate(parse(content, settings), settings, root / REPORTS)
    outcomes = outcome(frame, settings)
    refuse_leaks(frame, outcomes, settings)
    division = divide(frame, outcomes, settings)
    dataset = Dataset(
        train=frame.loc[division.train],
        validation=frame.loc[division.validation],
        test=frame.loc[division.test],
        report=describe(frame, division, settings, hashlib.sha256(content).hexdigest()),
    )
    refuse_useless_splits(dataset, settings)
    return dataset


def check(settings: Settings, root: Path = Path()) -> DataReport:
    """Do what `load` does, and write the facts to `reports/data.json`."""
    report = load(settings, root).report
    folder = root / REPORTS
    folder.mkdir(exist_ok=True)
    (folder / "data.json").write_text(json.dumps(asdict(report), indent=2) + "\n", encoding="utf-8")
    return report


def outcome(frame: pd.DataFrame, settings: Settings) -> NDArray[np.float64]:
    """The target as numbers: 1 for the positive class and 0 for the other, or the quantity itself."""
    target = frame[settings.problem.target]
    numbers = target if settings.problem.positive is None else target == settings.problem.positive
    return np.asarray(numbers, dtype=np.float64)


def read_bytes(settings: Settings, root: Path = Path()) -> bytes:
    """The bytes of the data file, after comparing its SHA-256 with the one in the settings."""
    path = root / settings.data.file
    try:
        content = path.read_bytes()
    except FileNotFoundError:
        remedy = "; make it with: python -m predictor.simulate" if settings.problem.synthetic else ""
        raise DataError(f"{settings.data.file} does not exist{remedy}") from None
    except OSError as error:
        raise DataError(f"{settings.data.file} cannot be read: {error.strerror}") from None
    found, expected = hashlib.sha256(content).hexdigest(), settings.data.sha256
    if expected is not None and found != expected:
        raise DataError(
            f"{settings.data.file} is not the file that settings.toml describes: its SHA-256 is {found}, "
            f"not {expected}; if you changed the data on purpose, write the new hash to data.sha256"
        )
    return content


def parse(content: bytes, settings: Settings) -> pd.DataFrame:
    """Read a table from a gzipped CSV file. Only an empty cell counts as missing; labels and categories stay text."""
    text = [settings.problem.target] if settings.problem.positive is not None else []
    try:
        frame = pd.read_csv(
            BytesIO(gunzip(content)),
            dtype=dict.fromkeys([*text, *settings.names("categorical")], str),
            keep_default_na=False,
            na_values=[""],
            low_memory=False,
        )
    except (BadGzipFile, EOFError, zlib.error):
        raise DataError(f"{settings.data.file} is not a complete gzip file") from None
    except (pd.errors.EmptyDataError, pd.errors.ParserError, UnicodeDecodeError) as error:
        raise DataError(f"{settings.data.file} is not a table: {str(error).strip()}") from None
    if len(frame) < FEWEST_ROWS:
        raise DataError(f"{settings.data.file} has {len(frame)} rows; fewer than {FEWEST_ROWS} cannot be divided")
    frame.index = pd.RangeIndex(1, len(frame) + 1, name="row")
    return frame


def describe(frame: pd.DataFrame, division: Division, settings: Settings, sha256: str) -> DataReport:
    missing = frame[settings.feature_names].isna().sum()
    parts = {name: frame.loc[rows] for name, rows in asdict(division).items()}
    return DataReport(
        file=settings.data.file,
        sha256=sha256,
        rows=len(frame),
        columns=frame.shape[1],
        features=len(settings.features),
        target=settings.problem.target,
        positive=settings.problem.positive,
        unit=settings.problem.unit,
        outcome=float(outcome(frame, settings).mean()),
        missing={str(name): int(count) for name, count in missing.items() if count},
        duplicates=int(duplicate_groups(frame, settings).duplicated().sum()),
        divided_by="time" if settings.data.time else "chance",
        left_out=len(frame) - sum(map(len, parts.values())),
        splits={name: _split_facts(part, settings) for name, part in parts.items()},
    )


def refuse_useless_splits(dataset: Dataset, settings: Settings) -> None:
    for name in ("train", "validation", "test"):
        values = np.unique(outcome(getattr(dataset, name), settings))
        if len(values) < 2:
            found = f"only one value of {settings.problem.target}" if len(values) else "no rows"
            raise DataError(f"the {name} split has {found}; change the shares or the label delay in settings.toml")


def _split_facts(part: pd.DataFrame, settings: Settings) -> SplitFacts:
    times = part[settings.data.time] if settings.data.time and len(part) else None
    return SplitFacts(
        rows=len(part),
        outcome=float(outcome(part, settings).mean()) if len(part) else 0.0,
        first=None if times is None else times.min().isoformat(),
        last=None if times is None else times.max().isoformat(),
    )
