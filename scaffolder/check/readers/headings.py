"""The words by which a heading says what its section is about, in several languages: `headings.toml` beside this."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Mapping
from functools import cache, lru_cache
from itertools import chain, filterfalse
from pathlib import Path
from typing import NamedTuple

from scaffolder.formats.toml import load_toml

MOST_WORDS = 30  # of one title
LONGEST = 9  # words of a phrase; of scripts without spaces, characters
LEAST_SHARE = 1 / 4  # of the title's words: "why that could be a problem" names no problem

_ARTICLES = frozenset(
    "the a an our my this your der die das ein eine o a os as um uma el la los las un una le les l".split()
)
_CHARACTER = re.compile("([\u3040-\u30ff\u3400-\u9fff])")  # of Japanese and Chinese, which have no spaces
_SIGN = re.compile(r"[^\w\s]|_")


class Meaning(NamedTuple):
    """How a title has one of the known phrases: smaller is surer."""

    part: int  # 0: the phrase is the whole title, 1: the title begins with it, 2: it is inside
    order: int  # of the phrase in its list


class Phrases(NamedTuple):
    """Known phrases, folded, with their places in the list, and those of them that must be the whole title."""

    order: Mapping[tuple[str, ...], int]
    whole: frozenset[tuple[str, ...]]


@cache
def subjects() -> Mapping[str, Mapping[str, str]]:
    """The content of `headings.toml`: by subject and language, the phrases with commas between them."""
    content = load_toml(Path(__file__).with_suffix(".toml").read_text("utf-8"))
    return {name: {key: " ".join(text.split()) for key, text in texts.items()} for name, texts in content.items()}


@lru_cache(maxsize=4096)
def folded(title: str) -> tuple[str, ...]:
    """'3. Análise de Erros 🔍' -> ('analise', 'de', 'erros'): no accents, numbers in front or articles."""
    bare = "".join(filterfalse(unicodedata.combining, unicodedata.normalize("NFKD", title)))
    words = _SIGN.sub(" ", _CHARACTER.sub(r" \1 ", bare).casefold()).split()[:MOST_WORDS]
    while len(words) > 1 and (words[0].isdigit() or words[0] in _ARTICLES):
        del words[0]
    return tuple(words)


@lru_cache(maxsize=256)
def phrases(*names: str) -> Phrases:
    """The phrases that `names` mean: those of a subject in all languages, else the name itself."""
    texts = chain.from_iterable(subjects().get(name, {"": name}).values() for name in names)
    known = [phrase.strip() for text in texts for phrase in text.split(",")]
    order = {folded(phrase): place for place, phrase in reversed(list(enumerate(known)))}
    return Phrases(order, frozenset(folded(phrase) for phrase in known if phrase.endswith(".")))


def meaning(title: str, known: Phrases) -> Meaning | None:
    """The surest way in which `title` has one of the phrases; None if it has none."""
    return min(_meanings(folded(title), known), default=None)


def _meanings(words: tuple[str, ...], known: Phrases) -> Iterator[Meaning]:
    for start in range(len(words)):
        for end in range(start + 1, min(len(words), start + LONGEST) + 1):
            phrase = words[start:end]
            part = 0 if phrase == words else 1 if start == 0 else 2
            is_large = part < 2 or len(phrase) >= LEAST_SHARE * len(words)
            if phrase in known.order and is_large and not (part and phrase in known.whole):
                yield Meaning(part, known.order[phrase])
