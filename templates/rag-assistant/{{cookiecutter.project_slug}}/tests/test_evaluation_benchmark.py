"""The benchmark is read as it is meant, and everything that would make its numbers false is named at once."""

from __future__ import annotations

import hashlib
import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from assistant.evaluation.benchmark import BenchmarkError, load, read, seal
from assistant.passages import Document
from assistant.settings import Settings
from toy import toy_documents
from toy_benchmark import LINES, write_benchmark

Lines = list[dict[str, Any]]


@pytest.fixture
def documents(corpus_folder: Path) -> list[Document]:
    """The toy corpus as the index has it."""
    files = {one.id: corpus_folder / f"{one.id}.md" for one in toy_documents()}
    hashes = {name: hashlib.sha256(file.read_bytes()).hexdigest() for name, file in files.items()}
    return [replace(one, digest=hashes[one.id]) for one in toy_documents()]


def change(index: int, **fields: Any) -> Lines:
    return [one | fields if place == index else one for place, one in enumerate(LINES)]


def refused(settings: Settings, documents: list[Document]) -> str:
    with pytest.raises(BenchmarkError) as caught:
        load(settings, documents)
    return str(caught.value)


def test_quotations_are_found_where_they_stand(settings: Settings, documents: list[Document], tmp_path: Path) -> None:
    benchmark = load(write_benchmark(tmp_path, settings), documents)
    texts = {one.id: one.text for one in documents}
    for question in benchmark.questions:
        for evidence, places in zip(question.evidence, benchmark.passages[question.id], strict=True):
            (passage,) = places
            assert texts[passage.document][passage.span.start : passage.span.end] in evidence.quote
    assert benchmark.kinds["test0"] == "guide"
    assert len(benchmark.split("dev")) == len(benchmark.split("test")) == 12
    assert benchmark.data_sha256 == hashlib.sha256((tmp_path / "SHA256SUMS").read_bytes()).hexdigest()


@pytest.mark.parametrize("content", [b"", b"\n\n"])
def test_an_empty_file_has_no_questions(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "benchmark.jsonl"
    with pytest.raises(BenchmarkError, match=r"does not exist; get it back from Git"):
        read(path)
    path.write_bytes(content)
    assert read(path) == ()


def test_all_lines_that_break_the_format_are_named(tmp_path: Path) -> None:
    path = tmp_path / "benchmark.jsonl"
    bad: Lines = [
        LINES[0] | {"evidence": []},
        LINES[0] | {"question": ""},
        LINES[0] | {"split": "train"},
        LINES[0] | {"colour": "red"},
    ]
    path.write_text("\n".join(map(json.dumps, [*bad, LINES[1], LINES[1]])) + "\n{half", encoding="utf-8")
    with pytest.raises(BenchmarkError) as caught:
        read(path)
    said = str(caught.value)
    for part in ("line 1: Value error, give both", "line 2: question: ", "line 3: split: ", "line 4: colour: "):
        assert part in said
    assert "line 7: " in said
    assert "2 questions are called 'dev1'" in said


def test_questions_whose_evidence_is_not_there_are_named_and_not_asked(
    settings: Settings, documents: list[Document], tmp_path: Path
) -> None:
    lines: Lines = [dict(one) for one in LINES]
    wrong = [("guides/loans", "No.", False), ("guides/cats", "x", False), ("", "is", True), ("", "is", False)]
    for place, (document, quote, unique) in enumerate(wrong):
        lines[place]["evidence"] = [{"document": document, "quote": quote, "unique": unique}]
    changed = write_benchmark(tmp_path, settings, lines)
    benchmark = load(changed, documents)
    assert [one.partition(";")[0] for one in benchmark.unplaced] == [
        "question dev0: the quotation 'No.' stands in no places of guides/loans",
        "question dev1: the quotation 'x' stands in no places of guides/cats",
        "question dev2: the quotation 'is' stands in 3 places of the documents",
    ]
    asked = [one.id for one in benchmark.questions]
    assert (asked[0], len(asked)) == ("dev3", len(LINES) - 3)
    assert len(benchmark.passages["dev3"][0]) == 3  # each identical place counts
    assert seal(changed, documents) == benchmark.unplaced


def test_files_that_are_not_as_listed_are_named(settings: Settings, documents: list[Document], tmp_path: Path) -> None:
    changed = write_benchmark(tmp_path, settings)
    (tmp_path / "corpus/guides/rooms.md").write_text("No rooms.")
    (tmp_path / "corpus/guides/new.md").write_text("New.")
    (tmp_path / "corpus/picture.png").write_bytes(b"no document")
    (tmp_path / "corpus/reference/fees.md").unlink()
    said = refused(changed, documents)
    for name in ("guides/rooms.md", "guides/new.md", "reference/fees.md"):
        assert f"corpus/{name} is not as it is listed" in said
    assert "picture" not in said
    assert "`make benchmark` writes the hashes anew" in said
    (tmp_path / "SHA256SUMS").write_bytes(b"\xff no list")
    assert "benchmark.jsonl is not as it is listed" in refused(changed, documents)


def test_a_file_that_cannot_be_read_is_no_reason_not_to_measure(
    settings: Settings, documents: list[Document], tmp_path: Path
) -> None:
    (tmp_path / "corpus/broken.pdf").write_bytes(b"%PDF-1.7\nnothing more")
    assert len(load(write_benchmark(tmp_path, settings), documents).questions) == len(LINES)


def test_an_index_of_other_documents_is_refused(settings: Settings, documents: list[Document], tmp_path: Path) -> None:
    extra = Document("uploads/cats", "Cats", "Cats.", "f" * 64)
    said = refused(write_benchmark(tmp_path, settings), [*documents[1:], extra])
    assert "\n  guides/loans.md is not in the index" in said
    assert "uploads/cats is in the index, and no file" in said
    assert "What to do: delete what was uploaded, on the page of `make serve` or with DELETE /documents/ID" in said
    copy = replace(documents[0], id="uploads/copy")  # of a file that is there, too
    assert "uploads/copy is in the index" in refused(write_benchmark(tmp_path, settings), [*documents, copy])


def test_the_hashes_follow_a_change_that_is_meant(
    settings: Settings, documents: list[Document], tmp_path: Path
) -> None:
    changed = write_benchmark(tmp_path, settings)
    path = tmp_path / "benchmark.jsonl"
    path.write_text("".join(json.dumps(one) + "\n" for one in change(0, question="Wer darf Bücher leihen?")[:5]))
    assert "benchmark.jsonl is not as it is listed" in refused(changed, documents)
    assert seal(changed, documents) == []
    assert load(changed, documents).questions == read(path)
    path.write_text("")
    seal(changed, documents)
    assert load(changed, documents).questions == ()
