"""Refusals of what a request holds, with a reason for each field; the API document names them and all others."""

from collections.abc import Mapping, Sequence
from difflib import get_close_matches
from http import HTTPStatus
from typing import Any

from fastapi import FastAPI
from fastapi.exceptions import RequestValidationError
from starlette.requests import Request
from starlette.responses import Response

from .problems import MEDIA_TYPE, FieldProblem, Problem, ProblemResponse

MAX_REASONS = 20
FORMS = ("multipart/form-data", "application/x-www-form-urlencoded")


def install(app: FastAPI, known_fields: Sequence[str] = ()) -> None:
    """Answer what does not fit with a `Problem`; for a misspelt field, suggest the nearest of `known_fields`."""
    _describe(app)

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


def refusals(*statuses: int) -> dict[int | str, dict[str, Any]]:
    """What an OpenAPI document says of refusals, for a route's `responses`."""
    content = {MEDIA_TYPE: {"schema": {"$ref": "#/components/schemas/Problem"}}}
    return {str(status): {"description": HTTPStatus(status).phrase, "content": content} for status in statuses}


def _describe(app: FastAPI) -> None:
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


def _other_type(request: Request) -> str | None:
    """The media type that the route takes, where the request's body says that it is another."""
    body = getattr(request.scope.get("route"), "body_field", None)
    given = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    wanted = str(body.field_info.media_type) if body and given else given
    fits = given == wanted or given.endswith("+json") or (wanted == FORMS[1] and given in FORMS)
    return None if fits else wanted


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
