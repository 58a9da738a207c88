"""Renders somebody else's template, and matches its patterns, in a child process with limits."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from jinja2 import TemplateError as JinjaError

from scaffolder import child
from scaffolder.child import Child
from scaffolder.errors import TemplateError
from scaffolder.template.catalog import Template
from scaffolder.tree import File


@dataclass(frozen=True)
class Limits(child.Limits):
    """The limits of the child of one template."""

    processor: int = 10
    output: int = 200_000_000  # bytes of all files; there cannot be more files than the template has
    value: int = 100_000  # characters of one answer


LIMITS = Limits()


class Worker(Child):
    """Renders one template in a child process. Raises `TemplateError` with a sentence when it goes over a limit."""

    work, error = "The template", TemplateError

    def __init__(self, template: Template) -> None:
        start = {
            "name": template.name,
            "folder": str(template.folder),
            "config": template.config,
            "private": template.private,
            "output": LIMITS.output,
            "value": LIMITS.value,
        }
        super().__init__("scaffolder.template.sandbox_service:service", start, LIMITS)

    def text(self, text: str, context: Mapping[str, Any]) -> str:
        """`text` with its Jinja rendered; raises Jinja's `TemplateError` with the reason if that fails."""
        return str(self.ask(operation="text", text=text, context=context)[0])

    def matches(self, pattern: str, text: str) -> bool:
        """Whether all of `text` matches the regular expression `pattern`."""
        return bool(self.ask(operation="matches", pattern=pattern, text=text)[0])

    def files(self, context: Mapping[str, Any], suffixes: tuple[str, ...]) -> list[tuple[str, File]]:
        """The files of the project with their paths; see `render`."""
        entries, bodies = self.ask(operation="files", context=context, suffixes=suffixes)
        return [(path, File(body, mode)) for (path, mode), body in zip(entries, bodies, strict=True)]

    def failure(self, reason: str) -> Exception:
        """Jinja's error: a template is a program, and may raise anything."""
        return JinjaError(reason)
