"""The page's routes: whole pages for a browser without JavaScript, parts of them for htmx."""

# No `from __future__ import annotations`: FastAPI must see the dependencies that are made at run time.

from collections.abc import AsyncGenerator, AsyncIterator
from functools import partial
from time import monotonic
from typing import Annotated
from urllib.parse import urlencode

from fastapi import APIRouter, Form, Query, Request, UploadFile
from fastapi.responses import HTMLResponse, RedirectResponse, Response
from fastapi.sse import format_sse_event
from starlette.concurrency import run_in_threadpool

from ..errors import AssistantError
from ..passages import Span
from . import events
from .page import Values, sheet
from .refusals import sentence, status_of
from .service import Answered
from .site import Site, where_of

DRAFT_SECONDS = 0.06  # between two states of an answer in the making
FARTHEST = 2**31  # offset in a document

Words = Annotated[str, Query(max_length=100_000)]
Chosen = Annotated[list[str], Query(max_length=200)]
Number = Annotated[int, Query(ge=0, le=1000)]
Offset = Annotated[int, Query(ge=0, le=FARTHEST)]


def pages(site: Site) -> APIRouter:
    """Routes for people."""
    router = APIRouter(include_in_schema=False)
    _add_answers(router, site)
    _add_source(router, site)
    _add_feedback(router, site)
    _add_upload(router, site)
    _add_sign_in(router, site)
    return router


def _add_answers(router: APIRouter, site: Site) -> None:
    @router.get("/")
    async def home(request: Request, q: Words = "", where: Chosen = [], cite: Number = 0) -> HTMLResponse:  # noqa: B006
        found: Values = {}
        if q and site.access.may_ask(request):
            found = await _answer(site, q, where, cite)
        return await run_in_threadpool(site.page, request, question=q, chosen=where, **found)

    @router.get("/answer", dependencies=site.access.asking)
    async def answer(request: Request, q: Words = "", where: Chosen = []) -> Response:  # noqa: B006
        items = events.answering(site.turns, lambda: site.service.stream(q, where_of(where)))
        fail = partial(_failure, site, request)
        try:
            begun = await events.begun(items)
        except AssistantError as error:
            return HTMLResponse(fail(sentence(error)), status_of(error))
        may_write = site.access.may_write(request)
        pieces = _fragments(site, q, begun, {"chosen": where, "may_write": may_write})
        response = events.streamed(events.safely(pieces, lambda detail: _event(fail(detail))))
        response.headers["hx-replace-url"] = "/?" + urlencode({"q": q, "where": where}, doseq=True)
        return response


def _add_source(router: APIRouter, site: Site) -> None:
    @router.get("/source/{document:path}", dependencies=site.access.asking)
    def source(request: Request, document: str, start: Offset = 0, end: Offset = 0) -> HTMLResponse:
        reading = sheet(site.library.document(document), Span(start, end))
        if _by_htmx(request):
            return HTMLResponse(site.pages.render("source.html", reading=reading, focus=True))
        return site.page(request, reading=reading)


def _add_feedback(router: APIRouter, site: Site) -> None:
    @router.post("/thumbs", dependencies=site.access.writing)
    def thumbs(
        request: Request,
        answer: Annotated[str, Form(max_length=24)],
        helpful: Annotated[bool, Form()],
        note: Annotated[str, Form(max_length=1000)] = "",
    ) -> HTMLResponse:
        known = site.service.feedback(answer, helpful=helpful, note=note)
        thanks = "Thank you, that is noted." if known else "The answer is no longer in the log."
        if _by_htmx(request):
            return HTMLResponse(site.pages.render("thumbs.html", thanks=thanks))
        return site.page(request, notice=thanks)


def _add_upload(router: APIRouter, site: Site) -> None:
    @router.post("/upload", dependencies=site.access.writing)
    async def upload(request: Request, file: UploadFile) -> HTMLResponse:
        try:
            async with site.uploads.turn():
                stored = await site.uploads.run(lambda: site.library.add(file.filename or "", file.file))
            passages = "1 passage" if stored.chunks == 1 else f"{stored.chunks} passages"
            uploaded = f"{stored.title}: {stored.status}, {passages}. Ask about it."
        except AssistantError as error:
            uploaded = f"Not added. {sentence(error)}"
        return await run_in_threadpool(_uploaded, site, request, uploaded)


def _add_sign_in(router: APIRouter, site: Site) -> None:
    @router.post("/sign-in")
    def sign_in(request: Request, token: Annotated[str, Form(max_length=1000)]) -> Response:
        if not site.access.is_token(request, token):
            refused = site.access.refusal(request)
            notice = "That is not the token." if refused.status_code == 401 else refused.detail
            page = site.page(request, notice=notice, status=refused.status_code)
            page.headers.update(refused.headers or {})
            return page
        response = RedirectResponse("/", 303)
        site.access.remember(response, secure=request.url.scheme == "https")
        return response


async def _answer(site: Site, question: str, chosen: list[str], cite: int) -> Values:
    """The answer in one piece, for the page that arrives with it; with its source `cite` opened, if there is one."""
    items = events.answering(site.turns, lambda: site.service.stream(question, where_of(chosen)))
    try:
        answered = await events.whole(items)
        return site.reply(answered) | await run_in_threadpool(site.cited, answered.answer, cite)
    except AssistantError as error:
        return {"failure": sentence(error), "status": status_of(error)}


async def _fragments(
    site: Site, question: str, items: AsyncGenerator[str | Answered, None], values: Values
) -> AsyncIterator[bytes]:
    """The answer in the making, a few times a second, then the whole one in its place."""
    yield _event(site.pages.render("draft.html", question=question))
    text, shown_at = "", 0.0
    async for item in items:
        if isinstance(item, Answered):
            yield _event(site.pages.render("answer.html", **values, **site.reply(item)))
            return
        text += item
        if monotonic() - shown_at > DRAFT_SECONDS:
            shown_at = monotonic()
            yield _event(site.pages.draft(text))


def _uploaded(site: Site, request: Request, uploaded: str) -> HTMLResponse:
    if _by_htmx(request):
        return HTMLResponse(site.pages.render("documents.html", **site.documents(), uploaded=uploaded))
    return site.page(request, uploaded=uploaded)


def _failure(site: Site, request: Request, detail: str) -> str:
    return site.pages.render("failure.html", failure=detail, request_id=str(request.state.request_id))


def _event(html: str) -> bytes:
    """Without a name, so that htmx swaps it in."""
    return format_sse_event(data_str=html)


def _by_htmx(request: Request) -> bool:
    return "hx-request" in request.headers
