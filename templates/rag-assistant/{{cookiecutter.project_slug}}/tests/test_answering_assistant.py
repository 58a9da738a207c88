"""What every way in goes through: the question is checked, passages are found, the answer ends the stream."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor

import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from assistant.answering.assistant import Assistant, checked
from assistant.answering.base import Answer
from assistant.answering.extractive import Extractive
from assistant.answering.generative import Generative
from assistant.errors import AssistantError, QuestionError, Unavailable
from assistant.hits import Hit
from assistant.retrieval.search import Retriever
from assistant.settings import Answering, Settings
from assistant.stores.base import Store
from assistant.wiring import make_answerer
from toy import HashEmbedder

QUESTION = "How long is a book lent?"


@pytest.fixture
def assistant(store: Store, embedder: HashEmbedder, settings: Settings) -> Assistant:
    retriever = Retriever(store, embedder, settings.retrieval)
    return Assistant(store, embedder, retriever, Extractive(settings.answering, store, embedder), settings)


def test_an_answer_with_its_source(assistant: Assistant) -> None:
    answer = assistant.ask(QUESTION)
    assert answer.text == "A book is lent for four weeks. A film is lent for one week. [1]"
    assert answer.citations[0].document == "guides/loans"
    assert answer.citations[0].section == ("Loans", "Periods")
    assert (answer.question, answer.model, answer.usage) == (QUESTION, "extractive", None)


def test_the_stream_ends_with_the_answer(assistant: Assistant) -> None:
    *pieces, answer = assistant.stream(QUESTION)
    assert answer == assistant.ask(QUESTION)
    assert all(isinstance(piece, str) for piece in pieces)


def test_off_topic_is_refused(assistant: Assistant) -> None:
    assert assistant.ask("Who won the match yesterday evening?").abstained


def test_filter_and_number_reach_the_search(assistant: Assistant) -> None:
    hits = assistant.search(QUESTION, {"kind": ["reference"]}, k=2)
    assert len(hits) == 2
    assert {hit.chunk.metadata["kind"] for hit in hits} == {"reference"}
    assert {hit.chunk.document for hit in assistant.ask(QUESTION, {"kind": ["reference"]}).hits} == {"reference/fees"}


BAD = {
    "empty": ("", "empty"),
    "blank": (" \n\t ", "empty"),
    "marks alone": ("?!...", "empty"),
    "a megabyte": ("why " * 262_144, "has 1048576 characters; at most 1000 are read"),
    "null": ("What is\x00 this?", r"U\+0000"),
    "escape": ("What is \x1b[31m this?", r"U\+001B"),
    "half a character": ("What is \ud800 this?", r"U\+D800"),
}


@pytest.mark.parametrize(("question", "reason"), BAD.values(), ids=BAD)
def test_what_is_no_question_is_refused_before_anything_is_sent(
    assistant: Assistant, question: str, reason: str
) -> None:
    for way in (assistant.ask, assistant.search, assistant.stream):
        with pytest.raises(QuestionError, match=reason):
            way(question)


def test_an_unknown_filter_is_refused_before_anything_is_sent(assistant: Assistant) -> None:
    with pytest.raises(QuestionError, match="colour"):
        assistant.stream(QUESTION, {"colour": ["red"]})


@pytest.mark.parametrize(
    "question",
    [
        '"unbalanced',
        "NEAR(a b) OR *",
        "title:x -y",
        "'; DROP TABLE chunks; --",
        "\u4ec0\u4e48\u662f\u4e66",
        "\u202etxet",
        "a" * 1000,
    ],
)
def test_odd_questions_are_questions(assistant: Assistant, question: str) -> None:
    assert 0 <= assistant.ask(question).confidence <= 1


@hypothesis_settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=60, deadline=None)
@given(st.text(max_size=60))
def test_whatever_is_asked_is_answered_or_refused_with_a_reason(assistant: Assistant, question: str) -> None:
    try:
        answer = assistant.ask(question)
    except QuestionError:
        assert not question.isprintable() or not any(one.isalnum() for one in question)
    else:
        assert answer.abstained == (not answer.citations)


def test_the_same_question_in_other_spacing_is_the_same() -> None:
    assert checked(" What\n is  cafe\u0301? ", 100) == "What is caf\u00e9?"


def test_many_ask_at_once(assistant: Assistant) -> None:
    questions = [QUESTION, "Where is the quiet room?", "What does a card cost?"] * 10
    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(assistant.ask, questions))
    assert [one.text for one in answers] == [assistant.ask(question).text for question in questions]


class Broken:
    """Answers as no answerer may."""

    def stream(self, question: str, hits: Sequence[Hit]) -> Iterator[str | Answer]:
        yield "text without an answer"


class Down:
    """A language model that does not answer."""

    def stream(self, question: str, hits: Sequence[Hit]) -> Iterator[str | Answer]:
        yield "The beginning of"
        raise Unavailable("The language model broke off")


def test_an_answerer_that_forgets_the_answer_is_found_out(assistant: Assistant) -> None:
    assistant.answerer = Broken()
    with pytest.raises(TypeError, match="Broken ended with str"):
        assistant.ask(QUESTION)


def test_a_failure_in_the_middle_is_passed_on(assistant: Assistant) -> None:
    assistant.answerer = Down()
    with pytest.raises(Unavailable, match="broke off"):
        assistant.ask(QUESTION)


def test_the_settings_name_the_answerer(
    store: Store, embedder: HashEmbedder, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert isinstance(make_answerer(settings, store, embedder), Extractive)
    endpoint = settings.model_copy(update={"answering": Answering(backend="endpoint", abstain_below=0.2)})
    monkeypatch.delenv("ASSISTANT_LLM_URL", raising=False)
    with pytest.raises(AssistantError, match="ASSISTANT_LLM_URL is not set"):
        make_answerer(endpoint, store, embedder)
    monkeypatch.setenv("ASSISTANT_LLM_URL", "http://127.0.0.1:9/v1")
    assert isinstance(make_answerer(endpoint, store, embedder), Generative)
