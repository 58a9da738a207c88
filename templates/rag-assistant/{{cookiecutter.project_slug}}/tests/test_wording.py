"""Of a model's words, its thoughts are not shown, and a refusal in its own words is a refusal."""

import pytest

from assistant.answering.base import REFUSAL, Answer
from assistant.answering.generative import Generative
from assistant.answering.wording import refuses, spoken
from assistant.errors import Unavailable
from assistant.hits import Hit
from assistant.settings import Answering
from assistant.stores.base import Index
from model_server import model_server, stream


def ask(index: Index, *said: str, finish: str = "stop") -> tuple[list[str], Answer]:
    """What is shown while the model writes this, and its answer."""
    chunks = index.store.chunks([f"guides/loans#{number}" for number in range(3)])
    hits = [Hit(chunk, 1.0, cosines=(0.5,) * len(chunk.sentences)) for chunk in chunks]
    with model_server(stream(*said, finish=finish)) as server:
        model = Generative(Answering(abstain_below=0, retries=0, timeout_seconds=60), server.url, "key", "small")
        *pieces, answer = model.stream("How long is a book lent?", hits)
    assert isinstance(answer, Answer)
    return [str(one) for one in pieces], answer


@pytest.mark.parametrize(
    "said",
    [
        ("<think>Films have [3], so [1] is wrong.</think>\n\nFour weeks [2]."),
        ("\n<think>\nHm.\n</think>Four weeks [2]."),
        ("<think></think>Four weeks [2]."),
    ],
)
@pytest.mark.parametrize("size", [1, 4, 100])
def test_thoughts_are_neither_shown_nor_cited(index: Index, said: str, size: int) -> None:
    pieces, answer = ask(index, *(said[start : start + size] for start in range(0, len(said), size)))
    assert "".join(pieces) == answer.text == "Four weeks [1]."
    assert [one.chunk for one in answer.citations] == ["guides/loans#1"]


def test_thoughts_whose_beginning_is_not_sent_are_not_in_the_answer(index: Index) -> None:
    _, answer = ask(index, "Films have [3], so", " [1] is wrong.</thi", "nk>Four weeks [2].")
    assert (answer.text, [one.chunk for one in answer.citations]) == ("Four weeks [1].", ["guides/loans#1"])


def test_nothing_but_thoughts_is_no_answer(index: Index) -> None:
    with pytest.raises(Unavailable, match="used up max_tokens before it wrote anything"):
        ask(index, "<think>Films have [3]", finish="length")
    with pytest.raises(Unavailable, match="sends no text"):
        ask(index, "<think>Films have [3].</think>")


@pytest.mark.parametrize("text", ["<thinking is hard>", "<", "Tags such as <think> [1]"])
def test_other_text_is_spoken(text: str) -> None:
    assert spoken(f"{text} go on") == f"{text} go on"


def test_an_answer_that_max_tokens_ends_says_so(index: Index) -> None:
    assert ask(index, "For four weeks [2], and", finish="length")[1].cut_off
    assert not ask(index, "For four weeks [2].")[1].cut_off
    assert not ask(index, REFUSAL, finish="length")[1].cut_off


OWN_WORDS = [
    "The passages do not say how long it takes [1].",
    "The provided passages don't mention a price [1][2]. They are about loans.",
    "Unfortunately, the given context does not explicitly state when that is.",
    "None of the passages explains that [3].",
    "No passage answers this.",
    "There is no information about films in the passages [1].",
]
ANSWERS = [
    "For four weeks [1]. The passages do not say more.",
    "The passages do not say how long a film is lent, but a book is lent for four weeks [1].",
    "The context manager does not include a lock [1].",
    "The document does not need a signature [1].",
]


@pytest.mark.parametrize("text", OWN_WORDS)
def test_a_refusal_in_other_words(index: Index, text: str) -> None:
    _, answer = ask(index, text)
    assert (answer.abstained, answer.text, answer.citations) == (True, REFUSAL, ())


@pytest.mark.parametrize("text", ANSWERS)
def test_an_answer_that_speaks_of_what_is_not_there(text: str) -> None:
    assert not refuses(text)
