"""`scaffolder update` and `scaffolder track`.

Exit codes: 0 updated, or nothing to do; 1 the owner's work and the template's disagree; 2 wrong usage, or a project
that cannot be updated as it is; 3 something outside failed.
"""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Annotated, Any

import pygit2
import typer

from scaffolder import __version__, git
from scaffolder.cli import options
from scaffolder.cli.interview import git_guesses, given, is_interactive, settle
from scaffolder.cli.printing import Result
from scaffolder.errors import AnswerError, ScaffolderError, one_line, shown
from scaffolder.project import store, worktree
from scaffolder.project import update as core
from scaffolder.project.generated import Generated
from scaffolder.project.merge import Conflict
from scaffolder.project.plan import rendered
from scaffolder.project.record import Record
from scaffolder.project.store import SCAFFOLDER, Person
from scaffolder.project.update import Merged, UpdateError
from scaffolder.template import foreign
from scaffolder.template.answers import Answers, Data
from scaffolder.template.catalog import Template

_DONE = {"updated": "The project is updated", "merging": "A merge is in progress"}


def update(
    path: options.ProjectFolder = Path(),
    pairs: Annotated[
        list[str] | None,
        typer.Option("--set", metavar="KEY=VALUE", help="Change an answer; repeat for more."),
    ] = None,
    answers_file: options.AnswersFile = None,
    yes: options.Yes = False,
    dry_run: options.DryRun = False,
    diff: Annotated[bool, typer.Option("--diff", help="Show the changes as a patch, too; implies --dry-run.")] = False,
    allow_conflicts: options.AllowConflicts = False,
    template: options.MovedTemplate = None,
    checkout: options.Checkout = None,
    trust: options.Trust = False,
) -> Result:
    """Bring a later template or a new name into a project.

    What you wrote is kept: your changes and the template's are merged and committed. If they disagree, nothing is
    changed.
    """
    dry_run = dry_run or diff
    project = opened(path, dry_run=dry_run)
    with project.template(template, checkout, trust) as (kind, source):
        answers = answers_of(project, kind, given(answers_file, pairs), project.data, ask=not yes)
        theirs = rendered(kind, answers, source)
    found = core.merged(project.repo, project.commit, project.base, theirs)
    state = state_of(found, allow_conflicts=allow_conflicts, dry_run=dry_run)
    commit = "" if dry_run else carry_out(project, found, answers, state)
    changes = patch(project.repo, found) if diff else ()
    return result(project, found, answers, state, commit, changes, dry_run=dry_run)


def track(
    template: options.TemplateArgument,
    path: options.ProjectFolder = Path(),
    pairs: options.Pairs = None,
    answers_file: options.AnswersFile = None,
    yes: options.Yes = False,
    dry_run: options.DryRun = False,
    checkout: options.Checkout = None,
    directory: options.Directory = None,
) -> Result:
    """Bring an existing repository under update.

    Its contract for check is added if it has none. Give the answers that it was made with, or would have been. Its
    files stay as they are; files of the template that it does not have count as deleted by you.
    """
    from scaffolder.project import track

    repo = ready(path, dry_run=dry_run)
    head = worktree.head(repo)
    track.refuse_tracked(repo, head)
    with foreign.opened(foreign.Request(template, checkout, directory, output=path)) as (kind, source):
        answers = settle(kind, given(answers_file, pairs), git_guesses(path), lambda _: None, ask=not yes)
        render = rendered(kind, answers, source)
    added, (common, same) = sorted(track.added(repo, head, render)), track.alike(repo, head, render)
    if not common:
        raise UpdateError(f"The repository has no file of {shown(kind.name)}: is it that template?")
    commit = ""
    if not dry_run:
        commits = track.write(repo, head, render, person(path, answers))
        worktree.advance(repo, commits, head)
        commit = commits.target
    content = {"template": kind.name, "added": added, "files": common, "same": same, "commit": commit}
    verb = "Would track" if dry_run else "Tracks"
    lines = [
        f"{verb} {kind.name} from now on; adds {', '.join(added)}.",
        f"Of the template's {len(render)} files, {common} are here, {same} of them exactly as rendered.",
    ]
    if same * 2 < common:
        lines.append("Note: most differ; if the answers (--set) are not those it was made with, updates will conflict.")
    if commit:
        lines.append(f"Committed as {commit[:7]}. 'scaffolder update' brings later versions of the template.")
    done = f"Committed as {commit[:7]}" if commit else ""
    return Result({"schema": 1, "path": str(path), **content, "dry_run": dry_run}, lines, done=done)


def ready(path: Path, *, dry_run: bool = False) -> pygit2.Repository:
    """The repository in `path`, where an update that was killed is finished first.

    Raises an error if something in it would keep an update from being carried out; for a dry run, that is only noted.
    """
    repo = worktree.opened(path)
    if dry_run and worktree.interrupted(repo):
        print("Note: an update was interrupted; 'scaffolder update' finishes it.", file=sys.stderr)
    elif not dry_run and worktree.resume(repo):
        print("Note: an update that had been interrupted was finished.", file=sys.stderr)
    try:
        worktree.refuse_unclean(repo)
    except ScaffolderError as error:
        if not dry_run:
            raise
        print(f"Note: {one_line(str(error))}", file=sys.stderr)
    return repo


def opened(path: Path, *, dry_run: bool = False) -> Generated:
    """The project in `path`, `ready` for an update."""
    return Generated.at_head(ready(path, dry_run=dry_run), path)


def answers_of(project: Generated, kind: Template, changes: dict[str, Any], data: Data | None, *, ask: bool) -> Answers:
    """The answers about the owner's `data`; those that are new or no longer valid are asked for on the terminal."""
    known, outdated = project.answers(kind, changes, data)
    if outdated and not (ask and is_interactive()):
        name, reason = next(iter(outdated.items()))
        raise AnswerError(f"The project's answer to {name} is no longer valid, so say --set {name}=…: {reason}")
    open_questions = kind.questions.keys() - known
    if open_questions and ask and not is_interactive():
        names = ", ".join(sorted(open_questions))
        raise AnswerError(f"The template asks something new ({names}): --set answers it, --yes takes the default.")
    answers = settle(kind, known, {}, lambda _: None, ask=ask and bool(open_questions), data=data)
    return replace(answers, exercises=project.record.exercises)


def person(path: Path, answers: Answers) -> Person:
    """The author of a commit: who Git says it is, else the author of the project."""
    known = git.settings(path)
    name = known.get("user.name") or str(answers.public.get("author_name") or SCAFFOLDER.name)
    return Person(name, known.get("user.email") or SCAFFOLDER.email)


def carry_out(project: Generated, found: Merged, answers: Answers, state: str, reason: str = "") -> str:
    """Do what the `state` of an update says, and commit it for a `reason`; returns the commit, "" if there is none."""
    repo, who = project.repo, person(project.folder, answers)
    if state == "current":
        worktree.keep_render(repo, found, who)
    if state == "merging":
        worktree.begin_merge(repo, found, who)
    if state != "updated":
        return ""
    commits = core.write(repo, found, who, reason=reason)
    worktree.advance(repo, commits, found.ours)
    return commits.target


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
    conflicts = {conflict.path: conflict for conflict in found.merge.conflicts}
    for kind, path in _changes(found):
        where = f"  ({_reason(conflicts[path])})" if path in conflicts else ""
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
