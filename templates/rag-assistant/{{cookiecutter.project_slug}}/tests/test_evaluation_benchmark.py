"""The benchmark is read as it is meant, and everything that would make its numbers false is named."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import Any

import pytest

from assistant.evaluation.benchmark import BenchmarkError, load
from assistant.passages import Document
from assistant.settings import Settings
from toy_benchmark import LINES, write_benchmark


def test_quotations_are_found_where_they_stand(settings: Settings, documents: list[Document], tmp_path: Path) -> None:
    benchmark = load(write_benchmark(tmp_path, settings), documents)
    texts = {one.id: one.text for one in documents}
    for question in benchmark.questions:
        for evidence, passage in zip(question.evidence, benchmark.passages[question.id], strict=True):
            assert texts[passage.document][passage.span.start : passage.span.end] == evidence.quote
    assert {one.split for one in benchmark.questions} == {"dev", "test"}
    assert benchmark.kinds["t1"] == "guide"
    assert benchmark.data_sha256 == hashlib.sha256((tmp_path / "SHA256SUMS").read_bytes()).hexdigest()


def change(index: int, **fields: Any) -> list[dict[str, Any]]:
    lines = [dict(line) for line in LINES]
    lines[index] |= fields
    return lines


FEES = {"document": "reference/fees", "section": "Late books"}


@pytest.mark.parametrize(
    ("lines", "message"),
    [
        (change(0, evidence=[{**FEES, "quote": "Late books cost nothing."}]), "does not contain the quotation"),
        (change(0, evidence=[{**FEES, "quote": "cost"}]), "more than once"),
        (change(0, evidence=[{**FEES, "document": "guides/cats", "quote": "x"}]), "guides/cats is not among"),
        (change(0, evidence=[]), "evidence and answers"),
        (change(0, answers=[]), "evidence and answers"),
        (change(0, question=""), r"benchmark\.jsonl:1: question: "),
        (change(0, split="train"), r"benchmark\.jsonl:1: split: "),
        (change(0, colour="red"), r"benchmark\.jsonl:1: colour: "),
        (change(1, id=LINES[0]["id"]), "two questions are called"),
        ([line for line in LINES if line["evidence"]], "the dev split needs answerable and unanswerable questions"),
    ],
)
def test_a_question_that_cannot_be_judged_is_named(
    settings: Settings, documents: list[Document], tmp_path: Path, lines: list[dict[str, Any]], message: str
) -> None:
    changed = write_benchmark(tmp_path, settings, lines)
    with pytest.raises(BenchmarkError, match=message) as caught:
        load(changed, documents)
    assert "\n" not in str(caught.value)


def test_changed_questions_are_refused(settings: Settings, documents: list[Document], tmp_path: Path) -> None:
    frozen = write_benchmark(tmp_path, settings)
    path = tmp_path / "benchmark.jsonl"
    path.write_text(path.read_text().replace("late day", "late week"))
    with pytest.raises(BenchmarkError, match="the questions have changed"):
        load(frozen, documents)


def test_a_line_that_is_not_json_is_named(settings: Settings, documents: list[Document], tmp_path: Path) -> None:
    path = tmp_path / "benchmark.jsonl"
    changed = write_benchmark(tmp_path, settings)
    path.write_text(json.dumps(LINES[0]) + "\n{half")
    digest = hashlib.sha256(path.read_bytes()).hexdigest()
    other = changed.evaluation.model_copy(update={"sha256": digest})
    with pytest.raises(BenchmarkError, match=r"benchmark\.jsonl:2: "):
        load(changed.model_copy(update={"evaluation": other}), documents)


def test_data_that_changed_is_refused(settings: Settings, documents: list[Document], tmp_path: Path) -> None:
    changed = write_benchmark(tmp_path, settings)
    (tmp_path / "corpus/guides/rooms.md").write_text("No rooms.")
    with pytest.raises(BenchmarkError, match=r"rooms\.md is not the file that"):
        load(changed, documents)
    (tmp_path / "corpus/guides/rooms.md").unlink()
    with pytest.raises(BenchmarkError, match=r"rooms\.md cannot be read"):
        load(changed, documents)


def test_an_index_of_other_documents_is_refused(settings: Settings, documents: list[Document], tmp_path: Path) -> None:
    changed = write_benchmark(tmp_path, settings)
    extra = Document("uploads/cats", "Cats", "Cats.", "f" * 64)
    with pytest.raises(BenchmarkError, match="the index holds 'uploads/cats'"):
        load(changed, [*documents, extra])
    with pytest.raises(BenchmarkError, match=r"the index lacks corpus/guides/rooms\.md"):
        load(changed, [one for one in documents if one.id != "guides/rooms"])


@pytest.mark.parametrize("content", [b"", b"no list", b"\xff\xfe"])
def test_a_list_of_sums_that_is_none_is_refused(
    settings: Settings, documents: list[Document], tmp_path: Path, content: bytes
) -> None:
    changed = write_benchmark(tmp_path, settings)
    (tmp_path / "SHA256SUMS").write_bytes(content)
    with pytest.raises(BenchmarkError, match="SHA256SUMS"):
        load(changed, documents)


def test_a_missing_file_is_named(settings: Settings, documents: list[Document], tmp_path: Path) -> None:
    changed = write_benchmark(tmp_path, settings)
    (tmp_path / "benchmark.jsonl").unlink()
    with pytest.raises(BenchmarkError, match=r"benchmark\.jsonl cannot be read"):
        load(changed, documents)
