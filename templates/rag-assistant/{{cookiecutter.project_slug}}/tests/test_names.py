"""Names that strangers choose."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.errors import DocumentError
from assistant.ingestion.readers import LONGEST, document_id, shown

DANGEROUS = [
    *["", ".md", ".hidden.md", "..", "../x.md", "a/../x.md", "a/./x.md", "a//x.md", "a/", "/etc/passwd.md"],
    *["\\\\server\\x.md", "..\\x.md", "C:\\x.md", "a\0.md", "a\n.md", "a\x1b[31m.md", "a\u202efdp.md"],
    *["a\u200b.md", "a\udc80.md", "---.md", "a/???/b.md", "x" * LONGEST + ".md"],
]


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("library/os.path.md", "library/os.path"),
        ("Quarterly report (final).pdf", "Quarterly-report-final"),
        ("a#1?b%2F.md", "a-1-b-2F"),
        ("Größe.md", "Größe"),
        ("हिन्दी.md", "हिन्दी"),
        ("e\u0301.md", "é"),
        ("C++_notes@v2.md", "C++_notes@v2"),
        ("(.x).md", "x"),
    ],
)
def test_an_id_is_the_name_without_what_means_something_elsewhere(name: str, expected: str) -> None:
    assert document_id(name) == expected


@pytest.mark.parametrize("name", DANGEROUS)
def test_a_dangerous_name_is_refused_and_shown_without_danger(name: str) -> None:
    with pytest.raises(DocumentError, match=r"cannot be used as a name: .*; rename the file") as caught:
        document_id(name)
    assert str(caught.value).isprintable()
    assert len(str(caught.value)) < LONGEST + 250


@given(st.text(max_size=LONGEST))
def test_any_name_gives_a_safe_id_or_is_refused(stem: str) -> None:
    assert shown(stem).isprintable()
    try:
        identity = document_id(f"{stem}.md")
    except DocumentError:
        return
    assert all(part and not part.startswith(".") for part in identity.split("/"))
    assert not set(identity) & set("\\#?%&:*<>|\"' \0\n")
    assert identity.isprintable()
