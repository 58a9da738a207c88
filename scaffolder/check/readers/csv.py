"""The CSV tables among the reports: the prediction for each row, and the worst errors."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from itertools import islice

from scaffolder.check.engine.repository import Repository, fact

MOST_ROWS = 200_000
MOST_COLUMNS = 500

TRUTHS = ("actual", "y_true", "truth", "true", "target", "label", "outcome", "expected", "y")
SCORES = (
    "predicted",
    "prediction",
    "score",
    "probability",
    "y_score",
    "y_prob",
    "proba",
    "forecast",
    "y_pred",
    "y_hat",
)
DECISIONS = ("acts", "decision", "decided", "flagged", "y_pred", "predicted_label", "predicted_class", "class")


@dataclass(frozen=True)
class Rows:
    """A CSV file: its header and its rows, as text."""

    path: str
    header: tuple[str, ...]
    records: tuple[tuple[str, ...], ...]

    def column(self, *names: str) -> tuple[str, ...] | None:
        """The values of the column with the first of `names` that is a title; None if none is."""
        lowered = [title.strip().lower() for title in self.header]
        found = next((lowered.index(name) for name in names if name in lowered), None)
        return None if found is None else tuple(record[found] for record in self.records)

    @cached_property
    def ids(self) -> frozenset[str]:
        """The values of the first column, which names the rows."""
        return frozenset(record[0].strip() for record in self.records)


@fact
def predictions(repo: Repository) -> Rows | None:
    """`predictions.csv`: one line for each test row; None if it is absent or not a table."""
    return _read(repo, "reports/predictions.csv", "predictions.csv", "**/predictions.csv")


@fact
def errors_csv(repo: Repository) -> Rows | None:
    """`errors.csv`: the rows with the worst errors; None if it is absent or not a table."""
    return _read(repo, "reports/errors.csv", "errors.csv", "**/errors.csv")


def _read(repo: Repository, *patterns: str) -> Rows | None:
    path = repo.snapshot.find(*patterns)
    data = repo.snapshot.data(path) if path else None
    if path is None or data is None:
        return None
    try:
        lines = csv.reader(data.decode("utf-8-sig", "replace").replace("\0", "\ufffd").splitlines())
        header = tuple(next(lines, [])[:MOST_COLUMNS])
        records = tuple(_full(islice(lines, MOST_ROWS), len(header)))
        if next(lines, None):
            repo.snapshot.leave_out(f"{path} has more than {MOST_ROWS:,} rows: the others were not read.")
    except csv.Error as error:
        repo.snapshot.note(f"{path} is not a CSV table: {error}")
        return None
    return Rows(path, header, records) if header and records else None


def _full(lines: Iterator[list[str]], columns: int) -> Iterator[tuple[str, ...]]:
    """The rows that have at least `columns` cells, cut to that many."""
    return (tuple(line[:columns]) for line in lines if len(line) >= columns)
