"""Git commands without the user's hooks, templates and signing, so that none of these runs or breaks a project."""

from __future__ import annotations

import os
import re
import shutil
import signal
import subprocess
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

from scaffolder.errors import OutsideError, one_line, shown

_TIMEOUT = 60.0  # seconds for a local command
_QUICK = 5.0  # seconds for one that reads no file of a project, so that a Git that hangs is noticed soon
_CLONE_TIMEOUT = 300.0  # seconds
_MOST_COMMITS = 20_000
_LONGEST_WORDS = 200  # characters that a server says
_UNTOLD = "Could not read from remote repository"
_QUIET = (
    "-c",
    f"core.hooksPath={os.devnull}",
    "-c",
    "commit.gpgSign=false",
    "-c",
    "core.fsmonitor=false",
)
_SAME_BYTES = ("-c", "core.autocrlf=false")  # of files that Git writes for us
_ISOLATED = {"GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_NOSYSTEM": "1"}
REFUSE_HELPERS = ("-c", "protocol.ext.allow=never")
# A partial clone may name a program that fetches what it lacks. With no protocol allowed, Git starts none.
_NO_FETCH = {"GIT_ALLOW_PROTOCOL": ""}
_KEPT = (
    "GIT_EXEC_PATH",
    "GIT_SSH",
    "GIT_SSL",
    "GIT_PROXY",
    "GIT_ASKPASS",
    "GIT_CONFIG_GLOBAL",
    "GIT_CONFIG_SYSTEM",
    "GIT_CONFIG_NOSYSTEM",
)


def available() -> bool:
    """Whether Git is installed."""
    return shutil.which("git") is not None


def settings(folder: Path) -> dict[str, str]:
    """Those of user.name, user.email and github.user that Git has in `folder`; empty without Git."""
    if not available():
        return {}
    names = r"^(user\.name|user\.email|github\.user)$"
    try:
        listed = checked("config", "-z", "--get-regexp", names, folder=folder, timeout=_QUICK)
    except OutsideError:
        return {}
    pairs = (entry.partition("\n") for entry in listed.split("\0") if entry)
    return {key: value.strip() for key, _, value in pairs if value.strip()}


def authors(folder: Path, apart_from: str) -> frozenset[str]:
    """The authors and co-authors in the history of `folder`, each as 'Name <address>'.

    Commits that touch only the file `apart_from` do not count. No program that the repository configures is run.
    Raises `OutsideError` if there is no history to read, or only the end of one.
    """
    if checked("rev-parse", "--is-shallow-repository", folder=folder, environment=_NO_FETCH).strip() == "true":
        raise OutsideError("The clone is shallow: git fetch --unshallow brings the whole history.")
    form = "%an <%ae>%n%(trailers:key=Co-authored-by,valueonly)"
    listed = checked(
        *("-c", "log.showSignature=false", "log", f"--max-count={_MOST_COMMITS}", f"--format={form}"),
        *("--no-show-signature", "--", ".", f":(exclude,top){apart_from}", f":(exclude){apart_from}"),
        folder=folder,
        environment=_NO_FETCH,
    )
    return frozenset(line.strip() for line in listed.splitlines() if line.strip())


def changed(folder: Path) -> list[str]:
    """The files of the repository in `folder` that differ from its last commit, staged or not; no new ones."""
    listed = checked("status", "--porcelain", "-z", "--untracked-files=no", "--no-renames", folder=folder)
    return [entry[3:] for entry in listed.split("\0") if entry]


def uncommitted(folder: Path) -> list[str]:
    """The files below `folder` that are not in the last commit as they are, new ones too; none outside a repository."""
    if not available():
        return []
    try:
        listed = checked(
            *("status", "--porcelain", "-z", "--untracked-files=all", "--no-renames", "--", "."), folder=folder
        )
    except OutsideError:
        return []
    return [entry[3:] for entry in listed.split("\0") if entry]


def refresh(folder: Path) -> None:
    """Let Git note which files are as in its index; else it would refuse to abort a merge."""
    run("update-index", "-q", "--refresh", folder=folder)  # it fails if files are in conflict, which does not matter


def hidden(folder: Path) -> frozenset[str]:
    """The files whose changes Git was told not to look at (assume-unchanged, skip-worktree)."""
    listed = checked("ls-files", "-v", "-z", folder=folder)
    return frozenset(entry[2:] for entry in listed.split("\0") if entry[:1].islower() or entry[:1] == "S")


def enclosing_repository(target: Path) -> Path | None:
    """The root of the repository that `target` would be in; None if there is none, or if it ignores `target`."""
    top = next((parent for parent in target.parents if os.path.lexists(parent / ".git")), None)
    return None if top is None or _ignored(top, target) else top


def _ignored(top: Path, target: Path) -> bool:
    try:
        checked("check-ignore", "-q", f"{target}/", folder=top, timeout=_QUICK)
    except OutsideError:
        return False
    return True


def baseline(folder: Path, message: str, author: tuple[str, str]) -> str:
    """Make `folder` a repository with one commit of all its files, on `main` and `scaffold`; returns the commit.

    `author` is (name, email). Raises `OutsideError` if Git fails.
    """
    name, email = author
    identity = {
        f"GIT_{role}_{part}": value
        for role in ("AUTHOR", "COMMITTER")
        for part, value in (("NAME", name), ("EMAIL", email))
    }
    new = ("init", "--quiet", "--template=", "--initial-branch=main")
    checked(*_SAME_BYTES, *new, folder=folder, environment=_ISOLATED, timeout=_QUICK)
    for command in (
        ("add", "--all", "--force"),
        ("commit", "--quiet", "--no-verify", f"--message={message}"),
        ("branch", "scaffold"),
    ):
        checked(*_SAME_BYTES, *command, folder=folder, environment={**_ISOLATED, **identity})
    return checked("rev-parse", "HEAD", folder=folder).strip()


def clone(url: str, folder: Path, ref: str | None) -> str:
    """Clone `url` into the new `folder`, at `ref` (branch, tag or commit) if given; returns the commit.

    Asks for no password, runs no hook and fetches no submodule. Raises `OutsideError` with Git's reason.
    """
    options = (
        "--quiet",
        "--template=",
        "--no-recurse-submodules",
        *(("--no-checkout",) if ref else ("--depth=1",)),
    )
    checked(
        *_SAME_BYTES,
        *REFUSE_HELPERS,
        "clone",
        *options,
        "--",
        url,
        str(folder),
        folder=folder.parent,
        timeout=_CLONE_TIMEOUT,
    )
    if ref:
        found = _first_commit(folder, ref, f"origin/{ref}")
        checked(*_SAME_BYTES, "checkout", "--quiet", "--detach", found, folder=folder)
    return checked("rev-parse", "HEAD", folder=folder).strip()


def _first_commit(folder: Path, *names: str) -> str:
    for name in names:
        try:
            return checked("rev-parse", "--verify", "--quiet", f"{name}^{{commit}}", folder=folder).strip()
        except OutsideError:
            continue
    raise OutsideError(f"The repository has no branch, tag or commit '{names[0]}'.")


def checked(*arguments: str, folder: Path, **options: Any) -> str:
    """Run Git in `folder` and return what it prints; raises `OutsideError` with its reason. Options are `run`'s."""
    done = run(*arguments, folder=folder, **options)
    if done.returncode:
        raise OutsideError(f"git {_subcommand(arguments)} failed: {reason(done.stderr)}.")
    return done.stdout.decode("utf-8", "replace")


def run(
    *arguments: str,
    folder: Path,
    environment: Mapping[str, str] | None = None,
    timeout: float = _TIMEOUT,
    largest: int = 0,
) -> subprocess.CompletedProcess[bytes]:
    """Run Git in `folder`, without a terminal to ask on; raises `OutsideError` if it cannot run or takes too long.

    After `timeout` seconds, it and all that it has started are killed. With `largest`, no file that it writes may have
    more bytes, if the system can limit that.
    """
    kept = {key: value for key, value in os.environ.items() if not key.startswith("GIT_") or key.startswith(_KEPT)}
    variables = {**kept, "GIT_TERMINAL_PROMPT": "0", "LC_ALL": "C.UTF-8", **(environment or {})}
    program = shutil.which("git")
    if program is None:
        raise OutsideError("Git is not installed, and nothing can be done here without it.")
    command = [program, *_QUIET, *arguments]
    try:
        process = subprocess.Popen(  # noqa: S603 - a fixed program and a list of arguments, no shell
            command,
            cwd=folder,
            env=variables,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            start_new_session=True,
        )
    except OSError as error:
        raise OutsideError(f"Git cannot be started in {shown(folder, 200)}: {error.strerror}.") from error
    with process:
        if largest:
            _limit_files(process.pid, largest)
        try:
            out, err = process.communicate(timeout=timeout)
        except subprocess.TimeoutExpired:
            end(process)
            raise OutsideError(f"git {_subcommand(arguments)} took longer than {timeout:g} seconds.") from None
        except BaseException:
            end(process)
            raise
    return subprocess.CompletedProcess(command, process.returncode, out, err)


def _limit_files(pid: int, largest: int) -> None:
    try:
        from resource import RLIMIT_FSIZE, prlimit
    except ImportError:  # not Linux: the time is the only limit
        return
    with suppress(OSError, ValueError):
        prlimit(pid, RLIMIT_FSIZE, (largest, largest))


def end(process: subprocess.Popen[bytes]) -> None:
    """Kill a process and all that it started, which would otherwise hold its pipes open."""
    with suppress(ProcessLookupError, PermissionError):
        if hasattr(os, "killpg"):
            os.killpg(process.pid, signal.SIGKILL)
        process.kill()


def _subcommand(arguments: tuple[str, ...]) -> str:
    return next((word for word in arguments if word.replace("-", "").isalpha() and word[0] != "-"), "")


def reason(output: bytes) -> str:
    """Why Git failed, by its standard error: on one line, without credentials and a full stop."""
    lines = [line for line in output.decode("utf-8", "replace").splitlines() if line.strip()]
    lines = [line for line in lines if _UNTOLD not in line] or lines  # what ssh said before it tells more
    errors = [line for line in lines if line.startswith(("fatal:", "error:"))] or lines or ["it gave no reason"]
    found = public(errors[0].partition(": ")[2] or errors[0]).rstrip(".")
    words = of_server(output)
    return f"{found}: {words}" if words and words not in found else found


def of_server(output: bytes) -> str:
    """The words of the server in Git's standard error, such as that a quota is exceeded; "" for none."""
    lines = output.decode("utf-8", "replace").splitlines()
    words = (line.removeprefix("remote:").strip() for line in lines if line.startswith("remote:"))
    return public("; ".join(filter(None, words)))[:_LONGEST_WORDS].rstrip(".")


def public(text: str) -> str:
    """`text` on one line, without the user names and passwords of addresses."""
    return re.sub(r"(?<=://)[^/@\s]{1,1000}@", "", one_line(text[:1000]))
