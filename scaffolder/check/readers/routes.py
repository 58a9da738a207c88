"""The routes that the code of a web application declares."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from typing import NamedTuple

from scaffolder.check.engine.repository import Repository, fact
from scaffolder.check.readers.python import Module, calls, keyword, modules, name_of, once, text_of

METHODS = frozenset("get post put patch delete head options".split())

_ADDERS = frozenset("add_api_route add_url_rule add_route Route route api_route websocket".split())
_FRAMEWORKS = tuple("FastAPI APIRouter Flask Blueprint Starlette Litestar Sanic aiohttp bottle falcon BentoML".split())
_DECLARES = re.compile(rf"\.(?:{'|'.join(sorted(METHODS | _ADDERS))})\(|\bRoute\(")
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
    """The routes that the code outside the tests declares."""
    return tuple(route for module in modules(repo) if not module.is_test for route in _routes(module))


@once
def _routes(module: Module) -> Iterator[Route]:
    if not (module.mentions(*_FRAMEWORKS) and _DECLARES.search(module.text)):
        return
    prefixes = _prefixes(module)
    for call in calls(module):
        owner, _, verb = name_of(call.func).rpartition(".")
        given = call.args[0] if call.args else keyword(call, "path") or keyword(call, "rule")
        if verb in METHODS or verb in _ADDERS:
            path = text_of(given, module.constants)
            if path is not None and path.startswith("/"):
                method = verb.upper() if verb in METHODS else _only_method(call)
                yield Route(method, (prefixes.get(owner, "") + path) or "/", module.path, call.lineno)


def _prefixes(module: Module) -> dict[str, str]:
    """Router name -> the prefix it was made with."""
    found: dict[str, str] = {}
    for node in module.nodes:
        if isinstance(node, ast.Assign) and isinstance(node.value, ast.Call):
            given = keyword(node.value, "prefix") or keyword(node.value, "url_prefix")
            if prefix := text_of(given, module.constants):
                found.update((name_of(target), prefix) for target in node.targets)
    return found


def _only_method(call: ast.Call) -> str:
    given = keyword(call, "methods")
    names = [text_of(part) or "" for part in given.elts] if isinstance(given, ast.List | ast.Tuple | ast.Set) else []
    return names[0].upper() if len(names) == 1 else ""
