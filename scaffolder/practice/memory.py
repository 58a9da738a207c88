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

from scaffolder.errors import OutsideError, TargetError, one_line, shown

SCHEMA = 1
MOST_BYTES = 1_000_000


@dataclass(frozen=True)
class Asked:
    """How the last time went: whether they knew it, on which day, and how often it was asked so far."""

    knew: bool
    day: str
    times: int = 1


class Memory:
    """The memory of one project: a file in `folder` that is named after the place of the project."""

    def __init__(self, folder: Path, project: Path) -> None:
        whole = project.resolve()
        name = re.sub(r"[^\w-]", "-", whole.name)[:60]
        digest = hashlib.sha256(os.fsencode(whole)).hexdigest()[:12]
        self.file = folder / f"{name}-{digest}.json"
        self.asked = self._read()

    def keep(self, question: str, *, knew: bool) -> None:
        """Note how it went, at once; raises `OutsideError` if the file cannot be written."""
        before = self.asked.get(question)
        now = Asked(knew, date.today().isoformat(), before.times + 1 if before else 1)
        self.asked = {**self.asked, question: now}
        content = {"schema": SCHEMA, "asked": {name: asdict(each) for name, each in self.asked.items()}}
        new = self.file.with_suffix(f".{os.getpid()}.new")
        try:
            self.file.parent.mkdir(parents=True, exist_ok=True)
            new.write_text(json.dumps(content, indent=2) + "\n", "utf-8")
            new.replace(self.file)
        except OSError as error:
            why = one_line(error.strerror or str(error)).rstrip(".")
            raise OutsideError(f"{shown(self.file, 300)} cannot be written: {why}.") from None

    def _read(self) -> Mapping[str, Asked]:
        """The judgements of before; raises `TargetError` if the file is there and cannot be used."""
        try:
            with self.file.open("rb") as opened:
                data = opened.read(MOST_BYTES + 1)
        except FileNotFoundError:
            return {}
        except OSError as error:
            raise TargetError(f"{shown(self.file, 300)} cannot be read: {error.strerror}.") from None
        try:
            content = json.loads(data if len(data) <= MOST_BYTES else b"")
            asked = content["asked"] if content["schema"] == SCHEMA else {}
            return {
                name: Asked(bool(each["knew"]), str(each["day"]), int(each["times"])) for name, each in asked.items()
            }
        except (ValueError, TypeError, KeyError, AttributeError, RecursionError):
            raise TargetError(f"{shown(self.file, 300)} is damaged: delete it to begin anew.") from None
