"""The terms of job advertisements that are known, read from `vocabulary.toml`."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

from scaffolder.formats.toml import load_toml


@dataclass(frozen=True)
class Term:
    """A term and what may show it in a repository; `share` is the percentage of advertisements with it, if known."""

    name: str
    words: tuple[str, ...] = ()
    exact: tuple[str, ...] = ()  # other names that count only as they are written
    share: int | None = None
    imports: tuple[str, ...] = ()
    dependencies: tuple[str, ...] = ()
    files: tuple[str, ...] = ()
    items: tuple[str, ...] = ()
    metrics: tuple[str, ...] = ()
    templates: tuple[str, ...] = ()


@cache
def terms() -> tuple[Term, ...]:
    """All terms, those that most advertisements name first."""
    found = [Term(**{key: _frozen(value) for key, value in entry.items()}) for entry in data("vocabulary")["terms"]]
    return tuple(sorted(found, key=lambda term: -(term.share or 0)))


def data(name: str) -> dict[str, Any]:
    """The content of one of the data files in this folder."""
    return load_toml(files("scaffolder.portfolio").joinpath(f"{name}.toml").read_text("utf-8"))


def _frozen(value: object) -> Any:
    return tuple(value) if isinstance(value, list) else value
