"""The routes that the code of a web application declares by decorators."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from typing import NamedTuple

from scaffolder.check.engine.repository import Repository, fact
from scaffolder.check.readers.python import Module, modules, name_of, once, text_of

METHODS = frozenset("get post put patch delete head options".split())

_DECLARES = re.compile(rf"^[ \t]*@[\w.]+\.(?:{'|'.join(sorted(METHODS))}|(?:api_)?route)\(", re.MULTILINE)
# Routes that say how the service is, not what it does.
_OPERATIONS = re.compile(
    r"/?|/?(?:health\w*|livez|readyz|live|ready|ping|status|metrics|docs|redoc|openapi\.json|version|favicon\.ico|static)"
    r"(?:/.*)?"
)


class Route(NamedTuple):
    """A route and where it is declared."""

    method: str  # in capitals; "" when it takes several
    path: str
    file: str
    line: int

    @property
    def operational(self) -> bool:
        """Whether it says how the service is, not what it does."""
        return bool(_OPERATIONS.fullmatch(self.path))

    def __str__(self) -> str:
        return f"{self.method} {self.path}".strip()


@fact
def routes(repo: Repository) -> tuple[Route, ...]:
    """The routes that the code outside the tests declares, as `@app.post("/predict")` does."""
    return tuple(route for module in modules(repo) if not module.is_test for route in _routes(module))


@once
def _routes(module: Module) -> Iterator[Route]:
    nodes = module.nodes if _DECLARES.search(module.text) else ()
    decorators = (each for node in nodes for each in getattr(node, "decorator_list", ()))
    for call in decorators:
        given = call.args[0] if isinstance(call, ast.Call) and call.args else None
        verb = name_of(getattr(call, "func", None)).rpartition(".")[2]
        path = text_of(given, module.constants)
        if path and path.startswith("/") and verb in METHODS | {"route", "api_route"}:
            method = verb.upper() if verb in METHODS else ""
            yield Route(method, path, module.path, call.lineno)
