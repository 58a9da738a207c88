"""The state machine of a deployment. Its table, with what a kill leaves at each step: docs/deployment-states.md.

Rule of every step: act (each act may be repeated), log, write the next step. A rollback takes the share away first.
"""

import time
from contextlib import suppress
from typing import Any

from .analysis import Window, judge, unjudged
from .approval import Approve, Declined
from .site import ASKED, Breach, Checkpoint, Site
from .state import DeployError, State, Step, write_state

POLL_SECONDS = 0.1
SWITCH_SECONDS = 30.0  # within this time, a slot serves another version


class Deployment:
    """One deployment, from the step in `state` on."""

    def __init__(self, site: Site, state: State, approve: Approve, checkpoint: Checkpoint = lambda _: None) -> None:
        self.site, self.state, self.approve, self.checkpoint = site, state, approve, checkpoint
        self.settings, self.registry, self.processes = site.settings, site.registry, site.processes
        self.renewed_at = 0.0

    def run(self) -> State:
        """Go on until done. An error while the canary is tried out means a rollback.

        Raises:
            RegistryError, SlotError, DeployError, OSError: another step cannot be finished; a second run goes on there.
                The canary has no share, at the latest when its lease ends.
        """
        while self.state.step != "done":
            try:
                getattr(self, f"_{self.state.step}")()
            except (ValueError, OSError) as error:
                if self.state.step not in ("canary", "observe", "promote"):
                    raise
                self._breach(str(error), getattr(error, "evidence", []))
            except BaseException:  # interrupted, or a bug: from here on nobody watches the canary
                with suppress(OSError):
                    self.site.routes.set(0)
                raise
        return self.state

    def _approve(self) -> None:
        self._once("started", before=self.state.champion, after=self.state.version)
        if not self.site.log.has(self.state.id, "approved"):
            try:
                how = self.approve(self.state.version, self.registry.files(self.state.version).model)
            except Declined as error:
                self._log("declined", why=str(error))
                self._move("done", outcome="declined", why=str(error))
                return
            self._log("approved", why=how)
        self._move("canary" if self.state.champion else "promote")

    def _canary(self) -> None:
        self.registry.set_alias("challenger", self.state.version)
        self._point("alias set")
        self._serve("canary", self.state.version)
        self._once("canary started")
        self._move("observe")

    def _observe(self) -> None:
        shares = [0.0, *self.settings.rollout.shares]
        before, share = shares[self.state.share : self.state.share + 2]
        self._give(share)
        self._log("routed", before=before, after=share)
        checks = judge(self._watch(share), self.processes.scores, self.settings)
        evidence = [check._asdict() for check in checks]
        alone = share == shares[-1]  # then the champion gets no requests, so there are no scores to compare with
        self._log("analysed", after=share, why="" if alone else unjudged(checks), evidence=evidence)
        if broken := [f"{one.name} is {one.value:.4g}, above {one.bound:.4g}" for one in checks if not one.passed]:
            raise Breach("; ".join(broken), evidence)
        if alone:
            self._move("promote")
        else:
            self._move("observe", share=self.state.share + 1)

    def _watch(self, share: float) -> Window:
        """Wait until the canary has answered enough requests, or has failed more than all of them may."""
        rollout, window = self.settings.rollout, Window(self.site.folder / "access.jsonl")
        while True:
            self._tick(share)
            window.read()
            if window.full(rollout, self.settings.slo):
                return window
            if time.time() - window.since > rollout.most_seconds:
                count = f"{window.count('canary')} of {rollout.window_requests}"
                raise Breach(f"too few requests: {count} in {rollout.most_seconds:.0f} s")
            self._point("watching")
            time.sleep(POLL_SECONDS)

    def _promote(self) -> None:
        state = self.state
        if (now := self.registry.alias("champion")) not in (state.champion, state.version):
            raise Breach(f"version {now} was made the champion meanwhile")
        if state.champion:
            self.registry.set_alias("previous", state.champion)
            self._point("previous set")
        self.registry.set_alias("champion", state.version)
        self._point("champion set")
        self._serve("champion", state.version)
        self.processes.start("router")
        self.processes.start("supervisor")
        self._once("promoted", before=state.champion, after=state.version)
        self._move("finish")

    def _finish(self) -> None:
        self.site.routes.set(0)
        self._point("share 0")
        self._remove_canary()
        self._once("finished")
        self._move("done", outcome="promoted")

    def _breach(self, why: str, evidence: list[dict[str, Any]]) -> None:
        """End the share, or leave it to its lease if the disk is full (point: share 0); log `breached`; roll back."""
        with suppress(OSError):  # then the lease ends it
            self.site.routes.set(0)
        self._point("share 0")
        self._log("breached", why=why, evidence=evidence)
        self._move("rollback", why=why, evidence=evidence)

    def _rollback(self) -> None:
        """Bring back `state.champion`, which served when the deployment began; another version's alias is left alone.

        The share goes to 0 (a full disk ends this run). If `state.version` is the champion, the old one gets the alias
        back; without an old one, the process stops and the alias goes (point: champion restored). If the old one is
        the champion then, `previous` no longer names it, and `_serve` waits. The canary is removed, and at last the log
        tells all that once, with `state.champion` as `after`.
        """
        state = self.state
        self.site.routes.set(0)
        if self.registry.alias("champion") == state.version:
            if state.champion:
                self.registry.set_alias("champion", state.champion)
            else:
                self.processes.stop("champion")
                self.registry.drop_alias("champion")
            self._point("champion restored")
        if state.champion and self.registry.alias("champion") == state.champion:
            if self.registry.alias("previous") == state.champion:
                self.registry.drop_alias("previous")
            self._serve("champion", state.champion)
        self._remove_canary()
        self._once("rolled back", before=state.version, after=state.champion, why=state.why, evidence=state.evidence)
        self._move("done", outcome="rolled back")

    def _remove_canary(self) -> None:
        self.processes.stop("canary")
        self._point("canary stopped")
        self.registry.drop_alias("challenger")
        self._point("challenger dropped")

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
