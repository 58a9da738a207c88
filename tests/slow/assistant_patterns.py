"""No pattern of rag-assistant takes more time than in proportion to the text; a project runs this with its own tests."""

from __future__ import annotations

import importlib
import pkgutil
import re
from collections.abc import Iterator
from functools import cache

import assistant
import pytest
from assistant import answering, documents, serving
from timing import seconds

SIZE = 20_000  # characters
YARDSTICK = re.compile("(?s).")  # looks at each character once
MOST = 25  # times as long as that; our patterns take 7 times at most, a quadratic search 88 times and more
# These see 80 characters at most.
SHORT = {f".documents.sentences.{name}" for name in ("CODE_AFTER", "INITIAL", "WORD_BEFORE")}
PIECES = [
    "a",
    "A.",
    " ",
    "\n",
    "`",
    "` ",
    "``a",
    "[",
    "](",
    "*",
    "_a",
    ".",
    '."',
    "-\n",
    "a-\n",
    "---\n",
    "a: ",
    "[1]",
    "A. ",
]
PIECES += ["#", "<", "&", "\\", "|", "(", "1", "\t", "é", "。", "\x85", "\r", "~~~", "!["]


def patterns() -> Iterator[tuple[str, re.Pattern[str]]]:
    """Each compiled pattern of the packages that see documents, questions or answers."""
    for package in (documents, answering, serving):
        for found in pkgutil.iter_modules(package.__path__, f"{package.__name__}."):
            for name, value in vars(importlib.import_module(found.name)).items():
                if isinstance(value, re.Pattern) and isinstance(value.pattern, str):
                    yield f"{found.name.removeprefix(assistant.__name__)}.{name}", value


PATTERNS = dict(patterns())


def hostile(piece: str) -> Iterator[str]:
    text = piece * (SIZE // len(piece))
    yield f"---\na: b\n{text}\0"
    yield f"x {text[: SIZE // 2]}{'a' * (SIZE // 2)}"


def test_patterns_are_found() -> None:
    assert {".documents.blocks.TICKS", ".documents.sentences.END", ".documents.pdf.HYPHEN"} <= set(PATTERNS)


@pytest.mark.parametrize("name", sorted(PATTERNS.keys() - SHORT))
def test_a_pattern_takes_time_in_proportion_to_the_text(name: str) -> None:
    for piece in PIECES:
        for text in hostile(piece):
            assert is_linear(PATTERNS[name], text), (piece, len(text))


def is_linear(pattern: re.Pattern[str], text: str) -> bool:
    """Other programs can make it seem slow, but not three times in a row."""
    return any(seconds(lambda: search(pattern, text), repeat=1) < MOST * yardstick() for _ in range(3))


@cache
def yardstick() -> float:
    return seconds(lambda: search(YARDSTICK, "a" * SIZE))


def search(pattern: re.Pattern[str], text: str) -> None:
    sum(1 for _ in pattern.finditer(text))
    pattern.match(text)
