"""The hooks of a trusted template, run by cookiecutter itself."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from cookiecutter.exceptions import CookiecutterException
from cookiecutter.hooks import run_hook, run_pre_prompt_hook
from cookiecutter.utils import work_in
from jinja2 import TemplateError as JinjaError

from scaffolder.errors import OutsideError, one_line
from scaffolder.template.answers import Answers
from scaffolder.template.catalog import Template


def run(template: Template, answers: Answers, name: str, folder: Path) -> None:
    """Run the hook `name` in `folder`, if the template has it; raises `OutsideError` if it fails."""
    with _failures(name), _output_to_stderr(), work_in(template.folder):
        run_hook(name, folder, {"cookiecutter": dict(answers.context)})


@contextmanager
def before_questions(folder: Path) -> Iterator[Path]:
    """Run the `pre_prompt` hook, if there is one, on a copy of the template; yields the folder to use from then on."""
    with _failures("pre_prompt"), _output_to_stderr():
        prepared = Path(run_pre_prompt_hook(folder))
    try:
        yield prepared
    finally:
        if prepared != folder:
            shutil.rmtree(prepared.parent, ignore_errors=True)


@contextmanager
def _failures(name: str) -> Iterator[None]:
    try:
        yield
    except (CookiecutterException, JinjaError, OSError, UnicodeError) as error:
        raise OutsideError(f"The template's {name} hook failed: {one_line(str(error)).rstrip('.')}.") from error


@contextmanager
def _output_to_stderr() -> Iterator[None]:
    """Send the output of a hook to standard error: standard output is for the result of the command."""
    saved = os.dup(1)
    try:
        os.dup2(2, 1)
        yield
    finally:
        os.dup2(saved, 1)
        os.close(saved)
