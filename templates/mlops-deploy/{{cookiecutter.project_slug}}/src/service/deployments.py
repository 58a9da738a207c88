"""`reports/deployments.jsonl`: who did what, when, why and on what evidence. Lines are added and never changed."""

import getpass
import json
import os
from collections.abc import Iterable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

LOG = Path("reports/deployments.jsonl")

Line = dict[str, Any]


def actor() -> str:
    """Who acts: SERVICE_ACTOR (a pipeline sets it), or the user's name."""
    return os.environ.get("SERVICE_ACTOR") or os.environ.get("USER") or getpass.getuser()


class Log:
    def __init__(self, path: Path = LOG) -> None:
        self.path = path

    def append(self, deployment: str, action: str, version: str, **details: Any) -> None:
        """Add a line with the time of now, and wait until it is on the disk.

        Args:
            deployment: id of the deployment that the line belongs to.
            action: what was done, in the past tense.
            version: of the model.
            details: `before` and `after` (a share or a version), `why`, `evidence`.

        Raises:
            OSError: it cannot be written.
        """
        line: Line = {
            "at": datetime.now(UTC).isoformat(timespec="milliseconds"),
            "who": actor(),
            "action": action,
            "version": version,
            "from": details.get("before"),
            "to": details.get("after"),
            "why": details.get("why", ""),
            "evidence": details.get("evidence", []),
            "deployment": deployment,
        }
        self.path.parent.mkdir(parents=True, exist_ok=True)
        cut_off = self.path.exists() and not self.path.read_bytes().endswith(b"\n")
        with self.path.open("ab") as file:
            file.write(b"\n" * cut_off + json.dumps(line, ensure_ascii=False).encode() + b"\n")
            file.flush()
            os.fsync(file.fileno())

    def lines(self) -> list[Line]:
        """All whole lines, oldest first."""
        return parse(self.path.read_bytes().splitlines()) if self.path.exists() else []

    def has(self, deployment: str, action: str) -> bool:
        """Whether this deployment has such a line."""
        return any((line["deployment"], line["action"]) == (deployment, action) for line in self.lines())


def parse(texts: Iterable[bytes]) -> list[Line]:
    """The lines that are JSON objects; a kill or a full disk may have cut one off."""
    lines = []
    for text in texts:
        try:
            line = json.loads(text)
        except ValueError:
            continue
        lines += [line] if isinstance(line, dict) else []
    return lines
