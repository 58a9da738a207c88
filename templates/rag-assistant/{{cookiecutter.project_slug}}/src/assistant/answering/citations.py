"""Find the citations `[n]` in a model's answer, check them against the passages, and renumber them in order."""

from __future__ import annotations

import re

# Backticks begin and end code, in which brackets are brackets. Some models write [Passage 1] or [1, 2].
TOKEN = re.compile(
    r"(?P<ticks>`+)|[ \t]*\[(?:passages?\s+)?(?P<numbers>\d{1,4}(?:\s*[,;]\s*\d{1,4})*)\]", re.IGNORECASE
)
UNFINISHED = re.compile(r"\s*\[[\w\s,;]{0,60}\Z|`+\Z|\s+\Z")  # what the next piece may make into something else


class CitationCheck:
    """Takes an answer piece by piece and gives it back with its citations checked and renumbered from 1.

    A citation of a passage that was not given is taken out of the text.
    """

    def __init__(self, passages: int) -> None:
        self._passages = passages
        self._held = ""
        self._begun = self._in_code = False
        self._new_number: dict[int, int] = {}
        self._unsupported: dict[int, None] = {}

    @property
    def cited(self) -> tuple[int, ...]:
        """The passages cited so far, counted from 1; the first of them has become `[1]`, the second `[2]`."""
        return tuple(self._new_number)

    @property
    def unsupported(self) -> tuple[int, ...]:
        """The numbers that no passage has, in the order of appearance."""
        return tuple(self._unsupported)

    def feed(self, piece: str) -> str:
        """The part of the text so far that later pieces cannot change."""
        text = self._held + piece
        unfinished = UNFINISHED.search(text)
        cut = unfinished.start() if unfinished else len(text)
        self._held = text[cut:]
        return self._checked(text[:cut])

    def close(self) -> str:
        """What was held back, without space at the end."""
        rest, self._held = self._held, ""
        return self._checked(rest).rstrip()

    def _checked(self, text: str) -> str:
        text = TOKEN.sub(self._replaced, text)
        if not self._begun:
            text = text.lstrip()
            self._begun = bool(text)
        return text

    def _replaced(self, token: re.Match[str]) -> str:
        if token["ticks"]:
            self._in_code = not self._in_code
        if token["ticks"] or self._in_code:
            return token[0]
        marks = "".join(self._mark(int(number)) for number in re.split(r"\s*[,;]\s*", token["numbers"]))
        space = token[0][: token[0].index("[")]
        return space + marks if marks else ""

    def _mark(self, number: int) -> str:
        if not 1 <= number <= self._passages:
            self._unsupported[number] = None
            return ""
        return f"[{self._new_number.setdefault(number, len(self._new_number) + 1)}]"
