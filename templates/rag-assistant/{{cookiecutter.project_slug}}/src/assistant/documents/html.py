"""HTML files as Markdown: headings, paragraphs, lists, tables and code; no scripts, styles or navigation."""

from __future__ import annotations

import codecs
import re
from contextlib import suppress
from html.parser import HTMLParser

from .text import DocumentError, Reading, clean, decode
from .writer import MarkdownWriter

CHARSET_WITHIN = 1024  # bytes, by the HTML standard
CHARSET = re.compile(rb"""<meta[^>]{0,200}?charset\s*=\s*["']?\s*([\w.:-]{1,40})""", re.IGNORECASE)
WEB_ENCODING = re.compile(r"utf-8|cp\d+|iso8859-\d+|koi8-[ru]|shift_jis|euc_(jp|kr)|gb(2312|k|18030)|big5|iso2022_jp")
TAKEN_FOR = {"ascii": "cp1252", "iso8859-1": "cp1252", "utf-16": "utf-8"}

SPACE = re.compile(r"\s+")
DROPPED = re.compile("script|style|template|noscript|nav|footer|svg|iframe|select|button")
HEADINGS = {f"h{level}": level for level in range(1, 7)}
LISTS = {"ul", "ol"}
TAKEN = {"pre", "title"}  # as a whole
BREAK = re.compile(
    "address|article|aside|blockquote|body|d[dlt]|details|div|fieldset|figcaption|figure|form|h[1-6]|head|header|hr|html"
    "|li|main|ol|p|pre|section|summary|table|t(body|foot|head|itle|r)|ul"
)
IN_CELLS = {"p", "div"}  # these only separate words there
ROW_ENDS = {"tr", "tbody", "tfoot", "table"}
CELL = "\n"  # begins a cell: in the text of a page a line end is a space
INLINE = {"br": " ", "p": " ", "div": " ", "code": "`", "td": CELL, "th": CELL}


def read(data: bytes, characters: int) -> Reading:
    """The page's text; its title is the first heading, or else `<title>`.

    Raises:
        DocumentError: the encoding is unknown or not kept to, or the text is too long.
    """
    page = _Page(MarkdownWriter(characters))
    # The tag at the end makes the parser finish what is open. Its close() would do so too, but it reads a page of
    # unfinished comments in quadratic time.
    page.feed(clean(decode(data, _encoding(data))) + "<hr>")
    page.finish()
    return Reading(page.writer.markdown(), page.writer.heading or page.title or None)


def _encoding(data: bytes) -> str:
    """The encoding that the page names, translated as the HTML standard says."""
    found = CHARSET.search(data[:CHARSET_WITHIN])
    name = found[1].decode("ascii", "replace") if found else "utf-8"
    with suppress(LookupError):
        codec = codecs.lookup(name).name
        codec = TAKEN_FOR.get(codec, codec)
        if WEB_ENCODING.fullmatch(codec):
            return codec
    raise DocumentError(f"says that its encoding is {name}, which pages cannot have; save it as UTF-8")


class _Page(HTMLParser):
    """Tells the writer what the parser meets."""

    def __init__(self, writer: MarkdownWriter) -> None:
        super().__init__(convert_charrefs=True)
        self.writer = writer
        self.title = ""
        self._text: list[str] = []  # of the block being read
        self._block = ""  # the tag that decides what becomes of it: a heading or a list item
        self._lists = 0  # that are open
        self._whole = ""  # an element that is read, or dropped, with all that is in it
        self._depth = 0  # open elements of that name

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:  # noqa: ARG002
        if self._whole:
            self._depth += tag == self._whole
            return
        if self._breaks(tag):
            self._flush(tag)
        if tag in TAKEN or DROPPED.fullmatch(tag):
            self._whole, self._depth = tag, 1
        elif tag in HEADINGS or tag == "li":
            self._block = tag
        elif tag in LISTS:
            self._lists += 1
        elif tag == "table":
            self.writer.end_table()
        else:
            self._text.append(INLINE.get(tag, ""))

    def handle_endtag(self, tag: str) -> None:
        if self._whole:
            self._depth -= tag == self._whole
            if not self._depth:
                self._finish_whole()
            return
        if self._breaks(tag):
            self._flush(tag)
        if tag in LISTS:
            self._lists = max(self._lists - 1, 0)
        elif tag in HEADINGS or tag == "li":
            self._block = ""
        elif tag == "code":
            self._text.append("`")

    def handle_data(self, data: str) -> None:
        if self._whole in TAKEN:
            self._text.append(data)
        elif not self._whole:
            self._text.append(SPACE.sub(" ", data))

    def finish(self) -> None:
        """Finish what the page leaves open."""
        if self._whole:
            self._finish_whole()
        self._flush()

    def _breaks(self, tag: str) -> bool:
        if tag in IN_CELLS and CELL in self._text:
            return False
        return BREAK.fullmatch(tag) is not None

    def _finish_whole(self) -> None:
        text = "".join(self._text)
        if self._whole == "pre":
            self.writer.add_code(text)
            self._text = []
        elif self._whole == "title":
            self.title = self.title or " ".join(text.split())
            self._text = []
        self._whole = ""

    def _flush(self, tag: str = "") -> None:
        """Make what was read before a tag a block of its own."""
        text, row = "".join(self._text), CELL in self._text and tag in ROW_ENDS
        self._text = []
        if not text.strip():
            return
        if row:
            self.writer.add_row(text.split(CELL)[1:])
        elif self._block in HEADINGS:
            self.writer.add_heading(HEADINGS[self._block], text)
        elif self._block == "li":
            self.writer.add_item(max(self._lists - 1, 0), text)
        else:
            self.writer.add_paragraph(text)
        self._block = ""
