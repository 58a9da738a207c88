"""PDF files: the text layer, one section for each page."""

from __future__ import annotations

import logging
import re
import time
from io import BytesIO

from pypdf import PdfReader, apply_configuration
from pypdf.errors import DependencyError, FileNotDecryptedError

from .text import DocumentError, Reading, clean
from .writer import too_long

HEADER_WITHIN = 1024  # bytes; what comes before "%PDF-" is tolerated by every viewer
LARGEST_STREAM = 50_000_000  # bytes of one inflated stream
LONGEST_READ = 120  # seconds; a page can be made that takes minutes
HYPHEN = re.compile(r"(?<=[a-z])-\n(?=[a-z])")  # of a word that continues on the next line

logging.getLogger("pypdf").setLevel(logging.CRITICAL)  # it reports each flaw that it repairs


def read(data: bytes, characters: int) -> Reading:
    """The pages that have text, each below a heading `## Page N`.

    Raises:
        DocumentError: the file is no PDF, is damaged or encrypted, or has no text.
    """
    if b"%PDF-" not in data[:HEADER_WITHIN]:
        raise DocumentError("is not a PDF file, whatever its name says")
    try:
        with apply_configuration(zlib_maximum_output_length=LARGEST_STREAM):
            pages = _pages(data, characters)
    except DocumentError:
        raise
    except (DependencyError, FileNotDecryptedError):
        raise _encrypted() from None
    except Exception as error:  # what a damaged file makes pypdf raise has no common base
        raise DocumentError(f"is a damaged PDF file ({type(error).__name__}); open it and save it again") from None
    if not pages:
        raise DocumentError("has no text, only images; run text recognition (OCR) on it first")
    return Reading("\n\n".join(f"## Page {number}\n\n{page}" for number, page in pages.items()))


def _pages(data: bytes, characters: int) -> dict[int, str]:
    reader = PdfReader(BytesIO(data))
    if reader.is_encrypted and not reader.decrypt(""):  # many need no password to be read, only to be changed
        raise _encrypted()
    pages: dict[int, str] = {}
    length, end = 0, time.monotonic() + LONGEST_READ
    for number, page in enumerate(reader.pages, start=1):
        text = HYPHEN.sub("", clean(page.extract_text())).strip()
        length += len(text)
        if length > characters:
            raise too_long(characters)
        if time.monotonic() > end:
            raise DocumentError(f"takes longer than {LONGEST_READ} s to read; split it")
        if text:
            pages[number] = text
    return pages


def _encrypted() -> DocumentError:
    return DocumentError("is encrypted; save a copy without a password")
