"""Markdown from the parts of other formats."""

from __future__ import annotations

import re
from collections.abc import Sequence

from .blocks import plain
from .text import DocumentError

TICKS = re.compile("`+")


class MarkdownWriter:
    """Collects blocks. Each `add` method adds one, or nothing if it has no text.

    Raises:
        DocumentError: from any of them, once there are more than `characters`.
    """

    def __init__(self, characters: int) -> None:
        self.heading = ""  # the first one
        self._characters = characters
        self._length = 0
        self._parts: list[str] = []
        self._last = ""  # kind of the block before

    def add_heading(self, level: int, text: str) -> None:
        if text := _one_line(text):
            self.heading = self.heading or plain(text)
            self._add("heading", "#" * min(level, 6) + " " + text)

    def add_paragraph(self, text: str) -> None:
        self._add("paragraph", _one_line(text))

    def add_item(self, depth: int, text: str) -> None:
        """An item of a list; `depth` is 0 for a list that is in no other."""
        if text := _one_line(text):
            self._add("item", "  " * min(depth, 8) + "- " + text)

    def add_code(self, text: str) -> None:
        if text.strip():
            fence = "`" * max(3, 1 + max(map(len, TICKS.findall(text)), default=0))
            self._add("code", "\n".join([fence, text.strip("\n"), fence]))

    def add_row(self, cells: Sequence[str]) -> None:
        """A row of a table; the first after another block, or after `end_table`, is its head."""
        texts = [_one_line(cell).replace("|", r"\|") for cell in cells]
        if not any(texts):
            return
        row = f"| {' | '.join(texts)} |"
        self._add("row", row if self._last == "row" else f"{row}\n|{' --- |' * len(texts)}")

    def end_table(self) -> None:
        """The next row belongs to another table."""
        self._last = ""

    def markdown(self) -> str:
        """All of it: a blank line between blocks, but none between the items of a list or the rows of a table."""
        return "".join(self._parts).strip("\n")

    def _add(self, kind: str, block: str) -> None:
        if not block:
            return
        together = kind == self._last and kind in {"item", "row"}
        self._parts += ["\n" if together else "\n\n", block]
        self._last = kind
        self._length += len(block)
        if self._length > self._characters:
            raise too_long(self._characters)


def _one_line(text: str) -> str:
    return " ".join(text.split())


def too_long(characters: int) -> DocumentError:
    """The refusal of a document with more text than the settings allow."""
    return DocumentError(f"has more than {characters:,} characters of text; split it, or raise limits in settings.toml")
