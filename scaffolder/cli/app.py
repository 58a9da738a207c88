"""The commands. Of the whole package, the room `cli` alone prints, asks and exits.

Exit codes: 0 success; 1 the person declined, or a check fell short of `--level` or `--fail-under`; 2 wrong usage or
input; 3 something outside failed (Git, network, disk, hook); 130 Ctrl-C. An error is one sentence on standard error.
With --json, standard output holds one JSON document and nothing else, also for an error: `{"error": …, "code": …}`.
"""

from __future__ import annotations

import gc
import json
import signal
import sys
from collections.abc import Iterable, Sequence
from functools import partial
from pathlib import Path
from typing import Any, NoReturn

import typer

from scaffolder.cli import check as check_cli
from scaffolder.cli import cohort as cohort_cli
from scaffolder.cli import lint as lint_cli
from scaffolder.cli import options
from scaffolder.cli import review as review_cli
from scaffolder.cli import update as update_cli
from scaffolder.cli.answering import git_guesses, pairs_of, read, settle
from scaffolder.errors import AnswerError, ScaffolderError, one_line

app = typer.Typer(
    help="Create portfolio projects that really run: trained, measured, tested and served on real data.",
    epilog="Start with: scaffolder list, then scaffolder new TEMPLATE.",
    rich_markup_mode=None,  # loading rich takes three times as long as all the rest of the start-up
    pretty_exceptions_enable=False,
    no_args_is_help=True,
    context_settings={"help_option_names": ["-h", "--help"]},
)


_STOPPED, _INTERRUPTED = "Stopped: nothing was written.", 130


def main() -> NoReturn:
    """Run the command line and exit."""
    for stream in (sys.stdout, sys.stderr):
        stream.reconfigure(errors="backslashreplace")  # type: ignore[union-attr]
    for name in ("SIGTERM", "SIGHUP"):
        if hasattr(signal, name):
            signal.signal(getattr(signal, name), _stop)
    gc.set_threshold(50_000)  # a command keeps nearly all it allocates until it ends: collecting often is wasted time
    code = run(sys.argv[1:])
    gc.freeze()  # no last collection either: the system frees the memory faster
    sys.exit(code)


def _stop(number: int, _frame: object) -> NoReturn:
    """Exit through every `finally`, so that nothing half-written is left behind."""
    sys.exit(128 + number)


def run(arguments: Sequence[str]) -> int:
    """Run one command and return its exit code: the one place that turns errors into messages and codes."""
    try:
        code = int(app(list(arguments), prog_name="scaffolder", standalone_mode=False) or 0)
        return _fail(_STOPPED, code, arguments) if code == _INTERRUPTED else code
    except ScaffolderError as error:
        return _fail(str(error), error.code, arguments)
    except (typer.Abort, KeyboardInterrupt):
        return _fail(_STOPPED, _INTERRUPTED, arguments)
    except BrokenPipeError:
        sys.stderr.close()
        return 0
    except Exception as error:
        if not hasattr(error, "format_message"):  # a usage error, of whichever click typer brings along
            raise
        text = error.format_message()
        if text.startswith("Usage: "):  # no command was given: the error is the help
            print(text, file=sys.stderr)
            return 2
        return _fail(text, 2, arguments) if text else 0


def _fail(sentence: str, code: int, arguments: Sequence[str]) -> int:
    sentence = one_line(sentence if sentence.endswith((".", "?")) else f"{sentence}.")
    print(f"scaffolder: {sentence}", file=sys.stderr)
    if "--json" in arguments:
        _print_json({"error": sentence, "code": code})
    return code


def _print_json(value: Any) -> None:
    print(json.dumps(value, indent=2, ensure_ascii=False))


def _print_lines(lines: Iterable[str]) -> None:
    for line in lines:
        print(line)


def _print_notes(notes: Iterable[str]) -> None:
    for note in notes:
        print(f"Note: {one_line(note)}", file=sys.stderr)


@app.callback()
def options_for_all(version: options.Version = False) -> None:
    """Create portfolio projects that really run: trained, measured, tested and served on real data."""


@app.command()
def new(
    template: options.OptionalTemplate = None,
    name: options.NameArgument = None,
    output: options.Output = Path(),
    pairs: options.Pairs = None,
    answers_file: options.AnswersFile = None,
    yes: options.Yes = False,
    dry_run: options.DryRun = False,
    git: options.UseGit = None,
    as_json: options.AsJson = False,
    trust: options.Trust = False,
    checkout: options.Checkout = None,
    directory: options.Directory = None,
) -> None:
    """Create a project from a template.

    On a terminal, without TEMPLATE, the templates that come along are a menu.
    """
    from scaffolder.cli import output as display
    from scaffolder.project import plan as project
    from scaffolder.template import foreign
    from scaffolder.template.answers import from_name

    if template is None:
        template = _chosen_template(ask=not yes, as_json=as_json)
    with foreign.opened(foreign.Request(template, checkout, directory, trust, output)) as (kind, source):
        named, guesses = from_name(kind, name) if name is not None else ({}, {})
        given = {**read(answers_file), **named, **pairs_of(pairs)}
        guesses = {**git_guesses(output), **guesses}
        check = partial(project.check, kind, output=output)
        answers = settle(kind, given, guesses, check, ask=not yes, as_json=as_json)
        planned = project.plan(kind, answers, output, source=source, want_git=git)
        commit, notes = (None, planned.notes) if dry_run else project.carry_out(planned)
        if as_json:
            _print_json(display.project_json(planned, commit, notes, dry_run=dry_run))
        else:
            _print_lines(display.project_preview(planned) if dry_run else display.project_created(planned, commit))
        _print_notes(notes)


@app.command("list")
def list_templates(as_json: options.AsJson = False) -> None:
    """List the templates and what they demonstrate."""
    from scaffolder.cli import output as display
    from scaffolder.template import catalog

    every = [catalog.bundled(name) for name in catalog.names()]
    if as_json:
        _print_json([template.to_json() for template in every])
    else:
        _print_lines(display.template_list(every))


@app.command()
def describe(
    template: options.TemplateArgument,
    as_json: options.AsJson = False,
    checkout: options.Checkout = None,
    directory: options.Directory = None,
) -> None:
    """Show one template and the questions it asks."""
    from scaffolder.cli import output as display
    from scaffolder.template import answers, foreign

    with foreign.opened(foreign.Request(template, checkout, directory)) as (kind, _):
        questions = answers.questionnaire(kind)
        if as_json:
            _print_json({**kind.to_json(), "questions": [question.to_json() for question in questions]})
        else:
            _print_lines(display.template_details(kind, questions))


@app.command()
def portfolio(
    folder: options.FolderArgument = Path("portfolio"),
    pairs: options.Pairs = None,
    answers_file: options.AnswersFile = None,
    yes: options.Yes = False,
    dry_run: options.DryRun = False,
    git: options.UseGit = None,
    as_json: options.AsJson = False,
) -> None:
    """Create a project per template, and an index."""
    from scaffolder.cli import output as display
    from scaffolder.project import portfolio as portfolios

    given = {**read(answers_file), **pairs_of(pairs)}
    guesses = {**git_guesses(folder), **portfolios.existing(folder)[1]}
    portfolios.reject_unknown(given)
    if not yes:
        shared = portfolios.shared_template()
        shared_answers = {name: value for name, value in given.items() if name in shared.questions}
        given |= settle(shared, shared_answers, guesses, lambda _: None, ask=True, as_json=as_json).public
    planned = portfolios.plan(folder, given, guesses, git)
    notes = () if dry_run else portfolios.carry_out(planned)
    if as_json:
        _print_json(display.portfolio_json(planned, notes, dry_run=dry_run))
    else:
        _print_lines(display.portfolio_created(planned, dry_run=dry_run))
    _print_notes(notes)


app.command()(check_cli.check)
app.command()(review_cli.review)
app.command()(lint_cli.lint_template)
app.command()(update_cli.update)
app.command()(update_cli.track)
app.add_typer(cohort_cli.cohort, name="cohort")


def _chosen_template(*, ask: bool, as_json: bool) -> str:
    """The bundled template that the person chooses on the terminal."""
    from scaffolder.cli import interview
    from scaffolder.template import catalog

    if not ask or not interview.is_interactive():
        raise AnswerError("Missing argument 'TEMPLATE': 'scaffolder list' names the templates.")
    return interview.Terminal(sys.stderr if as_json else sys.stdout).choose_template(
        catalog.bundled(name) for name in catalog.names()
    )
