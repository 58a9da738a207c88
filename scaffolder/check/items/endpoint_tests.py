"""A test that asks the service and looks at the answer."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from typing import NamedTuple

from scaffolder.check.contract import lacks
from scaffolder.check.engine.finding import Evidence, Level, Verdict, done, missing
from scaffolder.check.engine.item import Item
from scaffolder.check.engine.repository import Repository, fact
from scaffolder.check.readers.assertions import Function, functions
from scaffolder.check.readers.python import Module, modules, name_of, once, text_of
from scaffolder.check.readers.routes import METHODS, Route, routes

SHOWN = 5  # pieces of evidence

_CLIENTS = re.compile(
    r"\b(?:TestClient|AsyncClient|httpx|requests|ASGITransport|urllib|HTTPConnection|aiohttp)\b|\btest_client\s*\("
)


class IntegrationTest(Item):
    """Integration test: a test drives the endpoint and asserts what comes back."""

    id = "integration-test"
    level = Level.DEPLOYER
    source = "Google's ML Test Score, Infra 3: the full ML pipeline is integration tested"

    def check(self, repo: Repository) -> Verdict:
        """Write a test that asks your prediction route through `TestClient` or httpx and asserts the answer.

        `/health` alone does not count: what breaks between the model and its caller breaks there.
        """
        if lack := lacks(repo, "serves"):
            return lack
        work = [route for route in routes(repo) if not route.operational]
        if not work:
            return missing(Evidence("no route was found in the Python code, other than for health and the like"))
        if drives := endpoint_tests(repo):
            first = {drive.route.path: drive for drive in reversed(drives)}
            return done(*(Evidence(str(drive), drive.file, drive.line) for drive in list(first.values())[:3]))
        return missing(
            *(Evidence(f"no test was found that asks {each}", each.file, each.line) for each in work[:SHOWN])
        )


class Drive(NamedTuple):
    """A test that asks a route and asserts something."""

    test: str
    route: Route
    file: str
    line: int

    def __str__(self) -> str:
        return f"{self.test} asks {self.route}"


@fact
def endpoint_tests(repo: Repository) -> tuple[Drive, ...]:
    """The tests of one file that drive a route that does the application's work; one file is proof enough."""
    tests = [module for module in modules(repo) if module.is_test]
    wanted = [route for route in routes(repo) if not route.operational]
    if not wanted or not any(_CLIENTS.search(module.text) for module in tests):
        return ()
    heads = {"/" + route.path.strip("/").partition("/")[0].partition("{")[0] for route in wanted}
    drives = (tuple(_drives(module, wanted)) for module in tests if module.mentions(*heads))
    return next((found for found in drives if found), ())


def _drives(module: Module, wanted: list[Route]) -> Iterator[Drive]:
    """The tests that ask a route themselves or by a function of the same file."""
    asked = {
        name: [(line, route) for line, method, path in made if (route := _matching(method, path, wanted))]
        for name, made in _requests(module)
    }
    for each in functions(module):
        if each.is_test and each.asserts and "skip" not in each.marks:
            for source in (each.name, *sorted(each.called & asked.keys() - {each.name})):
                yield from (Drive(each.name, route, module.path, line) for line, route in asked.get(source, ()))


@once
def _requests(module: Module) -> Iterator[tuple[str, list[tuple[int, str, str]]]]:
    """Each function that sends requests, with the line, method and path of each."""
    for each in functions(module):
        if made := list(_sent(each, module)):
            yield each.name, made


def _sent(function: Function, module: Module) -> Iterator[tuple[int, str, str]]:
    for call in function.calls:
        verb = name_of(call.func).rpartition(".")[2] or (call.func.attr if isinstance(call.func, ast.Attribute) else "")
        if verb in ("request", "stream", "open") and len(call.args) > 1:
            verb, given = text_of(call.args[0], module.constants) or "", call.args[1]
        elif verb in METHODS and call.args:
            given = call.args[0]
        else:
            continue
        address = text_of(given, module.constants) or ""
        path = re.sub(r"^(?:https?://[^/]+|\{\})(?=/)", "", address).partition("?")[0]
        if path:
            yield call.lineno, verb.upper(), path


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
