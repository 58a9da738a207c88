"""Run functions in a child process that is ended when it takes too long or too much memory."""

import json
import multiprocessing
import os
import signal
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import suppress
from multiprocessing.connection import Connection
from multiprocessing.process import BaseProcess
from typing import TypeVar

from pydantic import TypeAdapter

from .. import errors
from ..documents.text import DocumentError
from ..settings import Limits

if sys.platform == "win32":  # which has no limits of a process, and where each child imports the libraries itself
    SERVER = multiprocessing.get_context("spawn")
else:
    import resource

    # A server without threads forks the children. It imports the libraries once, and ends with this process.
    SERVER = multiprocessing.get_context("forkserver")
    SERVER.set_forkserver_preload([f"{__package__}.ingest", "lxml.etree", "mammoth", "markdownify", "pypdf"])

GRACE = 5.0  # seconds that a child has beyond its limit, which it keeps by itself
# The errors that the child can tell, special ones first; its answer calls them by their position.
RAISED = (errors.DocumentError, DocumentError, errors.StaleIndex, errors.Unavailable, errors.AssistantError, Exception)
END = b"end"  # what the child tells last

Result = TypeVar("Result")


def sandboxed(limits: Limits, kind: type[Result], function: Callable[..., Result], *arguments: object) -> Result:
    """What a function returns in a child process of its own; limits, arguments and errors are those of `steps`."""
    (result,) = steps(limits, kind, _one, function, *arguments)
    return result


def steps(
    limits: Limits, kind: type[Result], function: Callable[..., Iterator[Result]], *arguments: object
) -> Iterator[Result]:
    """What a function yields in a child process of its own, within limits on memory and on the time for each step.

    Memory is limited where the platform keeps RLIMIT_DATA, as Linux does. What comes back is JSON: a reader that a
    document has taken over can give a false answer, but no code.

    Args:
        limits: of the settings.
        kind: of what the function yields; JSON must be able to tell it.
        function: importable, since it is named to the child.
        *arguments: of the function, picklable.

    Raises:
        DocumentError: it takes too long or too much memory, or crashes; the message says so, without a file's name.
        AssistantError: the function raises it, or one of these kinds: named document, stale index, unavailable.
        Exception: the function raises something else.
    """
    ours, theirs = SERVER.Pipe(duplex=False)
    process = SERVER.Process(target=_work, args=(theirs, limits, kind, function, arguments), daemon=True)
    process.start()
    theirs.close()
    try:
        while (told := _received(ours, process, limits))[0] != END:
            if told[0]:
                raise RAISED[int(told[0])](*json.loads(told[1]))
            yield TypeAdapter(kind).validate_json(told[1])
    finally:  # after an interrupt, too
        process.kill()
        process.join()


def _received(ours: Connection, process: BaseProcess, limits: Limits) -> tuple[bytes, bytes]:
    """Which failure the child tells, or that it is at its end; and its next answer."""
    try:
        if not ours.poll(limits.document_seconds + GRACE):
            raise EOFError
        told, _, answer = ours.recv_bytes(limits.megabytes * 1_000_000).partition(b"\n")
    except (EOFError, OSError):  # the child has ended, and left no answer, or half of one; or it does not end
        process.join(1)
        reason = f"more than {limits.megabytes:,} MB of memory, or makes the reader crash"
        if process.exitcode in (None, -getattr(signal, "SIGALRM", 1)):
            reason = f"longer than {limits.document_seconds:g} s"
        raise DocumentError(f"takes {reason}; split it, or raise limits in settings.toml") from None
    return told, answer


def _one(function: Callable[..., Result], *arguments: object) -> Iterator[Result]:
    yield function(*arguments)


def _work(
    pipe: Connection,
    limits: Limits,
    kind: type[Result],
    function: Callable[..., Iterator[Result]],
    arguments: tuple[object, ...],
) -> None:
    """Answer in the child; if its memory is used up, or the parent is gone, end without an answer."""
    threading.Thread(target=_end_with_parent, daemon=True).start()
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the parent decides what an interrupt means
    _begin_to_count(limits)
    if sys.platform != "win32":
        wanted, most = limits.megabytes * 1_000_000, resource.getrlimit(resource.RLIMIT_DATA)[1]
        resource.setrlimit(resource.RLIMIT_DATA, (wanted if most < 0 else min(wanted, most), most))
    with suppress(MemoryError, BrokenPipeError):
        try:
            for step in function(*arguments):
                pipe.send_bytes(b"\n" + TypeAdapter(kind).dump_json(step))
                _begin_to_count(limits)
            failure, answer = END, b""
        except MemoryError:
            raise
        except Exception as error:
            failure = b"%d" % next(place for place, kind in enumerate(RAISED) if isinstance(error, kind))
            answer = json.dumps([*map(str, error.args)]).encode()
        pipe.send_bytes(failure + b"\n" + answer)


def _begin_to_count(limits: Limits) -> None:
    """Let a signal end the child after its time, whatever it does then; on Windows, the parent ends it."""
    if sys.platform != "win32":
        signal.setitimer(signal.ITIMER_REAL, limits.document_seconds)


def _end_with_parent() -> None:
    """Kill the child as soon as its parent has ended, so that nothing is written that nobody has waited for."""
    if parent := multiprocessing.parent_process():
        parent.join()
        os.kill(os.getpid(), getattr(signal, "SIGKILL", signal.SIGTERM))
