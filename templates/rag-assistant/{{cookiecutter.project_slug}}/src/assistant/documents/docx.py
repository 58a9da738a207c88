"""DOCX files: the text of the body with its headings, lists and tables.

A DOCX is a zip archive of XML parts. Two are read, as streams: what they unpack to is counted while it is unpacked,
so a small file cannot fill the memory, and a document type, which could define entities, is refused.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from io import BytesIO
from typing import NoReturn, Protocol
from xml.parsers import expat
from zipfile import ZIP_DEFLATED, ZIP_STORED, BadZipFile, ZipFile
from zlib import error as DamagedStream  # noqa: N812

from .text import DocumentError, Reading, clean
from .writer import MarkdownWriter

OLD_OFFICE = bytes.fromhex("d0cf11e0a1b11ae1")  # the container of .doc, and of every encrypted .docx
BODY, STYLES = "word/document.xml", "word/styles.xml"
ENCRYPTED = 0x1  # a flag of a zip entry
XML_PER_CHARACTER = 20  # bytes; ordinary text takes 2 to 10
SMALLEST_LIMIT = 2_000_000  # bytes of XML, for styles and empty documents
STEP = 65_536  # bytes that are unpacked at a time
HEADING_STYLE = re.compile(r"heading ?([1-6])", re.IGNORECASE)

Attributes = dict[str, str]


def read(data: bytes, characters: int) -> Reading:
    """The body's paragraphs and tables; headings by their style.

    Raises:
        DocumentError: the file is no DOCX, is damaged or encrypted, or unpacks to too much.
    """
    if data.startswith(OLD_OFFICE):
        raise DocumentError("is encrypted, or an old .doc file; save a copy as .docx without a password")
    try:
        with ZipFile(BytesIO(data)) as archive:
            return _read(archive, characters)
    except DocumentError:
        raise
    except (BadZipFile, DamagedStream, EOFError, NotImplementedError, ValueError, expat.ExpatError) as error:
        raise DocumentError(f"is not a DOCX file, or is damaged ({error}); open it and save it again") from None


def _read(archive: ZipFile, characters: int) -> Reading:
    if BODY not in archive.NameToInfo:
        raise DocumentError(f"is not a DOCX file: it has no {BODY}")
    limit = max(XML_PER_CHARACTER * characters, SMALLEST_LIMIT)
    styles = _Styles()
    if STYLES in archive.NameToInfo:
        _parse(archive, STYLES, styles, limit)
    body = _Body(styles, MarkdownWriter(characters))
    _parse(archive, BODY, body, limit)
    return Reading(clean(body.writer.markdown()), body.writer.heading or None)


class _Part(Protocol):
    """Takes the events of an XML part; names come without their namespace."""

    def start(self, tag: str, attributes: Attributes) -> None: ...
    def end(self, tag: str) -> None: ...
    def text(self, data: str) -> None: ...


def _parse(archive: ZipFile, name: str, part: _Part, limit: int) -> None:
    info = archive.getinfo(name)
    if info.flag_bits & ENCRYPTED:
        raise DocumentError("is encrypted; save a copy without a password")
    if info.compress_type not in {ZIP_STORED, ZIP_DEFLATED}:  # no other is allowed, and others unpack without bound
        raise DocumentError("is not a DOCX file: it uses an unusual compression method")
    parser = _parser(part)
    size = info.file_size  # as declared
    with archive.open(info) as stream:
        unpacked = 0
        while size <= limit and (block := stream.read(STEP)):
            unpacked += len(block)
            size = max(size, unpacked)
            parser.Parse(block, False)
    if size > limit:
        raise DocumentError(f"unpacks to more than {limit:,} bytes of XML; split it, or raise limits in settings.toml")
    parser.Parse(b"", True)


def _parser(part: _Part) -> expat.XMLParserType:
    parser = expat.ParserCreate(namespace_separator=" ")
    parser.buffer_text = True
    parser.StartDoctypeDeclHandler = _refuse_doctype
    parser.StartElementHandler = lambda tag, attributes: part.start(
        _local(tag), {_local(name): value for name, value in attributes.items()}
    )
    parser.EndElementHandler = lambda tag: part.end(_local(tag))
    parser.CharacterDataHandler = part.text
    return parser


def _refuse_doctype(*_: object) -> NoReturn:
    raise DocumentError("declares a document type, which a DOCX file may not do; it is refused")


def _local(name: str) -> str:
    return name.rpartition(" ")[2]


class _Styles:
    """Which styles are headings: by name, which is English in every language version, or by their outline level."""

    def __init__(self) -> None:
        self.lists: set[str] = set()  # styles of list items
        self._levels: dict[str, int] = {}
        self._style = ""

    def level(self, style: str) -> int:
        """1 to 6, or 0 if it is no heading's."""
        named = HEADING_STYLE.fullmatch(style)
        return self._levels.get(style, int(named[1]) if named else 0)

    def start(self, tag: str, attributes: Attributes) -> None:
        value = attributes.get("val", "")
        if tag == "style":
            self._style = attributes.get("styleId", "")
        elif tag == "name" and (named := HEADING_STYLE.fullmatch(value)):
            self._levels[self._style] = int(named[1])
        elif tag == "name" and value == "Title":
            self._levels[self._style] = 1
        elif tag == "numPr":
            self.lists.add(self._style)
        elif tag == "outlineLvl" and value in {"0", "1", "2", "3", "4", "5"}:
            self._levels.setdefault(self._style, int(value) + 1)

    def end(self, tag: str) -> None: ...
    def text(self, data: str) -> None: ...


@dataclass(slots=True)
class _Paragraph:
    level: int = 0  # of a heading
    depth: int | None = None  # of a list item
    text: list[str] = field(default_factory=list)


class _Body:
    """Tells the writer of each paragraph and table row. Deleted text and field codes are in other elements than `t`."""

    def __init__(self, styles: _Styles, writer: MarkdownWriter) -> None:
        self.writer = writer
        self._styles = styles
        self._open = [_Paragraph()]  # paragraphs, outermost first; a text box in one has its own
        self._cells: list[list[str]] = []
        self._tables = 0  # that are open
        self._alternatives = 0  # that are open and repeat what was read before
        self._in_text = False

    def start(self, tag: str, attributes: Attributes) -> None:
        self._alternatives += tag == "Fallback"
        if self._alternatives:
            return
        match tag:
            case "p":
                self._open.append(_Paragraph())
            case "t":
                self._in_text = True
            case "tbl":
                self._tables += 1
                if self._tables == 1:
                    self.writer.end_table()
            case "tc" if self._tables == 1:
                self._cells.append([])
            case _:
                self._in_paragraph(tag, attributes.get("val", ""))

    def _in_paragraph(self, tag: str, value: str) -> None:
        paragraph = self._open[-1]
        match tag:
            case "tab" | "br" | "cr":
                paragraph.text.append(" ")
            case "noBreakHyphen":
                paragraph.text.append("-")
            case "pStyle":
                paragraph.level = self._styles.level(value)
                paragraph.depth = 0 if value in self._styles.lists else None
            case "ilvl":
                paragraph.depth = min(int(value or "0"), 8)

    def end(self, tag: str) -> None:
        if self._alternatives:
            self._alternatives -= tag == "Fallback"
            return
        match tag:
            case "t":
                self._in_text = False
            case "p":
                self._take(self._open.pop())
            case "tr" if self._tables == 1:
                self.writer.add_row([" ".join(cell) for cell in self._cells])
                self._cells = []
            case "tbl":
                self._tables -= 1

    def text(self, data: str) -> None:
        if self._in_text and not self._alternatives:
            self._open[-1].text.append(data)

    def _take(self, paragraph: _Paragraph) -> None:
        text = "".join(paragraph.text)
        if self._cells:
            self._cells[-1].append(text)
        elif paragraph.level:
            self.writer.add_heading(paragraph.level, text)
        elif paragraph.depth is not None:
            self.writer.add_item(paragraph.depth, text)
        else:
            self.writer.add_paragraph(text)
