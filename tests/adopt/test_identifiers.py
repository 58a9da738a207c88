"""Columns that name things are known by their names; what recurs divides the rows."""

from __future__ import annotations

import random
from collections.abc import Sequence

import pytest
from tables import column_of, opened, proposed

from scaffolder.adopt.kind import AdoptionError
from scaffolder.adopt.table.columns import Column
from scaffolder.adopt.table.identifiers import group, identifies
from scaffolder.adopt.table.proposal import Proposal
from scaffolder.adopt.table.targets import Hint

ROWS = 600
PATIENTS = [str(1000 + place % 200) for place in range(ROWS)]


@pytest.mark.parametrize(
    "name",
    [
        "id",
        "ID",
        "in_reply_to_id_str",
        "subject_id",
        "patientID",
        "Patient.Id",
        "customerid",
        "order-no",
        "Kunden.ID",
        "uuid",
        "user_key",
        "fake_first_name",
        "LastName",
        "customer_name",
        "name",
        "E-Mail",
        "work.phone",
        "account_number",
        "pid",
    ],
)
def test_a_column_that_is_called_so_names_things(name: str) -> None:
    assert identifies(name, column_of("a", "b", "a"))


@pytest.mark.parametrize(
    "name", ["paid", "valid", "number", "bedrooms_number", "clinic_name", "keyboard", "no", "idle", "cid_code", "price"]
)
def test_a_column_that_is_called_otherwise_does_not(name: str) -> None:
    assert not identifies(name, column_of("1", "2", "3", "1"))


def test_a_person_with_many_numbers_is_an_identifier_and_with_two_a_property() -> None:
    assert identifies("Subject", column_of("308", "309", "310", "308"))
    assert not identifies("student", column_of("0", "1", "0"))
    assert not identifies("Subject", column_of("maths", "physics", "maths"))


def about_patients(options: dict[str, str] | None = None, **cells: Sequence[str]) -> Proposal:
    """Half of the patients have the outcome `yes` in each of their rows, and nothing else tells it."""
    draw = random.Random(0)
    late = ["yes" if int(patient) % 2 else "no" for patient in PATIENTS]
    weight = [f"{draw.random():.3f}" for _ in range(ROWS)]
    return proposed({"weight": weight, "y": late, **cells}, **(options or {}))


def test_a_recurring_identifier_is_no_input_but_the_group_of_the_split() -> None:
    found = about_patients(patient_id=PATIENTS, visit_id=[f"V{place}" for place in range(ROWS)])
    assert list(found.inputs) == ["weight"]
    assert found.group == "patient_id"
    assert list(found.columns) == ["weight", "patient_id", "y"]
    assert [cell for (cell,) in found.rows.each(found.columns["patient_id"].cells)] == PATIENTS
    assert set(found.dropped) == {"patient_id", "visit_id"}
    assert "going by its name" in found.dropped["patient_id"]
    assert not found.notes


def test_the_column_that_the_owner_names_is_the_group_if_it_recurs() -> None:
    wards = [str(place % 60) for place in range(ROWS)]
    found = about_patients({"group": "who"}, who=PATIENTS, ward_id=wards)
    assert (found.group, found.dropped["who"]) == ("who", "names things, as you say")
    assert found.notes == ["rows with the same 'ward_id' may be in both training and test: they are divided by 'who'"]
    once = about_patients({"group": "who"}, who=[f"N{place}" for place in range(ROWS)])
    assert (once.group, once.dropped["who"]) == (None, "names things, as you say")
    with pytest.raises(AdoptionError, match="'who' is empty in 1 of 600 rows, so it cannot group them"):
        about_patients({"group": "who"}, who=["", *PATIENTS[1:]])


def test_an_input_with_many_values_that_recur_may_be_a_group() -> None:
    draw = random.Random(2)
    who = [f"N{draw.randrange(60)}" for _ in range(ROWS)]
    told = Hint(
        "rows with the same 'who is it' may depend on each other", "if they do, --group 'who is it' keeps them together"
    )
    assert told in about_patients(**{"who is it": who}).hints
    assert told not in about_patients({"group": "who is it"}, **{"who is it": who}).hints
    assert about_patients(who=[f"N{draw.randrange(40)}" for _ in range(ROWS)]).hints == []
    once = [*["rest"] * 530, *(f"N{place}" for place in range(70))]
    assert about_patients(who=once).hints == []


def test_codes_too_many_for_an_input_may_be_a_group_and_remarks_are_none() -> None:
    draw = random.Random(2)
    codes = [draw.randrange(211) for _ in range(ROWS)]
    told = "rows with the same 'who' may depend on each other"
    assert told in [hint.text for hint in about_patients(who=[f"M{code}" for code in codes]).hints]
    assert told not in [hint.text for hint in about_patients(who=[f"pays in {code} weeks" for code in codes]).hints]


def test_of_several_the_one_with_the_fewest_names_divides_and_the_others_are_warned_of() -> None:
    found = about_patients(patient_id=PATIENTS, ward_id=[str(place % 60) for place in range(ROWS)])
    assert found.group == "ward_id"
    assert found.notes == [
        "rows with the same 'patient_id' may be in both training and test: they are divided by 'ward_id'"
    ]


def test_if_time_divides_the_rows_each_that_recurs_is_warned_of() -> None:
    days = [f"2025-{1 + place // 50:02}-{1 + place % 28:02}" for place in range(ROWS)]
    found = about_patients(
        {"time": "day"}, patient_id=PATIENTS, visit_id=[f"V{place}" for place in range(ROWS)], day=days
    )
    assert (found.time, found.group) == ("day", "patient_id")
    assert found.notes == ["rows with the same 'patient_id' may be in both training and test: they are divided by time"]


@pytest.mark.parametrize("cells", [[str(place % 49) for place in range(ROWS)], ["", *PATIENTS[1:]]])
def test_what_cannot_divide_the_rows_is_warned_of(cells: list[str]) -> None:
    notes: list[str] = []
    rows = opened({"shop_id": cells, "row_id": ["", "", *map(str, range(2, ROWS))]})
    named = {name: Column(name, "useless", f"c{place}") for place, name in enumerate(["shop_id", "row_id"])}
    assert group(rows, named, None, notes) is None
    assert notes == ["rows with the same 'shop_id' may be in both training and test: it has few values, or gaps"]
