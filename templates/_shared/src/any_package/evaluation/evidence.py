"""What counts as having found an answer.

Relevance is a matter of *evidence*, a quotation from a document, and not of chunks. So the same questions
judge every way of cutting the documents.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from pydantic import BaseModel, ConfigDict, Field

from ..passages import Chunk, Document, Span

SHOWN = 60  # characters of a quotation in a message


class EvidenceError(ValueError):
    """A quotation is not where it should be; the message says why."""


class Evidence(BaseModel):
    """A passage that answers a question, word for word."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    document: str = Field(min_length=1)
    section: str
    quote: str = Field(min_length=1)


@dataclass(frozen=True, slots=True)
class Passage:
    """Where a piece of evidence stands."""

    document: str
    span: Span


def locate(question: str, evidence: Evidence, documents: Mapping[str, Document]) -> Passage:
    """The place of a quotation.

    Args:
        question: its id, for messages.
        evidence: where it should be.
        documents: by id.

    Raises:
        EvidenceError: there is no such document, or the quotation is in it not at all or more than once.
    """
    document = documents.get(evidence.document)
    shown = evidence.quote if len(evidence.quote) <= SHOWN else f"{evidence.quote[:SHOWN]}…"
    where = f"question {question}: {evidence.document}"
    if document is None:
        raise EvidenceError(f"{where} is not among the documents; the questions need the corpus they were written for")
    start = document.text.find(evidence.quote)
    if start < 0:
        raise EvidenceError(f"{where} does not contain the quotation {shown!r}; copy the quotation exactly")
    if document.text.find(evidence.quote, start + 1) >= 0:
        raise EvidenceError(f"{where} contains the quotation {shown!r} more than once; quote more of it")
    return Passage(document.id, Span(start, start + len(evidence.quote)))


def covers(chunk: Chunk, passage: Passage) -> bool:
    """Whether the chunk holds at least half of the passage's characters."""
    if chunk.document != passage.document:
        return False
    shared = min(chunk.span.end, passage.span.end) - max(chunk.span.start, passage.span.start)
    return 2 * shared >= passage.span.end - passage.span.start


def first_ranks(passages: Sequence[Passage], chunks: Sequence[Chunk]) -> list[int | None]:
    """For each passage the rank, from 1, of the first chunk that covers it; None if none does."""
    return [
        next((rank for rank, chunk in enumerate(chunks, 1) if covers(chunk, passage)), None) for passage in passages
    ]
