"""A small benchmark, and an embedder that knows words instead of meanings, so that tests need no model."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

import numpy as np

from bench import benchmark, leaderboards, matrix, results, runner, runs, settings
from bench.embedding.base import Vectors

SETTINGS = """\
title = "Toy <benchmark>"
lead = ["prompts", "retrievers"]
statistics = { permutations = 500, min_slice = 4 }
data.sha256 = "0000000000000000000000000000000000000000000000000000000000000000"

[tasks.search]
file = "data/questions.jsonl"
documents = "data/corpus"
unit = "question"
headline = "ndcg_at_10"
slices = ["kind"]

[tasks.classify]
file = "data/texts.jsonl"
unit = "text"
headline = "accuracy"

[models]
url = "local:small"
answers = "artifacts/answers.db"
requests_per_minute = 100000
retries = 0
prices.small = { prompt = 1e6, completion = 1 }
caps.most_money = 1e9

[[gates]]
experiment = "retrievers"
metric = "ndcg_at_10"
min = 0.5
"""
SYSTEMS = """\
chunker.headings = { method = "headings", size = 120, overlap = 0 }
retriever.bm25 = { kind = "bm25" }
retriever.dense = { kind = "dense" }
retriever.hybrid = { kind = "hybrid" }
reranker.sentences = { kind = "sentences", top = 2 }
reranker.cross = { kind = "cross-encoder" }
classifier.majority = { kind = "majority" }
classifier.neighbours = { kind = "neighbours", k = 3 }
classifier.logistic = { kind = "logistic" }
prompt.plain = { file = "plain.md" }
prompt.long = { file = "long.md" }
model.small = { name = "small" }

[classifier.rules]
kind = "rules"
rules = [{ label = "Fruit", words = ["app*", "plum"] }, { label = "Tool", words = ["apple saw", "hammer"] }]

[experiments.prompts]
task = "classify"
question = "Do prompts matter?"
factor = "prompt"
baseline = "plain"
candidate = "long"
items = 5
repeats = 2
grid = { prompt = ["plain", "long"], model = ["small"] }

[experiments.retrievers]
task = "search"
question = "Words or meaning?"
factor = "retriever"
baseline = "bm25"
candidate = "hybrid"
grid = { chunker = ["headings"], retriever = ["bm25", "dense", "hybrid"] }

[experiments.rerankers]
task = "search"
question = "Is a second look worth it?"
factor = "reranker"
baseline = "none"
candidate = "sentences"
grid = { retriever = ["bm25", "hybrid"], chunker = ["headings"], reranker = ["none", "sentences", "cross"] }

[experiments.classifiers]
task = "classify"
question = "Which classifier?"
factor = "classifier"
baseline = "majority"
candidate = "logistic"
grid = { classifier = ["majority", "rules", "neighbours", "logistic"] }
"""
ANIMALS = ["otter", "badger", "heron", "lynx", "beaver", "raven", "toad", "marten", "stork", "vole", "pike", "hare"]
FOODS = [
    "crayfish",
    "worms",
    "frogs",
    "rabbits",
    "bark",
    "carrion",
    "beetles",
    "eggs",
    "snails",
    "roots",
    "perch",
    "hay",
]
WORDS = {"Fruit": ["apple", "plum"], "Fruit juice": ["squeezed", "bottled"], "Tool": ["hammer", "saw"]}


class Words:
    """Texts with the same words are near each other."""

    name, dimensions = "words", 64

    def embed(self, texts: list[str]) -> Vectors:
        found: Vectors = np.full((len(texts), self.dimensions), 0.01, dtype=np.float32)
        for row, text in zip(found, texts, strict=True):
            for word in text.lower().replace("?", "").split():
                row[hashlib.sha256(word.encode()).digest()[0] % self.dimensions] += 1
            row /= np.linalg.norm(row)
        return found


def build(root: Path) -> None:
    """Write 4 documents, 24 questions of which 4 have no answer, and 60 texts, and freeze them."""
    facts = [f"The {animal} likes {food} best." for animal, food in zip(ANIMALS, FOODS, strict=True)]
    for book in range(4):
        parts = [f"\n## The {ANIMALS[n]}\n\n{facts[n]} Some live here.\n" for n in range(3 * book, 3 * book + 3)]
        write(root / f"data/corpus/animals/book-{book}.md", f"# Book {book}\n" + "".join(parts))
    questions = [
        {
            "id": f"{split}{n}",
            "split": split,
            "question": f"Who eats {FOODS[n]} with {ANIMALS[n - 1]}?"
            if n % 4 == 0
            else f"What does the {animal} like?",
            "evidence": [{"document": f"animals/book-{n // 3}", "section": "", "quote": facts[n]}] if n < 10 else [],
            "kind": "plain" if n % 4 else "odd",
        }
        for n, animal in enumerate([*ANIMALS[:10], "unicorn", "griffin"])
        for split in ("dev", "test")
    ]
    texts = [
        {
            "id": f"t{n}",
            "split": ("train", "dev", "test")[n % 3],
            "text": f"{WORDS['Tool' if n % 7 == 0 else label][n % 2]} number {n}",  # some say what they are not
            "label": label,
        }
        for n, label in enumerate(label for _ in range(7) for label in WORDS for _ in range(3))
    ]
    write(root / "data/questions.jsonl", "".join(json.dumps(one) + "\n" for one in questions))
    write(root / "data/texts.jsonl", "".join(json.dumps(one) + "\n" for one in texts[:60]))
    write(root / "plain.md", "One of LABELS.\n\nTEXT\n")
    write(root / "long.md", "Please read this, and say which of LABELS it is.\n\nTEXT\n")
    write(root / "settings.toml", SETTINGS)
    write(root / "systems.toml", SYSTEMS)
    benchmark.freeze(root)


def write(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")


def edit(name: str, old: str, new: str) -> None:
    """Replace a text in a file of the benchmark that the test is in."""
    text = Path(name).read_text(encoding="utf-8")
    assert old in text
    write(Path(name), text.replace(old, new))


def run(split: benchmark.Split = "test", *, resume: bool = False) -> tuple[runs.Run, runner.Plan, int]:
    return runner.run_split(settings.load_settings(), matrix.load_matrix(), split, resume=resume)


def publish() -> leaderboards.EvaluationReport:
    return results.publish(*run(), settings.load_settings())
