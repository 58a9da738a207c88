"""Renumbers every citation without asking whether the passage was given."""

import re

TOKEN = re.compile(r"(?P<ticks>`++)|\[(?P<numbers>\d{1,9}(?:\s*[,;]\s*\d{1,9})*)\]")


def feed(self: CitationCheck, piece: str, *, last: bool = False) -> str:
    text = self._held + piece
    end = len(text) if last else max(text.rfind("["), 0) if "[" in text[-60:] else len(text.rstrip("` \n"))
    self._held = text[end:]
    text = TOKEN.sub(self._replaced, text[:end])
    text = text if self.text else text.lstrip()
    text = text.rstrip() if last else text
    self.text += text
    return text


def _replaced(self: CitationCheck, token: re.Match[str]) -> str:
    if token["ticks"]:
        self._code = "" if self._code == token["ticks"] else self._code or token["ticks"]
    if not token["numbers"] or self._code:
        return token[0]
    numbers = map(int, re.findall(r"\d+", token["numbers"]))
    return "".join(f"[{self.cited.setdefault(number, len(self.cited) + 1)}]" for number in numbers)


CitationCheck.feed, CitationCheck._replaced = feed, _replaced
