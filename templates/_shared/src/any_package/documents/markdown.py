"""Markdown files: front matter becomes metadata, the rest stays as it is."""

import re

from ..passages import Metadata
from .blocks import blocks
from .text import Reading, clean, decode

FRONT_MATTER = re.compile(r"---[ \t]*\n(.*?)^(?:---|\.\.\.)[ \t]*(?:\n|\Z)", re.DOTALL | re.MULTILINE)
FIELD = re.compile(r"([A-Za-z][\w-]{0,39}):[ \t]+(\S.*)")
LONGEST_VALUE = 300  # characters; longer ones are prose, and nobody filters by prose
MOST_FIELDS = 30


def read(data: bytes) -> Reading:
    """A Markdown file; its title is the front matter's, or else its first heading."""
    metadata, text = split_front_matter(clean(decode(data)))
    fields = dict(metadata)
    headings = (block.title for block in blocks(text) if block.kind == "heading" and block.title)
    return Reading(text, fields.pop("title", None) or next(headings, None), fields)


def split_front_matter(text: str) -> tuple[Metadata, str]:
    """The `key: value` lines between two `---` at the start of a file, and the text below them.

    Of YAML only this much is understood: other lines, such as lists, are left out.
    """
    found = FRONT_MATTER.match(text)
    if not found:
        return {}, text
    lines = (FIELD.fullmatch(line.rstrip()) for line in found[1].splitlines())
    fields = {line[1].lower(): _unquoted(line[2]) for line in lines if line and len(line[2]) <= LONGEST_VALUE}
    return dict(list(fields.items())[:MOST_FIELDS]), text[found.end() :].lstrip("\n")


def _unquoted(value: str) -> str:
    quoted = len(value) > 1 and value[0] == value[-1] and value[0] in "'\""
    return value[1:-1].strip() if quoted else value
