"""The option and the question of `new` on how much of the project its owner wants to write."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from scaffolder.cli import interview
from scaffolder.cli.printing import conversation
from scaffolder.exercises.declared import Exercise, chosen, declared, lacked
from scaffolder.exercises.starter import applicable, hours
from scaffolder.template.answers import Answers
from scaffolder.template.catalog import Template
from scaffolder.template.questions import Question
from scaffolder.template.render import render

if TYPE_CHECKING:
    from collections.abc import Mapping


Starter = Annotated[
    str | None,
    typer.Option(
        "--starter",
        metavar="core|all|ID,…",
        help="Leave functions for you to write, judged by tests: the core ones, all, or these exercises.",
        show_default=False,
    ),
]


def wanted_by(kind: Template, wanted: str | None, *, ask: bool) -> str | None:
    """The exercises that the owner wants to solve, as `--starter` names them; None for a finished project."""
    known = declared(kind)
    if wanted is None and known and ask:
        wanted = _asked(known)
    if wanted is not None:
        chosen(known, wanted)  # a name that no project of this template has is told before the questions
    return wanted


def exercises(kind: Template, answers: Answers, wanted: str | None) -> dict[str, tuple[str, ...]]:
    """The wanted exercises of the project with these answers, with the names that the starter lacks.

    Of `core` and `all`, those that the project cannot have are left out; raises `AnswerError` for one named by its id.
    """
    if wanted is None:
        return {}
    known = declared(kind)
    here = {one.id: one for one in applicable(render(kind, answers), list(known.values()))}
    return lacked(here, chosen(here, wanted, "With these answers, there"))


def _asked(known: Mapping[str, Exercise]) -> str | None:
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
