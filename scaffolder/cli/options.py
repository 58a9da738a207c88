"""The arguments and options of the commands, and their completion in a shell."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from scaffolder.template.questions import Question


def _templates(incomplete: str) -> list[str]:
    from scaffolder.template import catalog

    return [name for name in catalog.names() if name.startswith(incomplete)]


def _pairs(ctx: typer.Context, incomplete: str) -> list[str]:
    """`key=` for each question of the template, and `key=choice` once the key is typed."""
    from scaffolder.template import catalog

    template = ctx.params.get("template")
    questions: dict[str, Question] = {}
    for name in [template] if template in catalog.names() else catalog.names():
        questions.update(catalog.bundled(name).questions)
    pairs = [f"{name}={choice}" for name, question in questions.items() for choice in (question.choices or ("",))]
    keys = [f"{name}=" for name in questions]
    return [pair for pair in (pairs if "=" in incomplete else keys) if pair.startswith(incomplete)]


_TEMPLATE = typer.Argument(
    metavar="TEMPLATE",
    help="A name from 'scaffolder list', or a cookiecutter template: folder, Git address, gh:owner/name.",
    autocompletion=_templates,
    show_default=False,
)
TemplateArgument = Annotated[str, _TEMPLATE]
OptionalTemplate = Annotated[str | None, _TEMPLATE]
ProjectFolder = Annotated[
    Path, typer.Argument(metavar="[PATH]", help="Folder of the project [default: this one].", show_default=False)
]
Pairs = Annotated[
    list[str] | None,
    typer.Option(
        "--set",
        metavar="KEY=VALUE",
        help="Answer one question; repeat the option to answer more.",
        autocompletion=_pairs,
        show_default=False,
    ),
]
AnswersFile = Annotated[
    Path | None,
    typer.Option("--answers", metavar="FILE", help="Read answers from a TOML, JSON or YAML file.", show_default=False),
]
Yes = Annotated[bool, typer.Option("--yes", "-y", help="Ask nothing; use the defaults for unanswered questions.")]
DryRun = Annotated[bool, typer.Option("--dry-run", help="Show what would be done, without writing anything.")]
AllowConflicts = Annotated[
    bool, typer.Option("--allow-conflicts", help="If there are conflicts, leave a Git merge to finish by hand.")
]
MovedTemplate = Annotated[
    str | None,
    typer.Option(
        "--template", metavar="TEMPLATE", help="Where the template is now, if it has moved.", show_default=False
    ),
]
Trust = Annotated[
    bool,
    typer.Option("--trust", help="Run the programs (hooks, extensions) that somebody else's template brings along."),
]
Checkout = Annotated[
    str | None,
    typer.Option(metavar="REF", help="Branch, tag or commit of the template's repository.", show_default=False),
]
Directory = Annotated[
    str | None,
    typer.Option(metavar="DIR", help="Folder in that repository that holds the template.", show_default=False),
]
Starter = Annotated[
    str | None,
    typer.Option(
        "--starter",
        metavar="core|all|ID,…",
        help="Leave functions for you to write, judged by tests: the core ones, all, or these exercises.",
        show_default=False,
    ),
]
