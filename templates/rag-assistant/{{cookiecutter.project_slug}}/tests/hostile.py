"""Documents that strangers could send to hold up or bring down a reader, each made when asked for."""

from __future__ import annotations

import zlib
from collections.abc import Callable
from functools import partial
from io import BytesIO
from zipfile import ZIP_DEFLATED, ZipFile

WORD = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
RELATIONS = "http://schemas.openxmlformats.org/package/2006/relationships"
OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument"
OLD_OFFICE = bytes.fromhex("d0cf11e0a1b11ae1")


def repeated(piece: str, size: int, before: str = "", after: str = "") -> bytes:
    """The piece again and again, `size` bytes in all."""
    return (before + piece * (size // len(piece)) + after).encode()


def make_docx(body: str, head: str = "", **parts: str) -> bytes:
    """A Word file with this XML in its body, other `parts` of the folder `word`, and a document type or nothing."""
    target = BytesIO()
    with ZipFile(target, "w", ZIP_DEFLATED) as archive:
        archive.writestr("[Content_Types].xml", "<Types/>")
        relation = f'<Relationship Id="r1" Type="{OFFICE}" Target="word/document.xml"/>'
        archive.writestr("_rels/.rels", f'<Relationships xmlns="{RELATIONS}">{relation}</Relationships>')
        archive.writestr(
            "word/document.xml", f'{head}<w:document xmlns:w="{WORD}"><w:body>{body}</w:body></w:document>'
        )
        for name, content in parts.items():
            archive.writestr(f"word/{name}.xml", content)
    return target.getvalue()


def paragraph(text: str, style: str = "") -> str:
    return f'<w:p><w:pPr><w:pStyle w:val="{style}"/></w:pPr><w:r><w:t>{text}</w:t></w:r></w:p>'


def make_pdf(*pages: bytes, packed: bool = False, kids: str = "") -> bytes:
    """A PDF with these content streams on pages of their own; `kids` stand in their place in the tree of pages."""
    parts = [b"<< /Type /Catalog /Pages 2 0 R >>"]
    numbers = [4 + 2 * number for number in range(len(pages))]
    tree = kids or " ".join(f"{number} 0 R" for number in numbers)
    parts.append(f"<< /Type /Pages /Kids [{tree}] /Count {max(len(pages), 1)} >>".encode())
    parts.append(b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>")
    for number, page in zip(numbers, pages, strict=True):
        font = f"/Resources << /Font << /F1 3 0 R >> >> /Contents {number + 1} 0 R"
        parts.append(f"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 612 792] {font} >>".encode())
        content = zlib.compress(page, 9) if packed else page
        head = f"<< /Length {len(content)}{' /Filter /FlateDecode' if packed else ''} >>\nstream\n"
        parts.append(head.encode() + content + b"\nendstream")
    data, places = b"%PDF-1.7\n", []
    for number, part in enumerate(parts, start=1):
        places.append(len(data))
        data += f"{number} 0 obj\n".encode() + part + b"\nendobj\n"
    table = "".join(f"{place:010} 00000 n \n" for place in places)
    size = len(parts) + 1
    end = f"xref\n0 {size}\n0000000000 65535 f \n{table}trailer << /Root 1 0 R /Size {size} >>\n"
    return data + f"{end}startxref\n{len(data)}\n%%EOF".encode()


def show(*lines: str) -> bytes:
    """The content stream of a page with these lines."""
    return f"BT /F1 12 Tf 14 TL 50 700 Td {''.join(f'({line}) Tj T* ' for line in lines)}ET".encode()


def laughs(count: int = 10) -> str:
    """A document type whose entity `l9` becomes a billion times "lol"."""
    lines = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * count}">' for n in range(1, 10))
    return f'<!DOCTYPE w [<!ENTITY l0 "lol">{lines}]>'


def nested(opening: str, depth: int, closing: str = "") -> bytes:
    return f"{opening * depth}x{closing * depth}".encode()


Make = Callable[[], bytes]
CASES: dict[str, tuple[str, Make]] = {
    "ticks after a heading": ("a.md", lambda: b"# " + b"`" * 20_000),
    "ticks and letters": ("a.md", lambda: b"x " + b"`" * 100_000 + b"a" * 400_000),
    "runs of ticks of all lengths": ("a.md", lambda: "".join("`" * n + " a " for n in range(1, 1500)).encode()),
    "two-word sentences": ("a.txt", partial(repeated, "Ab cd. ", 2_000_000)),
    "headings": ("a.md", partial(repeated, "# a\n", 1_000_000)),
    "underlined headings": ("a.md", partial(repeated, "a\n=\n", 600_000)),
    "list items": ("a.md", partial(repeated, "- a\n", 1_000_000)),
    "nested list items": ("a.md", lambda: "".join(" " * 2 * n + "- a\n" for n in range(1000)).encode()),
    "nested quotations": ("a.md", partial(nested, "> ", 100_000)),
    "open brackets": ("a.md", partial(repeated, "[", 1_000_000)),
    "nested links": ("a.md", partial(nested, "[a](", 100_000, ")")),
    "link definitions": ("a.md", partial(repeated, "[a]: b\n", 500_000)),
    "emphasis": ("a.md", partial(repeated, "*a_", 1_000_000)),
    "rows of a table": ("a.md", partial(repeated, "|a|b|\n", 1_000_000, "|a|b|\n|-|-|\n")),
    "one row of many cells": ("a.md", lambda: b"|a" * 100_000 + b"|\n" + b"|-" * 100_000 + b"|\n"),
    "front matter without end": ("a.md", partial(repeated, "---\na: b\n", 1_000_000)),
    "blank lines": ("a.md", partial(repeated, "\n", 1_000_000, "a", "b")),
    "full stops": ("a.txt", partial(repeated, ".", 1_000_000, "a")),
    "one long word": ("a.txt", partial(repeated, "a", 1_900_000)),
    "closing marks": ("a.txt", partial(repeated, '."', 1_000_000, "a")),
    "NUL": ("a.txt", lambda: b"a\0b"),
    "empty": ("a.pdf", lambda: b""),
    "white space": ("a.txt", partial(repeated, " \n", 100_000)),
    "UTF-16 without a mark": ("a.txt", lambda: "text".encode("utf-16-le")),
    "half a UTF-16 letter": ("a.txt", lambda: b"\xff\xfea\0\x00\xd8"),
    "control characters": ("a.txt", lambda: b"a\x1b[31m\x08\x7f" * 1000),
    "right-to-left marks": ("a.md", lambda: ("# \u202etxt.exe\u202c " + "\u200b" * 1000).encode()),
    "too large": ("a.txt", partial(repeated, "a b ", 11_000_000)),
    "name with a right-to-left mark": ("a\u202efdp.md", lambda: b"x"),
    "name that leaves the folder": ("../../a.md", lambda: b"x"),
    "name with NUL": ("a\0.md", lambda: b"x"),
    "name with half a character": ("a\ud800.md", lambda: b"x"),
    "long name": ("a" * 5000 + ".md", lambda: b"x"),
    "nested divisions": ("a.html", partial(nested, "<div>", 100_000)),
    "nested lists": ("a.html", partial(nested, "<ul><li>", 50_000)),
    "nested emphasis": ("a.html", partial(nested, "<b>", 3000, "</b>")),
    "a million cells": ("a.html", partial(repeated, "<td>", 4_000_000, "<table><tr>")),
    "wide cells": ("a.html", partial(repeated, '<td colspan="1000">x', 200_000, "<table><tr>")),
    "a cell of a strange width": (
        "a.html",
        lambda: "<table><tr><td colspan='²'>x</table><ol start='½'><li>x</ol>".encode(),
    ),
    "numbered items": ("a.html", partial(repeated, "<li>x", 500_000, "<ol>")),
    "comments without end": ("a.html", partial(repeated, "<!--", 1_000_000)),
    "tags without end": ("a.html", partial(repeated, "<a ", 1_000_000)),
    "attributes": ("a.html", partial(repeated, "a=b ", 1_000_000, "<p ", ">x")),
    "entities": ("a.html", partial(repeated, "&#120;&amp;&nosuch;", 1_000_000)),
    "entities of HTML": ("a.html", lambda: f"{laughs()}<p>&l9;".encode()),
    "a strange encoding": ("a.html", lambda: b"<meta charset=punycode><p>" + b"\xff-" * 100_000),
    "binary page": ("a.html", lambda: b"\x89PNG\0\0\xff" * 1000),
    "code without end": ("a.html", partial(repeated, "<pre>`", 300_000)),
    "an old Word file": ("a.docx", lambda: OLD_OFFICE + bytes(5000)),
    "no archive": ("a.docx", lambda: b"PK\x03\x04" + bytes(100)),
    "half an archive": ("a.docx", lambda: make_docx(paragraph("x"))[:-30]),
    "a bomb of spaces": ("a.docx", lambda: make_docx(f"<w:p>{' ' * 300_000_000}</w:p>")),
    "a bomb of paragraphs": ("a.docx", lambda: make_docx(paragraph("x") * 500_000)),
    "a bomb beside the text": ("a.docx", lambda: make_docx(paragraph("x"), styles=f"<s>{' ' * 300_000_000}</s>")),
    "a billion laughs": ("a.docx", lambda: make_docx(paragraph("&l9;"), laughs())),
    "a foreign entity": (
        "a.docx",
        lambda: make_docx(paragraph("&x;"), '<!DOCTYPE w [<!ENTITY x SYSTEM "/etc/passwd">]>'),
    ),
    "nested tables": ("a.docx", lambda: make_docx("<w:tbl><w:tr><w:tc>" * 20_000 + "</w:tc></w:tr></w:tbl>" * 20_000)),
    "800,000 texts on a page": ("a.pdf", lambda: make_pdf(b"BT " + b"(a)Tj " * 800_000 + b"ET", packed=True)),
    "a bomb of a stream": ("a.pdf", lambda: make_pdf(b" " * 200_000_000, packed=True)),
    "pages in a circle": ("a.pdf", lambda: make_pdf(show("x"), kids="2 0 R")),
    "a page many times": ("a.pdf", lambda: make_pdf(show("word " * 900), kids="4 0 R " * 100_000)),
    "open brackets in an object": ("a.pdf", lambda: b"%PDF-1.7\n1 0 obj\n" + b"[" * 500_000),
    "open dictionaries": ("a.pdf", lambda: b"%PDF-1.7\n1 0 obj\n" + b"<</a " * 200_000),
    "no table of objects": ("a.pdf", lambda: b"%PDF-1.7\n" + b"1 0 obj\n" * 100_000 + b"startxref\n9\n%%EOF"),
    "half a PDF": ("a.pdf", lambda: make_pdf(show("x"))[:300]),
    "no PDF": ("a.pdf", lambda: b"GIF89a" + bytes(1000)),
    "images alone": ("a.pdf", lambda: make_pdf(b"q 1 0 0 1 0 0 cm Q")),
}
