"""What a column holds: numbers and dates in each notation, categories, and what is of no use."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tables import column_of, opened, texts

from scaffolder.adopt.kind import AdoptionError
from scaffolder.adopt.table import columns
from scaffolder.adopt.table.columns import Column


def has_commas(cells: dict[str, list[str]], *, semicolons: bool = False) -> bool:
    rows = opened(cells)
    return columns.has_decimal_commas(
        [columns.survey(rows, f"c{place}") for place in range(len(cells))], semicolons=semicolons
    )


def written(*values: str, commas: bool = False) -> list[str]:
    """The cells as the data file will have them."""
    return texts(opened({"c": values}), column_of(*values, commas=commas).cells)


def dates(*values: str, order: str | None = None) -> list[str]:
    rows = opened({"c": values})
    return texts(rows, columns.read_dates(rows, Column("c", "date", "unmarked(c0)"), order))


@settings(max_examples=15)
@given(
    numbers=st.lists(st.decimals(-(10**6), 10**6, places=2), min_size=3, max_size=20, unique=True),
    thousands=st.booleans(),
    commas=st.booleans(),
)
def test_a_number_means_the_same_in_each_notation(numbers: list[Any], thousands: bool, commas: bool) -> None:
    cells = [f"{number:,.2f}" if thousands else f"{number:.2f}" for number in numbers]
    if commas:
        cells = [text.translate(str.maketrans(",.", ".,")) for text in cells]
    decimal = has_commas({"c": cells})
    assert column_of(*cells, commas=decimal).kind == "numeric"
    assert [float(cell) for cell in written(*cells, commas=decimal)] == [float(number) for number in numbers]


def test_one_column_with_decimal_commas_decides_for_the_file() -> None:
    people = ["1.200", "3.400", "1.100"]
    assert has_commas({"price": ["1,25", "2,5", "0,5"], "people": people})
    assert written(*people, commas=True) == ["1200", "3400", "1100"]


@pytest.mark.parametrize(("semicolons", "meaning"), [(True, "1.234"), (False, "1234")])
def test_what_a_comma_could_mean_is_shown(semicolons: bool, meaning: str) -> None:
    cells = ["1,234", "5,678", "1,234"]
    found = column_of(*cells, commas=has_commas({"c": cells}, semicolons=semicolons))
    assert (found.note, found.hint) == ("", f"has '1,234' read as {meaning}")


def test_a_comma_that_can_mean_one_thing_alone_is_no_question() -> None:
    cells = ["61,7", "1.234,5", "2,25"]
    found = column_of(*cells, commas=has_commas({"c": cells}, semicolons=True))
    assert (found.kind, found.hint) == ("numeric", "")


@settings(max_examples=15)
@given(
    days=st.lists(st.dates(date(1990, 1, 1), date(2060, 1, 1)), min_size=2, max_size=20),
    day_first=st.booleans(),
    separator=st.sampled_from("/.-"),
)
def test_a_date_is_never_guessed(days: list[date], day_first: bool, separator: str) -> None:
    form = separator.join(["%d", "%m", "%Y"] if day_first else ["%m", "%d", "%Y"])
    cells = [day.strftime(form) for day in days]
    iso = [day.isoformat() for day in days]
    assert dates(*cells, order="day-first" if day_first else "month-first") == iso
    if any(day.day > 12 for day in days):
        assert dates(*cells) == iso
    else:
        with pytest.raises(AdoptionError, match="say --dates day-first or --dates month-first"):
            dates(*cells)


def test_dates_with_times_and_zones_are_written_in_utc() -> None:
    cells = ["2026-03-01T10:00:00+02:00", "2026/3/1 9:30 PM", "2026-12-31 00:00", "2026-12-31T12:00:00.25Z", ""]
    cells += ["1/2/2026 12:05am", "13.2.2026 23:59:59-0130", "2026-1-2 00:30+01"]
    assert dates(*cells, order="day-first") == [
        "2026-03-01 08:00:00",
        "2026-03-01 21:30:00",
        "2026-12-31 00:00:00",
        "2026-12-31 12:00:00.25",
        "",
        "2026-02-01 00:05:00",
        "2026-02-14 01:29:59",
        "2026-01-01 23:30:00",
    ]


@pytest.mark.parametrize(
    "cells",
    [
        ["31/02/2026", "13/01/2026"],
        ["13/01/2026", "01/13/2026"],
        ["2026-01-02 25:00"],
        ["2026-01-02 13:00 PM"],
        ["2026-01-02 10:00Uhr"],
        ["1000-01-01"],
        ["2026-13-01"],
    ],
)
def test_dates_that_do_not_exist_or_do_not_agree_are_refused(cells: list[str]) -> None:
    with pytest.raises(AdoptionError, match=r"is no date: correct it|do not tell"):
        dates(*cells)


@pytest.mark.parametrize(
    ("values", "kind"),
    [
        (["1", "2.5", "NA", "?", "-", "null"], "numeric"),
        (["+1", "-.5", "5.", "1e5"], "numeric"),
        (["2\u00a0500", "1 000", "12’000"], "numeric"),
        (["1e39", "2", "2", "1e39"] * 4, "categorical"),
        (["None", "NA", "some"] * 4, "categorical"),
        (["007", "010", "007"] * 4, "categorical"),
        (["2026-01-02", "2026-02-03", "2026-01-02"], "date"),
        (["2026-01-02", "", "NA", "2026-01-03"], "date"),
        ([""] * 3, "useless"),
        (["a"] * 3, "useless"),
        (["a", "a", ""] * 3, "categorical"),
        (["17", "18", "19"], "useless"),
        (["a", "b", "c"], "text"),
        (["512", "100", "307"], "numeric"),
        (["512", "100", ""], "numeric"),
    ],
)
def test_what_a_column_holds(values: list[str], kind: str) -> None:
    assert column_of(*values).kind == kind


def test_numbers_that_number_the_rows_are_no_measurements() -> None:
    few = ["512", "700", "9000"]
    assert column_of(*few).kind == "useless"  # they rise
    assert column_of(*few[::-1]).kind == "numeric"
    many = [str(place * 7919 % 1_000_003) for place in range(1_000)]
    assert column_of(*many).kind == "useless"
    assert column_of(*many[1:]).kind == "numeric"
    assert column_of(*many[1:], many[1]).kind == "numeric"
    assert column_of(*many[1:], "1.5").kind == "numeric"


def test_a_mistake_in_a_column_of_numbers_is_pointed_out() -> None:
    ages = [str(20 + place % 9) for place in range(57)]
    assert column_of(*ages, "unknown", "unknown", "?").hint.endswith("correct those such as 'unknown'")
    assert column_of(*[f"{place},5" for place in range(57)], "1.25", commas=True).note.endswith("such as '1.25'")


@pytest.mark.parametrize(
    ("form", "unit"),
    [("{} €", "€"), ("{}\u00a0%", "%"), ("{}kg", "kg"), ("$ {}", "$"), ("-€{}", "€"), ("-US${}", ""), ("A{}", "")],
)
def test_numbers_are_read_without_the_sign_or_unit_that_all_have(form: str, unit: str) -> None:
    numbers = [form.format(f"{place}.250,5") for place in range(1, 60)]
    found = column_of(*numbers, "n/a", "")
    assert found.hint == (f"is read as a number, without the sign or unit '{unit}'" if unit else "")
    assert found.kind == ("numeric" if unit else "text")
    if unit:
        assert written(*numbers, "n/a")[::59] == ["-1250.5" if form.startswith("-") else "1250.5", ""]
    assert column_of(*numbers, "7 hours", "8 days").kind == "text"
    assert column_of(*["yes", "?"] * 30).kind == "categorical"


def test_marks_of_missing_numbers_are_counted_and_categories_stay() -> None:
    assert column_of("1", "2.5", "NA", "?").note == "has 2 cells (?, NA) read as missing"
    assert written("1", "2.5", "NA", "?") == ["1", "2.5", "", ""]
    assert written(*["None", "NA", "some"] * 4) == ["None", "NA", "some"] * 4


@pytest.mark.parametrize("other", ["1\u0663", "1\uff12"])
def test_digits_of_other_scripts_are_text(other: str) -> None:
    assert column_of(*["1", "2", "3", other] * 20).kind == "categorical"


def test_a_column_with_decimal_points_is_read_in_a_file_with_decimal_commas() -> None:
    assert written("1.25", "2.5", "1.25", commas=True) == ["1.25", "2.5", "1.25"]


@pytest.mark.parametrize(("count", "rows", "kind"), [(100, 400, "categorical"), (100, 399, "text"), (101, 999, "text")])
def test_of_many_texts_too_many_are_no_categories(count: int, rows: int, kind: str) -> None:
    found = column_of(*(f"text {place % count}" for place in range(rows)))
    assert found.kind == kind
    assert found.note == ("" if kind == "categorical" else f"has {count} different texts in {rows} rows")


def test_marks_of_missing_numbers_are_no_numbers_among_texts() -> None:
    assert column_of(*["NA"] * 50, *["late", "early"] * 4).hint == ""


def test_whole_numbers_that_would_meet_by_chance_are_codes() -> None:
    codes = [str(60_000 + place * 7919 % 14_000) for place in range(400)]
    assert column_of(*codes).kind == "useless"
    assert column_of(*codes[:100]).kind == "numeric"


def test_text_among_a_fifth_of_the_cells_is_no_mistake() -> None:
    numbers = [str(20 + place % 9) for place in range(40)]
    assert column_of(*numbers, *["unknown"] * 9).hint
    assert not column_of(*numbers, *["unknown"] * 10).hint
