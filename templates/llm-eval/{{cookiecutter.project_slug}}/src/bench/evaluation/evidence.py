"""What counts as having found an answer.

Relevance is a matter of *evidence*, a quotation from a document, and not of chunks. So the same questions
judge every way of cutting the documents.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from pydantic import BaseModel, ConfigDict, Field

from ..passages import Chunk, Document, Span

SHOWN = 60  # characters of a quotation in a message
MARKUP = re.escape("`*_#|~>\\[]\"'’‘“”„«»-‐‑–—")  # quotation marks and hyphens, too: they vary as freely
# Between two words; the second is the target of a link. Without capitals, as compiling it with them takes longer.
GAP = rf"(?-i:(?:[\s{MARKUP}]|(?<=\])\([^()\s]*+\))*+)"


class EvidenceError(ValueError):
    """A quotation is not where it should be; the message says why."""


class Evidence(BaseModel):
    """Words of the documents that answer a question; they count wherever they stand, in one document or in all."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    document: str = ""
    section: str = ""
    quote: str = Field(min_length=1)
    unique: bool = False  # so few words that they say which place is meant only if there is no other


@dataclass(frozen=True)
class Passage:
    """Where a piece of evidence stands."""

    document: str
    span: Span


def locate(question: str, evidence: Evidence, documents: Mapping[str, Document]) -> tuple[Passage, ...]:
    """Every place of a quotation, whatever its spaces, markup and case; it does not begin or end inside of a word.

    Args:
        question: its id, for messages.
        evidence: where it should be.
        documents: by id.

    Raises:
        EvidenceError: the quotation is not there, or it has to be unique and is not.
    """
    words = re.findall(rf"[^\W_]+|[^\w\s{MARKUP}]", evidence.quote) or ["\0"]  # no document has that
    # Only where letters have capitals do spaces divide words.
    edges = [r"[^\W_]" if one.isdecimal() or one.lower() != one.upper() else "(?!)" for one in (words[0], words[-1])]
    pattern = re.compile(f"(?<!{edges[0]}){GAP.join(map(re.escape, words))}(?!{edges[1]})", re.IGNORECASE)
    found = tuple(
        Passage(name, Span(*place.span()))
        for name, document in documents.items()
        if evidence.document in ("", name)
        for text in [document.text.lower()]
        if all(one.lower() in text for one in words)  # most texts lack one, and this is quicker than the pattern
        for place in pattern.finditer(document.text)
    )
    if not found or (evidence.unique and len(found) > 1):
        raise EvidenceError(
            f"question {question}: the quotation {evidence.quote[:SHOWN]!r} stands in {len(found) or 'no'} places of "
            f"{evidence.document or 'the documents'}; copy its words from the document, and enough of them"
        )
    return found


def covers(chunk: Chunk, passage: Passage) -> bool:
    """Whether the chunk holds at least half of the passage's characters."""
    if chunk.document != passage.document:
        return False
    shared = min(chunk.span.end, passage.span.end) - max(chunk.span.start, passage.span.start)
    return 2 * shared >= passage.span.end - passage.span.start


def first_ranks(evidence: Sequence[Sequence[Passage]], chunks: Sequence[Chunk]) -> list[int | None]:
    """For each piece of evidence the rank, from 1, of the first chunk that covers one of its places; None if none."""
    return [
        next((rank for rank, chunk in enumerate(chunks, 1) if any(covers(chunk, one) for one in places)), None)
        for places in evidence
    ]
