"""The output of `scaffolder update`: its plan, what to do afterwards, the patch, and all of it as JSON."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Any

from scaffolder import __version__
from scaffolder.cli.printing import Result
from scaffolder.errors import one_line, shown
from scaffolder.project import store, worktree
from scaffolder.project.generated import Generated
from scaffolder.project.merge import Conflict
from scaffolder.project.record import Record
from scaffolder.project.update import Merged
from scaffolder.template.answers import Answers

if TYPE_CHECKING:
    import pygit2


_DONE = {"updated": "The project is updated", "merging": "A merge is in progress"}


def state_of(found: Merged, *, allow_conflicts: bool, dry_run: bool) -> str:
    """The state of an update: current, refused, planned, merging (it leaves a Git merge in progress) or updated."""
    if found.current:
        return "current"
    if found.merge.conflicts and not allow_conflicts:
        return "refused"
    if dry_run:
        return "planned"
    return "merging" if found.merge.conflicts else "updated"


def result(
    project: Generated,
    found: Merged,
    answers: Answers,
    state: str,
    commit: str,
    more: Iterable[str] = (),
    *,
    dry_run: bool,
) -> Result:
    """The result of an update, with lines that say more; it is a "no" if it was refused."""
    refused = state == "refused"
    unchanged = ", so nothing was changed; --allow-conflicts leaves a Git merge for you to finish"
    why = f"Your work and the template's disagree{'' if dry_run else unchanged}."
    return Result(
        _json(project, found, answers, commit, state),
        [*_plan(found, project.record, answers, state), *_afterwards(project.repo, found, commit, state), *more],
        [f"scaffolder: {why}"] if refused else [],
        _DONE.get(state, ""),
        int(refused),
    )


def _plan(found: Merged, known: Record, answers: Answers, state: str) -> Iterator[str]:
    """The answers and the files that change, or would, and notes about them."""
    at = known.source.get("checkout")
    name = one_line(known.template) + (f" at {one_line(str(at))}" if at else "")
    if found.current:
        yield f"Nothing to do: the project has all that {name} gives for these answers."
        return
    verb = "Changes that come" if state in ("updated", "merging") else "Changes that would come"
    yield f"{verb} from {name} (scaffolder {__version__}):"
    for question, (old, new) in _new_answers(known, answers).items():
        yield f"  answer    {question}: {one_line(old)} -> {one_line(new)}"
    sections = {each.path: each for each in found.merge.conflicts}
    for kind, path in _changes(found):
        where = f"  ({_reason(sections[path])})" if path in sections else ""
        yield f"  {kind:<9} {one_line(path)}{where}"
    for note in found.merge.notes:
        yield f"Note: {one_line(note)}"


def _new_answers(known: Record, answers: Answers) -> dict[str, tuple[str, str]]:
    """The answers that differ from the recorded ones: name -> (old, new)."""
    return {
        name: (str(known.answers.get(name, "")), str(value))
        for name, value in answers.public.items()
        if known.answers.get(name) != value
    }


def _changes(found: Merged) -> list[tuple[str, str]]:
    """The (kind, path) of each file that changes or is in conflict; conflicts come last."""
    conflicts = [("conflict", each.path) for each in found.merge.conflicts]
    return [*((kind, path) for path, kind in found.kinds.items()), *conflicts]


def _reason(conflict: Conflict) -> str:
    reasons = {
        "content": "both changed",
        "removed": "you changed it, the template no longer has it",
        "added": "both added it",
        "binary": "both changed it, and it is not text",
        "place": "something else is in its place",
    }
    return one_line(", ".join([reasons[str(conflict.kind)], *conflict.sections]))


def _afterwards(repo: pygit2.Repository, found: Merged, commit: str, state: str) -> Iterator[str]:
    """Lines on what to know or do next."""
    if state == "planned" and (names := worktree.in_the_way(repo, found.changes)):
        yield f"Note: {', '.join(map(shown, names[:5]))} would be overwritten, so 'scaffolder update' will refuse."
    if state == "merging":
        yield "A merge is in progress: settle the conflicts, git add the files and git commit."
        yield "git merge --abort takes it back."
    if state == "updated":
        yield f"Committed as {commit[:7]}. git diff {found.ours[:7]} shows the changes,"
        yield f"git reset --hard {found.ours[:7]} takes them back."
        if repo.head_is_detached:
            yield "Note: you are on no branch; git switch -c NAME keeps the commit."


def patch(repo: pygit2.Repository, found: Merged) -> Iterator[str]:
    """The changes as a patch, as `git diff` shows them."""
    import pygit2

    before = store.entries(repo, store.tree_of(repo, found.ours))
    old = store.loaded(repo, before, found.changes)
    for path, file in found.changes.items():
        sides = (old[path].data if path in old else None, file.data if file else None)
        patch = pygit2.Patch.create_from(*sides, old_as_path=path, new_as_path=path)
        yield from (patch.data or b"").decode("utf-8", "replace").splitlines()


def _json(project: Generated, found: Merged, answers: Answers, commit: str, state: str) -> dict[str, Any]:
    known = project.record
    return {
        "schema": 1,
        "path": str(project.folder),
        "template": known.template,
        "from": known.version,
        "to": __version__,
        "state": state,
        "answers": {name: {"old": old, "new": new} for name, (old, new) in _new_answers(known, answers).items()},
        "changes": [{"kind": kind, "path": file} for kind, file in _changes(found)],
        "conflicts": [
            {"path": each.path, "kind": str(each.kind), "sections": list(each.sections)}
            for each in found.merge.conflicts
        ],
        "unchanged": found.left,
        "notes": list(found.merge.notes),
        "commit": commit,
    }
