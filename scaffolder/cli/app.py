"""The commands. Of the whole package, the room `cli` alone prints, asks and exits.

Exit codes: 0 success; 1 the person declined, or a check fell short of `--level` or `--fail-under`; 2 wrong usage or
input; 3 something outside failed (Git, network, disk, hook); 130 Ctrl-C; 141 the output was not read to its end, as
after `| head`. An error is one sentence on standard error.
With --json, standard output holds one JSON document and nothing else, also for an error: `{"error": …, "code": …}`.
"""

from __future__ import annotations

import gc
import os
import signal
import sys
from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Annotated, Any, NoReturn

import typer

from scaffolder import __version__
from scaffolder.cli.cohort import cohort
from scaffolder.cli.lazy import SETTINGS, lazy_group
from scaffolder.cli.streams import NotReadError, OutputError, discard, prepare
from scaffolder.errors import OutsideError, ScaffolderError, one_line, outside

COMMANDS = {
    "new": ("scaffolder.cli.new:new", "Create a project from a template."),
    "adopt": ("scaffolder.cli.adopt:adopt", "Put your own data into a project."),
    "exercise": ("scaffolder.cli.exercise:exercise", "Show which exercises of a starter are left."),
    "list": ("scaffolder.cli.templates:list_templates", "List the templates and what they demonstrate."),
    "describe": ("scaffolder.cli.templates:describe", "Show one template and the questions it asks."),
    "match": ("scaffolder.cli.match:match", "Say where your repositories show what a job asks for."),
    "check": ("scaffolder.cli.check:check", "Check a portfolio project and say what to do next."),
    "contract": ("scaffolder.cli.check:contract", "Draft scaffolder.toml for a repository."),
    "review": ("scaffolder.cli.review:review", "Judge what people wrote in a portfolio project."),
    "mine": ("scaffolder.cli.mine:mine", "Show which part of a project is yours."),
    "practice": ("scaffolder.cli.practice:practice", "Ask what an interviewer would ask."),
    "lint-template": ("scaffolder.cli.lint:lint_template", "Say what would vanish or break in a template."),
    "update": ("scaffolder.cli.update:update", "Bring a later template or a new name into a project."),
    "track": ("scaffolder.cli.update:track", "Bring an existing repository under update."),
}
PORTFOLIO = {"site": ("scaffolder.cli.site:site", "Write one page that shows your projects to a recruiter.")}
app = typer.Typer(
    cls=lazy_group(COMMANDS),
    epilog="Start with: scaffolder list, then scaffolder new TEMPLATE.",
    no_args_is_help=True,
    context_settings={"help_option_names": ["-h", "--help"]},
    **SETTINGS,
)


def _show_version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"scaffolder {__version__}")
        raise typer.Exit


_STOPPED, _INTERRUPTED = "Stopped: nothing was written.", 130
_LONGEST = 2_000  # characters of a message
_NOT_READ = 141  # as of a program that SIGPIPE has ended


def main() -> NoReturn:
    """Run the command line and exit."""
    prepare()
    for name in ("SIGTERM", "SIGHUP"):
        if hasattr(signal, name):
            signal.signal(getattr(signal, name), _stop)
    gc.set_threshold(500_000)  # a command keeps nearly all it allocates until it ends: collecting often is wasted time
    try:
        code = run(sys.argv[1:])
        sys.stdout.flush()
    except NotReadError:
        discard()
        code = _NOT_READ
    except OutputError as error:
        discard()
        code = _fail(str(error), OutsideError.code)
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
        return _fail(str(error), error.code, arguments, error.details, error.json)
    except (typer.Abort, KeyboardInterrupt):
        return _fail(_STOPPED, _INTERRUPTED, arguments)
    except OSError as error:  # what the system refuses, where nobody has said it better
        refused = outside(error)
        return _fail(str(refused), refused.code, arguments)
    except Exception as error:
        if not hasattr(error, "format_message"):  # a usage error, of whichever click typer brings along
            raise
        text = error.format_message()
        if text.startswith("Usage: "):  # no command was given: the error is the help
            print(text, file=sys.stderr)
            return 2
        return _fail(text, 2, arguments) if text else 0


def _fail(
    sentence: str,
    code: int,
    arguments: Sequence[str] = (),
    details: Sequence[str] = (),
    content: Mapping[str, Any] = MappingProxyType({}),
) -> int:
    if len(sentence) > _LONGEST:  # an argument may be echoed in it
        sentence = f"{sentence[:_LONGEST]}…."
    sentence = one_line(sentence if sentence.endswith((".", "?", ":")) else f"{sentence}.")
    print(f"scaffolder: {sentence}", *(f"  {one_line(detail)}" for detail in details), sep="\n", file=sys.stderr)
    if "--json" in arguments:
        from scaffolder.cli.printing import print_json

        content = content or ({"details": list(details)} if details else {})
        print_json({"error": sentence, "code": code, **content})
    return code


@app.callback()
def options_for_all(
    version: Annotated[  # noqa: ARG001 - its callback has seen it
        bool, typer.Option("--version", "-V", callback=_show_version, is_eager=True, help="Print the version.")
    ] = False,
) -> None:
    """Create portfolio projects that really run: trained, measured, tested and served on public data."""
    try:
        os.getcwd()
    except OSError:
        raise OutsideError("The folder that you are in is not there any more: cd to another one.") from None


app.add_typer(
    typer.Typer(
        cls=lazy_group(PORTFOLIO),
        help="Several projects, and one page that shows them.",
        no_args_is_help=True,
        **SETTINGS,
    ),
    name="portfolio",
)
app.add_typer(cohort, name="cohort")
