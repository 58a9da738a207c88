"""`scaffolder list` and `scaffolder describe`: the templates and what they ask."""

from __future__ import annotations

from scaffolder.cli import options
from scaffolder.cli.printing import print_json, print_lines


def list_templates(as_json: options.AsJson = False) -> None:
    """List the templates and what they demonstrate."""
    from scaffolder.cli import output as display
    from scaffolder.template import catalog

    every = [catalog.bundled(name) for name in catalog.names()]
    if as_json:
        print_json([template.to_json() for template in every])
    else:
        print_lines(display.template_list(every))


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
            print_json({**kind.to_json(), "questions": [question.to_json() for question in questions]})
        else:
            print_lines(display.template_details(kind, questions))
