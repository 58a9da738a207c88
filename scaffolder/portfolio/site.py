"""The site of a portfolio, made from what its repositories hold."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from pathlib import Path

from scaffolder.errors import TargetError, shown
from scaffolder.portfolio.card import card
from scaffolder.portfolio.evidence import proofs
from scaffolder.portfolio.model import Card, Failure, LeftOut, Shown, Site, Skill
from scaffolder.portfolio.owner import Owner
from scaffolder.portfolio.project import Project, opened, ready
from scaffolder.portfolio.vocabulary import Term, terms

MOST_SKILLS = 20  # rows of the table
MOST_SHOWN = 2  # pieces of evidence of one row


def read(folders: Sequence[Path], owner: Owner) -> Site:
    """The site; raises a `ScaffolderError` if a repository cannot be read or the owner is not known."""
    person = owner.person()
    every = (opened(folder, _setting(owner, folder, "repository") or "") for folder in folders)
    projects, others = ready(every)
    cards = [
        card(project, number, person.name, _setting(owner, project.folder, "live"))
        for number, project in enumerate(projects, 1)
    ]
    hidden = [
        *(LeftOut(each.name, each.unready, "The page shows finished projects alone.") for each in others),
        *(
            LeftOut(each.name, "nothing in it says what it is", "Say it in README.md.")
            for each in cards
            if each.is_empty
        ),
    ]
    pairs = [(project, made) for project, made in zip(projects, cards, strict=True) if not made.is_empty]
    if not pairs:
        raise TargetError(f"There is no project to show: nothing in {shown(cards[0].name)} says what it is.")
    failure = next((Failure(each.name, each.failure) for _, each in pairs if each.failure), None)
    table = tuple(skills(pairs))
    return Site(person, tuple(made for _, made in pairs), table, failure, (*hidden, *_left_out(owner, table, failure)))


def _setting(owner: Owner, folder: Path, key: str) -> str | None:
    return owner.projects.get(folder.resolve().name, {}).get(key)


def skills(pairs: Sequence[tuple[Project, Card]]) -> Iterator[Skill]:
    """The skills that the owner's work shows, then those of each template: most named in advertisements first."""
    rows: dict[str, list[Skill]] = defaultdict(list)
    for term in (term for term in terms() if term.name == term.family):
        evidence = _evidence(term, pairs)
        for template in [""] if "" in evidence else evidence:
            rows[template].append(Skill(term.name, tuple(evidence[template][:MOST_SHOWN]), template))
    yield from (row for template in sorted(rows) for row in rows[template][:MOST_SKILLS])


def _evidence(term: Term, pairs: Sequence[tuple[Project, Card]]) -> dict[str, list[Shown]]:
    """The strongest evidence of each project, by the template that brought it."""
    by_template: dict[str, list[Shown]] = defaultdict(list)
    for project, made in pairs:
        for proof in proofs(project, term)[:1]:
            each = proof.evidence
            place = f"{each.path}:{each.line}" if each.line else each.path
            by_template[proof.template].append(Shown(made.name, each.fact, place, project.link(each)))
    return by_template


def _left_out(owner: Owner, table: Sequence[Skill], failure: Failure | None) -> Iterator[LeftOut]:
    if not owner.contact:
        yield LeftOut("contact", "no address is given", "Give --contact, or write it into portfolio.toml.")
    if not owner.address:
        why = "where the page will be is not known, so a link to it shows no picture in chats"
        yield LeftOut("preview picture", why, "Write `address` into portfolio.toml.")
    if not any(skill.template == "" for skill in table):
        yield LeftOut(
            "skills of yours", "all that shows one came with a template", "Write code, or bring data, and commit it."
        )
    if failure is None:
        why = "no project has an error analysis in your words"
        yield LeftOut("story of a failure", why, "Answer the questions under Error analysis in one README.md.")
