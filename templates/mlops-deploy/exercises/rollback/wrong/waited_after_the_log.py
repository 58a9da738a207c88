"""Waits for the old version when the log has said already that it is back."""

from contextlib import suppress


def _breach(self: Deployment, why: str, evidence: list[dict[str, Any]]) -> None:
    with suppress(OSError):
        self.site.routes.set(0)
    self._point("share 0")
    self._log("breached", why=why, evidence=evidence)
    self._move("rollback", why=why, evidence=evidence)


def _rollback(self: Deployment) -> None:
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
    self._remove_canary()
    self._once("rolled back", before=state.version, after=state.champion, why=state.why, evidence=state.evidence)
    if state.champion and self.registry.alias("champion") == state.champion:
        self._serve("champion", state.champion)
    self._move("done", outcome="rolled back")


Deployment._breach, Deployment._rollback = _breach, _rollback
