"""Reads the log as text, and skips as many letters as it had bytes."""

from service.deployments import parse


def read(self: Window) -> None:
    if not self.access.exists():
        return
    whole, end, _ = self.access.read_text("utf-8")[self.offset :].rpartition("\n")
    self.offset += len(whole + end)
    for line in parse(each.encode() for each in whole.split("\n")):
        self.requests[line["slot"]].append(line)


def full(self: Window, rollout: Rollout, slo: Slo) -> bool:
    enough = self.count("canary") >= rollout.window_requests
    failed = self.count("canary", 500) > slo.error_rate * rollout.window_requests
    return failed or (enough and time.time() - self.since >= rollout.least_seconds)


Window.read, Window.full = read, full
