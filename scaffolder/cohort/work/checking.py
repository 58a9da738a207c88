"""Checks students' repositories in a child process, which is killed if one takes too long or too much memory.

A request is one line of JSON, and so is the reply. The child starts with the first request, and again after a kill.
"""

from __future__ import annotations

import json
import subprocess
import sys
import time
from collections.abc import Iterable, Mapping
from contextlib import suppress
from dataclasses import asdict, replace
from pathlib import Path
from threading import Timer
from typing import TYPE_CHECKING, Any

from scaffolder.cohort.ledger import Judged
from scaffolder.errors import ScaffolderError, one_line

WAIT = 60.0  # seconds for one repository
_MEMORY = 1_000_000_000  # bytes of a child's own data, where the system can limit it
# The child finds modules where this process does.
_CODE = "import sys; sys.path[:] = sys.argv[1:]; from scaffolder.cohort.work.checking import main; main()"


if TYPE_CHECKING:
    from scaffolder.check.engine.repository import Repository


class CheckError(ScaffolderError):
    """A repository that cannot be checked."""


class Checker:
    """Checks one repository after the other."""

    def __init__(self) -> None:
        self._process: subprocess.Popen[bytes] | None = None

    def report(
        self, repository: Path, commit: str, name: str, judged: Iterable[Judged] = (), *, mine: bool = False
    ) -> Mapping[str, Any]:
        """The report of `check` on a commit, with the teacher's judgements, as JSON.

        It has more keys: `texts` has the SHA-256 of each text that people write, finished or not, and `readme` says
        whether there is a README. With `mine`, `own` counts what is the student's own, null if nobody knows.
        Raises `CheckError` if the check fails or is stopped.
        """
        started = time.monotonic()
        request = [str(repository), commit, name, [asdict(each) for each in judged], mine]
        self._process = process = self._process or _child()
        timer = Timer(WAIT, process.kill)
        timer.start()
        try:
            reply = _exchange(process, request)
        except (OSError, ValueError):  # the pipe is closed, or the reply is cut off
            self.close()
            late = time.monotonic() - started >= WAIT
            reason = f"it took longer than {WAIT:g} seconds" if late else "its process ended"
            raise CheckError(f"The check was stopped: {reason}.") from None
        finally:
            timer.cancel()
        if "failed" in reply:
            raise CheckError(reply["failed"])
        report: Mapping[str, Any] = reply["report"]
        return report

    def close(self) -> None:
        """End the child, if there is one."""
        process, self._process = self._process, None
        if process:
            process.kill()
            process.communicate()


def _child() -> subprocess.Popen[bytes]:
    return subprocess.Popen(  # noqa: S603 - a fixed program and a list of arguments, no shell
        [sys.executable, "-P", "-c", _CODE, *sys.path],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
    )


def _exchange(process: subprocess.Popen[bytes], request: list[Any]) -> dict[str, Any]:
    assert process.stdin  # noqa: S101 - for the type checker: both are pipes
    assert process.stdout  # noqa: S101
    process.stdin.write(json.dumps(request).encode() + b"\n")
    process.stdin.flush()
    reply: dict[str, Any] = json.loads(process.stdout.readline())
    return reply


def main() -> None:
    """Serve one parent, until standard input ends."""
    _limit()
    with open(0, "rb") as requests, open(1, "wb") as replies:
        for line in requests:
            replies.write(json.dumps(_reply(*json.loads(line))).encode() + b"\n")
            replies.flush()


def _limit() -> None:
    with suppress(ImportError, ValueError, OSError):  # Windows has no such limit
        import resource

        resource.setrlimit(resource.RLIMIT_DATA, (_MEMORY, _MEMORY))
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def _reply(repository: str, commit: str, name: str, judged: list[dict[str, Any]], mine: bool) -> dict[str, Any]:
    from scaffolder.check.commit_snapshot import repository_at
    from scaffolder.check.documents import readme
    from scaffolder.check.examine import examine
    from scaffolder.check.review_session import texts
    from scaffolder.cohort.report.reviewing import judgements
    from scaffolder.results.finding import State

    try:
        repo = repository_at(Path(repository), commit)
        report = examine(repo, name, given=judgements(repo, [Judged(**each) for each in judged]))
        asked = [replace(each, state=State.WRITTEN) for each in report.findings if each.written]
        found = {text.item: text.sha256 for text in texts(repo, asked)}  # also of what is not finished
        own = {"own": _own(repo)} if mine else {}
    except ScaffolderError as error:
        return {"failed": str(error)}
    except MemoryError:
        return {"failed": f"The check was stopped: it used more than {_MEMORY // 1_000_000:,} MB of memory."}
    except Exception as error:  # a bug of ours: reported as one, for this repository alone
        said = one_line(f"{type(error).__name__}: {error}")[:300]
        return {"failed": f"A bug in scaffolder kept it from being checked ({said}). Please report it."}
    return {"report": {**report.to_json(), "texts": found, "readme": readme(repo) is not None, **own}}


def _own(repo: Repository) -> dict[str, int] | None:
    """How much is the student's own, beyond the template; None if that is not known."""
    from scaffolder.check.own_work import own_work
    from scaffolder.project.mine.file_kinds import Kind

    found = own_work(repo).found
    if found is None:
        return None
    return {"code": found.lines(Kind.CODE), "tests": found.lines(Kind.TESTS), "words": found.words}
