"""What the tests of a repository do, read from their syntax trees: do they assert, and do they reach the package?"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

from scaffolder.checklist.modules import Module, name_of
from scaffolder.checklist.snapshot import Snapshot

Function = ast.FunctionDef | ast.AsyncFunctionDef

_TEST_FILE = re.compile(r"(?:^|/)(?:test_[^/]*|[^/]*_test|tests)\.py$")
_ASSERTING = re.compile(
    r"(?:^|\.)(?:raises|warns|deprecated_call|fail|assert\w*|should\w*|expect\w*|verify\w*|check_\w+|approve\w*)$"
)
_NO_PACKAGE = frozenset(("tests", "test", "docs", "examples", "scripts", "tools", "notebooks", "benchmarks", "build"))


@dataclass(frozen=True)
class Test:
    """One test function."""

    path: str
    line: int
    name: str
    asserts: bool
    reaches: bool  # its module, or a fixture or helper module it uses, imports the package


@dataclass(frozen=True)
class Tests:
    """All tests, and the names by which the repository's own code is imported."""

    found: tuple[Test, ...]
    packages: frozenset[str]
    unparsed: tuple[str, ...] = ()

    @property
    def proving(self) -> tuple[Test, ...]:
        """Those that assert something about the package."""
        return tuple(test for test in self.found if test.asserts and test.reaches)

    @property
    def idle(self) -> tuple[Test, ...]:
        """Those that assert nothing."""
        return tuple(test for test in self.found if not test.asserts)


def tests(modules: tuple[Module, ...], snapshot: Snapshot) -> Tests:
    """The test functions of the repository; nothing is imported."""
    packages = own_packages(snapshot)
    of_tests = [module for module in modules if module.is_test or _TEST_FILE.search(module.path)]
    reaching = _reaching(of_tests, packages)
    files = [module for module in of_tests if _TEST_FILE.search(module.path)]
    found = [test for module in files for test in _of_module(module, module.path in reaching)]
    return Tests(tuple(found), packages, tuple(module.path for module in files if module.tree is None))


def own_packages(snapshot: Snapshot) -> frozenset[str]:
    """The top-level names under which the repository's code is imported."""
    found = set()
    for path in snapshot.glob("*.py", "*/*.py", "src/*/*.py", "app/*.py"):
        parts = path.removeprefix("src/").split("/")
        name = parts[0].removesuffix(".py")
        is_test = name.startswith(("test_", "conftest")) or name.endswith("_test") or name in _NO_PACKAGE
        if not is_test and name not in ("setup", "noxfile", "tasks"):
            found.add(name)
    return frozenset(found)


def _reaching(modules: list[Module], packages: frozenset[str]) -> frozenset[str]:
    """The test modules that import the package, themselves or by a helper module, or that run it."""
    direct = {module.path for module in modules if packages & _imported(module) or _runs(module, packages)}
    helpers = {module.path.rpartition("/")[2].removesuffix(".py") for module in modules if module.path in direct}
    fixtures = {name for module in modules if module.path in direct for name in _fixtures(module)}
    indirect = {module.path for module in modules if helpers & _imported(module) or fixtures & _parameters(module)}
    return frozenset(direct | indirect)


def _imported(module: Module) -> set[str]:
    """The first and the last part of each imported name: `import a.b` gives a and b."""
    found: set[str] = set()
    for node in module.nodes:
        if isinstance(node, ast.Import):
            found.update(part for alias in node.names for part in _ends(alias.name))
        elif isinstance(node, ast.ImportFrom):
            found.update(_ends(node.module or ""))
            found.update(alias.name for alias in node.names if node.level or (node.module or "") == "src")
        elif isinstance(node, ast.Call) and name_of(node.func).endswith(("import_module", "importorskip")):
            found.update(
                part for arg in node.args[:1] if isinstance(arg, ast.Constant) for part in _ends(str(arg.value))
            )
    return found - {""}


def _ends(name: str) -> tuple[str, str]:
    parts = name.removeprefix("src.").split(".")
    return parts[0], parts[-1] if parts[0] in ("tests", "test") else parts[0]


def _runs(module: Module, packages: frozenset[str]) -> bool:
    """Whether the module starts `python -m package`."""
    for node in module.nodes:
        if isinstance(node, ast.List | ast.Tuple):
            words = [str(item.value) for item in node.elts if isinstance(item, ast.Constant)]
            if any(a == "-m" and b.partition(".")[0] in packages for a, b in pairwise(words)):
                return True
    return False


def _fixtures(module: Module) -> Iterator[str]:
    for node in module.nodes:
        if isinstance(node, Function) and any("fixture" in ast.dump(each) for each in node.decorator_list):
            yield node.name


def _parameters(module: Module) -> set[str]:
    return {arg.arg for node in module.nodes if isinstance(node, Function) for arg in node.args.args}


def _of_module(module: Module, reaches: bool) -> Iterator[Test]:
    functions = {node.name: node for node in module.nodes if isinstance(node, Function)}
    asserting = {name for name, node in functions.items() if _asserts(node, frozenset())}
    helping = frozenset(name for name in asserting if not name.startswith("test"))
    for node in _test_functions(module):
        yield Test(module.path, node.lineno, node.name, _asserts(node, helping), reaches)


def _test_functions(module: Module) -> Iterator[Function]:
    for node in module.tree.body if module.tree else ():
        inside = node.body if isinstance(node, ast.ClassDef) else [node]
        yield from (each for each in inside if isinstance(each, Function) and each.name.startswith("test"))


def _asserts(function: Function, helping: frozenset[str]) -> bool:
    """Whether a function can fail by itself: an assertion on something that is no constant, or an expected error."""
    for node in ast.walk(function):
        if isinstance(node, ast.Assert) and not _constant(node.test):
            return True
        if isinstance(node, ast.Call):
            name = name_of(node.func)
            if name in helping or (_ASSERTING.search(name) and not _vacuous(name, node)):
                return True
    return False


def _constant(node: ast.expr) -> bool:
    """Whether an expression holds nothing that could change: `True`, `1 == 1`, `not None`."""
    return not any(isinstance(each, ast.Name | ast.Attribute | ast.Call) for each in ast.walk(node))


def _vacuous(name: str, call: ast.Call) -> bool:
    """`self.assertTrue(True)`."""
    return "assert" in name and bool(call.args) and all(_constant(arg) for arg in call.args)
