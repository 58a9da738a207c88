"""Reasons for one answer: how it changes when one piece of the text is left out."""

import re
import textwrap
from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import pairwise

import numpy as np
import pandas as pd

from .manifest import Array, Input, TextInput, Value

METHOD = (
    "The effect of a piece of the text is this answer's chance minus its chance without that piece alone. "
    "Effects describe the model, not causes. They do not add up."
)
MOST, FEWEST = 40, 3  # pieces: each costs one more answer; below FEWEST sentences, words say more
LONGEST = 200  # characters that are shown of a piece

# Where a piece ends. One character each, so that no text takes longer than its length.
WORD = re.compile(r"\s")
SENTENCE = re.compile(r"(?<=[.;:!?])\s|\n(?=\s)")


def reasons(
    strength: Callable[[pd.DataFrame], Array], case: Mapping[str, Value], inputs: Sequence[Input], top: int
) -> list[tuple[str, Value, float]]:
    """The `top` pieces that move the answer most: name of the input, piece and effect.

    Args:
        strength: the chance of the given answer for each row of a table of inputs.
        case: the value of each input.
        inputs: their descriptions.
        top: how many reasons, at most.
    """
    texts = {one.name: str(case[one.name] or "") for one in inputs if isinstance(one, TextInput)}
    found = [(name, text, part) for name, text in texts.items() for part in pieces(text)] if top else []
    if not found:
        return []
    without = [{**case, name: blanked(text, part)} for name, text, part in found]
    chances = strength(pd.DataFrame([case, *without]))
    effects = chances[0] - chances[1:]
    ranked = sorted(zip(found, effects, strict=True), key=lambda one: -abs(one[1]))[:top]
    return [
        (name, textwrap.shorten(text[part], LONGEST, placeholder=" ..."), float(effect))
        for (name, text, part), effect in ranked
        if effect
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
