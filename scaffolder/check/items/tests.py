"""Tests that can fail, and that reach the repository's own code."""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator
from itertools import islice

from scaffolder.check.engine.repository import Repository, fact
from scaffolder.check.engine.verdict import SHOWN, Verdict, done, flawed, missing
from scaffolder.check.item import Item
from scaffolder.check.readers.assertions import Function, functions
from scaffolder.check.readers.python import Module, modules, once
from scaffolder.results.finding import Evidence, Level

MOST_IDLE = 1 / 3  # share of tests that may assert nothing by themselves

PYTHON = ".".join(map(str, sys.version_info[:2]))  # the version whose syntax is parsed
_FRAMEWORK = re.compile(r"^(?:import|from) (?:pytest|unittest)\b", re.MULTILINE)
# Modules that are imported, and those that are started in a process of their own, as `-m name` or as a file.
_IMPORTED = re.compile(
    r"^[ \t]*(?:from[ \t]+(?:(?:src|tests|\.+)[ \t]+import[ \t]+)?|import[ \t]+)([\w.]+(?:[ \t]*,[ \t]*[\w.]+)*)",
    re.MULTILINE,
)
_STARTED = re.compile(r"[\"']-m[\"'],\s*[\"']([\w.]+)")
_STARTED_FILE = re.compile(r"(?<![\w/])([\w/]+)\.py[\"']")
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
        tests = [(module, each) for module in files for each in functions(module) if each.is_test]
        if broken := [each for each in files if each.is_broken]:
            return flawed(*(Evidence(f"it does not parse as Python {PYTHON}", each.path) for each in broken))
        helping = _helping(repo)
        if not tests:
            return missing(Evidence("no test function in Python"))
        able = [test for test in tests if _can_fail(test[1], helping)]
        if len(tests) - len(able) > MOST_IDLE * len(tests):
            idle = (test for test in tests if not _can_fail(test[1], helping))
            return flawed(*(_says(*test, "holds no assertion that can fail") for test in islice(idle, SHOWN)))
        reaching = _reaching(repo)
        proving = [test for test in able if test[0].path in reaching]
        if not proving:
            return flawed(_says(*tests[0], "neither it nor any other test imports a module of this repository"))
        what = f"and {len(proving) - 1} more of {len(tests)} tests assert something about the code"
        return done(_says(*proving[0], what))


def _helping(repo: Repository) -> set[str]:
    """The names of the functions in test files that assert something."""
    return {each.name for module in modules(repo) if module.is_test for each in functions(module) if each.asserts}


def _can_fail(test: Function, helping: set[str]) -> bool:
    """Whether a test asserts something, by itself or by one of the `helping` functions."""
    return test.asserts or not helping.isdisjoint(test.called)


def _says(module: Module, test: Function, what: str) -> Evidence:
    return Evidence(f"{test.name}: {what}", module.path, test.line)


@fact
def files_of_tests(repo: Repository) -> tuple[Module, ...]:
    """The files with tests, wherever they lie."""
    found = (each for each in modules(repo) if "def test" in each.text and not each.is_too_large)
    return tuple(each for each in found if each.is_test or _FRAMEWORK.search(each.text))


@fact
def _reaching(repo: Repository) -> frozenset[str]:
    """The test files that import or start the repository's own code, themselves or by a helper module or fixture."""
    own = {
        part for module in modules(repo) if not module.is_test for part in module.path.removesuffix(".py").split("/")
    }
    own -= _GENERIC | sys.stdlib_module_names
    files = {each.path: each for each in modules(repo) if each.is_test} | {
        each.path: each for each in files_of_tests(repo)
    }
    direct = {path for path, module in files.items() if own & set(_imported(module))}
    modules_of_tests = {path.rpartition("/")[2].removesuffix(".py") for path in direct}
    fixtures = {each.name for path in direct for each in functions(files[path]) if "fixture" in each.marks}
    return frozenset(
        path
        for path, module in files.items()
        if path in direct
        or modules_of_tests & set(_imported(module))
        or any(fixtures & each.parameters for each in functions(module))
    )


@once
def _imported(module: Module) -> Iterator[str]:
    """The parts of the names that a file imports or starts."""
    files = "\n".join(line for line in module.text.split("\n") if ".py" in line)  # few lines: the pattern is slow
    found = (*_IMPORTED.findall(module.text), *_STARTED.findall(module.text), *_STARTED_FILE.findall(files))
    return (part for names in found for part in re.findall(r"\w+", names))
