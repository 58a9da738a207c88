"""Columns that name things are known by their names; what recurs divides the rows."""

import numpy as np
import pandas as pd
import pytest

from predictor.adoption import columns
from predictor.adoption.identifiers import group, identifies
from predictor.adoption.proposal import Proposal, propose

ROWS = 600
PATIENTS = [str(1000 + place % 200) for place in range(ROWS)]


def column(*values: str) -> columns.Column:
    return columns.read(pd.Series(values, name="c"), commas=False)


@pytest.mark.parametrize(
    "name",
    [
        "id",
        "ID",
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
    assert identifies(name, column("a", "b", "a"))


@pytest.mark.parametrize(
    "name", ["paid", "valid", "number", "bedrooms_number", "clinic_name", "keyboard", "no", "idle", "cid_code", "price"]
)
def test_a_column_that_is_called_otherwise_does_not(name: str) -> None:
    assert not identifies(name, column("1", "2", "3", "1"))


def test_a_person_with_many_numbers_is_an_identifier_and_with_two_a_property() -> None:
    assert identifies("Subject", column("308", "309", "310", "308"))
    assert not identifies("student", column("0", "1", "0"))
    assert not identifies("Subject", column("maths", "physics", "maths"))


def proposed(**cells: object) -> Proposal:
    """Half of the patients have the outcome `yes` in each of their rows, and nothing else tells it."""
    late = ["yes" if int(patient) % 2 else "no" for patient in PATIENTS]
    weight = np.random.default_rng(0).random(ROWS).round(3).astype(str)
    table = pd.DataFrame({"weight": weight, "late": late, **cells})
    return propose(table, "late", fewest_rows=50, seed=0)


def test_a_recurring_identifier_is_no_input_but_the_group_of_the_split() -> None:
    proposal = proposed(patient_id=PATIENTS, visit_id=[f"V{place}" for place in range(ROWS)])
    assert list(proposal.inputs) == ["weight"]
    assert proposal.group == "patient_id"
    assert list(proposal.columns) == ["weight", "patient_id", "late"]
    assert proposal.columns["patient_id"].cells.tolist() == PATIENTS
    assert set(proposal.dropped) == {"patient_id", "visit_id"}
    assert "going by its name" in proposal.dropped["patient_id"]
    assert not proposal.warnings


def test_the_column_that_names_the_rows_is_their_group_if_it_recurs() -> None:
    table = pd.DataFrame({"weight": np.arange(ROWS) % 7, "who": PATIENTS, "late": ["yes", "no", "no"] * 200}).astype(
        str
    )
    proposal = propose(table, "late", fewest_rows=50, seed=0, id="who")
    assert (proposal.group, proposal.dropped["who"]) == ("who", "names the rows, as you say")


def test_of_several_the_one_with_the_fewest_names_divides_and_the_others_are_warned_of() -> None:
    proposal = proposed(patient_id=PATIENTS, ward_id=[str(place % 60) for place in range(ROWS)])
    assert proposal.group == "ward_id"
    assert proposal.notes == [
        "rows with the same 'patient_id' may be in both training and test: they are divided by 'ward_id'"
    ]


@pytest.mark.parametrize("cells", [[str(place % 49) for place in range(ROWS)], ["", *PATIENTS[1:]]])
def test_what_cannot_divide_the_rows_is_warned_of(cells: list[str]) -> None:
    notes: list[str] = []
    once = column("", "", *map(str, range(2, ROWS)))
    assert group({"shop_id": column(*cells), "row_id": once}, notes) is None
    assert notes == ["rows with the same 'shop_id' may be in both training and test: it has few values, or gaps"]
