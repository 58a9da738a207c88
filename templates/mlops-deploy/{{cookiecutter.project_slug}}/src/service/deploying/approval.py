"""Somebody must say yes to a release: at the terminal, or in a signed-off file that names the exact model."""

import json
import sys
import tomllib
from collections.abc import Callable
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path

from ..deployments import actor
from ..registry import open_registry
from ..reporting.metrics import write_text
from ..settings import Settings
from .state import DeployError

FOLDER = Path("approvals")

Approve = Callable[[str, bytes], str]  # (version, the model's file) -> who approved it, and how; raises Declined


class Declined(DeployError):  # noqa: N818  - it is an answer
    """Nobody approved the version."""


def by_hand(version: str, model: bytes) -> str:
    """Ask the person at the terminal."""
    if not sys.stdin.isatty():
        raise Declined(
            "this is no terminal, so nobody can be asked; say YES=1 after make deploy (--yes), or use an approval file"
        )
    answer = input(f"Release version {version} (SHA-256 {sha256(model).hexdigest()[:12]}…) to a canary? [y/N] ")
    if answer.strip().lower() not in ("y", "yes"):
        raise Declined(f"{actor()} said no")
    return f"asked: {actor()}"


def by_option(_: str, __: bytes) -> str:
    """`--yes` on the command line."""
    return f"--yes: {actor()}"


def by_file(version: str, model: bytes, act: str = "approve") -> str:
    """Read the signed-off file."""
    path = _path(version, act)
    try:
        found = tomllib.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise Declined(f"{path} does not exist; who signs runs: make {act} VERSION={version} BY=name") from None
    except ValueError as error:
        raise Declined(f"{path} is no TOML file: {error}") from None
    if (found.get("version"), found.get("sha256")) != (version, sha256(model).hexdigest()) or not found.get("by"):
        raise Declined(f"{path} does not {act} the model that version {version} has; look at it and sign it again")
    return f"{path}: {found['by']}, {found.get('at')}, {found.get('reason')}"


def sign(settings: Settings, version: str, by: str, reason: str = "", act: str = "approve") -> Path:
    """Write the file that approves the model that this version has now, or (`override`) releases it undecided.

    Raises:
        RegistryError, DeployError, OSError: there is no name, no such version, or no file can be written.
    """
    if not by.strip():
        raise DeployError(f"a signature needs a name: make {act} VERSION=… BY=name")
    digest = sha256(open_registry(settings).files(version).model).hexdigest()
    at = datetime.now(UTC).isoformat(timespec="seconds")
    content = {"version": version, "sha256": digest, "by": by, "at": at, "reason": reason}
    path = _path(version, act)
    write_text(path, "".join(f"{key} = {json.dumps(value)}\n" for key, value in content.items()))
    return path


def _path(version: str, act: str) -> Path:
    return FOLDER / (f"{version}.toml" if act == "approve" else f"{version}.{act}.toml")
