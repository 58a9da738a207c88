"""Checking the benchmark, and adding questions at the terminal and from CSV files, over the toy corpus."""

import io
import json
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from assistant import wiring
from assistant.authoring import author
from assistant.authoring.matching import quoted
from assistant.evaluation.benchmark import BenchmarkError, Question, load, read
from assistant.ingestion.ingest import fingerprint
from assistant.settings import Settings
from assistant.stores.base import Index
from toy import open_toy, toy_documents

FEES = {"document": "reference/fees", "section": "Late books", "quote": "Each late day costs twenty cents."}


@pytest.fixture
def own(settings: Settings, index: Index, monkeypatch: pytest.MonkeyPatch) -> Settings:
    """The settings of an indexed corpus whose benchmark is still empty."""
    index.store.set_fingerprint(fingerprint(settings, index.embedder))
    monkeypatch.setattr(wiring, "open_index", open_toy)
    path = Path(settings.corpus.folder).with_name("benchmark.jsonl")
    path.touch()
    return settings.model_copy(update={"evaluation": settings.evaluation.model_copy(update={"benchmark": str(path)})})


def questions(own: Settings) -> tuple[Question, ...]:
    return read(Path(own.evaluation.benchmark))


def put(own: Settings, *rows: dict[str, Any]) -> None:
    """Write questions into the benchmark; what a row does not say is that of a question about fees."""
    usual = {"split": "test", "type": "general", "question": "Cost?", "evidence": [FEES], "answers": ["twenty cents"]}
    lines = (json.dumps({"id": f"q{number}", **usual, **row}) for number, row in enumerate(rows, 1))
    Path(own.evaluation.benchmark).write_text("\n".join(lines), encoding="utf-8")


def say(monkeypatch: pytest.MonkeyPatch, *lines: str) -> None:
    """Sit at a terminal and type these lines, then nothing more."""
    keyboard = io.StringIO("".join(f"{line}\n" for line in lines))
    monkeypatch.setattr("sys.stdin", keyboard)
    monkeypatch.setattr(keyboard, "isatty", lambda: True)


def from_csv(own: Settings, content: str | bytes) -> int:
    path = Path(own.evaluation.benchmark).with_name("new.csv")
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return author(own, table=path, drop=False)


def test_quotations_are_corrected_and_all_that_do_not_fit_are_named(
    own: Settings, capsys: pytest.CaptureFixture[str]
) -> None:
    moved = FEES | {"document": "gone", "quote": "each *late*  day costs twenty cents."}
    lost = FEES | {"quote": "Each late week costs \x1b[31mninety cents."}
    put(own, {"evidence": [moved]}, {"evidence": [lost]}, {"evidence": [], "answers": []}, {"evidence": [lost]})
    before = Path(own.evaluation.benchmark).read_bytes()
    assert author(own, table=None, drop=False) == 1
    told = capsys.readouterr().err
    assert told.count("'Each late week costs \\x1b[31mninety cents.'") == 2
    assert "q4: " in told
    assert "the nearest, in reference/fees, is 'Each late day costs twenty cents.'" in told
    assert Path(own.evaluation.benchmark).read_bytes() == before
    assert author(own, table=None, drop=True) == 0
    assert [one.id for one in questions(own)] == ["q1", "q3"]
    assert questions(own)[0].evidence[0].model_dump() == FEES
    printed = capsys.readouterr()
    assert "q2 is dropped" in printed.err
    assert "Questions: 2, 1 of them unanswerable, which only a person can check; make demo measures 20" in printed.out
    assert len(load(own, toy_documents()).passages["q1"]) == 1


def test_questions_are_taken_at_the_terminal(
    own: Settings, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    put(own, {})
    say(
        monkeypatch,
        *("x", "How long is a film lent?", "nine weeks", "zzz not there", "|", "the", "Periods", "FOR one  week"),
        *("?", "How long is a film lent?", "u Who is the mayor?", "How much?", "one week", "x"),
        *("-", "How many people fit in?", "", "u", "-", "q"),
    )
    assert author(own, table=None, drop=False) == 0
    told = capsys.readouterr().out
    assert "No question was added since the start." in told
    assert "'nine weeks' does not stand there outside headings; the nearest, in guides/loans, is 'A book is" in told
    assert "'zzz not there' does not stand there outside headings; nothing there is similar" in told
    assert "'the' says nothing by itself; give more words of the answer" in told
    assert "'Periods' does not stand there outside headings; " in told
    assert "Saved as q002 (dev): 'A film is lent for one week.'" in told
    assert "Saved as q003 (test): no answer" in told
    assert "Taken back: q004 (test): 'A film is lent for one week.'" in told
    assert told.count("this question is already there") == 1
    assert "Questions: 3, 1 of them unanswerable" in told
    assert told.index("\nLoans") < told.index("\nRooms") < told.index("\nFees")  # the fees have a question
    film, mayor = questions(own)[1:]
    assert (film.evidence[0].section, film.evidence[0].quote) == ("Periods", "A film is lent for one week.")
    assert (film.id, film.answers, mayor.evidence, mayor.type) == ("q002", ("for one week",), (), "unanswerable")


def test_each_question_is_saved_before_the_next_is_typed(own: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    def killed(prompt: str) -> str:
        if questions(own):
            raise KeyboardInterrupt
        return next(typed)

    typed = iter(["u Who is the mayor?"])
    say(monkeypatch)
    monkeypatch.setattr("builtins.input", killed)
    with pytest.raises(KeyboardInterrupt):
        author(own, table=None, drop=False)
    assert load(own, toy_documents()).questions[0].question == "Who is the mayor?"


def test_what_is_quoted_does_not_drive_the_terminal() -> None:
    assert quoted("a\x1b\n" * 999) == repr(("a\x1b " * 59)[:117].rstrip() + " …")


CSV = """Question;Answer;Type;Note
What does a day cost?;twenty cents|20;price;x
What does a lost book cost?;five euros
"Who reads für mich?";;;
;;;
What is lent for four weeks?;book;;
"""


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_a_table_is_added(own: Settings, capsys: pytest.CaptureFixture[str], encoding: str) -> None:
    content = CSV.replace("|20", "").encode(encoding)
    assert from_csv(own, content) == 0
    cost, lost, who, lent = questions(own)
    assert (cost.id, cost.split, cost.type, cost.answers) == ("q001", "test", "price", ("twenty cents",))
    assert (lost.type, lost.evidence[0].quote) == ("general", "A lost book costs its price and five euros.")
    assert (who.question, who.answerable) == ("Who reads für mich?", False)
    assert lent.evidence[0].quote == "A book is lent for four weeks."
    told = capsys.readouterr().out
    assert "Questions added: 4; those" in told
    assert "\n  q001 (test): 'Each late day costs twenty cents.'\n" in told
    assert from_csv(own, content) == 0
    assert "Questions added: 0; those that were already there are not added again." in capsys.readouterr().out
    assert len(questions(own)) == 4


def test_all_problems_of_a_table_are_told_and_nothing_is_added(own: Settings) -> None:
    put(own, {})
    before = Path(own.evaluation.benchmark).read_bytes()
    rows = ["Good?,the", "a,b,c,d,e", "Where?,nowhere at late day", ",x", f"{'x' * 1500}?,ten"]
    with pytest.raises(BenchmarkError) as told:
        from_csv(own, "\n".join(["question,answer,type", *rows, 'Open?,"x']))
    lines = str(told.value).splitlines()[1:]
    assert [line.split(":")[0].strip() for line in lines] == [f"line {n}" for n in (2, 3, 4, 5, 6, 7)]
    assert "'the' says nothing by itself" in lines[0]
    assert "is 'Each late day costs twenty cents.'" in lines[2]
    assert "this is no CSV" in lines[-1]
    assert Path(own.evaluation.benchmark).read_bytes() == before


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (b"", "has no column question and no column answer: its first line, which names the columns, has ''"),
        (b"question,document\nWho?,x\n", "has no column answer: its first line, which names the columns, has"),
        (b"question,answer\nWho?,a\0b\n", "new.csv is a binary file"),
        (b"question,answer\nWho?,f\xfcr\n", "save it as UTF-8"),
        (b"question,answer\n" + b"x" * 200_000, "this is no CSV"),
    ],
)
def test_what_is_no_table_is_refused(own: Settings, content: bytes, told: str) -> None:
    with pytest.raises(BenchmarkError) as found:
        from_csv(own, content)
    assert told in str(found.value)
    assert not questions(own)


@hypothesis_settings(max_examples=30, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(content=st.binary(max_size=80) | st.text(',;"\n\r\t|qx\x1bé', max_size=60).map(str.encode))
def test_any_bytes_are_a_table_or_refused(own: Settings, content: bytes) -> None:
    with suppress(BenchmarkError):
        from_csv(own, b"question,answer\n" + content)


def test_each_kind_of_questions_gets_its_share_of_both_splits(own: Settings) -> None:
    from_csv(own, "question,answer\n" + "".join(f"Is {n}?,{'ten euros' if n % 3 else ''}\n" for n in range(30)))
    found = [(one.answerable, one.split) for one in questions(own)]
    assert [found.count((kind, split)) for kind in (True, False) for split in ("dev", "test")] == [8, 12, 4, 6]


def test_of_several_places_the_one_nearest_to_the_question_is_taken(own: Settings) -> None:
    from_csv(own, "question,answer\nWhich euros are due for a lost book?,euros\n")
    assert questions(own)[0].evidence[0].quote == "A lost book costs its price and five euros."
