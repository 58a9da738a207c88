"""The lines of a text as they are compared: without all that a formatter may change.

White space never counts, nor does a line without a letter or a digit, such as a bracket. In Python a statement is one
line, however it is broken, and quotation marks, parentheses and commas do not count; each comment is a line of its own.
"""

from __future__ import annotations

import io
import re
import tokenize
from collections.abc import Callable, Collection, Iterable, Iterator
from typing import NamedTuple

_MOST_PYTHON = 300_000  # characters; a longer file is compared by its plain lines
_PYTHON = (".py", ".pyi")
_LEFT_OUT = str.maketrans("", "", "\"'(),\\")
_PREFIX = re.compile(r"\A[A-Za-z]{1,2}(?=[\"'])")  # of a text in quotation marks
_WITH_BODY = frozenset("async case class def elif else except finally for if match try while with".split())
_LAYOUT = frozenset((tokenize.NL, tokenize.INDENT, tokenize.DEDENT))
_ENDS = frozenset((tokenize.NEWLINE, tokenize.ENDMARKER))


class Line(NamedTuple):
    """A line or a Python statement: the numbers of its first and its last line, from 1, and its text for comparison."""

    first: int
    last: int
    key: str


def lines_of(path: str, text: str, without: Collection[int] = ()) -> list[Line]:
    """The lines of a text that say something, apart from those with a number in `without`."""
    found = _python(text) if path.endswith(_PYTHON) and len(text) <= _MOST_PYTHON else None
    if found is None:
        found = list(_plain(text.split("\n"), 1, _bare if path.endswith(_PYTHON) else squeezed))
    return [line for line in found if line.first not in without] if without else found


def squeezed(text: str) -> str:
    """The text without white space; "" if no letter or digit is in it."""
    key = "".join(text.split())
    return key if any(map(str.isalnum, key)) else ""


def _bare(text: str) -> str:
    """`squeezed`, without the marks that a formatter of Python adds, removes or exchanges."""
    return squeezed(text.translate(_LEFT_OUT))


def _plain(texts: Iterable[str], start: int, key_of: Callable[[str], str]) -> Iterator[Line]:
    for number, text in enumerate(texts, start):
        if key := key_of(text):
            yield Line(number, number, key)


def _python(text: str) -> list[Line] | None:
    """The statements and comments of a Python file; None if it cannot be divided into tokens."""
    found: list[Line] = []
    statement = _Statement()
    try:
        for token in tokenize.generate_tokens(io.StringIO(text).readline):
            if token.type == tokenize.ERRORTOKEN:  # it is no Python; to go on could take for ever
                return None
            if token.type == tokenize.COMMENT:
                found += _plain([token.string], token.start[0], _bare)
            elif token.type not in _LAYOUT and statement.ends_with(token):
                found += statement.lines()
                statement = _Statement()
    except (tokenize.TokenError, SyntaxError):
        return None
    return found


class _Statement:
    """A simple statement, or the head of a compound one, as its tokens come."""

    def __init__(self) -> None:
        self.tokens: list[tokenize.TokenInfo] = []
        self.depth = 0  # of brackets
        self.lambdas = 0  # outside brackets, whose colon has not come yet

    def ends_with(self, token: tokenize.TokenInfo) -> bool:
        """Add a token; returns whether it is the statement's last one."""
        self.tokens.append(token)
        if token.type in _ENDS:
            return True
        if token.type == tokenize.OP:
            self.depth += (token.string in "([{") - (token.string in ")]}")
            return self.depth == 0 and (token.string == ";" or (token.string == ":" and self._ends_head()))
        self.lambdas += self.depth == 0 and token.string == "lambda"
        return False

    def _ends_head(self) -> bool:
        """Whether a colon outside brackets ends the head of a compound statement."""
        if self.lambdas:
            self.lambdas -= 1
            return False
        return self.tokens[0].string in _WITH_BODY

    def lines(self) -> Iterator[Line]:
        """The statement as one line; a text that stands alone, such as a docstring, as the lines that it has."""
        said = [token for token in self.tokens if token.type not in _ENDS]
        if said and all(token.type == tokenize.STRING for token in said):
            for token in said:
                yield from _plain(token.string.split("\n"), token.start[0], _bare)
        elif said and (key := _bare("".join(_PREFIX.sub("", token.string) for token in said))):
            yield Line(said[0].start[0], said[-1].end[0], key)
