"""What the steps of a deployment are made of. Each act may be repeated, so a second run after a kill does no harm."""

import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ..deployments import Log
from ..registry import Registry
from ..routing.routes import VAR, Routes
from ..settings import Settings
from .approval import Approve
from .processes import Processes
from .state import DeployError, State, Step, write_state

ASKED = "rollback.json"  # `make rollback` leaves it for a deployer that runs
POLL_SECONDS = 0.1
SWITCH_SECONDS = 120.0  # within this time, a slot serves another version

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


class Acts:
    """The acts of one deployment, whose place is in `state`."""

    def __init__(self, site: Site, state: State, approve: Approve, checkpoint: Checkpoint = lambda _: None) -> None:
        self.site, self.state, self.approve, self.checkpoint = site, state, approve, checkpoint
        self.settings, self.registry, self.processes = site.settings, site.registry, site.processes
        self.renewed_at = 0.0

    def _serve(self, slot: str, version: str) -> None:
        """Wait until a slot serves the version; start its process if it does not run."""
        self.processes.start(slot)
        self._point(f"{slot} runs")
        end = time.monotonic() + SWITCH_SECONDS
        while (serving := self.processes.version(slot)) != version:
            if time.monotonic() > end:
                raise DeployError(f"the {slot} serves version {serving} and does not change to {version}; see its log")
            time.sleep(POLL_SECONDS)

    def _tick(self, share: float) -> None:
        """Renew the lease, and see whether the canary may go on."""
        if time.monotonic() - self.renewed_at > self.settings.rollout.lease_seconds / 5:
            self._give(share)
        if (asked := self.site.folder / ASKED).exists():
            raise Breach(asked.read_text(encoding="utf-8").strip())
        for name in ("router", "canary", "champion"):
            if not self.processes.alive(name):
                # Until the champion answers again, the canary keeps its share, since it stands in for it.
                self.processes.start("champion", meanwhile=lambda: self._give(share))
                raise Breach(f"the process of the {name} died")

    def _give(self, share: float) -> None:
        self.site.routes.set(share, self.settings.rollout.lease_seconds)
        self.renewed_at = time.monotonic()
        self._point("share given")

    def _once(self, action: str, **details: Any) -> None:
        """Log what a deployment does once, unless the line is there from before a kill."""
        if not self.site.log.has(self.state.id, action):
            self._log(action, **details)

    def _log(self, action: str, **details: Any) -> None:
        self.site.log.append(self.state.id, action, self.state.version, **details)
        print(f"Version {self.state.version}: {action}", flush=True)
        self._point(f"{action} logged")

    def _move(self, step: Step, **changes: Any) -> None:
        self.state = self.state.model_copy(update={"step": step, **changes})
        write_state(self.site.folder, self.state)
        self._point("begins")

    def _point(self, name: str) -> None:
        self.checkpoint(f"{self.state.step} {self.state.share}: {name}")
