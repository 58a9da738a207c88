"""A job advertisement held against repositories: for each term that it names, what shows it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from scaffolder.portfolio.advertisement import Asked, asked
from scaffolder.portfolio.evidence import Proof, proofs, rank
from scaffolder.portfolio.project import Project
from scaffolder.portfolio.vocabulary import Term, terms


@dataclass(frozen=True)
class Found:
    """A piece of evidence, the name of its repository, and its web address, "" if that is not known."""

    repository: str
    proof: Proof
    address: str


@dataclass(frozen=True)
class Answer:
    """A term of the advertisement and what shows it, the best first.

    `related` shows another term of its family, where nothing shows this one, and does not count.
    """

    asked: Asked
    found: tuple[Found, ...]
    related: tuple[Found, ...] = ()

    @property
    def best(self) -> Proof | None:
        """The best evidence; None if there is none."""
        return self.found[0].proof if self.found else None


def match(text: str, projects: Sequence[Project]) -> tuple[Answer, ...]:
    """An answer to each known term that `text` asks for, those that most advertisements name first."""
    return tuple(_answer(each, projects) for each in asked(text))


def _answer(each: Asked, projects: Sequence[Project]) -> Answer:
    answer = Answer(each, _found(each.term, projects))
    if answer.found:
        return answer
    siblings = (kind for term in terms() if term.name == each.term.family for kind in term.kinds if kind != each.term)
    related = (one for kind in siblings for one in _found(kind, projects))
    return replace(answer, related=tuple(related))


def _found(term: Term, projects: Sequence[Project]) -> tuple[Found, ...]:
    found = [
        Found(project.name, proof, project.link(proof.evidence))
        for project in projects
        for proof in proofs(project, term)
    ]
    return tuple(sorted(found, key=lambda each: rank(each.proof)))
