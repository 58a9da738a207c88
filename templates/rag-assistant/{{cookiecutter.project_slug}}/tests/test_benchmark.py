"""The questions and documents that are shipped: consistent with each other, and what the figures say they are."""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from pathlib import Path
from typing import Any

from assistant.documents.markdown import split_front_matter
from assistant.settings import load_settings

ROOT = Path(__file__).parents[1]
DATA = ROOT / "data"
TYPES = {"definition", "behaviour", "how-to", "reason", "comparison", "error", "unanswerable"}
MORE_TO_TUNE_ON = {"unanswerable": 17}  # of the dev split, for the threshold; see DATASET.md
FIELDS = {"title", "topic", "kind", "python", "source"}

QUESTIONS: list[dict[str, Any]] = [
    json.loads(line) for line in (DATA / "benchmark.jsonl").read_text(encoding="utf-8").splitlines()
]
ANSWERABLE = [one for one in QUESTIONS if one["type"] != "unanswerable"]
DOCUMENTS = {
    path.relative_to(DATA / "corpus").with_suffix("").as_posix(): split_front_matter(path.read_text(encoding="utf-8"))
    for path in sorted((DATA / "corpus").rglob("*.md"))
}


def test_evidence_stands_once_in_its_document() -> None:
    evidence = [(one["id"], part) for one in ANSWERABLE for part in one["evidence"]]
    assert not [name for name, part in evidence if DOCUMENTS[part["document"]][1].count(part["quote"]) != 1]
    assert not [name for name, part in evidence if not 40 <= len(part["quote"]) <= 400 or not part["section"]]


def test_answers_are_spans_of_the_evidence_and_not_of_the_question() -> None:
    for one in ANSWERABLE:
        quotes = [part["quote"].lower() for part in one["evidence"]]
        spans = [answer.lower() for answer in one["answers"]]
        assert 1 <= len(spans) <= 3, one["id"]
        assert all(any(span in quote for quote in quotes) for span in spans), one["id"]
        assert not [span for span in spans if span in one["question"].lower()], one["id"]


def test_only_the_unanswerable_have_no_evidence() -> None:
    assert {one["type"] for one in QUESTIONS if not one["evidence"]} == {"unanswerable"}
    assert not any(one["answers"] for one in QUESTIONS if not one["evidence"])


def test_questions_are_distinct() -> None:
    assert len({one["id"] for one in QUESTIONS}) == len(QUESTIONS)
    assert len({" ".join(one["question"].lower().split()) for one in QUESTIONS}) == len(QUESTIONS)


def test_both_splits_have_all_types_in_the_same_shares() -> None:
    splits = {name: Counter(one["type"] for one in QUESTIONS if one["split"] == name) for name in ("dev", "test")}
    assert splits["dev"].total() + splits["test"].total() == len(QUESTIONS)
    for kind in TYPES:
        dev, test = splits["dev"][kind] - MORE_TO_TUNE_ON.get(kind, 0), splits["test"][kind]
        assert abs(dev - 0.4 * (dev + test)) <= 0.5


def test_size_and_share_of_unanswerable_questions() -> None:
    assert len(QUESTIONS) >= 120
    assert {one["type"] for one in QUESTIONS} == TYPES
    assert 0.14 <= 1 - len(ANSWERABLE) / len(QUESTIONS) <= 0.21


def test_each_document_is_asked_about() -> None:
    assert {evidence["document"] for one in ANSWERABLE for evidence in one["evidence"]} == DOCUMENTS.keys()


def test_each_document_says_what_it_is() -> None:
    for name, (metadata, text) in DOCUMENTS.items():
        assert metadata.keys() == FIELDS
        assert metadata["kind"] == name.partition("/")[0]
        assert text.strip()


def test_sums_list_the_benchmark_and_each_document() -> None:
    lines = (DATA / "SHA256SUMS").read_text(encoding="utf-8").splitlines()
    files = [*sorted((DATA / "corpus").rglob("*.md")), DATA / "benchmark.jsonl"]
    actual = {path.relative_to(DATA).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest() for path in files}
    assert {name: digest for digest, name in (line.split("  ") for line in lines)} == actual


def test_settings_name_the_frozen_benchmark() -> None:
    digest = hashlib.sha256((DATA / "benchmark.jsonl").read_bytes()).hexdigest()
    assert load_settings(ROOT / "settings.toml").evaluation.sha256 == digest


def test_the_description_counts_right() -> None:
    text = (DATA / "DATASET.md").read_text(encoding="utf-8")
    kinds = Counter(one["type"] for one in QUESTIONS)
    splits = Counter(one["split"] for one in QUESTIONS)
    twofold = sum(len(one["evidence"]) > 1 for one in QUESTIONS)
    assert f"{len(DOCUMENTS)} Markdown documents" in text
    assert f"{len(QUESTIONS)} questions, {len(ANSWERABLE)} with" in text
    assert f"{twofold} questions have two" in text
    assert all(f"`{kind}` ({count})" in text for kind, count in (kinds + splits).items())
