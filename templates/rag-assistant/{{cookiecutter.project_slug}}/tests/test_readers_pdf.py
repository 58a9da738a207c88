"""PDF files, made here with pypdf."""

from __future__ import annotations

import zlib
from collections.abc import Sequence
from io import BytesIO

import pytest
from pypdf import PdfWriter
from pypdf.generic import DecodedStreamObject, DictionaryObject, NameObject, StreamObject

from assistant.documents.readers import read_document
from assistant.errors import DocumentError
from assistant.settings import Limits

LIMITS = Limits()


def make_pdf(pages: Sequence[str], password: str | None = None, algorithm: str = "RC4-128") -> bytes:
    """A PDF with the lines of each text on a page of its own."""
    writer = PdfWriter()
    for text in pages:
        stream = DecodedStreamObject()
        lines = "".join(f"({line}) Tj T* " for line in text.splitlines())
        stream.set_data(f"BT /F1 12 Tf 14 TL 50 700 Td {lines}ET".encode())
        add_page(writer, stream)
    if password is not None:
        writer.encrypt(password, owner_password="owner", algorithm=algorithm)
    target = BytesIO()
    writer.write(target)
    return target.getvalue()


def add_page(writer: PdfWriter, content: StreamObject) -> None:
    page = writer.add_blank_page(612, 792)
    font = {"/Type": "/Font", "/Subtype": "/Type1", "/BaseFont": "/Helvetica"}
    named = DictionaryObject({NameObject(key): NameObject(value) for key, value in font.items()})
    fonts = DictionaryObject({NameObject("/F1"): named})
    page[NameObject("/Resources")] = DictionaryObject({NameObject("/Font"): fonts})
    page[NameObject("/Contents")] = writer._add_object(content)


def refusal(data: bytes, limits: Limits = LIMITS) -> str:
    with pytest.raises(DocumentError) as caught:
        read_document("paper.pdf", data, limits)
    return str(caught.value)


def test_each_page_with_text_is_a_section() -> None:
    data = make_pdf(["The first page.\nIt is hyphen-\nated.", "", "The third page."])
    document = read_document("my-paper.pdf", data, LIMITS)
    assert document.text == "## Page 1\n\nThe first page.\nIt is hyphenated.\n\n## Page 3\n\nThe third page."
    assert document.title == "My paper"
    assert document.metadata == {"kind": "pdf", "source": "my-paper.pdf"}


def test_a_password_for_changes_alone_does_not_keep_from_reading() -> None:
    assert "Readable." in read_document("x.pdf", make_pdf(["Readable."], password=""), LIMITS).text


def test_an_encrypted_file_is_refused() -> None:
    assert refusal(make_pdf(["Secret."], "password")) == "paper.pdf is encrypted; save a copy without a password"


def test_a_file_in_the_usual_encryption_is_refused_without_the_library_for_it() -> None:
    """AES-256, as every office program writes it."""
    lengths = {"O": 48, "U": 48, "OE": 32, "UE": 32, "Perms": 16}
    keys = " ".join(f"/{name} <{'00' * count}>" for name, count in lengths.items())
    filters = "/CF <</StdCF <</CFM /AESV3 /AuthEvent /DocOpen /Length 32>> >> /StmF /StdCF /StrF /StdCF"
    encrypt = f"trailer\n<<\n/Encrypt <</Filter /Standard /V 5 /R 6 /Length 256 /P -4 {keys} {filters}>>"
    data = make_pdf(["Secret."])
    assert data.count(b"trailer\n<<") == 1
    sentence = refusal(data.replace(b"trailer\n<<", f"{encrypt} /ID [<00> <00>]".encode()))
    assert sentence == "paper.pdf is encrypted; save a copy without a password"


def test_a_file_without_text_is_refused() -> None:
    assert refusal(make_pdf(["", ""])) == ("paper.pdf has no text, only images; run text recognition (OCR) on it first")


@pytest.mark.parametrize("data", [b"", b"GIF89a", b"<html>", b"x" * 2000 + b"%PDF-1.7"])
def test_what_is_no_pdf_is_refused(data: bytes) -> None:
    assert refusal(data) == "paper.pdf is not a PDF file, whatever its name says"


def test_a_damaged_file_is_refused() -> None:
    whole = make_pdf(["Some text."])
    for data in (b"%PDF-1.7\n", b"%PDF-1.7\n%%EOF", whole[: len(whole) // 4], b"%PDF-1.7" + b"[" * 50_000):
        assert "is a damaged PDF file" in refusal(data)


def test_a_stream_that_inflates_without_end_is_refused() -> None:
    packer = zlib.compressobj(9)
    stream = StreamObject()
    stream._data = b"".join(packer.compress(b" " * 1_000_000) for _ in range(60)) + packer.flush()
    stream[NameObject("/Filter")] = NameObject("/FlateDecode")
    writer = PdfWriter()
    add_page(writer, stream)
    target = BytesIO()
    writer.write(target)
    assert len(target.getvalue()) < 100_000
    assert "LimitReachedError" in refusal(target.getvalue())


def test_reading_stops_where_the_text_gets_too_long() -> None:
    data = make_pdf(["many words " * 5] * 20)
    assert "has more than 100 characters" in refusal(data, Limits(document_characters=100))
