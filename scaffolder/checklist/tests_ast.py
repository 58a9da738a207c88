"""What the tests of a repository do, read from their syntax trees: do they assert, and do they reach the package?"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from scaffolder.checklist.modules import Module, name_of, text_of
from scaffolder.checklist.snapshot import Snapshot

Function = ast.FunctionDef | ast.AsyncFunctionDef

MOST_CHARACTERS = 3_000_000  # of all tests

_TEST_FILE = re.compile(r"(?:^|/)(?:test_[^/]*|[^/]*_test|tests)\.py$")
_ASSERTING = re.compile(
    r"(?:^|\.)(?:raises|warns|deprecated_call|fail|assert\w*|should\w*|expect\w*|verify\w*|check_\w+|approve\w*)$"
)
_RUN = re.compile(r"[\"']-m[\"'],\s*[\"']([\w.]+)")
_NO_PACKAGE = frozenset(("tests", "test", "docs", "examples", "scripts", "tools", "notebooks", "benchmarks", "build"))


@dataclass(frozen=True)
class Case:
    """One test function."""

    path: str
    line: int
    name: str
    asserts: bool
    reaches: bool  # its module, or a fixture or helper module it uses, imports the package


@dataclass(frozen=True)
class Suite:
    """All tests, and the names by which the repository's own code is imported."""

    found: tuple[Case, ...]
    packages: frozenset[str]
    unparsed: tuple[str, ...] = ()

    @property
    def proving(self) -> tuple[Case, ...]:
        """Those that assert something about the package."""
        return tuple(test for test in self.found if test.asserts and test.reaches)

    @property
    def idle(self) -> tuple[Case, ...]:
        """Those that assert nothing."""
        return tuple(test for test in self.found if not test.asserts)


def tests(modules: tuple[Module, ...], snapshot: Snapshot) -> Suite:
    """The test functions of the repository; nothing is imported."""
    packages = own_packages(snapshot)
    of_tests = list(_within(module for module in modules if module.is_test or _TEST_FILE.search(module.path)))
    reaching = _reaching(of_tests, packages)
    files = [module for module in of_tests if _TEST_FILE.search(module.path)]
    found = [test for module in files for test in _of_module(module, module.path in reaching)]
    return Suite(tuple(found), packages, tuple(module.path for module in files if module.tree is None))


def _within(modules: Iterable[Module]) -> Iterator[Module]:
    """The first modules, up to the limit of characters."""
    left = MOST_CHARACTERS
    for module in modules:
        left -= len(module.text)
        if left < 0:
            return
        yield module


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
    """The test modules that import or run the package, themselves or by a helper module or fixture."""
    imported = {module.path: _imported(module) for module in modules}
    direct = [module for module in modules if packages & imported[module.path] or _runs(module, packages)]
    helpers = {module.path.rpartition("/")[2].removesuffix(".py") for module in direct}
    fixtures = {name for module in direct for name in _fixtures(module)}
    indirect = (
        m for m in modules if helpers & imported[m.path] or any(fixtures & _parameters(f) for f in _functions(m))
    )
    return frozenset(module.path for module in (*direct, *indirect))


def _statements(body: Iterable[ast.stmt]) -> Iterator[ast.stmt]:
    """The statements in `body`, however deep, without a look into their expressions."""
    waiting = list(body)
    while waiting:
        statement = waiting.pop()
        yield statement
        for block in ("body", "orelse", "finalbody"):
            waiting += getattr(statement, block, ())
        for part in (*getattr(statement, "handlers", ()), *getattr(statement, "cases", ())):
            waiting += part.body


def _imported(module: Module) -> set[str]:
    """The names that tell where an import leads: `import a.b` gives a, `from tests.b import c` gives b and tests."""
    found: set[str] = set()
    for node in _statements(module.tree.body if module.tree else ()):
        if isinstance(node, ast.Import):
            found.update(part for alias in node.names for part in _ends(alias.name))
        elif isinstance(node, ast.ImportFrom):
            found.update(_ends(node.module or ""))
            found.update(alias.name for alias in node.names if node.level or node.module in ("src", "tests"))
        elif isinstance(node, ast.Assign | ast.Expr) and isinstance(node.value, ast.Call):
            found.update(_ends(_imported_by_call(node.value)))
    return found - {""}


def _imported_by_call(call: ast.Call) -> str:
    """The module that `importlib.import_module("a.b")` or `pytest.importorskip("a.b")` imports."""
    known = name_of(call.func).endswith(("import_module", "importorskip"))
    return (text_of(call.args[0]) or "") if known and call.args else ""


def _ends(name: str) -> tuple[str, str]:
    parts = name.removeprefix("src.").split(".")
    return parts[0], parts[-1] if parts[0] in ("tests", "test") else parts[0]


def _runs(module: Module, packages: frozenset[str]) -> bool:
    """Whether the module starts `python -m package`."""
    found = _RUN.findall(module.text) if '"-m"' in module.text or "'-m'" in module.text else ()
    return any(name.partition(".")[0] in packages for name in found)


def _fixtures(module: Module) -> Iterator[str]:
    for node in _functions(module):
        if any(name_of(getattr(each, "func", each)).endswith("fixture") for each in node.decorator_list):
            yield node.name


def _parameters(function: Function) -> set[str]:
    return {argument.arg for argument in function.args.args}


def _of_module(module: Module, reaches: bool) -> Iterator[Case]:
    functions = list(_functions(module))
    helping = frozenset(
        each.name for each in functions if not each.name.startswith("test") and _asserts(each, frozenset())
    )
    for each in functions:
        if each.name.startswith("test"):
            yield Case(module.path, each.lineno, each.name, _asserts(each, helping), reaches)


def _functions(module: Module) -> Iterator[Function]:
    """The functions of a module and the methods of its classes."""
    for node in module.tree.body if module.tree else ():
        inside = node.body if isinstance(node, ast.ClassDef) else [node]
        yield from (each for each in inside if isinstance(each, Function))


def _asserts(function: Function, helping: frozenset[str]) -> bool:
    """Whether a function can fail by itself: an assertion on something that is no constant, or an expected error."""
    asserted = (each.test for each in _statements(function.body) if isinstance(each, ast.Assert))
    return any(not _constant(test) for test in asserted) or any(_proves(call, helping) for call in _calls(function))


def _calls(function: Function) -> Iterator[ast.Call]:
    return (node for node in ast.walk(function) if isinstance(node, ast.Call))


def _proves(call: ast.Call, helping: frozenset[str]) -> bool:
    name = name_of(call.func)
    return name in helping or bool(_ASSERTING.search(name) and not _vacuous(name, call))


def _constant(node: ast.expr) -> bool:
    """Whether an expression holds nothing that could change: `True`, `1 == 1`, `not None`."""
    return not any(isinstance(each, ast.Name | ast.Attribute | ast.Call) for each in ast.walk(node))


def _vacuous(name: str, call: ast.Call) -> bool:
    """`self.assertTrue(True)`."""
    return "assert" in name and bool(call.args) and all(_constant(arg) for arg in call.args)
