"""What a child process does wrong stays in it."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import suppress

import pytest

from assistant.documents.sandbox import Sandbox
from assistant.documents.text import DocumentError
from assistant.errors import DocumentError as NamedError
from assistant.settings import Limits

# Tests of other files need an environment that the server of children has to start with.
pytestmark = pytest.mark.usefixtures("settings")

LIMITS = Limits(document_seconds=1, megabytes=200)
# Lets a child print its number, and work until its time is over.
PARENT = """
import test_sandbox
from assistant.documents.sandbox import Sandbox

if __name__ == "__main__":
    Sandbox(test_sandbox.LIMITS).run(test_sandbox.hang)
"""


def hang() -> None:
    print(os.getpid(), flush=True)
    sum(1 for _ in iter(int, 1))  # inside C, where no signal handler of Python runs


def fill() -> int:
    return len(bytes(500_000_000))


def crash() -> None:
    os.kill(os.getpid(), signal.SIGSEGV)


def refuse(name: str) -> None:
    raise NamedError(f"{name} is refused")


def is_running(pid: int) -> bool:
    with suppress(ProcessLookupError):
        os.kill(pid, 0)
        return True
    return False


def test_results_and_refusals_pass() -> None:
    assert Sandbox(LIMITS).run(divmod, 7, 2) == (3, 1)
    with pytest.raises(NamedError, match=r"^a.md is refused$"):
        Sandbox(LIMITS).run(refuse, "a.md")
    child = Sandbox(LIMITS).run(os.getpid)
    assert child != os.getpid()
    assert not is_running(child)


@pytest.mark.parametrize(
    ("function", "sentence"),
    [(hang, "longer than 1 s;"), (fill, "more than 200 MB of memory"), (crash, "makes the reader crash; split it")],
)
def test_what_takes_too_long_or_too_much_is_ended(function: Callable[[], object], sentence: str) -> None:
    started = time.monotonic()
    with pytest.raises(DocumentError, match=sentence):
        Sandbox(LIMITS).run(function)
    assert time.monotonic() - started < 10


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGKILL])
def test_no_process_is_left_when_the_parent_ends(number: signal.Signals) -> None:
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
    command = [sys.executable, "-c", PARENT]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, env=environment) as process:
        assert process.stdout is not None
        child = int(process.stdout.readline())
        process.send_signal(number)
        assert process.wait(timeout=5)
    end = time.monotonic() + 10
    while is_running(child) and time.monotonic() < end:
        time.sleep(0.1)
    assert not is_running(child)
