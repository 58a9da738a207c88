"""Rosters: own columns and the exports of Canvas and Moodle, in each encoding and with each delimiter of Excel."""

from __future__ import annotations

import time
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rosters import CANVAS, COURSE, MOODLE, TEMPLATES, read, with_remote

from scaffolder.adopt import dialect
from scaffolder.cohort.course.assignments import Course, Project
from scaffolder.cohort.course.problems import Problems
from scaffolder.cohort.roster import lms, table
from scaffolder.cohort.roster.roster import Layout, Roster, RosterError
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
    assert f": choose from {', '.join([*lms.OWN, *questions])}. " in message


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
    assert (ids(roster), lms.id_column(roster.layout, roster.table)) == (["s7"], "id")
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


def test_a_class_of_five_thousand_is_read_fast() -> None:
    text = "id,name,use_case\n" + "".join(f"s{n},Name {n},fraud\n" for n in range(5_000))
    start = time.process_time()
    assert len(read(text).students) == 5_000
    assert time.process_time() - start < 3


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
    found = table.read("\r\n".join(lines).encode(encoding), Problems("It", RosterError))
    assert [row.cells for row in found.rows] == [tuple(row) for row in rows if any(map(dialect.stripped, row))]


def test_templates_of_this_module_are_those_of_its_course() -> None:
    assert list(TEMPLATES) == [project.name for project in COURSE.projects]
