"""Run functions in a child process that is ended when it takes too long or too much memory."""

import multiprocessing
import resource
import signal
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from multiprocessing.connection import Connection
from typing import TypeVar

from ..settings import Limits
from .text import DocumentError

# A server without threads forks the children. It imports the readers once, and ends with this process.
SERVER = multiprocessing.get_context("forkserver")
SERVER.set_forkserver_preload([f"{__package__}.ingest"])

Result = TypeVar("Result")


@dataclass(frozen=True, slots=True)
class Sandbox:
    """Runs each function in a child process of its own, within limits on time and memory.

    Memory is limited where the platform keeps RLIMIT_DATA, as Linux does.
    """

    limits: Limits

    def run(self, function: Callable[..., Result], *arguments: object) -> Result:
        """What the function returns. It, its arguments and its result have to be picklable.

        Raises:
            DocumentError: it takes too long or too much memory, or crashes; the message says so, without a file's name.
            Exception: whatever the function raises.
        """
        ours, theirs = SERVER.Pipe(duplex=False)
        process = SERVER.Process(target=_work, args=(theirs, self.limits, function, arguments), daemon=True)
        process.start()
        theirs.close()
        try:
            answer = ours.recv()
        except EOFError:  # the child has ended, and left no answer
            process.join()
            reason = f"more than {self.limits.megabytes:,} MB of memory, or makes the reader crash"
            if process.exitcode == -signal.SIGALRM:
                reason = f"longer than {self.limits.document_seconds:g} s"
            answer = DocumentError(f"takes {reason}; split it, or raise limits in settings.toml")
        finally:  # after an interrupt, too
            process.kill()
            process.join()
        if isinstance(answer, Exception):
            raise answer
        return answer  # type: ignore[no-any-return]


def _work(pipe: Connection, limits: Limits, function: Callable[..., object], arguments: tuple[object, ...]) -> None:
    """Answer in the child; if its memory is used up, or the parent is gone, end without an answer."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the parent decides what an interrupt means
    signal.setitimer(signal.ITIMER_REAL, limits.document_seconds)  # its signal ends the child, whatever it does
    most = resource.getrlimit(resource.RLIMIT_DATA)[1]
    resource.setrlimit(resource.RLIMIT_DATA, (limits.megabytes * 1_000_000, most))
    with suppress(MemoryError, BrokenPipeError):
        try:
            answer = function(*arguments)
        except MemoryError:
            raise
        except Exception as error:
            answer = error
        pipe.send(answer)
