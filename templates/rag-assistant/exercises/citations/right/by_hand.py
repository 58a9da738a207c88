"""Finds the end that is not sure yet by looking back from the end of the text, without a pattern."""

import re

_NUMBERS = re.compile(r"\d+")
_INSIDE = re.compile(r"(?:(?:passage|source)s?\s+|[\^#])?(\d{1,9}(?:\s*(?:[,;–-]|and)\s*\d{1,9})*)", re.IGNORECASE)
_PART = re.compile(r"`++|\n[ \t]*+\n|(?<![ \t])[ \t]*+[\[【][^\[【\]】]{1,60}[\]】]")
_MAY_GROW = re.compile(r"[\w\s,;^#–-]{0,60}")


def _sure(text: str) -> int:
    """How many characters later pieces cannot change."""
    end = len(text.rstrip())
    if text.endswith("`"):
        return len(text.rstrip("`"))
    opened = max(text.rfind("[", -61), text.rfind("【", -61))
    if opened >= 0 and _MAY_GROW.fullmatch(text, opened + 1):
        return len(text[:opened].rstrip())
    return end


def feed(self: CitationCheck, piece: str, *, last: bool = False) -> str:
    text = self._held + piece
    sure = len(text) if last else _sure(text)
    self._held = text[sure:]
    shown = _PART.sub(self._replaced, text[:sure])
    if not self.text:
        shown = shown.lstrip()
    if last:
        shown = shown.rstrip()
    self.text += shown
    return shown


def _replaced(self: CitationCheck, token: re.Match[str]) -> str:
    found = token[0]
    if found.startswith("`"):
        self._code = "" if self._code == found else self._code or found
        return found
    if found.startswith("\n"):
        self._code = "" if len(self._code) < 3 else self._code
        return found
    blank, bracketed = found[: len(found) - len(found.lstrip(" \t"))], found.lstrip(" \t")
    inside = _INSIDE.fullmatch(bracketed[1:-1])
    if self._code or not inside:
        return found
    marks = ""
    for number in map(int, _NUMBERS.findall(inside[1])):
        if 1 <= number <= self._passages:
            marks += f"[{self.cited.setdefault(number, len(self.cited) + 1)}]"
    return f"{blank}{marks}" if marks else ""


CitationCheck.feed, CitationCheck._replaced = feed, _replaced
