"""The kind `table`: from the owner's file to the facts, the data file and the lines that are shown."""

from __future__ import annotations

import csv
import gzip
import hashlib
import io
import json
import re
import tomllib
from pathlib import Path
from typing import Any

import pytest
from tables import base, put

from scaffolder.adopt import packing
from scaffolder.adopt.kind import Adoption, AdoptionError, Options
from scaffolder.adopt.table import table_kind as table

CAPSTONE = {"targets": ["two", "several"], "texts": True, "ids": "case", "bands": True, "reserved": ["decided"]}
FACTS = re.compile(r"^    ((?:\w+, )*\w+)  ", re.MULTILINE)


def adopted(path: Path, contract: dict[str, Any] | None = None, **options: Any) -> Adoption:
    return table.adopt(path, Options(**{"target": "y", **options}), contract or {})


def written(adoption: Adoption) -> list[list[str]]:
    """The rows of the data file, the names first."""
    [file] = adoption.data.files.values()
    return list(csv.reader(io.StringIO(gzip.decompress(file.data).decode(), newline="")))


@pytest.fixture
def own(tmp_path: Path) -> Path:
    return put(tmp_path / "Meine Daten (2).csv", base(200))


def test_every_fact_is_listed_and_always_there(own: Path, tmp_path: Path) -> None:
    listed = {name for found in FACTS.findall(str(table.__doc__)) for name in found.split(", ")}
    assert len(listed) > 40
    others = put(tmp_path / "several.csv", {**base(90), "y": ["a", "b", "c"] * 30})
    numbers = put(tmp_path / "numbers.csv", {**base(90), "y": [f"{number % 40}" for number in range(90)]})
    for adoption in (adopted(own), adopted(others, CAPSTONE), adopted(numbers)):
        facts = adoption.data.facts
        assert set(facts) == listed
        assert json.loads(json.dumps(facts)) == facts
        assert None not in facts.values()


@pytest.mark.parametrize(
    ("target", "asked"),
    [
        (["yes", "no"] * 100, ["row", "meaning", "actor", "miss", "false_alarm", "currency"]),
        (["a", "b", "c", "d"] * 50, ["row", "actor"]),
        ([f"{n % 40}" for n in range(200)], ["row", "meaning", "unit", "actor", "miss", "false_alarm", "currency"]),
    ],
)
def test_what_is_asked_fits_the_target(target: list[str], asked: list[str], tmp_path: Path) -> None:
    source = put(tmp_path / "own.csv", {**base(200), "y": target})
    found = table.fitting(source, Options(target="y"), {"targets": ["two", "several", "number"]})
    assert list(found) == asked
    assert "{" not in str([one.prompt for one in found.values()])
    if "meaning" in found:
        of_number = "What does 'y' measure?", "What does it cost to forecast one unit too few?"
        of_two = "When is 'y' 'yes'?", "What does it cost when 'yes' is missed?"
        expected = of_number if "unit" in asked else of_two
        assert found["meaning"].prompt.startswith(expected[0])
        assert found["miss"].prompt.startswith(expected[1])
        assert "An example: 200" in found["miss"].help


def test_a_target_that_is_not_there_is_told_before_anything_is_asked(own: Path) -> None:
    with pytest.raises(AdoptionError, match="There is no column 'z' for --target"):
        table.fitting(own, Options(target="z"), {})


def test_the_data_file_is_called_after_the_source_and_has_the_same_bytes_each_time(own: Path) -> None:
    first, second = adopted(own), adopted(own)
    assert (first.data.facts, first.preview) == (second.data.facts, second.preview)
    [(path, file)] = first.data.files.items()
    assert path == first.data.facts["file"] == "data/meine_daten_2.csv.gz"
    assert first.data.facts["name"] == "meine_daten_2"
    assert file == second.data.files[path]
    assert first.data.facts["sha256"] == hashlib.sha256(file.data).hexdigest()
    assert written(first) == [["x", "y"], *map(list, zip(*base(200).values(), strict=True))]
    assert list(adopted(own.rename(own.with_name("日本.csv"))).data.files) == ["data/table.csv.gz"]


def test_no_cell_is_changed_but_for_its_notation(tmp_path: Path) -> None:
    cells = {
        "price": ["1.234,50", "0,5", "NA", "7"] * 50,
        "kind": ["None", "a\rb", 'say "x"', "d, e"] * 50,
        "seen": [f"{1 + place % 28}/{1 + place % 12}/2026 09:30" for place in range(200)],
        "y": base(200)["y"],
    }
    path = tmp_path / "own.csv"
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file, delimiter=";", quoting=csv.QUOTE_ALL).writerows([cells, *zip(*cells.values(), strict=True)])
    names, *rows = written(adopted(path))
    assert names == ["price", "kind", "seen", "y"]
    assert [row[0] for row in rows[:4]] == ["1234.50", "0.5", "", "7"]
    assert [row[1] for row in rows] == cells["kind"]
    assert rows[13][2] == "2026-02-14 09:30:00"


def test_the_facts_are_toml_and_markdown(tmp_path: Path) -> None:
    draw = base(200)
    odd = 'a | "b" `c` *d* {{ e }} <f>'
    cells = {odd: draw["x"], "gender": ["f", "m"] * 100, "y": draw["y"], "same": ["x"] * 200}
    facts = adopted(put(tmp_path / "<own>.csv", cells), about={"row": "parcel"}).data.facts
    lines = "\n".join(facts["columns_toml"])
    assert tomllib.loads(lines) == {odd: "numeric", "gender": "categorical"}
    assert tomllib.loads(f"a = {facts['slices_toml']}\nb = {facts['people_toml']}") == {
        "a": ["gender"],
        "b": ["gender"],
    }
    [warning] = facts["unsettled_toml"]
    assert tomllib.loads(f"a = {warning}")["a"].startswith("'gender' may describe people: if it does,")
    assert facts["source_md"] == "&lt;own>.csv"
    assert facts["columns_md"][1:] == [
        "| `gender` | categorical | 0 | `f`, `m` |",
        "| `y` | target | 0 | `no`, `yes` |",
    ]
    assert r"a \| " in facts["columns_md"][0]
    assert facts["left_out_md"] == ["'same' is the same in each row"]
    assert (facts["row"], facts["meaning"], facts["share_text"]) == ("parcel", "", "40.0%")
    assert facts["about_md"] == (
        "200 rows. 'y' is 'yes' in 40.0% of them; that is the class to find. No column orders the rows, so they are "
        "divided by chance into training, validation and test rows."
    )


def test_an_input_that_may_be_a_leak_is_a_fact(tmp_path: Path) -> None:
    draw = base(200)
    nearly = [answer if place % 40 else "no" for place, answer in enumerate(draw["y"])]
    facts = adopted(put(tmp_path / "own.csv", {**draw, "nearly": nearly})).data.facts
    assert facts["suspected_toml"] == '["nearly"]'
    assert "almost by itself" in "".join(facts["unsettled_toml"])
    assert adopted(put(tmp_path / "own.csv", draw)).data.facts["suspected_toml"] == ""


def test_what_names_things_is_counted_and_not_shown(tmp_path: Path) -> None:
    cells = {**base(200), "e_mail": [f"p{place % 60}@example.org" for place in range(200)]}
    facts = adopted(put(tmp_path / "own.csv", cells)).data.facts
    assert "| `e_mail` | group | 0 | 60 different |" in facts["columns_md"]
    assert (facts["group_toml"], facts["groups_text"]) == ('"e_mail"', "60")
    assert "Rows with the same 'e\\_mail' (60 different ones)" not in facts["about_md"]  # _ in a word needs no escape
    assert (
        "Rows with the same 'e_mail' (60 different ones) may depend on each other: they stay in one part"
        in facts["about_md"]
    )


def test_costs_follow_from_the_class_shares_unless_the_owner_says_them(own: Path) -> None:
    def costs(**about: str) -> tuple[str, str, bool]:
        facts = adopted(own, about=about).data.facts
        return facts["miss"], facts["false_alarm"], facts["costs_given"]

    assert costs() == ("2", "1", False)
    assert costs(false_alarm="1.5") == ("3", "1.5", False)
    assert costs(miss="500", false_alarm="20") == ("500", "20", True)
    with pytest.raises(AdoptionError, match=r"^--about miss=0\.0 must be a number above 0"):
        costs(miss="0.0")


def test_cases_are_numbered_and_numbers_about_people_are_compared_in_bands(tmp_path: Path) -> None:
    ages = [str(20 + place % 60) for place in range(199)] + [""]
    cells = {"age": ages, "case": ["a", "b"] * 100, "kind": list("abcd") * 50, "y": base(200)["y"]}
    adoption = adopted(put(tmp_path / "own.csv", cells), CAPSTONE, about={"row": "patient"})
    facts = adoption.data.facts
    names, *rows = written(adoption)
    assert names == ["case_", "age", "case", "kind", "y", "age (band)"]
    assert facts["id_toml"] == '"case_"'
    assert [row[0] for row in rows] == [f"{number:03}" for number in range(1, 201)]
    assert tomllib.loads(f"a = {facts['slices_toml']}")["a"] == ["age (band)", "case", "kind"]
    assert tomllib.loads(f"a = {facts['people_toml']}")["a"] == ["age (band)"]
    assert [row[5] for row in rows[:2]] == ["up to 32", "up to 32"]
    assert {row[5] for row in rows} == {"up to 32", "over 32 up to 46", "over 46 up to 63", "over 63", ""}
    assert facts["best_toml"] in {'"age"', '"case"', '"kind"'}


def test_the_best_input_stands_for_a_rule(tmp_path: Path) -> None:
    draw = base(200)
    weak = [str((place * 7) % 50 + 30 * (answer == "yes")) for place, answer in enumerate(draw["y"])]
    facts = adopted(put(tmp_path / "own.csv", {**draw, "weak": weak})).data.facts
    assert facts["best_md"] == "`weak`"
    assert facts["cuts"] == sorted(set(facts["cuts"]))
    assert len(facts["cuts"]) == 3


def test_labelled_texts_are_taken_where_the_template_decides_from_them(tmp_path: Path) -> None:
    texts = [f"note {place} about {'a bill' if place % 3 else 'a parcel'}" for place in range(90)]
    cells = {"text": texts, "y": ["bill", "parcel", "other"] * 30}
    facts = adopted(put(tmp_path / "own.csv", cells), CAPSTONE).data.facts
    assert facts["columns_toml"] == ['text = "text"']
    assert (facts["free_text"], facts["task"], facts["best_toml"], facts["cuts"]) == (True, "several", '"text"', [])
    assert "| `text` | text | 0 | 90 different |" in facts["columns_md"]


@pytest.mark.parametrize("contract", [{}, CAPSTONE, {"fewest_rows": 900}, {"words": True}])
def test_the_example_fits_the_contract(tmp_path: Path, contract: dict[str, Any]) -> None:
    adoption = table.adopt(*table.example(tmp_path, contract), contract)
    texts = ['note = "text"'] if contract.get("words") else []
    assert adoption.data.facts["columns_toml"] == ['amount = "numeric"', 'kind = "categorical"', *texts]
    assert adoption.data.facts["rows"] >= contract.get("fewest_rows", 0)


def test_what_cannot_be_said_is_refused(own: Path, tmp_path: Path) -> None:
    with pytest.raises(AdoptionError, match="--target must name the column to predict"):
        table.adopt(own, Options(), {})
    with pytest.raises(AdoptionError, match="--task takes classification or regression, and not 'forecast'"):
        adopted(own, task="forecast")
    with pytest.raises(AdoptionError, match="The name 'decided' is needed"):
        adopted(put(tmp_path / "own.csv", {**base(), "decided": ["a", "b"] * 30}), CAPSTONE)


def test_a_file_that_no_forge_takes_is_refused(own: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(packing, "MOST_PACKED", 5)
    with pytest.raises(AdoptionError, match="more than the 5 bytes that GitHub accepts: take a sample"):
        adopted(own)


def test_each_choice_is_shown_with_its_reason(tmp_path: Path) -> None:
    cells = {**base(), "y": ["ill"] * 24 + ["well"] * 36, "same": ["é"] * 60}
    text = "\n".join([",".join(cells), *map(",".join, zip(*cells.values(), strict=True))])
    path = tmp_path / "own.csv"
    path.write_bytes(text.encode("cp1252"))
    assert adopted(path).preview == (
        f"{path}: CSV in Windows-1252, divided by commas; it is not in UTF-8, so check that all letters are right",
        "",
        "60 rows.",
        "'y' is 'ill' in 40.0% of them; that is the class to find.",
        "No column orders the rows, so they are divided by chance into training, validation and test rows.",
        "Inputs:",
        "  'x' (numeric)",
        "Groups to compare: none",
        "Left out:",
        "  'same' is the same in each row",
        "Look at this:",
        "  'ill', the rarer value of 'y', is taken for the class to find; if it is the other, say --positive well",
    )
