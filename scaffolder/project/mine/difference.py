"""Tells the lines of a file that are new against every version of it that the template has had.

libgit2 compares the lines, without their white space. In Python, a statement that the template's file has is the
template's however it is formatted, and a function or class wherever it stands. Of prose, which may be broken into other
lines, a line is new if enough of its words stand in no run of three that the template has.
"""

from __future__ import annotations

import ast
import re
from collections import Counter
from collections.abc import Iterable, Iterator
from functools import lru_cache
from typing import NamedTuple

import pygit2

LEAST = 0.25  # the share of new words that makes a line of prose new
_WORDS = 3  # of a run, as in the checklist
_WORD = re.compile(r"\w+")
_MOST_PYTHON = 100_000  # characters; a longer file is compared by its lines alone
_DEFINITIONS = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)

Run = tuple[str, ...]


class Statement(NamedTuple):
    """A Python statement: its first and last line, its meaning, and whether it defines a function or class."""

    first: int
    last: int
    meaning: str
    defines: bool


def added(text: str, versions: Iterable[str]) -> set[int]:
    """The numbers, from 1, of the lines with a letter or digit that no version has in their place."""
    found = {number for number, line in enumerate(text.split("\n"), 1) if any(map(str.isalnum, line))}
    for version in versions:
        found &= _added(version, text)
    return found


def _added(old: str, new: str) -> set[int]:
    options = pygit2.enums.DiffOption.IGNORE_WHITESPACE | pygit2.enums.DiffOption.FORCE_TEXT
    patch = pygit2.Patch.create_from(old.encode(), new.encode(), flag=options, context_lines=0)
    return {line.new_lineno for hunk in patch.hunks for line in hunk.lines if line.origin == "+"}


def in_statements(text: str, known: frozenset[str]) -> set[int]:
    """The numbers of the lines of a Python file that belong to a statement with a `known` meaning."""
    ranges = (range(one.first, one.last + 1) for one in statements(text) if one.meaning in known)
    return set().union(*ranges)


@lru_cache(maxsize=1_000)  # the repositories of a cohort share the template's files
def statements(text: str) -> tuple[Statement, ...]:
    """All statements of a Python file; none if it is too long, or no Python."""
    if len(text) > _MOST_PYTHON:
        return ()
    try:
        nodes = [node for node in ast.walk(ast.parse(text)) if isinstance(node, ast.stmt)]
        return tuple(map(_statement, nodes))
    except (SyntaxError, ValueError, RecursionError, MemoryError):  # the last if it is nested too deep
        return ()


def _statement(node: ast.stmt) -> Statement:
    lines = [node.lineno, *(each.lineno for each in getattr(node, "decorator_list", ()))]
    return Statement(min(lines), node.end_lineno or node.lineno, ast.dump(node), isinstance(node, _DEFINITIONS))


def new_words(text: str, known: frozenset[Run]) -> tuple[Counter[int], Counter[int]]:
    """The numbers of words in each line of a document, and of those that stand in no `known` run of words."""
    words = list(_words(text))
    old = {start + step for start, run in enumerate(runs(text)) if run in known for step in range(_WORDS)}
    new = Counter(number for place, (_, number) in enumerate(words) if place not in old)
    return Counter(number for _, number in words), new


def runs(text: str) -> Iterator[Run]:
    """The runs of three words, wherever the lines break."""
    words = [word for word, _ in _words(text)]
    return zip(*(words[start:] for start in range(_WORDS)), strict=False)


def _words(text: str) -> Iterator[tuple[str, int]]:
    """Each word, folded, with the number of its line."""
    for number, line in enumerate(text.split("\n"), 1):
        for word in _WORD.findall(line.casefold()):
            yield word, number
