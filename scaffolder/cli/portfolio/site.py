"""`scaffolder portfolio site`: one page that shows projects to a recruiter."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Annotated

import typer

from scaffolder import git
from scaffolder.cli import interview, options
from scaffolder.cli.portfolio import output as display
from scaffolder.cli.printing import Result, conversation, noted, short
from scaffolder.cli.writing import refuse_others, write
from scaffolder.errors import TargetError, shown
from scaffolder.pages import portfolio as page
from scaffolder.pages import profile as profiles
from scaffolder.portfolio import owner as owners
from scaffolder.portfolio import publishing
from scaffolder.portfolio import site as sites
from scaffolder.portfolio.owner import Owner
from scaffolder.portfolio.project import repositories
from scaffolder.template.questions import Question

Paths = Annotated[
    list[Path] | None,
    typer.Argument(metavar="[PATH]...", help="Repositories, or folders of them.", show_default="."),
]
SiteFolder = Annotated[Path, typer.Option("--output", "-o", metavar="DIR", help="The folder for the site.")]
Name = Annotated[str | None, typer.Option("--name", help="Your name.", show_default=False)]
Role = Annotated[str | None, typer.Option("--role", help="The role that you look for.", show_default=False)]
Contact = Annotated[
    list[str] | None,
    typer.Option("--contact", metavar="ADDRESS", help="An e-mail or web address; repeat for more.", show_default=False),
]
Init = Annotated[bool, typer.Option("--init", help="Write a draft of portfolio.toml, and nothing else.")]
Profile = Annotated[
    Path | None,
    typer.Option(
        "--profile", metavar="FILE", help="Write a README.md for a GitHub profile to FILE, too.", show_default=False
    ),
]


def site(
    paths: Paths = None,
    output: SiteFolder = Path("site"),
    name: Name = None,
    role: Role = None,
    contact: Contact = None,
    init: Init = False,
    profile: Profile = None,
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
        display.site_json(made, output, dry_run=dry_run),
        display.site_lines(made, output, added=added, dry_run=dry_run),
        noted(_nested(folders, Path(os.path.abspath(output)).parent)),
        "" if dry_run else f"The site is in {shown(output, 200)}",
    )


def _nested(folders: list[Path], home: Path) -> list[str]:
    """A note if a repository lies in the folder that is pushed with the site."""
    inside = [folder.name for folder in folders if home.resolve() in folder.resolve().parents]
    if not inside:
        return []
    lie = "lies" if len(inside) == 1 else "lie"
    where = f"{', '.join(inside)} {lie} in the folder of the site"
    return [f"{where}: leave the projects out of its commits, since each is linked by its own address."]


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
    from dataclasses import replace

    path = Path(owners.NAME)
    if os.path.lexists(path):
        raise TargetError(f"There is a {owners.NAME} already: change it, or move it away.")
    known = replace(settings, name=settings.name or _guess("name"))
    path.write_text(owners.draft(known, (folder.resolve().name for folder in folders)), "utf-8", newline="\n")
    done = f"Wrote {short(path)}"
    return Result({"path": str(path)}, [f"{done}: fill it in, then run the command again without --init."], done=done)
