"""Every refusal has the same JSON form: RFC 9457 problem details, with a reason for each field."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from difflib import get_close_matches
from http import HTTPStatus
from typing import Any

from fastapi import FastAPI
from fastapi.exceptions import RequestValidationError
from pydantic import BaseModel, Field
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

MEDIA_TYPE = "application/problem+json"
MAX_REASONS = 20
UNREADABLE = "cannot be read as JSON: wrong encoding, nested too deeply, or a number too long"


class FieldProblem(BaseModel):
    field: str = Field(examples=["rows[3].age"])
    reason: str = Field(examples=["Input should be less than or equal to 120"])


class Problem(BaseModel):
    """Why a request was refused (`application/problem+json`)."""

    title: str
    status: int
    detail: str
    request_id: str
    errors: list[FieldProblem] = []


class ProblemResponse(Response):
    media_type = MEDIA_TYPE

    def __init__(
        self,
        status: int,
        detail: str,
        request_id: str,
        errors: Sequence[FieldProblem] = (),
        headers: Mapping[str, str] | None = None,
    ) -> None:
        title = HTTPStatus(status).phrase
        problem = Problem(title=title, status=status, detail=detail, request_id=request_id, errors=list(errors))
        super().__init__(problem.model_dump_json(), status, headers)


def install(app: FastAPI, known_fields: Sequence[str] = ()) -> None:
    """Answer every refusal of `app` with a `Problem`; for a misspelt field, suggest the nearest of `known_fields`."""

    @app.exception_handler(RequestValidationError)
    async def invalid(request: Request, error: RequestValidationError) -> Response:
        found = error.errors()
        errors = [_field_problem(item, known_fields) for item in found[:MAX_REASONS]]
        more = f", the first {MAX_REASONS} shown" if len(found) > MAX_REASONS else ""
        count = "1 reason" if len(found) == 1 else f"{len(found)} reasons"
        return ProblemResponse(422, f"The request cannot be used: {count}{more}.", _id(request), errors)

    @app.exception_handler(HTTPException)
    async def refused(request: Request, error: HTTPException) -> Response:
        errors = [FieldProblem(field="body", reason=UNREADABLE)] if error.status_code == 400 else []
        detail = _refusal(request, error)
        return ProblemResponse(error.status_code, detail, _id(request), errors, error.headers)


def _id(request: Request) -> str:
    return str(request.state.request_id)


def _refusal(request: Request, error: HTTPException) -> str:
    match error.status_code:
        case 400:
            return "The request body cannot be read."
        case 404:
            return "There is nothing at this address; /openapi.json lists the addresses that exist."
        case 405:
            return f"{request.method} is not supported at this address."
        case _:
            return str(error.detail)


def _field_problem(error: Mapping[str, Any], known_fields: Sequence[str]) -> FieldProblem:
    return FieldProblem(field=_where(error), reason=_why(error, known_fields))


def _where(error: Mapping[str, Any]) -> str:
    """`("body", "rows", 3, "age")` -> `rows[3].age`."""
    first, *rest = error["loc"] or ("body",)
    if error["type"] == "json_invalid" or not rest:
        return str(first)
    path = "".join(f"[{part}]" if isinstance(part, int) else f".{part}" for part in rest)
    return _printable(path.removeprefix("."))


def _why(error: Mapping[str, Any], known_fields: Sequence[str]) -> str:
    match error["type"]:
        case "missing":
            return "is required"
        case "json_invalid":
            return f"is not valid JSON: {error['ctx']['error']} at character {error['loc'][-1]}"
        case "extra_forbidden":
            near = get_close_matches(str(error["loc"][-1])[:80], known_fields, n=1)
            return "is not a known field" + (f"; did you mean '{near[0]}'?" if near else "")
        case "model_attributes_type" | "model_type" | "dict_type":
            return "should be a JSON object, sent as application/json"
        case _:
            return _printable(str(error["msg"]))


def _printable(text: str, longest: int = 200) -> str:
    """Make a client's text safe to send back: short, and without lone surrogates."""
    return text[:longest].encode("utf-8", "replace").decode("utf-8")
