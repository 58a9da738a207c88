"""The routes, who may use them, and how many requests at the same time."""

# No `from __future__ import annotations`: FastAPI must see the dependencies that are made at run time.

from collections.abc import AsyncIterator, Callable, Collection, Iterator
from contextlib import suppress
from functools import lru_cache
from hmac import compare_digest
from itertools import chain
from pathlib import Path
from typing import Annotated

from anyio import CapacityLimiter
from fastapi import APIRouter, Depends, HTTPException, Request, Security, UploadFile
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer
from fastapi.sse import EventSourceResponse, ServerSentEvent

from ..answering.assistant import Assistant
from ..answering.base import Answer
from ..errors import AssistantError
from ..evaluation import benchmark
from ..evaluation.cases import marks_right, quoting, shows
from ..ingestion.ingest import Upload, remove_upload
from ..passages import Document
from ..settings import Settings
from .logs import request_id
from .schemas import Documents, Opinion, Question, Taken, question_within
from .service import Service, log, sentence
from .uploads import WAITING, Uploads
from .web import REFUSAL

EXAMPLES = 4
LONGEST_EXAMPLE = 60  # characters, so that a phone shows it on two lines
EVENTS = """The data of each event are JSON. `token`: a string, the next piece of the text. `answer`, the last event:
what POST /ask answers. `error`, in the place of `answer`: an object with `detail` and `request_id`."""
BEARER = Security(HTTPBearer(auto_error=False, description="The service's token"))
NO_ANSWER = "There is no answer of this id among the last ones since the service began."
NO_DOCUMENT = "There is no document of this id; GET /documents lists them."
NO_UPLOAD = "There is no upload of this id among the last ones since the service began."


def routes_with(token: str) -> APIRouter:
    """An empty router. Only those who have the token may use its routes; an empty token lets everybody."""
    if not token:
        return APIRouter()

    def require(given: Annotated[HTTPAuthorizationCredentials | None, BEARER]) -> None:
        if given is None or not compare_digest(given.credentials.encode("latin-1"), token.encode()):
            told = "This needs the service's token: send it as 'Authorization: Bearer ...'."
            raise HTTPException(401, told, {"www-authenticate": "Bearer"})

    return APIRouter(responses={401: REFUSAL}, dependencies=[Depends(require)])


def turns(at_once: int, waiting: int) -> Callable[[Request], AsyncIterator[None]]:
    """A dependency that lets `at_once` requests through at a time and `waiting` more wait; others get 503."""
    free = CapacityLimiter(at_once)

    async def turn(request: Request) -> AsyncIterator[None]:
        state = free.statistics()
        if state.borrowed_tokens >= at_once and state.tasks_waiting >= waiting:
            told = "The service is busy with other requests; try again in a few seconds."
            raise HTTPException(503, told, {"retry-after": "5"})
        async with free:  # until the whole response is sent
            if await request.is_disconnected():
                raise HTTPException(408, "The client left before its turn.")
            yield

    return turn


def add_questions(
    asking: APIRouter, changing: APIRouter, service: Service, turn: Callable[[Request], AsyncIterator[None]]
) -> None:
    Asked = Annotated[Question, Depends(question_within(service.settings.limits.question_characters))]

    def begun(question: Asked, _: Annotated[None, Depends(turn)]) -> Iterator[Iterator[str | Answer]]:
        """What the assistant says, once its first word is there, so that an early failure has its own status."""
        items = service.stream(question.question, question.where)
        try:
            yield chain([next(items)], items)
        finally:
            items.close()  # when the client leaves, too: that ends the request to a model server

    @asking.post("/ask", summary="Answer a question", responses={404: REFUSAL})
    def ask(items: Annotated[Iterator[str | Answer], Depends(begun)]) -> Answer:
        return next(item for item in items if isinstance(item, Answer))

    @asking.post(
        "/ask/stream",
        summary="Answer a question piece by piece",
        description=EVENTS,
        responses={404: REFUSAL},
        response_class=EventSourceResponse,
    )
    def stream(items: Annotated[Iterator[str | Answer], Depends(begun)]) -> Iterator[ServerSentEvent]:
        try:
            for item in items:
                yield ServerSentEvent(event="answer" if isinstance(item, Answer) else "token", data=item)
        except Exception as error:
            log.warning("answer broke off", exc_info=error)
            told = {"detail": sentence(error), "request_id": request_id()}
            yield ServerSentEvent(event="error", data=told)

    @changing.post("/feedback", summary="Say whether an answer helped", status_code=204, responses={404: REFUSAL})
    def feedback(opinion: Opinion) -> None:
        if not service.feedback(opinion.answer, helpful=opinion.helpful):
            raise HTTPException(404, NO_ANSWER)


def add_documents(asking: APIRouter, changing: APIRouter, service: Service) -> None:
    @lru_cache(maxsize=1)  # to find examples it searches, and they are the same as long as the documents are
    def examples_about(indexed: frozenset[tuple[str, str]]) -> tuple[list[str], list[str]]:
        return examples(service.assistant(), {document for document, _ in indexed})

    @asking.get("/documents", summary="What is indexed, and what can be filtered by and asked")
    def documents() -> Documents:
        store = service.assistant().index.store
        listed = store.documents()
        right, missed = examples_about(frozenset((one.id, one.digest) for one in listed))
        return Documents(documents=listed, facets=store.facets(), examples=right, missed=missed)

    @asking.get("/documents/{document:path}", summary="One document with its text", responses={404: REFUSAL})
    def document(document: str) -> Document:
        if found := service.assistant().index.store.document(document):
            return found
        raise HTTPException(404, NO_DOCUMENT)

    @changing.delete(
        "/documents/{document:path}", summary="Delete an uploaded document", status_code=204, responses={404: REFUSAL}
    )
    def delete(document: str) -> None:
        if not remove_upload(service.assistant().index, document):
            raise HTTPException(404, NO_DOCUMENT)


def add_uploads(changing: APIRouter, service: Service) -> None:
    uploads = Uploads(service)

    @changing.post("/documents", summary="Add a document, or replace an earlier upload of its name", status_code=202)
    def upload(file: UploadFile, _: Annotated[None, Depends(turns(1, WAITING))]) -> Taken:
        service.assistant()  # without an index, say so at once
        return Taken(progress=f"/uploads/{uploads.add(file.filename or '', file.file.read())}")

    @changing.get("/uploads/{upload}", summary="How far an added document is", responses={404: REFUSAL})
    def progress(upload: str) -> Upload:
        if found := uploads.known.get(upload):
            return found
        raise HTTPException(404, NO_UPLOAD)


def examples(assistant: Assistant, indexed: Collection[str]) -> tuple[list[str], list[str]]:
    """Short dev questions about indexed documents: some whose right answer is marked in the passage that is quoted.

    Without any, the settings' example. Then, if there is one, one that is refused or whose quotation lacks the answer.
    """
    settings, right, missed = assistant.settings, list[str](), list[str]()
    with suppress(AssistantError, OSError):  # `make benchmark` says what is wrong with the file
        fitting = [
            one
            for one in benchmark.read(Path(settings.evaluation.benchmark))
            if one.split == "dev" and one.evidence and len(one.question) <= LONGEST_EXAMPLE
            if all(part.document in ("", *indexed) for part in one.evidence)
        ]
        spread, quoted = fitting[:: max(1, len(fitting) // (4 * EXAMPLES))], quoting(assistant)
        for one in spread:
            answer = quoted.ask(one.question)
            right += [one.question] if marks_right(one, answer) else []
            missed += [one.question] if answer.abstained or not shows(answer.text, one.answers) else []
    return right[:EXAMPLES] or [settings.corpus.example], missed[:1]


def unfitted(settings: Settings) -> str:
    """What visitors are told if the threshold is not fitted to the documents; "" if it can be, or if nobody knows."""
    with suppress(AssistantError, OSError):
        return benchmark.unfitted(benchmark.read(Path(settings.evaluation.benchmark))) and (
            "This assistant may refuse too often or too rarely: its limit was not tuned on these documents."
        )
    return ""
