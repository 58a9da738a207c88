"""What a column holds: numbers and dates in each notation, categories, and what is of no use."""

import gzip
from datetime import date
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from predictor.adoption import columns
from predictor.adoption.replacing import AdoptionError


def column(*values: str, commas: bool = False) -> columns.Column:
    return columns.read(pd.Series(values, name="c"), commas=commas)


@settings(max_examples=30)
@given(
    numbers=st.lists(st.decimals(-(10**6), 10**6, places=2), min_size=3, max_size=20, unique=True),
    thousands=st.booleans(),
    commas=st.booleans(),
)
def test_a_number_means_the_same_in_each_notation(numbers: list[Any], thousands: bool, commas: bool) -> None:
    texts = [f"{number:,.2f}" if thousands else f"{number:.2f}" for number in numbers]
    if commas:
        texts = [text.translate(str.maketrans(",.", ".,")) for text in texts]
    table = pd.DataFrame({"c": texts})
    found = columns.read(table["c"], commas=columns.has_decimal_commas(table, semicolons=False))
    assert found.kind == "numeric"
    assert found.cells.astype(float).tolist() == [float(number) for number in numbers]


def test_one_column_with_decimal_commas_decides_for_the_file() -> None:
    table = pd.DataFrame({"price": ["1,25", "2,5", "0,5"], "people": ["1.200", "3.400", "1.100"]})
    assert columns.has_decimal_commas(table, semicolons=False)
    assert columns.read(table["people"], commas=True).cells.tolist() == ["1200", "3400", "1100"]


@pytest.mark.parametrize(("semicolons", "meaning"), [(True, "1.234"), (False, "1234")])
def test_what_a_comma_could_mean_is_shown(semicolons: bool, meaning: str) -> None:
    table = pd.DataFrame({"c": ["1,234", "5,678", "1,234"]})
    found = columns.read(table["c"], commas=columns.has_decimal_commas(table, semicolons=semicolons))
    assert (found.note, found.hint) == ("", f"has '1,234' read as {meaning}")


@settings(max_examples=30)
@given(
    days=st.lists(st.dates(date(1990, 1, 1), date(2060, 1, 1)), min_size=2, max_size=20),
    day_first=st.booleans(),
    separator=st.sampled_from("/.-"),
)
def test_a_date_is_never_guessed(days: list[date], day_first: bool, separator: str) -> None:
    form = separator.join(["%d", "%m", "%Y"] if day_first else ["%m", "%d", "%Y"])
    cells = pd.Series([day.strftime(form) for day in days], name="c")
    iso = [day.isoformat() for day in days]
    assert columns.read_dates(cells, "day-first" if day_first else "month-first").tolist() == iso
    if any(day.day > 12 for day in days):
        assert columns.read_dates(cells, None).tolist() == iso
    else:
        with pytest.raises(AdoptionError, match="DATES=day-first or DATES=month-first"):
            columns.read_dates(cells, None)


def test_dates_with_times_and_zones_are_written_in_utc() -> None:
    cells = pd.Series(["2026-03-01T10:00:00+02:00", "2026/3/1 9:30 PM", "2026-12-31 00:00"])
    assert columns.read_dates(cells, None).tolist() == [
        "2026-03-01 08:00:00",
        "2026-03-01 21:30:00",
        "2026-12-31 00:00:00",
    ]


@pytest.mark.parametrize("cells", [["31/02/2026", "13/01/2026"], ["13/01/2026", "01/13/2026"]])
def test_dates_that_do_not_exist_or_do_not_agree_are_refused(cells: list[str]) -> None:
    with pytest.raises(AdoptionError, match=r"no date|do not tell"):
        columns.read_dates(pd.Series(cells, name="c"), None)


@pytest.mark.parametrize(
    ("values", "kind"),
    [
        (["1", "2.5", "NA", "?", "-", "null"], "numeric"),
        (["None", "NA", "some"] * 4, "categorical"),
        (["007", "010", "007"] * 4, "categorical"),
        (["2026-01-02", "2026-02-03", "2026-01-02"], "date"),
        ([""] * 3, "useless"),
        (["a"] * 3, "useless"),
        (["17", "18", "19"], "useless"),
        (["a", "b", "c"], "useless"),
        (["512", "100", "307"], "numeric"),
    ],
)
def test_what_a_column_holds(values: list[str], kind: str) -> None:
    assert column(*values).kind == kind


def test_a_mistake_in_a_column_of_numbers_is_pointed_out() -> None:
    ages = [str(20 + place % 9) for place in range(57)]
    assert column(*ages, "unknown", "unknown", "?").hint.endswith("correct those such as 'unknown'")
    assert column(*[f"{place},5" for place in range(57)], "1.25", commas=True).note.endswith("such as '1.25'")


def test_marks_of_missing_numbers_are_counted_and_categories_stay() -> None:
    assert column("1", "2.5", "NA", "?").note == "has 2 cells (?, NA) read as missing"
    assert column(*["None", "NA", "some"] * 4).cells.tolist() == ["None", "NA", "some"] * 4


@pytest.mark.parametrize("other", ["1\u0663", "1\uff12"])
def test_digits_of_other_scripts_are_text(other: str) -> None:
    assert column(*["1", "2", "3", other] * 20).kind == "categorical"


def test_a_column_with_decimal_points_is_read_in_a_file_with_decimal_commas() -> None:
    assert column("1.25", "2.5", "1.25", commas=True).values.tolist() == [1.25, 2.5, 1.25]


@pytest.mark.parametrize(
    ("texts", "rows", "kind"), [(100, 400, "categorical"), (100, 399, "useless"), (101, 999, "useless")]
)
def test_of_many_texts_too_many_are_no_categories(texts: int, rows: int, kind: str) -> None:
    assert column(*(f"text {place % texts}" for place in range(rows))).kind == kind


def test_text_among_a_fifth_of_the_cells_is_no_mistake() -> None:
    numbers = [str(20 + place % 9) for place in range(40)]
    assert column(*numbers, *["unknown"] * 9).hint
    assert not column(*numbers, *["unknown"] * 10).hint


def test_the_data_file_is_called_after_the_source_and_has_the_same_bytes_each_time() -> None:
    cells = {"a": column("1", "2.5"), "b": column("x\r", "x\r")}
    path, content = columns.data_file(cells, Path("Meine Daten (2).csv.xz"))
    assert path == Path("data/meine_daten_2.csv.gz")
    assert gzip.decompress(content) == b'a,b\r\n1,"x\r"\r\n2.5,"x\r"\r\n'
    assert content == columns.data_file(cells, Path("other.csv"))[1]
    assert columns.data_file(cells, Path("日本.csv"))[0] == Path("data/table.csv.gz")
