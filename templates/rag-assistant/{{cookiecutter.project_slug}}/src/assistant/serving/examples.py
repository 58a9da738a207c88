"""Questions to begin with: some of the benchmark's development questions, if their documents are indexed."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterator
from pathlib import Path
from typing import Any

MOST = 4
LONGEST = 60  # characters that fit beside others on a line


def examples(benchmark: Path, indexed: Collection[str]) -> list[str]:
    """At most `MOST` short questions, each of another type; none where the benchmark is about other documents."""
    chosen: dict[str, str] = {}
    for item in _development(benchmark):
        documents = {evidence["document"] for evidence in item["evidence"]}
        if documents and documents <= set(indexed) and len(item["question"]) <= LONGEST:
            chosen.setdefault(item["type"], item["question"])
    return list(chosen.values())[:MOST]


def _development(benchmark: Path) -> Iterator[dict[str, Any]]:
    try:
        items = [json.loads(line) for line in benchmark.read_text(encoding="utf-8").splitlines()]
        yield from [item for item in items if item["split"] == "dev"]
    except (OSError, ValueError, KeyError, TypeError):
        return  # examples are a courtesy; `make evaluate` says what is wrong with the file
