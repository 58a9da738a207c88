"""From bytes to text: encodings, front matter and titles."""

from __future__ import annotations

import pytest

from any_package.documents.markdown import read
from any_package.documents.text import DocumentError

PAGE = b"""---
title: "The with statement"
kind: statement
Source: https://example.org/with
note: ''
mark: '
tags:
  - nested
empty:
---

# With

Text: not a field.
"""


def test_front_matter_becomes_metadata() -> None:
    page = read(PAGE)
    assert page.title == "The with statement"
    assert page.metadata == {
        "kind": "statement",
        "source": "https://example.org/with",
        "note": "",
        "mark": "'",
    }
    assert page.text == "# With\n\nText: not a field.\n"


@pytest.mark.parametrize("content", [b"---\nno end\n", b"a\n---\nkey: value\n---\n", b"---\n"])
def test_what_only_looks_like_front_matter_is_text(content: bytes) -> None:
    assert read(content).text == content.decode()
    assert not read(content).metadata


def test_prose_in_front_matter_is_no_metadata() -> None:
    longest = "x" * 300
    content = f"---\nabstract: {longest}x\nkind: {longest}\n---\nText.".encode()
    assert read(content).metadata == {"kind": longest}


def test_of_many_fields_the_first_30_are_kept() -> None:
    fields = {f"field{number}": f"'{number}'" for number in range(31)}
    content = "".join(f"{key}: {value}\n" for key, value in fields.items())
    assert read(f"---\n{content}---\n".encode()).metadata == {f"field{number}": str(number) for number in range(30)}


@pytest.mark.parametrize(
    ("content", "title"),
    [
        (b"---\ntitle: From the front\n---\n# From the text\n", "From the front"),
        (b"Some words.\n\n## `os.path` and [links](x) *now*\n", "os.path and links now"),
        (b"```\n# a comment\n```\n\n# After the code\n", "After the code"),
        (b"No heading.", None),
    ],
)
def test_the_title_is_the_best_that_there_is(content: bytes, title: str | None) -> None:
    assert read(content).title == title


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_text_is_read_in_each_unicode_encoding(encoding: str) -> None:
    assert read("Größe\r\nзебра\r".encode(encoding)).text == "Größe\nзебра\n"


def test_control_characters_are_left_out() -> None:
    assert read(b"a\x1b[31mb\x07\x0cc\td").text == "a[31mb\nc\td"


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"caf\xe9", "is not UTF-8 text: .* at byte 3; save it as UTF-8"),
        (b"PK\x03\x04\0\0", "is a binary file, not text"),
    ],
)
def test_what_is_no_text_is_refused(content: bytes, sentence: str) -> None:
    with pytest.raises(DocumentError, match=sentence):
        read(content)
