"""A repository as somebody was given it: the render that its record names, where its history has that.

Of the templates that are installed, `template_words` knows the text. Of any other, this is what there is to know.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path, PurePath
from typing import TYPE_CHECKING, NamedTuple

from scaffolder.check.engine.repository import Repository, fact
from scaffolder.errors import ScaffolderError
from scaffolder.project import record
from scaffolder.tree import blob_id

if TYPE_CHECKING:
    import pygit2

    from scaffolder.project.update import Base

MOST_CHARACTERS = 1_000_000  # of all documents together
MOST_DOCUMENTS = 200
SHIPPED = b"The page of a project as portfolio-scaffolder makes it"  # in each picture that our templates ship


class InitialRender(NamedTuple):
    """The files that were handed out, by their Git ids, and the texts of the documents among them."""

    files: Mapping[str, str]
    texts: tuple[str, ...]

    def has(self, path: str, data: bytes | None) -> bool:
        """Whether this file was handed out just so; a picture of our templates says of itself that it was."""
        return data is not None and (SHIPPED in data or self.files.get(path) == blob_id(data))

    def says(self, words: str) -> bool:
        """Whether one of the documents has these words."""
        return any(words in text for text in self.texts)


_UNKNOWN = InitialRender({}, ())


@fact
def recorded(repo: Repository) -> record.Record | None:
    """The record of how it was generated; None if it is not there, or cannot be read, which a note then says."""
    text = repo.snapshot.text(record.NAME)
    try:
        return None if text is None else record.read(text)
    except record.RecordError as error:
        repo.snapshot.note(f"{record.NAME} cannot be read: {error}.")
        return None


@fact
def initial_render(repo: Repository) -> InitialRender:
    """The files that were handed out; none if nobody knows them, or if the template is an installed one."""
    if repo.commit is None or not _may_be_known(repo):
        return _UNKNOWN
    path, commit = repo.commit
    try:
        return _read(path, commit)
    except ScaffolderError:
        return _UNKNOWN


def _may_be_known(repo: Repository) -> bool:
    """Whether the record says that the template is somebody's own; without a record, a commit may still tell."""
    generated = recorded(repo)
    if generated is None:
        return repo.folder is None and not repo.snapshot.is_file(record.NAME)
    return bool(generated.source.get("kind", "bundled") != "bundled")


def _read(path: Path, name: str) -> InitialRender:
    from scaffolder.project import store

    git = path / ".git"
    if git.is_symlink() or git.is_file():  # a folder that Git has elsewhere
        return _UNKNOWN
    repo = store.opened(path)
    with store.failures("The history cannot be read"):
        commit = store.commit_of(repo, name) or name
        base = _base(repo, commit)
        files = store.entries(repo, base.tree) if base else {}
        documents = sorted((each for each in files if is_prose(each)), key=lambda each: (each.count("/"), each))
        chosen = store.small(repo, files, documents[:MOST_DOCUMENTS])
        texts = [file.data.decode("utf-8", "replace") for file in store.loaded(repo, files, chosen).values()]
    room = MOST_CHARACTERS
    kept = tuple(text for text in texts if (room := room - len(text)) >= 0)
    return InitialRender({each: blob for each, (blob, _) in files.items()}, kept)


def _base(repo: pygit2.Repository, commit: str) -> Base | None:
    """The render that the commit was last updated to, or else the newest one on our branch `scaffold`."""
    from scaffolder.project import store, update

    try:
        if found := update.find_base(repo, commit):
            return found
    except update.UpdateError:  # there is no record that can be used
        pass
    tip = store.commit_of(repo, store.SCAFFOLD)
    return update.Base(store.tree_of(repo, tip), tip) if tip else None


def is_prose(path: str) -> bool:
    """Whether it is a document that speaks to the owner; those below data/ are data, with all sorts of phrases."""
    parts = PurePath(path).parts
    return path.endswith(".md") and ("data" not in parts or parts[-1] == "DATASET.md")
