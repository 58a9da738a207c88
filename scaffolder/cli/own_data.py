"""The owner's own data on the command line: the options that describe them, and the questions about them."""

from __future__ import annotations

import re
import sys
from collections.abc import Mapping
from dataclasses import fields
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, Annotated, Any

import typer

from scaffolder.errors import AnswerError, one_line, shown

if TYPE_CHECKING:
    from scaffolder.adopt.kind import Adoption
    from scaffolder.cli.interview import Terminal
    from scaffolder.template.catalog import Template

_PANEL = "Your own data"
_LARGE = 1_000_000  # bytes that may take some seconds
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


Source = Annotated[Path | None, _option("--data", "PATH", "Your table, list of cases, or folder of documents.")]
Target = Annotated[str | None, _option("--target", "COLUMN", "The column to predict.")]
Positive = Annotated[str | None, _option("--positive", "VALUE", "Which of the target's two values to find.")]
Time = Annotated[str | None, _option("--time", "COLUMN", "The column that orders the rows.")]
NoTime = Annotated[bool, _flag("--no-time", "Divide the rows by chance, though a column has dates.")]
Group = Annotated[str | None, _option("--group", "COLUMN", "Rows with the same value here stay together.")]
NoGroup = Annotated[bool, _flag("--no-group", "Divide single rows, though a column names what recurs.")]
Id = Annotated[str | None, _option("--id", "COLUMN", "The column that names a row, for its outcome.")]
Known = Annotated[str | None, _option("--known", "COLUMN", "The day on which the outcome of a row became known.")]
Dates = Annotated[
    str | None, _option("--dates", "ORDER", "What dates such as 3/4/2026 begin with: day-first, month-first.")
]
Task = Annotated[str | None, _option("--task", "KIND", "What the numbers of a target are: classification, regression.")]
Questions = Annotated[Path | None, _option("--questions", "FILE", "Questions to ask of the documents, as CSV.")]
Documents = Annotated[Path | None, _option("--documents", "DIR", "The documents that the cases quote.")]
Outcomes = Annotated[Path | None, _option("--outcomes", "FILE", "Your second table: what became of the rows.")]
Without = Annotated[list[str] | None, _option("--without", "COLUMN", "A column to leave out; repeat for more.")]
Facts = Annotated[list[str] | None, _option("--about", "KEY=VALUE", "What only you know of the data; repeat for more.")]


def described(parameters: Mapping[str, Any]) -> dict[str, Any]:
    """The options that describe own data among the parameters of a command, by their names in `Options`."""
    from scaffolder.adopt.kind import Options

    names = {field.name: {"id": "row", "known": "known_on"}.get(field.name, field.name) for field in fields(Options)}
    options = {name: parameters[parameter] for name, parameter in names.items() if parameter in parameters}
    return {**options, "without": tuple(options["without"] or ())}


def read(
    kind: Template,
    source: Path | None,
    given: Mapping[str, Any],
    facts: list[str] | None,
    *,
    ask: bool,
    as_json: bool,
    former: Mapping[str, Any] | None = None,
    told: Mapping[str, str] = MappingProxyType({}),
) -> Adoption | None:
    """The owner's data as `kind` takes them; None if the project is about the template's.

    `given` are the options by name; `former` are the answers that chose the data before, and `told` is what the owner
    has said of those. What is missing is asked for on a terminal.
    """
    from scaffolder.adopt import kinds
    from scaffolder.adopt.kind import Options
    from scaffolder.cli import interview
    from scaffolder.template.answers import from_pairs

    options: dict[str, Any] = {name: value for name, value in given.items() if value}
    if source is None and (options or facts):
        name = next(iter(options), "about")
        raise AnswerError(f"--{name.replace('_', '-')} says something of your own data, so --data must name them.")
    about = from_pairs(facts or ())
    if ask and interview.is_interactive() and (asked := kinds.contract(kind)):
        terminal = interview.Terminal(sys.stderr if as_json else sys.stdout)
        source = source or _asked_source(terminal)
        if source is not None:
            _refuse_address(source)
            options |= {name: _asked(terminal, name) for name in asked.kind.NEEDED if name not in options}
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
    from scaffolder.adopt import kinds

    found = kinds.contract(kind)
    answers = dict(found.answers) if found else {}
    for name, value in answers.items():
        if name in given and given[name] != value:
            raise AnswerError(
                f"--data names your own data, and {name}={given[name]} the template's: leave one of them out."
            )
    return answers


def show(adoption: Adoption, *, as_json: bool) -> None:
    """Show a person each choice with its reason."""
    out = sys.stderr if as_json else sys.stdout
    for line in (*adoption.preview, ""):
        print(one_line(line), file=out)


def show_to_know(adoption: Adoption, *, as_json: bool = False) -> None:
    """Show at the end what the owner should know of the data."""
    for line in ("", *adoption.to_know) if adoption.to_know else ():
        print(one_line(line), file=sys.stderr if as_json else sys.stdout)


def _asked_source(terminal: Terminal) -> Path | None:
    from scaffolder.template.questions import Question

    labels = {"ours": "ours - the public data of the template", "own": "own - your own, from a file or folder"}
    question = Question("data", "choice", "ours", "Whose data?", tuple(labels), labels, "Own data can follow later.")
    return Path(_asked(terminal, "path")) if terminal.ask(question) == "own" else None


def _asked(terminal: Terminal, name: str) -> str:
    from scaffolder.template.questions import Question

    question = Question(name, "text", "", _PROMPTS[name], pattern=".+", pattern_hint="there is no default for it")
    return str(terminal.ask(question))


def _asked_about(
    terminal: Terminal, known: Mapping[str, Any], given: Mapping[str, str], told: Mapping[str, str]
) -> dict[str, str]:
    from scaffolder.adopt.kind import check_answer
    from scaffolder.template.questions import Question

    answers = dict(given)
    for name, each in known.items():
        if name not in given:
            default = told.get(name, each.default)
            question = Question(name, "text", default, each.prompt, help=each.help)
            while problem := check_answer(each, text := str(terminal.ask(question))):
                print(f"That cannot be used: {problem}.", file=terminal.out)
            answers |= {name: text} if text else {}
    return answers
