"""The problem that the project is about."""

from __future__ import annotations

from scaffolder.check.written import WrittenItem
from scaffolder.results.finding import Level


class ProblemStatement(WrittenItem):
    """Problem statement: who has the problem, what it costs them, and the number that would show it solved.

    Under "Problem" in README.md, write who loses what, how often, and which number would show it solved.

    Give the number its value ("at least 80%"): a model without a target can't succeed, and a reader decides in
    these sentences whether the rest is worth their time.
    """

    id = "problem"
    level = Level.BUILDER
    source = "Checklist of strong portfolios: a clear problem statement; Google's Rules of ML, rule 2"
    essential = True
    subject = "problem"
    place = 'section "Problem" in README.md'
    rubric = (
        "Does it say who has the problem, and what it costs them in money, time or harm?",
        "Does it name one number, with a value, that would show the problem solved?",
        "Would you know after these sentences why a model, and not a simple rule, is worth trying?",
    )
