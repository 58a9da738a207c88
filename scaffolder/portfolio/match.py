"""A job advertisement held against repositories: for each term that it names, what shows it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from scaffolder.check.engine.finding import Evidence
from scaffolder.portfolio.advertisement import Asked, asked
from scaffolder.portfolio.evidence import evidence
from scaffolder.portfolio.project import Project
from scaffolder.template import catalog


@dataclass(frozen=True)
class Found:
    """A piece of evidence, the name of its repository, and its web address, "" if that is not known."""

    repository: str
    evidence: Evidence
    address: str


@dataclass(frozen=True)
class Answer:
    """A term of the advertisement and what shows it; `templates` are those whose projects show it after a run."""

    asked: Asked
    found: tuple[Found, ...]
    templates: tuple[str, ...]


def match(text: str, projects: Sequence[Project]) -> tuple[Answer, ...]:
    """An answer to each known term that `text` names, those that most advertisements name first."""
    known = catalog.names()
    return tuple(
        Answer(
            each,
            tuple(
                Found(project.name, piece, project.link(piece))
                for project in projects
                for piece in evidence(project, each.term)
            ),
            tuple(name for name in each.term.templates if name in known),
        )
        for each in asked(text)
    )
