"""Checks each piece by itself, so that a citation which arrives in two pieces is never checked."""

import re

TOKEN = re.compile(
    r"(?P<ticks>`++)|(?P<paragraph>\n[ \t]*+\n)"
    r"|(?P<space>[ \t]*+)[\[【](?:(?:passage|source)s?\s+|[\^#])?"
    r"(?P<numbers>\d{1,9}(?:\s*(?:[,;–-]|and)\s*\d{1,9})*)[\]】]",
    re.IGNORECASE,
)


def feed(self: CitationCheck, piece: str, *, last: bool = False) -> str:
    text = TOKEN.sub(self._replaced, piece)
    text = text if self.text else text.lstrip()
    text = text.rstrip() if last else text
    self.text += text
    return text


def _replaced(self: CitationCheck, token: re.Match[str]) -> str:
    if token["ticks"]:
        self._code = "" if self._code == token["ticks"] else self._code or token["ticks"]
    elif token["paragraph"] and len(self._code) < 3:
        self._code = ""
    if not token["numbers"] or self._code:
        return token[0]
    numbers = map(int, re.findall(r"\d+", token["numbers"]))
    known = (number for number in numbers if 1 <= number <= self._passages)
    marks = "".join(f"[{self.cited.setdefault(number, len(self.cited) + 1)}]" for number in known)
    return token["space"] + marks if marks else ""


CitationCheck.feed, CitationCheck._replaced = feed, _replaced
