"""`scaffolder match`: the terms of a job advertisement, and what shows them."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Annotated, Any

import typer

from scaffolder.cli.output import wrapped
from scaffolder.cli.printing import Result, noted
from scaffolder.cli.streams import read_text
from scaffolder.portfolio import match as matching
from scaffolder.portfolio import project, vocabulary
from scaffolder.portfolio.advertisement import MAX_BYTES
from scaffolder.portfolio.match import Answer, Found

_MOST_LINES = 3  # of evidence for a term


def match(
    advertisement: Annotated[
        Path, typer.Argument(metavar="AD", help="The text of the advertisement: a file, or - for standard input.")
    ],
    repositories: Annotated[
        list[Path] | None,
        typer.Argument(metavar="[REPO]...", help="Your repositories, or folders of them."),
    ] = None,
) -> Result:
    """Say where your repositories show what a job asks for.

    Each known term of the advertisement comes with file and line: what work of yours shows, then what only a template
    shows. The rest is "not shown", with the templates whose projects would show it. Nothing in a repository is run.
    """
    text = read_text(advertisement, MAX_BYTES)
    folders = project.repositories(repositories) if repositories else []
    projects, others = project.ready(map(project.opened, folders))
    answers = matching.match(text, projects)
    content = {"terms": [_json(answer) for answer in answers], "source": vocabulary.data("vocabulary")["source"]}
    notes = noted(f"{each.name} was left out, because {each.unready}." for each in others)
    return Result(content, _lines(answers, looked=bool(folders)), notes)


def _lines(answers: tuple[Answer, ...], *, looked: bool) -> Iterator[str]:
    known = len(vocabulary.terms())
    if not answers:
        yield from wrapped(
            f"This text names none of the {known} terms that are known. Is it a job advertisement in English?"
        )
        return
    found = _by_owner(answers)
    said = _counted(found) if looked else "No repository was named, so nothing was looked for."
    yield from wrapped(f"The advertisement names {len(answers)} of the {known} terms that are known. {said}")
    for title, some in found.items():
        if some and (looked or title == "Not shown"):
            yield from ("", title if looked else "Named")
            yield from (line for answer in some for line in _answered(answer))
    yield ""
    yield from wrapped(
        "Other words of the advertisement were not looked at. The percentages are those of 1,224 advertisements for AI "
        f"work from January and February 2026 ({vocabulary.data('vocabulary')['source']})."
    )


def _by_owner(answers: tuple[Answer, ...]) -> dict[str, list[Answer]]:
    """The answers by whose work shows their terms, under the titles that they are printed with."""
    groups: dict[str, list[Answer]] = {"Shown by work of yours": [], "Only a template shows it": [], "Not shown": []}
    own, template, nothing = groups.values()
    for each in answers:
        (nothing if not each.best else template if each.best.template else own).append(each)
    return groups


def _counted(found: dict[str, list[Answer]]) -> str:
    own, template, nothing = (len(some) for some in found.values())
    others = f"{template} only in what a template brought, {nothing} not shown"
    return f"Work of yours shows {own} of them. The others: {others}."


def _answered(answer: Answer) -> Iterator[str]:
    """A term with its evidence, or with what would show it."""
    first = list({each.repository: each for each in reversed(answer.found)}.values())[::-1][:_MOST_LINES]
    yield from wrapped(_named(answer), "  ", hang=4)
    for each in first:
        yield from wrapped(f"{each.repository}: {each.proof.evidence}{_whose(each)}", "      ", hang=2)
    if len(answer.found) > len(first):
        yield f"      and {len(answer.found) - len(first)} more: --json has them all"
    for each in answer.related[:1]:
        yield from wrapped(f"related, not counted: {each.repository}: {each.proof.evidence}", "      ", hang=2)
    if not answer.found and (remedy := _remedy(answer)):
        yield from wrapped(f"would show it: {remedy}", "      ", hang=2)


def _named(answer: Answer) -> str:
    """'Docker (line 3, in 32% of advertisements)', with the words of the advertisement where they are others."""
    term, words = answer.asked.term, answer.asked.words
    said = "" if words.casefold() == term.name.casefold() else f"“{words}”, "
    share = f", in {term.share}% of advertisements" if term.share is not None else ""
    return f"{term.name} ({said}line {answer.asked.line}{share})"


def _whose(each: Found) -> str:
    """How well the evidence shows a term, and who brought it."""
    return f" ({each.proof.grade}{f', from the template {each.proof.template}' if each.proof.template else ''})"


def _remedy(answer: Answer) -> str:
    """The commands that make a project which shows the term, "" if none is known."""
    shown_by = answer.asked.term.shown_by
    if "any" in shown_by:
        return "a project of any template"
    return " or ".join(f"scaffolder new {each.replace(' ', ' --set ')}" for each in shown_by)


def _json(answer: Answer) -> dict[str, Any]:
    return {
        "term": answer.asked.term.name,
        "share": answer.asked.term.share,
        "words": answer.asked.words,
        "line": answer.asked.line,
        "grade": answer.best and answer.best.grade,
        "template": (answer.best and answer.best.template) or None,
        "evidence": [_found(each) for each in answer.found],
        "related": [_found(each) for each in answer.related],
        "shown_by": list(answer.asked.term.shown_by),
    }


def _found(each: Found) -> dict[str, Any]:
    evidence = each.proof.evidence
    return {
        "repository": each.repository,
        "grade": each.proof.grade,
        "template": each.proof.template or None,
        "path": evidence.path,
        "line": evidence.line,
        "fact": evidence.fact,
        "address": each.address or None,
    }
