"""What the tests of a repository do, read from their syntax trees: do they assert, and do they reach the package?"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from scaffolder.check.engine.snapshot import Snapshot
from scaffolder.check.readers.python import Module, name_of, once, text_of, walk

Function = ast.FunctionDef | ast.AsyncFunctionDef

MOST_CHARACTERS = 1_000_000  # of all tests

_TEST_FILE = re.compile(r"(?:^|/)(?:test_[^/]*|[^/]*_test|tests)\.py$")
_ASSERTING = re.compile(
    r"(?:^|\.)(?:raises|warns|deprecated_call|fail|assert\w*|should\w*|expect\w*|verify\w*|check_\w+|approve\w*)$"
)
_RUN = re.compile(r"[\"']-m[\"'],\s*[\"']([\w.]+)")
_BUILTINS = frozenset(
    ("len", "str", "int", "float", "bool", "list", "dict", "set", "tuple", "isinstance", "abs", "sum")
)
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
    of_tests = (module for module in modules if module.is_test or _TEST_FILE.search(module.path))
    within = _within(sorted(of_tests, key=_promise))
    read = {module.path: part for module in within for part in _parts(module)}
    reaching = _reaching(read, packages)
    files = {path: part for path, part in read.items() if _TEST_FILE.search(path)}
    found = [
        Case(path, line, name, asserts, path in reaching)
        for path, part in files.items()
        for name, line, asserts in part.tests
    ]
    return Suite(tuple(found), packages, tuple(path for path, part in files.items() if not part.parsed))


def _promise(module: Module) -> float:
    """Assertions for each test by the look of the text, so that those with few are read first."""
    return (module.text.count("assert") + module.text.count("raises")) / (1 + module.text.count("def test"))


def _within(modules: Iterable[Module]) -> Iterator[Module]:
    """The first modules, up to the limit of characters."""
    left = MOST_CHARACTERS
    for module in modules:
        left -= len(module.text)
        if left < 0:
            return
        yield module


@dataclass(frozen=True)
class Part:
    """What one file of the tests says."""

    tests: tuple[tuple[str, int, bool], ...] = ()  # name, line, whether it asserts something
    imports: frozenset[str] = frozenset()
    runs: frozenset[str] = frozenset()  # what is started by `python -m`
    fixtures: frozenset[str] = frozenset()
    parameters: frozenset[str] = frozenset()
    parsed: bool = True


@once
def _parts(module: Module) -> Iterator[Part]:
    """What the file says, as one part."""
    if module.tree is None:
        yield Part(parsed=False)
        return
    functions = list(_functions(module.tree))
    helpers = (each for each in functions if not each.name.startswith("test"))
    helping = frozenset(each.name for each in helpers if _asserts(each, frozenset()))
    yield Part(
        tests=tuple(
            (each.name, each.lineno, _asserts(each, helping)) for each in functions if each.name.startswith("test")
        ),
        imports=frozenset(_imported(module.tree)),
        runs=frozenset(name.partition(".")[0] for name in _RUN.findall(module.text)),
        fixtures=frozenset(each.name for each in functions if _is_fixture(each)),
        parameters=frozenset(argument.arg for each in functions for argument in each.args.args),
    )


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


def _reaching(read: dict[str, Part], packages: frozenset[str]) -> frozenset[str]:
    """The test files that import or run the package, themselves or by a helper module or fixture."""
    direct = {path for path, part in read.items() if packages & (part.imports | part.runs)}
    helpers = {path.rpartition("/")[2].removesuffix(".py") for path in direct}
    fixtures = {name for path in direct for name in read[path].fixtures}
    indirect = {path for path, part in read.items() if helpers & part.imports or fixtures & part.parameters}
    return frozenset(direct | indirect)


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


def _imported(tree: ast.Module) -> set[str]:
    """The names that tell where an import leads: `import a.b` gives a, `from tests.b import c` gives b and tests."""
    found: set[str] = set()
    for node in _statements(tree.body):
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


def _is_fixture(function: Function) -> bool:
    return any(name_of(getattr(each, "func", each)).endswith("fixture") for each in function.decorator_list)


def _functions(tree: ast.Module) -> Iterator[Function]:
    """The functions of a module and the methods of its classes."""
    for node in tree.body:
        inside = node.body if isinstance(node, ast.ClassDef) else [node]
        yield from (each for each in inside if isinstance(each, Function))


def _asserts(function: Function, helping: frozenset[str]) -> bool:
    """Whether a function can fail by itself: an assertion on something that is no constant, or an expected error."""
    asserted = (each.test for each in _statements(function.body) if isinstance(each, ast.Assert))
    return any(not never_false(test) for test in asserted) or any(_proves(call, helping) for call in _calls(function))


def _calls(function: Function) -> Iterator[ast.Call]:
    return (node for node in walk(function) if isinstance(node, ast.Call))


def _proves(call: ast.Call, helping: frozenset[str]) -> bool:
    name = name_of(call.func)
    return name in helping or bool(_ASSERTING.search(name) and not is_vacuous(name, call))


def never_false(node: ast.expr) -> bool:
    """Whether an asserted expression cannot be false: `True`, `len("x")`, `x or True`, `x == x`, `(x, "message")`."""
    if isinstance(node, ast.Tuple | ast.List) and node.elts:
        return True
    if isinstance(node, ast.BoolOp) and isinstance(node.op, ast.Or):
        return any(isinstance(part, ast.Constant) and part.value for part in node.values)
    if isinstance(node, ast.Compare) and len(node.ops) == 1 and _same(node.left, node.comparators[0]):
        return isinstance(node.ops[0], ast.Eq | ast.Is | ast.LtE | ast.GtE)
    return _constant(node)


def _constant(node: ast.expr) -> bool:
    """Whether an expression holds nothing that could change."""
    return not any(isinstance(each, ast.Name) and each.id not in _BUILTINS for each in ast.walk(node))


def _same(one: ast.expr, other: ast.expr) -> bool:
    """Whether two expressions are the same value; two calls need not be."""
    calls = any(isinstance(each, ast.Call) for each in ast.walk(one))
    return not calls and ast.dump(one) == ast.dump(other)


def is_vacuous(name: str, call: ast.Call) -> bool:
    """`self.assertTrue(True)`."""
    if name.endswith("assertTrue") and call.args:
        return never_false(call.args[0])
    return "assert" in name and bool(call.args) and all(_constant(arg) for arg in call.args)
