"""The documents of a benchmark of one's own, and the quotations in them."""

from __future__ import annotations

import os
import re
from pathlib import Path

import pytest
from any_package import passages
from any_package.documents import markdown
from any_package.evaluation.evidence import Evidence, EvidenceError, locate
from hypothesis import given
from hypothesis import strategies as st
from own_cases import adopted, lines, questions, refused, texts, written

from scaffolder.adopt.texts import folder
from scaffolder.adopt.texts.folder import quoted_text
from scaffolder.adopt.texts.quotations import QuoteError, placed_once


def test_each_quotation_must_be_found_once(tmp_path: Path) -> None:
    docs = tmp_path / "docs"
    found = questions(docs, 8)
    found[1]["quote"], found[2]["quote"], found[3]["document"], found[4]["quote"] = "nowhere", "grams", "x", ""
    source = written(tmp_path / "own.csv", [*found, found[5] | {"document": "", "quote": ""}])
    assert refused(source, docs).splitlines()[1:] == [
        "row 3: 'more' does not contain the quotation 'nowhere': copy its words",
        "row 4: 'sub/fruit' contains the quotation 'grams' more than once: quote more of it",
        "row 5: 'x' is not among the documents",
        "row 6: quote is empty: fill it in",
        "row 10: it has the question of row 7, but another label, evidence or split",
    ]


def test_questions_need_documents_and_texts_have_none(tmp_path: Path) -> None:
    docs = tmp_path / "docs"
    said = refused(written(tmp_path / "own.csv", questions(docs)))
    assert "it has questions: name with --documents the folder that they quote" in said
    assert "it has texts with labels: leave out --documents" in refused(written(tmp_path / "own.csv", texts()), docs)


def test_a_document_that_cannot_be_used_is_named_and_a_folder_without_one_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    docs = tmp_path / "docs"
    source = written(tmp_path / "own.csv", questions(docs))
    for name, content, said in (
        ("c.md", "\0", r"is a binary file, .* \(1\): c.md"),
        ("a\nb.md", "x", r"contains a character .* \(1\): a\\nb.md"),
        ("a:b.md", "x", r"contains a character .* \(1\): a:b.md"),
    ):
        (docs / name).write_text(content, encoding="utf-8")
        assert re.search(f"left out, since it {said}", "\n".join(adopted(source, docs).preview))
        (docs / name).unlink()
    (docs / "more.md").write_text("x", encoding="utf-8")
    said = refused(source, docs)
    assert "left out, since it cannot be told from 'more.md' on every system: rename one (1): more.txt" in said
    (docs / "more.md").unlink()
    for place in (tmp_path / "none", tmp_path / "own.csv"):
        assert "--documents must name that of your documents" in refused(source, place)
    for limit in ("MOST_BYTES", "MOST_FILES"):
        with monkeypatch.context() as patch:
            patch.setattr(folder, limit, 1)
            assert "name a smaller folder" in refused(source, docs)


def test_what_stands_out_is_shown_and_nothing_else(tmp_path: Path) -> None:
    docs = tmp_path / "docs"
    found = questions(docs)
    own = written(tmp_path / "own.csv", found)
    assert "Look at this:" not in adopted(own, docs).preview
    (docs / ".hidden").mkdir()
    for name in ("a.pdf", "b.MD", ".hidden/c", "empty.md", "other.md"):
        (docs / name).write_text("Nobody asks." if name == "other.md" else " \n", encoding="utf-8")
    (docs / "link.md").symlink_to(docs / "other.md")
    os.mkfifo(docs / "pipe.md")
    shown = adopted(written(own, [*found, found[1]]), docs).preview
    assert shown[shown.index("Look at this:") + 1 :] == (
        "  1 row repeats the question of another: they make one case together",
        "  documents that no question quotes (1): other",
        "  left out, since it is hidden (1): .hidden",
        "  left out, since it is no Markdown or text file, as far as its suffix says (2): a.pdf, b.MD",
        "  left out, since it is empty (1): empty.md",
        "  left out, since it is a link or a device: put the file itself there (2): link.md, pipe.md",
    )


def test_a_quotation_may_have_other_spaces_and_line_breaks(tmp_path: Path) -> None:
    docs = tmp_path / "docs"
    found = questions(docs)
    path = docs / "sub/fruit.md"
    path.write_text(path.read_text(encoding="utf-8").replace(" weighs ", "\n  weighs "), encoding="utf-8")
    found[1]["quote"] = "a PEAR of kind 1 weighs 18 grams."
    found[2]["quote"] = "A cherry\nof kind 2  weighs 31 grams."
    cases = lines(adopted(written(tmp_path / "own.csv", found), docs))
    assert "A cherry of kind 2 weighs 31 grams." in {one["quote"] for case in cases for one in case["evidence"]}


WORDS = st.lists(st.sampled_from(["a", "B", "ab", " ", "\n", "**", "-", "é", "語", "[x](y)", "."]), max_size=14).map(
    "".join
)


@given(WORDS, WORDS.filter(str.strip))
def test_a_quotation_is_taken_if_the_generated_project_finds_it_and_it_stands_there_once(text: str, quote: str) -> None:
    found = {"x": passages.Document("x", "x", text)}
    try:
        places = len(locate("q", Evidence(document="x", quote=quote), found))
    except EvidenceError:
        places = 0
    as_written = " ".join(text.split()).count(" ".join(quote.split()))
    try:
        taken = placed_once(quote, "x", text)
    except QuoteError as error:
        assert places == 0 or min(places, as_written) > 1
        assert (places > 0) == ("more than once" in str(error))
    else:
        assert places == 1 or (places > 1 and as_written < 2)
        assert len(locate("q", Evidence(document="x", quote=taken), found)) == places


PIECE = st.sampled_from(["---\n", "...\n", "title: x\n", "text", "\r\n", "\x07", "\ufeff", "---  \n", " ", "é", "\x85"])


@given(st.lists(PIECE, max_size=12).map("".join), st.sampled_from(["utf-8", "utf-8-sig", "utf-16"]))
def test_documents_are_read_as_the_generated_project_reads_them(text: str, encoding: str) -> None:
    data = text.encode(encoding)
    assert quoted_text(data) == markdown.read(data).text
