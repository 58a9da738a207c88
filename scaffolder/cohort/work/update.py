"""Updates one student's repository, without a work tree.

If the student has changed nothing, `main` is moved forward. If the student's work and the template's changes fit
together, their merge waits on a branch; if they do not, the new version does, and the student settles it by merging.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from threading import Lock
from typing import TYPE_CHECKING, NamedTuple

from scaffolder.cohort.course.assignments import StudentError
from scaffolder.cohort.ledger import NO_FACTS, Facts, State
from scaffolder.cohort.remote import fetching, offers
from scaffolder.cohort.remote.fetching import Fetched, descends, tracking
from scaffolder.cohort.remote.push import MovedError, send
from scaffolder.cohort.remote.remotes import Remote
from scaffolder.cohort.work import initial_render, rendering, steps, wording
from scaffolder.cohort.work.steps import Outcome
from scaffolder.errors import shown
from scaffolder.exercises import added
from scaffolder.project import generated, locks, record, store, update, worktree
from scaffolder.project.update import Commits, Merged, UpdateError
from scaffolder.template.foreign import Opened
from scaffolder.template.questions import Answer

if TYPE_CHECKING:
    import pygit2

STEP = "update"
_THERE = "run 'scaffolder update' there"
_WOULD_SETTLE = "the student would have to settle it"


class RecordError(UpdateError, StudentError):
    """A record that is lost or wrong, which the student can take back from Git."""


class Job(NamedTuple):
    """A repository; `answers` are the roster's and the course's."""

    student: str
    project: str
    repository: str
    remote: Remote
    answers: Mapping[str, Answer]


@dataclass(frozen=True)
class Kit:
    """The values that all jobs share: `given` are answers that override all others, `when` is the time of the commits.

    The messages of the commits begin with `reason`, unless it is "".
    """

    work: Path
    templates: Mapping[str, rendering.Copy]
    given: Mapping[str, Answer]
    when: int
    dry_run: bool
    reason: str = ""


def updated(kit: Kit, opened: Opened, job: Job, alone: Lock) -> Outcome:
    """Update the repository of a job; a template's own process, which renders `alone`, serves one caller at a time."""
    repo = steps.repository(job.repository)
    if not kit.dry_run:
        locks.release(Path(repo.path))
        if not repo.is_bare:
            worktree.resume(repo)
    fetched = _fetched(repo, job, kit)
    ours = fetched.main if fetched else store.commit_of(repo, store.MAIN)
    if ours is None:
        raise UpdateError("The repository has no branch 'main'.")
    with alone:
        found = _merged(kit, opened, job, repo, ours)
    if found.current:
        if repo.is_bare and not kit.dry_run:
            offers.clear(repo, _address(job, repo), fetched)
        is_ours = _is_ours(repo, found)
        detail = "It is as it was handed out." if is_ours else ""
        return _outcome(job, State.UNCHANGED, detail, ours, Facts(ours=is_ours))
    if found.merge.conflicts:
        return _conflicting(kit, job, repo, found, fetched)
    if found.untouched:
        return _moved_on(kit, job, repo, found, fetched)
    return _offered(kit, job, repo, found, fetched)


def _fetched(repo: pygit2.Repository, job: Job, kit: Kit) -> Fetched | None:
    """The branches of the remote; None if nothing was pushed there yet, so that our own repository counts."""
    if store.commit_of(repo, tracking("main")) is None:
        return None
    url = fetching.address(repo, job.remote)
    fetched = fetching.fetch(repo, url, keep_it=not kit.dry_run)
    if repo.is_bare and not kit.dry_run:
        offers.bring(repo, url, fetched)
    return fetched


def _address(job: Job, repo: pygit2.Repository) -> str:
    return fetching.pushed_to(repo) or job.remote.url


def _is_ours(repo: pygit2.Repository, found: Merged) -> bool:
    """Whether the student's commit is one of ours: a run may have been killed before the ledger knew of it."""
    scaffold = store.commit_of(repo, store.SCAFFOLD)
    return bool(found.untouched and scaffold and descends(repo, scaffold, found.ours))


def _merged(kit: Kit, opened: Opened, job: Job, repo: pygit2.Repository, ours: str) -> Merged:
    """The new render merged into `ours`; raises a `ScaffolderError` if what is there cannot be updated."""
    try:
        known = update.record_of(repo, ours)
    except UpdateError as error:
        raise RecordError(f"{error} {initial_render.way_back(repo, ours)}.") from None
    if known.template != opened.template.name:
        said = f"Its {record.NAME} does not say that it was made from {shown(opened.template.name)}."
        raise RecordError(f"{said} {initial_render.way_back(repo, ours)}.")
    base = update.find_base(repo, ours)
    if base is None:
        said = f"There is no render here that its {record.NAME} could mean."
        raise RecordError(f"{said} {initial_render.way_back(repo, ours)}.")
    before = initial_render.answers(repo, ours)
    given = {name: value for name, value in job.answers.items() if name not in before or before[name] != value}
    given |= {name: value for name, value in kit.given.items() if name in opened.template.questions}
    news = {name: value for name, value in given.items() if name not in known.answers or known.answers[name] != value}
    data = generated.data_of(repo, known, base.tree)
    answers = generated.answers_of(opened.template, known, news, data, data)
    wide = opened._replace(template=added.from_record(opened.template, known.own_exercises))
    return update.merged(repo, ours, base, rendering.render(wide, answers, data, known.exercises))


def _moved_on(kit: Kit, job: Job, repo: pygit2.Repository, found: Merged, fetched: Fetched | None) -> Outcome:
    """Move `main` forward to the new render, since the student has changed nothing."""
    if not repo.is_bare:
        worktree.refuse_unclean(repo)
        if worktree.head(repo) != found.ours:
            raise UpdateError(f"{shown(job.repository, 200)} is at another commit: {_THERE}.")
    if kit.dry_run:
        return _outcome(job, State.DONE, f"main would move on: {wording.files(found.kinds)}.", found.ours)
    commits = _written(kit, repo, found)
    if not repo.is_bare:
        worktree.advance(repo, commits, found.ours)
    else:
        _move(repo, store.SCAFFOLD, store.commit_of(repo, store.SCAFFOLD), commits.scaffold)
    kept = send(repo, _address(job, repo), {"main": commits.target, "scaffold": commits.scaffold}) if fetched else ""
    if repo.is_bare:
        _move(repo, store.MAIN, found.ours, commits.target)
        offers.clear(repo, _address(job, repo), fetched)
    return _outcome(job, State.DONE, kept, commits.target)


def _offered(kit: Kit, job: Job, repo: pygit2.Repository, found: Merged, fetched: Fetched | None) -> Outcome:
    """Let the merge wait on a branch for the student, unless it does so already."""
    if not repo.is_bare:
        raise UpdateError(f"Somebody has worked in {shown(job.repository, 200)}: {_THERE}.")
    files = wording.files(found.kinds)
    render = _rendered(kit, repo, found)
    waiting = render and offers.resting(repo, fetched, found.ours, render)
    if kit.dry_run and not waiting:
        return _outcome(job, State.BRANCH, f"It would wait on a branch for its owner to merge it: {files}.", found.ours)
    commit = waiting or _written(kit, repo, found).target
    branch = offers.name_of(commit)
    kept = _waits(kit, job, repo, fetched, (commit,))
    if kept is None:
        return _outcome(job, State.UNCHANGED, f"The branch {branch} was deleted, but not merged.", commit)
    detail = f"The branch {branch} waits for its owner: git merge origin/{branch} brings {files}. {kept}"
    return _outcome(job, State.BRANCH, detail.rstrip(), commit, Facts(branches=(branch,)))


def _conflicting(kit: Kit, job: Job, repo: pygit2.Repository, found: Merged, fetched: Fetched | None) -> Outcome:
    """Leave `main` as it is, and let the new render wait on a branch that the student can merge."""
    advice, places = _THERE, wording.places(found.merge)
    branches: tuple[str, ...] = ()
    if repo.is_bare:
        commits = _to_settle(kit, repo, found, fetched)
        if _waits(kit, job, repo, fetched, commits) is None:
            return _outcome(job, State.UNCHANGED, "The branch of an update was deleted, but not merged.", found.ours)
        if kit.dry_run:
            return _outcome(job, State.CONFLICT, wording.disagreement(places, _WOULD_SETTLE), found.ours)
        later = "" if fetched else ", once it is pushed,"
        branches = tuple(map(offers.name_of, commits))
        advice = f"the student settles it{later} with {wording.merges(branches)}"
    facts = Facts(branches=branches, places=places)
    return _outcome(job, State.CONFLICT, wording.disagreement(places, advice), found.ours, facts)


def _to_settle(kit: Kit, repo: pygit2.Repository, found: Merged, fetched: Fetched | None) -> list[str]:
    """The commits that the student merges in a conflict; in a dry run, those of them that are there already."""
    commits = [_rendered(kit, repo, found)]
    if not descends(repo, found.ours, found.base.commit):  # Git would not know what both sides have in common
        link = offers.resting(repo, fetched, found.ours, found.base.commit)
        commits.insert(0, link or ("" if kit.dry_run else update.link(repo, found, kit.when)))
    return [commit for commit in commits if commit]


def _waits(kit: Kit, job: Job, repo: pygit2.Repository, fetched: Fetched | None, commits: Sequence[str]) -> str | None:
    """Let each commit wait on a branch of its own, and nothing else; None if the student has deleted one of these.

    Returns a sentence if the remote has kept its own `scaffold`, else "".
    """
    branches = {offers.name_of(commit): commit for commit in commits}
    if any(offers.is_deleted(repo, fetched, branch) for branch in branches):
        return None
    kept = ""
    if not kit.dry_run:
        for branch, commit in branches.items():
            _move(repo, f"refs/heads/{branch}", store.commit_of(repo, f"refs/heads/{branch}"), commit)
        there = fetched.there if fetched else branches
        missing = {branch: commit for branch, commit in branches.items() if branch not in there}
        if missing:
            scaffold = store.commit_of(repo, store.SCAFFOLD) or ""
            kept = send(repo, _address(job, repo), {**missing, "scaffold": scaffold}, needed=tuple(missing))
        offers.clear(repo, _address(job, repo), fetched, keep=branches)
    return kept


def _rendered(kit: Kit, repo: pygit2.Repository, found: Merged) -> str:
    """The new render as a commit, to which our `scaffold` moves; in a dry run, "" unless it is written already."""
    if kit.dry_run:
        return update.present_render(repo, found) or ""
    render = update.write_render(repo, found, store.SCAFFOLDER, kit.when, kit.reason)
    _move(repo, store.SCAFFOLD, store.commit_of(repo, store.SCAFFOLD), render)
    return render


def _written(kit: Kit, repo: pygit2.Repository, found: Merged) -> Commits:
    return update.write(repo, found, when=kit.when, reason=kit.reason)


def _move(repo: pygit2.Repository, reference: str, old: str | None, new: str) -> None:
    if store.commit_of(repo, reference) != new and not store.move(repo, reference, old, new):
        raise MovedError(f"{shown(reference)} has moved meanwhile: run it again.")


def _outcome(job: Job, state: State, detail: str, commit: str, facts: Facts = NO_FACTS) -> Outcome:
    code = steps.THEIRS if state is State.CONFLICT else steps.FINE
    return Outcome((steps.ended(job, STEP, state, detail, commit, facts),), code)
