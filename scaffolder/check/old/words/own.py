"""What an owner says in a section in words of their own, statement by statement."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from itertools import islice

from scaffolder.check.readers.markdown import Passage, Sentence, sentences
from scaffolder.check.readers.markdown_inline import plain
from scaffolder.check.words.placeholders import SAME_WORDS, Shingle, containment, own_words

MOST_STATEMENTS = 400
MOST_CHARACTERS = 1_500  # of a statement

_PROPER_NAME = re.compile(r"(?<=[a-z,] )[A-Z][a-z]{2,}|\b[A-Z]{2,}\b")


def statements(passage: Passage, stubs: frozenset[Shingle]) -> Iterator[Sentence]:
    """The sentences of the paragraphs and list items that are not the template's."""
    own = (block for block in passage.own if containment(plain(block.text), stubs) < SAME_WORDS)
    for said in islice((sentence for block in own for sentence in sentences(block)), MOST_STATEMENTS):
        yield Sentence(said.text[:MOST_CHARACTERS], said.line)


def own_text(passage: Passage, stubs: frozenset[Shingle]) -> str:
    """Those statements as one text."""
    return " ".join(sentence.text for sentence in statements(passage, stubs))


def vocabulary(*parts: Iterable[str]) -> frozenset[str]:
    """The words of a project: its columns, slices and target, without those that every project has."""
    found = {" ".join(re.split(r"[\W_]+", word.casefold())).strip() for part in parts for word in part}
    return frozenset(word for word in found if len(word) > 3 and word not in ("test", "data", "model", "true", "value"))


def is_specific(text: str, words: frozenset[str], least: int = 8) -> bool:
    """Whether a statement says something about this project: a number, a name, or a word of its data."""
    if own_words(text) < least:
        return False
    if re.search(r"\d", text) or _PROPER_NAME.search(text):
        return True
    folded = f" {' '.join(re.split(r'[^a-z0-9]+', text.casefold()))} "
    return any(f" {word} " in folded or f" {word}s " in folded for word in words)
