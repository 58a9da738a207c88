"""Brings a later version of the template, or other answers, into a project without losing its owner's work.

The pristine renders of a project are commits on the branch `scaffold`. An update merges the difference between the
project's present render and the new one into the owner's files; `project.merge` has the rules. This module serves work
trees and the bare repositories of a cohort alike; `project.worktree` writes into a work tree.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import chain, islice
from typing import TYPE_CHECKING, NamedTuple

import pygit2

from scaffolder import __version__
from scaffolder.errors import ScaffolderError
from scaffolder.project import merge as merging
from scaffolder.project import record, store
from scaffolder.project.merge import Merge
from scaffolder.project.record import Record
from scaffolder.tree import File, Tree

if TYPE_CHECKING:
    from scaffolder.project.newdata import NewData

_MOST_COMMITS = 20_000
_MOST_RENDERS = 200  # commits with one record whose files are compared with it
_MOST_REMOTES = 20


class UpdateError(ScaffolderError):
    """A project that cannot be updated as it is."""


class Base(NamedTuple):
    """The pristine render of a project: its Git tree, and the commit that holds it, "" if none does."""

    tree: str
    commit: str


@dataclass(frozen=True)
class Merged:
    """The new render merged into a commit of the owner; nothing is written yet.

    `theirs` is the new render, `present` are the owner's files, and `changes` are the files to write, or None to remove
    one. `untouched` says that the owner has changed nothing, `current` that the project has this render already.
    """

    ours: str
    base: Base
    theirs: Tree
    merge: Merge
    changes: Mapping[str, File | None]
    present: store.Entries
    untouched: bool
    current: bool

    @property
    def kinds(self) -> dict[str, str]:
        """The kind of change to each file that changes: `added`, `changed` or `removed`."""
        return {
            path: "removed" if file is None else "changed" if path in self.present else "added"
            for path, file in sorted(self.changes.items())
        }

    @property
    def left(self) -> int:
        """The number of the owner's files that stay as they are."""
        return len(self.present) - sum(path in self.present for path in self.changes)


def record_of(repo: pygit2.Repository, commit: str) -> Record:
    """The record in a commit; raises `UpdateError` if there is no usable one."""
    text = _record_data(repo, commit)
    if text is None:
        raise UpdateError(f"There is no {record.NAME} that says what it was made from: 'scaffolder track' adds one.")
    try:
        return record.read(text.decode("utf-8", "replace"))
    except record.RecordError as error:
        raise UpdateError(f"{record.NAME} cannot be used: {error}.") from None


def find_base(repo: pygit2.Repository, commit: str) -> Base | None:
    """The pristine render that `commit` was last updated to; None if the repository does not have it.

    It is a commit with the same record, whose files have the digest in the record. It is looked for on the branch
    `scaffold`, here or as fetched, and in the history of `commit`. A record without a digest, as after a template's
    hooks, is looked for only on `scaffold`, where nobody but us commits.
    """
    if _record_data(repo, commit) is None:
        return None
    wanted, digest = _record_id(repo, commit), record_of(repo, commit).render
    candidates = chain(renders(repo), _history(repo, commit) if digest else ())
    with store.failures(store.not_here("A commit")):
        for candidate in islice((each for each in candidates if _record_id(repo, each) == wanted), _MOST_RENDERS):
            tree = store.tree_of(repo, candidate)
            if not digest or store.digest_without(store.entries(repo, tree), record.NAME) == digest:
                return Base(tree, candidate)
    return None


def renders(repo: pygit2.Repository) -> Iterator[str]:
    """The commits of the branch `scaffold`, here or as fetched, newest first."""
    fetched = (name for name in repo.references if name.endswith("/scaffold") and "/remotes/" in name)
    for name in (store.SCAFFOLD, *islice(fetched, _MOST_REMOTES)):
        if tip := store.commit_of(repo, name):
            yield from islice(store.history(repo, tip, first_parents=True), _MOST_COMMITS)


def _history(repo: pygit2.Repository, commit: str) -> Iterator[str]:
    """The commits that lead to `commit`, oldest first, because the first one with its record is the render."""
    yield from reversed(list(islice(store.history(repo, commit), _MOST_COMMITS)))


def _record_id(repo: pygit2.Repository, commit: str) -> pygit2.Oid | None:
    """The id of the record in a commit; None if it has none."""
    tree = store.root(repo, commit)
    return tree[record.NAME].id if record.NAME in tree else None


def _record_data(repo: pygit2.Repository, commit: str) -> bytes | None:
    with store.failures(store.not_here(record.NAME)):
        name = _record_id(repo, commit)
        if name is None or repo.odb.read_header(name)[1] > record.MAX_BYTES:
            return None
        store.refuse_cut_off(repo, str(name))
        found = repo[name]
        return bytes(found.data) if isinstance(found, pygit2.Blob) else None


def merged(repo: pygit2.Repository, ours: str, base: Base, theirs: Tree, new_data: NewData | None = None) -> Merged:
    """Merge the new render `theirs`, with its record, into the commit `ours`, whose render is `base`.

    With `new_data`, what `ours` says of the former data gives way.
    """
    before, after = store.entries(repo, base.tree), store.entries_of(theirs)
    our_tree = store.tree_of(repo, ours)
    untouched = our_tree == base.tree
    present = before if untouched else store.entries(repo, our_tree)
    paths = {path for path in (*before, *after) if before.get(path) != after.get(path)}
    current = _same(repo, ours, before, after, theirs)
    if current or untouched:
        changes = {} if current else {path: theirs.get(path) for path in sorted(paths)}
        return Merged(ours, base, theirs, Merge({}, ()), changes, present, untouched, current)
    paths |= {path for path in present if new_data and new_data.concerns(path)}
    kept = {path: File(b"", mode) for path, (_, mode) in present.items() if path not in paths}  # they stay, unread
    if any(path in before and path in after and path not in present for path in paths):
        own = [path for path in kept if path not in before and path not in after]
        kept |= store.loaded(repo, present, store.small(repo, present, own))  # one of them may be a file that moved
    kept |= store.loaded(repo, present, paths)
    changed = {path: theirs[path] for path in paths if path in theirs}
    was = store.loaded(repo, before, paths)
    found = merging.merge(was, new_data.forgotten(was, kept, changed) if new_data else kept, changed)
    result = new_data.asked_again(was, kept, found.tree) if new_data else found.tree
    changes = {path: result.get(path) for path in sorted({*kept, *result}) if result.get(path) != kept.get(path)}
    return Merged(ours, base, theirs, found, changes, present, untouched, current=False)


def _same(repo: pygit2.Repository, ours: str, before: store.Entries, after: store.Entries, theirs: Tree) -> bool:
    """Whether the new render has the same files, answers and exercises as the project's own, whatever its version."""
    files = {path: entry for path, entry in after.items() if path != record.NAME}
    if files != {path: entry for path, entry in before.items() if path != record.NAME}:
        return False
    new, old = record.read(theirs[record.NAME].data.decode()), record_of(repo, ours)
    return (old.answers, old.template, old.own_exercises) == (new.answers, new.template, new.own_exercises)


class Commits(NamedTuple):
    """The commits of an update: the new render on `scaffold`, and the `target` of the owner's branch."""

    scaffold: str
    target: str


def write(
    repo: pygit2.Repository,
    found: Merged,
    who: store.Person = store.SCAFFOLDER,
    when: int = 0,
    reason: str = "",
) -> Commits:
    """Write the commits of an update without conflicts. No reference moves.

    The message of the commit that the owner gets begins with the `reason`. If the owner's commit is itself a pristine
    render that the new one follows, the update is a fast-forward.
    """
    scaffold = write_render(repo, found, who, when, reason if found.untouched else "")
    if found.untouched and repo.descendant_of(pygit2.Oid(hex=scaffold), pygit2.Oid(hex=found.ours)):
        return Commits(scaffold, scaffold)
    tree = store.write_tree(repo, found.changes, onto=store.tree_of(repo, found.ours))
    message = _message(f"Update to {describe(found.theirs)}", reason)
    return Commits(scaffold, store.commit(repo, tree, [found.ours, scaffold], message, who, when))


def write_render(
    repo: pygit2.Repository,
    found: Merged,
    who: store.Person,
    when: int = 0,
    reason: str = "",
) -> str:
    """Write the new render as a commit that follows the branch `scaffold`, unless its tip is that render already."""
    tips = _tips(repo, found)
    before, after = store.entries(repo, found.base.tree), store.entries_of(found.theirs)
    changes = {path: found.theirs.get(path) for path in {*before, *after} if before.get(path) != after.get(path)}
    tree = store.write_tree(repo, changes, onto=found.base.tree)
    if [store.tree_of(repo, tip) for tip in tips] == [tree]:
        return tips[0]
    message = _message(f"Render {describe(found.theirs)}", reason)
    return store.commit(repo, tree, tips, message, who, when)


def present_render(repo: pygit2.Repository, found: Merged) -> str | None:
    """The commit of the new render if it is written already, as `write_render` would return it."""
    tips, wanted = _tips(repo, found), store.entries_of(found.theirs)
    return tips[0] if [store.entries(repo, store.tree_of(repo, tip)) for tip in tips] == [wanted] else None


def link(repo: pygit2.Repository, found: Merged, when: int = 0) -> str:
    """Write a commit that joins the owner's commit with its render, for a history that was squashed or begun anew.

    It changes no file. Once the owner has merged it, Git can merge the new render, too.
    """
    message = "Join the history of the template's versions\n\nNo file changes."
    return store.commit(repo, store.tree_of(repo, found.ours), [found.ours, found.base.commit], message, when=when)


def is_render(repo: pygit2.Repository, commit: str) -> bool:
    """Whether the files of a commit are just as its record says that they were rendered."""
    try:
        digest = record_of(repo, commit).render
    except UpdateError:
        return False
    return digest == store.digest_without(store.entries(repo, store.tree_of(repo, commit)), record.NAME)


def _message(what: str, reason: str) -> str:
    """The message of a commit; a `reason` comes first, because people see only the first line."""
    return f"{reason}\n\n{what}" if reason else what


def _tips(repo: pygit2.Repository, found: Merged) -> list[str]:
    """The commits that the next render follows: the tip of `scaffold` here and the project's own render.

    If one of them follows the other, it is enough. The project's is newer if an update was made in another clone, and
    came here with the owner's branch.
    """
    tips = [tip for tip in (store.commit_of(repo, store.SCAFFOLD), found.base.commit) if tip]
    older = [tip for tip in tips if any(tip != other and repo.descendant_of(other, tip) for other in tips)]
    return [tip for tip in dict.fromkeys(tips) if tip not in older]


def describe(render: Tree) -> str:
    """A description of a render for the message of a commit: 'some-template (scaffolder 0.3.0)'."""
    return f"{record.read(render[record.NAME].data.decode()).template} (scaffolder {__version__})"
