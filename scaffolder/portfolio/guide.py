"""Which project first, by background and role, read from `roles.toml`."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache

from scaffolder.errors import AnswerError, shown
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
    by_name = {_plain(name): role for role in roles() for name in (role.name, *role.words)}
    longest_first = sorted(by_name, key=len, reverse=True)
    names = re.compile(rf"\b({'|'.join(map(re.escape, longest_first))})s?\b")
    named = dict.fromkeys(by_name[match[1]] for match in names.finditer(_plain(who[:200])))
    if not named:
        raise AnswerError(
            f"No advice is known for {shown(who)}: choose from {', '.join(role.name for role in roles())}."
        )
    return tuple(named)


def _plain(text: str) -> str:
    """A text in small letters, with one space between its words."""
    return " ".join(_WORD.findall(text.casefold()))
