"""`scaffolder lint-template`: what would vanish or break in a template.

Exit codes: 0 nothing; 1 problems were found; 2 there is no template.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer

from scaffolder.adopt.kinds import examples
from scaffolder.check.templates import lint
from scaffolder.cli import options
from scaffolder.cli.printing import Result
from scaffolder.exercises import lint_exercises as of_exercises
from scaffolder.template import catalog
from scaffolder.template.lint import Problem


def lint_template(
    path: Annotated[
        Path,
        typer.Argument(
            metavar="PATH",
            help="The folder with the template's cookiecutter.json; "
            "with --exercises also a name from 'scaffolder list'.",
            show_default=False,
        ),
    ],
    directory: options.Directory = None,
    exercises: Annotated[
        Path | None,
        typer.Option(
            "--exercises",
            metavar="FOLDER",
            exists=True,
            file_okay=False,
            help="Look at the exercises in a folder of yours that a course adds to the template, and at nothing else.",
        ),
    ] = None,
    python: Annotated[
        Path | None,
        typer.Option(
            "--python",
            metavar="FILE",
            help="Run the tests of exercises with the Python of an environment, such as a project's .venv/bin/python.",
        ),
    ] = None,
) -> Result:
    """Say what would vanish or break in a template.

    It is rendered with each of its choices, in a child process with limits, and the projects are checked as they are
    handed out; hooks and extensions are not run. What its exercises name must be there. With --python, their tests are
    run, which must refuse what is not written and each solution in wrong/, and accept yours and each one in right/.
    """
    if exercises and str(path) in catalog.names():
        path = catalog.bundled(str(path)).folder
    path = path / (directory or "")
    python = Path(os.path.abspath(python)) if python else None
    problems = () if exercises else lint(path, examples)
    problems = (*problems, *of_exercises.problems(path, exercises, python))
    content = [asdict(problem) for problem in problems]
    untested = "Note: The tests of the exercises were not run: --python says with what to run them."
    notes = [untested] if exercises and not python else []
    return Result(content, _lines(exercises or path, problems), notes, code=int(bool(problems)))


def _lines(path: Path, problems: Sequence[Problem]) -> Iterator[str]:
    for problem in problems:
        yield f"{problem.path}:{problem.line}" if problem.line else problem.path
        yield f"  {problem.message}"
        yield f"  {problem.remedy}"
    count = len(problems)
    yield f"{path}: {count} problem{'s' * (count > 1)}" if count else f"{path}: nothing would vanish or break"
