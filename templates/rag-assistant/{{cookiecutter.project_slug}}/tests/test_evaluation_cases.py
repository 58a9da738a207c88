"""Answers are judged by what they show and cite, and each failure is named after the first step that failed."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest

from assistant.answering.base import REFUSAL, Answer, Citation
from assistant.bootstrap import wilson
from assistant.evaluation.benchmark import Question
from assistant.evaluation.cases import MEANING, SCORES, Case, judge, marks_right
from assistant.evaluation.evidence import Evidence, Passage
from assistant.evaluation.scoring import means, metrics
from assistant.passages import Span

ASKED = Question(
    id="q1",
    split="test",
    type="fact",
    question="How many people?",
    evidence=(Evidence(document="rooms", section="Group rooms", quote="hold eight people"),),
    answers=("eight people", "8 people"),
)
UNANSWERABLE = ASKED.model_copy(update={"evidence": (), "answers": ()})
REFUSED = Answer("How many?", REFUSAL, (), True, 0.1, ())


def citation(start: int = 100, end: int = 120, document: str = "rooms") -> Citation:
    span = Span(start, end)
    return Citation(1, f"{document}#1", document, "Rooms", (), span, "…", span)


def answer(text: str = "Group rooms hold eight people. [1]", *citations: Citation) -> Answer:
    return Answer("How many?", text, citations or (citation(),), False, 0.8, ())


def case(question: Question = ASKED, given: Answer | None = None, rank: int | None = 1) -> Case:
    passages = [[Passage("rooms", Span(100, 120))]] if question.evidence else []
    return Case(question, passages, given or answer(), [rank] if passages else [], "rooms § Rooms", 5.0)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Group rooms hold eight people. [1]", True),
        ("They hold **Eight\n  People**.", True),
        ("They hold eight [2] people.", True),
        ("They hold `8` people.", True),
        ("They hold nine people.", False),
        ("They hold eighty-eight peoples.", False),
        ("", False),
    ],
)
def test_the_words_are_found_whatever_they_are_dressed_in(text: str, expected: bool) -> None:
    assert case(given=answer(text)).right is expected


@pytest.mark.parametrize(
    ("span", "expected"),
    [
        *[("__enter__", True), ("enter", False), ("int", False), ("point(", True)],
        *[(".append", True), ("(x)", True), ("**", False)],
    ],
)
def test_words_are_whole_and_names_keep_their_underscores(span: str, expected: bool) -> None:
    asked = ASKED.model_copy(update={"answers": (span,)})
    assert case(asked, answer("It calls `__enter__`, then point(x) and `list.append`.")).right is expected


@pytest.mark.parametrize(("sentence", "expected"), [("They hold eight people.", True), ("They are bright.", False)])
def test_an_answer_is_marked_if_it_stands_in_the_sentence(sentence: str, expected: bool) -> None:
    passage = "Rooms. They hold eight people. They are bright."
    mark = Span(50 + passage.index(sentence), 50 + passage.index(sentence) + len(sentence))
    cited = replace(citation(), span=Span(50, 50 + len(passage)), quote=passage, mark=mark)
    assert marks_right(ASKED, answer("…", cited)) is expected
    assert not marks_right(ASKED, REFUSED)


def test_a_refusal_shows_nothing() -> None:
    assert not case(ASKED.model_copy(update={"answers": ("passage",)}), REFUSED).right


@pytest.mark.parametrize(
    ("question", "given", "expected"),
    [
        (
            ASKED,
            answer(),
            {
                "answer_rate": 1,
                "answer_containment": 1,
                "answer_precision": 1,
                "citation_precision": 1,
                "words_shown": 5,
            },
        ),
        (
            ASKED,
            answer("Ask. [1]"),
            {
                "answer_rate": 1,
                "answer_containment": 0,
                "answer_precision": 0,
                "citation_precision": 1,
                "words_shown": 1,
            },
        ),
        (ASKED, REFUSED, {"answer_rate": 0, "answer_containment": 0, "abstention_precision": 0}),
        (UNANSWERABLE, REFUSED, {"abstention_precision": 1, "abstention_recall": 1}),
        (
            UNANSWERABLE,  # what is shown and cited for it is wrong
            answer(),
            {"abstention_recall": 0, "answer_precision": 0, "citation_precision": 0, "words_shown": 5},
        ),
    ],
)
def test_each_score_counts_the_questions_that_it_is_about(
    question: Question, given: Answer, expected: dict[str, float]
) -> None:
    found = case(question, given).scores()
    assert set(found) == set(SCORES)
    ranking = {name for name in SCORES if "_at_" in name}
    assert {name: value for name, value in found.items() if name not in ranking and not math.isnan(value)} == expected
    assert all(math.isnan(found[name]) is not question.answerable for name in ranking)


def test_a_citation_supports_what_is_shown_if_it_holds_half_of_the_evidence() -> None:
    cited = [citation(), citation(110, 200), citation(111, 200), citation(document="loans")]
    assert case(given=answer("…", *cited)).scores()["citation_precision"] == 0.5


@pytest.mark.parametrize(
    ("case", "failure"),
    [
        (case(), "right"),
        (case(rank=None), "right"),  # said right, wherever it was found
        (case(given=answer("Nine.")), "ranked, not shown"),
        (case(given=REFUSED, rank=3), "wrongly abstained"),
        (case(given=REFUSED, rank=4), "retrieved, not ranked"),
        (case(given=answer("Nine."), rank=None), "not retrieved"),
        (case(UNANSWERABLE, REFUSED), "right"),
        (case(UNANSWERABLE), "not refused"),
    ],
)
def test_a_failure_has_the_name_of_the_first_step_that_failed(case: Case, failure: str) -> None:
    assert case.failure(top_k=3) == failure
    assert failure in MEANING


def test_a_mean_leaves_out_what_does_not_apply() -> None:
    values = np.array([[1.0, np.nan, 0.0], [np.nan, np.nan, np.nan]])
    np.testing.assert_array_equal(means(values), [0.5, np.nan])
    judged = judge([case(), case(UNANSWERABLE), case(given=REFUSED, rank=None)])
    found = {one.name: one for one in metrics(judged | {"never": np.full(3, np.nan)}, seed=1)}
    assert "never" not in found
    assert found["ndcg_at_10"].value == 0.5
    assert found["ndcg_at_10"].ci95 == pytest.approx(wilson(1, 2), abs=1e-5)
    assert found["abstention_recall"].ci95 == pytest.approx(wilson(0, 1), abs=1e-5)  # and not from 0 to 0
    assert metrics({"never": np.full(3, np.nan)}, seed=1) == []
