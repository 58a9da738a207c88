"""HTML pages and Word files as Markdown, without what only decorates or leads elsewhere.

The libraries are imported where they are used, since most commands read no such file.
"""

from __future__ import annotations

import re
from io import BytesIO
from typing import TYPE_CHECKING

from .text import Reading, clean, decode

if TYPE_CHECKING:
    from bs4.element import PageElement, Tag

DROPPED = ["button", "footer", "head", "iframe", "nav", "noscript", "script", "select", "style", "svg", "template"]
UNSEEN = re.compile(
    r"(?:^|;)\s*(?:display\s*:\s*none|visibility\s*:\s*hidden|(?:font-size|opacity)\s*:\s*0(?:\.0+)?(?![\d.]))",
    re.IGNORECASE,
)
HEADINGS = ["h1", "h2", "h3", "h4", "h5", "h6"]
LONGEST_TITLE = 200  # characters
TITLE_STYLE = "p[style-name='Title'] => h1:fresh"  # mammoth knows the other styles


def read_html(data: bytes) -> Reading:
    """The page's text; its title is the first heading, or else `<title>`.

    Raises:
        DocumentError: it is a binary file.
        RecursionError: its elements are nested too deeply.
    """
    from bs4 import BeautifulSoup
    from bs4.dammit import UnicodeDammit
    from markdownify import MarkdownConverter

    known = UnicodeDammit(data, known_definite_encodings=["utf-8"], is_html=True)  # what is UTF-8 is hardly another
    soup = BeautifulSoup(clean(decode((known.unicode_markup or "").encode("utf-8", "replace"))), "lxml")
    title = _words(soup.find("title"))
    for element in [*soup.find_all(DROPPED), *soup.find_all(_hidden)]:
        element.decompose()
    title = next((words for one in soup.find_all(HEADINGS) if (words := _words(one))), title)
    converter = MarkdownConverter(
        heading_style="atx",
        bullets="-",
        strip=["a", "img"],
        escape_asterisks=False,  # the words are to be found as they are on the page
        escape_underscores=False,
        table_infer_header=True,
    )
    return Reading(clean(converter.convert_soup(soup)), title or None)


def read_docx(data: bytes) -> Reading:
    """The body's text with its headings, lists and tables.

    Raises:
        Exception: it is no DOCX, damaged or encrypted; what mammoth then raises has no common base.
    """
    from mammoth import convert_to_html

    return read_html(convert_to_html(BytesIO(data), style_map=TITLE_STYLE, convert_image=lambda _: []).value.encode())


def _hidden(element: Tag) -> bool:
    """Whether the attributes of an element keep readers from seeing it; style sheets are not looked at.

    Scripts show a page whose body is hidden at first.
    """
    unseen = element.has_attr("hidden") or element.get("aria-hidden") == "true"
    return element.name != "body" and (unseen or bool(UNSEEN.search(str(element.get("style")))))


def _words(element: PageElement | None) -> str:
    return " ".join(element.get_text(" ").split())[:LONGEST_TITLE] if element else ""
