"""Tests that can fail, and that reach the repository's own code."""

from __future__ import annotations

import ast
import re
import sys
from collections.abc import Iterator
from dataclasses import dataclass

from scaffolder.check.engine.finding import Evidence, Level, Verdict, done, missing
from scaffolder.check.engine.item import Item
from scaffolder.check.engine.repository import Repository, fact
from scaffolder.check.readers.assertions import Function, functions
from scaffolder.check.readers.python import MAX_CHARACTERS as PARSED
from scaffolder.check.readers.python import Module, modules, name_of, once, text_of

SHOWN = 5  # pieces of evidence
MOST_IDLE = 1 / 3  # share of tests that may assert nothing by themselves
MAX_CHARACTERS = 1_000_000  # of all tests

PYTHON = ".".join(map(str, sys.version_info[:2]))  # what parses here
_FRAMEWORK = re.compile(r"^(?:import|from) (?:pytest|unittest)\b", re.MULTILINE)
_DEFINES = re.compile(r"^[ \t]*(?:async )?def test", re.MULTILINE)
_STARTED = re.compile(r"[\"']-m[\"'],\s*[\"'](\w+)|(\w+)\.py[\"']")
_GENERIC = frozenset("src lib tests test docs examples scripts tools notebooks setup conftest".split())


class TestsProve(Item):
    """Tests: they assert something about the package."""

    id = "tests"
    level = Level.BUILDER
    source = "Google's ML Test Score, Infra 2: model specification code is unit tested; checklist of strong portfolios"

    def check(self, repo: Repository) -> Verdict:
        """Write tests in tests/test_*.py that import your package and assert what it returns, also for bad input.

        A test that asserts nothing passes whatever the code does.
        """
        files = files_of_tests(repo)
        if broken := [
            Evidence(f"it does not parse as Python {PYTHON}", each.path) for each in files if each.tree is None
        ]:
            return missing(*broken[:SHOWN])
        tests = [Case(module, each) for module in files for each in functions(module) if each.is_test]
        if not tests:
            where = "named test_*.py or *_test.py, in a folder of tests, or that import pytest or unittest"
            return missing(Evidence(f"no test function was found in Python files {where}"))
        idle = [test.says("holds no assertion that can fail") for test in tests if not test.function.asserts]
        if len(idle) > MOST_IDLE * len(tests):
            return missing(*idle[:SHOWN])
        reaching = _reaching(repo)
        proving = [test for test in tests if test.function.asserts and test.module.path in reaching]
        if not proving:
            return missing(tests[0].says("neither it nor any other test imports a module of this repository"))
        return done(
            proving[0].says(f"and {len(proving) - 1} more of {len(tests)} tests assert something about the code")
        )


@dataclass(frozen=True)
class Case:
    """A test function and where it stands."""

    module: Module
    function: Function

    def says(self, what: str) -> Evidence:
        """Evidence about it."""
        return Evidence(f"{self.function.name}: {what}", self.module.path, self.function.line)


@fact
def files_of_tests(repo: Repository) -> tuple[Module, ...]:
    """The files with tests, wherever they lie, those with fewest assertions for each test first."""
    found = [module for module in modules(repo) if _density(module)]
    return tuple(_within(repo, sorted(found, key=_density)))


@once
def _density(module: Module) -> Iterator[float]:
    """Assertions for each test by the look of the text; nothing where there is no test, or too much text."""
    text = module.text
    if len(text) <= PARSED and (module.is_test or _FRAMEWORK.search(text)) and _DEFINES.search(text):
        yield (text.count("assert") + text.count("raises")) / text.count("def test")


def _within(repo: Repository, found: list[Module]) -> Iterator[Module]:
    """The first modules, up to the limit of characters."""
    left = MAX_CHARACTERS
    for at, module in enumerate(found):
        left -= len(module.text)
        if left < 0:
            repo.snapshot.note(f"{len(found)} files of tests: the first {at} were read.")
            return
        yield module


@fact
def _reaching(repo: Repository) -> frozenset[str]:
    """The test files that import or start the repository's own code, themselves or by a helper module or fixture."""
    own = {part for module in modules(repo) if not module.is_test for part in _parts(module.path)}
    own -= _GENERIC | sys.stdlib_module_names
    files = {each.path: each for each in (*files_of_tests(repo), *(each for each in modules(repo) if each.is_test))}
    direct = {path for path, module in files.items() if own & set(_imported(module))}
    helpers = {path.rpartition("/")[2].removesuffix(".py") for path in direct}
    fixtures = {each.name for path in direct for each in functions(files[path]) if "fixture" in each.marks}
    through = {
        path
        for path, module in files.items()
        if helpers & set(_imported(module)) or any(fixtures & each.parameters for each in functions(module))
    }
    return frozenset(direct | through)


def _parts(path: str) -> list[str]:
    return path.removesuffix(".py").split("/")


@once
def _imported(module: Module) -> Iterator[str]:
    """The parts of the names that a file imports, and the modules that it starts in a process of its own."""
    yield from (name for pair in _STARTED.findall(module.text) for name in pair if name)
    for node in module.nodes:
        if isinstance(node, ast.Import):
            yield from (part for alias in node.names for part in alias.name.split("."))
        elif isinstance(node, ast.ImportFrom):
            yield from (node.module or "").split(".")
            yield from (alias.name for alias in node.names if node.level or node.module in ("src", "tests"))
        elif isinstance(node, ast.Call) and name_of(node.func).endswith(("import_module", "importorskip")):
            yield from (text_of(node.args[0] if node.args else None) or "").split(".")
