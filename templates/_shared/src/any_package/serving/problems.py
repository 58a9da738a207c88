"""Every refusal has the same JSON form: RFC 9457 problem details, with a reason for each field."""

from collections.abc import Mapping, Sequence
from http import HTTPStatus

from fastapi import FastAPI
from pydantic import BaseModel, Field
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Match, Mount

MEDIA_TYPE = "application/problem+json"
METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE")


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


def install(app: FastAPI) -> None:
    """Answer each error of HTTP with a `Problem`."""

    @app.exception_handler(HTTPException)
    async def refused(request: Request, error: HTTPException) -> Response:
        headers = error.headers
        if error.status_code == 405:
            headers = {"Allow": _allowed(request)}
            if request.method == "OPTIONS":
                return Response(status_code=204, headers=headers)
        return ProblemResponse(error.status_code, _detail(request, error), request.state.request_id, headers=headers)


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
