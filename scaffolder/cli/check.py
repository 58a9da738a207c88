"""`scaffolder check`, around `check.examine.check` and the pages, and `scaffolder contract`.

Exit codes: 0 checked, whatever was found; 1 `--level`, `--fail-under` or `--reviewed` is not met; 2 wrong usage, no
such folder or item; 3 a bug of ours kept an item from being checked, a file cannot be written, or an address does not
answer. If it is not 0, one sentence on standard error says why.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Iterable, Sequence
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from scaffolder.check import examine, remote
from scaffolder.check.contract import PATH
from scaffolder.check.draft import draft
from scaffolder.check.items import BY_ID
from scaffolder.cli.printing import print_lines, short
from scaffolder.cli.streams import read_text
from scaffolder.cli.writing import refuse_others, write
from scaffolder.errors import OutsideError, ScaffolderError, TargetError, UnmetError, one_line, shown, unwritable
from scaffolder.pages import text
from scaffolder.results.finding import Finding, Level
from scaffolder.results.report import Report

MOST = 500  # places in one list
MOST_BYTES = 1_000_000


class Format(StrEnum):
    """The pages of a report."""

    TEXT = "text"
    JSON = "json"
    MARKDOWN = "markdown"
    HTML = "html"
    GITHUB = "github"


class UncheckedError(ScaffolderError):
    """Some of several repositories could not be checked; `details` says why, for each."""

    def __init__(self, whole: int, failures: Sequence[tuple[str, ScaffolderError]]) -> None:
        super().__init__(f"{len(failures)} of {whole} repositories could not be checked:")
        self.code = max(error.code for _, error in failures)
        self.details = tuple(one_line(f"{place}: {error}") for place, error in failures)


def _items(incomplete: str) -> list[str]:
    return [item for item in BY_ID if item.startswith(incomplete)]


def check(
    places: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="[PATH ...]",
            help="Folders of repositories, or Git addresses such as https://host/owner/name@branch "
            "[default: this folder].",
        ),
    ] = None,
    listed: Annotated[
        Path | None,
        typer.Option("--from", metavar="FILE", help="Check what FILE lists, a path or address a line."),
    ] = None,
    form: Annotated[Format, typer.Option("--format", "-f", help="How to show the report.")] = Format.TEXT,
    output: Annotated[
        Path | None,
        typer.Option("--output", "-o", metavar="FILE", help="Write the report to FILE."),
    ] = None,
    badge: Annotated[
        Path | None,
        typer.Option(metavar="FILE", help="Write an SVG badge with the level to FILE."),
    ] = None,
    links: Annotated[
        str,
        typer.Option(
            metavar="URL",
            help="In HTML, link evidence to its line below URL, e.g. https://github.com/ada/{name}/blob/main.",
            show_default=False,
        ),
    ] = "",
    explain: Annotated[
        str | None,
        typer.Option(
            metavar="ITEM",
            help="Show one item in full, and why it matters.",
            autocompletion=_items,
        ),
    ] = None,
    only: Annotated[
        list[str] | None,
        typer.Option(metavar="ITEM", help="Check this item; repeat for more.", autocompletion=_items),
    ] = None,
    skip: Annotated[
        list[str] | None,
        typer.Option(
            metavar="ITEM",
            help="Leave this item out; repeat for more.",
            autocompletion=_items,
        ),
    ] = None,
    level: Annotated[
        Level | None,
        typer.Option(help="Exit with 1 if an item up to this level is open."),
    ] = None,
    fail_under: Annotated[
        int | None,
        typer.Option(metavar="N", min=0, max=100, help="Exit with 1 if less than N% is done or written."),
    ] = None,
    reviewed: Annotated[
        bool,
        typer.Option(
            "--reviewed", help="Exit with 1 unless somebody else gave each written item of the level at least 2 of 3."
        ),
    ] = False,
    show_all: Annotated[
        bool, typer.Option("--all", "-a", help="Show every finding, not only what to do next.")
    ] = False,
    online: Annotated[bool, typer.Option("--online", help="Ask the web addresses whether they answer.")] = False,
) -> None:
    """Check a portfolio project and say what to do next.

    A machine verifies evidence; of prose it says only that it is written. Nothing in the repository is run. Whatever is
    found, the exit code is 0 without --level, --fail-under or --reviewed.
    """
    chosen = [*(places or ()), *(_listed(listed) if listed else ())] or ["."]
    if badge and len(chosen) > 1:
        raise typer.BadParameter("one badge shows one repository: say one PATH.")
    if links and (form is not Format.HTML or not links.startswith(("https://", "http://"))):
        raise typer.BadParameter("--links takes a web address, and only --format html shows links.")
    for file in filter(None, (output, badge)):
        refuse_others(file)
    plain = output or os.environ.get("NO_COLOR") or os.environ.get("TERM") == "dumb" or not sys.stdout.isatty()
    reports, unchecked = _gathered(chosen, [explain] if explain else only or (), skip or (), online=online)
    page_text = _shown(reports, form, explain, links, show_all, not plain)
    if output:
        write(output, page_text)
    else:
        sys.stdout.write(page_text)
    if badge:
        from scaffolder.pages.forms import page

        write(badge, page("badge", reports))
    for report in reports:
        _refuse_bugs(report)
    if unchecked:
        raise unchecked
    for report in reports:
        _judge(report, level, fail_under)
        if reviewed:
            _judge_reviews(report, level)


def _shown(
    reports: Sequence[Report], form: Format, explain: str | None, links: str, show_all: bool, colour: bool
) -> str:
    from scaffolder.pages.forms import page

    if form is not Format.TEXT:
        return page(form, reports, links)
    if explain:
        advice = BY_ID[explain].remedy()
        return "\n".join(text.explanation(report.findings[0], advice, colour) for report in reports)
    return text.page(reports, colour) if show_all else text.next_steps(reports, colour)


def _refuse_bugs(report: Report) -> None:
    if report.errors:
        raise OutsideError(f"A bug in scaffolder kept {_names(report.errors)} of {report.name} from being checked.")


def _judge(report: Report, level: Level | None, fail_under: int | None) -> None:
    """Raise `UnmetError` if the report is not as far as it was asked to be."""
    below = report.open(level) if level else ()
    if level and below:
        raise UnmetError(f"{report.name} is not at level {level.title()} yet: {_names(below)} to do.")
    if fail_under is not None and report.score < fail_under:
        done = f"{report.score}% of its items done or written"
        raise UnmetError(f"{report.name} has {done}, and {fail_under}% are asked for.")


def _judge_reviews(report: Report, level: Level | None) -> None:
    """Raise `UnmetError` unless somebody else found every written item up to the level good enough."""
    wanted = level or report.level
    if wanted is None:
        why = "has not reached a level yet" if report.rated else f"is not rated, because {report.unrated}"
        raise UnmetError(f"{report.name} {why}, so it does not count as reviewed.")
    left = report.unreviewed(wanted)
    if left:
        raise UnmetError(
            f"{report.name} is not reviewed up to {wanted.title()}: no current review by somebody else gives at least "
            f"2 of 3 to {_names(left)}."
        )


def _names(findings: Iterable[Finding]) -> str:
    return ", ".join(finding.item for finding in findings)


def _listed(file: Path) -> list[str]:
    """The places in `file`, one a line, without empty lines and those that begin with #; raises `TargetError`."""
    lines = [line.strip() for line in read_text(file, MOST_BYTES).splitlines()]
    places = [line for line in lines if line and not line.startswith("#")]
    if not 0 < len(places) <= MOST:
        raise TargetError(f"{shown(file, 200)} has to name 1 to {MOST} repositories, one a line.")
    return places


def _gathered(
    places: Sequence[str], only: Sequence[str], skip: Sequence[str], *, online: bool
) -> tuple[list[Report], UncheckedError | None]:
    """The reports of all places that could be checked, and the error about the others; raised if there is no report."""
    examine.known(*only, *skip)
    reports, failures = list[Report](), list[tuple[str, ScaffolderError]]()
    for place in places:
        try:
            reports.append(_report(place, only, skip, online=online))
        except ScaffolderError as error:
            if len(places) == 1:
                raise
            failures.append((place, error))
    unchecked = UncheckedError(len(places), failures) if failures else None
    if unchecked and not reports:
        raise unchecked
    return reports, unchecked


def _report(place: str, only: Sequence[str], skip: Sequence[str], *, online: bool) -> Report:
    address = remote.address(place) if ":" in place else None
    if address is None:
        return examine.check(Path(place), only=only, skip=skip, online=online)
    with remote.opened(address, online=online) as repo:
        return examine.examine(repo, address.name, str(address), only=only, skip=skip)


def contract(
    path: Annotated[
        Path, typer.Argument(metavar="[PATH]", help="Folder of the repository [default: this one].", show_default=False)
    ] = Path(),
    write: Annotated[
        bool, typer.Option("--write", help="Write the draft to scaffolder.toml, which must not exist.")
    ] = False,
) -> None:
    """Draft scaffolder.toml for a repository.

    That file tells the checklist what the repository has. What a file shows is declared, with its place; the rest is
    commented out. Read every line before you rely on it. Nothing in the repository is run.
    """
    text = draft(examine.opened(path))
    if not write:
        print_lines(text.splitlines())
        return
    file = path / PATH
    try:
        with file.open("x", encoding="utf-8", newline="\n") as made:
            made.write(text)
    except OSError as error:
        raise unwritable(file, error) from error
    print_lines([f"Wrote {short(file)}. Read every line and correct it, then run scaffolder check."])
