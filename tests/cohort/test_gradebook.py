"""Gradebooks: the roster's own layout and encoding, our columns after it, and nothing that a spreadsheet would run."""

from __future__ import annotations

import csv
import io
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rosters import CANVAS, MOODLE, read

from scaffolder.cohort.report import gradebook
from scaffolder.cohort.report.gradebook import safe
from scaffolder.cohort.roster.roster import RosterError


def rows_of(data: bytes, delimiter: str = ",", encoding: str = "utf-8") -> list[list[str]]:
    return list(csv.reader(io.StringIO(data.decode(encoding), newline=""), delimiter=delimiter, strict=True))


def test_own_columns_come_first() -> None:
    roster = read('id,name,Use case\nada,"Lovelace, Ada",fraud\ngrace,Grace,\n')
    made = gradebook.text(roster, {"ada": {"level": "Builder", "score": 3}, "grace": {"score": 2.5, "late": "no"}})
    assert made.decode() == (
        'id,name,Use case,level,score,late\nada,"Lovelace, Ada",fraud,Builder,3,\ngrace,Grace,,,2.5,no\n'
    )


def test_canvas_can_import_it() -> None:
    made = gradebook.text(read(CANVAS), {"s-001": {"Portfolio": 17.5, "Level": 2}})
    assert made.decode() == (
        'Student,"ID",SIS User ID,SIS Login ID,Section,Portfolio (1234),Level\n'
        '"Smith, Jane",11,s-001,jsmith,"Group 1, Group 2",17.5,2\n'
        '"Øye, Åse",12,s-002,aase@example.org,Group 2,,\n'
    )


def test_a_column_of_ours_never_replaces_one_that_says_who_somebody_is() -> None:
    made = gradebook.text(read("id,name\nada,Ada\n"), {"ada": {"name": "x"}})
    assert made == b"id,name,name\nada,Ada,x\n"


def test_moodle_can_import_it() -> None:
    roster = read(MOODLE)
    made = gradebook.text(roster, {"s2": {"Quiz: One (Real)": 9.25, "Level": "Builder"}})
    assert rows_of(made) == [
        [
            "First name",
            "Last name",
            "ID number",
            "Institution",
            "Department",
            "Email address",
            "Quiz: One (Real)",
            "Level",
        ],
        ["Jane", "Smith", "s1", "", "", "jane@example.org", "", ""],
        ["José María", "García Pérez", "s2", "", "", "jose@example.org", "9.25", "Builder"],
    ]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
@pytest.mark.parametrize("newline", ["\n", "\r\n"])
def test_it_is_written_as_the_roster_was(encoding: str, newline: str) -> None:
    text = newline.join(["sep=;", "id;name", "ada;Zoë", ""])
    made = gradebook.text(read(text.encode(encoding)), {"ada": {"score": -1}})
    assert made == newline.join(["sep=;", "id;name;score", "ada;Zoë;-1", ""]).encode(encoding)


def test_a_character_that_the_encoding_does_not_have() -> None:
    made = gradebook.text(read("id,name\nada,Zoë\n".encode("cp1252")), {"ada": {"note": "→"}})
    assert made == "\ufeffid,name,note\nada,Zoë,→\n".encode()


def test_a_spreadsheet_with_semicolons_has_decimal_commas() -> None:
    grades = {"ada": {"score": 3.5, "text": "3.5"}}
    assert gradebook.text(read("id;name\nada;A\n"), grades).endswith(b"ada;A;3,5;3.5\n")
    assert gradebook.text(read("id;name\nada;1.5\n"), grades).endswith(b"ada;1.5;3.5;3.5\n")
    assert gradebook.text(read("id,name\nada,A\n"), grades).endswith(b"ada,A,3.5,3.5\n")


def test_numbers_stay_numbers() -> None:
    grades = {"ada": {"a": 0.1 + 0.2, "b": -2.0, "c": float("nan"), "d": float("-inf"), "e": 1e-7, "f": -1e20}}
    assert gradebook.text(read("id\nada\n"), grades).endswith(b"ada,0.3,-2,,,1e-07,-1e+20\n")


@pytest.mark.parametrize(
    "text",
    [
        "=1+1",
        "+1+1",
        "-1+1",
        "@SUM(A1)",
        "\t=1",
        "\r=1",
        "\n=1",
        "\tx",
        " =1",
        '"=1',
        ' " =1',
        "\u00a0=1",
        "\ufeff=1",
        "\u200b=1",
        "＝1",
        "＋1",
        "－1",
        "＠x",
        "=cmd|'/C calc'!A0",
        "-2+3+cmd|' /C calc'!A0",
        "-1;2",
        "--1",
        "-a",
    ],
)
def test_a_formula_is_no_formula_any_more(text: str) -> None:
    assert safe(text) == f"'{text}"
    made = gradebook.text(read("id,name\nada,x\n"), {"ada": {"note": text, text: "x"}})
    header, row = rows_of(made)
    assert (header[3], row[2]) == (f"'{text}", f"'{text}")


@pytest.mark.parametrize("text", ["", "-", "-1", "+3", "-2.5", "-2,5", "+50%", "-1e+20", "a=b", "1-2", "'=1", "O'Neil"])
def test_what_is_no_formula_stays(text: str) -> None:
    assert safe(text) == text


def test_names_of_a_roster_are_made_safe_too() -> None:
    made = gradebook.text(read('id,name\nada,=cmd()\nbob,"a ""b"" ;|"\n'), {})
    assert made.decode() == 'id,name\nada,\'=cmd()\nbob,"a ""b"" ;|"\n'


def test_a_file_does_not_begin_with_what_excel_takes_for_another_format() -> None:
    assert gradebook.text(read("ID,Name\nada,A\n"), {}) == b'"ID",Name\nada,A\n'


CELLS = st.text(st.characters(blacklist_categories=["Cs", "Cc"]), max_size=12)


@given(CELLS, CELLS, st.sampled_from(list(",;\t|")), st.sampled_from(["utf-8", "utf-16", "cp1252"]))
def test_no_cell_is_a_formula_and_none_is_lost(name: str, note: str, delimiter: str, encoding: str) -> None:
    quoted = '"' + name.replace('"', '""') + '"'
    try:
        roster = read(f"id{delimiter}name\r\nada{delimiter}{quoted}\r\n".encode(encoding))
    except (RosterError, UnicodeEncodeError):
        return
    made = gradebook.text(roster, {"ada": {"note": note, "score": -1.5}})
    written = made.decode("utf-8-sig" if made.startswith(b"\xef\xbb\xbf") else roster.table.dialect.encoding)
    [_, row] = list(csv.reader(io.StringIO(written, newline=""), delimiter=roster.table.dialect.delimiter, strict=True))
    assert [cell.removeprefix("'") for cell in row[1:3]] == [name.removeprefix("'"), note.removeprefix("'")]
    for cell in row:
        assert cell[:1] not in tuple("=+-@＝＋－＠\t\r\n") or re.fullmatch(
            r"-|[+-]\d+([.,]\d+)?(e[+-]?\d+)?%?", cell, re.I
        )


@given(st.text(max_size=20))
def test_making_safe_twice_is_once(text: str) -> None:
    assert safe(safe(text)) == safe(text)
