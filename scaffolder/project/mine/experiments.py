"""The experiments and decisions of a repository that are the owner's, and those that are the template's."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterator
from pathlib import PurePosixPath
from typing import TYPE_CHECKING, NamedTuple

from scaffolder.formats.toml import TomlError, load_toml
from scaffolder.project import store
from scaffolder.project.mine.comparison import Comparison, Share
from scaffolder.project.track import CONTRACT

if TYPE_CHECKING:
    import pygit2

FOLDERS = ("experiments", "decisions")  # keys of the contract that name the folder of each


class Tally(NamedTuple):
    """The numbers of experiments, or of decisions. An owner's one has a line of theirs; others are in the render."""

    name: str
    owner: int
    template: int


def tallies(
    repo: pygit2.Repository, files: store.Entries, found: Comparison, rendered: Collection[str]
) -> Iterator[Tally]:
    """Count the experiments and the decisions in the folders that the contract names, if there are any.

    The files of one experiment have the same name but for the ending. A record that its owner has not written into yet
    is nobody's decision.
    """
    for name, folder in _folders(repo, files):
        shares: dict[str, list[Share]] = defaultdict(list)
        for share in found.files:
            if share.path.startswith(f"{folder}/"):
                shares[PurePosixPath(share.path).stem].append(share)
        own = {stem for stem, ones in shares.items() if any(share.owner for share in ones)}
        given = {stem for stem, ones in shares.items() if any(share.path in rendered for share in ones)}
        if own or given:
            yield Tally(name, len(own), len(given - own))


def _folders(repo: pygit2.Repository, files: store.Entries) -> Iterator[tuple[str, str]]:
    paths = store.small(repo, files, [CONTRACT]) if CONTRACT in files else []
    try:
        contract = load_toml(store.loaded(repo, files, paths)[CONTRACT].data.decode()) if paths else {}
    except (TomlError, UnicodeDecodeError):
        return  # 'check' says so
    for name in FOLDERS:
        if isinstance(folder := contract.get(name), str):
            yield name, folder.strip("/")
