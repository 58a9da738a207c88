"""`scaffolder portfolio`: several projects, and one page that shows them."""

from __future__ import annotations

import typer

from scaffolder.cli.lazy import SETTINGS, lazy_group

COMMANDS = {
    "site": ("scaffolder.cli.portfolio.site:site", "Write one page that shows your projects to a recruiter."),
}
portfolio = typer.Typer(
    cls=lazy_group(COMMANDS),
    help="Several projects, and one page that shows them.",
    no_args_is_help=True,
    **SETTINGS,
)
