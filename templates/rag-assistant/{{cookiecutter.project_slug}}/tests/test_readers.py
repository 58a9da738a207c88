"""From a name and bytes to a document: names that strangers choose, Markdown, plain text, and what is refused."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from typing import TypeVar

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.documents.names import LONGEST, document_id
from assistant.documents.readers import READERS, read_document
from assistant.errors import DocumentError
from assistant.settings import Limits

LIMITS = Limits()
PAGE = b"""---
title: "The with statement"
kind: statement
source: https://example.org/with
tags:
  - nested
empty:
---

# With

Text: not a field.
"""


T = TypeVar("T")


def attempt(action: Callable[[], T]) -> tuple[T | None, str]:
    """What an action returns, or the sentence with which it refuses."""
    try:
        return action(), ""
    except DocumentError as error:
        return None, str(error)


def test_markdown_is_split_into_metadata_and_text() -> None:
    document = read_document("topics/with.md", PAGE, LIMITS)
    assert document.id == "topics/with"
    assert document.title == "The with statement"
    assert document.metadata == {"kind": "statement", "source": "https://example.org/with"}
    assert document.text == "# With\n\nText: not a field.\n"
    assert document.digest == hashlib.sha256(PAGE).hexdigest()


@pytest.mark.parametrize(
    ("name", "content", "title"),
    [
        ("a.md", b"---\ntitle: From the front\n---\n# From the text\n", "From the front"),
        ("guide/read-me_first.md", b"No heading.", "Read me first"),
        ("os.path.txt", b"No heading.", "os.path"),
    ],
)
def test_the_title_is_the_best_that_there_is(name: str, content: bytes, title: str) -> None:
    assert read_document(name, content, LIMITS).title == title


def test_metadata_without_front_matter_says_kind_and_source() -> None:
    assert read_document("a/b.md", b"x", LIMITS).metadata == {"kind": "markdown", "source": "a/b.md"}
    assert read_document("b.TXT", b"x", LIMITS).metadata == {"kind": "text", "source": "b.TXT"}


@pytest.mark.parametrize(
    ("name", "content", "sentence"),
    [
        ("a.txt", b"caf\xe9", "a.txt is not UTF-8 text: .* at byte 3; save it as UTF-8"),
        ("a.md", b"PK\x03\x04\0\0", "a.md is a binary file, not text"),
        ("a.txt", b"", "a.txt has no text"),
        ("a.md", b"---\ntitle: x\n---\n \n", "a.md has no text"),
        ("a.rtf", b"x", r"files that end in .rtf are not documents; .md, .*, .docx are"),
        ("Makefile", b"x", "files without a suffix are not documents; .md"),
        ("a.txt", b"x" * 101, "a.txt is larger than 100 bytes"),
        ("a.txt", b"x" * 51, "a.txt has more than 50 characters of text"),
    ],
)
def test_what_cannot_be_read_is_refused(name: str, content: bytes, sentence: str) -> None:
    with pytest.raises(DocumentError, match=sentence):
        read_document(name, content, Limits(document_bytes=100, document_characters=50))


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("with.md", "with"),
        ("library/os.path.md", "library/os.path"),
        ("Quarterly report (final).pdf", "Quarterly-report-final"),
        ("a#1?b%2F.md", "a-1-b-2F"),
        ("Größe.md", "Größe"),
        ("हिन्दी.md", "हिन्दी"),
        ("e\u0301.md", "é"),
        ("C++_notes@v2.md", "C++_notes@v2"),
        ("(.x).md", "x"),
        ("Q: why?.md", "Q-why"),
    ],
)
def test_an_id_is_the_name_without_what_means_something_elsewhere(name: str, expected: str) -> None:
    assert document_id(name) == expected


@pytest.mark.parametrize(
    "name",
    [
        "",
        ".md",
        ".hidden.md",
        "..",
        "../x.md",
        "a/../x.md",
        "a/./x.md",
        "a//x.md",
        "a/",
        "/etc/passwd.md",
        "\\\\server\\x.md",
        "..\\x.md",
        "C:\\x.md",
        "C:/x.md",
        "a\0.md",
        "a\n.md",
        "a\x1b[31m.md",
        "a\u202efdp.md",
        "a\u200b.md",
        "a\udc80.md",
        "---.md",
        "a/???/b.md",
        "x" * LONGEST + ".md",
    ],
)
def test_a_dangerous_name_is_refused_and_shown_without_danger(name: str) -> None:
    with pytest.raises(DocumentError) as caught:
        read_document(name, b"text", LIMITS)
    sentence = str(caught.value)
    assert sentence.isprintable()
    assert len(sentence) < LONGEST + 100


@given(st.text(max_size=LONGEST), st.sampled_from(list(READERS)))
def test_any_name_gives_a_safe_id_or_is_refused(stem: str, suffix: str) -> None:
    identity, refusal = attempt(lambda: document_id(stem + suffix))
    if identity is None:
        assert refusal.isprintable()
        return
    parts = identity.split("/")
    assert all(part and not part.startswith(".") for part in parts)
    assert not set(identity) & set("\\#?%&:*<>|\"' \0\n")
    assert identity.isprintable()


@given(st.binary(max_size=300), st.sampled_from(list(READERS)))
def test_any_bytes_are_a_document_or_refused(data: bytes, suffix: str) -> None:
    document, refusal = attempt(lambda: read_document("x" + suffix, data, LIMITS))
    if document is None:
        assert refusal.startswith("x" + suffix)
        return
    assert document.text.strip()
    assert "\0" not in document.text
    document.text.encode()
