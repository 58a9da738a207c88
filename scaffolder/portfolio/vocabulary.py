"""The terms of job advertisements that are known, read from `vocabulary.toml`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import cache
from importlib.resources import files
from typing import Any

from scaffolder.formats.toml import load_toml


@dataclass(frozen=True)
class Term:
    """A term, what may show it in a repository, and its `kinds`, of which each shows it, too.

    `family` is the name of the term that it is a kind of, or its own. `share` is the percentage of advertisements with
    it, if known. `vocabulary.toml` says what the other fields mean.
    """

    name: str
    family: str = ""
    words: tuple[str, ...] = ()
    exact: tuple[str, ...] = ()
    near: Mapping[str, tuple[str, ...]] = field(default_factory=dict, hash=False)
    share: int | None = None
    metrics: tuple[str, ...] = ()
    recomputed: tuple[str, ...] = ()
    items: tuple[str, ...] = ()
    imports: tuple[str, ...] = ()
    defines: tuple[str, ...] = ()
    code: tuple[str, ...] = ()
    images: tuple[str, ...] = ()
    kinds: tuple[Term, ...] = ()
    shown_by: tuple[str, ...] = ()


@cache
def terms() -> tuple[Term, ...]:
    """All terms, those that most advertisements name first; a kind has a place of its own beside its family."""
    families = [_term(entry) for entry in data("vocabulary")["terms"]]
    return tuple(
        sorted((each for term in families for each in (term, *term.kinds)), key=lambda term: -(term.share or 0))
    )


def data(name: str) -> dict[str, Any]:
    """The content of one of the data files in this folder."""
    return load_toml(files("scaffolder.portfolio").joinpath(f"{name}.toml").read_text("utf-8"))


def _term(entry: Mapping[str, Any]) -> Term:
    found = Term(**{key: _frozen(value) for key, value in entry.items() if key != "kinds"})
    kinds = tuple(replace(_term(kind), family=found.name) for kind in entry.get("kinds", ()))
    shown_by = dict.fromkeys((*found.shown_by, *(each for kind in kinds for each in kind.shown_by)))
    return replace(found, family=found.name, kinds=kinds, shown_by=tuple(shown_by))


def _frozen(value: object) -> Any:
    if isinstance(value, dict):
        return {key: tuple(words) for key, words in value.items()}
    return tuple(value) if isinstance(value, list) else value
