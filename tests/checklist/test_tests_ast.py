"""Tests, read from their syntax trees: which assert something, and which reach the package."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator

import pytest

from scaffolder.check.engine.snapshot import Snapshot
from scaffolder.check.readers.python import Module, modules, once
from scaffolder.check.shipping import tests_ast
from scaffolder.check.shipping.tests_ast import Suite


def read(text: str, **others: str) -> Suite:
    files = {"src/pkg/__init__.py": "", "src/pkg/core.py": "", "tests/test_it.py": textwrap.dedent(text)}
    files.update({path.replace("__", "/") + ".py": textwrap.dedent(content) for path, content in others.items()})
    snapshot = Snapshot.of_files({path: content.encode() for path, content in files.items()})
    return tests_ast.tests(modules(snapshot), snapshot)


@pytest.mark.parametrize(
    "body",
    [
        "assert f(1) == 2",
        "with pytest.raises(ValueError):\n        f(1)",
        "self.assertEqual(f(1), 2)",
        "np.testing.assert_allclose(f(1), 2)",
        "for i in x:\n        if i:\n            assert i",
        "helper(f(1))",
        "pytest.fail('no')",
        "mock.assert_called_once()",
        "assert f(1) == f(1)",
        "assert x or y",
        "assert [f(1)] == [2]",
        "self.assertEqual([f(1)], [2])",
        "assert len(x)",
    ],
)
def test_what_asserts(body: str) -> None:
    found = read(f"import pkg\ndef helper(x):\n    assert x\ndef test_a(self):\n    {body}\n").found
    assert [test.asserts for test in found] == [True]


@pytest.mark.parametrize(
    "body",
    [
        *("pass", "f(1)", "assert True", "assert 1 == 1", "self.assertTrue(True)", "print(f(1))", "x = 'assert y'"),
        *(
            "assert len('x') == 1",
            "assert x or True",
            "assert x == x",
            "assert (f(1) == 3, 'no')",
            "self.assertTrue(x or 1)",
        ),
    ],
)
def test_what_asserts_nothing(body: str) -> None:
    assert [test.asserts for test in read(f"import pkg\ndef test_a(self):\n    {body}\n").found] == [False]


@pytest.mark.parametrize(
    "line",
    [
        "import pkg",
        "import pkg.core as c",
        "from pkg.core import f",
        "from src.pkg import core",
        "def helper():\n    from pkg import core",
        "core = importlib.import_module('pkg.core')",
        "core = pytest.importorskip('pkg')",
        "COMMAND = [sys.executable, '-m', 'pkg', 'train']",
    ],
)
def test_what_reaches_the_package(line: str) -> None:
    assert read(f"{line}\ndef test_a():\n    assert 1\n").found[0].reaches


@pytest.mark.parametrize(
    "line", ["import os", "import pkgutil", "# import pkg", "x = 'import pkg'", "from os import path"]
)
def test_what_does_not(line: str) -> None:
    assert not read(f"{line}\ndef test_a():\n    assert 1\n").found[0].reaches


def test_a_fixture_or_a_helper_module_reaches_it_too() -> None:
    conftest = "import pytest\nfrom pkg import core\n@pytest.fixture\ndef client():\n    return core\n"
    assert read("def test_a(client):\n    assert client\n", tests__conftest=conftest).found[0].reaches
    assert not read("def test_a(other):\n    assert other\n", tests__conftest=conftest).found[0].reaches
    helper = "from pkg import core\n"
    assert read("from toy import core\ndef test_a():\n    assert core\n", tests__toy=helper).found[0].reaches


def test_classes_and_coroutines_hold_tests() -> None:
    found = read(
        "import pkg\nclass TestA:\n    async def test_a(self):\n        assert pkg.f()\n    def other(self): ...\n"
    ).found
    assert [(test.name, test.asserts) for test in found] == [("test_a", True)]


def test_a_file_that_does_not_parse_is_named() -> None:
    assert read("def test_a(:\n").unparsed == ("tests/test_it.py",)


def test_own_packages() -> None:
    assert read("", app="", setup="", scripts__x="", lib__core="").packages == {"pkg", "app", "lib"}


def test_what_a_module_says_is_read_once() -> None:
    seen: list[str] = []

    @once
    def lines(module: Module) -> Iterator[str]:
        seen.append(module.path)
        yield from module.text.splitlines()

    first, other = Module("a.py", "x\ny"), Module("b.py", "z")
    assert [lines(first), lines(other), lines(first)] == [("x", "y"), ("z",), ("x", "y")]
    assert seen == ["a.py", "b.py"]
