"""Small benchmarks as an owner may have them, and a project that adopts them, for the tests of that."""

import csv
import io
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from bench.adoption import adopt
from bench.adoption.replacing import AdoptionError
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
README = "<!-- measured:lead -->\n0.9\n<!-- /measured:lead -->\n"
FRUIT = ["apple", "pear", "cherry", "plum", "quince", "fig", "grape", "lemon", "melon", "olive"]

BROKEN = [  # what is no benchmark, and what is said about it
    (
        '{"text": "a", "label": "b"}\n{"text": \n[]\n{"text": ["a"]}\n{"text": "c", "label": ""}',
        "2.*3.*4.*5: label",
    ),
    ("{" + "[" * 9999, "1: is not one object of texts and numbers .Invalid JSON: key must be a string, column 2"),
    ('[{"text": "a", "label": "b"}]', "own:1: is not one object of texts and numbers .Input should be an object.$"),
    ('text,label\na,"b\nc', "3: is no CSV: unexpected end of data"),
    ("text,label\na,b,c\n", "2: has 3 cells for 2 columns"),
    ("text,label,Label\na,b,c\n", "1: two columns are called 'label'"),
    ("words,kind\na,b\n", "columns called text and label, or question, .*; it has words, kind$"),
    ("", "it has no rows$"),
    ("text,label\n", "it has no rows$"),
    ("\0PK", "must be text"),
    ("text,label\n" + "a,b\n" * 50_001, "50,000 rows"),
    ("text,label\n" + "a" * 140_000 + ",b\n", "2: is no CSV: field larger"),
]


def project(root: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A project with a former benchmark of both tasks; work in it."""
    names = [
        *("systems.toml", "data/SHA256SUMS", "data/benchmark.jsonl", "data/notes.jsonl", "data/LICENSE-PSF.txt"),
        *("data/corpus/old/page.md", "prompts/plain.md", "prompts/described.md", "reports/test-access.jsonl"),
        *("reports/runs/test.jsonl", "reports/metrics.json"),
    ]
    for name, text in {**dict.fromkeys(names, "{}\n"), "settings.toml": FORMER, "README.md": README}.items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(text, encoding="utf-8")
    for name in ("GIT_DIR", "GIT_INDEX_FILE", "GIT_WORK_TREE"):  # set while Git itself runs the tests
        monkeypatch.delenv(name, raising=False)
    monkeypatch.chdir(root)
    return root


def texts(count: int = 90, **columns: Callable[[int], object]) -> list[dict[str, str]]:
    """Rows with a text and a label; a column is a function of the row's number."""
    usual: dict[str, Callable[[int], object]] = {
        "text": lambda n: f"the {FRUIT[n % 10]} number {n} of the {FRUIT[n // 10 % 10]} costs {n * 7 % 97} more",
        "label": lambda n: ["sweet", "sour"][n * n % 3 % 2],
    }
    return [{name: str(value(n)) for name, value in {**usual, **columns}.items()} for n in range(count)]


def questions(folder: Path, count: int = 60) -> list[dict[str, str]]:
    """Rows with questions; every sixth is not answered. Writes the documents they quote."""
    (folder / "sub").mkdir(parents=True)
    facts = [f"A {FRUIT[n % 10]} of kind {n} weighs {n * 13 + 5} grams." for n in range(count)]
    (folder / "sub/fruit.md").write_text("# Fruit\n\n" + "\n\n".join(facts[::2]), encoding="utf-8")
    (folder / "more.txt").write_text("\n\n".join(facts[1::2]), encoding="utf-8")
    return [
        {
            "question": f"How heavy is kind {n} of the {FRUIT[n % 10]} {n * 17}?",
            "document": ["sub\\fruit.md", "more"][n % 2] if n % 6 else "",
            "quote": fact if n % 6 else "",
        }
        for n, fact in enumerate(facts)
    ]


def written(rows: list[dict[str, str]], delimiter: str = ",", encoding: str = "utf-8") -> Path:
    """A CSV file beside the project."""
    text = io.StringIO(newline="")
    csv.writer(text, delimiter=delimiter).writerows([rows[0], *(row.values() for row in rows)])
    path = Path("../own.csv")
    path.write_bytes(text.getvalue().encode(encoding, errors="replace"))
    return path


def use(source: Path, documents: Path | None = None) -> list[AnyCase]:
    """Adopt a file, check that all is as `make evaluate` wants it, and return the cases."""
    assert adopt(source, documents=documents, yes=True) == 0
    found = load_settings()
    assert set(found.lead) <= load_matrix().experiments.keys()
    check_frozen(found)
    return [case for kind, task in found.tasks.items() for case in load(kind, task)]


def refused(source: Path, documents: Path | None = None) -> str:
    before = files(Path.cwd())
    with pytest.raises(AdoptionError) as error:
        adopt(source, documents=documents, yes=True)
    assert files(Path.cwd()) == before
    return str(error.value)


def described() -> str:
    return Path("data/DATASET.md").read_text(encoding="utf-8")


def files(root: Path) -> dict[str, bytes]:
    found = (path for path in root.rglob("*") if path.is_file() and ".git" not in path.parts)
    return {path.relative_to(root).as_posix(): path.read_bytes() for path in found}


def commit() -> None:
    for words in (
        "init",
        "add -A",
        "-c user.name=A -c user.email=a@b.c -c commit.gpgsign=false commit --allow-empty -m x",
    ):
        subprocess.run(["git", *words.split()], check=True, capture_output=True)
