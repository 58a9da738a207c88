"""PDF files: the text layer, one section for each page."""

import logging
import re
from contextlib import suppress
from io import BytesIO

from .text import Reading, clean

LINE = re.compile(r"^.+\n(?![a-zß-öø-ÿ])", re.MULTILINE)  # after which no sentence goes on
NO_TITLE = re.compile(r"\A\(?untitled\b|\.[a-z]\w{1,4}\Z|.{200}", re.IGNORECASE)  # nor is the name of a file
HYPHEN = re.compile(r"(?<=[a-z])-\n(?=[a-z])")  # of a word that continues on the next line

logging.getLogger("pypdf").setLevel(logging.CRITICAL)  # it reports each flaw that it repairs


def read(data: bytes) -> Reading:
    """The pages that have text, each below a heading `## Page N`; the title is the one in the document's properties.

    Raises:
        Exception: the file is damaged or encrypted; what pypdf then raises has no common base.
    """
    from pypdf import PdfReader

    reader = PdfReader(BytesIO(data))
    if reader.is_encrypted:
        reader.decrypt("")  # many need no password to be read, only to be changed
    pages: list[str] = []
    for number, page in enumerate(reader.pages, start=1):
        if text := HYPHEN.sub("", _apart(clean(page.extract_text()))).strip():
            pages.append(f"## Page {number}\n\n{text}")
    title = ""
    with suppress(Exception):  # damage there does no harm to the text
        title = " ".join(str((reader.metadata and reader.metadata.title) or "").split())
    return Reading("\n\n".join(pages), title if title.isprintable() and not NO_TITLE.search(title) else None)


def _apart(text: str) -> str:
    # A short line is a heading or ends a paragraph: with a blank line below it, no heading runs into a sentence.
    half = max(map(len, text.split("\n"))) / 2
    return LINE.sub(lambda line: line[0] + "\n" * (len(line[0]) <= half), text)
