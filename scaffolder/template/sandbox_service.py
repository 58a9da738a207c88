"""The service of a `Worker`, in its child process: it renders one template on request."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from scaffolder.child import Answer, FailedError, Service
from scaffolder.errors import ScaffolderError, TemplateError
from scaffolder.template.answers import Answers, reason
from scaffolder.template.catalog import Template, Trust
from scaffolder.template.environments import render_text
from scaffolder.template.questions import matches
from scaffolder.template.render import render


def service(start: Mapping[str, Any]) -> Service:
    """The service for the template that the parent describes."""
    template = Template(start["name"], Path(start["folder"]), start["config"], Trust.SANDBOXED, start["private"])
    renderer = _Renderer(template, start["output"], start["value"])
    operations: dict[str, Callable[..., Answer]]
    operations = {"text": renderer.text, "matches": renderer.matches, "files": renderer.files}

    def answer(operation: str, **request: Any) -> Answer:
        try:
            return operations[operation](**request)
        except (ScaffolderError, MemoryError):
            raise
        except Exception as error:  # a template is a program: it may raise anything
            raise FailedError(reason(error)) from error

    return answer


@dataclass
class _Renderer:
    """Renders one template, and answers as the parent's `Worker` expects."""

    template: Template
    most_output: int  # bytes of all files
    most_value: int  # characters of a text

    def text(self, text: str, context: dict[str, Any]) -> Answer:
        rendered = render_text(self.template, text, context)
        if len(rendered) > self.most_value:
            raise TemplateError(
                f"The template was stopped: one of its values has more than {self.most_value:,} characters."
            )
        return rendered, []

    def matches(self, pattern: str, text: str) -> Answer:
        return matches(pattern, text), []

    def files(self, context: dict[str, Any], suffixes: list[str]) -> Answer:
        tree = render(self.template, Answers({}, context), tuple(suffixes))
        if sum(len(file.data) for file in tree.values()) > self.most_output:
            raise TemplateError(
                f"The template was stopped: its files have more than {self.most_output // 1_000_000:,} MB."
            )
        return [(path, file.mode) for path, file in tree.items()], [file.data for file in tree.values()]
