"""Small benchmarks as an owner may have them, for the tests of `scaffolder.adopt.texts`."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest

from scaffolder.adopt.kind import Adoption, AdoptionError, Options
from scaffolder.adopt.texts import cases_kind as cases

FRUIT = ["apple", "pear", "cherry", "plum", "quince", "fig", "grape", "lemon", "melon", "olive"]

BROKEN = [  # files that hold no benchmark, and what is said about each
    (
        '{"text": "a", "label": "b"}\n{"text": \n[]\n{"text": ["a"]}\n{"text": "c", "label": ""}',
        "row 2: it is not one JSON object of texts and numbers",
    ),
    ("{" + "[" * 9999, "row 1: it is not one JSON object of texts and numbers"),
    ('[{"text": "a", "label": "b"}]', r"row 1: it is not one JSON object of texts and numbers \(it is no object\)\.$"),
    ('{"text": "a", "label": "b"}\n{"text": "a", "Text": "b"}', "two columns are called 'text'"),
    ('text,label\na,"b\nc', "row 2: a quotation mark has no partner"),
    ("text,label\na,b,c\n", "row 2: it has 3 cells, but only 2 columns have names"),
    ("text,label,Label\na,b,c\n", "two columns are called 'label'"),
    ("words,kind\na,b\n", r"columns called text and label, or question, .*; it has words, kind\.$"),
    ("text,label\n", r"it has no rows with cells\.$"),
    ("text,label\n" + "a,b\n" * 50_001, "more than 50,000 rows"),
]


def texts(count: int = 90, **columns: Callable[[int], object]) -> list[dict[str, str]]:
    """Rows with a text and a label; a column is a function of the row's number."""
    usual: dict[str, Callable[[int], object]] = {
        "text": lambda n: f"the {FRUIT[n % 10]} number {n} of the {FRUIT[n // 10 % 10]} costs {n * 7 % 97} more",
        "label": lambda n: ["sweet", "sour"][n * n % 3 % 2],
    }
    return [{name: str(value(n)) for name, value in {**usual, **columns}.items()} for n in range(count)]


def questions(folder: Path, count: int = 60) -> list[dict[str, str]]:
    """Rows with questions; every sixth is not answered. Writes the documents that they quote."""
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


def written(path: Path, rows: list[dict[str, str]], delimiter: str = ",", encoding: str = "utf-8") -> Path:
    """The rows as a file of CSV."""
    text = io.StringIO(newline="")
    csv.writer(text, delimiter=delimiter).writerows([rows[0], *(row.values() for row in rows)])
    path.write_bytes(text.getvalue().encode(encoding, errors="replace"))
    return path


def adopted(source: Path, documents: Path | None = None, about: Mapping[str, str] | None = None) -> Adoption:
    return cases.adopt(source, Options(documents=documents, about=about or {}), {})


def lines(found: Adoption) -> list[dict[str, Any]]:
    """The cases as they are written."""
    return [json.loads(line) for line in found.data.files["data/benchmark.jsonl"].data.splitlines()]


def refused(source: Path, documents: Path | None = None) -> str:
    with pytest.raises(AdoptionError) as error:
        adopted(source, documents)
    assert str(error.value).endswith(":" if error.value.details else ".")
    return "\n".join([str(error.value), *error.value.details])
