"""A benchmark over the toy corpus, an index of it, and a repository around both, for tests of the evaluation."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from assistant.evaluation import benchmark
from assistant.ingestion.ingest import fingerprint
from assistant.settings import Settings
from toy import index_toy, open_toy, toy_settings, write_corpus

LOANS, ROOMS, FEES = "guides/loans", "guides/rooms", "reference/fees"
FACTS = [  # document, sentence, words of a right answer, how the dev and the test questions ask for it
    (LOANS, "Everybody with a card may borrow books.", "card", "Who can borrow?", "What do borrowers need?"),
    (LOANS, "A book is lent for four weeks.", "four weeks", "How long is a book lent?", "For how long are books lent?"),
    (LOANS, "A film is lent for one week.", "one week", "How long is a film lent?", "When must a film be back?"),
    (LOANS, "A loan can be renewed twice.", "twice", "Can I renew a loan?", "How often can a loan be renewed?"),
    (ROOMS, "The quiet room is on the second floor.", "second floor", "Where is it quiet?", "Which floor is quiet?"),
    (ROOMS, "Group rooms hold eight people.", "eight", "How large are group rooms?", "How many people do rooms hold?"),
    (ROOMS, "Reserve them at the desk or on the website.", "website", "Where do I reserve?", "How to reserve rooms?"),
    (FEES, "A card costs ten euros a year.", "ten euros", "What does a card cost?", "What is the price of a card?"),
    (FEES, "Each late day costs twenty cents.", "twenty", "What do late days cost?", "How much is each late day?"),
    (
        FEES,
        "A lost book costs its price and five euros.",
        "five euros",
        "I lost a book?",
        "What does a lost book cost?",
    ),
]
STRANGE = {"dev": ["Which dinosaurs swam?", "Who painted Guernica?"], "test": ["Why is Mars red?", "Who won in 1998?"]}


def line(name: str, split: str, question: str, document: str = "", quote: str = "", answer: str = "") -> dict[str, Any]:
    """A line of the benchmark; without a document it is unanswerable."""
    return {
        "id": name,
        "split": split,
        "type": "fact" if document else "unanswerable",
        "question": question,
        "evidence": [{"document": document, "section": "", "quote": quote}] if document else [],
        "answers": [answer] if answer else [],
    }


LINES = [
    line(f"{split}{number}", split, fact[3 + place], *fact[:3])
    for place, split in enumerate(("dev", "test"))
    for number, fact in enumerate(FACTS)
] + [line(f"{split}x{number}", split, one) for split, asked in STRANGE.items() for number, one in enumerate(asked)]


def write_benchmark(folder: Path, settings: Settings, lines: Iterable[Mapping[str, Any]] = LINES) -> Settings:
    """Write the questions and `SHA256SUMS` beside the toy corpus in `folder`; the settings that go with them."""
    evaluation = settings.evaluation.model_copy(
        update={"benchmark": str(folder / "benchmark.jsonl"), "permutations": 200}
    )
    changed = settings.model_copy(update={"evaluation": evaluation})
    content = "".join(json.dumps(one) + "\n" for one in lines).encode()
    (folder / "benchmark.jsonl").write_bytes(content)
    (folder / "SHA256SUMS").write_text(benchmark.sums_of(changed, content), encoding="utf-8")
    return changed


def repository(folder: Path, lines: Iterable[Mapping[str, Any]] = LINES) -> Settings:
    """The toy corpus with its benchmark in `folder`, indexed as the settings say that are returned."""
    write_corpus(folder / "corpus")
    settings = write_benchmark(folder, toy_settings(folder), lines)
    index = open_toy(settings)
    index.store.clear()
    index_toy(index.store, index.embedder)
    index.store.set_fingerprint(fingerprint(settings, index.embedder))
    index.store.close()
    return settings
