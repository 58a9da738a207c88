"""The sections of the README that people write, and of which a machine sees little."""

from __future__ import annotations

from collections.abc import Iterator

from scaffolder.check.engine.repository import Repository
from scaffolder.check.readers.commands import wrong_commands
from scaffolder.check.readers.markdown import Passage
from scaffolder.check.written import WrittenItem
from scaffolder.results.finding import Evidence, Level


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


class DataSource(WrittenItem):
    """Data source: where the data come from, their licence, how many there are and what they lack.

    Under "Data" in README.md, say where the data come from, their licence, how many there are, what they lack.

    Whoever uses your work must know what it was learned from.
    """

    id = "data-source"
    level = Level.BUILDER
    source = (
        "Checklist of strong portfolios: dataset or data source description; Gebru et al. 2021, Datasheets for Datasets"
    )
    essential = True
    subject = "data"
    place = 'section "Data" in README.md'
    rubric = (
        "Does it say who collected the data, when, why, and under which licence they may be used?",
        "Do you know what one row or document is, how many there are, and how they were split?",
        "Does it name what is missing or biased in them, and what follows for the results?",
    )


class Deployment(WrittenItem):
    """Deployment path: where it runs, and commands that get it there.

    Under "Deployment" in README.md, write where it runs, who may call it and the commands that get it there.

    Every file and make target that a command names must be in the repository: a reader judges a project by
    whether it could be running tomorrow.
    """

    id = "deployment"
    level = Level.DEPLOYER
    source = "Checklist of strong portfolios: deployment path"
    essential = True
    subject = "deployment"
    place = 'section "Deployment" in README.md'
    rubric = (
        "Does it say where it runs, or would run, and who may call it?",
        "Could you bring it there with the commands given?",
        "Does it say how somebody would notice that it is down or wrong, and how to go back?",
    )

    def flaws(self, repo: Repository, passage: Passage) -> Iterator[Evidence]:
        """Commands that name a file or a make target that is not there."""
        yield from wrong_commands(repo, passage)


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
