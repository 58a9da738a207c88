"""Repositories that attack whoever checks them: bounded time and memory, and findings for all the rest."""

from __future__ import annotations

import gzip
import os
import subprocess
import sys
import zlib
from pathlib import Path

import pytest
from cost import at_most, unit
from support import MEMORY_LIMITS, peak_memory

import scaffolder
from scaffolder.check.contract import CAPABILITIES
from scaffolder.check.documents import documents
from scaffolder.check.engine.repository import Repository
from scaffolder.check.engine.snapshot import Snapshot
from scaffolder.check.examine import check, examine
from scaffolder.check.items import ITEMS
from scaffolder.check.readers.python import modules
from scaffolder.results.finding import State
from scaffolder.results.report import Report

UNITS = 800  # of CPU time for one check; an honest repository takes a hundredth
LONG = 150_000

README = """\
# Radar

## Problem

TODO(problem): who?

[gone](absent.md)
"""
CONTRACT = "contract = 1\n[capabilities]\n" + "".join(f"{name} = true\n" for name in CAPABILITIES)
MANY_LAUGHS = 'a0: &a0 ["ha"]\n' + "".join(f"a{i}: &a{i} [{', '.join([f'*a{i - 1}'] * 9)}]\n" for i in range(1, 12))
MERGES = "a0: &a0 {k: 1}\n" + "".join(f"a{i}: &a{i}\n  <<: [*a{i - 1}, *a{i - 1}]\n  k{i}: 1\n" for i in range(1, 40))
WORKFLOW = ".github/workflows/ci.yml"
CARD = "MODEL_CARD.md"


def _png_of_a_square(side: int) -> bytes:
    """A PNG that says it is `side` pixels wide and high, of one colour: small here, huge when decoded."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return len(data).to_bytes(4, "big") + kind + data + zlib.crc32(kind + data).to_bytes(4, "big")

    header = side.to_bytes(4, "big") * 2 + bytes((1, 0, 0, 0, 0))
    rows = zlib.compress(bytes(1 + side // 8) * 1_000)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", rows) + chunk(b"IEND", b"")


HOSTILE: dict[str, dict[str, str | bytes]] = {
    "NUL bytes": dict.fromkeys(
        [CARD, "Dockerfile", "Makefile", WORKFLOW, "reports/metrics.json", "a.py"], b"\0" * LONG
    ),
    "invalid UTF-8": dict.fromkeys(
        [CARD, "Dockerfile", "Makefile", WORKFLOW, "pyproject.toml", "a.py"], b"\xff\xfa" * LONG
    ),
    "malformed": {
        **dict.fromkeys(
            ["pyproject.toml", WORKFLOW, "compose.yaml", "reports/metrics.json", ".scaffolder.json"], "{[: 'x"
        ),
        **dict.fromkeys(["reports/predictions.csv", "reports/errors.csv", "data/a.csv"], 'a,"b\n"1,2\n3,4,5,"'),
        "reports/load.json": "null",
        "data/x.csv.gz": b"\x1f\x8bnot gzip",
        "a.py": "def (:",
        "docs/a.png": b"\x89PNG\r\n\x1a\n",
    },
    "values of other types": {
        "reports/metrics.json": '{"metrics": {"a": [1]}, "run": [], "baseline": 3, "slices": "x", "gates": [[]]}',
        "reports/load.json": "[[[]]]",
        WORKFLOW: "on: 3\njobs:\n  a: [x]\n  b: {steps: {run: 3}}\npermissions: [1]\n",
        "compose.yaml": "services: [1, {a: b}]\n",
        CARD: "---\nmodel-index: 3\ntags: {a: b}\nlicense: [x]\n---\n# Card\n",
        "pyproject.toml": "project = 3\ntool = [1]\n[[dependency-groups]]\na = 1\n",
    },
    "YAML that laughs": dict.fromkeys([WORKFLOW, "compose.yaml", "alerts.yml", "monitoring/alerts.yaml"], MANY_LAUGHS)
    | {CARD: f"---\n{MANY_LAUGHS}---\n# Card\n"},
    "YAML that merges": dict.fromkeys([WORKFLOW, "compose.yaml"], MERGES) | {CARD: f"---\n{MERGES}---\n"},
    "a contract and reviews that grow": {
        "scaffolder.toml": "contract = 1\nunit = '" + "x" * LONG + "'\n[capabilities]\n" + "a = true\n" * 20_000,
        "docs/reviews.toml": "[[review]]\n" * 40_000,
    },
    "a contract and reviews of other types": {
        "scaffolder.toml": "contract = 1\ntemplate = []\ncapabilities = 3\ndata = 1979-05-27\nblocks = [[1]]\n",
        "docs/reviews.toml": "[[review]]\nitem = 3\nscore = 'x'\n",
    },
    "deep YAML": {
        WORKFLOW: "[" * LONG,
        "compose.yaml": "{a: " * LONG,
        "alerts.yml": "".join(" " * i + "a:\n" for i in range(1_000)),
    },
    "deep JSON": dict.fromkeys(["reports/metrics.json", "reports/load.json", ".scaffolder.json"], "[" * LONG),
    "deep TOML": {"pyproject.toml": "a = " + "[" * LONG, "settings.toml": ".".join(["a"] * 20_000) + " = 1"},
    "deep Python": {
        "src/a.py": "(" * LONG,
        "src/b.py": "x = " + "-" * LONG + "1",
        "src/c.py": "x" + "[0]" * LONG,
        "tests/test_d.py": "x = " + "+".join(["1"] * 20_000),
        "tests/test_e.py": "x = " + "not " * 20_000 + "1",
        "src/f.py": "if 1:\n" + "".join(" " * i + "if 1:\n" for i in range(1, 95)),
    },
    "numbers without end": {
        "reports/metrics.json": '{"metrics": [{"name": "auc", "value": '
        + "9" * LONG
        + '}, {"name": "f1", "value": 1e999999999}]}',
        CARD: "---\na: " + "9" * LONG + "\nb: " + ":".join(["59"] * 20_000) + "\n---\n",
        "docs/a.md": "auc is " + "9" * LONG + " and f1 is 0." + "9" * LONG,
        "reports/predictions.csv": "y_true,score\n" + "9" * LONG + "," + "0" * LONG + "\nnan,inf\n1e999999,-1e999999\n",
    },
    "expressions that backtrack": {
        "Dockerfile": "FROM "
        + "a" * LONG
        + "\nCOPY "
        + "*" * LONG
        + " .\nRUN "
        + "\\\n" * (LONG // 2)
        + "\nUSER "
        + "${" * LONG,
        "Makefile": "a:" + " \\\n" * LONG + "\n\t" + "$(" * LONG + "\nb: " + "x" * LONG + ":" * LONG,
        WORKFLOW: "on: push\njobs:\n  a:\n    steps:\n      - run: '"
        + '"' * LONG
        + "'\n      - run: "
        + "a\\ " * (LONG // 3)
        + "\n",
        "src/a.py": 'x = "'
        + "AKIA" * (LONG // 4)
        + '"\ny = "'
        + "a" * LONG
        + '"\nz = """'
        + "-----BEGIN " * (LONG // 11)
        + '"""\n',
        ".env.example": "A" * LONG + "\n" + "=" * LONG + "\n" + "A= " * (LONG // 3),
        "docs/a.md": "0.5 " * (LONG // 4) + "auc " * (LONG // 4) + "auc of 0. " * (LONG // 10),
    },
    "Markdown in depth": {
        "docs/a.md": "> " * LONG,
        "docs/b.md": "- " * LONG,
        CARD: "[" * LONG,
        "docs/c.md": "<a " * LONG + "![a](" * LONG,
    },
    "Mermaid in depth": {
        "docs/a.md": "```mermaid\nflowchart LR\n" + "subgraph a\n" * 20_000 + "```\n",
        "docs/b.md": "```mermaid\nflowchart LR\n a" + " --> a" * 30_000 + "\n```\n",
        "docs/c.md": "```mermaid\nflowchart LR\n a" + "[(" * 50_000 + "\n```\n",
        "docs/d.md": "```mermaid\nflowchart LR\n"
        + " & ".join("abcdefghij" * 30)
        + " --> "
        + " & ".join("abcdefghij" * 30)
        + "\n```\n",
        "docs/e.md": "```mermaid\nsequenceDiagram\n" + "a->>b: x\n" * 20_000 + "```\n",
    },
    "images that grow": {
        "docs/a.png": _png_of_a_square(60_000),
        "docs/b.svg": '<!DOCTYPE a [<!ENTITY x "y">]><svg>&x;</svg>',
    }
    | {"docs/a.md": "# Demo\n\n![a](a.png) ![b](b.svg)\n"},
    "files that grow": {
        "data/a.csv.gz": gzip.compress(b"1,2\n" * 20_000_000, 1, mtime=0),
        "docs/DATASET.md": "# Data\n\n20000000 rows in data/a.csv.gz\n",
    },
    "tables without end": {
        "reports/predictions.csv": "y_true,score\n" + "1,0.5\n" * 400_000,
        "reports/errors.csv": "a" + ",a" * 100_000 + "\n" + "1," * 100_000,
        "docs/a.md": "| auc | 0.5 |\n|---|---|\n" + "| auc | 0.5 |\n" * 15_000,
    },
    "a thousand documents": {f"docs/{i}.md": f"# {i}\n\n[a]({i + 1}.md) auc 0.5\n" * 20 for i in range(1_000)},
    "a thousand modules": {
        f"src/a/m{i}.py": "import os\n\n\ndef f():\n    return os.environ['A']\n" * 10 for i in range(1_000)
    },
}


def _examined(hostile: dict[str, str | bytes]) -> Report:
    content = {path: data.encode() if isinstance(data, str) else data for path, data in hostile.items()}
    files = {"README.md": README.encode(), "scaffolder.toml": CONTRACT.encode(), **content}
    return examine(Repository(Snapshot.of_files(files)), "hostile")


def _the_rest_was_checked(report: Report) -> bool:
    """Whether the README's own findings are there: its placeholder at line 5, its dead link at line 7."""
    found = {finding.item: finding for finding in report.findings}
    lines = {(evidence.path, evidence.line) for item in ("problem", "links") for evidence in found[item].evidence}
    return found["problem"].state is State.PLACEHOLDER and {("README.md", 5), ("README.md", 7)} <= lines


@pytest.mark.slow
@pytest.mark.parametrize("files", HOSTILE.values(), ids=HOSTILE)
def test_a_hostile_file_hides_nothing_and_takes_no_time(files: dict[str, str | bytes]) -> None:
    with at_most(UNITS):
        report = _examined(files)
    assert len(report.findings) == len(ITEMS)
    assert _the_rest_was_checked(report)
    assert [f"{finding.item}: {finding.reason}" for finding in report.errors] == []


TEXTS = {
    f"{name}: {path}": text
    for name, files in HOSTILE.items()
    if len(files) < 20
    for path, text in files.items()
    if Path(path).suffix not in {".gz", ".json", ".png", ".py", ".toml", ".yaml", ".yml"}  # of no depth in Markdown
}


@pytest.mark.slow
@pytest.mark.parametrize("text", TEXTS.values(), ids=TEXTS)
def test_a_hostile_readme_ends_in_findings(text: str | bytes) -> None:
    with at_most(UNITS):
        report = _examined({"README.md": text})
    assert [f"{finding.item}: {finding.reason}" for finding in report.errors] == []


def test_no_repository_leads_out_of_itself(tmp_path: Path) -> None:
    secret = tmp_path / "secret.md"
    secret.write_text("# Problem\n\n" + "Nobody may read these words. " * 5)
    root = tmp_path / "root"
    (root / "docs").mkdir(parents=True)
    for name, target in {
        "README.md": secret,
        "loop": "loop",
        "docs/up": "..",
        "etc": "/etc",
        "MODEL_CARD.md": "docs/up",
    }.items():
        (root / name).symlink_to(target)
    os.mkfifo(root / "Makefile")
    (root / "docs/a.md").write_text("[out](../../secret.md) ![x](/etc/hostname) [y](file:///etc/passwd)\n")
    report = check(root)
    assert "Nobody" not in repr(report)
    assert {finding.item for finding in report.findings if finding.state is State.DONE} <= {"secrets"}


LIMITED = """
import resource, sys, time
resource.setrlimit(resource.RLIMIT_AS, (int(sys.argv[2]), int(sys.argv[2])))
from scaffolder.check.examine import check
start = time.process_time()
report = check(sys.argv[1])
print(len(report.findings), time.process_time() - start, *report.notes, sep="\\n")
"""


def _limited(folder: Path, most: int) -> list[str]:
    """The lines of a check in a process of its own, which may not have more than `most` bytes of memory."""
    command = [sys.executable, "-c", LIMITED, str(folder), str(most)]
    environment = {**os.environ, "PYTHONPATH": str(Path(scaffolder.__file__).parents[1])}
    ended = subprocess.run(command, env=environment, capture_output=True, text=True, check=True)
    return ended.stdout.splitlines()


@MEMORY_LIMITS
def test_huge_files(tmp_path: Path) -> None:
    (tmp_path / "reports").mkdir()
    for name in ("README.md", "reports/metrics.json", "pyproject.toml", "data.csv", "a.png"):
        (tmp_path / name).touch()
        os.truncate(tmp_path / name, 2_000_000_000)
    count, seconds, *notes = _limited(tmp_path, 1_000_000_000)
    assert (int(count), float(seconds) < UNITS * unit()) == (len(ITEMS), True)
    assert "README.md is larger than 1,000,000 bytes and was not read." in notes


@pytest.mark.slow
def test_two_hundred_thousand_files(tmp_path: Path) -> None:
    (tmp_path / "README.md").write_text(README)
    for number in range(200_000):
        folder = tmp_path if number % 2 else tmp_path / f"d{number % 500}"
        folder.mkdir(exist_ok=True)
        os.close(os.open(folder / f"{number}.md", os.O_CREAT))
    count, seconds, *notes = _limited(tmp_path, 1_000_000_000)
    assert (int(count), float(seconds) < 2 * UNITS * unit()) == (len(ITEMS), True)
    assert "The top folder holds 100,001 files: only 4,000 were looked at." in notes
    report = check(tmp_path)
    assert next(each for each in report.findings if each.item == "problem").evidence[0].line == 5
    assert report.errors == ()  # and no link is called dead, since its file may be one that was not looked at


def _of(files: dict[str, str]) -> Repository:
    return Repository(Snapshot.of_files({path: text.encode() for path, text in files.items()}))


@pytest.mark.slow
def test_of_documents_without_end_only_so_many_blocks_and_cells_are_read() -> None:
    rows = "| a | b |\n|---|---|\n" + "| c | d |\n" * 9_000
    repo = _of({f"docs/{i}.md": rows + "\n" + "# e\n\n" * 1_000 for i in range(20)})
    assert [len(page.blocks) + 2 * len(page.tables[0].rows) for page in documents(repo)] == [19_001] * 4
    assert repo.snapshot.notes == ("20 documents: the first 4 were read.",)


def test_of_code_without_end_only_so_many_characters_are_parsed() -> None:
    repo = _of({f"src/a{i:02}.py": "x = 1\n" * 30_000 for i in range(20)})
    assert [len(module.text) for module in modules(repo)] == [180_000] * 5
    assert repo.snapshot.notes == ("20 Python files: the first 5 were read.",)


TREES = {
    "many statements in one file": {"tests/test_a.py": "a;" * 140_000},
    "many statements": {f"tests/test_a{i}.py": "a;" * 37_000 for i in range(9)},
    "many tests": {f"tests/test_a{i}.py": "def test_a(): assert f(x)\n" * 9_000 for i in range(9)},
    "many routes": {f"src/a{i}.py": "@a.get('/a')\ndef f(): x\n" * 5_000 for i in range(9)},
    "many variables": {f"src/a{i}.py": "os.environ['a']\n" * 12_000 for i in range(9)},
    "a table of many cells": {"docs/a.md": "|a" * 2_000 + "|\n" + "|-" * 2_000 + "|\n" + ("|a" * 2_000 + "|\n") * 90},
    "many lines": {f"docs/{i}.md": "a\n\n" * 130_000 for i in range(9)},
    "many workflows": {f".github/workflows/{i}.yml": "- a\n" * 120_000 for i in range(9)},
    "many settings": {f"config/{i}.toml": "[[a]]\n" * 80_000 for i in range(9)},
}


@pytest.mark.slow
@MEMORY_LIMITS
@pytest.mark.parametrize(
    "files",
    [
        pytest.param(files, id=name, marks=[] if len(files) == 1 else pytest.mark.slow)  # these take seconds
        for name, files in TREES.items()
    ],
)
def test_no_repository_takes_much_memory(tmp_path: Path, files: dict[str, str]) -> None:
    for path, text in {"README.md": README, "scaffolder.toml": CONTRACT, **files}.items():
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / path).write_text(text)
    count, seconds, *_ = _limited(tmp_path, 200_000_000)
    assert (int(count), float(seconds) < UNITS * unit()) == (len(ITEMS), True)


MEASURED = {
    "reports/metrics.json": (
        '{"metrics": [{"name": "roc_auc", "value": 0.8, "higher_is_better": true}], "run": {"command": "make demo", "seed": 1, "commit": "abcdef0", '
        f'"data_sha256": "{64 * "a"}"}}}}'
    ),
    "README.md": f"<!-- measured:a -->\nroc_auc 0.8, made from {64 * 'a'}; the spread was 2.5.\n<!-- /measured:a -->\n",
}
CUT: dict[str, tuple[str, dict[str, str]]] = {
    "many documents": ("limitations", {f"a{i}.md": "# A\n" for i in range(120)}),
    "a long document": ("limitations", {"docs/a.md": "a\n\n" * 20_000}),
    "a large document": ("limitations", {"docs/a.md": "a" * 1_100_000}),
    "a large notebook": ("limitations", {"docs/a.ipynb": " " * 5_100_000}),
    "many Python files": ("drift-check", {f"a{i}.py": "a\n" for i in range(501)}),
    "a long Python file": ("tests", {"a.py": "a\n" * 80_000}),
    "a long file of settings": ("configuration", {"a.py": "a\n" * 80_000}),
    "many tests": ("integration-test", {**{f"test_a{i}.py": "a\n" for i in range(501)}, "a.py": "@a.get('/a')\ndef a(): 1\n"}),
    "many workflows": ("ci", {f".github/workflows/{i}.yml": "on: release\njobs: {a: {steps: [{run: a}]}}\n" for i in range(41)}),
    "many rules": ("alerts", {f"monitoring/{i}.yml": "a: 1\n" for i in range(21)}),
    "a workflow with many values": ("ci", {WORKFLOW: f"on: push\njobs: {{a: {{steps: [{{run: a}}]}}}}\nb: [{'1,' * 50_001}]\n"}),
    "rules with many values": ("alerts", {"monitoring/a.yml": f"a: [{'1,' * 50_001}]\n"}),
    "many files of data": ("data-schema", {f"data/{i}.csv": "1\n" for i in range(13)}),
    "a long first line": ("data-schema", {"data/a.csv": "1," * 20_000}),
    "data of a run among many": ("provenance", {**MEASURED, **{f"data/{i}.csv": f"{i}\n" for i in range(41)}}),
    "large data of a run": ("provenance", {**MEASURED, "data/a.csv": "a" * 64_000_001}),
}  # fmt: skip


@pytest.mark.parametrize(("item", "files"), CUT.values(), ids=CUT)
def test_what_was_not_read_is_not_missing(item: str, files: dict[str, str]) -> None:
    found = {each.item: each for each in _examined(files).findings}
    assert found[item].state is State.UNVERIFIED
    assert "it may be in what was not read" in found[item].reason


def test_a_card_with_too_many_values_is_not_judged() -> None:
    files = {**MEASURED, CARD: f"---\na: [{'1,' * 50_001}]\n---\n# Radar\n"}
    found = next(each for each in _examined(files).findings if each.item == "model-index")
    reason = "the front matter of MODEL_CARD.md was not read: it has more than 50,000 values"
    assert (found.state, found.reason) == (State.UNVERIFIED, reason)


def test_memory_stays_bounded() -> None:
    before = peak_memory()
    _examined(HOSTILE["files that grow"])
    _examined(HOSTILE["images that grow"])
    assert peak_memory() - before < 300_000  # kB
