"""Hostile and broken rosters: each is refused with its row and column, in a sentence, before anything is used."""

from __future__ import annotations

import os
import time
from pathlib import Path

import pytest
from rosters import read

from scaffolder.cohort.course import home
from scaffolder.cohort.roster.roster import RosterError
from scaffolder.errors import ScaffolderError

ROW = "id,name\n"
CANVAS = "Student,ID,SIS User ID,SIS Login ID,Section\n    Points Possible,,,,\n"
MOODLE = "First name,Last name,ID number,Email address\n"
Hostile = tuple[str | bytes, int, str, str]

# name -> the file, the row and the column that the error names, and words of it
FILES: dict[str, Hostile] = {
    "empty": ("", 0, "", "it is empty"),
    "blank": ("\n  \n\t\n", 0, "", "it is empty"),
    "only a mark": (b"\xef\xbb\xbf", 0, "", "it is empty"),
    "too large": ("id\n" + "a" * 5_000_000, 0, "", "larger than 5,000,000 bytes"),
    "a workbook": (b"PK\x03\x04\x14\x00\x06\x00" + bytes(50), 0, "", "save it as CSV"),
    "an old workbook": (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(50), 0, "", "save it as CSV"),
    "a PDF": (b"%PDF-1.7\n", 0, "", "save it as CSV"),
    "a page": ("\n<!DOCTYPE html><table><tr><td>id</td></tr></table>", 0, "", "it is a web page"),
    "an XML spreadsheet": ('<?xml version="1.0"?><Workbook/>', 0, "", "it is a web page"),
    "NUL bytes": ("id\nada\nb\0b\n", 3, "", "NUL byte"),
    "UTF-16 without a mark": ("id,name\nada,Ada\n".encode("utf-16-le"), 1, "", "NUL byte"),
    "UTF-16 cut in two": (b"\xff\xfe" + "id\nada\n".encode("utf-16-le") + b"x", 3, "", "is not UTF-16"),
    "half a surrogate": (b"\xff\xfe" + "id\n".encode("utf-16-le") + b"\x00\xd8a\x00", 2, "", "is not UTF-16"),
    "UTF-8 with a wrong byte": (b"\xef\xbb\xbfid,name\nada,\xe9\n", 2, "", "is not UTF-8"),
    "two encodings": ("id,name\nada,Zoë\n".encode() + "bob,Zoë\n".encode("cp1252"), 2, "", "this row is UTF-8"),
    "no encoding": (b"id,name\nada,\x81\x8d\n", 2, "", "no character"),
    "a quote without end": ('id,name\nada,Ada\nbob,"Bob\ncid,Cid\n', 3, "", "quotation mark"),
    "text after a quote": ('id,name\nada,"Ada" Lovelace\n', 2, "", "quotation mark"),
    "another delimiter": ("sep=#\nid#name\nada#Ada\n", 1, "", "its delimiter is '#'"),
    "no header": ("ada,Ada\nbob,Bob\n", 1, "", "there is no column 'id'"),
    "no id": ("name,email\nAda,ada@example.org\n", 1, "", "there is no column 'id'"),
    "no students": ("id,name\n\n,\n", 0, "", "there are no students"),
    "no students in Canvas": (CANVAS + '"Student, Test",9,,t,A\n', 0, "", "there are no students"),
    "two columns of one name": ("id,E-Mail,email\nada,,\n", 1, "email", "there is a column 'E-Mail' already"),
    "two ids": ("id,ID \nada,bob\n", 1, "ID", "there is a column 'id' already"),
    "two answers of one name": ("id,use_case,Use Case\nada,,\n", 1, "Use Case", "there is a column 'use_case' already"),
    "unknown column": ("id,e_mial\nada,\n", 1, "e_mial", "did you mean 'email'?"),
    "column without a title": ("id,,name\nada,,\n", 1, "B", "no question has this name"),
    "question of a project that is not there": ("id,chrun.use_case\nada,\n", 1, "chrun.use_case", "no question"),
    "hostile title": ("id,\x1b[31m\nada,\n", 1, "\x1b[31m", "no question"),
    "too many columns": ("id," + ",".join(f"x{n}" for n in range(200)) + "\nada\n", 1, "", "more than 200 columns"),
    "too many students": ("id\n" + "".join(f"s{n}\n" for n in range(20_001)), 20_002, "", "more than 20,000 rows"),
    "cell without a column": ("id,name\nada,Ada\nbob,Bob,x\n", 3, "C", "only 2 columns"),
    "very long cell": (ROW + f"ada,{'a' * 200_000}\n", 2, "", "more than 131,072 characters"),
    "row without an id": ("id,name\nada,Ada\n,Bob\n", 3, "id", "it is empty"),
    "same id": ("id\nada\nbob\nada\n", 4, "id", "'ada' is in row 2 too"),
    "same id in capitals": ("id\nada\nADA\n", 3, "id", "'ADA' is in row 2 too"),
    "same id for Unicode": ("id\nada\nａda\n", 3, "id", "may have only the letters a to z"),
    "letters in two forms": ("id\nzo\u00eb\nzoe\u0308\n", 2, "id", "may have only the letters a to z"),
    "Cyrillic a": ("id\nada\n\u0430da\n", 3, "id", "may have only the letters a to z"),
    "folder above": ("id\n../x\n", 2, "id", "is a path, not a name"),
    "two dots": ("id\n..\n", 2, "id", "is a path, not a name"),
    "folder in it": ("id\na/b\n", 2, "id", "is a path, not a name"),
    "backslash": ("id\na\\b\n", 2, "id", "is a path, not a name"),
    "absolute": ("id\n/etc/passwd\n", 2, "id", "is a path, not a name"),
    "drive": ("id\nC:\n", 2, "id", "not every system allows"),
    "Git's folder": ("id\n.git\n", 2, "id", "is Git's own folder"),
    "Git's suffix": ("id\nada.git\n", 2, "id", "a name of Git's own"),
    "hidden": ("id\n.ada\n", 2, "id", "may not begin with '.'"),
    "option": ("id\n--upload-pack=x\n", 2, "id", "begins like a formula"),
    "reserved": ("id\nCON\n", 2, "id", "is a reserved name on Windows"),
    "reserved with an end": ("id\nnul.txt\n", 2, "id", "is a reserved name on Windows"),
    "dot at the end": ("id\nada.\n", 2, "id", "ends with a dot"),
    "long id": (f"id\n{'a' * 61}\n", 2, "id", "is longer than 60 characters"),
    "colours": ("id\na\x1b[31mb\n", 2, "id", "cannot be seen"),
    "right to left": ("id\na\u202eb\n", 2, "id", "cannot be seen"),
    "line break in an id": ('id\n"a\nb"\n', 2, "id", "cannot be seen"),
    "joiner in an id": ("id\na\u200db\n", 2, "id", "cannot be seen"),
    "formula": ("id\n=1+1\n", 2, "id", "begins like a formula"),
    "formula with at": ("id\n@SUM(1)\n", 2, "id", "begins like a formula"),
    "formula in wide letters": ("id\n＝1\n", 2, "id", "begins like a formula"),
    "number that Excel shortened": ("id\n4.71100E+11\n", 2, "id", "has shortened"),
    "right to left in a name": (ROW + "ada,A\u202edA\n", 2, "name", "cannot be seen"),
    "bell in a name": (ROW + "ada,A\x07\n", 2, "name", "cannot be seen"),
    "long name": (ROW + f"ada,{'a' * 201}\n", 2, "name", "is longer than 200 characters"),
    "user name with a slash": ("id,username\nada,ada/../bob\n", 2, "username", "is not a user name"),
    "user name with a space": ("id,username\nada,ada l\n", 2, "username", "is not a user name"),
    "same user name": ("id,username\nada,al\nbob,AL\n", 3, "username", "'AL' is in row 2 too"),
    "unknown project": ("id,templates\nada,chrun\n", 2, "templates", "did you mean 'churn'?"),
    "project twice": ("id,templates\nada,churn Churn\n", 2, "templates", "it names churn twice"),
    "day that is none": ("id,due\nada,2026-02-30\n", 2, "due", "is not a date of the calendar"),
    "day in another order": ("id,due\nada,01.12.2026\n", 2, "due", "write 2026-12-01"),
    "time without a zone": ("id,due\nada,2026-12-01T18:00\n", 2, "due", "has no time zone"),
    "year that overflows": ("id,due\nada,9999-12-31T23:59-10:00\n", 2, "due", "is not a date"),
    "year long ago": ("id,due\nada,1026-12-01\n", 2, "due", "is not a date of this century"),
    "choice that is none": ("id,churn.use_case\nada,froud\n", 2, "churn.use_case", "did you mean 'fraud'?"),
    "choice of another project": ("id,use_case\nada,essay\n", 2, "use_case", "project churn: "),
    "yes or no": ("id,fast\nada,perhaps\n", 2, "fast", "it must be yes or no"),
    "long answer": ("id,author_name\nada,aaaaaaaaaaaaaaaaaaaaaaaaa\n", 2, "author_name", "at most 20 characters"),
    "answer that makes a bad folder": ("id,project_name\nada,../../x\n", 2, "", "project_slug"),
    "Jinja in an answer": ("id,project_name\nada,{{ 7*7 }}\n", 2, "", "project_slug"),
    "answer for a project of others": (
        "id,templates,report.topic\nada,churn,x\n",
        2,
        "report.topic",
        "has no project report",
    ),
    "Canvas with a path": (CANVAS + "A,../1,../2,a,G\n", 3, "SIS User ID", "is a path, not a name"),
    "Canvas without an id": (CANVAS + "A,,,a,G\n", 3, "ID", "it is empty"),
    "Canvas with one id for two": (CANVAS + "A,1,x,a,G\nB,1,x,b,G\n", 4, "SIS User ID", "'x' is in row 3 too"),
    "Moodle with a path": (MOODLE + "A,B,../x,../x@example.org\n", 2, "ID number", "is a path, not a name"),
}


@pytest.mark.parametrize("name", FILES)
def test_it_is_refused(name: str) -> None:
    data, row, column, words = FILES[name]
    start = time.process_time()
    with pytest.raises(RosterError) as caught:
        read(data)
    assert time.process_time() - start < 3
    assert (caught.value.problems[0].row, caught.value.problems[0].column) == (row, column)
    assert any(words in problem.message for problem in caught.value.problems)
    assert caught.value.code == 2
    for line in (str(caught.value), *caught.value.lines()):
        assert line.isprintable()


def test_what_is_no_file_is_refused(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "fifo")
    for path in (tmp_path / "none.csv", tmp_path, tmp_path / "fifo", Path(os.devnull), tmp_path / "fifo" / "x"):
        with pytest.raises(ScaffolderError, match=r"There is no file|cannot be read"):
            home.read(path)


@pytest.mark.slow
@pytest.mark.parametrize(
    "data",
    [
        b"," * 4_999_999,
        b"\n" * 4_999_999,
        b'"' * 4_999_999,
        b"id\n" + b'"\n' * 2_400_000,
        b"id,name\n" + b"a," * 2_400_000,
        b"id,email\na," + b"@." * 5_000,
        b"id,templates\na," + b" x;" * 3_000,
        b"id,due\na," + b"2026-12-01T" * 900,
        b"sep=" + b"," * 4_900_000,
        b"\xff\xfe" + b"a" * 4_999_997,
    ],
)
def test_it_takes_no_time_to_refuse_a_bomb(data: bytes) -> None:
    start = time.process_time()
    with pytest.raises(RosterError):
        read(data)
    assert time.process_time() - start < 5
