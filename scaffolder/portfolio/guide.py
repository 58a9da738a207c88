"""Which project first, by background and role, read from `roles.toml`."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache

from scaffolder.errors import AnswerError, shown
from scaffolder.portfolio.advertisement import singular_of
from scaffolder.portfolio.vocabulary import data

_WORD = re.compile(r"[^\W_]+")


@dataclass(frozen=True)
class Advice:
    """Advice for a background or a role: the projects in order, each with the reason.

    `has` is what somebody with this background brings along, "" for a role; `needs` is what readers look for.
    """

    name: str
    needs: str
    projects: tuple[tuple[str, str], ...]
    has: str = ""
    words: tuple[str, ...] = ()


@cache
def roles() -> tuple[Advice, ...]:
    """All that is known."""
    return tuple(
        Advice(
            entry["name"],
            entry["needs"],
            tuple((template, why) for template, why in entry["projects"]),
            entry.get("has", ""),
            tuple(entry["words"]),
        )
        for entry in data("roles")["roles"]
    )


def advice(who: str) -> tuple[Advice, ...]:
    """The advice for each background or role that `who` names; raises `AnswerError` if it names none that is known."""
    said = _words(who[:200])
    found = {role.name: role for role in roles()}
    longest = [name for name in _phrases() if _contains(said, name)]
    kept = [name for name in longest if not any(name != other and _contains(other, name) for other in longest)]
    if not kept:
        raise AnswerError(f"No advice is known for {shown(who)}: choose from {', '.join(found)}.")
    order = sorted(kept, key=lambda name: _place(said, name))
    return tuple(found[name] for name in dict.fromkeys(_phrases()[each] for each in order))


@cache
def _phrases() -> dict[tuple[str, ...], str]:
    """The role that each name, as words, belongs to."""
    return {_words(name): role.name for role in roles() for name in (role.name, *role.words)}


def _words(text: str) -> tuple[str, ...]:
    """The words of a text in small letters, each without a plural s."""
    return tuple(singular_of(word) for word in _WORD.findall(text.casefold()))


def _contains(text: tuple[str, ...], part: tuple[str, ...]) -> bool:
    return _place(text, part) < len(text)


def _place(text: tuple[str, ...], part: tuple[str, ...]) -> int:
    """Where `part` begins in `text`; the length of `text` if it does not."""
    starts = range(len(text) - len(part) + 1)
    return next((at for at in starts if text[at : at + len(part)] == part), len(text))
