"""Files that attack whoever reads them: time that grows with the text alone, and never an error of ours."""

from __future__ import annotations

import time
from collections.abc import Callable

import pytest
from cost import unit
from synthetic import ALERTS, APP, CI, DRIFT, GOOD, README, RUNBOOK, repository
from test_mutants import ITEMS

from scaffolder.formats.toml import TomlError, load_toml
from scaffolder.formats.yaml import YamlError, load_yaml
from scaffolder.results.finding import State

SMALL, LARGE = 10_000, 40_000  # characters or so
UNITS = 400  # of CPU time for one check; an honest repository takes a hundredth
MANY_LAUGHS = 'a0: &a0 ["ha"]\n' + "".join(f"a{i}: &a{i} [{', '.join([f'*a{i - 1}'] * 9)}]\n" for i in range(1, 12))
MERGES = "a0: &a0 {k: 1}\n" + "".join(f"a{i}: &a{i}\n  <<: [*a{i - 1}, *a{i - 1}]\n  k{i}: 1\n" for i in range(1, 40))
STEPS = "on: push\npermissions: {}\njobs:\n  a:\n    steps:\n      - run: "

GROWING: dict[str, Callable[[int], dict[str, str]]] = {
    "Dockerfile": lambda n: {"Dockerfile": "FROM " + "a" * n + "\nCOPY " + "*" * n + " .\nUSER " + "${" * n},
    "Dockerfile of variables": lambda n: {
        "Dockerfile": "FROM a:1\nENV A=aa\n" + "ENV A=$A$A\n" * (n // 10) + "USER $A"
    },
    "Dockerfile of continuations": lambda n: {"Dockerfile": "FROM a:1\n" + "RUN \\\n" * n},
    "Dockerfile of stages": lambda n: {"Dockerfile": "".join(f"FROM s{i} AS s{i + 1}\n" for i in range(n // 20))},
    "Dockerfile of here-documents": lambda n: {"Dockerfile": "FROM a:1\n" + "RUN <<A <<B <<C\n" * (n // 20)},
    "Makefile of references": lambda n: {"Makefile": "a:" + " \\\n" * n + "\n\t" + "$(" * n},
    "Makefile of spaces": lambda n: {"Makefile": "a" + " " * n + "b\nc" + " " * n + ": d\n" + "x" * n + ":" * n},
    "Makefile of needs": lambda n: {"Makefile": "".join(f"a{i}: a{i + 1} a{i + 2}\n\tb\n" for i in range(n // 10))},
    "quotes in a step": lambda n: {CI: f"{STEPS}'{'~' * n}'\n      - run: {'a' + chr(92) * n}\n"},
    "words in a step": lambda n: {CI: f"{STEPS}{'pytest ' * n}\n      - run: {'; ' * n}\n"},
    "keys": lambda n: {"a.py": 'x = "' + "AKIA" * n + '"\ny = """' + "-----BEGIN PRIVATE KEY-----" * (n // 20) + '"""'},
    "addresses": lambda n: {"a.txt": "://a:" * n + "://" + "a" * n + ":" + "b" * n},
    "patterns": lambda n: {".gitignore": ("*a" * 50 + "\n") * (n // 100) + "!" * n, ".env": "A=1"},
    "many patterns": lambda n: {
        ".gitignore": "*a*a*a*b\n/**/*a*a*b/**/c\n" * (n // 20) + "[" * n,
        **{f"{'a' * 200}/{'a/' * 60}{i}/.env": "A=1" for i in range(n // 100)},
    },
    "an example of variables": lambda n: {".env.example": "A" * n + "\n" + "=" * n + "\n" + " " * n + "\n" + "A= " * n},
    "commands": lambda n: {
        README: "```sh\n" + "python a.py && make b;" * (n // 20) + "\n```\n" + "`make a` " * (n // 9)
    },
    "rollbacks": lambda n: {RUNBOOK: "roll back `git checkout v1`\n\n" * (n // 30)},
    "links": lambda n: {README: "[a](b.md#c) " * (n // 12) + "[x](" + "../" * n + ")"},
    "intervals": lambda n: {
        "reports/other.json": "[" + '{"a": 0.5, "ci95": [0.1, 0.3]},' * (n // 40) + "0]",
        README: "<!-- measured:a -->\n" + "0.5 [0.1, 0.2] all 9 gates passed " * (n // 34) + "\n<!-- /measured:a -->\n",
    },
    "locks": lambda n: {"requirements.txt": "a[" * n + "\n" + "a" * n + "\n" + "a==" * n},
    "an alert": lambda n: {
        ALERTS: f"groups: [{{rules: [{{alert: a, expr: '{'{' * n}'}}, {{alert: b, expr: {'rate ' * n}}}]}}]"
    },
    "tests": lambda n: {"tests/test_a.py": "import churn\n" + "def test_a():\n    assert x\n" * (n // 30)},
    "an assertion": lambda n: {
        "tests/test_a.py": f"def test_a():\n    assert {'x + ' * (n // 100)}x == {'x + ' * (n // 100)}x"
    },
    "routes": lambda n: {
        APP: "import FastAPI\n"
        + '@app.get("/a")\ndef f(): ...\n' * (n // 30)
        + "x = app.get("
        + '"a" + ' * 300
        + '"b")'
    },
    "drift": lambda n: {DRIFT: "from b import " + "x," * (n // 10) + "y\n" + "def drift_a(): 'a.json'\n" * (n // 20)},
    "settings": lambda n: {"a.py": "from x import BaseSettings\n" + "class A(BaseSettings):\n    a: int\n" * (n // 30)},
    "columns": lambda n: {
        "data/a.csv": "a," * n + "\n",
        README: "| a | b |\n|---|---|\n" + "| a, b and c | dd |\n" * (n // 20),
    },
}
BROKEN: dict[str, dict[str, str]] = {
    "NUL bytes": dict.fromkeys(GOOD, "\0" * LARGE),
    "malformed": dict.fromkeys(GOOD, "{[: 'x\n"),
    "YAML that laughs": dict.fromkeys([CI, "compose.yaml", ALERTS], MANY_LAUGHS),
    "YAML that merges": dict.fromkeys([CI, "compose.yaml", ALERTS], MERGES),
    "deep YAML": {CI: "[" * LARGE, "compose.yaml": "{a: " * LARGE, ALERTS: "".join(" " * i + "a:\n" for i in range(900))},
    "deep TOML": {"settings.toml": ".".join(["a"] * 20_000) + " = 1", "pyproject.toml": "a = " + "[" * LARGE},
    "deep JSON": {"registry.json": "[" * LARGE, "data/a.jsonl": "[" * LARGE, "Dockerfile": "FROM a\nCOPY " + "[" * LARGE},
    "deep Python": {
        "src/a.py": "(" * LARGE,
        "src/b.py": "x = " + "-" * LARGE + "1",
        "src/c.py": "x" + "[0]" * 2_000 + "\nos.environ[" + "'a' + " * 2_000 + "'b']\n",
        "tests/test_d.py": "def test_a():\n    assert " + "+".join(["x"] * 2_500) + " == " + "+".join(["x"] * 2_500),
        "tests/test_e.py": "def test_b():\n    assert " + "not " * 20_000 + "1",
        "tests/test_f.py": "def test_c():\n    assert x" + ".a" * 2_500 + "()",
    },
    "values of other types": {
        CI: "on: 3\njobs:\n  a: [x]\n  b: {steps: {run: 3}}\npermissions: [1]\n",
        "compose.yaml": "services: [1, {a: b}]\n",
        ALERTS: "groups: {a: 1}\nspec: [x]\n",
        "settings.toml": "gates = 3\nfeatures = {a = 1}\n",
        "registry.json": '{"version": {"a": [1]}, "sha256": null}',
    },
    "a thousand modules": {f"src/a/m{i}.py": "import os\n\n\ndef f():\n    return os.environ['A']\n" * 10 for i in range(1_000)},
}  # fmt: skip


def seconds(files: dict[str, str]) -> float:
    """The time of a check of all items in which none ends in an error of ours."""
    start = time.process_time()
    repo = repository({**GOOD, **files})
    found = [item.finding(repo) for item in ITEMS]
    taken = time.process_time() - start
    assert [(each.item, each.reason) for each in found if each.state is State.ERROR] == []
    assert all(len(str(evidence)) < 1_000 for each in found for evidence in each.evidence)
    return taken


@pytest.mark.slow
@pytest.mark.parametrize("files", GROWING.values(), ids=GROWING)
def test_time_grows_with_the_text_alone(files: Callable[[int], dict[str, str]]) -> None:
    small, large = seconds(files(SMALL)), seconds(files(LARGE))
    assert large < 10 * small + 20 * unit()


@pytest.mark.parametrize("files", BROKEN.values(), ids=BROKEN)
def test_broken_files_end_soon_and_are_no_error_of_ours(files: dict[str, str]) -> None:
    assert seconds(files) < UNITS * unit()


@pytest.mark.parametrize("text", ["a: [1", "a: &a [*a]", MANY_LAUGHS, "[" * 100_000, "- " * 100_000, "x" * 2_000_000])
def test_yaml_that_is_refused(text: str) -> None:
    with pytest.raises(YamlError):
        load_yaml(text)


def test_yaml_keeps_its_keys_and_lines_and_makes_no_object() -> None:
    loaded = load_yaml("on: push\nday: 2027-03-01\nversion: 3.10\na: &b {x: 1, y: 2}\nc:\n  <<: *b\n  y: 3\n")
    assert (loaded["on"], loaded["day"], str(loaded["version"])) == ("push", "2027-03-01", "3.10")
    assert (loaded["c"], loaded.lines["c"], loaded["c"].lines["y"]) == ({"x": 1, "y": 3}, 5, 7)
    assert load_yaml("!!python/object/apply:os.system ['true']") == ["true"]


@pytest.mark.parametrize(
    "text", ["a = ", "a = " + "[" * 100_000, "x = '" + "a" * 600_000 + "'", ".".join("a" * 20_000) + " = 1"]
)
def test_toml_that_is_refused(text: str) -> None:
    with pytest.raises(TomlError):
        load_toml(text)


def test_toml_with_long_lists_of_numbers_is_read() -> None:
    assert len(load_toml(f"a = [{', '.join(['1.5'] * 100)}]\nb = '{'.' * 100}'")["a"]) == 100
