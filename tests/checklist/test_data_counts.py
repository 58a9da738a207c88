"""Counts of the data in a document, compared with reports/data.json."""

from __future__ import annotations

import json

import pytest

from scaffolder.check.engine.snapshot import Snapshot
from scaffolder.check.numbers.data_counts import data_counts, foreign_rows, miscounted
from scaffolder.check.readers.markdown import Document
from scaffolder.check.words.source import row_counts

REPORT = {
    "rows": 7043,
    "features": 19,
    "missing": {"total_charges": 11},
    "splits": {"train": {"rows": 4224, "outcome": 0.2654}, "test": {"rows": 1409, "outcome": 0.2647}},
}


def wrong(text: str, report: object = REPORT) -> list[str]:
    counts = data_counts(Snapshot.of_files({"reports/data.json": json.dumps(report).encode()}))
    return [each.fact for each in miscounted([Document("README.md", text)], counts)]


@pytest.mark.parametrize(
    "text",
    [
        "| Split | Rows | share positive |\n|---|---|---|\n| train | 4,224 | 0.265 |\n| holdout | 7 | 0.9 |",
        "| Split | Columns |\n|---|---|\n| train | 3 |",
        "Measured on 1,409 test rows; about 4,000 training rows are enough.",
        "Missing values: `total_charges` 11.",
        "`total_charges` is empty in 11 rows and total_charges above 500 is rare.",
        "<!-- measured:data -->\n7,043 rows, 19 features.\n<!-- /measured:data -->",
    ],
)
def test_what_was_counted_and_what_nobody_counts_is_let_pass(text: str) -> None:
    assert wrong(text) == []


@pytest.mark.parametrize(
    "text",
    [
        "| Split | Rows |\n|---|---|\n| train | 4,225 |",
        "| Split | Rows | mean fare |\n|---|---|---|\n| test | 1,409 | 0.275 |",
        "Measured on 1,490 test rows.",
        "Missing values: `total_charges` 12.",
        "`total_charges` is empty for the 12 who were new.",
        "Missing values: `total_charges` 11, `tenure` 4.",
        "<!-- measured:data -->\n7,043 rows, 91 features.\n<!-- /measured:data -->",
    ],
)
def test_another_number_is_wrong(text: str) -> None:
    assert len(wrong(text)) == 1


def test_numbers_in_the_data_s_own_sheet_are_no_mistakes() -> None:
    readme = Document("README.md", "# A\n\n## Data\n\n7,043 rows of the 7,143 rows collected.\n")
    sheet = Document("data/DATASET.md", "The source has 7,143 rows.\n")
    snapshot = Snapshot.of_files({"data/a.csv": b"a\n" + b"1\n" * 7043})
    section = readme.section("data")
    assert section
    assert row_counts(readme, section, [sheet], None, snapshot).wrong == []
    assert len(row_counts(readme, section, [], None, snapshot).wrong) == 1


@pytest.mark.parametrize("report", [None, [], {"splits": 3, "missing": [1]}, {"splits": {"train": {"rows": 1e999}}}])
def test_a_report_that_is_none_accuses_nobody(report: object) -> None:
    assert wrong("Measured on 1,490 test rows. Missing values: none.", report) == []


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("It learned from 9,043 rows.", 1),
        ("It learned from 7,043 rows.", 0),
        ("About 9,043 rows would do.", 0),
        ("At 1,250 rows per second it keeps up, up to 2,048 rows in a request.", 0),
        ("It answers 10,000 rows in a second, and 12 rows at once.", 0),
    ],
)
def test_only_an_exact_number_of_rows_is_foreign(text: str, found: int) -> None:
    assert len(list(foreign_rows(Document("README.md", text), [7043], 7043))) == found
