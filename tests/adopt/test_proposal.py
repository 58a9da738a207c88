"""What is proposed: the target, the class to find, the split, and a reason for each column that is left out."""

from __future__ import annotations

import random
from typing import Any

import pytest
from tables import PLAIN, ROWS, base, texts
from tables import proposed as proposed_of

from scaffolder.adopt.kind import AdoptionError
from scaffolder.adopt.table.proposal import Proposal, Uses
from scaffolder.adopt.table.targets import Hint

DAYS = [f"2026-01-{1 + place % 28:02}" for place in range(ROWS)]
SEVERAL = Uses(targets=("two", "several"))
EVERY = Uses(targets=("two", "several", "number"))


def proposed(uses: Uses = PLAIN, options: dict[str, Any] | None = None, **cells: Any) -> Proposal:
    """A proposal for a table with these columns; the target `y` and the input `x` are there anyhow."""
    return proposed_of({**base(), **cells}, uses, **(options or {}))


def hints(found: Proposal) -> list[str]:
    return ["; ".join(filter(None, hint)) for hint in found.hints]


def test_the_class_to_find() -> None:
    assert proposed().target.positive == "yes"
    ill = proposed(y=["ill"] * 20 + ["well"] * 40)
    assert (ill.target.positive, ill.target.mean) == ("ill", 1 / 3)
    assert "if it is the other, say --positive well" in hints(ill)[0]
    assert "say --positive 'on time'" in hints(proposed(y=["late"] * 20 + ["on time"] * 40))[0]
    well = proposed(y=["ill"] * 20 + ["well"] * 40, options={"positive": "well"})
    assert (well.target.positive, hints(well)) == ("well", [])


def test_numbers_are_forecast() -> None:
    target = proposed(y=[str(place % 30) for place in range(ROWS)]).target
    assert (target.task, target.positive, target.mean, target.bounds) == ("number", None, 14.5, ("0", "29"))


@pytest.mark.parametrize(
    ("target", "message"),
    [
        (["a", "b", "c"] * 20, "has 3 values .*make a column with two values"),
        (["a"] * ROWS, "nothing to predict"),
        ([*map(str, range(59)), "on request"], r"^'y' is text, though most .*: correct those such as 'on request'\.$"),
        (["a"] * 41 + [""] * 19, "41 rows have a 'y'"),
        (["a"] * 50 + ["b"] * 10, "'b' in 10 rows: 20 are needed"),
        (["a" * 101, "b"] * 30, "too long for the name of a class"),
    ],
)
def test_a_target_that_cannot_be_predicted_is_refused(target: list[str], message: str) -> None:
    with pytest.raises(AdoptionError, match=message):
        proposed(y=target)


def test_a_target_with_a_unit_is_a_number() -> None:
    found = proposed(y=[f"{place},5 €" for place in range(ROWS)])
    assert (found.target.task, found.target.bounds) == ("number", ("0.5", "59.5"))
    assert Hint("'y' is read as a number, without the sign or unit '€'") in found.hints


def test_several_classes_are_told_apart_where_the_template_can() -> None:
    target = proposed(SEVERAL, y=["a", "b", "c"] * 20).target
    assert (target.task, target.classes, target.positive) == ("several", {"a": 20, "b": 20, "c": 20}, None)
    assert proposed(SEVERAL, y=["1", "2", "3"] * 20).target.task == "several"
    with pytest.raises(AdoptionError, match="'c' in 19 rows: 20 are needed"):
        proposed(SEVERAL, y=["a"] * 21 + ["b"] * 20 + ["c"] * 19)
    with pytest.raises(AdoptionError, match=r"has 21 values .* at most 20 classes are .*: make .* with at most 20"):
        of([f"class {place % 21:02}" for place in range(420)])
    with pytest.raises(AdoptionError, match="holds 60 different numbers, and this project tells classes apart"):
        proposed(SEVERAL, y=[f"{place}.5" for place in range(ROWS)])


def of(target: list[str], uses: Uses = EVERY, **options: str) -> Proposal:
    """A proposal for this target and an input that has nothing to do with it."""
    x = [f"{place * 7919 % 1009 / 10}" for place in range(len(target))]
    return proposed_of({"x": x, "y": target}, uses, **options)


def test_few_rows_of_rare_classes_are_left_out_and_the_classes_named() -> None:
    found = of([*"abc"] * 30 + ["d"] * 4 + ["e"] * 2)
    assert (found.count, found.target.classes) == (90, {"a": 30, "b": 30, "c": 30})
    assert "'y' is 'd', 'e' in 6 rows; left out, since a class needs 20 rows" in found.notes
    two = of(["yes", "no"] * 50 + ["perhaps"])
    assert "'y' is 'perhaps' in 1 row; left out, since a class needs 20 rows" in two.notes
    assert (two.count, two.target.task, two.target.positive) == (100, "two", "yes")
    many = of([f"class {place % 20:02}" for place in range(400)] + ["rare"])
    assert (many.count, len(many.target.classes)) == (400, 20)
    with pytest.raises(AdoptionError, match="'y' is 'd' in 15 rows: 20 are needed"):
        of([*"abc"] * 30 + ["d"] * 15)  # too many rows to leave them out


def test_classes_that_are_spelled_alike_or_look_missing_stand_out() -> None:
    found = hints(of(["Ja", "ja", "Nein", "n/a", "in time", "in  Time"] * 20))
    assert found == [
        "the classes 'Ja', 'ja' of 'y' differ only in case or white space; if they are one, write them alike",
        "the classes 'in  Time', 'in time' of 'y' differ only in case or white space; if they are one, write them alike",
        "the class 'n/a' of 'y' looks like a missing value; if it is one, empty those cells, so that their rows are "
        "left out",
    ]
    assert hints(of(["yes", "?"] * 30))[-1].startswith("the class '?' of 'y' looks like a missing value")
    assert hints(of(["yes", "no"] * 30)) == []


def test_numbers_are_amounts_unless_their_owner_says_that_they_are_classes() -> None:
    digits = [str(place % 10) for place in range(300)]
    amounts = of(digits)
    assert amounts.target.task == "number"
    assert any("--task classification" in hint.advice for hint in amounts.hints)
    classes = of(digits, task="classification").target
    assert (classes.task, len(classes.classes)) == ("several", 10)
    assert of(["0", "1"] * 30, task="regression").target.task == "number"
    with pytest.raises(AdoptionError, match="--task regression cannot be: 'y' holds texts"):
        of(["a", "b"] * 30, task="regression")
    with pytest.raises(AdoptionError, match="--task regression cannot be: 'y' holds numbers, which this project"):
        of(["1", "2", "3"] * 20, SEVERAL, task="regression")


def test_of_many_values_the_rare_ones_count_as_one_where_the_template_says_so() -> None:
    draw = random.Random(1)
    cells = {**base(1_000), "shop": [f"shop {draw.randrange(104):03}" for _ in range(1_000)]}
    assert "shop" in proposed_of(cells).dropped
    found = proposed_of(cells, Uses(most_categories=50))
    assert found.inputs["shop"].kind == "categorical"
    told = "'shop' has 104 values: the 50 most frequent are told apart, and the others count as one"
    assert told in found.notes
    names = {**cells, "shop": [f"shop {place}" for place in range(1_000)]}
    assert "shop" in proposed_of(names, Uses(most_categories=50)).dropped


def test_dates_are_inputs_where_the_template_takes_them() -> None:
    days = [f"{1 + place % 28}.{1 + place % 12}.2026" for place in range(ROWS)]
    cells = {**base(), "born": days, "joined": [f"{day} 13:05" for day in days[::-1]]}
    assert {"born", "joined"} <= proposed_of(cells).dropped.keys()
    found = proposed_of(cells, Uses(dates=True), time="joined")
    assert (found.time, found.dropped["born_year"]) == ("joined", "is the same in each row")
    assert found.inputs.keys() == {"x", "born_month", "born_day", "born_weekday"}
    both = proposed_of({**cells, "joined": [*days[1:], ""]}, Uses(dates=True), dates="day-first")
    assert (both.time, both.inputs["joined_year"].kind) == ("born", "numeric")
    every = proposed_of({**cells, "joined": [*cells["joined"][:-1], ""], "joined_day": days}, Uses(dates=True))
    parts = [every.inputs[f"joined_{part}"].cells for part in ("year", "month", "day_", "weekday")]
    assert [texts(every.rows, cells)[0] for cells in parts] == ["2026", "12", "4", "5"]
    assert texts(every.rows, parts[0])[-1] == "", "no date"
    grouped = proposed_of({**cells, "born": days[:20] * 3}, Uses(dates=True), group="born")
    assert (grouped.group, [name for name in grouped.inputs if name.startswith("born")]) == ("born", [])
    with pytest.raises(AdoptionError, match="say --dates day-first or --dates month-first"):
        proposed_of({**base(), "born": ["3/4/2026", "5/6/2026", ""] * 20}, Uses(dates=True))


def test_a_class_to_find_must_be_one_of_two() -> None:
    with pytest.raises(
        AdoptionError, match="'maybe', for --positive, is not a value of 'y': its values are 'no', 'yes'"
    ):
        proposed(options={"positive": "maybe"})
    with pytest.raises(AdoptionError, match="has 3 values"):
        proposed(SEVERAL, y=["a", "b", "c"] * 20, options={"positive": "a"})


def test_each_column_that_is_left_out_has_a_reason() -> None:
    target = ["yes", "no", "no"] * 20
    found = proposed(
        y=target,
        number=[str(place) for place in range(ROWS)],
        name=[f"n{place}" for place in range(ROWS)],
        same=["a"] * ROWS,
        answer=[f"said {label}" for label in target],
        note=[f"free text {place}" for place in range(ROWS)],
    )
    assert set(found.dropped) == {"number", "name", "same", "answer", "note"}
    assert "almost by itself" in found.dropped["answer"]
    assert found.dropped["note"] == "has 60 different texts in 60 rows"
    assert list(found.columns) == ["x", "y"]


def test_a_free_text_is_the_input_where_the_template_can_and_nothing_else_is_left() -> None:
    cells = {
        "y": ["yes", "no"] * 30,
        "note": [f"text {n}" for n in range(ROWS)],
        "more": [f"longer text {n}" for n in range(ROWS)],
    }
    with pytest.raises(AdoptionError, match="No column is left to predict 'y' from: 'note' has 60 different texts"):
        proposed_of(cells)
    found = proposed_of(cells, Uses(texts=True))
    assert {name: one.kind for name, one in found.inputs.items()} == {"more": "text"}
    assert list(found.dropped) == ["note"]
    assert list(proposed(Uses(texts=True), note=cells["note"]).inputs) == ["x"]


def test_fifty_rows_are_enough_and_what_rows_without_a_target_say_does_not_count() -> None:
    found = proposed(y=["yes", "no"] * 25 + [""] * 10, other=["a", "b", "b", "a", "a"] * 10 + ["c"] * 10)
    assert found.count == 50
    assert found.notes == ["'y' is empty in 10 rows; left out"]
    assert found.inputs["other"].distinct == 2
    assert proposed(y=["yes", "no"] * 29 + ["yes", ""]).notes == ["'y' is empty in 1 row; left out"]


def test_what_is_odd_about_a_column_is_noted() -> None:
    target = ["yes", "no"] * (ROWS // 2)
    nearly = [str(place % 2) if place > 1 else "0" for place in range(ROWS)]
    found = proposed(y=target, nearly=nearly, sparse=["1.5", "", "2.5", "", "", ""] * 10)
    assert found.suspected == ["nearly"]
    assert [note.partition(" (")[0] for note in found.notes] == [
        "'nearly' predicts 'y' almost by itself",
        "'sparse' is empty in more than half of the rows, and kept",
    ]


def test_an_input_that_tells_one_of_several_classes_is_noted() -> None:
    target = ["sent", "lost", "paid"] * 100
    cells = base(300) | {"y": target, "refund": ["12.50" if each == "paid" else "0" for each in target]}
    found = proposed_of(cells, Uses(targets=("several",)))
    assert found.notes == [
        "'refund' tells 'paid' from all others almost by itself (1.000 of 1): is it known beforehand?"
    ]
    assert (found.suspected, "refund" in found.inputs) == ([], True)
    some = ["0" if place % 6 == 2 else cell for place, cell in enumerate(cells["refund"])]
    assert proposed_of(cells | {"refund": some}, Uses(targets=("several",))).notes == []


def test_a_column_that_tells_the_target_where_it_is_filled_is_left_out() -> None:
    hours = [f"{place * 7919 % 1009 / 10}" for place in range(400)]
    invoice = [f"{80 * float(one):.1f}" if place % 5 < 2 else "" for place, one in enumerate(hours)]
    found = proposed_of({"x": [str(place % 7) for place in range(400)], "invoice": invoice, "y": hours})
    assert "almost by itself where it is filled (" in found.dropped["invoice"]


def test_a_column_that_is_wrong_in_two_of_six_hundred_rows_is_left_out() -> None:
    target = ["yes", "no"] * 300
    told = ["no", "yes", *target[2:]]
    weak = [str(place % 7) for place in range(600)]
    assert list(proposed_of({"told": told, "weak": weak, "y": target}).dropped) == ["told"]


def test_what_may_be_about_people_is_asked_about_and_compared() -> None:
    ages = [str(20 + place % 50) for place in range(ROWS)]
    found = proposed(PatientAge=ages, stage=["a", "b", "b"] * 20, sex=["f", "m"] * 30, empty=["", "", "1.5", "2"] * 15)
    assert found.slices == ["PatientAge", "sex", "stage"]
    assert found.people == ["PatientAge"]
    question = "may describe people: if it does, are you allowed to use it, and should you?"
    assert found.notes == [f"'PatientAge' {question}", f"'sex' {question}"]
    born = [f"{1950 + place % 40}-0{1 + place % 9}-1{place % 7}" for place in range(ROWS)]
    dated = proposed_of({**base(), "birth": born}, Uses(dates=True))
    assert (dated.slices, dated.notes) == (["birth_year"], [f"'birth_year' {question}"])  # and not by its weekday


@pytest.mark.parametrize(
    ("name", "row", "certain"),
    [
        *[(name, "", True) for name in ("religious", "nChildren", "occupation", "HouseholdIncome", "patient_health")],
        *[(name, "", False) for name in ("health_score", "union", "age", "sex", "company_income", "mental_health")],
        *[("age", "patient", True), ("age", "visit", False), ("seller_age", "bike", True), ("sex", "penguin", False)],
    ],
)
def test_a_name_may_tell_of_people(name: str, row: str, certain: bool) -> None:
    found = proposed(**{name: ["a", "b", "b"] * 20}, options={"about": {"row": row}})
    assert "may describe people" in str(found.notes)
    assert found.people == [name] * certain
    assert proposed(**{f"re{name[-3:]}": ["a", "b", "b"] * 20}).notes == []


GROUPS = (
    *("black", "white", "Hispanic", "asian", "latino", "native", "female", "male", "gender", "minority", "foreign"),
    *("nonwhite", "non_white", "veteran", "disability", "marital_status", "religion", "nationality", "pregnant"),
    *("is_black", "race_white", "black_applicant", "isFemale", "minority_flag"),
)


@pytest.mark.parametrize("values", [["0", "1", "1"], ["no", "yes", "yes"]])
def test_groups_of_people_are_compared_whatever_their_values(values: list[str]) -> None:
    others = {f"kind {place}": ["a", "b", "b", "a"] * 15 for place in range(5)}
    found = proposed(**others, **dict.fromkeys(GROUPS, values * 20))
    assert {*found.slices[: len(GROUPS)]} == {*found.people} == {*GROUPS}
    question = "may describe people: if it does, are you allowed to use it, and should you?"
    assert {f"'{name}' {question}" for name in GROUPS} <= {*found.notes}


@pytest.mark.parametrize(
    ("name", "row"),
    [
        *(("battery_health", ""), ("age_years", "bike"), ("age", "E-Bike"), ("black", "shirt"), ("white", "wine")),
        *((name, "") for name in ("black_friday", "white_wine", "blackout", "native_ads", "foreign_key", "male_plug")),
    ],
)
def test_what_tells_of_a_thing_is_not_about_people(name: str, row: str) -> None:
    found = proposed(**{name: ["a", "b", "b"] * 20}, options={"about": {"row": row}})
    assert (found.notes, found.people) == ([], [])


@pytest.mark.parametrize("option", ["target", "time", "group"])
def test_a_column_that_is_not_there_is_refused_with_the_nearest_name(option: str) -> None:
    with pytest.raises(AdoptionError, match=f"no column 'Origin' for --{option}: did you mean 'origin'"):
        proposed(origin=["a", "b"] * 30, options={option: "Origin"})
    with pytest.raises(AdoptionError, match=f"no column 'qqq' for --{option}: choose from x, y"):
        proposed(options={option: "qqq"})


def test_the_target_is_no_time_and_no_group() -> None:
    with pytest.raises(AdoptionError, match="--target and --group name the same column, 'y'"):
        proposed(options={"group": "y"})
    with pytest.raises(AdoptionError, match="--time and --group name the same column, 'seen'"):
        proposed(seen=DAYS, options={"time": "seen", "group": "seen"})


def test_the_dates_that_group_the_rows_do_not_order_them() -> None:
    found = proposed(seen=DAYS, options={"group": "seen"})
    assert (found.group, found.time) == ("seen", None)


def test_the_only_dates_order_the_rows() -> None:
    assert proposed(seen=DAYS).time == "seen"
    assert hints(proposed(seen=DAYS)) == [
        "'seen' is the only column with a date in each row, so it orders them; "
        "--time names another, and --no-time divides them by chance"
    ]
    assert proposed(birth_date=DAYS).time is None
    assert "birth_date" in proposed(birth_date=DAYS).dropped
    both = proposed(seen=DAYS, paid=DAYS)
    assert both.time is None
    assert hints(both) == [
        "none of 'seen', 'paid' orders the rows, so they are divided by chance; --time says which one does"
    ]
    assert proposed(seen=DAYS, paid=DAYS, options={"time": "paid"}).time == "paid"


def test_dates_with_gaps_do_not_order_the_rows_and_are_counted() -> None:
    days = ["" if place % 20 == 7 else day for place, day in enumerate(DAYS)]
    found = proposed(seen=days)
    gaps = "'seen' is empty in 3 of 60 rows, so it"
    assert found.time is None
    assert hints(found)[0].startswith(f"{gaps} does not order them, and they are divided by chance")
    with pytest.raises(AdoptionError, match=f"^{gaps} cannot order them: remove those rows or leave --time out"):
        proposed(seen=days, options={"time": "seen"})
    with pytest.raises(AdoptionError, match="'x' cannot order the rows, since --time needs dates such as 2026-12-31"):
        proposed(options={"time": "x"})


@pytest.mark.parametrize(
    ("inputs", "message"),
    [
        (["1", "1.0"] * 100, "only 1 different rows with 'y' = '(no|yes)', too few"),
        ([*["1"] * 170, *["1"] * 26, *"2345"], "only 1 different rows with 'y' = 'no', too few"),
    ],
)
def test_rows_that_cannot_be_divided_are_refused(inputs: list[str], message: str) -> None:
    with pytest.raises(AdoptionError, match=message):
        proposed_of({"x": inputs, "y": ["no"] * 170 + ["yes"] * 30})


def test_rows_of_few_groups_are_divided_by_rows_unless_their_owner_names_the_group() -> None:
    rare = ["yes" if place % 50 in (3, 5, 7, 9) else "no" for place in range(500)]
    cells = {"x": base(500)["x"], "y": rare, "shop_id": [str(place % 50) for place in range(500)]}
    few = "only 4 different values of 'shop_id' with 'y' = 'yes', too few"
    found = proposed_of(cells)
    assert (found.group, found.folds) == (None, 5)
    assert any(few in note for note in found.notes)
    with pytest.raises(AdoptionError, match=few):
        proposed_of(cells, group="shop_id")


def test_an_order_in_which_a_part_has_one_class_alone_is_left_unless_their_owner_names_it() -> None:
    days = [f"2026-{1 + place // 28:02}-{1 + place % 28:02}" for place in range(200)]
    late = ["no", "yes"] * 40 + ["no"] * 120
    for cells, missing in [
        ({"y": late, "seen": days}, "only one value of 'y' among the validation rows"),
        ({"y": ["no", "yes"] * 100, "seen": ["2026-01-01"] * 130 + days[130:]}, "no row among the training rows"),
    ]:
        table = {"x": base(200)["x"], **cells}
        with pytest.raises(AdoptionError, match=f"ordered by 'seen', .* {missing}. Leave --time out"):
            proposed_of(table, time="seen")
        found = proposed_of(table)
        assert (found.time, found.folds) == (None, 5)
        assert f"but in its order there is {missing}, so the rows are divided by chance" in found.hints[0].text


def test_a_cross_validation_has_as_many_folds_as_the_data_allow() -> None:
    days = [f"2026-{1 + place // 28:02}-{1 + place % 28:02}" for place in range(200)]
    late = ["no"] * 35 + ["no", "yes"] * 82 + ["no"]
    found = proposed_of({"x": base(200)["x"], "y": late, "seen": days})
    assert (found.time, found.folds) == ("seen", 2)
    assert "the cross-validation has 2 folds: with more, one would lack a value of 'y'" in found.notes
    rare = ["yes" if place % 50 in (3, 5, 7, 9, 11, 13) else "no" for place in range(500)]
    shops = {"x": base(500)["x"], "y": rare, "shop_id": [str(place % 50) for place in range(500)]}
    assert proposed_of(shops).folds == 3
    assert proposed_of(shops, no_group=True).folds == 5


def test_what_the_owner_leaves_out_is_nothing_at_all() -> None:
    cells = {**base(200), "sample_number": [str(1 + place % 60) for place in range(200)]}
    assert proposed_of(cells).group == "sample_number"
    found = proposed_of(cells, without=("sample_number",))
    assert (found.group, found.notes) == (None, [])
    assert found.dropped["sample_number"] == "is left out, as you say"
    assert proposed_of(cells, no_group=True).group is None
    assert proposed(seen=DAYS, options={"no_time": True}).time is None
    for options in ({"without": ("x",), "time": "x"}, {"no_time": True, "time": "x"}, {"no_group": True, "group": "x"}):
        with pytest.raises(AdoptionError, match=r"leave one of them out|name another"):
            proposed_of(cells, **options)
    with pytest.raises(AdoptionError) as refusal:
        proposed_of(cells, without=("y",))
    assert "y" not in str(refusal.value).partition("choose from ")[2].rstrip(".").split(", ")
