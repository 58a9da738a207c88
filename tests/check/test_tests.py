"""Tests, read from their syntax trees: which can fail, and which reach the repository's own code."""

from __future__ import annotations

import pytest
from synthetic import facts, state

from scaffolder.check.items.tests import TestsProve
from scaffolder.results.finding import State

CODE = {"scaffolder.toml": "contract = 1\n", "src/pkg/__init__.py": "", "src/pkg/core.py": ""}


def verdict(test: str, path: str = "tests/test_it.py", **others: str) -> State:
    return state(TestsProve, {**CODE, path: test, **{f"tests/{name}.py": text for name, text in others.items()}})


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
        "client.get('/').raise_for_status()",
        "assert f(1) == f(1)",
        "assert x or y",
        "assert [f(1)] == [2]",
        "self.assertEqual([f(1)], [2])",
        "assert len(x)",
    ],
)
def test_what_can_fail(body: str) -> None:
    assert verdict(f"import pkg\ndef helper(x):\n    assert x\ndef test_a(self):\n    {body}\n") is State.DONE


@pytest.mark.parametrize(
    "body",
    [
        *("pass", "f(1)", "assert True", "assert 1 == 1", "self.assertTrue(True)", "print(f(1))", "x = 'assert y'"),
        *("assert x or True", "assert (f(1) == 3, 'no')"),
    ],
)
def test_what_cannot_fail(body: str) -> None:
    files = {**CODE, "tests/test_it.py": f"import pkg\ndef test_a(self):\n    {body}\n"}
    assert facts(TestsProve, files) == "tests/test_it.py:2: test_a: holds no assertion that can fail"


@pytest.mark.parametrize(
    "line",
    [
        "import pkg",
        "import pkg.core as c",
        "from pkg.core import f",
        "from src.pkg import core",
        "from .. import core",
        "def helper():\n    from pkg import core",
        "COMMAND = [sys.executable, '-m', 'pkg', 'train']",
        "COMMAND = ['python', 'src/pkg/core.py']",
    ],
)
def test_what_reaches_the_code(line: str) -> None:
    assert verdict(f"{line}\ndef test_a():\n    assert f\n") is State.DONE


@pytest.mark.parametrize("line", ["import os", "import pkgutil", "# import pkg", "x = 'import pkg'"])
def test_what_does_not(line: str) -> None:
    assert verdict(f"{line}\ndef test_a():\n    assert f\n") is State.FLAWED


def test_a_fixture_or_a_helper_module_reaches_it_too() -> None:
    conftest = "import pytest\nfrom pkg import core\n@pytest.fixture\ndef client():\n    return core\n"
    assert verdict("def test_a(client):\n    assert client\n", conftest=conftest) is State.DONE
    assert verdict("def test_a(other):\n    assert other\n", conftest=conftest) is State.FLAWED
    assert verdict("from toy import x\ndef test_a():\n    assert x\n", toy="from pkg import x\n") is State.DONE


@pytest.mark.parametrize("path", ["src/pkg/tests.py", "unit_tests/core.py", "checks/it.py", "test/deep/it.py"])
def test_tests_may_lie_anywhere(path: str) -> None:
    test = "import unittest\nimport pkg\nclass TestA(unittest.TestCase):\n    async def test_a(self):\n        assert pkg.f()\n"
    assert verdict(test, path) is State.DONE


def test_a_function_called_test_of_a_training_script_is_no_test() -> None:
    files = {**CODE, "train.py": "import torch\ndef test(model, loader):\n    print(model(loader))\n"}
    assert facts(TestsProve, files) == "no test function in Python"


def test_a_file_that_does_not_parse_is_named() -> None:
    assert "it does not parse as Python 3." in facts(TestsProve, {"tests/test_it.py": "def test_a(:\n"})
