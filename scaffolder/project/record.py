"""`.scaffolder.json`, what a project was made from: this module alone reads and writes it."""

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
    """The template's name, "" where it is not recorded, and the public answers."""

    template: str = ""
    answers: Mapping[str, Any] = field(default_factory=dict)


class RecordError(ValueError):
    """The text is no record; the message says why."""


def read(text: str) -> Record:
    """The record in `text`; raises `RecordError` if it is not a JSON object with template and answers."""
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
        raise RecordError("`template` and `answers` are not both there")
    return Record(template, answers)


def write(template: Template, answers: Answers, source: Mapping[str, Any]) -> tuple[str, File]:
    """The record of a project as a path and a file: what an update starts from."""
    content = {"template": template.name, "version": __version__, "source": source, "answers": answers.public}
    return NAME, File((json.dumps(content, indent=2, ensure_ascii=False) + "\n").encode())
