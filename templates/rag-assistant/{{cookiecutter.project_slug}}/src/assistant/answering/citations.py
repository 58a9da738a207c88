"""Find the citations `[n]` in a model's answer, check them against the passages, and renumber them in order.

No pattern backtracks: a run of spaces or backticks is read once, from its beginning.
"""

import re

# Backticks begin and end code, in which brackets are brackets; a code span ends with its paragraph at the latest.
# Some models write [Passage 1], [1, 2], [^1] or 【1】; of a range, [1-3], its ends count.
TOKEN = re.compile(
    r"(?P<ticks>`++)|(?P<paragraph>\n[ \t]*+\n)"
    r"|(?P<space>(?<![ \t])[ \t]*+)[\[【](?=[^\]】]{1,60}[\]】])(?:(?:passage|source)s?\s+|[\^#])?"
    r"(?P<numbers>\d{1,9}(?:\s*(?:[,;–-]|and)\s*\d{1,9})*)[\]】]",
    re.IGNORECASE,
)
# The end of a text that the next piece may turn into something else.
UNFINISHED = re.compile(r"((?<!\s)\s*+[\[【][\w\s,;^#–-]{0,60}\Z|(?<!`)`++\Z|(?<!\s)\s++\Z)")


class CitationCheck:
    """Takes an answer piece by piece and gives it back with its citations checked and renumbered from 1.

    A citation of a passage that was not given is taken out of the text, with the blank space before it. `text` is the
    answer so far. `cited` has for each cited passage, counted from 1, its new number, in order.

    "True [3]. Made up [9]." of five passages becomes "True [1]. Made up." Brackets in code are no citations.
    """

    def __init__(self, passages: int) -> None:
        self.text = ""
        self.cited: dict[int, int] = {}
        self._passages = passages
        self._held = self._code = ""

    def feed(self, piece: str, *, last: bool = False) -> str:
        """The part of the text so far that later pieces cannot change; after the last piece, all that was held back.

        The text of the whole answer has no blank space at its ends, and is the same in whatever pieces it arrives.
        """
        text = self._held + piece
        sure, *held = [text] if last else UNFINISHED.split(text)
        self._held = "".join(held)
        text = TOKEN.sub(self._replaced, sure)
        text = text if self.text else text.lstrip()
        text = text.rstrip() if last else text
        self.text += text
        return text

    def _replaced(self, token: re.Match[str]) -> str:
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
