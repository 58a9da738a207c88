"""Example questions for the page: some of the benchmark's dev questions, if their documents are indexed."""

from __future__ import annotations

from collections.abc import Collection
from pathlib import Path

from ..evaluation.benchmark import BenchmarkError, read
from ..settings import Evaluation

MOST = 4
LONGEST = 60  # characters that fit beside others on a line


def examples(settings: Evaluation, indexed: Collection[str]) -> list[str]:
    """At most `MOST` short questions, each of another type; none where the benchmark is about other documents."""
    try:
        questions = read(Path(settings.benchmark), settings.sha256)
    except BenchmarkError:
        return []  # examples are a courtesy; `make evaluate` says what is wrong with the file
    chosen: dict[str, str] = {}
    for one in questions:
        documents = {evidence.document for evidence in one.evidence}
        if one.split == "dev" and documents and documents <= set(indexed) and len(one.question) <= LONGEST:
            chosen.setdefault(one.type, one.question)
    return list(chosen.values())[:MOST]
