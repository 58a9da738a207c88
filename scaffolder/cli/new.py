"""`scaffolder new`: a project from a template."""

from __future__ import annotations

import sys
from dataclasses import replace
from functools import partial
from pathlib import Path

from scaffolder.cli import options, own_data, starting
from scaffolder.cli.answering import asks, git_guesses, pairs_of, read, settle
from scaffolder.cli.printing import print_json, print_lines, print_notes
from scaffolder.cli.streams import after
from scaffolder.errors import AnswerError, shown


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
    as_json: options.AsJson = False,
    trust: options.Trust = False,
    checkout: options.Checkout = None,
    directory: options.Directory = None,
    source: own_data.Source = None,
    target: own_data.Target = None,
    positive: own_data.Positive = None,
    time: own_data.Time = None,
    no_time: own_data.NoTime = False,
    group: own_data.Group = None,
    no_group: own_data.NoGroup = False,
    row: own_data.Id = None,
    known_on: own_data.Known = None,
    dates: own_data.Dates = None,
    task: own_data.Task = None,
    questions: own_data.Questions = None,
    documents: own_data.Documents = None,
    outcomes: own_data.Outcomes = None,
    without: own_data.Without = None,
    facts: own_data.Facts = None,
) -> None:
    """Create a project from a template.

    On a terminal, without TEMPLATE, you choose from a menu of the templates that come along.
    """
    from scaffolder.cli import output as display
    from scaffolder.project import plan as project
    from scaffolder.template import foreign
    from scaffolder.template.answers import from_name, validate

    if template is None:
        template = _chosen_template(ask=not yes, as_json=as_json)
    with foreign.opened(foreign.Request(template, checkout, directory, trust, output)) as (kind, origin):
        named, guesses = from_name(kind, name) if name is not None else ({}, {})
        given = {**read(answers_file), **named, **pairs_of(pairs)}
        validate(kind, given)
        ask = asks(yes=yes, dry_run=dry_run)
        wanted = starting.wanted_by(kind, starter, ask=ask, as_json=as_json)
        ask_whose = ask and not own_data.implied(kind).keys() & given.keys()
        described = own_data.described(locals())
        adoption = own_data.read(kind, source, described, facts, ask=ask_whose, as_json=as_json)
        if adoption:
            own_data.show(adoption, as_json=as_json)
            given |= own_data.implied(kind, given)
        guesses = {**git_guesses(output), **guesses}
        check = partial(project.check, kind, output=output)
        data = adoption.data if adoption else None
        answers = settle(kind, given, guesses, check, ask=ask, as_json=as_json, data=data)
        answers = replace(answers, exercises=starting.exercises(kind, answers, wanted))
        planned = project.plan(kind, answers, output, source=origin, want_git=git)
        commit, notes = (None, planned.notes) if dry_run else project.carry_out(planned)
        with after("" if dry_run else f"The project is in {shown(planned.target, 200)}"):
            if as_json:
                print_json(display.project_json(planned, commit, notes, dry_run=dry_run))
            else:
                print_lines(display.project_preview(planned) if dry_run else display.project_created(planned, commit))
        print_notes(notes)
        if adoption:
            own_data.show_to_know(adoption, as_json=as_json)


def _chosen_template(*, ask: bool, as_json: bool) -> str:
    """The bundled template that the person chooses on the terminal."""
    from scaffolder.cli import interview
    from scaffolder.template import catalog

    if not ask or not interview.is_interactive():
        raise AnswerError("Missing argument 'TEMPLATE': 'scaffolder list' names the templates.")
    return interview.Terminal(sys.stderr if as_json else sys.stdout).choose_template(
        catalog.bundled(name) for name in catalog.names()
    )
