"""The question is checked and passages are found; the best one is quoted as a whole, its best sentence marked."""

import pytest

from assistant.answering.assistant import Assistant, checked, place
from assistant.answering.base import REFUSAL, Answer
from assistant.answering.confidence import confidence, coverage
from assistant.answering.generative import Generative
from assistant.answering.quotation import Quotation
from assistant.documents.chunking import Chunking, chunk
from assistant.errors import QuestionError
from assistant.hits import Hit
from assistant.passages import Document
from assistant.retrieval.search import Retriever
from assistant.settings import Answering, Settings
from assistant.stores.base import Index
from assistant.wiring import make_answerer
from toy import HashEmbedder

QUESTION = "Where are photographs kept?"
KEPT = "Photographs are kept in the cellar."


@pytest.fixture
def assistant(index: Index, settings: Settings) -> Assistant:
    return Assistant(index, Retriever(index, settings.retrieval), Quotation(settings.answering), settings)


def ask(*texts: str, abstain_below: float = 0.0) -> Answer:
    """Quote from these passages."""
    hits = [_hit(f"doc{number}", text) for number, text in enumerate(texts)]
    *pieces, answer = Quotation(Answering(abstain_below=abstain_below)).stream(QUESTION, hits)
    assert isinstance(answer, Answer)
    assert (pieces, answer.hits) == ([answer.text], tuple(hits))
    return answer


def _hit(name: str, text: str) -> Hit:  # the text as one passage
    (passage,) = chunk(Document(name, "Archive", text), Chunking(method="fixed", size=2000, overlap=0))
    vector, *sentences = HashEmbedder().embed([QUESTION, *passage.sentence_texts()])
    return Hit(passage, 1.0, cosines=tuple(float(one @ vector) for one in sentences))


def test_an_answer_with_its_source(assistant: Assistant) -> None:
    answer = assistant.ask("How long is a book lent?")
    assert answer.text == "## Periods\n\nA book is lent for four weeks. A film is lent for one week. [1]"
    assert (answer.model, answer.usage, answer.abstained) == ("quotation", None, False)
    assert answer.citations[0].section == ("Loans", "Periods")
    assert assistant.ask("Who won the match yesterday evening?").abstained


def test_three_quoted_passages_have_their_numbers() -> None:
    hits = [_hit(f"doc{number}", text) for number, text in enumerate((KEPT, "# Photographs", KEPT, KEPT, KEPT))]
    *_, answer = Quotation(Answering(abstain_below=0), passages=3).stream(QUESTION, hits)
    assert isinstance(answer, Answer)
    assert answer.text == f"{KEPT} [1]\n\n{KEPT} [2]\n\n{KEPT} [3]"
    assert [(one.number, one.document) for one in answer.citations] == [(1, "doc0"), (2, "doc2"), (3, "doc3")]


def test_filter_and_number_reach_the_search(assistant: Assistant) -> None:
    assert [hit.chunk.metadata["kind"] for hit in assistant.search("Books?", {"kind": ["guide"]}, k=2)] == ["guide"] * 2
    with pytest.raises(QuestionError, match="colour"):  # before anything is sent
        assistant.stream(QUESTION, {"colour": ["red"]})


BAD = {
    "blank": (" \n\t ", "empty"),
    "marks alone": ("?!...", "empty"),
    "a megabyte": ("why " * 262_144, "has 1048576 characters; at most 1000 are read"),
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


def test_spacing_and_composition_make_no_difference_and_a_place_has_each_heading_once() -> None:
    assert checked(" What\n is  cafe\u0301? ", 100) == "What is caf\u00e9?"
    assert place("Loans", ("Loans", "Periods")) == place("Loans", ["Periods"]) == "Loans > Periods"


def test_an_address_switches_the_language_model_on(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("ASSISTANT_LLM_URL", raising=False)
    assert isinstance(make_answerer(settings), Quotation)
    monkeypatch.setenv("ASSISTANT_LLM_URL", "http://127.0.0.1:9/v1")
    assert isinstance(make_answerer(settings), Generative)


def test_the_best_passage_is_quoted_as_a_whole() -> None:
    answer = ask(passage := f"## Photographs\n\nThe archive opens on Mondays. {KEPT}", KEPT)
    assert (answer.text, [one.quote for one in answer.citations]) == (f"{passage} [1]", [passage])


@pytest.mark.parametrize("end", ["```\nx = 1\n```", "Code:\n\n    x = 1", "| a |\n| - |\n| b |"])
def test_the_number_does_not_become_part_of_code_or_a_table(end: str) -> None:
    assert ask(f"{KEPT}\n\n{end}").text == f"{KEPT}\n\n{end}\n\n[1]"


@pytest.mark.parametrize("fence", ["```", "~~~~"])
def test_a_passage_cut_in_the_middle_of_code_gets_the_end_of_the_code(fence: str) -> None:
    assert ask(f"{KEPT}\n\n  {fence}python\nx = 1\n").text == f"{KEPT}\n\n  {fence}python\nx = 1\n{fence}\n\n[1]"
    assert ask(f"y = 2\n{fence}\n\n{KEPT}").text.endswith(f"{KEPT}\n{fence}\n\n[1]")


@pytest.mark.parametrize("text", ["# Photographs", "Photographs\n===\n", "See Photographs.", "# A\n\n## B\n"])
def test_a_passage_that_says_nothing_is_passed_over(text: str) -> None:
    assert ask(text, KEPT).text == f"{KEPT} [1]"
    assert (ask(text).text, ask(text).abstained) == (REFUSAL, True)


def test_the_mark_is_on_a_sentence_that_says_something() -> None:
    (citation,) = ask(f"See Where photographs are kept. They are in the cellar. {KEPT}").citations
    assert citation.quote[citation.mark.start : citation.mark.end] == KEPT  # the passage is the whole document


def test_without_enough_evidence_it_refuses_and_says_how_sure_it_was() -> None:
    sure = ask(KEPT).confidence
    answer = ask(KEPT, abstain_below=min(1.0, sure + 0.01))
    assert (answer.text, answer.citations, answer.abstained, answer.confidence) == (REFUSAL, (), True, sure)
    assert not ask(KEPT, abstain_below=sure).abstained
    assert (ask().abstained, ask().confidence) == (True, 0.0)


def test_confidence_is_the_best_cosine_and_the_words_of_the_best_passages(index: Index) -> None:
    found = index.store.chunks(["guides/rooms#0", "guides/rooms#1", "reference/fees#0"])
    hits = [Hit(chunk, 1.0, cosines=(0.1, 0.2 + number / 10)) for number, chunk in enumerate(found)]
    assert confidence("desk euros", hits) == pytest.approx(0.7 * 0.4 + 0.3)
    assert confidence("desk euros", [*[hits[0]] * 2, *hits]) == pytest.approx(0.7 * 0.4)
    assert confidence("desk euros", [Hit(found[0], 1.0, cosines=(-1.0,))]) == confidence("desk euros", []) == 0


def test_the_share_of_the_words_whatever_their_endings() -> None:
    asked = "How are the old books renewed?"
    assert coverage(asked, ["Renewing a book"]) == pytest.approx(2 / 3)
    assert coverage(asked, ["Renewing", "an old book"]) == coverage("Is it closed?", ["closes"]) == 1
    assert coverage(asked, []) == coverage("???", ["anything"]) == 0
