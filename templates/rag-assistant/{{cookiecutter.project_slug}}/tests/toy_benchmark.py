"""A benchmark over the toy corpus, for tests of the evaluation."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from assistant.settings import Settings


def _line(
    name: str, split: str, question: str, document: str = "", section: str = "", quote: str = "", answer: str = ""
) -> dict[str, Any]:
    return {
        "id": name,
        "split": split,
        "type": "behaviour" if document else "unanswerable",
        "question": question,
        "evidence": [{"document": document, "section": section, "quote": quote}] if document else [],
        "answers": [answer] if answer else [],
    }


LINES = [
    _line("d1", "dev", "What does each late day cost?", "reference/fees", "Late books",
          "Each late day costs twenty cents.", "twenty cents"),
    _line("d2", "dev", "How long is a film lent?", "guides/loans", "Periods",
          "A film is lent for one week.", "one week"),
    _line("d3", "dev", "Which dinosaurs swam across oceans?"),
    _line("t1", "test", "How often can a loan be renewed?", "guides/loans", "Renewals",
          "A loan can be renewed twice.", "twice"),
    _line("t2", "test", "How many people do group rooms hold?", "guides/rooms", "Group rooms",
          "Group rooms hold eight people.", "eight people"),
    _line("t3", "test", "What does a card cost a year?", "reference/fees", "Fees",
          "A card costs ten euros a year.", "ten euros"),
    _line("t4", "test", "Where is the quiet room?", "guides/rooms", "Rooms",
          "The quiet room is on the second floor.", "second floor"),
    _line("t5", "test", "Why did volcanoes freeze medieval Iceland?"),
]  # fmt: skip


def write_benchmark(folder: Path, settings: Settings, lines: Iterable[Mapping[str, Any]] = LINES) -> Settings:
    """Write the questions and `SHA256SUMS` beside the toy corpus in `folder`; the settings that go with them."""
    path = folder / "benchmark.jsonl"
    path.write_text("".join(json.dumps(line) + "\n" for line in lines), encoding="utf-8")
    files = [*sorted((folder / "corpus").rglob("*.md")), path]
    sums = (f"{digest(file)}  {file.relative_to(folder).as_posix()}\n" for file in files)
    (folder / "SHA256SUMS").write_text("".join(sums), encoding="utf-8")
    evaluation = settings.evaluation.model_copy(
        update={"benchmark": str(path), "sha256": digest(path), "permutations": 200}
    )
    return settings.model_copy(update={"evaluation": evaluation})


def digest(file: Path) -> str:
    return hashlib.sha256(file.read_bytes()).hexdigest()
