"""Requests and answers of the API."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, StringConstraints

from ..answering.base import Citation, Usage
from ..hits import Hit
from ..passages import Span
from ..stores.base import Listed
from .service import Answered

QUESTION = "When is __exit__ called?"
ANSWER_ID = "3f1c9a0b5d7e2468ace01357"

Name = Annotated[str, StringConstraints(min_length=1, max_length=100)]
Value = Annotated[str, StringConstraints(max_length=500)]
Values = Annotated[list[Value], Field(min_length=1, max_length=100)]
Filter = Annotated[
    dict[Name, Values],
    Field(
        default_factory=dict,
        max_length=20,
        description="Metadata field to accepted values; a passage must satisfy every field. GET /documents lists them",
        examples=[{"kind": ["statements"]}],
    ),
]


def _whole(value: object) -> object:
    """8.0 as 8: to JSON they are one number."""
    return int(value) if isinstance(value, float) and value.is_integer() else value


class Request(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True)


class Question(Request):
    question: str = Field(min_length=1, description="The question, as you would ask a colleague", examples=[QUESTION])
    where: Filter


class SearchQuestion(Question):
    k: Annotated[int | None, BeforeValidator(_whole)] = Field(
        default=None, ge=1, le=50, description="Most passages; by default top_k of the settings"
    )


class Opinion(Request):
    answer: str = Field(pattern="^[0-9a-f]{24}$", description="`id` of the answer", examples=[ANSWER_ID])
    helpful: bool
    note: str = Field(default="", max_length=1000, description="Why, in your words", examples=["It names step 6 only."])


class Range(BaseModel):
    """Half-open character offsets in the document's text."""

    start: int
    end: int

    @classmethod
    def of(cls, span: Span) -> Range:
        return cls(start=span.start, end=span.end)


class Source(BaseModel):
    number: int = Field(description="The number of this citation in the text, as in `[1]`")
    document: str
    title: str
    section: list[str] = Field(description="Headings above the passage, outermost first")
    span: Range
    quote: str
    score: float

    @classmethod
    def of(cls, citation: Citation) -> Source:
        return cls(
            number=citation.number,
            document=citation.document,
            title=citation.title,
            section=list(citation.section),
            span=Range.of(citation.span),
            quote=citation.quote,
            score=citation.score,
        )


class Passage(BaseModel):
    id: str
    document: str
    title: str
    section: list[str]
    span: Range
    text: str
    metadata: dict[str, str]
    score: float
    dense: float | None = Field(description="Cosine similarity; null if vectors were not used")
    lexical: float | None = Field(description="BM25; null if words were not used")
    rerank: float | None

    @classmethod
    def of(cls, hit: Hit) -> Passage:
        chunk = hit.chunk
        return cls(
            id=chunk.id,
            document=chunk.document,
            title=chunk.title,
            section=list(chunk.section),
            span=Range.of(chunk.span),
            text=chunk.text,
            metadata=dict(chunk.metadata),
            score=hit.score,
            dense=hit.dense,
            lexical=hit.lexical,
            rerank=hit.rerank,
        )


class Cost(BaseModel):
    prompt_tokens: int
    completion_tokens: int
    cost: float
    currency: str

    @classmethod
    def of(cls, usage: Usage, currency: str) -> Cost:
        return cls(
            prompt_tokens=usage.prompt_tokens,
            completion_tokens=usage.completion_tokens,
            cost=usage.cost,
            currency=currency,
        )


class Reply(BaseModel):
    """An answer with its sources, or a refusal."""

    id: str = Field(description="Identifies the answer in POST /feedback", examples=[ANSWER_ID])
    question: str
    text: str
    abstained: bool = Field(description="The documents do not answer the question; `text` says so")
    confidence: float = Field(description="0 to 1; answers below the settings' `abstain_below` are refusals")
    citations: list[Source]
    passages: list[Passage] = Field(description="What was retrieved, best first")
    model: str
    prompt: str | None = Field(description="Version of the prompt template")
    usage: Cost | None = Field(description="Tokens and cost as the model server counts them; null without one")
    unsupported: list[int] = Field(description="Citations that the model made up; they are removed from the text")
    seconds: float

    @classmethod
    def of(cls, answered: Answered, currency: str) -> Reply:
        answer = answered.answer
        return cls(
            id=answered.id,
            question=answer.question,
            text=answer.text,
            abstained=answer.abstained,
            confidence=answer.confidence,
            citations=[Source.of(one) for one in answer.citations],
            passages=[Passage.of(hit) for hit in answer.hits],
            model=answer.model,
            prompt=answer.prompt,
            usage=Cost.of(answer.usage, currency) if answer.usage else None,
            unsupported=list(answer.unsupported),
            seconds=round(answered.seconds, 6),
        )


class Piece(BaseModel):
    """Data of the event `token`."""

    text: str


class Failure(BaseModel):
    """Data of the event `error`, the last of an answer that broke off."""

    detail: str
    request_id: str


class Found(BaseModel):
    passages: list[Passage]


class DocumentEntry(BaseModel):
    id: str
    title: str
    sha256: str = Field(description="Of the file's bytes")
    chunks: int
    metadata: dict[str, str]

    @classmethod
    def of(cls, listed: Listed) -> DocumentEntry:
        return cls(
            id=listed.id,
            title=listed.title,
            sha256=listed.digest,
            chunks=listed.chunks,
            metadata=dict(listed.metadata),
        )


class DocumentList(BaseModel):
    documents: list[DocumentEntry]
    facets: dict[str, dict[str, int]] = Field(description="For each metadata field how many documents have each value")

    @classmethod
    def of(cls, documents: Sequence[Listed], facets: dict[str, dict[str, int]]) -> DocumentList:
        return cls(documents=[DocumentEntry.of(one) for one in documents], facets=facets)


class DocumentText(BaseModel):
    id: str
    title: str
    sha256: str
    metadata: dict[str, str]
    text: str


class Stored(BaseModel):
    """An uploaded document."""

    id: str
    title: str
    chunks: int
    status: Literal["added", "replaced", "unchanged"]

    @classmethod
    def of(cls, listed: Listed, digest_before: str | None) -> Stored:
        status: Literal["added", "replaced", "unchanged"] = "replaced"
        if digest_before is None:
            status = "added"
        elif digest_before == listed.digest:
            status = "unchanged"
        return cls(id=listed.id, title=listed.title, chunks=listed.chunks, status=status)


class Noted(BaseModel):
    answer: str
    helpful: bool
