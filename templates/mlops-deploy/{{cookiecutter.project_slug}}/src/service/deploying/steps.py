"""The state machine of a deployment. Its table, with what a kill leaves at each step: docs/deployment-states.md.

Rule of every step: act (each act may be repeated), log, write the next step. A rollback takes the share away first.
"""

import time
from contextlib import suppress
from typing import Any

from .acts import POLL_SECONDS, Acts, Breach
from .analysis import Window, judge, unjudged
from .approval import Declined, by_file
from .comparison import decide, told
from .state import State


class Deployment(Acts):
    """One deployment, from the step in `state` on."""

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
                if self.state.step not in ("canary", "observe", "compare", "promote"):
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
        self._next(self.state.share)

    def _observe(self) -> None:
        shares = [0.0, *self.settings.rollout.shares]
        before = shares[self.state.share] if self.state.share > 1 else 0.0  # none while outcomes decide
        share = shares[self.state.share + 1]
        self._give(share)
        self._log("routed", before=before, after=share)
        checks = judge(self._watch(share), self.settings)
        evidence = [check._asdict() for check in checks]
        alone = share == shares[-1]  # then the champion gets no requests, so there are no scores to compare with
        self._log("analysed", after=share, why="" if alone else unjudged(checks), evidence=evidence)
        if broken := [told(one) for one in checks if not one.passed]:
            raise Breach("; ".join(broken), evidence)
        if alone:
            self._move("promote")
        else:
            self._next(self.state.share + 1)

    def _next(self, share: int, **changes: Any) -> None:
        """Go on to a share; only the first one is given before outcomes are compared, and never all requests."""
        first = min(1, len(self.settings.rollout.shares) - 1)
        compare = share == first and not (self.state.compared or changes)
        self._move("compare" if compare else "observe", share=share, **changes)

    def _compare(self) -> None:
        """Without a share, wait for outcomes that neither version was trained on, until they decide or a limit ends."""
        self._give(0)
        answer, why, evidence = decide(self.site, self.state, lambda: self._tick(0), self._log)
        if answer == "worse":
            raise Breach(why, evidence)
        if answer == "not shown":
            try:
                model = self.registry.files(self.state.version).model
                self._log("overridden", why=f"{why}; {by_file(self.state.version, model, 'override')}")
            except Declined:
                self._move("rollback", outcome="not shown", why=why, evidence=evidence)
                return
        self._next(self.state.share, compared=True)

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
        tells all that once, with `state.champion` as `after`: as `state.outcome`, or "rolled back" if it has none.
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
        end = state.outcome or "rolled back"
        self._once(end, before=state.version, after=state.champion, why=state.why, evidence=state.evidence)
        self._move("done", outcome=end)

    def _remove_canary(self) -> None:
        self.processes.stop("canary")
        self._point("canary stopped")
        self.registry.drop_alias("challenger")
        self._point("challenger dropped")
