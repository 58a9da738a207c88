"""The exercises of a starter in its owner's project: what is left to write, a solution, and the end of the course."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import pygit2

from scaffolder.errors import TargetError, shown
from scaffolder.exercises import judging, starter, stubs
from scaffolder.exercises.declared import Exercise
from scaffolder.exercises.stubs import SourceError, Stub
from scaffolder.project import checkout, record, store, textmerge, update
from scaffolder.project.record import Record
from scaffolder.project.update import Base, Merged, UpdateError
from scaffolder.template.answers import Data, chosen, complete
from scaffolder.template.catalog import Template
from scaffolder.template.render import render
from scaffolder.tree import File, Tree

_MOST_BYTES = 1_000_000  # of one file


@dataclass(frozen=True)
class Standing:
    """An exercise in a project, with the functions that are still to be written."""

    exercise: Exercise
    left: tuple[Stub, ...]


def record_of(folder: Path) -> Record:
    """The record in a work tree; raises `TargetError` if there is none, or if the project is no starter."""
    known = record.of_project(_text(folder, record.NAME), folder)
    if not known.exercises:
        raise TargetError(
            f"{shown(folder, 200)} has no exercises, or they are finished."
            " 'scaffolder new --starter core' makes a project with some."
        )
    return known


def standings(folder: Path, exercises: Iterable[Exercise]) -> list[Standing]:
    """Where the owner stands in each exercise; none is left of one whose file is not there."""
    return [Standing(one, tuple(_left(_text(folder, one.file) or "", one))) for one in exercises]


def _left(text: str, exercise: Exercise) -> Iterator[Stub]:
    return (stub for stub in stubs.open_stubs(text) if stub.exercise == exercise.id)


def _text(folder: Path, path: str) -> str | None:
    """The text of a file of the project; None if there is none that is UTF-8 and of a common size."""
    place = folder / path
    if place.is_symlink() or not place.is_file() or place.stat().st_size > _MOST_BYTES:
        return None
    try:
        return place.read_bytes().decode()
    except UnicodeDecodeError:
        return None


def finished(kind: Template, known: Record) -> Tree:
    """The finished project with the answers of a starter, but for the owner's data."""
    kind_of_data, facts = known.data.get("kind"), known.data.get("facts")
    own = Data(kind_of_data, facts, {}) if isinstance(kind_of_data, str) and isinstance(facts, dict) else None
    return render(kind, complete(kind, chosen(known.answers), data=own))


def solution(project: Tree, exercise: Exercise) -> str:
    """One solution: the definitions that only it needs, and its functions."""
    text = project[exercise.file].data.decode()
    return "\n\n".join(stubs.source_of(text, name) for name in (*exercise.without, *exercise.functions))


def applied(folder: Path, project: Tree, exercise: Exercise, exercises: Sequence[Exercise]) -> Mapping[str, File]:
    """The owner's file with our solution of an exercise in place of what is there; raises `UpdateError`.

    Merged are two changes: from the file without the solution to that with it, and to the owner's without theirs.
    """
    ours, mine = _text(folder, exercise.file), checkout.read(folder, exercise.file)
    if ours is None or mine is None:
        raise UpdateError(f"{exercise.file} is not there, or is no text, so the solution has no place.")
    try:
        opened = {stub.exercise for stub in stubs.open_stubs(ours)} | {exercise.id}
        others = tuple(one for one in exercises if one.file == exercise.file and one.id in opened - {exercise.id})
        theirs = starter.without(project[exercise.file].data.decode(), others)
        base, reset = (starter.without(text, (exercise,)) for text in (theirs, ours))
    except SourceError as error:
        raise UpdateError(f"{exercise.file} cannot be changed: {error}.") from None
    joined = textmerge.join(base.encode(), reset.encode(), theirs.encode())
    if joined.spots:
        raise UpdateError(
            f"{exercise.file} differs from the starter right where the solution goes: copy it by hand from "
            f"'scaffolder exercise --solution {exercise.id}'."
        )
    return {exercise.file: File(joined.data, mine.mode)}


def without_course(
    repo: pygit2.Repository, head: str, base: Base, finished_render: Tree, exercises: Iterable[Exercise]
) -> Merged:
    """The commit `head` as a finished project: the page and the marks go, the owner's solutions and the tests stay.

    To the merge, the files with solutions look as if the starter had had them finished, so that the owner's stay, and
    the tests as if the owner had not changed them. Then they move to another folder. The render must be of the version
    that `base` is of.
    """
    before, present = store.entries(repo, base.tree), store.entries(repo, store.tree_of(repo, head))
    files = {exercise.file for exercise in exercises} & before.keys() & finished_render.keys()
    written = {path: finished_render[path] for path in files}
    tests = store.loaded(repo, present, [path for path in present if path.startswith(f"{starter.TESTS}/")])
    known = Base(store.write_tree(repo, {**written, **tests}, onto=base.tree), base.commit)
    found = update.merged(repo, head, known, finished_render)
    kept = {path.replace(starter.TESTS, starter.KEPT, 1): file for path, file in tests.items()}
    if taken := sorted(kept.keys() & present.keys()):
        raise UpdateError(f"{taken[0]} is there already, and the tests of the exercises would move to it: rename it.")
    return replace(found, changes={**found.changes, **dict.fromkeys(tests), **kept})


def refuse_failing(folder: Path, exercises: Iterable[Exercise]) -> str:
    """Raise `UpdateError` if a test of an exercise fails; returns a note if none could be run, else "".

    They are run as `make test` runs them, with the environment of the project.
    """
    python = judging.python_of(folder)
    paths = {one.id: f"{starter.TESTS}/test_{one.id}.py" for one in exercises}
    tests = [path for path in paths.values() if (folder / path).is_file()]
    if python is None or not tests:
        missing = "no .venv, which 'make setup' creates" if python is None else f"no file of theirs in {starter.TESTS}"
        return f"The tests of the exercises were not run: there is {missing}. So nobody knows whether all is solved."
    verdict = judging.judged(Path(os.path.abspath(python)), folder.resolve(), tests)
    if not verdict.ran:
        said = f"{python.relative_to(folder).as_posix()} says {shown(verdict.last, 200)}"
        raise UpdateError(
            f"The tests of the exercises cannot be run: {said}. Delete .venv, and 'make setup' creates it anew."
        )
    if verdict.code != judging.PASSED:
        failed = ", ".join(verdict.failed) or "some"
        raise UpdateError(f"Tests of these exercises fail: {failed}. 'make test' shows what is wrong.")
    return ""
