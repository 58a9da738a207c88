"""What a deployment touches, and the error that ends it."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ..deployments import Log
from ..registry import Registry
from ..routing.routes import VAR, Routes
from ..settings import Settings
from .processes import Processes
from .state import DeployError

ASKED = "rollback.json"  # `make rollback` leaves it for a deployer that runs

Checkpoint = Callable[[str], None]  # called with a name wherever a kill would leave something else


class Breach(DeployError):  # noqa: N818  - the canary is at fault, not the code
    """The canary must go."""

    def __init__(self, why: str, evidence: list[dict[str, Any]] | None = None) -> None:
        super().__init__(why)
        self.evidence = evidence or []


@dataclass(frozen=True)
class Site:
    """Everything that a deployment touches."""

    settings: Settings
    registry: Registry
    processes: Processes
    routes: Routes
    log: Log
    folder: Path = VAR
