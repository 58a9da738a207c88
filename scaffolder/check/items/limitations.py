"""The limitations of the project."""

from __future__ import annotations

from scaffolder.check.written import WrittenItem
from scaffolder.results.finding import Level


class Limitations(WrittenItem):
    """Limitations and responsible AI: what is specific to this project, and who could be harmed.

    Under "Limitations and responsible AI" in README.md, write three or more limitations of your own project.

    "May be biased" is true of all models. Say with a number, a column or a group where yours fails and who is
    harmed: that makes the rest believable.
    """

    id = "limitations"
    level = Level.BUILDER
    source = "Checklist of strong portfolios: limitations and responsible AI notes; NIST AI RMF, MAP 5.1"
    essential = True
    subject = "limitations"
    place = 'section "Limitations" in README.md'
    rubric = (
        "Are there at least three limitations that are this project's own, each with a number, a group or a situation?",
        "Does it say who could be harmed by a wrong answer, and how they could object?",
        "Does it name a situation in which you should not use it?",
    )
