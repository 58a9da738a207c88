"""The benchmark is read as it is meant, and everything that would make its numbers false is named at once."""

from __future__ import annotations

import hashlib
import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from assistant.evaluation.benchmark import BenchmarkError, load, read, write
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
        for evidence, passage in zip(question.evidence, benchmark.passages[question.id], strict=True):
            assert texts[passage.document][passage.span.start : passage.span.end] == evidence.quote
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


def test_all_quotations_that_do_not_fit_are_named_with_what_to_run(
    settings: Settings, documents: list[Document], tmp_path: Path
) -> None:
    lines: Lines = [dict(one) for one in LINES]
    for place, (document, quote) in enumerate([("guides/loans", "No."), ("guides/cats", "x"), ("guides/loans", "is")]):
        lines[place]["evidence"] = [{"document": document, "section": "", "quote": quote}]
    said = refused(write_benchmark(tmp_path, settings, lines), documents)
    assert "dev0: guides/loans does not contain the quotation 'No.'" in said
    assert "dev1: guides/cats is not among the documents" in said
    assert "dev2: guides/loans contains the quotation 'is' more than once" in said
    assert "make benchmark DROP=1" in said


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


def test_an_index_of_other_documents_is_refused(settings: Settings, documents: list[Document], tmp_path: Path) -> None:
    extra = Document("uploads/cats", "Cats", "Cats.", "f" * 64)
    said = refused(write_benchmark(tmp_path, settings), [*documents[1:], extra])
    assert "corpus/guides/loans.md is not in the index" in said
    assert "uploads/cats is in the index, and no file" in said
    assert "What to do: delete what was uploaded, on the page of `make serve` or with DELETE /documents/ID" in said
    copy = replace(documents[0], id="uploads/copy")  # of a file that is there, too
    assert "uploads/copy is in the index" in refused(write_benchmark(tmp_path, settings), [*documents, copy])


def test_what_is_written_is_read_and_fits(settings: Settings, documents: list[Document], tmp_path: Path) -> None:
    changed = write_benchmark(tmp_path, settings, change(0, question="Wer darf Bücher leihen?"))
    questions = read(tmp_path / "benchmark.jsonl")
    write(changed, questions[:5])
    assert read(tmp_path / "benchmark.jsonl") == questions[:5]
    assert "Bücher" in (tmp_path / "benchmark.jsonl").read_text(encoding="utf-8")
    assert len(load(changed, documents).questions) == 5
    write(changed, ())
    assert load(changed, documents).questions == ()
