"""A commit against the template's renders that it rests on: which lines, files and data are the owner's."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from scaffolder.project import merge, store, update
from scaffolder.project.mine import difference
from scaffolder.project.mine.kinds import READ, Kind, kind_of
from scaffolder.project.mine.lines import Line
from scaffolder.project.mine.sources import Reader, own_data
from scaffolder.project.mine.texts import WORD, Text, words_of
from scaffolder.project.update import Base

if TYPE_CHECKING:
    import pygit2

MOST_MOVED = 2_000_000  # bytes of the files on each side that may be one that was renamed


@dataclass(frozen=True)
class Share:
    """One file: how many of its lines are the template's, the owner's, and a program's.

    `words` counts the owner's words of a document, `marked` has the first and the last line of each run of the owner's
    lines, and `was` is the path that the template gave the file, if that is another one. `own` says whether a file that
    is not compared by lines, such as data or a picture, is the owner's; `unread` is a text that should have been.
    """

    path: str
    kind: Kind
    template: int = 0
    owner: int = 0
    programs: int = 0
    words: int = 0
    marked: tuple[tuple[int, int], ...] = ()
    was: str = ""
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
    files, rendered = (store.entries(repo, tree) for tree in (store.tree_of(repo, commit), base.tree))
    reader, data = Reader(repo), own_data(update.record_of(repo, commit))
    template, ids = reader.template(base), reader.ids(base)
    texts = reader.texts(files, data)
    was = _renamed(repo, rendered, files)
    unchanged = {path for path in texts if files[path][0] in ids}
    owners = difference.owners(texts, template, unchanged, {*rendered, *was})
    shares = []
    for path, (name, _) in sorted(files.items()):
        kind, former = kind_of(path, data), was.get(path, "")
        if path in texts:
            shares.append(_share(path, kind, texts[path], owners[path], template, former))
        else:
            own = path in data or (name not in ids and kind is not Kind.PROGRAMS)
            shares.append(Share(path, kind, was=former, own=own, unread=kind in READ))
    return Comparison(tuple(shares), {share.path: texts[share.path].text for share in shares if share.owner})


def outlined(repo: pygit2.Repository, commit: str, base: Base) -> Comparison:
    """The files that the template does not have just so, in a moment: no line is compared."""
    files, data = store.entries(repo, store.tree_of(repo, commit)), own_data(update.record_of(repo, commit))
    ids = Reader(repo).ids(base)
    own = sorted(path for path, (name, _) in files.items() if path in data or name not in ids)
    return Comparison(tuple(Share(path, kind_of(path, data), own=True) for path in own), {})


def certain(repo: pygit2.Repository, commit: str, base: Base) -> Comparison:
    """The lines with a word that the template has nowhere: some of those that `compared` finds, in much less time."""
    files, reader = store.entries(repo, store.tree_of(repo, commit)), Reader(repo)
    changed = {share.path: files[share.path] for share in outlined(repo, commit, base).files if share.kind in READ}
    texts = reader.texts(changed)
    known = reader.words(base) if texts else frozenset()
    shares = tuple(_with_new_words(path, text, known) for path, text in texts.items())
    return Comparison(shares, {share.path: texts[share.path].text for share in shares if share.owner})


def _with_new_words(path: str, text: Text, known: frozenset[str]) -> Share:
    lines = enumerate(text.text.split("\n"), 1)
    new = [Line(number, number, line) for number, line in lines if not known.issuperset(WORD.findall(line))]
    own = [line for line in new if line.first not in text.programs]
    return Share(path, kind_of(path), owner=len(own), marked=tuple(_joined(own)))


def _renamed(repo: pygit2.Repository, rendered: store.Entries, files: store.Entries) -> dict[str, str]:
    """The files that the owner renamed, as `update` finds them: path now -> the template's path."""
    gone, new = ([path for path in one if path not in other] for one, other in ((rendered, files), (files, rendered)))
    before, now = (
        store.loaded(repo, entries, store.small(repo, entries, paths, MOST_MOVED))
        for entries, paths in ((rendered, gone), (files, new))
    )
    return {path: former for former, path in merge.renames(before, now).items()}


def _share(path: str, kind: Kind, text: Text, owners: Sequence[Line], template: difference.Template, was: str) -> Share:
    words = 0
    if kind is Kind.PROSE and owners:
        owners, words = difference.in_prose(words_of(text.text, text.programs), owners, template)
    marked = tuple(_joined(owners))
    return Share(path, kind, len(text.lines) - len(owners), len(owners), len(text.programs), words, marked, was)


def _joined(lines: Sequence[Line]) -> Iterator[tuple[int, int]]:
    """The first and the last line of each run of lines that follow one another."""
    start = end = 0
    for line in sorted(lines):
        if start and line.first > end + 1:
            yield start, end
            start = 0
        start, end = start or line.first, max(end, line.last)
    if start:
        yield start, end
