"""Git commands, isolated from the user's hooks, templates and signing: none of them runs or breaks a project."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Mapping
from pathlib import Path

from scaffolder.errors import OutsideError, one_line

_TIMEOUT = 60.0  # seconds for a local command
_CLONE_TIMEOUT = 300.0  # seconds
_QUIET = (
    "-c",
    f"core.hooksPath={os.devnull}",
    "-c",
    "commit.gpgSign=false",
    "-c",
    "core.autocrlf=false",
    "-c",
    "core.fsmonitor=false",
)
_ISOLATED = {"GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_NOSYSTEM": "1"}
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
    """user.name, user.email and github.user as Git reads them in `folder`; empty without Git."""
    if not available():
        return {}
    wanted = r"^(user\.name|user\.email|github\.user)$"
    try:
        listed = _git("config", "-z", "--get-regexp", wanted, folder=folder)
    except OutsideError:
        return {}
    pairs = (entry.partition("\n") for entry in listed.split("\0") if entry)
    return {key: value.strip() for key, _, value in pairs if value.strip()}


def enclosing_repository(target: Path) -> Path | None:
    """The root of the repository that `target` would lie in, unless that repository ignores it."""
    top = next((parent for parent in target.parents if os.path.lexists(parent / ".git")), None)
    return None if top is None or _ignored(top, target) else top


def _ignored(top: Path, target: Path) -> bool:
    try:
        _git("check-ignore", "-q", f"{target}/", folder=top)
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
    for command in (
        ("init", "--quiet", "--template=", "--initial-branch=main"),
        ("add", "--all", "--force"),
        ("commit", "--quiet", "--no-verify", f"--message={message}"),
        ("branch", "scaffold"),
    ):
        _git(*command, folder=folder, environment={**_ISOLATED, **identity})
    return _git("rev-parse", "HEAD", folder=folder).strip()


def clone(url: str, folder: Path, ref: str | None) -> str:
    """Clone `url` into the new `folder`, at `ref` (branch, tag or commit) if given; returns the commit.

    Asks for no password, runs no hook, fetches no submodule. Raises `OutsideError` with Git's reason.
    """
    options = (
        "--quiet",
        "--template=",
        "--no-recurse-submodules",
        *(("--no-checkout",) if ref else ("--depth=1",)),
    )
    refuse_helpers = ("-c", "protocol.ext.allow=never")
    _git(
        *refuse_helpers,
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
        _git("checkout", "--quiet", "--detach", found, folder=folder)
    return _git("rev-parse", "HEAD", folder=folder).strip()


def _first_commit(folder: Path, *names: str) -> str:
    for name in names:
        try:
            return _git("rev-parse", "--verify", "--quiet", f"{name}^{{commit}}", folder=folder).strip()
        except OutsideError:
            continue
    raise OutsideError(f"The repository has no branch, tag or commit '{names[0]}'.")


def _git(*arguments: str, folder: Path, environment: Mapping[str, str] | None = None, timeout: float = _TIMEOUT) -> str:
    """Run Git in `folder` and return what it prints; raises `OutsideError`."""
    kept = {key: value for key, value in os.environ.items() if not key.startswith("GIT_") or key.startswith(_KEPT)}
    variables = {**kept, "GIT_TERMINAL_PROMPT": "0", "LC_ALL": "C.UTF-8", **(environment or {})}
    try:
        done = subprocess.run(  # noqa: S603 - a fixed program and a list of arguments, no shell
            [shutil.which("git") or "git", *_QUIET, *arguments],
            cwd=folder,
            env=variables,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            timeout=timeout,
            check=False,
        )
    except FileNotFoundError:
        raise OutsideError("Git is not installed: install it, or use --no-git.") from None
    except subprocess.TimeoutExpired:
        raise OutsideError(f"git {_subcommand(arguments)} took longer than {timeout:.0f} seconds.") from None
    if done.returncode:
        raise OutsideError(f"git {_subcommand(arguments)} failed: {_reason(done.stderr) or 'it gave no reason'}.")
    return done.stdout.decode("utf-8", "replace")


def _subcommand(arguments: tuple[str, ...]) -> str:
    return next((word for word in arguments if word.isalpha() or word in ("rev-parse", "check-ignore")), "")


def _reason(output: bytes) -> str:
    lines = [line for line in output.decode("utf-8", "replace").splitlines() if line.strip()]
    errors = [line for line in lines if line.startswith(("fatal:", "error:"))] or lines
    return one_line(errors[0].partition(": ")[2] or errors[0]).rstrip(".") if errors else ""
