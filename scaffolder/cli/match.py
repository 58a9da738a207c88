"""`scaffolder match`: the terms of a job advertisement, and what shows them."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from scaffolder.cli import options
from scaffolder.cli.printing import print_json, print_lines
from scaffolder.errors import AnswerError, shown

if TYPE_CHECKING:
    from scaffolder.portfolio.match import Answer

Advertisement = Annotated[
    Path, typer.Argument(metavar="AD", help="The text of the advertisement: a file, or - for standard input.")
]
Repositories = Annotated[
    list[Path] | None,
    typer.Argument(metavar="[REPO]...", help="Your repositories, or folders of them.", show_default=False),
]
_MOST_LINES = 3  # of evidence for a term


def match(advertisement: Advertisement, repositories: Repositories = None, as_json: options.AsJson = False) -> None:
    """Say where your repositories show what a job asks for.

    Each known term of the advertisement comes with file and line, or with "not shown" and the template whose project
    would show it. Only what a machine has verified, or a file holds, counts. Nothing in a repository is run.
    """
    from scaffolder.portfolio import match as matching
    from scaffolder.portfolio import project, vocabulary

    text = _read(advertisement)
    folders = project.repositories(repositories) if repositories else []
    answers = matching.match(text, [project.opened(folder) for folder in folders])
    if as_json:
        print_json({"terms": [_json(answer) for answer in answers], "source": vocabulary.data("vocabulary")["source"]})
    else:
        print_lines(_lines(answers, looked=bool(folders)))


def _read(path: Path) -> str:
    """The advertisement; raises `AnswerError` if it cannot be read, is too long, or is no text."""
    from scaffolder.portfolio.advertisement import MAX_BYTES

    name = "The advertisement" if str(path) == "-" else shown(path, 200)
    try:
        if str(path) == "-":
            data = sys.stdin.buffer.read(MAX_BYTES + 1)
        else:
            with open(path, "rb") as file:
                data = file.read(MAX_BYTES + 1)
    except OSError as error:
        raise AnswerError(f"{name} cannot be read: {error.strerror or error}.") from error
    if len(data) > MAX_BYTES:
        raise AnswerError(f"{name} has more than {MAX_BYTES:,} bytes: give the text of one advertisement.")
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise AnswerError(f"{name} is not UTF-8 text: save it as plain text first.") from None


def _lines(answers: tuple[Answer, ...], *, looked: bool) -> Iterator[str]:
    from scaffolder.cli.output import wrapped
    from scaffolder.portfolio import vocabulary

    proven = [answer for answer in answers if answer.found]
    known = f"{len(answers)} of the {len(vocabulary.terms())} terms that are known"
    yield f"The advertisement names {known}" + (f"; your repositories show {len(proven)}." if looked else ".")
    if proven:
        yield from ("", "Shown")
    for answer in proven:
        yield from wrapped(_named(answer), "  ", hang=4)
        first = list({each.repository: each for each in reversed(answer.found)}.values())[::-1][:_MOST_LINES]
        for each in first:
            yield from wrapped(f"{each.repository}: {each.evidence}", "      ", hang=2)
        if len(answer.found) > len(first):
            yield f"      and {len(answer.found) - len(first)} more: --json has them all"
    if len(proven) < len(answers):
        yield from ("", "Not shown" if looked else "No repository was named. A project from these templates shows")
    for answer in answers:
        if not answer.found:
            yield from wrapped(f"{_named(answer)}: {_remedy(answer)}", "  ", hang=4)
    yield ""
    yield from wrapped(
        "Other words of the advertisement were not looked at. The percentages are those of 1,224 advertisements for AI "
        f"work from January and February 2026 ({vocabulary.data('vocabulary')['source']})."
    )


def _named(answer: Answer) -> str:
    """'Docker (line 3, in 32% of advertisements)', with the words of the advertisement where they are others."""
    term, words = answer.asked.term, answer.asked.words
    said = "" if words.casefold() == term.name.casefold() else f"“{words}”, "
    share = f", in {term.share}% of advertisements" if term.share is not None else ""
    return f"{term.name} ({said}line {answer.asked.line}{share})"


def _remedy(answer: Answer) -> str:
    from scaffolder.template import catalog

    if len(answer.templates) == len(catalog.names()):
        return "a project of any template shows it"
    return f"scaffolder new {' or '.join(answer.templates)}" if answer.templates else "no template shows it"


def _json(answer: Answer) -> dict[str, Any]:
    return {
        "term": answer.asked.term.name,
        "share": answer.asked.term.share,
        "words": answer.asked.words,
        "line": answer.asked.line,
        "shown": [
            {
                "repository": each.repository,
                "path": each.evidence.path,
                "line": each.evidence.line,
                "fact": each.evidence.fact,
                "address": each.address or None,
            }
            for each in answer.found
        ],
        "templates": list(answer.templates),
    }
