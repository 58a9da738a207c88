"""Rosters: own columns, exports of Canvas and Moodle, and what is refused with its row and column."""

from __future__ import annotations

import os
import time
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rosters import CANVAS, COURSE, MOODLE, TEMPLATES, read, with_remote

from scaffolder.adopt import dialect
from scaffolder.cohort.course import home
from scaffolder.cohort.course.assignments import Course, Project
from scaffolder.cohort.course.rules import Problems
from scaffolder.cohort.roster import roster_file
from scaffolder.cohort.roster.roster import Layout, Roster, RosterError
from scaffolder.errors import ScaffolderError
from scaffolder.template import catalog


def ids(roster: Roster) -> list[str]:
    return [student.id for student in roster.students]


def problems_of(text: str | bytes, course: Course = COURSE) -> list[tuple[int, str, str]]:
    with pytest.raises(RosterError) as caught:
        read(text, course)
    return [tuple(problem) for problem in caught.value.problems]


def test_only_an_id_is_needed() -> None:
    roster = read("id\nada\ngrace\n")
    assert (ids(roster), roster.layout) == (["ada", "grace"], Layout.OWN)
    assert [student.row for student in roster.students] == [2, 3]


def test_every_column_is_read() -> None:
    roster = read(
        "\ufeffID,Name,E-Mail,User name,group,Templates,due,use case,churn.author_name\n"
        " ada ,Ada Lovelace,ada@example.org,ada-l,A 1,churn,2026-12-01,fraud,A. L.\n"
    )
    [ada] = roster.students
    assert (ada.id, ada.name, ada.username, ada.group) == ("ada", "Ada Lovelace", "ada-l", "A 1")
    assert (ada.due, ada.templates) == ("2026-12-01T23:59:59Z", ("churn",))
    assert ada.answers == {"churn": {"use_case": "fraud", "author_name": "A. L."}}


def test_the_columns_that_a_refusal_names_are_always_in_the_same_order() -> None:
    """Ours first, then the questions as the templates ask them."""
    questions = dict.fromkeys(name for template in TEMPLATES.values() for name in template.questions)
    assert len(questions) > 5
    ((_, _, message),) = problems_of("id,zzzzqqqq\na,b\n")
    assert f": choose from {', '.join([*roster_file.OWN, *questions])}. " in message


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252", "utf-16"])
@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
@pytest.mark.parametrize("newline", ["\n", "\r\n", "\r"])
def test_what_excel_writes_is_read(encoding: str, delimiter: str, newline: str) -> None:
    rows = [["id", "name", "group"], ["a1", '"Ångström, J. | X; Y"', "é"], ["a2", "Zoë", ""]]
    text = newline.join(delimiter.join(row) for row in rows) + newline
    roster = read(text.encode(encoding))
    assert [student.name for student in roster.students] == ["Ångström, J. | X; Y", "Zoë"]
    assert (roster.table.dialect.delimiter, roster.table.dialect.newline) == (delimiter, newline)


def test_utf_16_of_the_other_byte_order() -> None:
    assert read(b"\xfe\xff" + "id,name\nada,Zoë\n".encode("utf-16-be")).table.dialect.encoding == "utf-16-be"


def test_the_line_that_names_the_delimiter() -> None:
    roster = read("sep=;\r\nid;name\r\nada;Lovelace, Ada\r\n")
    assert (roster.students[0].name, roster.students[0].row) == ("Lovelace, Ada", 2)  # Excel does not show that line
    assert roster.table.dialect.separator


def test_rows_are_counted_as_a_spreadsheet_does() -> None:
    roster = read('\nid,name\n\n,\nada,"one\nname"\n\ngrace,\n')
    assert [(student.id, student.row) for student in roster.students] == [("ada", 5), ("grace", 7)]
    assert roster.students[0].name == "one name"


def test_empty_columns_at_the_end_do_not_matter() -> None:
    assert ids(read("id,name,,\nada,Ada,,\ngrace\n")) == ["ada", "grace"]


def test_a_column_of_a_question_answers_each_project_that_asks_it() -> None:
    [ada, grace] = read("id,use_case,templates,topic\nada,fraud,,\ngrace,churn,churn,\n").students
    assert ada.answers == {"churn": {"use_case": "fraud"}, "report": {"use_case": "fraud"}}
    assert grace.answers == {"churn": {"use_case": "churn"}}


def test_a_column_of_one_project_counts_more() -> None:
    [ada] = read("id,report.use_case,use_case\nada,essay,fraud\n").students
    assert ada.answers == {"churn": {"use_case": "fraud"}, "report": {"use_case": "essay"}}


def test_answers_have_the_type_of_their_question() -> None:
    [ada] = read("id,fast\nada,no\n").students
    assert ada.answers == {"churn": {"fast": False}}


@pytest.mark.parametrize("names", ["churn report", "CHURN;report", "churn, report", " churn ,; report "])
def test_templates_are_separated_as_people_do(names: str) -> None:
    assert read(f'id,templates\nada,"{names}"\n').students[0].templates == ("churn", "report")


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("2026-12-01", "2026-12-01T23:59:59Z"),
        ("2026-12-01T18:00+01:00", "2026-12-01T17:00:00Z"),
        ("2026-12-01 18:00:30Z", "2026-12-01T18:00:30Z"),
        ("2026-12-01T00:00:00.5-0530", "2026-12-01T05:30:00Z"),
    ],
)
def test_due_dates_are_in_utc(written: str, meant: str) -> None:
    assert read(f"id,due\nada,{written}\n").students[0].due == meant


def test_an_invalid_default_that_follows_from_an_answer_is_told_with_the_answer_of_its_own_column() -> None:
    [problem] = problems_of("id,project_name,project_slug\nada,R & D,\ngrace,R & D,r-d\n")
    assert problem[:2] == (2, "project_slug")
    assert "did you mean 'r-d'?" in problem[2]
    assert "It follows from other answers" in problem[2]
    assert "--set" not in problem[2]


def test_all_problems_are_told_at_once() -> None:
    text = "id,username,use_case,due,templates\na/b,,x,soon,chrun\nada,al,essay,,\nADA,AL,,,\n"
    found = problems_of(text)
    assert [problem[:2] for problem in found] == [
        (2, "templates"),
        (2, "id"),
        (2, "due"),
        (2, "use_case"),
        (2, "use_case"),
        (3, "use_case"),
        (4, "id"),
        (4, "username"),
    ]
    assert "did you mean 'churn'?" in found[0][2]


def test_problems_are_in_the_order_of_the_rows() -> None:
    found = problems_of("id,color\na/b,\nada,,red\n")
    assert [problem[:2] for problem in found] == [(1, "color"), (2, "id"), (3, "C")]


def test_the_error_is_one_line_and_lists_at_most_twenty_problems() -> None:
    with pytest.raises(RosterError) as caught:
        read("id\n" + "a/b\n" * 30)
    assert str(caught.value) == (
        "The roster 'class.csv' cannot be used for 30 reasons; the first: row 2, column 'id': 'a/b' is a path, not a name."
    )
    assert (len(caught.value.lines()), caught.value.lines()[-1], caught.value.code) == (21, "and 10 more", 2)


def test_a_roster_that_is_wrong_everywhere_is_not_read_to_its_end() -> None:
    with pytest.raises(RosterError) as caught:
        read("id\n" + "a/b\n" * 19_000)
    assert caught.value.lines()[-1] == "and at least 980 more"


def test_the_courses_own_answers_are_told_once() -> None:
    course = Course((Project("churn", "plain", {"use_case": "chrun"}), Project("report", "writing", {"no": 1})))
    found = problems_of("id,topic\nada,x\ngrace,y\n", course)
    assert [problem[:2] for problem in found] == [(0, ""), (0, "")]
    assert "'chrun' is not a valid answer" in found[0][2]
    assert "there is no question 'no'" in found[1][2]


def test_an_answer_of_a_student_replaces_one_of_the_course() -> None:
    course = Course((Project("churn", "plain", {"project_slug": "team"}), Project("report", "writing")))
    [ada] = read("id,project_name\nada,R & D\n", course).students  # the slug does not follow from the name
    assert ada.answers == {"churn": {"project_name": "R & D"}}


def test_what_the_remote_needs_must_be_there() -> None:
    course = with_remote("https://git.example.org/{group}/{username}/{project}.git")
    found = problems_of("id,group,username\nada,team-1,ada\ngrace,A 1,\n", course)
    assert [problem[:2] for problem in found] == [(3, "username"), (3, "group")]
    assert problems_of("id\nada\n", course)[0][:2] == (2, "username")


def test_canvas() -> None:
    roster = read(CANVAS)
    [jane, ase] = roster.students
    assert (roster.layout, jane.id, jane.name, jane.username) == (Layout.CANVAS, "s-001", "Smith, Jane", "jsmith")
    assert (jane.group, jane.row) == ("Group 1, Group 2", 4)
    assert (ase.id, ase.username) == ("s-002", "")


def test_canvas_with_semicolons_and_a_mark() -> None:
    text = "\ufeffStudent;ID;SIS User ID;SIS Login ID;Section;Essay (7)\n    Points Possible;;;;;10,00\nSmith, Jane;1;x;j;G;8,50\n"
    assert ids(read(text)) == ["x"]


@pytest.mark.parametrize(
    "header", ["LastName,FirstName,ID,SIS User ID,SIS Login ID,Section", "LastName,FirstName,ID,SIS Login ID,Section"]
)
def test_canvas_with_two_columns_for_the_name(header: str) -> None:
    gap = "," * header.count(",")
    sis = "9," if "User" in header else ""
    roster = read(f"{header}\n    Points Possible{gap}\nSmith,Jane,1,{sis}j,G\nStudent,Test,2,{sis and ','}t,G\n")
    assert [(student.id, student.name) for student in roster.students] == [(sis[:1] or "1", "Jane Smith")]


def test_canvas_has_the_own_id_where_that_of_the_school_is_missing() -> None:
    head = "Student,ID,SIS User ID,SIS Login ID,Section\n"
    assert ids(read(f"{head}A,11,x,a,G\nB,12,,b,G\n")) == ["11", "12"]
    assert ids(read("Student,ID,SIS Login ID,Section\nA,11,a,G\n")) == ["11"]


def test_a_person_called_test_student_is_one() -> None:
    assert ids(read('Student,ID,SIS User ID,SIS Login ID,Section\n"Student, Test",11,x,a,G\n')) == ["x"]


def test_moodle() -> None:
    roster = read(MOODLE)
    assert (roster.layout, ids(roster)) == (Layout.MOODLE, ["s1", "s2"])
    assert [student.name for student in roster.students] == ["Jane Smith", "José María García Pérez"]


@pytest.mark.parametrize(
    "header",
    [
        "First name,Last name,Email address,Groups",
        "First name,Surname,Email address,Groups",
        "Vorname,Nachname,E-Mail-Adresse,Gruppen",
        "Prénom,Nom de famille,Adresse de courriel,Groupes",
        "Nombre,Apellido(s),Dirección de correo,Grupos",
    ],
)
def test_moodle_in_four_languages(header: str) -> None:
    [jane] = read(f'{header}\nJane,Smith,jane.s@example.org,"A, B"\n').students
    assert (jane.id, jane.name, jane.group) == ("jane.s", "Jane Smith", "A, B")


def test_moodle_has_the_user_name_where_the_number_is_missing() -> None:
    head = "First name,Last name,Username,ID number,Email address\n"
    assert ids(read(f"{head}A,B,ab,1,a@example.org\nC,D,cd,,c@example.org\n")) == ["ab", "cd"]
    assert ids(read(f"{head}A,B,,1,a@example.org\nC,D,cd,,c@example.org\n")) == ["a", "c"]
    found = problems_of(f"{head}A,B,,1,a@x.org\nC,D,cd,,a@y.org\n")
    assert found[0][:2] == (3, "Email address")


def test_an_export_with_a_column_of_a_question() -> None:
    [ada] = read("First name,Last name,Email address,Use case,Something else\nA,L,ada@example.org,fraud,=1\n").students
    assert ada.answers == {"churn": {"use_case": "fraud"}, "report": {"use_case": "fraud"}}


@pytest.mark.parametrize(
    "text",
    [
        "id,First name,Last name,Email address,ID number\ns7,A,B,a@example.org,4711\n",
        "First name,Last name,Email address,ID number,id\nA,B,a@example.org,4711,s7\n",
        "Student,ID,SIS User ID,SIS Login ID,Section,id\nA B,17,4711,ab,X,s7\n",
    ],
)
def test_an_id_that_a_teacher_adds_to_an_export_is_the_public_one(text: str) -> None:
    roster = read(text)
    assert (ids(roster), roster_file.id_column(roster.layout, roster.table)) == (["s7"], "id")
    assert roster.students[0].name == "A B"


def test_a_column_that_means_nothing_can_be_left_out() -> None:
    text = "id,name,Matrikelnummer\ns1,A,4711\n"
    assert "--ignore" in problems_of(text)[0][2]
    assert ids(read(text, replace(COURSE, ignore=("matrikelnummer",)))) == ["s1"]
    assert ids(read(text, replace(COURSE, ignore=("Matrikelnummer", "name", "gone")))) == ["s1"]


def test_a_group_that_no_address_can_have_is_refused() -> None:
    found = problems_of("id,group\nada,A 1\n", with_remote("https://h/{group}/{student}/{project}.git"))
    assert found[0][:2] == (2, "group")
    assert "the remote has {group} in it" in found[0][2]


def test_names_that_are_unusual_are_names() -> None:
    names = [
        "O'Neil",
        "-Anna",
        "=Bob",
        "Лев",
        "王小明",
        "می\u200cخواهم",
        "👩\u200d🔬",
        'Ann "A" B',
        "a, b",
        "Jean\xa0Paul",
    ]
    text = "id,name\n" + "".join(f's{n},"{name.replace(chr(34), chr(34) * 2)}"\n' for n, name in enumerate(names))
    assert [student.name for student in read(text).students] == [name.replace("\xa0", " ") for name in names]


def test_the_bundled_templates_are_asked() -> None:
    course = Course((Project("ml", "classical-ml"), Project("rag", "rag-assistant")))
    templates = {each.name: catalog.bundled(each.template) for each in course.projects}
    from scaffolder.cohort.roster import roster

    made = roster.read(b"id,use_case,rag.project_name\nada,fraud,My Books\n", "a.csv", course, templates)
    assert made.students[0].answers == {"ml": {"use_case": "fraud"}, "rag": {"project_name": "My Books"}}
    with pytest.raises(RosterError, match="use_case"):
        roster.read(b"id,use_case\nada,froud\n", "a.csv", course, templates)


@given(st.binary(max_size=300) | st.text(max_size=300).map(str.encode))
def test_any_bytes_are_a_roster_or_refused(data: bytes) -> None:
    try:
        roster = read(b"id,name\n" + data)
    except RosterError as error:
        assert "\n" not in str(error)
        assert all("\n" not in line for line in error.lines())
    else:
        assert len({student.id.casefold() for student in roster.students}) == len(roster.students) > 0


CELLS = st.text(st.characters(blacklist_categories=["Cs"], blacklist_characters="\0"), max_size=15)


@given(
    st.lists(st.lists(CELLS, min_size=3, max_size=3), min_size=1, max_size=6),
    st.sampled_from(list(dialect.DELIMITERS)),
    st.sampled_from(["utf-8", "utf-8-sig", "utf-16"]),
)
def test_a_table_is_read_as_it_was_written(rows: list[list[str]], delimiter: str, encoding: str) -> None:
    quoted = [["id", "name", "group"], *rows]
    lines = [delimiter.join('"' + cell.replace('"', '""') + '"' for cell in row) for row in quoted]
    found = roster_file.read("\r\n".join(lines).encode(encoding), Problems("It", RosterError))
    assert [row.cells for row in found.rows] == [tuple(row) for row in rows if any(map(dialect.stripped, row))]


ROW = "id,name\n"
CANVAS_HEAD = "Student,ID,SIS User ID,SIS Login ID,Section\n    Points Possible,,,,\n"
MOODLE_HEAD = "First name,Last name,ID number,Email address\n"
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
    "no students in Canvas": (CANVAS_HEAD + '"Student, Test",9,,t,A\n', 0, "", "there are no students"),
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
    "Canvas with a path": (CANVAS_HEAD + "A,../1,../2,a,G\n", 3, "SIS User ID", "is a path, not a name"),
    "Canvas without an id": (CANVAS_HEAD + "A,,,a,G\n", 3, "ID", "it is empty"),
    "Canvas with one id for two": (CANVAS_HEAD + "A,1,x,a,G\nB,1,x,b,G\n", 4, "SIS User ID", "'x' is in row 3 too"),
    "Moodle with a path": (MOODLE_HEAD + "A,B,../x,../x@example.org\n", 2, "ID number", "is a path, not a name"),
}


@pytest.mark.parametrize("name", FILES)
def test_it_is_refused(name: str) -> None:
    data, row, column, words = FILES[name]
    with pytest.raises(RosterError) as caught:
        read(data)
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
