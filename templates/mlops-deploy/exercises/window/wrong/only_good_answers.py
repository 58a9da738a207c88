"""Waits until the canary has given enough good answers, and counts no refusal."""

from service.deployments import parse


def read(self: Window) -> None:
    if not self.access.exists():
        return
    with self.access.open("rb") as file:
        file.seek(self.offset)
        whole, end, _ = file.read().rpartition(b"\n")
    self.offset += len(whole + end)
    for line in parse(whole.splitlines()):
        self.requests[line["slot"]].append(line)


def full(self: Window, rollout: Rollout, slo: Slo) -> bool:
    enough = self.count("canary", 200, 299) >= rollout.window_requests
    failed = self.count("canary", 500) > slo.error_rate * rollout.window_requests
    return failed or (enough and time.time() - self.since >= rollout.least_seconds)


Window.read, Window.full = read, full
