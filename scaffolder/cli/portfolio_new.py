"""`scaffolder portfolio new`: a project of each template, and an index."""

from __future__ import annotations

from pathlib import Path

from scaffolder.cli import options
from scaffolder.cli.answering import git_guesses, pairs_of, read, settle
from scaffolder.cli.printing import print_json, print_lines, print_notes
from scaffolder.cli.streams import after
from scaffolder.errors import shown


def new(
    folder: options.FolderArgument = Path("portfolio"),
    pairs: options.Pairs = None,
    answers_file: options.AnswersFile = None,
    yes: options.Yes = False,
    dry_run: options.DryRun = False,
    git: options.UseGit = None,
    as_json: options.AsJson = False,
) -> None:
    """Create a project per template, and an index."""
    from scaffolder.cli import output as display
    from scaffolder.portfolio import projects as portfolios

    given = {**read(answers_file), **pairs_of(pairs)}
    guesses = {**git_guesses(folder), **portfolios.existing(folder)[1]}
    portfolios.reject_unknown(given)
    if not yes:
        shared = portfolios.shared_template()
        shared_answers = {name: value for name, value in given.items() if name in shared.questions}
        given |= settle(shared, shared_answers, guesses, lambda _: None, ask=True, as_json=as_json).public
    planned = portfolios.plan(folder, given, guesses, git)
    notes = () if dry_run else portfolios.carry_out(planned)
    with after("" if dry_run else f"The projects are in {shown(planned.folder, 200)}"):
        if as_json:
            print_json(display.portfolio_json(planned, notes, dry_run=dry_run))
        else:
            print_lines(display.portfolio_created(planned, dry_run=dry_run))
    print_notes(notes)
