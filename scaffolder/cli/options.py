"""The command line's arguments and options, and how a shell completes them."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Optional

import typer

from scaffolder import __version__

if TYPE_CHECKING:
    from scaffolder.template.questions import Question


def _templates(incomplete: str) -> list[str]:
    from scaffolder.template import catalog

    return [name for name in catalog.names() if name.startswith(incomplete)]


def _pairs(ctx: typer.Context, incomplete: str) -> list[str]:
    """`key=` for each question of the template, and `key=choice` once the key is typed."""
    from scaffolder.template import catalog

    chosen = ctx.params.get("template")
    asked: dict[str, Question] = {}
    for name in [chosen] if chosen in catalog.names() else catalog.names():
        asked.update(catalog.bundled(name).questions)
    pairs = [f"{name}={choice}" for name, question in asked.items() for choice in (question.choices or ("",))]
    keys = [f"{name}=" for name in asked]
    return [pair for pair in (pairs if "=" in incomplete else keys) if pair.startswith(incomplete)]


def _show_version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"scaffolder {__version__}")
        raise typer.Exit


Version = Annotated[
    bool, typer.Option("--version", "-V", callback=_show_version, is_eager=True, help="Print the version.")
]
TemplateArgument = Annotated[
    str,
    typer.Argument(
        metavar="TEMPLATE",
        help="A name from 'scaffolder list', or a cookiecutter template: folder, Git address, gh:owner/name.",
        autocompletion=_templates,
        show_default=False,
    ),
]
NameArgument = Annotated[
    Optional[str],  # noqa: UP045 - typer reads it at run time
    typer.Argument(metavar="NAME", help="churn-radar names the folder, 'Churn Radar' the project.", show_default=False),
]
FolderArgument = Annotated[Path, typer.Argument(metavar="DIR", help="The folder of the portfolio.")]
Output = Annotated[Path, typer.Option("--output", "-o", metavar="DIR", help="Make the project's folder in DIR.")]
Pairs = Annotated[
    Optional[list[str]],  # noqa: UP045
    typer.Option(
        "--set",
        metavar="KEY=VALUE",
        help="Answer one question; repeat for more.",
        autocompletion=_pairs,
        show_default=False,
    ),
]
AnswersFile = Annotated[
    Optional[Path],  # noqa: UP045
    typer.Option("--answers", metavar="FILE", help="Take answers from a TOML, JSON or YAML file.", show_default=False),
]
Yes = Annotated[bool, typer.Option("--yes", "-y", help="Ask nothing; take defaults for what is not answered.")]
DryRun = Annotated[bool, typer.Option("--dry-run", help="Show what would be made, and write nothing.")]
UseGit = Annotated[
    Optional[bool],  # noqa: UP045
    typer.Option(
        "--git/--no-git",
        help="Make a Git repository [default: yes, except inside another one].",
        show_default=False,
    ),
]
AsJson = Annotated[bool, typer.Option("--json", help="Print the result, or the error, as JSON.")]
TrustIt = Annotated[
    bool,
    typer.Option("--trust", help="Run the hooks and extensions of a template that is not ours: they are programs."),
]
Checkout = Annotated[
    Optional[str],  # noqa: UP045
    typer.Option(metavar="REF", help="Branch, tag or commit of the template's repository.", show_default=False),
]
Directory = Annotated[
    Optional[str],  # noqa: UP045
    typer.Option(metavar="DIR", help="Folder of the template in its repository.", show_default=False),
]
