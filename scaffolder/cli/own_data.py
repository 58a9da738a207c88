"""The owner's own data on the command line: the options that describe them, and the questions about them."""

from __future__ import annotations

import re
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from pathlib import Path
from types import MappingProxyType
from typing import Annotated, Any

import typer

from scaffolder.adopt import kinds
from scaffolder.adopt.kind import Adoption, Options, check_answer
from scaffolder.cli import interview
from scaffolder.cli.interview import Terminal
from scaffolder.cli.printing import conversation
from scaffolder.errors import AnswerError, one_line, shown
from scaffolder.template.answers import from_pairs
from scaffolder.template.catalog import Template
from scaffolder.template.questions import Question

_PANEL = "Your own data"
_LARGE = 1_000_000  # bytes that may take some seconds
_OTHERS = ("data", "about")  # options that do not describe the data
_PROMPTS = {
    "path": "Where are your data?",
    "target": "Which column should be predicted?",
    "time": "Which column says when?",
    "known": "Which column says when the outcome became known?",
}


def _option(flag: str, metavar: str, text: str) -> Any:
    return typer.Option(flag, metavar=metavar, help=text, show_default=False, rich_help_panel=_PANEL)


def _flag(flag: str, text: str) -> Any:
    return typer.Option(flag, help=text, rich_help_panel=_PANEL)


@dataclass(frozen=True)
class OwnData:
    """The options of `new` and `adopt` that describe the owner's data."""

    data: Annotated[Path | None, _option("--data", "PATH", "Your table, list of cases, or folder of documents.")] = None
    target: Annotated[str | None, _option("--target", "COLUMN", "The column to predict.")] = None
    positive: Annotated[str | None, _option("--positive", "VALUE", "Which of the target's two values to find.")] = None
    time: Annotated[str | None, _option("--time", "COLUMN", "The column that orders the rows.")] = None
    no_time: Annotated[bool, _flag("--no-time", "Divide the rows by chance, though a column has dates.")] = False
    group: Annotated[str | None, _option("--group", "COLUMN", "Rows with the same value here stay together.")] = None
    no_group: Annotated[bool, _flag("--no-group", "Divide single rows, though a column names what recurs.")] = False
    id: Annotated[str | None, _option("--id", "COLUMN", "The column that names a row, for its outcome.")] = None
    known: Annotated[
        str | None, _option("--known", "COLUMN", "The day on which the outcome of a row became known.")
    ] = None
    dates: Annotated[
        str | None, _option("--dates", "ORDER", "What dates such as 3/4/2026 begin with: day-first, month-first.")
    ] = None
    task: Annotated[
        str | None, _option("--task", "KIND", "What the numbers of a target are: classification, regression.")
    ] = None
    questions: Annotated[Path | None, _option("--questions", "FILE", "Questions to ask of the documents, as CSV.")] = (
        None
    )
    documents: Annotated[Path | None, _option("--documents", "DIR", "The documents that the cases quote.")] = None
    outcomes: Annotated[Path | None, _option("--outcomes", "FILE", "Your second table: what became of the rows.")] = (
        None
    )
    without: Annotated[list[str] | None, _option("--without", "COLUMN", "A column to leave out; repeat for more.")] = (
        None
    )
    about: Annotated[
        list[str] | None, _option("--about", "KEY=VALUE", "What only you know of the data; repeat for more.")
    ] = None

    def described(self) -> dict[str, Any]:
        """The options that describe the data, by name, without those that were not given."""
        options = {field.name: getattr(self, field.name) for field in fields(self) if field.name not in _OTHERS}
        if self.without:
            options["without"] = tuple(self.without)
        return {name: value for name, value in options.items() if value}


def read(
    kind: Template,
    given: OwnData,
    *,
    ask: bool,
    former: Mapping[str, Any] | None = None,
    told: Mapping[str, str] = MappingProxyType({}),
) -> Adoption | None:
    """The owner's data as `kind` takes them; None if the project is about the template's.

    `former` are the answers that chose the data before, and `told` is what the owner has said of those. What is missing
    is asked for on a terminal.
    """
    source, options = given.data, given.described()
    if source is None and (options or given.about):
        name = next(iter(options), "about")
        raise AnswerError(f"--{name.replace('_', '-')} says something of your own data, so --data must name them.")
    about = from_pairs(given.about or ())
    if ask and interview.is_interactive() and (asked := kinds.contract(kind)):
        terminal = interview.Terminal(conversation())
        source = source or _asked_source(terminal)
        if source is not None:
            _refuse_address(source)
            options |= {name: _asked(terminal, name) for name in asked.kind.needed if name not in options}
            fitting = kinds.fitting_about(kind, source, Options(**options, about=about))
            about = _asked_about(terminal, fitting, about, told)
    if source is None:
        return None
    _refuse_address(source)
    if source.is_file() and source.stat().st_size > _LARGE:
        print(f"Looking at {shown(source, 200)}: a large file takes a minute ...", file=sys.stderr)
    return kinds.adopt(kind, source, Options(**options, about={**told, **about}), former or {})


def _refuse_address(source: Path) -> None:
    if re.match(r"[a-z]+:/", str(source)):
        raise AnswerError(f"{shown(source, 200)} is an address: download the file first, and name it with --data.")


def implied(kind: Template, given: Mapping[str, Any] = MappingProxyType({})) -> dict[str, Any]:
    """The answers that own data imply; raises `AnswerError` if one of those `given` says otherwise."""
    found = kinds.contract(kind)
    answers = dict(found.answers) if found else {}
    for name, value in answers.items():
        if name in given and given[name] != value:
            raise AnswerError(
                f"--data names your own data, and {name}={given[name]} the template's: leave one of them out."
            )
    return answers


def show(lines: Sequence[str]) -> None:
    """Show a person lines on the data: each choice with its reason, or what to know at the end."""
    for line in lines:
        print(one_line(line), file=conversation())


def _asked_source(terminal: Terminal) -> Path | None:
    labels = {"ours": "ours - the public data of the template", "own": "own - your own, from a file or folder"}
    question = Question("data", "choice", "ours", "Whose data?", tuple(labels), labels, "Own data can follow later.")
    return Path(_asked(terminal, "path")) if terminal.ask(question) == "own" else None


def _asked(terminal: Terminal, name: str) -> str:
    question = Question(name, "text", "", _PROMPTS[name], pattern=".+", pattern_hint="there is no default for it")
    return str(terminal.ask(question))


def _asked_about(
    terminal: Terminal, known: Mapping[str, Any], given: Mapping[str, str], told: Mapping[str, str]
) -> dict[str, str]:
    answers = dict(given)
    for name, each in known.items():
        if name not in given:
            default = told.get(name, each.default)
            question = Question(name, "text", default, each.prompt, help=each.help)
            while problem := check_answer(each, text := str(terminal.ask(question))):
                print(f"That cannot be used: {problem}.", file=terminal.out)
            answers |= {name: text} if text else {}
    return answers
