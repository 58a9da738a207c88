"""Small benchmarks as an owner may have them, and a project that adopts them, for the tests of that."""

import csv
import io
import subprocess
from pathlib import Path
from typing import Any

import pytest

from bench.adoption import adopt
from bench.benchmark import AnyCase, check_frozen, load
from bench.matrix import load_matrix
from bench.settings import load_settings

FORMER = f"""title = "Fruit \\"and\\" more"
lead = ["prompts"]
[data]
sha256 = "{"0" * 64}"
[tasks.classify]
file = "data/notes.jsonl"
unit = "note"
headline = "accuracy"
[statistics]
alpha = 0.01
[models]
url = "local:smollm2"
[models.prices."some.model/x"]
prompt = 1.5
completion = 2
[[gates]]
experiment = "prompts"
metric = "accuracy"
min = 0.6
"""
README = "# Own\n\n<!-- measured:lead -->\n0.9\n<!-- /measured:lead -->\n"
FRUIT = ["apple", "pear", "cherry", "plum", "quince", "fig", "grape", "lemon", "melon", "olive"]


def project(root: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A project with a former benchmark of both tasks; work in it."""
    names = ["systems.toml", "data/SHA256SUMS", "data/benchmark.jsonl", "data/notes.jsonl", "data/LICENSE-PSF.txt"]
    names += ["data/corpus/old/page.md", "prompts/plain.md", "prompts/described.md", "reports/test-access.jsonl"]
    names += ["reports/runs/test.jsonl", "reports/metrics.json"]
    for name, text in {**dict.fromkeys(names, "{}\n"), "settings.toml": FORMER, "README.md": README}.items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(text, encoding="utf-8")
    for name in ("GIT_DIR", "GIT_INDEX_FILE", "GIT_WORK_TREE"):  # set while Git itself runs the tests
        monkeypatch.delenv(name, raising=False)
    monkeypatch.chdir(root)
    return root


def texts(count: int = 90, **columns: Any) -> list[dict[str, str]]:
    """Rows with a text and a label; a column is a value, or a function of the row's number."""
    rows = []
    for n in range(count):
        words = f"the {FRUIT[n % 10]} number {n} of the {FRUIT[n // 10 % 10]} costs {n * 7 % 97} more"
        row = {"text": words, "label": ["sweet", "sour"][n * n % 3 % 2]}
        rows.append(row | {name: str(one(n) if callable(one) else one) for name, one in columns.items()})
    return rows


def split(n: int) -> str:
    return ("train", "test", "dev", "test", "train")[n % 5]


def written(path: Path, rows: list[dict[str, str]], delimiter: str = ",", encoding: str = "utf-8") -> Path:
    """A CSV file."""
    text = io.StringIO(newline="")
    writer = csv.DictWriter(text, list(rows[0]), delimiter=delimiter)
    writer.writeheader()
    writer.writerows(rows)
    path.write_bytes(text.getvalue().encode(encoding))
    return path


def questions(folder: Path, count: int = 60) -> list[dict[str, str]]:
    """Rows with questions; every sixth is not answered. Writes the documents they quote."""
    (folder / "sub").mkdir(parents=True)
    facts = [f"A {FRUIT[n % 10]} of kind {n} weighs {n * 13 + 5} grams." for n in range(count)]
    (folder / "sub" / "fruit.md").write_text("# Fruit\n\n" + "\n\n".join(facts[::2]), encoding="utf-8")
    (folder / "more.txt").write_text("\n\n".join(facts[1::2]), encoding="utf-8")
    names = ["sub\\fruit.md", "more"]
    rows = []
    for n, fact in enumerate(facts):
        where = {"document": names[n % 2], "quote": fact} if n % 6 else {"document": "", "quote": ""}
        rows.append({"question": f"How heavy is kind {n} of the {FRUIT[n % 10]} {n * 17}?", **where})
    return rows


def use(source: Path, documents: Path | None = None) -> list[AnyCase]:
    """Adopt a file, check that all is as `make evaluate` wants it, and return the cases."""
    assert adopt(source, documents=documents, yes=True) == 0
    settings, matrix = load_settings(), load_matrix()
    check_frozen(settings)
    ((kind, task),) = settings.tasks.items()
    assert {one.task for one in matrix.experiments.values()} == {kind}
    assert set(settings.lead) <= matrix.experiments.keys()
    return load(kind, task)


def files(root: Path) -> dict[str, bytes]:
    found = (path for path in root.rglob("*") if path.is_file() and ".git" not in path.parts)
    return {path.relative_to(root).as_posix(): path.read_bytes() for path in found}


def commit() -> None:
    for words in (["init", "-q"], ["add", "-A"], ["commit", "-q", "--allow-empty", "-m", "now"]):
        identity = ["-c", "user.name=A", "-c", "user.email=a@b.c", "-c", "commit.gpgsign=false"]
        subprocess.run(["git", *identity, *words], check=True, capture_output=True)
