"""The output of `portfolio site`: what the page shows, and what had to be left out. Nothing is printed here."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from scaffolder.cli.output import wrapped
from scaffolder.cli.printing import short
from scaffolder.portfolio.model import Card, LeftOut, Site
from scaffolder.portfolio.publishing import WORKFLOW

_FACTS = {
    "sentence": "first sentence",
    "whose": "what is yours",
    "in_words": "result in words",
    "result": "numbers",
    "picture": "picture",
    "live": "live link",
    "address": "repository link",
    "level": "level",
    "changes": "your changes",
}


def site_lines(site: Site, folder: Path, *, added: bool, dry_run: bool) -> Iterator[str]:
    """Lines on what was written, or would be, and on what was left out of each project and of the page."""
    count = f"{len(site.cards)} project{'' if len(site.cards) == 1 else 's'}"
    own = sum(not skill.template for skill in site.skills)
    skills = f"{own} skill{'' if own == 1 else 's'} shown by work of yours, {len(site.skills) - own} by templates alone"
    yield f"{'Would write' if dry_run else 'Wrote'} {short(folder / 'index.html')}: {count}, {skills}."
    if added:
        yield f"Wrote {short(folder.parent / WORKFLOW)}, which publishes it on GitHub Pages."
    for card in site.cards:
        yield ""
        yield card.name
        yield from wrapped(f"shows: {', '.join(_shown(card)) or 'its name'}", "  ", hang=7)
        if card.live:
            yield from wrapped(f"opens: {card.live}", "  ", hang=7)
        yield from _left_out(card.left_out)
    if site.left_out:
        yield ""
        yield "The page"
        yield from _left_out(site.left_out)


def _shown(card: Card) -> list[str]:
    return [words for key, words in _FACTS.items() if getattr(card, key)]


def _left_out(parts: tuple[LeftOut, ...]) -> Iterator[str]:
    for part in parts:
        yield from wrapped(f"left out: {part.what}, because {part.why}. {part.remedy}", "  ", hang=4)


def site_json(site: Site, folder: Path, *, dry_run: bool) -> dict[str, Any]:
    """The JSON value on a site that was written, or would be."""
    return {
        "path": str(folder),
        "projects": [
            {"name": card.name, "shown": _shown(card), "left_out": _json(card.left_out)} for card in site.cards
        ],
        "skills": [{"name": skill.name, "template": skill.template or None} for skill in site.skills],
        "left_out": _json(site.left_out),
        "dry_run": dry_run,
    }


def _json(parts: tuple[LeftOut, ...]) -> list[dict[str, str]]:
    return [{"what": part.what, "why": part.why, "remedy": part.remedy} for part in parts]
