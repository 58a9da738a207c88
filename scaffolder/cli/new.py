"""`scaffolder new`: a project from a template."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from scaffolder.adopt.kind import Adoption
from scaffolder.cli import interview, options, own_data
from scaffolder.cli import output as display
from scaffolder.cli.printing import Result, conversation, noted, wants_json
from scaffolder.errors import AnswerError, shown
from scaffolder.exercises.declared import Exercise, chosen, declared, lacked
from scaffolder.exercises.starter import applicable, hours
from scaffolder.project import plan as project
from scaffolder.template import catalog, foreign
from scaffolder.template.answers import Answers, from_name, validate
from scaffolder.template.catalog import Template
from scaffolder.template.questions import Question
from scaffolder.template.render import folder_name, render

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence


def new(
    template: options.OptionalTemplate = None,
    name: Annotated[
        str | None,
        typer.Argument(
            metavar="NAME", help="A folder name (night-shift) or a title ('Night Shift').", show_default=False
        ),
    ] = None,
    output: Annotated[
        Path, typer.Option("--output", "-o", metavar="DIR", help="Create the project's folder in DIR.")
    ] = Path(),
    pairs: options.Pairs = None,
    answers_file: options.AnswersFile = None,
    yes: options.Yes = False,
    dry_run: options.DryRun = False,
    starter: options.Starter = None,
    git: Annotated[
        bool | None,
        typer.Option(
            "--git/--no-git",
            help="Create a Git repository [default: yes, unless inside another one].",
            show_default=False,
        ),
    ] = None,
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
        given = interview.given(answers_file, pairs, named)
        validate(kind, given)
        ask = interview.asks(yes=yes, dry_run=dry_run)
        wanted = _starter(kind, starter, ask=ask)
        ask_whose = ask and not own_data.implied(kind).keys() & given.keys()
        adoption = own_data.read(kind, own, ask=ask_whose)
        if adoption:
            own_data.show([*adoption.preview, ""])
            given |= own_data.implied(kind, given)
        guesses = {**interview.git_guesses(output), **guesses}
        data = adoption.data if adoption else None

        def check(answers: Answers) -> None:
            project.free_target(output, folder_name(kind, answers))

        answers = interview.settle(kind, given, guesses, check, ask=ask, data=data)
        answers = replace(answers, exercises=_exercises(kind, answers, wanted))
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
    titles = {name: f"{name} - {catalog.bundled(name).about.title}" for name in catalog.names()}
    names = tuple(titles)
    helped = "'scaffolder list' says what each one demonstrates."
    question = Question("template", "choice", names[0], "Which template?", names, titles, helped)
    return str(interview.Terminal(conversation()).ask(question))


def _starter(kind: Template, wanted: str | None, *, ask: bool) -> str | None:
    """The exercises that the owner wants to solve, as `--starter` names them; None for a finished project."""
    known = declared(kind)
    if wanted is None and known and ask:
        wanted = _asked_starter(known)
    if wanted is not None:
        chosen(known, wanted)  # a name that no project of this template has is told before the questions
    return wanted


def _exercises(kind: Template, answers: Answers, wanted: str | None) -> dict[str, tuple[str, ...]]:
    """The wanted exercises of the project with these answers, with the names that the starter lacks.

    Of `core` and `all`, those that the project cannot have are left out; raises `AnswerError` for one named by its id.
    """
    if wanted is None:
        return {}
    known = declared(kind)
    here = {one.id: one for one in applicable(render(kind, answers), list(known.values()))}
    return lacked(here, chosen(here, wanted, "With these answers, there"))


def _asked_starter(known: Mapping[str, Exercise]) -> str | None:
    labels = {"nothing": "nothing - a finished project, for you to change"}
    for level in ("core", "all"):
        ids = chosen(known, level)
        time = hours(sum(known[name].minutes for name in ids))
        labels[level] = f"{level} - {', '.join(ids)}: about {time}"
    asked = "How much do you want to write yourself?"
    helped = "What you do not write is there and works; tests judge what you write, and hints help."
    question = Question("starter", "choice", "nothing", asked, tuple(labels), labels, helped)
    answer = interview.Terminal(conversation()).ask(question)
    return None if answer == "nothing" else str(answer)
