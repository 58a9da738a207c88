"""The child process of `worker`: limits itself, then renders on request, until its standard input ends."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO

from scaffolder.errors import ScaffolderError, TemplateError
from scaffolder.template.answers import Answers, reason
from scaffolder.template.catalog import Template, Trust
from scaffolder.template.environments import render_text
from scaffolder.template.questions import matches
from scaffolder.template.render import render
from scaffolder.template.worker import stopped

Reply = tuple[Any, list[bytes]]  # a value for JSON, and the bytes of files


def main() -> None:
    """Serve one parent: read requests from standard input, and write replies to standard output."""
    with open(0, "rb") as requests, open(1, "wb") as replies:
        start = json.loads(requests.readline())
        _limit(start["limits"])
        service = service_of(start)
        for line in requests:
            _send(replies, *service.reply(**json.loads(line)))


def _limit(limits: Mapping[str, int]) -> None:
    """Limit this process, if the system can; a limit that is already lower stays."""
    try:
        import resource
    except ImportError:  # Windows: the parent's clock is the only limit
        return
    seconds = limits["processor"]
    for kind, soft, hard in (
        (resource.RLIMIT_CPU, seconds, seconds + 1),  # the soft limit kills with SIGXCPU, which tells the parent why
        (resource.RLIMIT_AS, limits["memory"], limits["memory"]),
        (resource.RLIMIT_CORE, 0, 0),
    ):
        with suppress(ValueError, OSError):
            resource.setrlimit(kind, (soft, hard))


def _send(replies: BinaryIO, reply: dict[str, Any], files: list[bytes]) -> None:
    replies.write(json.dumps({**reply, "sizes": list(map(len, files))}).encode() + b"\n")
    replies.writelines(files)
    replies.flush()


def service_of(start: Mapping[str, Any]) -> _Service:
    """Make the service for the template that the parent's first line describes."""
    template = Template(start["name"], Path(start["folder"]), start["config"], Trust.SANDBOXED, start["private"])
    return _Service(template, start["limits"])


@dataclass
class _Service:
    """Renders one template, and answers with what the parent's `Worker` expects."""

    template: Template
    limits: Mapping[str, int]

    def reply(self, operation: str, **request: Any) -> Reply:
        """The reply to one request, and the files that follow it."""
        operations: dict[str, Callable[..., Reply]]
        operations = {"text": self.text, "matches": self.matches, "files": self.files}
        try:
            value, files = operations[operation](**request)
        except MemoryError:
            return {"refused": stopped(f"it used more than {self.limits['memory'] // 1_000_000:,} MB of memory")}, []
        except ScaffolderError as error:
            return {"refused": str(error)}, []
        except Exception as error:  # a template is a program: it may raise anything
            return {"failed": reason(error)}, []
        return {"value": value}, files

    def text(self, text: str, context: dict[str, Any]) -> Reply:
        rendered = render_text(self.template, text, context)
        if len(rendered) > self.limits["value"]:
            raise TemplateError(stopped(f"one of its values has more than {self.limits['value']:,} characters"))
        return rendered, []

    def matches(self, pattern: str, text: str) -> Reply:
        return matches(pattern, text), []

    def files(self, context: dict[str, Any], suffixes: list[str]) -> Reply:
        tree = render(self.template, Answers({}, context), tuple(suffixes))
        if sum(len(file.data) for file in tree.values()) > self.limits["output"]:
            raise TemplateError(stopped(f"its files have more than {self.limits['output'] // 1_000_000:,} MB"))
        return [(path, file.mode) for path, file in tree.items()], [file.data for file in tree.values()]
