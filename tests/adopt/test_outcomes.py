"""Rows of one's own whose outcome is known later: what is read, what is refused, and what becomes of each column."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import Any

import pytest
from own_parcels import Row, adopted, parcels, refused, table, write

from scaffolder.adopt.kind import Adoption
from scaffolder.adopt.outcomes.joining import plain_name

LATER = ("Arrived", "Late?")


@pytest.fixture
def own(tmp_path: Path) -> Path:
    return tmp_path / "own.csv"


@pytest.fixture(scope="module")
def usual(tmp_path_factory: pytest.TempPathFactory) -> Adoption:
    """What the parcels give in one plain file."""
    return adopted(write(tmp_path_factory.mktemp("usual") / "own.csv", parcels()))


def changed(rows: list[Row], **columns: Any) -> list[Row]:
    """The rows with other cells; `columns` by their first letters."""
    names = {name: next(each for each in rows[0] if each.startswith(name)) for name in columns}
    return [{**row, **{names[name]: str(cell) for name, cell in columns.items()}} for row in rows]


def test_the_rows_and_their_outcomes_are_written_in_order(own: Path) -> None:
    rows = parcels()
    found = adopted(write(own, rows[::-1]))
    head, *made = table(found, "rows")
    assert head == ["no", "sent_on", "weight_kg", "grosse"]
    expected = [[row["No"], row["Sent on"][:10], row["Weight (kg)"], row["Größe"] or "missing"] for row in rows]
    assert made == sorted(expected, key=lambda row: (row[1], row[0]))
    head, *known = table(found, "outcomes")
    assert head == ["no", "arrived", "late"]
    told = [[row["No"], row["Arrived"], str(int(row["Late?"] == "yes"))] for row in rows]
    assert known == sorted(told, key=lambda row: (row[1], row[0]))


def test_the_facts_fit_the_files_and_are_the_same_again(own: Path, usual: Adoption) -> None:
    found = adopted(write(own, parcels()))
    assert found.data == usual.data
    facts, sums = found.data.facts, found.data.files["data/SHA256SUMS"].data
    assert facts["sha256"] == hashlib.sha256(sums).hexdigest()
    assert [line.split()[1] for line in sums.decode().splitlines()] == [
        "rows.csv.gz",
        "outcomes.csv.gz",
    ]  # as service/data.py
    for line in sums.decode().splitlines():
        digest, name = line.split()
        assert hashlib.sha256(found.data.files[f"data/{name}"].data).hexdigest() == digest
    assert [(one["name"], one["kind"], one["empty"]) for one in facts["inputs"]] == [
        ("weight_kg", "numeric", "0"),
        ("grosse", "categorical", "0"),
    ]
    assert facts["slices_toml"] == '["grosse"]'
    assert [text.partition(" ")[0] for text in facts["dropped_md"]] == ["label"]
    assert facts["until"] > facts["reference_to"] > facts["broken"] > facts["better"] > facts["train_to"]
    assert any("label has 1,500 different texts" in line for line in found.preview)


def test_all_that_may_be_about_people_is_compared_first(own: Path) -> None:
    rows = [
        {**row, "female": place % 3 % 2, "black": "yn"[place % 2], "foreign": place % 2, "age": 20 + place % 50}
        for place, row in enumerate(parcels())
    ]
    assert adopted(write(own, rows)).data.facts["slices_toml"] == '["female", "black", "foreign"]'


@pytest.mark.parametrize(("delimiter", "encoding"), [(";", "cp1252"), ("\t", "utf-16"), (",", "utf-8-sig")])
def test_two_files_in_any_form_give_the_same(own: Path, usual: Adoption, delimiter: str, encoding: str) -> None:
    rows = parcels()
    made = write(own.with_name("made.csv"), rows, [name for name in rows[0] if name not in LATER], delimiter, encoding)
    known = write(own.with_name("known.csv"), rows[::-1], ["No", *LATER], delimiter, encoding)
    assert adopted(made, outcomes=known).data.files == usual.data.files


def test_decimal_commas_are_read(own: Path, usual: Adoption) -> None:
    commas = [{**row, "Weight (kg)": row["Weight (kg)"].replace(".", ",")} for row in parcels()]
    assert adopted(write(own, commas, delimiter=";")).data.files == usual.data.files


def test_without_an_id_the_rows_are_numbered(own: Path) -> None:
    found = adopted(write(own, parcels()), id=None)
    assert found.data.facts["id"] == "number"
    assert sorted(int(row[0]) for row in table(found, "rows")[1:]) == list(range(1, 1501))
    assert found.data.facts["dropped_md"][0].startswith("no ")


def test_other_forms_of_days_are_read(own: Path, usual: Adoption) -> None:
    rows = parcels()
    german = [{**row, "Arrived": ".".join(row["Arrived"].split("-")[::-1])} for row in rows]
    assert adopted(write(own, german)).data.files == usual.data.files
    few = [{**row, "Arrived": "01.02.2024", "Sent on": "2024-01-01"} for row in rows]
    assert "say --dates day-first or --dates month-first" in refused(write(own, few))[0]


def test_rows_without_an_outcome_are_left_out(own: Path) -> None:
    rows = parcels()
    rows[3] |= {"Arrived": "", "Late?": ""}
    found = adopted(write(own, rows))
    assert len(table(found, "rows")) == len(table(found, "outcomes")) == 1500
    assert "Rows without an outcome are left out: 1." in found.data.facts["summary_md"]


def test_all_that_is_wrong_is_said_at_once(own: Path) -> None:
    rows = parcels()
    rows[0]["No"] = "P1"
    rows[2]["Sent on"] = "in May"
    rows[3]["Arrived"] = "2023-01-01"
    rows[4]["Late?"] = "perhaps"
    assert refused(write(own, rows)) == [
        "There are cells that cannot be used:",
        "own.csv, row 3: no 'P1' stands there twice",
        "own.csv, row 4: sent_on 'in May' is no day such as 2026-12-31",
        "own.csv, row 5: arrived '2023-01-01' is before the day of its row",
        "own.csv, row 6: late 'perhaps' is neither 'no' nor 'yes'",
    ]
    known = write(own.with_name("known.csv"), changed(rows, No="x"), ["No", *LATER])
    said = refused(write(own, parcels()), outcomes=known)
    assert "known.csv, row 2: no 'x' is the id of no row" in said
    assert said[-1].endswith(" more")


def test_an_id_that_is_missing_is_named(own: Path) -> None:
    rows = parcels()
    rows[7]["No"] = ""
    known = write(own.with_name("known.csv"), rows, ["No", *LATER])
    assert refused(write(own, rows), outcomes=known)[1:] == [
        "own.csv, row 9: no '' is missing",
        "known.csv, row 9: no '' is missing",
    ]


@pytest.mark.parametrize(
    ("rows", "options", "said"),
    [
        (parcels(400), {}, "500 rows with an outcome are needed, and 400 found"),
        (parcels(days=20), {}, "28 days from the first row to the last are needed, and 19 found"),
        (
            [*changed(parcels(1480), Late="yes"), *changed(parcels()[-20:], Late="no")],
            {},
            "50 rows of the rarer outcome are needed, and 20 found",
        ),
        (changed(parcels(), Late="yes"), {}, "Column late is 'yes': say with --positive which"),
        (parcels(), {"positive": "maybe"}, "say with --positive which of two values is meant"),
        (parcels(), {"positive": None}, "say with --positive which of two values is meant"),
        (parcels(), {"known": "Arived"}, "has no column 'Arived' for --known: did you mean 'Arrived'?"),
        (
            parcels(),
            {"known": None},
            "--known must name a column of your data: the day on which its outcome was known.",
        ),
        (parcels(), {"known": "Sent on"}, "must name four different columns"),
        (
            parcels(),
            {"dates": "year-first"},
            "--dates takes day-first or month-first, and not 'year-first'.",
        ),
        (changed(parcels(), Arrived="2024-04-30"), {}, "By 2024-01-31 only 0 outcomes are known"),
        (
            [{name: row[name] for name in (*list(row)[:2], "label", *LATER)} for row in parcels()],
            {},
            "is left that could be an input",
        ),
    ],
)
def test_what_cannot_be_used_is_refused(own: Path, rows: list[Row], options: dict[str, Any], said: str) -> None:
    assert said in refused(write(own, rows), **options)[0]


def test_two_files_need_the_column_that_they_share(own: Path) -> None:
    known = write(own.with_name("known.csv"), parcels(), ["No", *LATER])
    assert refused(write(own, parcels()), outcomes=known, id=None) == [
        "--id must name the column that tells which outcome belongs to which row."
    ]


def test_two_columns_with_the_same_plain_name_are_refused(own: Path) -> None:
    rows = [{**row, "grosse": "x"} for row in parcels()]
    assert refused(write(own, rows)) == [
        f"Columns 'Größe' and 'grosse' of '{own}' would both be called grosse: rename one."
    ]


@pytest.mark.parametrize(
    ("cells", "why"),
    [
        (lambda n: "" if n > 600 else n * 7 % 31, "is empty only after the training period"),
        (lambda n: n * 7 % 31 if n > 600 else 5, "is the same in each row of the training period"),
        (lambda _: "same", "is the same in each row"),
        (lambda n: n, "has a different whole number in each row"),
        (lambda n: f"2024-01-{n % 28 + 1:02}", "holds dates"),
        (lambda n: f"word {n % 600}", "different texts"),
    ],
)
def test_what_is_no_input_is_left_out_with_its_reason(own: Path, cells: Any, why: str) -> None:
    rows = [{**row, "more": str(cells(n))} for n, row in enumerate(parcels())]
    found = adopted(write(own, rows))
    assert "more" not in {one["name"] for one in found.data.facts["inputs"]}
    (told,) = [text for text in found.data.facts["dropped_md"] if text.startswith("more ")]
    assert why in told


def test_what_names_somebody_or_tells_the_outcome_is_no_input(own: Path) -> None:
    rows = [
        {**row, "customer id": str(n % 40), "days late": str(3 * (row["Late?"] == "yes") + n % 3)}
        for n, row in enumerate(parcels())
    ]
    found = adopted(write(own, rows))
    assert [one["name"] for one in found.data.facts["inputs"]] == ["weight_kg", "grosse"]
    told = {text.partition(" ")[0]: text for text in found.data.facts["dropped_md"]}
    assert "identifies things" in told["customer_id"]
    assert "predicts 'late' almost by itself (1.000 of 1)" in told["days_late"]


def test_the_owners_words_are_facts(own: Path) -> None:
    found = adopted(write(own, parcels()), about={"row": "parcel", "meaning": "it comes too late."})
    assert (found.data.facts["row"], found.data.facts["meaning"]) == ("parcel", "it comes too late")
    assert found.data.facts["actor"] == ""


@pytest.mark.parametrize(
    ("column", "plain"),
    [("Größe (cm)", "grosse_cm"), ("2nd", "x_2nd"), ("Day", "day_"), ("列", "x_"), ("x" * 99, "x" * 50)],
)
def test_names_are_made_plain(column: str, plain: str) -> None:
    assert plain_name(column, {"day"}) == plain


def test_an_input_is_not_called_like_a_column_of_the_reports(own: Path) -> None:
    rows = [{("Row" if name == "Größe" else name): cell for name, cell in row.items()} for row in parcels()]
    assert [one["name"] for one in adopted(write(own, rows)).data.facts["inputs"]] == ["weight_kg", "row_"]


@pytest.mark.parametrize("name", ['a"b', "a'); DROP TABLE cells; --", "{{ 1 }}", "a\nb", "]]><b>", "x" * 5000])
def test_hostile_names_and_cells_are_data(own: Path, name: str) -> None:
    rows = [{**row, name: f"{name[:50]}{n % 3}"} for n, row in enumerate(parcels())]
    found = adopted(write(own, rows))
    (value,) = [one for one in found.data.facts["inputs"] if one["name"] not in ("weight_kg", "grosse")]
    assert value["name"].isidentifier()
    assert "\n" not in value["values_md"]
