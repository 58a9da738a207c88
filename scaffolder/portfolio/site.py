"""The site of a portfolio, made from what its repositories hold."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import islice
from pathlib import Path

from scaffolder.portfolio.card import card
from scaffolder.portfolio.evidence import proofs
from scaffolder.portfolio.model import Card, Failure, LeftOut, Shown, Site, Skill
from scaffolder.portfolio.owner import Owner
from scaffolder.portfolio.project import Project, opened
from scaffolder.portfolio.vocabulary import Term, terms

MOST_SKILLS = 20  # rows of the table
MOST_SHOWN = 2  # pieces of evidence of one row


def read(folders: Sequence[Path], owner: Owner) -> Site:
    """The site; raises a `ScaffolderError` if a repository cannot be read or the owner is not known."""
    person = owner.person()
    projects = [opened(folder, _setting(owner, folder, "repository") or "") for folder in folders]
    cards = [
        card(project, number, person.name, _setting(owner, project.folder, "live"))
        for number, project in enumerate(projects, 1)
    ]
    failure = next((Failure(each.name, each.failure) for each in cards if each.failure), None)
    table = tuple(skills(projects, cards))
    return Site(person, tuple(cards), table, failure, tuple(_left_out(owner, table, failure)))


def _setting(owner: Owner, folder: Path, key: str) -> str | None:
    return owner.projects.get(folder.resolve().name, {}).get(key)


def skills(projects: Sequence[Project], cards: Sequence[Card]) -> Iterator[Skill]:
    """The skills that a project shows, those that most advertisements name first."""
    families = (term for term in terms() if term.name == term.family)
    rows = (Skill(term.name, tuple(islice(_shown(term, projects, cards), MOST_SHOWN))) for term in families)
    yield from islice((row for row in rows if row.shown), MOST_SKILLS)


def _shown(term: Term, projects: Sequence[Project], cards: Sequence[Card]) -> Iterator[Shown]:
    """The strongest evidence of each project, if it counts."""
    for project, made in zip(projects, cards, strict=True):
        for proof in proofs(project, term)[:1]:
            each = proof.evidence
            place = f"{each.path}:{each.line}" if each.line else each.path
            if proof.grade.counts:
                yield Shown(made.name, each.fact, place, project.link(each))


def _left_out(owner: Owner, table: Sequence[Skill], failure: Failure | None) -> Iterator[LeftOut]:
    if not owner.contact:
        yield LeftOut("contact", "no address is given", "Give --contact, or write it into portfolio.toml.")
    if not owner.address:
        why = "where the page will be is not known, so a link to it shows no picture in chats"
        yield LeftOut("preview picture", why, "Write `address` into portfolio.toml.")
    if not table:
        yield LeftOut("skills", "no project shows one", "Commit the reports and the code of a project.")
    if failure is None:
        why = "no project has an error analysis or a decision on a failure in your words"
        yield LeftOut("story of a failure", why, "Answer the questions under Error analysis in one README.md.")
