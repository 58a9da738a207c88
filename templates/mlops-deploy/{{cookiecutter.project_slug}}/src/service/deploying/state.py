"""`var/deployment.json`: where a deployment is, so that it can go on after a kill; and the lock of the deployer."""

import fcntl
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from secrets import token_hex
from typing import IO, Any, Literal

from pydantic import BaseModel, Field, ValidationError

from ..deployments import LOG, Log
from ..reporting.metrics import write_text

ENDS = {"declined", "finished", "rolled back", "not shown"}  # the last line of a deployment in the log

Step = Literal["approve", "canary", "observe", "compare", "promote", "finish", "rollback", "done"]


class DeployError(ValueError):
    """A deployment cannot begin or go on; the message says why and what to do."""


class BusyError(DeployError):
    """Another deployer is at work."""


class State(BaseModel):
    """What a deployment is about to do."""

    version: str
    champion: str | None  # the version that served when the deployment began
    step: Step
    share: int = 0  # position of the canary's next share in settings.toml
    compared: bool = False  # outcomes have shown that the canary is no worse, or a person has overridden them
    outcome: Literal["", "promoted", "declined", "rolled back", "not shown"] = ""
    why: str = ""  # of a rollback
    evidence: list[dict[str, Any]] = []
    id: str = Field(default_factory=lambda: token_hex(6))

    def ways_to_end(self) -> str:
        """The commands that end an unfinished deployment, as the second half of a sentence about it."""
        if self.step == "rollback":
            return "`make rollback` finishes its rollback"
        return f"`make deploy VERSION={self.version}` goes on with it, `make rollback` ends it"


def read_state(folder: Path) -> State | None:
    """The state of the last deployment; None if there was none. Raises DeployError if the file is broken."""
    path = folder / "deployment.json"
    try:
        return State.model_validate_json(path.read_bytes()) if path.exists() else None
    except ValidationError:
        raise DeployError(f"{path} is broken; make rollback does without it, with what {LOG} says") from None


def recovered(log: Log) -> State | None:
    """The release that is under way by the log, about to be rolled back; None if the last one has ended."""
    lines = log.lines()
    own = {line["action"]: line for line in lines if line["deployment"] == lines[-1]["deployment"]}
    if "started" not in own or own.keys() & ENDS:
        return None
    begun = own["started"]
    return State(version=begun["version"], champion=begun["from"], step="rollback", id=begun["deployment"])


def write_state(folder: Path, state: State) -> None:
    write_text(folder / "deployment.json", state.model_dump_json(indent=2) + "\n")


def lock(file: IO[Any], kind: int = fcntl.LOCK_EX) -> bool:
    """Take the lock of an open file, which ends with the last process that has it open. False if another holds it."""
    try:
        fcntl.flock(file, kind | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


@contextmanager
def deployer_lock(folder: Path) -> Iterator[None]:
    """Be the only deployer. Raises BusyError if there is another one."""
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / "deployer.lock").open("a") as file:
        if not lock(file):
            raise BusyError("another deployer is at work; `make rollback` asks it to roll back")
        yield
