"""`scaffolder list` and `scaffolder describe`: the templates and what they ask."""

from __future__ import annotations

from typing import Annotated

import typer

from scaffolder.cli import options
from scaffolder.cli.printing import print_json, print_lines

Who = Annotated[
    str | None,
    typer.Option(
        "--for",
        metavar="WHO",
        help="A background or a role, such as 'data analyst': which project first, and why.",
        show_default=False,
    ),
]


def list_templates(who: Who = None, as_json: options.AsJson = False) -> None:
    """List the templates and what they demonstrate."""
    from scaffolder.cli import output as display
    from scaffolder.template import catalog

    if who is not None:
        _advise(who, as_json=as_json)
        return
    every = [catalog.bundled(name) for name in catalog.names()]
    if as_json:
        print_json([template.to_json() for template in every])
    else:
        print_lines(display.template_list(every))


def _advise(who: str, *, as_json: bool) -> None:
    from scaffolder.cli import output as display
    from scaffolder.portfolio import guide

    found = guide.advice(who)
    if as_json:
        print_json([display.advice_json(each) for each in found])
    else:
        print_lines(display.advice_lines(found))


def describe(
    template: options.TemplateArgument,
    as_json: options.AsJson = False,
    checkout: options.Checkout = None,
    directory: options.Directory = None,
) -> None:
    """Show one template and the questions it asks."""
    from scaffolder.cli import output as display
    from scaffolder.template import answers, foreign

    with foreign.opened(foreign.Request(template, checkout, directory)) as (kind, _):
        questions = answers.questionnaire(kind)
        if as_json:
            from scaffolder.exercises.declared import declared

            asked = [question.to_json() for question in questions]
            print_json({**kind.to_json(), "questions": asked, "exercises": list(declared(kind))})
        else:
            print_lines(display.template_details(kind, questions))
