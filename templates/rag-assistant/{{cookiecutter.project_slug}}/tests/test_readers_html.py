"""HTML pages as Markdown."""

from __future__ import annotations

import time
from contextlib import suppress

import pytest

from assistant.documents.readers import read_document
from assistant.errors import DocumentError
from assistant.settings import Limits

LIMITS = Limits()


def read(content: str | bytes) -> str:
    data = content.encode() if isinstance(content, str) else content
    return read_document("page.html", data, LIMITS).text


def test_a_page_becomes_markdown() -> None:
    page = """<!doctype html><html><head><title>Shop</title><style>p { color: red }</style></head><body>
    <nav><a href="/">Home</a></nav>
    <h1>Caf&eacute; &amp; <code>bar</code></h1>
    <p>First<br>line   of
    text. <script>document.write("<p>no</p>")</script>Second.</p>
    <ul><li>one</li><li><p>two</p><ol><li>nested</li></ol></li></ul>
    <pre><code><span>def</span> f():
    return 1 &lt; 2
</code></pre>
    <table><tr><th>Key</th><th>Value</th></tr><tr><td><p>a</p></td><td>1|2</td></tr></table>
    <h3>End</h3>tail
    <footer>Imprint</footer></body></html>"""
    assert read(page) == (
        "# Café & `bar`\n\nFirst line of text. Second.\n\n- one\n- two\n  - nested\n\n"
        "```\ndef f():\n    return 1 < 2\n```\n\n"
        "| Key | Value |\n| --- | --- |\n| a | 1\\|2 |\n\n### End\n\ntail"
    )
    document = read_document("page.htm", page.encode(), LIMITS)
    assert document.title == "Café & bar"
    assert document.metadata == {"kind": "html", "source": "page.htm"}


def test_a_page_without_headings_is_called_by_its_title() -> None:
    assert read_document("x.html", b"<title> My\n page </title><p>Text", LIMITS).title == "My page"


def test_each_table_has_its_own_head() -> None:
    table = "<table><tr><td>a</td></tr><tr><td>b</td></tr></table>"
    assert read(table * 2) == "| a |\n| --- |\n| b |\n\n| a |\n| --- |\n| b |"


def test_a_fence_is_longer_than_the_backticks_in_the_code() -> None:
    assert read("<pre>```\nx</pre>") == "````\n```\nx\n````"


@pytest.mark.parametrize(
    ("page", "text"),
    [
        ("<p>open", "open"),
        ("<p>fish &amp", "fish &"),
        ("a <b", "a"),
        ("</p></ul></td>x</li>", "x"),
        ("<pre>open", "```\nopen\n```"),
        ("<h1></h1><p>text</p>", "text"),
        ("<tr>no table</tr>", "no table"),
        ("<table><tr><td>a<td>b<tr><td>c<td>d</table>e", "| a | b |\n| --- | --- |\n| c | d |\n\ne"),
        ("<ul><li>a<li>b</ul><p>c<p>d", "- a\n- b\n\nc\n\nd"),
        ("<td>a<h2>b</h2>c", "a\n\n## b\n\nc"),
        ("<p>a<!-- <p>b -->c</p>", "ac"),
        ("x &#0; &#xD800; &nosuch; y", "x \ufffd \ufffd &nosuch; y"),
        ("<svg><title>no</title></svg>yes", "yes"),
    ],
)
def test_broken_pages_keep_what_can_be_read(page: str, text: str) -> None:
    assert read(page) == text


def test_the_encoding_is_the_one_that_the_page_names() -> None:
    assert read(b"<meta charset=iso-8859-1><p>caf\xe9") == "café"
    assert read(b'<meta http-equiv=x content="text/html; charset=windows-1252"><p>\x80') == "€"
    assert read("<meta charset=utf-16><p>café") == "café"


@pytest.mark.parametrize("name", ["klingon", "base64", "idna", "unicode_escape"])
def test_an_encoding_that_is_none_is_refused(name: str) -> None:
    with pytest.raises(DocumentError, match=f"page.html says that its encoding is {name}"):
        read(f"<meta charset={name}><p>x")


def test_a_page_without_text_or_with_too_much_is_refused() -> None:
    with pytest.raises(DocumentError, match="has no text"):
        read("<script>1</script>")
    with pytest.raises(DocumentError, match="has more than 10 characters"):
        read_document("x.html", b"<p>some words and more", Limits(document_characters=10))


@pytest.mark.parametrize("piece", ["<!--", "<a ", "</", "<!", "<?", "<a b='", "&#", "<td>", "<ul>", "<svg/>"])
def test_a_hostile_page_takes_no_more_than_linear_time(piece: str) -> None:
    page = (piece * (500_000 // len(piece))).encode()
    start = time.process_time()
    with suppress(DocumentError):
        read(page)
    assert time.process_time() - start < 5
