"""The files of commits as their owner's and the template's lines are told apart: read within limits, each once."""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache
from itertools import chain, islice
from typing import TYPE_CHECKING

from scaffolder.errors import ScaffolderError
from scaffolder.exercises import added, declared, starter
from scaffolder.project import commits, record, solving, store, update
from scaffolder.project.mine import readme
from scaffolder.project.mine.difference import Template
from scaffolder.project.mine.kinds import READ, Kind, kind_of
from scaffolder.project.mine.texts import Text
from scaffolder.project.record import Record
from scaffolder.project.update import Base
from scaffolder.template import catalog

if TYPE_CHECKING:
    import pygit2

MOST_RENDERS = 50
MOST_CANDIDATES = 500  # commits that may be renders
MOST_BYTES = 10_000_000  # of the texts of one commit
MOST_KEPT, LARGEST_KEPT = 1_000, 30_000  # texts that are cached for the next repository, and bytes of one
MOST_IN_ALL = 20_000_000  # of different texts, after which no earlier render is read


_OF_DOCUMENTS = ".jinja"  # from such files, a project's programs write documents
_kept: dict[tuple[str, str], Text] = {}  # by the id of a file and its ending: the repositories of a cohort share most


def _key(path: str, files: store.Entries) -> tuple[str, str]:
    return files[path][0], path.rpartition(".")[2]


class Reader:
    """Reads the texts of a repository; one that is the same in several commits is read once."""

    def __init__(self, repo: pygit2.Repository) -> None:
        self.repo = repo
        self._known: dict[tuple[str, str], Text] = {}
        self._bytes = 0

    def texts(self, files: store.Entries, own_data: tuple[str, ...] = ()) -> dict[str, Text]:
        """The texts of those files whose lines count, apart from what is too large, or is not text."""
        paths = sorted(path for path in files if kind_of(path, own_data) in READ)
        kept = {path: _kept[key] for path in paths if (key := _key(path, files)) in _kept}
        room = MOST_BYTES - sum(len(text.data) for text in kept.values())
        chosen = store.small(self.repo, files, [path for path in paths if path not in kept], room)
        found = {path: self._text(path, files) for path in (*kept, *chosen)}
        return {path: text for path, text in found.items() if b"\0" not in text.data[:8_000]}

    def _text(self, path: str, files: store.Entries) -> Text:
        key = _key(path, files)
        if key not in self._known:
            text = self._known[key] = _kept.get(key) or self._new(key, path, files)
            self._bytes += len(text.data)
        return self._known[key]

    def _new(self, key: tuple[str, str], path: str, files: store.Entries) -> Text:
        text = Text(path, store.loaded(self.repo, files, [path])[path].data)
        if len(_kept) >= MOST_KEPT:
            _kept.clear()
        if len(text.data) <= LARGEST_KEPT:
            _kept[key] = text
        return text

    def template(self, base: Base) -> Template:
        """All lines of the template in each render."""
        template = Template()
        for files, data in self._renders(base):
            if self._bytes > MOST_IN_ALL:
                break
            texts = self.texts(files, data)
            template.add(texts.values())
            for path, text in texts.items():
                if kind_of(path) is Kind.PROSE or path.endswith(_OF_DOCUMENTS):
                    template.add_prose(text)
        template.add(self._solved(base))
        template.add([Text("README.md", f"{readme.HEADING}\n{readme.QUESTION}".encode())])
        return template

    def words(self, base: Base) -> frozenset[str]:
        """All words of the template in each render."""
        texts = (text for files, data in self._renders(base) for text in self.texts(files, data).values())
        return frozenset().union(*(text.words for text in chain(texts, self._solved(base))))

    def ids(self, base: Base) -> set[str]:
        """The ids of the template's files in each render, without its owner's data."""
        found = self._renders(base)
        return {name for files, data in found for path, (name, _) in files.items() if path not in data}

    def _renders(self, base: Base) -> Iterator[tuple[store.Entries, tuple[str, ...]]]:
        """The files and the owner's data of the render that the project rests on, and of those before or elsewhere."""
        before = commits.history(self.repo, base.commit) if base.commit else ()
        candidates = dict.fromkeys(islice(chain(before, update.renders(self.repo)), MOST_CANDIDATES))
        found = (store.tree_of(self.repo, each) for each in candidates if _may_be_render(self.repo, each))
        for tree in islice(dict.fromkeys(chain((base.tree,), found)), MOST_RENDERS):
            files = store.entries(self.repo, tree)
            yield files, own_data(self._record(files))

    def _solved(self, base: Base) -> tuple[Text, ...]:
        """The modules of a starter as they are with our solutions, which are not the work of whoever takes them."""
        files = store.entries(self.repo, base.tree)
        if record.NAME not in files:
            return ()
        return solved_modules(store.loaded(self.repo, files, [record.NAME])[record.NAME].data)

    def _record(self, files: store.Entries) -> Record:
        data = store.loaded(self.repo, files, [record.NAME])
        try:
            return record.read(data[record.NAME].data.decode("utf-8", "replace"))
        except (KeyError, record.RecordError):
            return Record()


def own_data(known: Record) -> tuple[str, ...]:
    """The files that a record names as its owner's data."""
    paths = known.data.get("files")
    return tuple(path for path in paths if isinstance(path, str)) if isinstance(paths, list) else ()


@lru_cache(maxsize=16)  # in a cohort, all have the same
def solved_modules(data: bytes) -> tuple[Text, ...]:
    """The modules of the exercises that a record tells of, if its template is bundled and still has them."""
    try:
        known = record.read(data.decode("utf-8", "replace"))
        if not known.exercises or known.source.get("kind", "bundled") != "bundled":
            return ()
        kind = added.from_record(catalog.bundled(known.template), known.own_exercises)
        project = solving.finished(kind, known)
        here = starter.applicable(project, declared.left_out(declared.declared(kind), known.exercises))
    except (record.RecordError, ScaffolderError):
        return ()
    return tuple(Text(path, project[path].data) for path in sorted({one.file for one in here}))


def _may_be_render(repo: pygit2.Repository, commit: str) -> bool:
    """Whether the files of a commit are a render; after a template's hooks, the record cannot tell."""
    try:
        return update.is_render(repo, commit) or not update.record_of(repo, commit).render
    except update.UpdateError:
        return False
