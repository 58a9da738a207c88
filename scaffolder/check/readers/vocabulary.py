"""The words by which headings and pictures are known, in several languages: `vocabulary.toml` beside this module."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Mapping
from functools import cache, lru_cache
from itertools import filterfalse
from pathlib import Path
from typing import Any, NamedTuple

from scaffolder.formats.toml import load_toml

MOST_WORDS = 30  # of one title
LONGEST = 9  # words of a phrase; of scripts without spaces, characters
LEAST_SHARE = 4

_ARTICLES = frozenset(
    "the a an our my this your der die das ein eine o a os as um uma el la los las un una le les l".split()
)
_NO_SPACES = "[\u3040-\u30ff\u3400-\u9fff]"  # the characters of Japanese and Chinese
_CHARACTER, _SIGN = re.compile(f"({_NO_SPACES})"), re.compile(r"[^\w\s]|_")


class Meaning(NamedTuple):
    """How a title has one of the known phrases: smaller is surer. `weak` says that the phrase tells little."""

    weak: bool
    part: int  # 0: the phrase is the whole title, 1: the title begins with it, 2: it is inside
    order: int  # of the phrase in its list


class Phrase(NamedTuple):
    """A known phrase: its place in the list, whether it must be the whole title, and whether it tells little."""

    order: int
    whole: bool
    weak: bool


@cache
def vocabulary() -> Mapping[str, Any]:
    """The content of `vocabulary.toml`, with a list for each text."""
    content = load_toml(Path(__file__).with_suffix(".toml").read_text("utf-8"))
    return {name: _listed(inner) for name, inner in content.items()}


def _listed(content: Any) -> Any:
    """The content of a table with lists for texts, which take much less time to be read than lists in TOML."""
    if isinstance(content, dict):
        return {name: _listed(inner) for name, inner in content.items()}
    return [part.strip() for part in content.split(",")] if isinstance(content, str) else content


@lru_cache(maxsize=4096)
def folded(title: str) -> tuple[str, ...]:
    """'3. Análise de Erros 🔍' -> ('analise', 'de', 'erros'): no accents, numbers in front or articles."""
    if not title.isascii():
        bare = "".join(filterfalse(unicodedata.combining, unicodedata.normalize("NFKD", title)))
        title = _CHARACTER.sub(r" \1 ", bare)
    words = _SIGN.sub(" ", title.casefold()).split()[:MOST_WORDS]
    while len(words) > 1 and (words[0].isdigit() or words[0] in _ARTICLES):
        del words[0]
    return tuple(words)


def meaning(title: str, phrases: Mapping[tuple[str, ...], Phrase], share: int = LEAST_SHARE) -> Meaning | None:
    """The surest way in which `title` has one of the phrases; None if it has none.

    A phrase inside a title counts if it is at least one word of `share`: "why that could be a problem" names none.
    """
    return min(_meanings(folded(title), phrases, share), default=None)


def _meanings(words: tuple[str, ...], phrases: Mapping[tuple[str, ...], Phrase], share: int) -> Iterator[Meaning]:
    for start in range(len(words)):
        for end in range(start + 1, min(len(words), start + LONGEST) + 1):
            found = phrases.get(words[start:end])
            part = 0 if end - start == len(words) else 1 if start == 0 else 2
            if found and not (found.whole and part) and (part < 2 or (end - start) * share >= len(words)):
                yield Meaning(found.weak, part, found.order)


@lru_cache(maxsize=256)
def phrases(*names: str, group: str = "headings") -> Mapping[tuple[str, ...], Phrase]:
    """The phrases that `names` mean: those of a subject in all languages, else the name itself."""
    said = (vocabulary()[group].get(name, {"": [name]}).values() for name in names)
    found: dict[tuple[str, ...], Phrase] = {}
    for order, phrase in enumerate(phrase for of_name in said for of_language in of_name for phrase in of_language):
        found.setdefault(folded(phrase), Phrase(order, phrase.endswith((".", "?")), phrase.endswith("?")))
    return found


@cache
def saying(subject: str, group: str) -> re.Pattern[str] | None:
    """The expressions of a group, in all languages, that say something of a subject; None if it has none.

    Of a group of words, each is the beginning of one. "…" stands for the rest of the same sentence, but not all of it.
    """
    of_languages = vocabulary()[group].get(subject, {})
    said = [each.replace("…", r"[^.!?]{0,80}?") for language in of_languages.values() for each in language]
    if group == "telling":
        said = [each if re.match(_NO_SPACES, each) else rf"{each}\w*" for each in said]
    return re.compile(rf"(?<![a-zà-ÿа-я])(?:{'|'.join(said)})", re.IGNORECASE) if said else None
