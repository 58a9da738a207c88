"""Merges a template's changes since a project was created into the owner's files. In memory, without Git.

Nothing that the owner wrote is lost: either the two sets of changes fit together, or the file is in conflict and stays
as the owner has it. A file that the owner deleted stays deleted. `machine` finds the parts that nobody has to merge.
"""

from __future__ import annotations

import unicodedata
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence, Set
from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property
from types import MappingProxyType
from typing import NamedTuple

from scaffolder.errors import one_line, shown
from scaffolder.project import machine, record, textmerge
from scaffolder.tree import File, Tree

_LEAST_ALIKE = 0.5  # the share of equal bytes that makes a rename, as in Git
_LARGEST_MOVED = 1_000_000  # bytes
_MAX_PAIRS = 10_000  # pairs of files that are compared by lines to find renames; of more, only equal files are renames
_TYPE = 0o170000  # the bits of a mode that are set for links and submodules


class Kind(StrEnum):
    """The reason why a person must decide."""

    CONTENT = "content"  # both changed the same lines
    REMOVED = "removed"  # the owner changed the file; the template has removed or renamed it
    ADDED = "added"  # both added the file, with different content
    BINARY = "binary"  # both changed a file that is not text or is very large
    PLACE = "place"  # the template's new file is where the owner has a link, a folder, or a name in other letters


@dataclass(frozen=True)
class Conflict:
    """A path that the owner must decide about.

    `sections` are places in the owner's file, such as "'## Deployment', lines 40-52"; for `Kind.PLACE`, the path, in
    quotes, of the owner's file that is in the way of `path`, unless it is `path` itself. `origin` is the template's
    path of a file that the owner renamed.
    """

    path: str
    kind: Kind
    sections: tuple[str, ...] = ()
    origin: str = ""


@dataclass(frozen=True)
class Merge:
    """The merged `tree`, where each path in conflict is as the owner has it. `notes` are sentences for the owner."""

    tree: Tree
    conflicts: tuple[Conflict, ...]
    notes: tuple[str, ...] = ()


class _Outcome(NamedTuple):
    """The result for one file: `file`, None to remove it; with a `kind`, it is in conflict."""

    file: File | None
    kind: Kind | None = None
    sections: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()


def merge(base: Tree, ours: Tree, theirs: Tree) -> Merge:
    """Merge the changes from `base` to `theirs` into `ours`.

    A path at which all three are equal may be left out of all.

    Args:
        base: The template's render when the project was created or last updated.
        ours: The files as the owner has them; a mode may be that of a link (0o120000) or a submodule (0o160000).
        theirs: The template's render now.
    """
    renamed = _renamed(base, ours, theirs)
    moved = _moved(base, ours, theirs)
    tree: dict[str, File] = {}
    conflicts: list[Conflict] = []
    notes: list[str] = []
    for path in sorted((base.keys() | ours.keys() | theirs.keys()) - {*renamed.values(), *moved.values()}):
        place, target = moved.get(path, path), renamed.get(path, path)  # at most one of them is another path
        file, kind, sections, said = _merged(path, base.get(path), ours.get(place), theirs.get(target))
        if place != path:
            notes.append(f"{shown(place, 200)} got the template's changes to {shown(path, 200)}.")
        notes += said
        if kind and target != path:
            tree[target] = theirs[target]
            kind, target = Kind.REMOVED, path
            notes.append(f"{one_line(path)}: the template renamed it to {shown(renamed[path], 200)}.")
        elif target != path and not file:
            notes.append(f"{shown(target, 200)} was left out: it was {shown(path, 200)}, which you deleted.")
        if kind:
            conflicts.append(Conflict(place, kind, sections, path if place != path else ""))
        if file:
            tree[place if place != path else target] = file
    for path, other in _misplaced(tree, ours):
        del tree[path]
        conflicts.append(Conflict(path, Kind.PLACE, (shown(other, 200),)))
    conflicts.sort(key=lambda conflict: conflict.path)
    return Merge(MappingProxyType(dict(sorted(tree.items()))), tuple(conflicts), tuple(notes))


def _merged(path: str, base: File | None, ours: File | None, theirs: File | None) -> _Outcome:
    if path == record.NAME and theirs:
        return _Outcome(theirs)
    if theirs in (ours, base):
        return _Outcome(ours)
    if ours == base:
        return _Outcome(theirs)
    if ours is None:
        note = f"{one_line(path)}: you deleted it, so the template's changes to it were left out."
        return _Outcome(None, notes=(note,))
    outcome = _both_changed(path, base, ours, theirs) if theirs else _removed(base, ours)
    if outcome.kind and (note := machine.kept_note(path)):
        return _Outcome(ours, notes=(note,))
    if machine.is_lock(path) and outcome.file and not outcome.kind:
        note = f"{one_line(path)}: yours and the template's changes were joined; 'make lock' renews it."
        return outcome._replace(notes=(note,))
    return outcome


def _removed(base: File | None, ours: File) -> _Outcome:
    """The outcome for a file that the template removed and the owner changed; it goes if only its blocks changed."""
    if base and base.mode == ours.mode and machine.settle(base.data, ours.data, b"").base == ours.data:
        return _Outcome(None)
    return _Outcome(ours, Kind.REMOVED)


def _both_changed(path: str, base: File | None, ours: File, theirs: File) -> _Outcome:
    was = base or File(b"", ours.mode)
    if (was.mode | ours.mode | theirs.mode) & _TYPE:
        return _Outcome(ours, Kind.PLACE)
    mode = theirs.mode if base and ours.mode == was.mode else ours.mode
    if ours.data in (theirs.data, was.data) or theirs.data == was.data:
        return _Outcome(File(theirs.data if ours.data == was.data else ours.data, mode))
    if not all(map(textmerge.is_text, (was.data, ours.data, theirs.data))):
        return _Outcome(ours, Kind.BINARY)
    text = textmerge.join(was.data, ours.data, theirs.data)
    if text.spots and base:
        return _Outcome(ours, Kind.CONTENT, textmerge.sections(path, ours.data, text.spots))
    if text.spots:
        return _Outcome(ours, Kind.ADDED)
    return _Outcome(File(text.data, mode), notes=tuple(_left_out(path, text)))


def _left_out(path: str, text: textmerge.Joined) -> Iterator[str]:
    """Sentences on the parts of the template that were left out of a merged text."""
    for names, what in ((text.left_out, "changed the data blocks"), (text.answered, "answered the questions")):
        if names:
            named = ", ".join(f"'{name}'" for name in names)
            yield f"{one_line(path)}: you {what} {named}, so the template's new text of them was left out."


def renames(base: Tree, ours: Tree) -> Mapping[str, str]:
    """The files that the owner renamed: path in `base` -> path in `ours`."""
    return _paired(base, _movable(base, ours), ours, dict.fromkeys(_movable(ours, base), frozenset()))


def _movable(tree: Tree, other: Tree) -> list[str]:
    """The files of `tree` that `other` lacks, and that may have moved."""
    return [path for path, file in tree.items() if path not in other and _may_move(file)]


def _moved(base: Tree, ours: Tree, theirs: Tree) -> Mapping[str, str]:
    """The files that the owner renamed and the template changed: path in `base` -> path in `ours`."""
    gone = [path for path in _movable(base, ours) if theirs.get(path) not in (None, base[path])]
    new = [path for path in _movable(ours, base) if path not in theirs]
    return _paired(base, gone, ours, dict.fromkeys(new, frozenset()))


def _renamed(base: Tree, ours: Tree, theirs: Tree) -> Mapping[str, str]:
    """The files that the template renamed and the owner changed or deleted: path in `base` -> path in `theirs`."""
    gone = [path for path in _movable(base, theirs) if path not in ours or _may_move(ours[path])]
    new = _movable(theirs, base)
    if not new or all(ours.get(path) == base[path] for path in gone):
        return {}
    places = _Places(ours)
    found = _paired(base, gone, theirs, {path: places.taken(path) for path in new})
    return {path: target for path, target in found.items() if ours.get(path) != base[path]}


def _paired(base: Tree, gone: Sequence[str], side: Tree, new: Mapping[str, Set[str]]) -> dict[str, str]:
    """The renames of files `gone` from `base` to `new` files in `side`: old path -> new path.

    A file counts as renamed if at least half of its bytes, by lines, are the same. The most alike files are paired
    first, then those with the same name. `new` has the files in the way of each path, of which only the renamed file
    itself may be one.
    """
    least = _LEAST_ALIKE if len(gone) * len(new) <= _MAX_PAIRS else 1.0
    texts = {path: _Lines(base[path].data) for path in gone}
    pairs = []
    for target, in_the_way in new.items():
        text = _Lines(side[target].data)
        for path in [path for path in gone if in_the_way <= {path}]:
            if (alike := text.alike(texts[path], least)) >= least:
                pairs.append((-alike, _name(path) != _name(target), path, target))
    found: dict[str, str] = {}
    for _, _, path, target in sorted(pairs):
        if path not in found and target not in found.values():
            found[path] = target
    return found


def _may_move(file: File) -> bool:
    return 0 < len(file.data) <= _LARGEST_MOVED and not file.mode & _TYPE


def _name(path: str) -> str:
    return path.rpartition("/")[2]


@dataclass
class _Lines:
    """A text with the count of each of its lines."""

    text: bytes

    @cached_property
    def counts(self) -> Counter[bytes]:
        return Counter(machine.lines(self.text))

    def alike(self, other: _Lines, least: float) -> float:
        """The share of the larger text's bytes in lines that both have, from 0 to 1; it may be 0 if below `least`."""
        if self.text == other.text:
            return 1.0
        small, large = sorted((len(self.text), len(other.text)))
        if least == 1 or small < large * least:
            return 0.0
        return sum(len(line) * times for line, times in (self.counts & other.counts).items()) / large


def _misplaced(tree: Tree, ours: Tree) -> list[tuple[str, str]]:
    """The paths in `tree` that are new to the owner and cannot be written, each with a path that is in the way."""
    new = [path for path in tree if path not in ours]
    places = _Places([path for path in tree if path in ours] if new else ())
    return [(path, min(taken)) for path in new if (taken := places.taken(path))]


class _Places:
    """The places of files and their folders on systems that ignore case and Unicode form in paths."""

    def __init__(self, paths: Iterable[str]) -> None:
        self.files: dict[str, set[str]] = {}  # place -> the files there
        self.inside: dict[str, set[str]] = {}  # the place of a folder -> the files in it
        for path in paths:
            place = _place(path)
            self.files.setdefault(place, set()).add(path)
            for folder in _folders(place):
                self.inside.setdefault(folder, set()).add(path)

    def taken(self, path: str) -> set[str]:
        """The files in the way of one at `path`: at its place, in a folder there, or where it needs a folder."""
        place = _place(path)
        above = (self.files.get(folder, set()) for folder in _folders(place))
        return self.files.get(place, set()).union(self.inside.get(place, ()), *above)


def _place(path: str) -> str:
    return unicodedata.normalize("NFC", path).casefold()


def _folders(place: str) -> Iterator[str]:
    while place := place.rpartition("/")[0]:
        yield place
