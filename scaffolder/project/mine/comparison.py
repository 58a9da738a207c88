"""A commit against the template's renders that it rests on: lines, files and data of its owner, and their commits."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date
from itertools import groupby, islice
from pathlib import Path

import pygit2

from scaffolder.errors import listed
from scaffolder.project import merge, store, update, worktree
from scaffolder.project.generated import Generated
from scaffolder.project.mine import difference
from scaffolder.project.mine.file_kinds import READ, Kind, kind_of
from scaffolder.project.mine.readme import written_by_programs
from scaffolder.project.mine.sources import PYTHON, Template, own_data, texts_of
from scaffolder.project.update import Base

MOST_COMMITS = 20_000
_EPOCH, _DAY = date(1970, 1, 1).toordinal(), 86_400  # seconds
MOST_MOVED = 2_000_000  # bytes of the files on each side that may be one that was renamed


@dataclass(frozen=True)
class Share:
    """One file: how many of its lines are the template's, the owner's, and a program's.

    `words` counts the owner's words of a document, `marked` has the first and the last line of each run of the owner's
    lines, and `was` is the path that the template gave the file, if that is another one. `changed` says that the
    template has no file with the same bytes, and `own` whether a file that is not compared by lines, such as data or a
    picture, is the owner's; `unread` is a text that should have been.
    """

    path: str
    kind: Kind
    template: int = 0
    owner: int = 0
    programs: int = 0
    words: int = 0
    marked: tuple[tuple[int, int], ...] = ()
    was: str = ""
    changed: bool = False
    own: bool = False
    unread: bool = False


@dataclass(frozen=True)
class Comparison:
    """All files of a commit. `texts` has the texts of those with lines of the owner's."""

    files: tuple[Share, ...]
    texts: Mapping[str, str]

    def of(self, *wanted: Kind) -> tuple[Share, ...]:
        """The files of these kinds."""
        return tuple(share for share in self.files if share.kind in wanted)

    def lines(self, kind: Kind) -> int:
        """The number of the owner's lines in the files of a kind."""
        return sum(share.owner for share in self.of(kind))

    def own_text(self, share: Share) -> str:
        """The owner's lines in a file."""
        lines = self.texts[share.path].split("\n") if share.owner else []
        return "\n".join("\n".join(lines[first - 1 : last]) for first, last in share.marked)

    @property
    def words(self) -> int:
        """The number of the owner's words in documents."""
        return sum(share.words for share in self.files)

    @property
    def first(self) -> tuple[Share, ...]:
        """The files with lines of the owner's in the order to read them: code and tests before all else."""
        code = (Kind.CODE, Kind.TESTS)
        found = (share for share in self.files if share.owner)
        return tuple(sorted(found, key=lambda share: (share.kind not in code, -share.owner, share.path)))


def compared(repo: pygit2.Repository, commit: str, base: Base) -> Comparison:
    """Compare a commit with the render `base` that it rests on, and with those that it had before."""
    files = store.entries(repo, store.tree_of(repo, commit))
    data, template = own_data(update.record_of(repo, commit)), Template(repo, base)
    texts = texts_of(repo, files, [path for path in files if kind_of(path, data) in READ])
    was = _renamed(repo, template.files, files)
    shares = []
    for path, (name, _) in sorted(files.items()):
        kind, is_new = kind_of(path, data), name not in template.ids
        if path in texts:
            programs = written_by_programs(texts[path])
            counted = len(difference.added(texts[path], ()) - programs)
            share = Share(path, kind, counted, programs=len(programs), was=was.get(path, ""))
            shares.append(_with_own(share, texts[path], template) if is_new else share)
        else:
            own = path in data or (is_new and kind is not Kind.PROGRAMS)
            shares.append(Share(path, kind, was=was.get(path, ""), changed=is_new, own=own, unread=kind in READ))
    return Comparison(tuple(shares), {share.path: texts[share.path] for share in shares if share.owner})


def _renamed(repo: pygit2.Repository, rendered: store.Entries, files: store.Entries) -> dict[str, str]:
    """The files that the owner renamed, as `update` finds them: path now -> the template's path."""
    gone, new = ([path for path in one if path not in other] for one, other in ((rendered, files), (files, rendered)))
    before, now = (
        store.loaded(repo, entries, store.small(repo, entries, paths, MOST_MOVED))
        for entries, paths in ((rendered, gone), (files, new))
    )
    return {path: former for former, path in merge.renames(before, now).items()}


def _with_own(share: Share, text: str, template: Template) -> Share:
    """`share` with the lines and words of the owner's."""
    versions = template.versions(share.was or share.path)
    own = difference.added(text, versions) - written_by_programs(text)
    words = 0
    if share.kind is Kind.PROSE:
        every, new = difference.new_words(text, template.word_runs)
        words = sum(new[number] for number in own)
        own = {number for number in own if new[number] >= difference.LEAST * every[number]}
    elif share.path.endswith(PYTHON) and own:
        known = frozenset(one.meaning for version in versions for one in difference.statements(version))
        own -= difference.in_statements(text, known | template.definitions)
    left = share.template - len(own)
    return replace(share, changed=True, template=left, owner=len(own), words=words, marked=tuple(_joined(sorted(own))))


def _joined(numbers: list[int]) -> Iterator[tuple[int, int]]:
    """The first and the last of each run of numbers that follow one another."""
    for _, run in groupby(enumerate(numbers), key=lambda pair: pair[1] - pair[0]):
        lines = [number for _, number in run]
        yield lines[0], lines[-1]


@dataclass(frozen=True)
class Work:
    """The commits that are neither merges nor renders, the days on which they were written, and the first and last."""

    commits: int
    days: int
    first: str
    last: str


@dataclass(frozen=True)
class Mine(Comparison):
    """The whole repository at a commit. `waiting` are files that are not committed as they are, so not counted."""

    name: str
    template: str
    commit: str
    date: str
    work: Work
    waiting: tuple[str, ...]
    notes: tuple[str, ...]


def examine(folder: Path) -> Mine:
    """Compare the last commit of the project in `folder` with its template.

    Raises a `ScaffolderError` if it is no project, or if its render is neither here nor can be made again.
    """
    repo = worktree.opened(folder)
    project = Generated.at_head(repo, folder)
    head, base = project.commit, project.base
    found = compared(repo, head, base)
    return Mine(
        files=found.files,
        texts=found.texts,
        name=folder.resolve().name,
        template=project.record.template,
        commit=head,
        date=date_of(repo, head),
        work=work(repo, head, base),
        waiting=waiting(repo),
        notes=tuple(_notes(repo, found)),
    )


def _notes(repo: pygit2.Repository, found: Comparison) -> Iterator[str]:
    if repo.is_shallow:
        yield "The clone is shallow, so commits are missing: git fetch --unshallow brings them."
    if unread := [share.path for share in found.of(*READ) if share.unread]:
        yield f"Not compared, because too large or not text: {listed(unread, 1)}."


def work(repo: pygit2.Repository, head: str, base: Base) -> Work:
    """The owner's commits that lead to `head`."""
    renders = set(islice(store.history(repo, base.commit), MOST_COMMITS)) if base.commit else set()
    own = [
        name
        for name in islice(store.history(repo, head), MOST_COMMITS)
        if name not in renders and len(store.parents(repo, name)) < 2
    ]
    days = sorted({date_of(repo, name) for name in own} - {""})
    return Work(len(own), len(days), *((days[0], days[-1]) if days else ("", "")))


def date_of(repo: pygit2.Repository, commit: str) -> str:
    """The day on which a commit was written, where its author was; "" if it is no day of our calendar."""
    author = store.read_commit(repo, commit).author
    try:
        return date.fromordinal(_EPOCH + (author.time + author.offset * 60) // _DAY).isoformat()
    except (OverflowError, ValueError):
        return ""


def waiting(repo: pygit2.Repository) -> tuple[str, ...]:
    """The files that differ from the last commit, and those that Git does not know; libgit2 runs no filter."""
    with store.failures("The work tree cannot be read"):
        return tuple(sorted(repo.status(untracked_files="normal")))
