"""`scaffolder list` and `scaffolder describe`: the templates and what they ask."""

from __future__ import annotations

from typing import Annotated

import typer

from scaffolder.cli import options
from scaffolder.cli import output as display
from scaffolder.cli.printing import Result
from scaffolder.exercises.declared import declared
from scaffolder.portfolio import guide
from scaffolder.template import answers, catalog, foreign


def list_templates(
    who: Annotated[
        str | None,
        typer.Option(
            "--for",
            metavar="WHO",
            help="A background or a role, such as 'data analyst': which project first, and why.",
        ),
    ] = None,
) -> Result:
    """List the templates and what they demonstrate."""
    if who is not None:
        advice = guide.advice(who)
        return Result([display.advice_json(each) for each in advice], display.advice_lines(advice))
    templates = [catalog.bundled(name) for name in catalog.names()]
    return Result([template.to_json() for template in templates], display.template_list(templates))


def describe(
    template: options.TemplateArgument,
    checkout: options.Checkout = None,
    directory: options.Directory = None,
) -> Result:
    """Show one template and the questions it asks."""
    with foreign.opened(foreign.Request(template, checkout, directory)) as (kind, _):
        questions = answers.questionnaire(kind)
        asked = [question.to_json() for question in questions]
        content = {**kind.to_json(), "questions": asked, "exercises": list(declared(kind))}
        return Result(content, list(display.template_details(kind, questions)))
