"""In parts: where to go back to is decided first."""


def _breach(self: Deployment, why: str, evidence: list[dict[str, Any]]) -> None:
    try:
        self.site.routes.set(0.0)
    except OSError:
        pass  # the lease ends it
    self._point("share 0")
    self._log("breached", why=why, evidence=evidence)
    self._move("rollback", evidence=evidence, why=why)


def _rollback(self: Deployment) -> None:
    old, new = self.state.champion, self.state.version
    self.site.routes.set(0.0)
    self._point("share 0")
    live = self.registry.alias("champion")
    if live == new and old is None:
        self.processes.stop("champion")
        self._point("champion stopped")
        self.registry.drop_alias("champion")
        self._point("champion restored")
    elif live == new:
        self.registry.set_alias("champion", old)
        self._point("champion restored")
    if old is not None and live in (old, new):
        if self.registry.alias("previous") == old:
            self.registry.drop_alias("previous")
            self._point("previous dropped")
        self._serve("champion", old)
    self._remove_canary()
    end = self.state.outcome or "rolled back"
    told = {"before": new, "after": old, "why": self.state.why, "evidence": self.state.evidence}
    if not self.site.log.has(self.state.id, end):
        self._log(end, **told)
    self._move("done", outcome=end)


Deployment._breach, Deployment._rollback = _breach, _rollback
