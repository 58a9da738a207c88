"""What all pages share: the parts of the service, and the values that the layout shows."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from fastapi import Request
from fastapi.responses import HTMLResponse

from ..answering.base import Answer
from ..documents.readers import READERS
from ..errors import AssistantError, QuestionError
from ..hits import Where
from .access import Access
from .examples import examples
from .library import Library
from .page import Pages, Values, curl_body, filters, reply_values, sheet
from .schemas import Reply
from .service import Answered, Service
from .turns import Turns


class Site:
    """Pages over one service."""

    def __init__(
        self, title: str, service: Service, library: Library, access: Access, turns: Turns, uploads: Turns
    ) -> None:
        self.title = title
        self.service = service
        self.library = library
        self.access = access
        self.turns = turns
        self.uploads = uploads
        self.pages = Pages()
        self._settings = service.settings

    def page(self, request: Request, status: int = 200, **values: Any) -> HTMLResponse:
        """The whole page; `values` say what is in its parts."""
        shown = {**self._layout(request), **self.documents(), **self._asking(), **values}
        return HTMLResponse(self.pages.render("page.html", **shown), status)

    def documents(self) -> Values:
        """What is indexed; nothing where the index does not answer."""
        try:
            return {"documents": self.library.documents()}
        except AssistantError:
            return {"documents": None}

    def reply(self, answered: Answered) -> Values:
        """What the answer's part shows."""
        reply = Reply.of(answered, self._settings.answering.currency)
        return reply_values(reply, self._settings.answering.abstain_below)

    def cited(self, answer: Answer, number: int) -> Values:
        """The source of the answer's citation `number`, if it has one."""
        citation = next((one for one in answer.citations if one.number == number), None)
        return {"reading": sheet(self.library.document(citation.document), citation.span)} if citation else {}

    def _asking(self) -> Values:
        try:
            facets = filters(self.library.facets())
            indexed = {one.id for one in self.library.documents()}
        except AssistantError:
            return {"facets": {}, "examples": []}
        return {"facets": facets, "examples": examples(self._settings.evaluation, indexed)}

    def _parts(self) -> dict[str, str]:
        """The parts in use, in words; empty if the assistant is not available."""
        try:
            return {"Embedding": self.service.assistant.embedder.name, "Database": self._settings.store.backend}
        except AssistantError:
            return {}

    def _layout(self, request: Request) -> Values:
        limits = self._settings.limits
        return {
            "title": self.title,
            "corpus": self._settings.corpus.title,
            "question": "",
            "chosen": [],
            "longest": limits.question_characters,
            "may_ask": self.access.may_ask(request),
            "may_write": self.access.may_write(request),
            "has_token": self.access.has_token,
            "suffixes": ", ".join(name.removeprefix(".") for name in READERS),
            "accept": ",".join(READERS),
            "parts": self._parts(),
            "megabytes": f"{limits.document_bytes / 1e6:g}",
            "origin": str(request.base_url).rstrip("/"),
            "request": curl_body(),
            "notice": None,
            "uploaded": None,
            "reply": None,
            "failure": None,
            "request_id": None,
            "reading": None,
            "focus": False,
        }


def where_of(chosen: Sequence[str]) -> Where:
    """The filters of a form, each `field:value`, as a filter.

    Raises:
        QuestionError: one is not of that form.
    """
    where: dict[str, list[str]] = {}
    for one in chosen:
        field, colon, value = one.partition(":")
        if not colon:
            raise QuestionError(f"the filter {one[:100]!r} is not of the form field:value")
        where.setdefault(field, []).append(value)
    return where
