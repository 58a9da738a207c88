"""A child process that works within limits on what strangers supply; it is killed if it takes too long.

A request is one line of JSON. So is the reply; after it come the bytes of files whose lengths it lists. The child
starts with the first request, and again with the next one after it has ended.
"""

from __future__ import annotations

import json
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import asdict, dataclass
from importlib import import_module
from threading import Timer
from typing import Any, BinaryIO

from scaffolder.errors import ScaffolderError, one_line

Answer = tuple[Any, list[bytes]]
"""A value for JSON, and the bytes of files."""
Service = Callable[..., Answer]
"""Answers the keywords of a request in the child. It may raise anything."""
_LONGEST = 300  # characters of what is said of a bug
# The child finds modules where this process does.
_CODE = "import sys; sys.path[:] = sys.argv[1:]; from scaffolder.child import main; main()"


@dataclass(frozen=True)
class Limits:
    """The limits of a child; on systems without the module `resource`, `wait` is the only one."""

    wait: float = 60.0  # seconds until a reply
    memory: int = 1_000_000_000  # bytes of its own data
    processor: int = 0  # seconds of processor time in all, 0 for any number


class FailedError(Exception):
    """An error of a service that is no bug of ours; the message says why, on one line."""


class Child:
    """Asks the service that `make`, "module:function", makes of `start` in a child process."""

    work = "The work"  # as the beginning of the sentence that it was stopped
    error: type[ScaffolderError] = ScaffolderError

    def __init__(self, make: str, start: Any, limits: Limits) -> None:
        self._first_line = {"make": make, "start": start, "limits": asdict(limits)}
        self._limits = limits
        self._process: subprocess.Popen[bytes] | None = None

    def ask(self, **request: Any) -> Answer:
        """The answer of the service.

        Raises an `error` if the child ends or goes over a limit, or if the service raises a `ScaffolderError`, and
        `failure` for any other error of the service.
        """
        started = time.monotonic()
        lines = [*([] if self._process else [self._first_line]), request]
        self._process = self._process or _process()
        timer = Timer(self._limits.wait, self._process.kill)
        timer.start()
        try:
            reply, files = _exchange(self._process, lines)
        except (OSError, ValueError):  # the pipe is closed, or the reply is cut off
            raise self.error(f"{self.work} was stopped: {self._fate(time.monotonic() - started)}.") from None
        finally:
            timer.cancel()
        if "refused" in reply:
            raise self.error(reply["refused"])
        if "stopped" in reply:
            raise self.error(f"{self.work} was stopped: {reply['stopped']}.")
        if "failed" in reply:
            raise self.failure(reply["failed"])
        return reply["value"], files

    def failure(self, reason: str) -> Exception:
        """The error to raise if the service fails."""
        return self.error(f"A bug in scaffolder stopped it ({reason}). Please report it.")

    def close(self) -> int | None:
        """End the child, if there is one, and wait for it; returns its exit code."""
        process, self._process = self._process, None
        if process is None:
            return None
        process.kill()
        process.communicate()
        return process.returncode

    def _fate(self, seconds: float) -> str:
        """Why the child has ended."""
        code = self.close()
        if seconds >= self._limits.wait:
            return f"it took longer than {self._limits.wait:g} seconds"
        if code == -getattr(signal, "SIGXCPU", 0):
            return f"it used more than {self._limits.processor} seconds of processor time"
        return f"its process ended with code {code}"


def _process() -> subprocess.Popen[bytes]:
    return subprocess.Popen(  # noqa: S603 - a fixed program and a list of arguments, no shell
        [sys.executable, "-P", "-c", _CODE, *sys.path],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
    )


def _exchange(process: subprocess.Popen[bytes], lines: list[dict[str, Any]]) -> Answer:
    """Send lines of JSON, and receive the reply to the last one."""
    assert process.stdin  # noqa: S101 - for the type checker: both are pipes
    assert process.stdout  # noqa: S101
    process.stdin.writelines(json.dumps(line).encode() + b"\n" for line in lines)
    process.stdin.flush()
    reply = json.loads(process.stdout.readline())
    files = [process.stdout.read(size) for size in reply["sizes"]]
    if [len(data) for data in files] != reply["sizes"]:
        raise ValueError("the reply breaks off")
    return reply, files


def main() -> None:
    """Serve one parent in the child, until standard input ends."""
    with open(0, "rb") as requests, open(1, "wb") as replies:
        first_line = json.loads(requests.readline())
        _limit(first_line["limits"])
        service = service_of(first_line)
        for line in requests:
            _send(replies, *reply_to(service, json.loads(line), first_line["limits"]))


def service_of(first_line: Mapping[str, Any]) -> Service:
    """Make the service that the parent's first line names."""
    module, _, function = first_line["make"].partition(":")
    service: Service = getattr(import_module(module), function)(first_line["start"])
    return service


def reply_to(service: Service, request: Mapping[str, Any], limits: Mapping[str, Any]) -> Answer:
    """The reply to a request, with the files that follow it."""
    try:
        value, files = service(**request)
    except MemoryError:
        return {"stopped": f"it used more than {limits['memory'] // 1_000_000:,} MB of memory"}, []
    except ScaffolderError as error:
        return {"refused": str(error)}, []
    except FailedError as error:
        return {"failed": str(error)}, []
    except Exception as error:
        return {"failed": one_line(f"{type(error).__name__}: {error}")[:_LONGEST]}, []
    return {"value": value}, files


def _limit(limits: Mapping[str, Any]) -> None:
    """Limit this process, if the system can; a limit that is already lower stays."""
    try:
        import resource
    except ImportError:  # Windows: the parent's clock is the only limit
        return
    bounds = [(resource.RLIMIT_DATA, limits["memory"], limits["memory"]), (resource.RLIMIT_CORE, 0, 0)]
    if seconds := limits["processor"]:  # the soft limit kills with SIGXCPU, which tells the parent why
        bounds.append((resource.RLIMIT_CPU, seconds, seconds + 1))
    for kind, soft, hard in bounds:
        with suppress(ValueError, OSError):
            resource.setrlimit(kind, (soft, hard))


def _send(replies: BinaryIO, reply: dict[str, Any], files: list[bytes]) -> None:
    replies.write(json.dumps({**reply, "sizes": list(map(len, files))}).encode() + b"\n")
    replies.writelines(files)
    replies.flush()
