"""Every refusal has the same JSON form: RFC 9457 problem details, with a reason for each field."""

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
from starlette.routing import Match, Mount

MEDIA_TYPE = "application/problem+json"
MAX_REASONS = 20
METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE")
FORMS = ("multipart/form-data", "application/x-www-form-urlencoded")


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


def refusals(*statuses: int) -> dict[int | str, dict[str, Any]]:
    """What an OpenAPI document says of refusals, for a route's `responses`."""
    content = {MEDIA_TYPE: {"schema": {"$ref": "#/components/schemas/Problem"}}}
    return {str(status): {"description": HTTPStatus(status).phrase, "content": content} for status in statuses}


def describe(app: FastAPI) -> None:
    """Make the OpenAPI document of `app` name the refusals that do not depend on the route."""
    bare = app.openapi

    def openapi() -> dict[str, Any]:
        document = bare()
        problem = Problem.model_json_schema(ref_template="#/components/schemas/{model}", mode="serialization")
        schemas = document.setdefault("components", {}).setdefault("schemas", {})
        schemas |= {**problem.pop("$defs"), "Problem": problem}
        for operations in document["paths"].values():
            for method, operation in operations.items():
                operation["responses"] |= refusals(*_general(method, operation))
        return document

    app.openapi = openapi  # type: ignore[method-assign]


def _general(method: str, operation: Mapping[str, Any]) -> list[int]:
    """A wrong host, a large body, a page of another site, another media type, values that do not fit."""
    possible = {
        400: True,
        413: True,
        403: method != "get",
        415: "requestBody" in operation,
        422: "422" in operation["responses"],
    }
    return [status for status, comes in possible.items() if comes]


def install(app: FastAPI, known_fields: Sequence[str] = ()) -> None:
    """Answer every refusal of `app` with a `Problem`; for a misspelt field, suggest the nearest of `known_fields`."""

    @app.exception_handler(RequestValidationError)
    async def invalid(request: Request, error: RequestValidationError) -> Response:
        if wanted := _other_type(request):
            detail, headers = f"Send the body as {wanted}.", {"accept": wanted}
            return ProblemResponse(415, detail, request.state.request_id, headers=headers)
        found = error.errors()
        errors = [FieldProblem(field=_where(one), reason=_why(one, known_fields)) for one in found[:MAX_REASONS]]
        listed = f"; the first {MAX_REASONS} are listed" if len(found) > MAX_REASONS else ""
        detail = f"The request cannot be used, for {len(found)} reason{'s' * (len(found) > 1)}{listed}."
        return ProblemResponse(422, detail, request.state.request_id, errors)

    @app.exception_handler(HTTPException)
    async def refused(request: Request, error: HTTPException) -> Response:
        headers = error.headers
        if error.status_code == 405:
            headers = {"Allow": _allowed(request)}
            if request.method == "OPTIONS":
                return Response(status_code=204, headers=headers)
        return ProblemResponse(error.status_code, _detail(request, error), request.state.request_id, headers=headers)


def _other_type(request: Request) -> str | None:
    """The media type that the route takes, where the request's body says that it is another."""
    body = getattr(request.scope.get("route"), "body_field", None)
    given = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    wanted = str(body.field_info.media_type) if body and given else given
    fits = given == wanted or given.endswith("+json") or (wanted == FORMS[1] and given in FORMS)
    return None if fits else wanted


def _allowed(request: Request) -> str:
    """The methods of all routes at this address; Starlette names those of one."""
    routes = [route for route in request.app.routes if not isinstance(route, Mount)]
    scopes = {name: {**request.scope, "method": "GET" if name == "HEAD" else name} for name in METHODS}
    found = [name for name, scope in scopes.items() if any(one.matches(scope)[0] is Match.FULL for one in routes)]
    return ", ".join(found or ("GET", "HEAD"))


def _detail(request: Request, error: HTTPException) -> str:
    match error.status_code, error.detail:
        case 400, _:
            return "The body cannot be read: wrong encoding, a broken form, nested too deeply, or a number too long."
        case 404, "Not Found":
            return "There is nothing at this address; /openapi.json lists the addresses that exist."
        case 405, _:
            return f"{request.method} is not supported at this address."
        case _:
            return str(error.detail)


def _where(error: Mapping[str, Any]) -> str:
    """`("body", "rows", 3, "age")` -> `rows[3].age`."""
    first, *rest = error["loc"] or ("body",)
    if error["type"] == "json_invalid" or not rest:
        return str(first)
    path = "".join(f"[{part}]" if isinstance(part, int) else f".{part}" for part in rest)
    return _printable(path.removeprefix("."))


def _why(error: Mapping[str, Any], known_fields: Sequence[str]) -> str:
    match error["type"]:
        case "json_invalid":
            return f"is not valid JSON: {error['ctx']['error']} at character {error['loc'][-1]}"
        case "extra_forbidden":
            near = get_close_matches(str(error["loc"][-1])[:80], known_fields, n=1)
            return "is not a known field" + (f"; did you mean '{near[0]}'?" if near else "")
        case _:
            return _printable(str(error["msg"]))


def _printable(text: str, longest: int = 200) -> str:
    """Make a client's text safe to send back: short, and without lone surrogates."""
    return text[:longest].encode("utf-8", "replace").decode("utf-8")
