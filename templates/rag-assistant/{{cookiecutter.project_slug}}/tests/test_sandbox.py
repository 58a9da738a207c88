"""What a child process does wrong stays in it."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import suppress
from typing import Any

import pytest
from pydantic import ValidationError

from assistant.documents.text import DocumentError
from assistant.errors import AssistantError, StaleIndex, Unavailable
from assistant.errors import DocumentError as NamedError
from assistant.ingestion import sandbox
from assistant.ingestion.sandbox import sandboxed
from assistant.settings import Limits

if sys.platform == "win32":
    pytest.skip("Windows has no such signals and limits", allow_module_level=True)

# Tests of other files need an environment that the server of children has to start with.
pytestmark = pytest.mark.usefixtures("settings")

HANG = 60.0  # seconds after which something is said to hang
LIMITS = Limits(document_seconds=HANG, megabytes=200)
SHORT, LONG = Limits(document_seconds=0.2), Limits(document_seconds=10 * HANG)
# Lets a child print its number, and work for long.
PARENT = """
import test_sandbox
from assistant.ingestion.sandbox import sandboxed

if __name__ == "__main__":
    sandboxed(test_sandbox.LONG, int, test_sandbox.hang)
"""


def hang() -> int:
    print(os.getpid(), flush=True)
    return sum(1 for _ in iter(int, 1))  # inside C, where no signal handler of Python runs


def fill() -> int:
    return len(bytes(500_000_000))


def crash() -> int:
    os.kill(os.getpid(), signal.SIGSEGV)
    return 0


def ignore() -> int:
    signal.signal(signal.SIGALRM, signal.SIG_IGN)
    time.sleep(HANG)
    return 1


def lie() -> Any:
    return "code"


def raised(kind: type[Exception], *arguments: str) -> int:
    raise kind(*arguments)


def is_running(pid: int) -> bool:
    with suppress(ProcessLookupError):
        os.kill(pid, 0)
        return True
    return False


@pytest.mark.parametrize("kind", [DocumentError, NamedError, Unavailable, StaleIndex, AssistantError])
def test_results_and_refusals_pass(kind: type[Exception]) -> None:
    assert sandboxed(LIMITS, tuple[int, int], divmod, 7, 2) == (3, 1)
    with pytest.raises(kind, match=r"^a.md is refused$") as caught:
        sandboxed(LIMITS, int, raised, kind, "a.md is refused")
    assert type(caught.value) is kind
    child = sandboxed(LIMITS, int, os.getpid)
    assert child != os.getpid()
    assert not is_running(child)


def test_what_only_the_operator_may_know_is_kept_apart() -> None:
    with pytest.raises(Unavailable) as caught:
        sandboxed(LIMITS, int, raised, Unavailable, "no database answers", "host db, user me")
    assert (caught.value.message, str(caught.value)) == (
        "no database answers",
        "no database answers (host db, user me)",
    )


def test_nothing_but_json_of_the_promised_kind_is_taken_from_a_child() -> None:
    with pytest.raises(ValidationError):
        sandboxed(LIMITS, int, lie)
    with pytest.raises(Exception, match="a bug"):
        sandboxed(LIMITS, int, raised, KeyError, "a bug")


@pytest.mark.parametrize(
    ("function", "sentence"),
    [
        (fill, "more than 200 MB of memory"),
        (crash, "makes the reader crash; split it"),
    ],
)
def test_what_takes_too_much_is_ended(function: Callable[[], int], sentence: str) -> None:
    with pytest.raises(DocumentError, match=sentence):
        sandboxed(LIMITS, int, function)


@pytest.mark.parametrize("function", [hang, pytest.param(ignore, marks=pytest.mark.slow)])
def test_what_takes_too_long_is_ended(function: Callable[[], int], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sandbox, "GRACE", 0.2)
    with pytest.raises(DocumentError, match=r"longer than 0\.2 s;"):
        sandboxed(SHORT, int, function)


@pytest.mark.slow  # it starts programs that start others
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGKILL])
def test_no_process_is_left_when_the_parent_ends(number: signal.Signals) -> None:
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
    command = [sys.executable, "-c", PARENT]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, env=environment) as process:
        assert process.stdout is not None
        child = int(process.stdout.readline())
        process.send_signal(number)
        assert process.wait(HANG)
    end = time.monotonic() + HANG
    while is_running(child) and time.monotonic() < end:
        time.sleep(0.02)
    assert not is_running(child)
