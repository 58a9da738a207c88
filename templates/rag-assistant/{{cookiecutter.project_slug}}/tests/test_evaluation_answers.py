"""Answers are judged by what they say and cite, and each failure is named after the first step that failed."""

from __future__ import annotations

import math
from dataclasses import replace

import pytest

from assistant.answering.base import REFUSAL, Answer, Citation
from assistant.evaluation import answers, errors
from assistant.evaluation.benchmark import Question
from assistant.evaluation.cases import Case, score
from assistant.evaluation.evidence import Evidence, Passage
from assistant.passages import Chunk, Span

TOP_K = 3
PASSAGE = Passage("rooms", Span(100, 120))
ASKED = Question(
    id="q1",
    split="test",
    type="behaviour",
    question="How many people?",
    evidence=(Evidence(document="rooms", section="Group rooms", quote="hold eight people"),),
    answers=("eight people", "8 people"),
)
UNANSWERABLE = ASKED.model_copy(update={"evidence": (), "answers": ()})


def citation(start: int = 100, end: int = 120, document: str = "rooms") -> Citation:
    return Citation(1, f"{document}#1", document, "Rooms", (), Span(start, end), "…", 0.9)


def answer(text: str = "Group rooms hold eight people. [1]", *citations: Citation, confidence: float = 0.8) -> Answer:
    return Answer("How many?", text, citations or (citation(),), False, confidence, (), "extractive")


REFUSED = Answer("How many?", REFUSAL, (), True, 0.1, (), "extractive")


def chunks(rank: int | None, count: int = 6) -> tuple[Chunk, ...]:
    """Ranked passages of which that at `rank` holds the evidence."""
    return tuple(
        Chunk(f"rooms#{n}", "rooms", "Rooms", ("Rooms",), Span(*((90, 130) if n == rank else (0, 9))), "…", ())
        for n in range(1, count + 1)
    )


def case(question: Question = ASKED, given: Answer | None = None, rank: int | None = 1) -> Case:
    return Case(question, (PASSAGE,) if question.answerable else (), given or answer(), chunks(rank), 5.0)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Group rooms hold eight people. [1]", True),
        ("They hold **Eight\n  People**.", True),
        ("They hold eight [2] people.", True),
        ("They hold `8` people.", True),
        ("They hold nine people.", False),
        ("", False),
    ],
)
def test_an_answer_contains_the_words_whatever_they_are_dressed_in(text: str, expected: bool) -> None:
    assert answers.contains(answer(text), ASKED.answers) is expected


@pytest.mark.parametrize(
    ("span", "expected"),
    [("__enter__", True), ("enter", False), ("int", False), ("point(", True), (".append", True), ("(x)", True)],
)
def test_words_are_whole_and_names_keep_their_underscores(span: str, expected: bool) -> None:
    assert answers.contains(answer("It calls `__enter__`, then point(x) and `list.append`."), [span]) is expected


def test_a_refusal_contains_nothing() -> None:
    assert not answers.contains(REFUSED, ["documents"])


@pytest.mark.parametrize(
    ("question", "given", "expected"),
    [
        (ASKED, answer(), {"answer_rate": 1, "answer_containment": 1, "citation_precision": 1}),
        (ASKED, answer("No idea. [1]"), {"answer_rate": 1, "answer_containment": 0, "citation_precision": 1}),
        (ASKED, REFUSED, {"answer_rate": 0, "answer_containment": 0, "abstention_precision": 0}),
        (UNANSWERABLE, REFUSED, {"abstention_precision": 1, "abstention_recall": 1}),
        (UNANSWERABLE, answer(), {"abstention_recall": 0}),
    ],
)
def test_each_score_counts_the_questions_that_it_is_about(
    question: Question, given: Answer, expected: dict[str, float]
) -> None:
    judged = score([case(question, given)])
    names = [name for name in judged if name.startswith(("answer", "abstention", "citation"))]
    assert {name: judged[name][0] for name in names if not math.isnan(judged[name][0])} == expected


def test_a_citation_supports_an_answer_if_it_shares_text_with_the_evidence() -> None:
    given = answer("…", citation(), citation(119, 200), citation(120, 200), citation(document="loans"))
    assert answers.citation_precision(ASKED, given, [PASSAGE]) == 0.5


@pytest.mark.parametrize(
    ("case", "failure"),
    [
        (case(), errors.RIGHT),
        (case(rank=None), errors.RIGHT),  # said right, wherever it was found
        (case(given=answer("Nine.")), errors.NOT_ANSWERED),
        (case(given=REFUSED), errors.WRONGLY_ABSTAINED),
        (case(given=REFUSED, rank=TOP_K), errors.WRONGLY_ABSTAINED),
        (case(given=REFUSED, rank=TOP_K + 1), errors.NOT_RANKED),
        (case(given=answer("Nine."), rank=None), errors.NOT_RETRIEVED),
        (case(UNANSWERABLE, REFUSED), errors.RIGHT),
        (case(UNANSWERABLE), errors.WRONGLY_ANSWERED),
    ],
)
def test_a_failure_has_the_name_of_the_first_step_that_failed(case: Case, failure: str) -> None:
    assert errors.classify(case, TOP_K) == failure
    counted = errors.count([case], TOP_K)
    assert counted.pop(failure) == 1
    assert set(counted.values()) == {0}


def test_what_was_said_with_confidence_and_is_wrong_comes_first() -> None:
    given = [
        case(given=REFUSED),
        case(given=answer("Nine.", confidence=0.6)),
        case(given=answer()),
        case(UNANSWERABLE, answer(confidence=0.9)),
    ]
    listed = list(errors.rows(given, TOP_K))
    assert [row["confidence"] for row in listed] == ["0.9", "0.6", "0.1"]
    assert {tuple(row) for row in listed} == {errors.COLUMNS}
    assert listed[1]["expected"] == "rooms § Group rooms"
    assert listed[1]["came first"] == "rooms § Rooms"
    assert listed[1]["rank"] == "1"


def test_a_passage_without_headings_is_named_by_its_document() -> None:
    assert errors.named(replace(chunks(None)[0], section=())) == "rooms"
