"""`scaffolder new`: a project from a template."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from scaffolder.adopt.kind import Adoption
from scaffolder.cli import interview, options, own_data, starting
from scaffolder.cli import output as display
from scaffolder.cli.answering import asks, git_guesses, pairs_of, read, settle
from scaffolder.cli.printing import Result, conversation, noted, wants_json
from scaffolder.errors import AnswerError, shown
from scaffolder.project import plan as project
from scaffolder.template import catalog, foreign
from scaffolder.template.answers import from_name, validate

if TYPE_CHECKING:
    from collections.abc import Sequence


def new(
    template: options.OptionalTemplate = None,
    name: options.NameArgument = None,
    output: options.Output = Path(),
    pairs: options.Pairs = None,
    answers_file: options.AnswersFile = None,
    yes: options.Yes = False,
    dry_run: options.DryRun = False,
    starter: starting.Starter = None,
    git: options.UseGit = None,
    trust: options.Trust = False,
    checkout: options.Checkout = None,
    directory: options.Directory = None,
    *,
    own: own_data.OwnData,
) -> Result:
    """Create a project from a template.

    On a terminal, without TEMPLATE, you choose from a menu of the templates that come along.
    """
    if template is None:
        template = _chosen_template(ask=not yes)
    with foreign.opened(foreign.Request(template, checkout, directory, trust, output)) as (kind, origin):
        named, guesses = from_name(kind, name) if name is not None else ({}, {})
        given = {**read(answers_file), **named, **pairs_of(pairs)}
        validate(kind, given)
        ask = asks(yes=yes, dry_run=dry_run)
        wanted = starting.wanted_by(kind, starter, ask=ask)
        ask_whose = ask and not own_data.implied(kind).keys() & given.keys()
        adoption = own_data.read(kind, own, ask=ask_whose)
        if adoption:
            own_data.show([*adoption.preview, ""])
            given |= own_data.implied(kind, given)
        guesses = {**git_guesses(output), **guesses}
        check = partial(project.check, kind, output=output)
        data = adoption.data if adoption else None
        answers = settle(kind, given, guesses, check, ask=ask, data=data)
        answers = replace(answers, exercises=starting.exercises(kind, answers, wanted))
        planned = project.plan(kind, answers, output, source=origin, want_git=git)
        commit, notes = (None, planned.notes) if dry_run else project.carry_out(planned)
    lines = display.project_preview(planned) if dry_run else display.project_created(planned, commit)
    return Result(
        display.project_json(planned, commit, notes, dry_run=dry_run),
        [*lines, *_to_know(adoption)],
        [*noted(notes), *(_to_know(adoption) if wants_json() else ())],
        "" if dry_run else f"The project is in {shown(planned.target, 200)}",
    )


def _to_know(adoption: Adoption | None) -> Sequence[str]:
    """An empty line, and those on what the owner should know of the data."""
    return ("", *adoption.to_know) if adoption and adoption.to_know else ()


def _chosen_template(*, ask: bool) -> str:
    """The bundled template that the person chooses on the terminal."""
    if not ask or not interview.is_interactive():
        raise AnswerError("Missing argument 'TEMPLATE': 'scaffolder list' names the templates.")
    return interview.Terminal(conversation()).choose_template(catalog.bundled(name) for name in catalog.names())
