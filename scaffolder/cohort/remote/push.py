"""Pushes the branches of each student's repository to its remote, as far as nothing is lost there."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import suppress
from functools import partial
from pathlib import Path

import pygit2

from scaffolder.cohort.course.assignments import Assignment
from scaffolder.cohort.course.home import Cohort
from scaffolder.cohort.ledger import Ledger, State
from scaffolder.cohort.remote import fetching, remotes, transport
from scaffolder.cohort.remote.fetching import OFFER, descends, tracking
from scaffolder.cohort.remote.remotes import RemoteError
from scaffolder.cohort.work import steps
from scaffolder.cohort.work.steps import Job, Outcome, Work
from scaffolder.errors import OutsideError, ScaffolderError, TargetError, one_line
from scaffolder.project import locks, store

STEP = "push"
_ELSEWHERE = (
    "It was pushed to another address before, where the student may work. Put the roster or the pattern back as it "
    "was, or push to the new address with --move, and tell the student."
)
_OF_ANOTHER_ORIGIN = (
    "The remote has a 'main' of another origin. If your student works there, or another copy of this cohort has pushed "
    "there, put a clone of it ('git clone --bare') in the place of the repository here, and push again. If not, choose "
    "a remote that is empty."
)
_AS_MOVED = ("(fetch first)", "(non-fast-forward)", "(stale info)")


class MovedError(ScaffolderError):
    """Somebody has pushed at the same moment."""

    code = 3


def push(
    cohort: Cohort,
    ledger: Ledger,
    wanted: Sequence[Assignment],
    where: str,
    work: Work,
    *,
    move: bool = False,
) -> Iterator[list[Outcome]]:
    """Push the repositories of the assignments `wanted`; yield outcomes once the ledger has them.

    A repository that was pushed to another address before is pushed to the new one only with `move`.
    """
    found = remotes.of(where, cohort.assignments)
    jobs = [Job(*each.key, str(cohort.repository(*each.key)), found[each.key]) for each in wanted]
    yield from steps.run(partial(task, move), jobs, STEP, ledger, work)


def task(move: bool, jobs: Sequence[Job]) -> list[Outcome]:
    """Push some repositories."""
    return steps.done(partial(_push, move), jobs, STEP, waiting=True)


def _push(move: bool, job: Job) -> Outcome:
    url = job.remote.address()
    repo = steps.repository(job.repository)
    locks.release(Path(repo.path))
    commits = own_branches(repo)
    before = fetching.pushed_to(repo)
    pushed = store.commit_of(repo, tracking("main")) is not None  # an address alone may be a mistyped one
    elsewhere = pushed and before not in ("", url)
    if elsewhere and not move:
        raise RemoteError(_ELSEWHERE)
    remotes.prepare(job.remote)
    there = transport.branches(url, Path(repo.path))
    if elsewhere:
        _leave(repo, before)
        commits = own_branches(repo)
    if "main" in there:
        there = _brought(repo, url, there, commits["main"])
    if before != url:
        repo.config[fetching.ADDRESS] = url
    missing = {name: commit for name, commit in commits.items() if _is_news(repo, name, commit, there)}
    if missing:
        kept, main = send(repo, url, missing), missing.get("main") or there["main"]
        return Outcome((steps.ended(job, STEP, State.DONE, kept, main),))
    detail = "" if there["main"] == commits["main"] else "The student has pushed there since."
    return Outcome((steps.ended(job, STEP, State.UNCHANGED, detail, there["main"]),))


def _leave(repo: pygit2.Repository, address: str) -> None:
    """Fetch what the student has pushed to the old `address`, if that still exists, and forget its branches."""
    with suppress(OutsideError, fetching.NoMainError):
        fetching.fetch(repo, address)
    for name in [name for name in repo.references if name.startswith(tracking(""))]:
        repo.references.delete(name)


def _brought(repo: pygit2.Repository, url: str, there: Mapping[str, str], main: str) -> dict[str, str]:
    """Fetch the `main` of a remote, and return the remote's branches.

    Raises `RemoteError` if we have not pushed there yet, and neither that `main` nor ours follows the other.
    """
    if store.commit_of(repo, tracking("main")) is None:
        found = fetching.bring(repo, url, there, keep_it=False).main
        if not (descends(repo, found, main) or descends(repo, main, found)):
            raise RemoteError(_OF_ANOTHER_ORIGIN)
    return fetching.bring(repo, url, there).there


def own_branches(repo: pygit2.Repository) -> dict[str, str]:
    """The branches that a remote is to have, with their commits; raises `TargetError` if there is no `main`."""
    names = [name.removeprefix("refs/heads/") for name in repo.references if name.startswith(f"refs/heads/{OFFER}")]
    commits = {name: store.commit_of(repo, f"refs/heads/{name}") for name in ("main", "scaffold", *names)}
    if not commits["main"]:
        raise TargetError("The repository has no branch 'main'.")
    return {name: commit for name, commit in commits.items() if commit}


def _is_news(repo: pygit2.Repository, name: str, commit: str, there: Mapping[str, str]) -> bool:
    """Whether the remote lacks the branch or has it further back; a branch that has moved on there is its owner's."""
    if name not in there:
        return not (name.startswith(OFFER) and _known(repo, name))
    return there[name] != commit and descends(repo, commit, there[name])


def _known(repo: pygit2.Repository, name: str) -> bool:
    """Whether the branch was once at the remote; if it is not there now, its owner has deleted it."""
    return store.commit_of(repo, tracking(name)) is not None


def send(repo: pygit2.Repository, url: str, commits: Mapping[str, str], needed: Collection[str] = ("main",)) -> str:
    """Push `commits` (branch -> commit); returns a sentence if the remote refused some that are not `needed`, else "".

    Raises `MovedError` if somebody has pushed to a needed branch meanwhile, `OutsideError` if one is refused.
    """
    refused = {name: reason for name, reason in transport.push(url, Path(repo.path), commits).items() if reason}
    for name, commit in commits.items():
        if name not in refused:
            repo.references.create(tracking(name), commit, force=True)
    for name in (name for name in refused if name in needed):
        if refused[name].endswith(_AS_MOVED):
            raise MovedError(f"Somebody has pushed to '{name}' meanwhile, so nothing was changed there: run it again.")
        raise OutsideError(f"The remote refused '{name}': {one_line(refused[name])}.")
    return f"The remote kept its own {' and '.join(refused)}." if refused else ""
