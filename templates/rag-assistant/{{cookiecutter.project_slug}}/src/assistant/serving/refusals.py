"""Turn the package's errors into HTTP answers."""

from __future__ import annotations

import structlog
from fastapi import FastAPI, Request, Response

from ..errors import AssistantError, DocumentError, QuestionError, Unavailable
from .library import KeptDocumentError, MissingDocumentError, TooLargeError, UnknownFormatError
from .problems import ProblemResponse

NOT_THERE = 503  # what nobody outside can mend: the index, the database, a model server
STATUS: dict[type[AssistantError], int] = {  # subclasses first
    MissingDocumentError: 404,
    KeptDocumentError: 409,
    TooLargeError: 413,
    UnknownFormatError: 415,
    QuestionError: 422,
    DocumentError: 422,
}

log = structlog.get_logger("refusals")


def install(app: FastAPI) -> None:
    """Answer each of the package's errors with a problem."""

    @app.exception_handler(AssistantError)
    async def refuse(request: Request, error: AssistantError) -> Response:
        if isinstance(error, Unavailable):
            log.warning("unavailable", reason=str(error))
        return ProblemResponse(status_of(error), sentence(error), str(request.state.request_id))


def status_of(error: AssistantError) -> int:
    return next((status for kind, status in STATUS.items() if isinstance(error, kind)), NOT_THERE)


def sentence(error: AssistantError) -> str:
    """`the index is missing` -> `The index is missing.`; a name at the beginning, as in `x.pdf has no text`, stays."""
    text = error.message if isinstance(error, Unavailable) else str(error)
    if text.partition(" ")[0].isalpha():
        text = text[:1].upper() + text[1:]
    return text + ("" if text.endswith((".", "!", "?")) else ".")
