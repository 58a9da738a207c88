"""Reasons for one answer: how it changes when one piece of the text is left out."""

import re
import textwrap
from collections.abc import Iterator, Mapping, Sequence
from itertools import pairwise
from typing import NamedTuple

import numpy as np

from .manifest import Input, TextInput, Value

METHOD = (
    "The effect of a piece of the text is this answer's chance minus its chance without that piece alone. "
    "Effects describe the model, not causes. They do not add up."
)
MOST, FEWEST = 40, 3  # pieces: each costs one more answer; below FEWEST sentences, words say more
LONGEST = 200  # characters that are shown of a piece

# Where a piece ends. One character each, so that no text takes longer than its length.
WORD = re.compile(r"\s")
SENTENCE = re.compile(r"(?<=[.;:!?])\s|\n(?=\s)")


class Change(NamedTuple):
    """An input, a piece of its text, and the case without that piece."""

    input: str
    value: Value
    case: dict[str, Value]


def changes(case: Mapping[str, Value], inputs: Sequence[Input]) -> list[Change]:
    """What could be a reason: each piece of the texts."""
    texts = {one.name: str(case[one.name] or "") for one in inputs if isinstance(one, TextInput)}
    return [
        Change(name, textwrap.shorten(text[part], LONGEST, placeholder=" ..."), {**case, name: blanked(text, part)})
        for name, text in texts.items()
        for part in pieces(text)
    ]


def pieces(text: str) -> list[slice]:
    """The words of a short text, otherwise its sentences; neighbours together if there would be more than `MOST`."""
    words, sentences = list(_pieces(text, WORD)), list(_pieces(text, SENTENCE))
    parts = words if len(words) <= MOST or len(sentences) < FEWEST else sentences
    groups = [group for group in np.array_split(np.arange(len(parts)), MOST) if len(group)]
    return [slice(parts[group[0]].start, parts[group[-1]].stop) for group in groups]


def _pieces(text: str, end: re.Pattern[str]) -> Iterator[slice]:
    bounds = [0, *(found.end() for found in end.finditer(text)), len(text)]
    for start, stop in pairwise(bounds):
        if text[start:stop].strip():
            yield slice(start, stop)


def blanked(text: str, part: slice) -> str:
    """The text with blanks in place of a piece, so that all else stays where it was."""
    return text[: part.start] + " " * len(text[part]) + text[part.stop :]
