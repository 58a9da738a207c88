"""The card of a project: the facts that its repository holds, and those that had to be left out."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from scaffolder.check.engine.repository import Repository
from scaffolder.check.items.demo import addresses
from scaffolder.check.readers.data_files import pyproject
from scaffolder.check.template_words import marked
from scaffolder.portfolio import texts
from scaffolder.portfolio.addresses import web_address
from scaffolder.portfolio.model import Card, LeftOut
from scaffolder.portfolio.pictures import picture
from scaffolder.portfolio.project import Project
from scaffolder.portfolio.results import result
from scaffolder.portfolio.whose import whose
from scaffolder.results.finding import State

_METRICS = "reports/metrics.json"
_UNCHECKED = "README.md does not show the numbers as they were measured, or nobody can tell"


def card(project: Project, number: int, owner: str = "", live: str | None = None) -> Card:
    """The card of the project with this number on the page; `live` replaces the address in its README, "" for none."""
    repo, report = project.repo, project.report
    described = texts.description(repo, owner)
    image, no_image = picture(project, number)
    measured = project.metrics
    shown = result(measured, measured.headline[0]) if measured else None
    checked = project.finding("evaluation-metrics").state is State.DONE
    made = Card(
        name=texts.title(repo) or project.name,
        sentence=described.sentence or _summary(repo),
        address=project.address,
        live=_live(project, described.lines) if live is None else live,
        level=report.label if report.level else "",
        counts=_counts(project),
        whose=whose(repo),
        in_words=texts.in_words(repo) if shown and checked else "",
        result=shown,
        picture=image,
        changes=texts.changes(project),
        failure=texts.failure(project),
    )
    return replace(made, left_out=tuple(_left_out(project, made, no_image)))


def _summary(repo: Repository) -> str:
    """The description in pyproject.toml, "" if it has none; a card is never without words."""
    project = pyproject(repo).get("project")
    said = project.get("description") if isinstance(project, dict) else None
    return said[: texts.LONGEST_SENTENCE] if isinstance(said, str) and not marked(said) else ""


def _live(project: Project, described: range) -> str:
    """The first public address in the README at which the product can be tried.

    Those in the paragraph that describes it, in the lines `described`, lead to data or tools.
    """
    found = (web_address(link.target) for link in addresses(project.repo) if link.line not in described)
    return next(filter(None, found), "")


def _counts(project: Project) -> str:
    counts = project.report.counts
    verified = f"{counts.verified} of {counts.to_verify} items verified by machine"
    return f"{verified}, {counts.written} of {counts.to_write} written"


def _left_out(project: Project, made: Card, no_image: str) -> Iterator[LeftOut]:
    yield from _unsaid(project, made)
    if not made.picture:
        remedy = "Show a screenshot in README.md; in a generated project, `make screenshot` takes one."
        yield LeftOut("picture", no_image, remedy)
    if made.result is None:
        remedy = "Commit the report of a run; in a generated project, `make demo` writes it."
        why = f"{_METRICS} cannot be read, or reports/predictions.csv gives other numbers"
        is_there = project.repo.snapshot.is_file(_METRICS)
        yield LeftOut("result", why if is_there else f"there is no {_METRICS}", remedy)
    elif not made.result.baseline:
        why = f"reports/metrics.json has no baseline for {made.result.metric}"
        yield LeftOut("baseline", why, "Measure a simple rule on the same cases: a number alone says little.")
    if made.result and not made.in_words:
        remedy = "See `scaffolder check`; in a generated project, `make report` writes the block."
        is_checked = project.finding("evaluation-metrics").state is State.DONE
        why = f"README.md has no sentence, or too many, in its measured block `{texts.HEADLINE}`"
        yield LeftOut("result in words", why if is_checked else _UNCHECKED, remedy)
    yield from _unreachable(project, made)


def _unsaid(project: Project, made: Card) -> Iterator[LeftOut]:
    """The words that the owner has not written."""
    if not made.sentence:
        why = "README.md has no whole sentence between its title and its first section"
        yield LeftOut("first sentence", why, "Say there in one sentence what it does, and for whom.")
    elif not texts.is_own(project.repo, made.sentence):
        why = "the first one is the template's"
        yield LeftOut("sentence of your own", why, "Say in README.md what your project does.")
    if made.changes is None:
        why = 'README.md has no words of yours under "What I changed and why"'
        yield LeftOut("your changes", why, "Write there what is yours: readers ask it first.")


def _unreachable(project: Project, made: Card) -> Iterator[LeftOut]:
    """The links that lead nowhere, and a level that is not reached."""
    if not made.live:
        why = "README.md names no public address at which to try it"
        yield LeftOut("live link", why, "Publish it, and write the address under the title.")
    if not made.address:
        why = "it has no Git remote `origin` with a web address"
        yield LeftOut("repository link", why, "Push it; links to files and lines then appear, too.")
    if not made.level:
        yield LeftOut("level", project.report.unrated or "it has not reached one yet", "See `scaffolder check`.")
