"""`scaffolder update` and `scaffolder track`.

Exit codes: 0 updated, or nothing to do; 1 the owner's work and the template's disagree; 2 wrong usage, or a project
that cannot be updated as it is; 3 something outside failed.
"""

from __future__ import annotations

import sys
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from scaffolder import git
from scaffolder.cli import options
from scaffolder.cli import update_output as said
from scaffolder.cli.answering import git_guesses, pairs_of, read, settle
from scaffolder.cli.interview import is_interactive
from scaffolder.cli.printing import Result
from scaffolder.errors import AnswerError, ScaffolderError, one_line, shown
from scaffolder.project import update as core
from scaffolder.project import worktree
from scaffolder.project.generated import Generated
from scaffolder.project.plan import rendered
from scaffolder.project.store import SCAFFOLDER, Person
from scaffolder.project.update import Merged
from scaffolder.template import foreign
from scaffolder.template.answers import Answers, Data
from scaffolder.template.catalog import Template

if TYPE_CHECKING:
    import pygit2


From = Annotated[
    str | None,
    typer.Option(
        "--template", metavar="TEMPLATE", help="Where the template is now, if it has moved.", show_default=False
    ),
]
DryRun = Annotated[bool, typer.Option("--dry-run", help="Show what would change, without writing anything.")]
Allow = Annotated[
    bool, typer.Option("--allow-conflicts", help="If there are conflicts, leave a Git merge to finish by hand.")
]


class TrackError(ScaffolderError):
    """A repository that was not made from the given template."""


class ConflictError(ScaffolderError):
    """The owner's work and the template's disagree."""

    code = 1


def update(
    path: options.ProjectFolder = Path(),
    pairs: Annotated[
        list[str] | None,
        typer.Option("--set", metavar="KEY=VALUE", help="Change an answer; repeat for more."),
    ] = None,
    answers_file: options.AnswersFile = None,
    yes: options.Yes = False,
    dry_run: DryRun = False,
    diff: Annotated[bool, typer.Option("--diff", help="Show the changes as a patch, too; implies --dry-run.")] = False,
    allow_conflicts: Allow = False,
    template: From = None,
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
        changes = {**read(answers_file), **pairs_of(pairs)}
        answers = answers_of(project, kind, changes, project.data, ask=not yes)
        theirs = rendered(kind, answers, source)
    found = core.merged(project.repo, project.commit, project.base, theirs)
    state = said.state_of(found, allow_conflicts=allow_conflicts, dry_run=dry_run)
    commit = "" if dry_run else carry_out(project, found, answers, state)
    patch = said.patch(project.repo, found) if diff else ()
    return said.result(project, found, answers, state, commit, patch, dry_run=dry_run)


def track(
    template: options.TemplateArgument,
    path: options.ProjectFolder = Path(),
    pairs: options.Pairs = None,
    answers_file: options.AnswersFile = None,
    yes: options.Yes = False,
    dry_run: DryRun = False,
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
        given = {**read(answers_file), **pairs_of(pairs)}
        answers = settle(kind, given, git_guesses(path), lambda _: None, ask=not yes)
        render = rendered(kind, answers, source)
    added, (common, same) = sorted(track.added(repo, head, render)), track.alike(repo, head, render)
    if not common:
        raise TrackError(f"The repository has no file of {shown(kind.name)}: is it that template?")
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
    given, outdated = project.answers(kind, changes, data)
    if outdated and not (ask and is_interactive()):
        name, reason = next(iter(outdated.items()))
        raise AnswerError(f"The project's answer to {name} is no longer valid, so say --set {name}=…: {reason}")
    open_questions = kind.questions.keys() - given
    if open_questions and ask and not is_interactive():
        names = ", ".join(sorted(open_questions))
        raise AnswerError(f"The template asks something new ({names}): --set answers it, --yes takes the default.")
    answers = settle(kind, given, {}, lambda _: None, ask=ask and bool(open_questions), data=data)
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
