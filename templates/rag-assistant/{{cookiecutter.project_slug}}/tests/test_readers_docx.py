"""DOCX files, made here with zipfile."""

from __future__ import annotations

import struct
from io import BytesIO
from zipfile import ZIP_BZIP2, ZIP_DEFLATED, ZipFile

import pytest

from assistant.documents.readers import read_document
from assistant.errors import DocumentError
from assistant.settings import Limits

LIMITS = Limits()
SMALL = Limits(document_characters=1000)
NAMESPACES = (
    'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main" '
    'xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006"'
)
STYLES = """
<w:style w:styleId="berschrift1"><w:name w:val="heading 1"/></w:style>
<w:style w:styleId="Mine"><w:name w:val="Mine"/><w:pPr><w:outlineLvl w:val="2"/></w:pPr></w:style>
<w:style w:styleId="Titel"><w:name w:val="Title"/></w:style>
<w:style w:styleId="Punkte"><w:name w:val="List"/><w:pPr><w:numPr><w:numId w:val="1"/></w:numPr></w:pPr></w:style>
"""


def paragraph(text: str, style: str = "", extra: str = "") -> str:
    properties = f'<w:pStyle w:val="{style}"/>' if style else ""
    return f"<w:p><w:pPr>{properties}{extra}</w:pPr><w:r><w:t>{text}</w:t></w:r></w:p>"


def make_docx(body: str, styles: str | None = STYLES, method: int = ZIP_DEFLATED, head: str = "") -> bytes:
    target = BytesIO()
    with ZipFile(target, "w", method) as archive:
        archive.writestr("[Content_Types].xml", "<Types/>")
        archive.writestr("word/document.xml", f"{head}<w:document {NAMESPACES}><w:body>{body}</w:body></w:document>")
        if styles is not None:
            archive.writestr("word/styles.xml", f"<w:styles {NAMESPACES}>{styles}</w:styles>")
    return target.getvalue()


def refusal(data: bytes, limits: Limits = LIMITS) -> str:
    with pytest.raises(DocumentError) as caught:
        read_document("letter.docx", data, limits)
    return str(caught.value)


def test_a_letter_becomes_markdown() -> None:
    item = '<w:numPr><w:ilvl w:val="{}"/><w:numId w:val="1"/></w:numPr>'
    cell = "<w:tc>{}</w:tc>"
    body = (
        paragraph("House rules", "Titel")
        + paragraph("Loans", "berschrift1")
        + "<w:p><w:r><w:t>Split </w:t></w:r><w:r><w:t>run,</w:t><w:tab/><w:t>tab &amp; more.</w:t></w:r></w:p>"
        + "<w:p><w:r><w:t>Kept</w:t></w:r><w:del><w:r><w:delText>deleted</w:delText></w:r></w:del>"
        + "<w:r><w:instrText>PAGE</w:instrText></w:r></w:p>"
        + paragraph("one", "Punkte")
        + paragraph("two", extra=item.format(0))
        + paragraph("three", extra=item.format(1))
        + paragraph("Fees", "Mine")
        + "<w:tbl><w:tr>"
        + cell.format(paragraph("Late")) + cell.format(paragraph("20") + paragraph("cents"))
        + "</w:tr></w:tbl>"
    )  # fmt: skip
    document = read_document("letter.docx", make_docx(body), LIMITS)
    assert document.text == (
        "# House rules\n\n# Loans\n\nSplit run, tab & more.\n\nKept\n\n- one\n- two\n  - three\n\n### Fees\n\n"
        "| Late | 20 cents |\n| --- | --- |"
    )
    assert document.title == "House rules"
    assert document.metadata == {"kind": "docx", "source": "letter.docx"}


def test_english_style_names_work_without_a_list_of_styles() -> None:
    data = make_docx(paragraph("Loans", "Heading2") + paragraph("Text."), styles=None)
    assert read_document("x.docx", data, LIMITS).text == "## Loans\n\nText."


def test_a_text_box_is_read_once_and_a_nested_table_with_its_cell() -> None:
    box = f"<w:txbxContent>{paragraph('In the box.')}</w:txbxContent>"
    choice = f"<mc:AlternateContent><mc:Choice>{box}</mc:Choice><mc:Fallback>{box}</mc:Fallback></mc:AlternateContent>"
    inner = f"<w:tbl><w:tr><w:tc>{paragraph('inner')}</w:tc></w:tr></w:tbl>"
    table = f"<w:tbl><w:tr><w:tc>{paragraph('outer')}{inner}</w:tc></w:tr></w:tbl>"
    body = f"<w:p><w:r><w:t>Around.</w:t></w:r><w:r>{choice}</w:r></w:p>{table}"
    text = read_document("x.docx", make_docx(body), LIMITS).text
    assert text == "In the box.\n\nAround.\n\n| outer inner |\n| --- |"


@pytest.mark.parametrize("data", [b"", b"PK", b"PK\x03\x04" + b"\0" * 100, b"%PDF-1.7", make_docx("x")[:-30]])
def test_what_is_no_zip_archive_is_refused(data: bytes) -> None:
    assert refusal(data).startswith("letter.docx is not a DOCX file, or is damaged")


def test_another_archive_is_refused() -> None:
    target = BytesIO()
    with ZipFile(target, "w") as archive:
        archive.writestr("xl/workbook.xml", "<x/>")
    assert refusal(target.getvalue()) == "letter.docx is not a DOCX file: it has no word/document.xml"


@pytest.mark.parametrize("body", ["<w:p>", "</w:p>", "&nosuch;", "<w:p x=1/>", "\0", "<w:ilvl w:val='x'/>"])
def test_damaged_xml_is_refused(body: str) -> None:
    assert refusal(make_docx(body)).startswith("letter.docx is not a DOCX file, or is damaged")


def test_an_encrypted_or_old_file_is_refused() -> None:
    assert "is encrypted, or an old .doc" in refusal(bytes.fromhex("d0cf11e0a1b11ae1") + b"\0" * 600)
    data = bytearray(make_docx(paragraph("x")))
    for mark in (b"PK\x01\x02", b"PK\x03\x04"):  # the flag of a password, in both places of every entry
        position = data.find(mark)
        while position >= 0:
            data[position + (8 if mark == b"PK\x01\x02" else 6)] |= 1
            position = data.find(mark, position + 4)
    assert refusal(bytes(data)) == "letter.docx is encrypted; save a copy without a password"


def test_entities_are_refused_before_they_expand() -> None:
    laughs = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 10))
    for declaration in (f'<!ENTITY l0 "lol">{laughs}', '<!ENTITY l9 SYSTEM "file:///etc/passwd">'):
        data = make_docx(paragraph("&l9;"), head=f"<!DOCTYPE w [{declaration}]>")
        assert "declares a document type" in refusal(data)


def test_a_bomb_is_refused_by_what_it_declares() -> None:
    data = make_docx(" " * 50_000_000)
    assert len(data) < 100_000
    assert "unpacks to more than 40,000,000 bytes of XML" in refusal(data)


def test_a_bomb_that_declares_little_is_refused_while_it_unpacks(monkeypatch: pytest.MonkeyPatch) -> None:
    data = make_docx(" " * 3_000_000)
    true_size = ZipFile(BytesIO(data)).getinfo("word/document.xml").file_size
    lying = data.replace(struct.pack("<L", true_size), struct.pack("<L", 1000))
    assert lying != data
    assert "damaged" in refusal(lying, SMALL)  # zipfile stops where the entry says that it ends
    monkeypatch.setattr(ZipFile, "open", lambda *_: BytesIO(b" " * 3_000_000))  # one that does not
    assert "unpacks to more than 2,000,000 bytes" in refusal(lying, SMALL)


def test_a_packing_method_that_unpacks_without_bound_is_refused() -> None:
    assert "uses an unusual compression method" in refusal(make_docx(paragraph("x"), method=ZIP_BZIP2))


def test_reading_stops_where_the_text_gets_too_long() -> None:
    assert "has more than 1,000 characters" in refusal(make_docx(paragraph("word " * 90) * 3), SMALL)
