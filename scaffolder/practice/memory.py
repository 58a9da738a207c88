"""Which questions somebody knew the answer to, in a file of their own for each project."""

from __future__ import annotations

import hashlib
import json
import os
import re
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import date
from pathlib import Path

from scaffolder.errors import TargetError, shown, unwritable
from scaffolder.safe import read_given, replace_file

SCHEMA = 1
MOST_BYTES = 1_000_000


@dataclass(frozen=True)
class Asked:
    """How the last time went: whether they knew it, and on which day."""

    knew: bool
    day: str


class Memory:
    """The memory of one project: a file in `folder` that is named after the place of the project."""

    def __init__(self, folder: Path, project: Path) -> None:
        whole = project.resolve()
        name = re.sub(r"[^\w-]", "-", whole.name)[:60]
        digest = hashlib.sha256(os.fsencode(whole)).hexdigest()[:12]
        self.file = folder / f"{name}-{digest}.json"
        self.asked = _read(self.file) if os.path.lexists(self.file) else {}

    def keep(self, question: str, *, knew: bool) -> None:
        """Note how it went, at once; raises a `ScaffolderError` if the file cannot be written."""
        self.asked = {**self.asked, question: Asked(knew, date.today().isoformat())}
        content = {"schema": SCHEMA, "asked": {name: asdict(asked) for name, asked in self.asked.items()}}
        try:
            self.file.parent.mkdir(parents=True, exist_ok=True)
            replace_file(self.file, f"{json.dumps(content, indent=2)}\n".encode())
        except OSError as error:
            raise unwritable(self.file, error) from None


def _read(file: Path) -> Mapping[str, Asked]:
    """The judgements of before; raises `TargetError` if the file cannot be used."""
    try:
        content = json.loads(read_given(file, MOST_BYTES))
        asked = content["asked"] if content["schema"] == SCHEMA else {}
        return {name: Asked(bool(entry["knew"]), str(entry["day"])) for name, entry in asked.items()}
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError):
        raise TargetError(f"{shown(file, 300)} is damaged: delete it to begin anew.") from None
