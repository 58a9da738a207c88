"""Runs the tests of a starter's exercises with solutions in place of what is not written.

`python judge.py` in the folder of a starter reads a JSON list of cases from standard input, each `{"test": path,
"solutions": [[module, path], …]}`, and writes the list of pytest's exit codes. A solution runs inside its module, behind
the module's own text. Each case has a process of its own, a copy of the one that has imported everything. The project's
conftest and settings are left out: exercises do not need them, and they need packages that are not installed here.
A package of the project that is not installed here is a mock, so that modules which import it can be judged.
"""

from __future__ import annotations

import importlib.util
import json
import os
import re
import runpy
import sys
import tomllib
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path
from typing import Any
from unittest.mock import MagicMock

import pytest

OPTIONS = ["-x", "-q", "-c", os.devnull, "--rootdir=.", "--noconftest", "-p", "no:cacheprovider", "--assert=plain"]
OPTIONS += ["--confcutdir=tests/exercises"]  # nor does it look through the folders above
BROKEN = 70  # the exit code of a solution that is no complete program, so that its tests judge nothing


class Broken:
    """A plugin that notes such a solution."""

    found = False

    def pytest_exception_interact(self, call: pytest.CallInfo[None]) -> None:
        self.found |= call.excinfo is not None and call.excinfo.errisinstance((NameError, ImportError))


def judged(case: dict[str, Any]) -> int:
    child = os.fork()
    if child:
        return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    code = BROKEN
    try:
        for module, path in case["solutions"]:
            exec(compile(Path(path).read_text("utf-8"), path, "exec"), vars(importlib.import_module(module)))
        broken = Broken()
        code = int(pytest.main([*OPTIONS, case["test"]], [broken]))
        code = BROKEN if broken.found else code
    finally:
        os._exit(code)


def warm_up(tests: Iterable[str]) -> None:
    """Import what the tests import, once for all cases, but forget the project's own modules: they see solutions."""
    for test in tests:
        with suppress(NotImplementedError):
            runpy.run_path(test)
    here = f"{Path.cwd()}{os.sep}"
    for name, module in list(sys.modules.items()):
        if str(getattr(module, "__file__", None)).startswith(here):
            del sys.modules[name]


def stand_in(pyproject: str) -> None:
    """Put a mock in the place of each package that the project needs and that is not installed here."""
    for needed in tomllib.loads(pyproject)["project"]["dependencies"]:
        name = re.split(r"[^\w-]", needed)[0].replace("-", "_")
        if importlib.util.find_spec(name) is None:
            sys.modules[name] = MagicMock()


def main() -> None:
    os.environ["PYTEST_DISABLE_PLUGIN_AUTOLOAD"] = "1"
    sys.dont_write_bytecode = True
    sys.path[:0] = [os.path.abspath("src"), os.path.abspath("tests")]
    stand_in(Path("pyproject.toml").read_text("utf-8"))
    cases, out = json.load(sys.stdin), os.dup(1)
    os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
    pytest.main([*OPTIONS, "--version"])  # imports pytest's own plugins
    warm_up({case["test"] for case in cases})
    for module in {module for case in cases for module, _ in case["solutions"]}:
        importlib.import_module(module)
    codes = [judged(case) for case in cases]
    os.write(out, json.dumps(codes).encode())


if __name__ == "__main__":
    main()
