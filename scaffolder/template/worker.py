"""Runs somebody else's Jinja and patterns in a child process with limits; this is the parent's end of the pipes.

A request is one line of JSON. So is the reply; after it come the bytes of files whose lengths it lists. The child
starts with the first request, and is killed when it goes over a limit; a later request would start another one.
"""

from __future__ import annotations

import json
import signal
import subprocess
import sys
import time
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from threading import Timer
from typing import Any

from jinja2 import TemplateError as JinjaError

from scaffolder.errors import TemplateError
from scaffolder.template.catalog import Template
from scaffolder.tree import File

# The child finds modules where this process does.
_CODE = "import sys; sys.path[:] = sys.argv[1:]; from scaffolder.template.worker_process import main; main()"


@dataclass(frozen=True)
class Limits:
    """The limits of one child; on systems without the module `resource`, `processor` and `memory` have no effect."""

    processor: int = 10  # seconds of processor time
    wait: float = 60.0  # seconds until a reply
    memory: int = 1_000_000_000  # bytes of address space
    output: int = 200_000_000  # bytes of all files; there cannot be more files than the template has
    value: int = 100_000  # characters of one answer


LIMITS = Limits()


def stopped(reason: str) -> str:
    """The sentence about a template that went over a limit."""
    return f"The template was stopped: {reason}."


class Worker:
    """Renders one template in a child process. Raises `TemplateError` with a sentence when it goes over a limit."""

    def __init__(self, template: Template) -> None:
        self._start = {
            "limits": asdict(LIMITS),
            "name": template.name,
            "folder": str(template.folder),
            "config": template.config,
            "private": template.private,
        }
        self._process: subprocess.Popen[bytes] | None = None

    def text(self, text: str, context: Mapping[str, Any]) -> str:
        """`text` with its Jinja rendered; raises Jinja's `TemplateError` with the reason if that fails."""
        return str(self._ask("text", text=text, context=context)[0])

    def matches(self, pattern: str, text: str) -> bool:
        """Whether all of `text` matches the regular expression `pattern`."""
        return bool(self._ask("matches", pattern=pattern, text=text)[0])

    def files(self, context: Mapping[str, Any], suffixes: tuple[str, ...]) -> list[tuple[str, File]]:
        """The files of the project with their paths; see `render`."""
        entries, bodies = self._ask("files", context=context, suffixes=suffixes)
        return [(path, File(body, mode)) for (path, mode), body in zip(entries, bodies, strict=True)]

    def close(self) -> int | None:
        """End the child, if there is one, and wait for it; returns its exit code."""
        process, self._process = self._process, None
        if process is None:
            return None
        process.kill()
        process.communicate()
        return process.returncode

    def _ask(self, operation: str, **request: Any) -> tuple[Any, list[bytes]]:
        """Send a request; returns the value in the child's reply, and the bytes of the files after it."""
        started = time.monotonic()
        lines = [*([] if self._process else [self._start]), {"operation": operation, **request}]
        self._process = self._process or _child()
        timer = Timer(LIMITS.wait, self._process.kill)
        timer.start()
        try:
            reply, bodies = _exchange(self._process, lines)
        except (OSError, ValueError):  # the pipe is closed, or the reply is cut off
            raise TemplateError(stopped(self._fate(time.monotonic() - started))) from None
        finally:
            timer.cancel()
        if "refused" in reply:
            raise TemplateError(reply["refused"])
        if "failed" in reply:
            raise JinjaError(reply["failed"])
        return reply["value"], bodies

    def _fate(self, seconds: float) -> str:
        """Why the child has ended."""
        code = self.close()
        if seconds >= LIMITS.wait:
            return f"it took longer than {LIMITS.wait:g} seconds"
        if code == -getattr(signal, "SIGXCPU", 0):
            return f"it used more than {LIMITS.processor} seconds of processor time"
        return f"its process ended with code {code}"


def _child() -> subprocess.Popen[bytes]:
    return subprocess.Popen(  # noqa: S603 - a fixed program and a list of arguments, no shell
        [sys.executable, "-P", "-c", _CODE, *sys.path],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
    )


def _exchange(process: subprocess.Popen[bytes], lines: list[dict[str, Any]]) -> tuple[dict[str, Any], list[bytes]]:
    """Send lines of JSON, and receive the reply to the last one."""
    assert process.stdin  # noqa: S101 - for the type checker: both are pipes
    assert process.stdout  # noqa: S101
    process.stdin.writelines(json.dumps(line).encode() + b"\n" for line in lines)
    process.stdin.flush()
    reply = json.loads(process.stdout.readline())
    bodies = [process.stdout.read(size) for size in reply["sizes"]]
    if [len(body) for body in bodies] != reply["sizes"]:
        raise ValueError("the reply breaks off")
    return reply, bodies
