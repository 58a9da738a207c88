"""`scaffolder portfolio site`: one page that shows projects to a recruiter."""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import asdict, replace
from pathlib import Path
from typing import Annotated, Any

import typer

from scaffolder import git
from scaffolder.cli import interview, options
from scaffolder.cli.output import wrapped
from scaffolder.cli.printing import Result, conversation, short
from scaffolder.cli.writing import refuse_others, write
from scaffolder.errors import TargetError, shown
from scaffolder.pages import portfolio as page
from scaffolder.pages import profile as profiles
from scaffolder.portfolio import owner as owners
from scaffolder.portfolio import publishing
from scaffolder.portfolio import site as sites
from scaffolder.portfolio.model import Card, LeftOut, Site
from scaffolder.portfolio.owner import Owner
from scaffolder.portfolio.project import repositories
from scaffolder.portfolio.publishing import WORKFLOW
from scaffolder.template.questions import Question

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


def site(
    paths: Annotated[
        list[Path] | None,
        typer.Argument(metavar="[PATH]...", help="Repositories, or folders of them.", show_default="."),
    ] = None,
    output: Annotated[Path, typer.Option("--output", "-o", metavar="DIR", help="The folder for the site.")] = Path(
        "site"
    ),
    name: Annotated[str | None, typer.Option("--name", help="Your name.")] = None,
    role: Annotated[str | None, typer.Option("--role", help="The role that you look for.")] = None,
    contact: Annotated[
        list[str] | None,
        typer.Option("--contact", metavar="ADDRESS", help="An e-mail or web address; repeat for more."),
    ] = None,
    init: Annotated[bool, typer.Option("--init", help="Write a draft of portfolio.toml, and nothing else.")] = False,
    profile: Annotated[
        Path | None,
        typer.Option("--profile", metavar="FILE", help="Write a README.md for a GitHub profile to FILE, too."),
    ] = None,
    dry_run: options.DryRun = False,
) -> Result:
    """Write one page that shows your projects to a recruiter.

    Who you are is read from portfolio.toml in this folder, which --init drafts. Of each project, the page shows what
    was measured and written. What is missing is left out, and listed for you with what to do. Nothing in a repository
    is run.
    """
    settings = owners.given(owners.read(Path()), name, role, contact or ())
    folders = repositories(paths or [Path()])
    if init:
        return _draft(settings, folders)
    publishing.refuse_others(Path(os.path.abspath(output)))
    if profile:
        refuse_others(profile)
    made = sites.read(folders, _completed(settings))
    added = False
    if not dry_run:
        added = publishing.write(output, page.files(made))
        if profile:
            write(profile, profiles.page(made))
    return Result(
        _site_json(made, output, dry_run=dry_run),
        _site_lines(made, output, added=added, dry_run=dry_run),
        done="" if dry_run else f"The site is in {shown(output, 200)}",
    )


def _completed(settings: Owner) -> Owner:
    """The settings with the name and the role, asked for on a terminal where they are missing."""
    if (settings.name and settings.role) or not interview.is_interactive():
        return settings
    terminal = interview.Terminal(conversation())
    asked = {"name": "Your name", "role": "The role that you look for, such as AI engineer"}
    name, role = (
        getattr(settings, key) or str(terminal.ask(Question(key, "text", _guess(key), prompt)))
        for key, prompt in asked.items()
    )
    return owners.given(settings, name, role, ())


def _guess(key: str) -> str:
    return git.settings(Path()).get("user.name", "") if key == "name" else ""


def _draft(settings: Owner, folders: list[Path]) -> Result:
    """Write portfolio.toml, with the name that Git knows if no other is given."""
    path = Path(owners.NAME)
    if os.path.lexists(path):
        raise TargetError(f"There is a {owners.NAME} already: change it, or move it away.")
    known = replace(settings, name=settings.name or _guess("name"))
    path.write_text(owners.draft(known, (folder.resolve().name for folder in folders)), "utf-8", newline="\n")
    done = f"Wrote {short(path)}"
    return Result({"path": str(path)}, [f"{done}: fill it in, then run the command again without --init."], done=done)


def _site_lines(site: Site, folder: Path, *, added: bool, dry_run: bool) -> Iterator[str]:
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


def _site_json(site: Site, folder: Path, *, dry_run: bool) -> dict[str, Any]:
    """The JSON value on a site that was written, or would be."""
    return {
        "path": str(folder),
        "projects": [
            {"name": card.name, "shown": _shown(card), "left_out": [asdict(part) for part in card.left_out]}
            for card in site.cards
        ],
        "skills": [{"name": skill.name, "template": skill.template or None} for skill in site.skills],
        "left_out": [asdict(part) for part in site.left_out],
        "dry_run": dry_run,
    }
