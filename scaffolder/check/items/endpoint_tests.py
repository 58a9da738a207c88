"""A test that calls the service and asserts the answer."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from scaffolder.check.engine.repository import Repository
from scaffolder.check.engine.verdict import Verdict, done, missing
from scaffolder.check.item import Item
from scaffolder.check.readers.assertions import Function, functions
from scaffolder.check.readers.python import Module, modules, name_of, once, text_of
from scaffolder.results.finding import Evidence, Level

METHODS = frozenset("get post put patch delete head options".split())

_DECLARES = re.compile(rf"^[ \t]*@[\w.]+\.(?:{'|'.join(sorted(METHODS))}|(?:api_)?route)\(", re.MULTILINE)
# Routes about the state of the service, not about its work.
_OPERATIONS = re.compile(
    r"/?|/?(?:health\w*|livez|readyz|live|ready|ping|status|metrics|model|info|docs|redoc|openapi\.json|version|favicon\.ico|static)"
    r"(?:/.*)?"
)
_CLIENTS = re.compile(
    r"\b(?:TestClient|AsyncClient|httpx|requests|ASGITransport|urllib|HTTPConnection|aiohttp)\b|\btest_client\s*\("
)


class IntegrationTest(Item):
    """Integration test: a test calls the endpoint and asserts the answer."""

    id = "integration-test"
    level = Level.DEPLOYER
    needs = "serves"
    source = "Google's ML Test Score, Infra 3: the full ML pipeline is integration tested"

    def check(self, repo: Repository) -> Verdict:
        """Write a test that calls your prediction route through `TestClient` or httpx and asserts the answer.

        A test of `/health` alone does not count: it misses what can break between the model and its caller.
        """
        work = [route for module in modules(repo) if not module.is_test for route in routes(module)]
        if not work:
            what = "no route such as `@app.post(...)` in Python, apart from health checks"
            return missing(Evidence(what))
        tests = [module for module in modules(repo) if module.is_test]
        clients = frozenset(name for module in tests for name in _client_fixtures(module))
        drives = (tuple(_drives(module, work, clients)) for module in tests)
        if found := next(filter(None, drives), ()):  # one file is proof enough
            return done(*found)
        return missing(*(Evidence(f"no test was found that calls {each}", each.file, each.line) for each in work))


class Route(NamedTuple):
    """A route and where it is declared."""

    method: str  # in capitals; "" if it takes several
    path: str
    file: str
    line: int

    def __str__(self) -> str:
        return f"{self.method} {self.path}".strip()


@once
def routes(module: Module) -> Iterator[Route]:
    """The routes that a module declares, as by `@app.post("/predict")`, without those about the service's state."""
    nodes = module.nodes if _DECLARES.search(module.text) else ()
    decorators = (each for node in nodes for each in getattr(node, "decorator_list", ()))
    for call in decorators:
        given = call.args[0] if isinstance(call, ast.Call) and call.args else None
        verb = name_of(getattr(call, "func", None)).rpartition(".")[2]
        path = text_of(given, module.constants) or ""
        if verb in (*METHODS, "route", "api_route") and path.startswith("/") and not _OPERATIONS.fullmatch(path):
            yield Route(verb.upper() if verb in METHODS else "", path, module.path, call.lineno)


@once
def _client_fixtures(module: Module) -> Sequence[str]:
    """The fixtures of a module that has a client, such as one that returns a `TestClient`."""
    found = [each.name for each in functions(module) if "fixture" in each.marks]
    return found if found and _CLIENTS.search(module.text) else ()


def _drives(module: Module, wanted: list[Route], clients: frozenset[str]) -> Iterator[Evidence]:
    """One test for each route that is called, by the test itself or by a function of the same file."""
    sending = requests(module)
    has_client = bool(sending) and bool(_CLIENTS.search(module.text))
    asked = {
        each.name: [(line, route) for line, method, path in sent if (route := matching(method, path, wanted))]
        for each, sent in sending
        if has_client or each.parameters & clients
    }
    seen: set[Route] = set()
    for each in functions(module) if asked else ():
        if each.is_test and each.asserts and "skip" not in each.marks:
            for source in (each.name, *sorted((each.called & asked.keys()) - {each.name})):
                for line, route in asked.get(source, ()):
                    if route not in seen:
                        yield Evidence(f"{each.name} calls {route}", module.path, line)
                    seen.add(route)


@once
def requests(module: Module) -> Iterator[tuple[Function, list[tuple[int, str, str]]]]:
    """The functions of a module that send requests, each with the line, method and path of every request."""
    for each in functions(module):
        calls = [call for call in each.calls if call[0].lower() in METHODS]  # such as `client.post("/predict")`
        if sent := [(line, verb.upper(), path) for verb, address, line in calls if (path := _path(address))]:
            yield each, sent


def _path(address: str) -> str:
    """The path of an address, with or without a host or a name for it."""
    return re.sub(r"^(?:https?://[^/]+|\{\})(?=/)", "", address).partition("?")[0]


def matching(method: str, path: str, wanted: list[Route]) -> Route | None:
    """The route that a request reaches; the path may begin with a prefix, since routers get theirs elsewhere."""
    asked = path.strip("/").split("/")
    for route in () if _OPERATIONS.fullmatch(path) else wanted:
        parts = route.path.strip("/").split("/")
        if len(parts) < len(asked) and all(part.startswith(("{", "<")) for part in parts):
            continue  # under an unknown prefix, such a route could be any
        if route.method in ("", method) and len(parts) <= len(asked) and all(map(_same, parts, asked[-len(parts) :])):
            return route
    return None


def _same(part: str, asked: str) -> bool:
    return part == asked or asked == "{}" or part.startswith(("{", "<"))
