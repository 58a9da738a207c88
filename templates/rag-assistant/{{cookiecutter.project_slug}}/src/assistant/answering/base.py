"""The types of an answer, and the protocol that an answerer follows."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Protocol

from ..hits import Hit
from ..passages import Span

REFUSAL = "The documents do not answer this question."


@dataclass(frozen=True, slots=True)
class Citation:
    """One `[number]` in the answer: the quoted passage, as offsets in the document's text."""

    number: int
    chunk: str
    document: str
    title: str
    section: tuple[str, ...]
    span: Span
    quote: str
    score: float


@dataclass(frozen=True, slots=True)
class Usage:
    """The tokens that a model server counted, and their cost at the prices in the settings."""

    prompt_tokens: int
    completion_tokens: int
    cost: float  # in `currency` of the settings; 0 where no price is set
    estimated: bool = False  # the server did not count; four characters are taken for a token


@dataclass(frozen=True, slots=True)
class Answer:
    """An answer or a refusal (`abstained`), with its citations and passages."""

    question: str
    text: str
    citations: tuple[Citation, ...]
    abstained: bool
    confidence: float  # 0 to 1; below the settings' `abstain_below` the answer is a refusal
    hits: tuple[Hit, ...]
    model: str  # "extractive", or the name of the language model
    prompt: str | None = None  # version of the prompt template
    usage: Usage | None = None
    unsupported: tuple[int, ...] = ()  # citation numbers that the model made up; they are taken out of the text


class Answerer(Protocol):
    """Answers from given passages. Safe to call from several threads."""

    def stream(self, question: str, hits: Sequence[Hit]) -> Iterator[str | Answer]:
        """Pieces of the answer's text as they arrive, then, last, the whole answer.

        The pieces make up the answer's text, unless it turns out at the end to be a refusal.

        Raises:
            Unavailable: a model server does not answer, stops in the middle, or answers nonsense.
        """
