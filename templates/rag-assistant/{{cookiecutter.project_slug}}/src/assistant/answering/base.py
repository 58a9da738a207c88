"""The types of an answer, and the protocol that an answerer follows."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Protocol

from ..hits import Hit
from ..passages import Span

REFUSAL = "I found no passage that answers this question."
CHARACTERS_PER_TOKEN = 4  # of English, where nobody has counted
QUOTATION = "quotation"  # the name of the answerer that needs no language model


@dataclass(frozen=True, slots=True)
class Citation:
    """One `[number]` in the answer: the cited passage, as offsets in the document's text."""

    number: int
    chunk: str
    document: str
    title: str
    section: tuple[str, ...]
    span: Span
    quote: str
    mark: Span  # the sentence in it that is nearest to the question; offsets in the document, too


@dataclass(frozen=True, slots=True)
class Usage:
    """The tokens that a model server counted, and their cost at the prices in the settings."""

    prompt_tokens: int
    completion_tokens: int
    cost: float  # in `currency` of the settings; 0 where no price is set
    estimated: bool = False  # the server did not count; four characters are taken for a token


@dataclass(frozen=True, slots=True)
class Answer:
    """A quotation, a generated answer or a refusal (`abstained`), with its citations and passages."""

    question: str
    text: str
    citations: tuple[Citation, ...]
    abstained: bool
    confidence: float  # 0 to 1; below the settings' `abstain_below` the answer is a refusal
    hits: tuple[Hit, ...]
    model: str = QUOTATION  # or the name of the language model
    prompt: str | None = None  # version of the prompt template
    usage: Usage | None = None
    cut_off: bool = False  # by `max_tokens`: the text ends before the model's answer does


class Answerer(Protocol):
    """Answers from given passages. Safe to call from several threads."""

    def stream(self, question: str, hits: Sequence[Hit]) -> Iterator[str | Answer]:
        """Pieces of the answer's text as they arrive, then, last, the whole answer.

        The pieces make up the answer's text, unless it turns out that it is a refusal, or that thoughts came first.

        Raises:
            Unavailable: a model server does not answer, stops in the middle, or answers nonsense.
        """
