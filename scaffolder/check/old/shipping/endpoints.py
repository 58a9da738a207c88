"""The routes of a web application, and the tests that drive them."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from typing import NamedTuple

from scaffolder.check.readers.python import Module, calls, keyword, name_of, once, text_of, walk
from scaffolder.check.shipping.tests_ast import is_vacuous, never_false

METHODS = frozenset(["get", "post", "put", "patch", "delete", "head", "options"])
# Routes that say how the service is, not what it does.
_OPERATIONS = re.compile(
    r"/?|/?(?:health\w*|livez|readyz|live|ready|ping|status|metrics|docs|redoc|openapi\.json|version|favicon\.ico|static)"
    r"(?:/.*)?"
)
_FRAMEWORKS = (
    "FastAPI",
    "APIRouter",
    "Flask",
    "Blueprint",
    "Starlette",
    "Litestar",
    "Sanic",
    "aiohttp",
    "bottle",
    "falcon",
    "BentoML",
    "bentoml",
)
_ADDERS = frozenset({"add_api_route", "add_url_rule", "add_route", "Route", "route", "api_route", "websocket"})
_CLIENTS = re.compile(
    r"\bTestClient\b|\bAsyncClient\b|\bhttpx\b|\brequests\b|\btest_client\s*\(|\bASGITransport\b|\burllib\b|\bHTTPConnection\b|\baiohttp\b"
)


_DECLARES = re.compile(rf"\.(?:{'|'.join(sorted(METHODS | _ADDERS))})\(|\bRoute\(")


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


class Drive(NamedTuple):
    """A test that asks an endpoint and asserts something."""

    test: str
    route: Route
    file: str
    line: int


def routes(modules: tuple[Module, ...]) -> tuple[Route, ...]:
    """The routes that the code outside the tests declares."""
    return tuple(route for module in modules if not module.is_test for route in _routes(module))


def endpoint_tests(modules: tuple[Module, ...], routes: tuple[Route, ...]) -> tuple[Drive, ...]:
    """The tests that drive a route that does the application's work."""
    tests = [module for module in modules if module.is_test]
    wanted = [route for route in routes if not route.operational]
    if not wanted or not any(_CLIENTS.search(module.text) for module in tests):
        return ()
    heads = {"/" + route.path.strip("/").partition("/")[0].partition("{")[0] for route in wanted}
    drives = (tuple(_drives(module, wanted)) for module in tests if module.mentions(*heads))
    return next((found for found in drives if found), ())  # one file is proof enough


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


class _Function(NamedTuple):
    """What one function of a test module does."""

    name: str
    asked: tuple[tuple[int, str, str], ...]  # line, method, path
    called: frozenset[str]
    proves: bool  # whether it is a test that asserts something and is not skipped


def _drives(module: Module, wanted: list[Route]) -> Iterator[Drive]:
    functions = {function.name: function for function in _read_functions(module)}
    asked = {name: _reached(function, wanted) for name, function in functions.items()}
    for name, function in functions.items():
        if function.proves:
            for source in (name, *sorted(function.called & functions.keys() - {name})):
                yield from (Drive(name, route, module.path, line) for line, route in asked[source])


def _reached(function: _Function, wanted: list[Route]) -> list[tuple[int, Route]]:
    return [(line, route) for line, method, path in function.asked if (route := _matching(method, path, wanted))]


@once
def _read_functions(module: Module) -> Iterator[_Function]:
    nodes = list(_functions(module.tree.body)) if module.tree else []
    skipped = {node.name for node in nodes if _skipped(node)}
    return (_read_function(node, module, node.name in skipped) for node in nodes)


def _functions(body: list[ast.stmt]) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
    """The functions of a module and of its classes."""
    for node in body:
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield node
        elif isinstance(node, ast.ClassDef):
            yield from _functions(node.body)


def _read_function(function: ast.FunctionDef | ast.AsyncFunctionDef, module: Module, skipped: bool) -> _Function:
    asked, called, asserts = [], set(), False
    for node in walk(function):
        asserts = asserts or (isinstance(node, ast.Assert) and not never_false(node.test))
        if isinstance(node, ast.Call):
            name = name_of(node.func).rpartition(".")[2]
            called.add(name)
            proves = name.startswith(("assert", "raises", "raise_for_status"))
            asserts = asserts or (proves and not is_vacuous(name, node))
            method, path = _request(node, module)
            if path:
                asked.append((node.lineno, method, path))
    proves = asserts and not skipped and function.name.startswith("test")
    return _Function(function.name, tuple(asked), frozenset(called), proves)


def _request(call: ast.Call, module: Module) -> tuple[str, str]:
    verb = name_of(call.func).rpartition(".")[2] or (call.func.attr if isinstance(call.func, ast.Attribute) else "")
    arguments = list(call.args)
    if verb in ("request", "stream", "open") and len(arguments) > 1:
        method, given = (text_of(arguments[0], module.constants) or "").upper(), arguments[1]
    elif verb in METHODS and arguments:
        method, given = verb.upper(), arguments[0]
    else:
        return "", ""
    path = text_of(given, module.constants) or ""
    return method, re.sub(r"^(?:https?://[^/]+|\{\})(?=/)", "", path).partition("?")[0]


def _matching(method: str, path: str, wanted: list[Route]) -> Route | None:
    """The route that a request reaches; a prefix that a router got elsewhere is let pass."""
    asked = path.strip("/").split("/")
    for route in wanted:
        parts = route.path.strip("/").split("/")
        if route.method in ("", method) and len(parts) <= len(asked) and all(map(_same, parts, asked[-len(parts) :])):
            return route
    return None


def _same(part: str, asked: str) -> bool:
    return part == asked or asked == "{}" or part.startswith(("{", "<"))


def _skipped(function: ast.FunctionDef | ast.AsyncFunctionDef) -> bool:
    return any(
        name_of(mark.func if isinstance(mark, ast.Call) else mark).endswith("mark.skip")
        for mark in function.decorator_list
    )
