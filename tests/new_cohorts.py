"""A small template, rosters, and what `scaffolder cohort new` has made of them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from support import Outcome, make_template

from scaffolder.cohort import ledger
from scaffolder.template import catalog

Run = Callable[..., Outcome]
CREATED = "2026-09-01T08:00:00Z"
CONFIG = {"project_name": "Tiny", "kind": ["plain", "fancy"], "number": "1", "project_slug": "tiny"}
FILES = {
    "README.md": b"# {{ cookiecutter.project_name }}\n\n{{ 1 // (cookiecutter.number|int - 13) }}\n",
    "{% if cookiecutter.kind == 'fancy' %}fancy.txt{% endif %}": b"fancy\n",
    "run.sh": b"#!/bin/sh\n",
    "same.txt": b"the same for all\n",
}


def roster(folder: Path, lines: Iterable[str], name: str = "roster.csv") -> Path:
    path = folder / name
    path.write_text("\n".join([*lines, ""]), "utf-8")
    return path


def begun(folder: Path) -> Path:
    """A cohort that has only its time, so that another one with the same time gets the same commits."""
    with ledger.opened(folder, create=True) as book:
        book.set_meta("created", CREATED)
    return folder


def entries(folder: Path) -> dict[str, tuple[str, str, str]]:
    """What the ledger says: student/project -> state, commit, detail."""
    with ledger.opened(folder) as book:
        return {"/".join(key): (each.state, each.commit, each.detail) for key, each in book.latest("new").items()}


def states(folder: Path) -> dict[str, str]:
    return {key: state for key, (state, _, _) in entries(folder).items()}


def everything(folder: Path) -> dict[str, tuple[bytes, int]]:
    return {str(path): (path.read_bytes(), path.stat().st_mtime_ns) for path in folder.rglob("*") if path.is_file()}


@contextmanager
def tiny_in(folder: Path) -> Iterator[str]:
    """The only template that comes along; a project whose number is 13 cannot be rendered."""
    with pytest.MonkeyPatch.context() as patch:
        make_template(folder / "templates/tiny", CONFIG, FILES)
        patch.setattr(catalog, "templates_folder", lambda: folder / "templates")
        catalog.bundled.cache_clear()
        yield "tiny"
    catalog.bundled.cache_clear()
