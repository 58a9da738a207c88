"""Updates one student's repository.

If the student has changed nothing, `main` is moved forward. If the student's work and the template's changes fit
together, their merge waits on a branch; if they do not, the new version does, and the student settles it by merging.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from threading import Lock

import pygit2

from scaffolder.cohort.course.assignments import StudentError
from scaffolder.cohort.ledger import NO_FACTS, Facts, State
from scaffolder.cohort.remote import fetching
from scaffolder.cohort.remote.fetching import Fetched, descends
from scaffolder.cohort.remote.push import MovedError, send
from scaffolder.cohort.work import initial_render, rendering, steps, wording
from scaffolder.cohort.work.steps import Outcome
from scaffolder.errors import shown
from scaffolder.exercises import declared
from scaffolder.project import generated, locks, record, store, update
from scaffolder.project.update import Commits, Merged, UpdateError
from scaffolder.template.foreign import Opened
from scaffolder.template.questions import Answer

STEP = "update"
_WOULD_SETTLE = "the student would have to settle it"


class RecordError(UpdateError, StudentError):
    """A record that is lost or wrong, which the student can take back from Git."""


@dataclass(frozen=True)
class Job(steps.Job):
    """A repository to update; `answers` are the roster's and the course's."""

    answers: Mapping[str, Answer]


@dataclass(frozen=True)
class RunSettings:
    """The values that all jobs share: `given` are answers that override all others, `when` is the time of the commits.

    The messages of the commits begin with `reason`, unless it is "".
    """

    work: Path
    templates: Mapping[str, rendering.Copy]
    given: Mapping[str, Answer]
    when: int
    dry_run: bool
    reason: str = ""


def updated(settings: RunSettings, opened: Opened, job: Job, render_lock: Lock) -> Outcome:
    """Update the repository of a job; `render_lock` is held for a render, since a template's process has one caller."""
    repo = steps.repository(job.repository)
    if not settings.dry_run:
        locks.release(Path(repo.path))
    fetched = fetching.look(repo, job.remote, keep_it=not settings.dry_run)
    ours = fetched.main if fetched else store.commit_of(repo, store.MAIN)
    if ours is None:
        raise UpdateError("The repository has no branch 'main'.")
    with render_lock:
        merged = _merged(settings, opened, job, repo, ours)
    return _Update(settings, job, repo, fetched, merged).outcome()


def _merged(settings: RunSettings, opened: Opened, job: Job, repo: pygit2.Repository, ours: str) -> Merged:
    """The new render merged into `ours`; raises a `ScaffolderError` if what is there cannot be updated."""
    try:
        known, base = update.record_of(repo, ours), update.find_base(repo, ours)
        if known.template != opened.template.name:
            raise UpdateError(f"Its {record.NAME} does not say that it was made from {shown(opened.template.name)}.")
        if base is None:
            raise UpdateError(f"There is no render here that its {record.NAME} could mean.")
    except UpdateError as error:
        raise RecordError(f"{error} {initial_render.way_back(repo, ours)}.") from None
    before = initial_render.answers(repo, ours)
    given = {name: value for name, value in job.answers.items() if name not in before or before[name] != value}
    given |= {name: value for name, value in settings.given.items() if name in opened.template.questions}
    news = {name: value for name, value in given.items() if name not in known.answers or known.answers[name] != value}
    data = generated.data_of(repo, known, base.tree)
    answers = generated.answers_of(opened.template, known, news, data, data)
    wide = opened._replace(template=declared.from_record(opened.template, known.own_exercises))
    return update.merged(repo, ours, base, rendering.render(wide, answers, data, known.exercises))


@dataclass(frozen=True)
class _Update:
    """The update of one repository: what is there, here and at the remote, and the new render `merged` into it."""

    settings: RunSettings
    job: Job
    repo: pygit2.Repository
    fetched: Fetched | None
    merged: Merged

    def outcome(self) -> Outcome:
        """Write what the merge asks for, or in a dry run say what that would be."""
        if self.merged.current:
            self.clear_offers()
            detail = "It is as it was handed out." if self.is_ours else ""
            return self.ended(State.UNCHANGED, detail, facts=Facts(ours=self.is_ours))
        if self.merged.merge.conflicts:
            return self.leave_to_settle()
        return self.move_on() if self.merged.untouched else self.offer()

    @property
    def is_ours(self) -> bool:
        """Whether the student's commit is one of ours: a run may have been killed before the ledger knew of it."""
        scaffold = store.commit_of(self.repo, store.SCAFFOLD)
        return bool(self.merged.untouched and scaffold and descends(self.repo, scaffold, self.merged.ours))

    @property
    def address(self) -> str:
        """Where the repository was pushed to, or will be; "" for nowhere."""
        return fetching.pushed_to(self.repo) or self.job.remote.url

    def move_on(self) -> Outcome:
        """Move `main` forward to the new render, since the student has changed nothing."""
        if self.settings.dry_run:
            return self.ended(State.DONE, f"main would move on: {wording.files(self.merged.kinds)}.")
        commits = self.write()
        self.move(store.SCAFFOLD, commits.scaffold)
        pushed = {"main": commits.target, "scaffold": commits.scaffold}
        kept = send(self.repo, self.address, pushed) if self.fetched else ""
        _move(self.repo, store.MAIN, self.merged.ours, commits.target)
        self.clear_offers()
        return self.ended(State.DONE, kept, commits.target)

    def offer(self) -> Outcome:
        """Let the merge wait on a branch for the student, unless it does so already."""
        files = wording.files(self.merged.kinds)
        render = self.write_render()
        waiting = render and fetching.waiting_offer(self.repo, self.fetched, self.merged.ours, render)
        if self.settings.dry_run and not waiting:
            return self.ended(State.BRANCH, f"It would wait on a branch for its owner to merge it: {files}.")
        commit = waiting or self.write().target
        branch = fetching.offer_name(commit)
        kept = self.let_wait((commit,))
        if kept is None:
            return self.ended(State.UNCHANGED, f"The branch {branch} was deleted, but not merged.", commit)
        detail = f"The branch {branch} waits for its owner: git merge origin/{branch} brings {files}. {kept}"
        return self.ended(State.BRANCH, detail.rstrip(), commit, Facts(branches=(branch,)))

    def leave_to_settle(self) -> Outcome:
        """In a conflict, leave `main` as it is, and let the new render wait on a branch that the student can merge."""
        places, commits = wording.places(self.merged.merge), self.commits_to_settle()
        if self.let_wait(commits) is None:
            return self.ended(State.UNCHANGED, "The branch of an update was deleted, but not merged.")
        if self.settings.dry_run:
            return self.ended(State.CONFLICT, wording.disagreement(places, _WOULD_SETTLE))
        later = "" if self.fetched else ", once it is pushed,"
        branches = tuple(map(fetching.offer_name, commits))
        advice = f"the student settles it{later} with {wording.merges(branches)}"
        facts = Facts(branches=branches, places=places)
        return self.ended(State.CONFLICT, wording.disagreement(places, advice), facts=facts)

    def commits_to_settle(self) -> list[str]:
        """The commits that the student merges in a conflict; in a dry run, those of them that are there already."""
        base, commits = self.merged.base.commit, [self.write_render()]
        if not descends(self.repo, self.merged.ours, base):  # Git would not know what both sides have in common
            link = fetching.waiting_offer(self.repo, self.fetched, self.merged.ours, base)
            if not link and not self.settings.dry_run:
                link = update.link(self.repo, self.merged, self.settings.when)
            commits.insert(0, link or "")
        return [commit for commit in commits if commit]

    def let_wait(self, commits: Sequence[str]) -> str | None:
        """Let each commit wait on a branch of its own, and nothing else; None if the student has deleted one of these.

        Returns a sentence if the remote has kept its own `scaffold`, else "".
        """
        branches = {fetching.offer_name(commit): commit for commit in commits}
        if any(fetching.is_deleted(self.repo, self.fetched, branch) for branch in branches):
            return None
        if self.settings.dry_run:
            return ""
        for branch, commit in branches.items():
            self.move(f"refs/heads/{branch}", commit)
        there = self.fetched.there if self.fetched else branches
        missing = {branch: commit for branch, commit in branches.items() if branch not in there}
        kept = ""
        if missing:
            scaffold = store.commit_of(self.repo, store.SCAFFOLD) or ""
            kept = send(self.repo, self.address, {**missing, "scaffold": scaffold}, needed=tuple(missing))
        self.clear_offers(keep=tuple(branches))
        return kept

    def clear_offers(self, keep: Sequence[str] = ()) -> None:
        """Remove the branches that wait, apart from those to `keep`."""
        if not self.settings.dry_run:
            fetching.clear_offers(self.repo, self.address, self.fetched, keep)

    def write_render(self) -> str:
        """The new render as a commit, to which our `scaffold` moves; in a dry run, "" unless it is written already."""
        if self.settings.dry_run:
            return update.present_render(self.repo, self.merged) or ""
        render = update.write_render(self.repo, self.merged, store.SCAFFOLDER, self.settings.when, self.settings.reason)
        self.move(store.SCAFFOLD, render)
        return render

    def write(self) -> Commits:
        """The commits of the merge."""
        return update.write(self.repo, self.merged, when=self.settings.when, reason=self.settings.reason)

    def move(self, reference: str, commit: str) -> None:
        """Move one of our references to a commit, from where it is now."""
        _move(self.repo, reference, store.commit_of(self.repo, reference), commit)

    def ended(self, state: State, detail: str, commit: str = "", facts: Facts = NO_FACTS) -> Outcome:
        """The outcome; without a `commit`, the student's is where it ended."""
        code = steps.THEIRS if state is State.CONFLICT else steps.FINE
        entry = steps.ended(self.job, STEP, state, detail, commit or self.merged.ours, facts)
        return Outcome((entry,), code)


def _move(repo: pygit2.Repository, reference: str, old: str | None, new: str) -> None:
    if store.commit_of(repo, reference) != new and not store.move(repo, reference, old, new):
        raise MovedError(f"{shown(reference)} has moved meanwhile: run it again.")
