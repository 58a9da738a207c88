"""Questions are placed where their words stand; nothing is guessed, and what is left out is named."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from scaffolder.adopt.kind import AdoptionError
from scaffolder.adopt.texts import folder
from scaffolder.adopt.texts import question_list as questions
from scaffolder.adopt.texts.question_list import Benchmark

FILES: dict[str, str | bytes] = {
    "guides/loans.md": "# Loans\n\nEverybody with a **card** may borrow books. A film is lent for one week.\n",
    "guides/rooms.md": "# Rooms\n\nGroup rooms hold eight people. A card costs ten euros.\n",
    "fees.txt": "A card costs ten\neuros. Each late day costs twenty cents.\n",
}


def listing(root: Path, **more: str | bytes) -> folder.Listing:
    for name, content in {**FILES, **{name.replace("_", "."): content for name, content in more.items()}}.items():
        path = root / "docs" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content.encode() if isinstance(content, str) else content)
    return folder.read(root / "docs", folder.SEARCHED)


def read(root: Path, rows: str | bytes, **more: str | bytes) -> Benchmark:
    (root / "q.csv").write_bytes(rows if isinstance(rows, bytes) else rows.encode())
    return questions.read(root / "q.csv", listing(root, **more))


def only(found: Benchmark) -> dict[str, Any]:
    assert found.problems == []
    (one,) = found.questions
    return one


def test_an_answer_that_stands_in_one_place_is_its_own_evidence(tmp_path: Path) -> None:
    one = only(read(tmp_path, "question,answer\nHow  long is a film lent?,FOR one  week\n"))
    assert one == {
        "id": "q001",
        "split": "test",
        "type": "general",
        "question": "How long is a film lent?",
        "evidence": [{"document": "guides/loans", "quote": "FOR one  week", "unique": True}],
        "answers": ["FOR one  week"],
    }


def test_a_quote_counts_wherever_it_stands(tmp_path: Path) -> None:
    rows = "question,answer,quote\nWhat does a card cost?,10 euros,A card costs ten euros.\n"
    found = read(tmp_path, rows)
    assert only(found)["evidence"] == [{"document": "", "quote": "A card costs ten euros."}]
    rows = "question,answer,quote,document\nWhat does a card cost?,ten euros,A card costs ten euros.,fees.txt\n"
    found = read(tmp_path, rows)
    assert only(found)["evidence"] == [{"document": "fees", "quote": "A card costs ten euros."}]


@pytest.mark.parametrize("document", ["guides/rooms.md", "rooms.md", "guides/rooms"])
def test_a_document_is_named_by_its_path_its_name_or_its_id(tmp_path: Path, document: str) -> None:
    one = only(read(tmp_path, f"question,answer,document\nHow much is a card?,ten euros,{document}\n"))
    assert one["evidence"] == [{"document": "guides/rooms", "quote": "ten euros", "unique": True}]


def test_of_several_right_answers_one_has_to_stand_there(tmp_path: Path) -> None:
    one = only(read(tmp_path, "question,answer\nWho may borrow?,Whoever has a card|card| everybody with a card |\n"))
    assert one["answers"] == ["Whoever has a card", "card", "everybody with a card"]
    assert one["evidence"] == [{"document": "guides/loans", "quote": "everybody with a card", "unique": True}]


def test_a_question_without_an_answer_is_unanswerable(tmp_path: Path) -> None:
    one = only(read(tmp_path, "question,answer,type\nWho is the mayor?,,\n"))
    assert (one["evidence"], one["answers"], one["type"]) == ([], [], "unanswerable")


@pytest.mark.parametrize(
    ("cells", "why"),
    [
        ("How much?,ten euros,,", "'ten euros' stands in 2 places: give a quote, or more words"),
        ("How much?,nine euros,,", "'nine euros' does not stand in the documents"),
        ("How much?,nine euros,guides/rooms.md,", "'nine euros' does not stand in 'guides/rooms.md'"),
        ("How much?,ten euros,,It costs ten.", "'It costs ten.' does not stand in the documents"),
        ("How much?,ten euros,cats.md,", "'cats.md' is the name of no document: give its path"),
        ("How much?,,fees.txt,", "has a document, a quote or a |, but no answer"),
        ("How much?,,,ten euros", "has a document, a quote or a |, but no answer"),
        ("How much?,|,,", "has a document, a quote or a |, but no answer"),
        (",ten euros,,", "the question is empty"),
        ("?!,ten euros,,", "the question '?!' has no words"),
        (f"{'How ' * 300}?,ten euros,,", "a cell has more than 1,000 characters"),
        ("Who pays?,one week,,", "the question 'Who pays?' is there already"),
    ],
)
def test_a_row_that_cannot_be_placed_is_listed_and_left_out(tmp_path: Path, cells: str, why: str) -> None:
    found = read(tmp_path, f"question,answer,document,quote\nwho  PAYS?,,,\n{cells}\nHow long?,one week,,\n")
    assert [one["question"] for one in found.questions] == ["who PAYS?", "How long?"]
    (problem,) = found.problems
    assert problem.startswith("row 3, ")
    assert why in problem


def test_a_name_that_two_documents_have_names_none(tmp_path: Path) -> None:
    found = read(tmp_path, "question,answer,document\nHow much?,ten euros,rooms.md\n", rooms_md="For ten euros.")
    assert only(found)["evidence"][0]["document"] == "rooms"  # whose path it is
    found = read(tmp_path, "question,answer,document\nHow much?,ten euros,x.md\n", **{"a/x_md": "A.", "b/x_md": "B."})
    assert found.problems == ["row 2, 'How much?': 'x.md' is the name of 2 documents: give its path"]


def test_what_is_not_read_here_is_placed_by_the_project(tmp_path: Path) -> None:
    rows = (
        "question,answer,document,quote\n"
        "In the scan?,five Beaufort,,\n"
        "There again?,five|six Beaufort,scan.pdf,\n"
        "Its words?,wind,,No boat leaves.\n"
        "In a text?,one week,,\n"
        "In two texts?,ten euros,,\n"
        "Only there?,nine euros,fees.txt,\n"
    )
    found = read(tmp_path, rows, scan_pdf=b"%PDF-1.7")
    assert [one["evidence"][0] for one in found.questions] == [
        {"document": "", "quote": "five Beaufort", "unique": True},
        {"document": "scan", "quote": "five", "unique": True},
        {"document": "", "quote": "No boat leaves."},
        {"document": "", "quote": "one week", "unique": True},  # it may stand in the scan, too
    ]
    assert found.open == 3
    assert [problem.partition(":")[0] for problem in found.problems] == [
        "row 6, 'In two texts?'",
        "row 7, 'Only there?'",
    ]


def test_each_kind_of_questions_gets_its_share_of_both_parts(tmp_path: Path) -> None:
    rows = "".join(f"Is {n}?,{'one week' if n % 3 else ''}\n" for n in range(30))
    found = read(tmp_path, f"question,answer\n{rows}")
    counts = [found.count(answerable=kind, split=split) for kind in (True, False) for split in ("dev", "test")]
    assert counts == [8, 12, 4, 6]
    assert [one["id"] for one in found.questions[:2]] == ["q001", "q002"]
    assert [json.loads(line) for line in found.data.decode().splitlines()] == found.questions


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252"])
def test_a_table_in_any_dialect_is_read(tmp_path: Path, encoding: str) -> None:
    rows = "Question;Answer;Type;Note\nWhat does a day cost?;twenty cents;price;x\nWho reads für mich?;;;\n"
    found = read(tmp_path, rows.encode(encoding))
    cost, who = found.questions
    assert (cost["type"], cost["answers"]) == ("price", ["twenty cents"])
    assert who["question"] == "Who reads für mich?"
    assert found.ignored == ("Note",)


@pytest.mark.parametrize(
    ("rows", "said"),
    [
        ("ask,answer\nWho?,x\n", "has no column 'question': its first row names 'ask', 'answer'"),
        ("question,document\nWho?,x\n", "has no column 'answer'"),
    ],
)
def test_a_list_without_its_columns_is_refused(tmp_path: Path, rows: str, said: str) -> None:
    with pytest.raises(AdoptionError, match="Columns may be question, answer, type, document, quote") as error:
        read(tmp_path, rows)
    assert said in str(error.value)


def test_a_list_that_is_too_long_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(questions, "MOST_QUESTIONS", 2)
    with pytest.raises(AdoptionError, match="has more than 2 rows"):
        read(tmp_path, "question,answer\na,\nb,\nc,\n")


@settings(max_examples=30, suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture])
@given(st.lists(st.tuples(*[st.text(st.characters(codec="utf-8"), max_size=12)] * 2), min_size=1, max_size=4))
def test_every_row_is_a_question_or_a_problem(tmp_path: Path, rows: list[tuple[str, str]]) -> None:
    lines = [json.dumps({"question": question, "answer": answer}) for question, answer in [("Why?", "six"), *rows]]
    (tmp_path / "q.jsonl").write_text("\n".join(lines), encoding="utf-8")
    found = questions.read(tmp_path / "q.jsonl", listing(tmp_path))
    blank = sum(
        not (question.replace("\0", "").strip() or answer.replace("\0", "").strip()) for question, answer in rows
    )
    assert len(found.questions) + len(found.problems) == len(rows) + 1 - blank
    assert found.data.decode().count("\n") == len(found.questions)


def test_characters_that_reverse_a_text_part_no_words(tmp_path: Path) -> None:
    one = only(
        read(tmp_path, "question,answer\nWhere is tea?,the red kitchen\n", tea_md="In the \u202ered\u202c kitchen.")
    )
    assert one["evidence"][0]["document"] == "tea"
