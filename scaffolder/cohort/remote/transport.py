"""Pushes to remotes and fetches from them with Git's own program, which knows ssh, credential helpers and proxies.

Nobody is asked for anything, nothing is forced, and students' files are limited in size and never run.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit
from urllib.request import url2pathname

from scaffolder import git
from scaffolder.errors import OutsideError
from scaffolder.project import locks

_TIMEOUT = 180.0  # seconds
_LARGEST_PACK = 1_000_000_000  # bytes that one fetch may write, where the system can limit it
_LONGEST_REASON = 300  # characters
_REFUSED = ("could not read", "unable to get password", "Authentication failed", "Permission denied", "error: 403")
_NO_ACCESS = "Git needs a credential helper or an ssh key that may do this: nobody is asked here."
_SAFE = (
    "--git-dir=.",
    *("-c", "protocol.ext.allow=never"),
    *("-c", "credential.interactive=false"),
    *("-c", "http.lowSpeedLimit=1000", "-c", "http.lowSpeedTime=30"),  # bytes a second, seconds
    *("-c", "fetch.fsckObjects=true", "-c", "fetch.unpackLimit=1", "-c", "fetch.recurseSubmodules=false"),
    *("-c", "maintenance.auto=false", "-c", "gc.auto=0"),
)
# Git has no terminal here, so ssh cannot ask on one.
_SILENT = {"GCM_INTERACTIVE": "never", "SSH_ASKPASS_REQUIRE": "never", "SSH_ASKPASS": ""}
_QUIET: dict[str, Any] = {"environment": _SILENT, "timeout": _TIMEOUT}
# A remote that is a folder runs in a process of ours: without the hooks and commands that it configures.
_LOCAL_RECEIVE = f"git -c core.hooksPath={os.devnull} -c core.alternateRefsCommand=true -c gc.auto=0 receive-pack"


def branches(url: str, repository: Path) -> dict[str, str]:
    """The branches at `url`, name -> commit; Git runs in the folder `repository`, as in the functions below.

    Raises `OutsideError` with Git's reason, such as that there is no repository.
    """
    with _unnamed(url):
        listed = git.checked(*_SAFE, "ls-remote", "--quiet", "--heads", "--", url, folder=repository, **_QUIET)
    pairs = (line.partition("\t") for line in listed.splitlines())
    return {name.removeprefix("refs/heads/"): commit for commit, _, name in pairs if name.startswith("refs/heads/")}


def fetch(url: str, repository: Path, branches: Mapping[str, str]) -> None:
    """Fetch `branches` (branch -> our reference for it) from `url`. Their objects are checked; nothing else is fetched.

    Raises `OutsideError` with Git's reason.
    """
    quiet = ("--quiet", "--no-tags", "--no-recurse-submodules", "--no-write-fetch-head")
    specs = [f"+refs/heads/{branch}:{reference}" for branch, reference in branches.items()]
    try:
        git.checked(*_SAFE, "fetch", *quiet, "--", url, *specs, folder=repository, largest=_LARGEST_PACK, **_QUIET)
    except OutsideError:
        for left in (repository / "objects" / "pack").glob("tmp_*"):
            left.unlink(missing_ok=True)
        raise


def push(url: str, repository: Path, commits: Mapping[str, str]) -> dict[str, str]:
    """Push `commits` (branch -> commit), each of them only if it follows the remote's branch.

    Returns for each branch "", or why it was refused. Raises `OutsideError` if nothing could be pushed at all.
    """
    return _pushed(url, repository, {branch: f"{commit}:refs/heads/{branch}" for branch, commit in commits.items()})


def remove(url: str, repository: Path, commits: Mapping[str, str]) -> dict[str, str]:
    """Remove branches from the remote, each only if it is at its commit (branch -> commit). It returns as `push`."""
    leases = (f"--force-with-lease=refs/heads/{branch}:{commit}" for branch, commit in commits.items())
    return _pushed(url, repository, {branch: f":refs/heads/{branch}" for branch in commits}, *leases)


def _pushed(url: str, repository: Path, specs: Mapping[str, str], *more: str) -> dict[str, str]:
    options = ("--porcelain", "--no-verify", "--no-signed", "--no-follow-tags", "--recurse-submodules=no", *more)
    if is_local(url):
        locks.release(path_of(url))  # left by a push that was killed
    receive = (f"--receive-pack={_LOCAL_RECEIVE}",) if is_local(url) else ()
    done = git.run(*_SAFE, "push", *options, *receive, "--", url, *specs.values(), folder=repository, **_QUIET)
    lines = [line.split("\t") for line in done.stdout.decode("utf-8", "replace").splitlines()]
    said = {line[1].rpartition(":refs/heads/")[2]: line for line in lines if len(line) > 2}  # flag, from:to, summary
    if any(branch not in said for branch in specs):
        with _unnamed(url):
            raise OutsideError(f"git push failed: {git.reason(done.stderr)}.")
    words = git.of_server(done.stderr)
    return {branch: _refusal(said[branch][2], words) if said[branch][0] == "!" else "" for branch in specs}


def _refusal(summary: str, words: str) -> str:
    """Why a branch was refused, in the words of the server if it was the server that refused it."""
    return git.public(f"{summary}: {words}" if words and "remote rejected" in summary else summary)


def is_local(url: str) -> bool:
    """Whether `url` is a folder of this system."""
    scheme, colon, rest = url.partition(":")
    if not colon or "/" in scheme or len(scheme) == 1:  # a path, or one with a drive of Windows
        return True
    return scheme == "file" and rest.startswith("//")


def path_of(url: str) -> Path:
    """The folder that a file:// address or a path names."""
    return Path(url2pathname(urlsplit(url).path) if url.startswith("file:") else url)


@contextmanager
def _unnamed(url: str) -> Iterator[None]:
    """Take the address out of errors, which the ledger keeps: it may contain a student's name."""
    try:
        yield
    except OutsideError as error:
        reason = str(error).replace(f"{url}/", "the remote").replace(url, "the remote")[:_LONGEST_REASON]
        raise OutsideError(f"{reason} {_NO_ACCESS}" if any(word in reason for word in _REFUSED) else reason) from None
