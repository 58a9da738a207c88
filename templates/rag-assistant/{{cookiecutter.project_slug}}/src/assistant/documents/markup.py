"""HTML pages and Word files as Markdown, without what only decorates or leads elsewhere."""

from io import BytesIO

from bs4 import BeautifulSoup
from bs4.dammit import UnicodeDammit
from bs4.element import PageElement
from mammoth import convert_to_html
from markdownify import MarkdownConverter

from .text import Reading, clean, decode

DROPPED = ["button", "footer", "head", "iframe", "nav", "noscript", "script", "select", "style", "svg", "template"]
HEADINGS = ["h1", "h2", "h3", "h4", "h5", "h6"]
LONGEST_TITLE = 200  # characters
TITLE_STYLE = "p[style-name='Title'] => h1:fresh"  # mammoth knows the other styles

CONVERTER = MarkdownConverter(
    heading_style="atx",
    bullets="-",
    strip=["a", "img"],
    escape_asterisks=False,  # the words are to be found as they are on the page
    escape_underscores=False,
    table_infer_header=True,
)


def read_html(data: bytes) -> Reading:
    """The page's text; its title is the first heading, or else `<title>`.

    Raises:
        DocumentError: it is a binary file.
        RecursionError: its elements are nested too deeply.
    """
    known = UnicodeDammit(data, known_definite_encodings=["utf-8"], is_html=True)  # what is UTF-8 is hardly another
    soup = BeautifulSoup(clean(decode((known.unicode_markup or "").encode("utf-8", "replace"))), "lxml")
    heading = next((words for one in soup.find_all(HEADINGS) if (words := _words(one))), "")
    title = heading or _words(soup.find("title"))
    for element in soup.find_all(DROPPED):
        element.decompose()
    return Reading(clean(CONVERTER.convert_soup(soup)), title or None)


def read_docx(data: bytes) -> Reading:
    """The body's text with its headings, lists and tables.

    Raises:
        Exception: it is no DOCX, damaged or encrypted; what mammoth then raises has no common base.
    """
    return read_html(convert_to_html(BytesIO(data), style_map=TITLE_STYLE, convert_image=lambda _: []).value.encode())


def _words(element: PageElement | None) -> str:
    return " ".join(element.get_text(" ").split())[:LONGEST_TITLE] if element else ""
