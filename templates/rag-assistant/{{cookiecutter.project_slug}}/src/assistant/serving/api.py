"""The JSON routes."""

# No `from __future__ import annotations`: FastAPI must see the dependencies that are made at run time.

from collections.abc import AsyncGenerator, AsyncIterator, Sequence
from functools import partial
from typing import Annotated, Any

from fastapi import APIRouter, Header, HTTPException, Path, Query, Request, Response, UploadFile
from fastapi.params import Depends as Dependency

from . import events
from .access import Access
from .bodies import refusals
from .library import Library
from .schemas import (
    DocumentList,
    DocumentText,
    Failure,
    Found,
    Noted,
    Opinion,
    Passage,
    Piece,
    Question,
    Reply,
    SearchQuestion,
    Stored,
)
from .service import Answered, Service
from .turns import Turns

Id = Annotated[str, Path(max_length=300)]

STREAM = "text/event-stream"
NO_ANSWER = "No answer of this id is logged; it may be older than the log reaches back."
REPLACED: dict[int | str, dict[str, Any]] = {200: {"model": Stored, "description": "Replaced, or unchanged"}}
EVENTS: dict[int | str, dict[str, Any]] = {
    200: {
        "content": {STREAM: {"itemSchema": events.ITEM}},
        "description": "The answer; streamed, it comes as events `token` and a last event `answer` or `error`",
    }
}


def api(service: Service, library: Library, access: Access, turns: Turns, uploads: Turns) -> APIRouter:
    """Routes for programs; what writes needs the token, if there is one."""
    router = APIRouter()
    _add_questions(router, service, access, turns)
    _add_documents(router, library, access)
    _add_changes(router, library, access, uploads)
    return router


def _add_questions(router: APIRouter, service: Service, access: Access, turns: Turns) -> None:
    currency = service.settings.answering.currency
    asking, writing = access.asking, access.writing
    unasked, unwritten = _refusals(asking), _refusals(writing)

    @router.post(
        "/ask", summary="Answer a question", tags=["questions"], responses=EVENTS | unasked, dependencies=asking
    )
    async def ask(
        request: Request,
        question: Question,
        accept: Annotated[str, Header(include_in_schema=False)] = "",
        stream: Annotated[bool, Query(description="Answer as events; the same as `Accept: text/event-stream`")] = False,
    ) -> Reply:
        items = events.answering(turns, lambda: service.stream(question.question, question.where))
        if not stream and STREAM not in accept:
            return Reply.of(await events.whole(items), currency)
        pieces = _as_events(await events.begun(items), currency)
        return events.streamed(events.safely(pieces, partial(_failure, request)))  # type: ignore[return-value]

    @router.post("/search", summary="Find passages", tags=["questions"], responses=unasked, dependencies=asking)
    async def search(question: SearchQuestion) -> Found:
        async with turns.turn():
            hits = await turns.run(lambda: service.search(question.question, question.where, question.k))
        return Found(passages=[Passage.of(hit) for hit in hits])

    @router.post(
        "/feedback",
        summary="Say whether an answer helped",
        tags=["questions"],
        responses=unwritten | refusals(404),
        dependencies=writing,
    )
    def feedback(opinion: Opinion) -> Noted:
        if not service.feedback(opinion.answer, helpful=opinion.helpful, note=opinion.note):
            raise HTTPException(404, NO_ANSWER)
        return Noted(answer=opinion.answer, helpful=opinion.helpful)


def _add_documents(router: APIRouter, library: Library, access: Access) -> None:
    asking, unasked = access.asking, _refusals(access.asking)

    @router.get(
        "/documents",
        summary="What is indexed, and what can be filtered by",
        tags=["documents"],
        responses=unasked,
        dependencies=asking,
    )
    def documents() -> DocumentList:
        return DocumentList.of(library.documents(), library.facets())

    @router.get(
        "/documents/{document:path}",
        summary="One document with its text",
        tags=["documents"],
        responses=unasked | refusals(404),
        dependencies=asking,
    )
    def document(document: Id) -> DocumentText:
        found = library.document(document)
        return DocumentText(
            id=found.id, title=found.title, sha256=found.digest, metadata=dict(found.metadata), text=found.text
        )


def _add_changes(router: APIRouter, library: Library, access: Access, uploads: Turns) -> None:
    writing, unwritten = access.writing, _refusals(access.writing)

    @router.post(
        "/documents",
        summary="Add a document, or replace one",
        tags=["documents"],
        status_code=201,
        responses=REPLACED | unwritten,
        dependencies=writing,
    )
    async def upload(file: UploadFile, response: Response) -> Stored:
        async with uploads.turn():
            stored = await uploads.run(lambda: library.add(file.filename or "", file.file))
        response.status_code = 201 if stored.status == "added" else 200
        return stored

    @router.delete(
        "/documents/{document:path}",
        summary="Delete an uploaded document",
        description="409 for a document of the corpus folder: the next `make ingest` would bring it back.",
        tags=["documents"],
        status_code=204,
        responses=unwritten | refusals(404, 409),
        dependencies=writing,
    )
    def delete(document: Id) -> None:
        library.remove(document)


def _refusals(dependencies: Sequence[Dependency]) -> dict[int | str, dict[str, Any]]:
    """Of a route with these dependencies, which are those of the token or none."""
    return refusals(503, *((401, 429) if dependencies else ()))


def _failure(request: Request, detail: str) -> bytes:
    return events.event("error", Failure(detail=detail, request_id=str(request.state.request_id)))


async def _as_events(items: AsyncGenerator[str | Answered, None], currency: str) -> AsyncIterator[bytes]:
    async for item in items:
        if isinstance(item, Answered):
            yield events.event("answer", Reply.of(item, currency))
        else:
            yield events.event("token", Piece(text=item))
