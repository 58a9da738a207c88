"""`.scaffolder.json` records what a project was created from. Only this module reads and writes it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from scaffolder import __version__
from scaffolder.template.answers import Answers
from scaffolder.template.catalog import Template
from scaffolder.tree import File

NAME = ".scaffolder.json"
MAX_BYTES = 1_000_000


@dataclass(frozen=True)
class Record:
    """The template's name, "" if it is not recorded, and the public answers."""

    template: str = ""
    answers: Mapping[str, Any] = field(default_factory=dict)


class RecordError(ValueError):
    """The text is not a record; the message says why."""


def read(text: str) -> Record:
    """Parse a record; raises `RecordError` if `text` is not a JSON object with `template` and `answers`."""
    if len(text) > MAX_BYTES:
        raise RecordError(f"it is larger than {MAX_BYTES:,} bytes")
    try:
        content = json.loads(text)
    except (ValueError, RecursionError):
        raise RecordError("it is not JSON") from None
    if not isinstance(content, dict):
        raise RecordError("it is not a JSON object")
    template, answers = content.get("template"), content.get("answers")
    if not isinstance(template, str) or not isinstance(answers, dict):
        raise RecordError("it has no `template` or no `answers`")
    return Record(template, answers)


def write(template: Template, answers: Answers, source: Mapping[str, Any]) -> tuple[str, File]:
    """The record of a new project, as a path and a file. A later update starts from it."""
    content = {"template": template.name, "version": __version__, "source": source, "answers": answers.public}
    return NAME, File((json.dumps(content, indent=2, ensure_ascii=False) + "\n").encode())
