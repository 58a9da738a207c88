"""A small template, and what the tests of `scaffolder update` do to it and to projects that follow it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from support import Outcome, commit, edit, git

Run = Callable[..., Outcome]
CONFIG = {
    "project_name": "Night Shift",
    "project_slug": "{{ cookiecutter.project_name|slugify }}",
    "colour": ["red", "blue"],
}
FILES = {
    "README.md": b"# {{ cookiecutter.project_name }}\n\nintro\n\n## One\n\nfirst\n\n## Two\n\nsecond\n",
    "code.py": b"a = 1\n\n\nb = 2\n\n\nc = 3\n",
    "bin/run.sh": b"#!/bin/sh\necho {{ cookiecutter.project_slug }}\n",
    "{% if cookiecutter.colour == 'blue' %}blue.txt{% endif %}": b"blue\n",
    "scaffolder.toml": b"contract = 1\n",
}


def change(template: Path, path: str, old: str, new: str) -> None:
    edit(template / "{{ cookiecutter.project_slug }}" / path, old, new)


def clean(folder: Path) -> bool:
    return git(folder, "status", "--porcelain") == "" and git(folder, "fsck", "--strict") == ""


def own_repository(folder: Path, files: dict[str, str]) -> None:
    folder.mkdir()
    git(folder, "init", "--quiet", "--initial-branch=main")
    for path, text in files.items():
        (folder / path).write_text(text)
    commit(folder)
