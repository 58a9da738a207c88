"""`scaffolder portfolio new`: a project of each template, and an index."""

from __future__ import annotations

from pathlib import Path

from scaffolder.cli import options
from scaffolder.cli import output as display
from scaffolder.cli.answering import git_guesses, pairs_of, read, settle
from scaffolder.cli.printing import Result, noted
from scaffolder.errors import shown
from scaffolder.portfolio import creation


def new(
    folder: options.FolderArgument = Path("portfolio"),
    pairs: options.Pairs = None,
    answers_file: options.AnswersFile = None,
    yes: options.Yes = False,
    dry_run: options.DryRun = False,
    git: options.UseGit = None,
) -> Result:
    """Create a project per template, and an index."""
    given = {**read(answers_file), **pairs_of(pairs)}
    guesses = {**git_guesses(folder), **creation.existing(folder)[1]}
    creation.reject_unknown(given)
    if not yes:
        shared = creation.shared_template()
        shared_answers = {name: value for name, value in given.items() if name in shared.questions}
        given |= settle(shared, shared_answers, guesses, lambda _: None, ask=True).public
    planned = creation.plan(folder, given, guesses, git)
    notes = () if dry_run else creation.carry_out(planned)
    return Result(
        display.portfolio_json(planned, notes, dry_run=dry_run),
        display.portfolio_created(planned, dry_run=dry_run),
        noted(notes),
        "" if dry_run else f"The projects are in {shown(planned.folder, 200)}",
    )
