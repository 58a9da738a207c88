"""Refusals in one JSON form: RFC 9457 problem details, with a reason for each field that does not fit.

Only the answer to a host that is not allowed is Starlette's own, in plain text.
"""

from collections.abc import Mapping, Sequence
from http import HTTPStatus
from typing import Any, Literal

from fastapi.exceptions import RequestValidationError
from pydantic import BaseModel
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from .logs import request_id

MEDIA_TYPE = "application/problem+json"
MAX_REASONS = 20
DETAILS = {  # in place of the words of Starlette and FastAPI
    "Not Found": "There is nothing at this address; /openapi.json lists the addresses that exist.",
    "Method Not Allowed": "This method is not supported at this address.",
    "Content Too Large": "The body is larger than the service takes.",
    "There was an error parsing the body": "The body cannot be read: wrong encoding, too deep, or a number too long.",
}
REASONS = {"json_invalid": "is not valid JSON", "extra_forbidden": "is not a known field"}  # in place of Pydantic's

Reason = dict[Literal["field", "reason"], str]  # such as {"field": "rows[3].age", "reason": "Field required"}


class Problem(BaseModel):
    """Why a request was refused (`application/problem+json`)."""

    title: str
    status: int
    detail: str
    request_id: str
    errors: list[Reason] = []


# A refusal in an OpenAPI document. In plain text, Starlette refuses an unknown host, and uvicorn a connection too many.
REFUSAL = {
    "content": {
        MEDIA_TYPE: {"schema": Problem.model_json_schema(mode="serialization")},
        "text/plain": {"schema": {"type": "string"}},
    }
}


class ProblemResponse(Response):
    media_type = MEDIA_TYPE

    def __init__(
        self,
        status: int,
        detail: str,
        errors: Sequence[Reason] = (),
        headers: Mapping[str, str] | None = None,
    ) -> None:
        problem = Problem(
            title=HTTPStatus(status).phrase,
            status=status,
            detail=detail,
            request_id=request_id(),
            errors=list(errors),
        )
        super().__init__(problem.model_dump_json(), status, headers)


def refusals(*statuses: int | str) -> dict[int | str, dict[str, Any]]:
    """What an OpenAPI document says of refusals, for the `responses` of a route."""
    return dict.fromkeys(statuses, REFUSAL)


REFUSALS = refusals("4XX", "5XX")  # what it says of every route


async def refused(request: Request, error: HTTPException) -> Response:
    headers = error.headers
    if error.status_code == 405:  # Starlette names the methods of one route, and an address may have several
        paths, route = request.app.openapi()["paths"], request.scope.get("route")
        methods = paths.get(getattr(route, "path_format", None))
        headers = {"Allow": ", ".join(methods).upper()} if methods else headers
    return ProblemResponse(error.status_code, DETAILS.get(error.detail, error.detail), headers=headers)


async def invalid(_: Request, error: RequestValidationError) -> Response:
    if isinstance(error.body, bytes):  # FastAPI has parsed what is declared as JSON
        return ProblemResponse(415, "Send the body as application/json.", headers={"accept": "application/json"})
    found = error.errors()
    errors: list[Reason] = [
        {"field": _printable(_where(one)), "reason": _printable(REASONS.get(one["type"], one["msg"]))}
        for one in found[:MAX_REASONS]
    ]
    listed = f"; the first {MAX_REASONS} are listed" if len(found) > MAX_REASONS else ""
    detail = f"The request cannot be used, for {len(found)} reason{'s' * (len(found) > 1)}{listed}."
    return ProblemResponse(422, detail, errors)


def _where(error: Mapping[str, Any]) -> str:
    """`("body", "rows", 3, "age")` -> `rows[3].age`."""
    first, *rest = error["loc"] or ("body",)
    if error["type"] == "json_invalid" or not rest:
        return str(first)
    return "".join(f"[{part}]" if isinstance(part, int) else f".{part}" for part in rest).removeprefix(".")


def _printable(text: str, longest: int = 200) -> str:
    """Make a client's text safe to send back: short, and without lone surrogates."""
    return text[:longest].encode("utf-8", "replace").decode("utf-8")
