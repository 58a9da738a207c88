"""The files of a project's template in each of its renders, read within limits."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import suppress
from functools import cached_property, lru_cache
from itertools import chain, islice
from typing import NamedTuple

import pygit2

from scaffolder.errors import ScaffolderError
from scaffolder.exercises import declared, starter
from scaffolder.project import record, solving, store, update
from scaffolder.project.mine import difference
from scaffolder.project.mine.file_kinds import Kind, kind_of
from scaffolder.project.record import Record
from scaffolder.project.update import Base
from scaffolder.template import catalog

MOST_RENDERS = 50
MOST_CANDIDATES = 500  # commits that may be renders
MOST_BYTES = 10_000_000  # of the texts of one commit
PYTHON = (".py", ".pyi")
_PRINTED = ".jinja"  # from such files, a project's programs write documents


class Render(NamedTuple):
    """The files of a render, and the paths of its owner's data among them."""

    files: store.Entries
    data: tuple[str, ...]


class Template:
    """The template of a project: the render that it rests on, and those before or elsewhere."""

    def __init__(self, repo: pygit2.Repository, base: Base) -> None:
        self._repo = repo
        self._renders = list(_renders(repo, base))
        self._solved = _solved(repo, base)

    @cached_property
    def ids(self) -> set[str]:
        """The ids of its files, without its owner's data."""
        return {name for files, data in self._renders for path, (name, _) in files.items() if path not in data}

    @cached_property
    def files(self) -> store.Entries:
        """The newest version of each of its files."""
        return {path: entry for files, _ in reversed(self._renders) for path, entry in files.items()}

    def versions(self, path: str) -> list[str]:
        """The texts that it has had at `path`."""
        files = dict.fromkeys(render.files[path] for render in self._renders if path in render.files)
        read = (texts_of(self._repo, {path: file}).get(path) for file in files)
        return [text for text in (*read, self._solved.get(path)) if text is not None]

    @cached_property
    def definitions(self) -> frozenset[str]:
        """The meanings of all its functions and classes in Python."""
        every = chain(self._every(lambda path: path.endswith(PYTHON)), self._solved.values())
        return frozenset(one.meaning for text in every for one in difference.statements(text) if one.defines)

    @cached_property
    def word_runs(self) -> frozenset[difference.Run]:
        """The runs of words in its documents, and in what programs write into them."""
        documents = self._every(lambda path: kind_of(path) is Kind.PROSE or path.endswith(_PRINTED))
        return frozenset(run for text in documents for run in difference.runs(text))

    def _every(self, is_wanted: Callable[[str], bool]) -> Iterable[str]:
        """The different texts at the paths that are wanted, as far as they fit into the limit."""
        entries = chain.from_iterable(render.files.items() for render in self._renders)
        return texts_of(self._repo, {entry[0]: entry for path, entry in entries if is_wanted(path)}).values()


def texts_of(repo: pygit2.Repository, files: store.Entries, paths: Iterable[str] | None = None) -> dict[str, str]:
    """The texts of files with a line ending of Unix, apart from what is too large, or is not text."""
    chosen = store.small(repo, files, sorted(files if paths is None else paths), MOST_BYTES)
    data = {path: file.data for path, file in store.loaded(repo, files, chosen).items()}
    return {path: _decoded(content) for path, content in data.items() if b"\0" not in content[:8_000]}


def _decoded(data: bytes) -> str:
    return data.decode("utf-8", "replace").replace("\r\n", "\n").replace("\r", "\n")


def _renders(repo: pygit2.Repository, base: Base) -> Iterator[Render]:
    before = store.history(repo, base.commit) if base.commit else ()
    candidates = dict.fromkeys(islice(chain(before, update.renders(repo)), MOST_CANDIDATES))
    trees = (store.tree_of(repo, commit) for commit in candidates if _may_be_render(repo, commit))
    for tree in islice(dict.fromkeys(chain((base.tree,), trees)), MOST_RENDERS):
        files = store.entries(repo, tree)
        yield Render(files, own_data(_record(repo, files)))


def _may_be_render(repo: pygit2.Repository, commit: str) -> bool:
    """Whether the files of a commit are a render; after a template's hooks, the record cannot tell."""
    with suppress(update.UpdateError):
        return update.is_render(repo, commit) or not update.record_of(repo, commit).render
    return False


def _record(repo: pygit2.Repository, files: store.Entries) -> Record:
    data = store.loaded(repo, files, [record.NAME])
    try:
        return record.read(data[record.NAME].data.decode("utf-8", "replace"))
    except (KeyError, record.RecordError):
        return Record()


def own_data(known: Record) -> tuple[str, ...]:
    """The files that a record names as its owner's data."""
    paths = known.data.get("files")
    return tuple(path for path in paths if isinstance(path, str)) if isinstance(paths, list) else ()


def _solved(repo: pygit2.Repository, base: Base) -> Mapping[str, str]:
    files = store.entries(repo, base.tree)
    return solved_modules(store.loaded(repo, files, [record.NAME])[record.NAME].data) if record.NAME in files else {}


@lru_cache(maxsize=16)  # in a cohort, all have the same
def solved_modules(data: bytes) -> Mapping[str, str]:
    """The modules of a starter by path as they are with our solutions, which are not the work of whoever takes them.

    There are none if the record `data` names no exercises, or its template is not bundled or no longer has them.
    """
    try:
        known = record.read(data.decode("utf-8", "replace"))
        if not known.exercises or known.source.get("kind", "bundled") != "bundled":
            return {}
        kind = declared.from_record(catalog.bundled(known.template), known.own_exercises)
        project = solving.finished(kind, known)
        here = starter.applicable(project, declared.left_out(declared.declared(kind), known.exercises))
    except (record.RecordError, ScaffolderError):
        return {}
    return {path: _decoded(project[path].data) for path in sorted({exercise.file for exercise in here})}
