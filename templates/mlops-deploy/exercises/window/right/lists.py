"""With the lines as a list, and one reason after the other."""

from service.deployments import parse


def read(self: Window) -> None:
    if not self.access.is_file():
        return
    content = self.access.read_bytes()[self.offset :]
    whole = content[: content.rfind(b"\n") + 1]
    self.offset = self.offset + len(whole)
    for entry in parse(whole.split(b"\n")):
        self.requests[entry["slot"]].append(entry)


def full(self: Window, rollout: Rollout, slo: Slo) -> bool:
    statuses = [entry["status"] for entry in self.requests["canary"]]
    if len([status for status in statuses if status >= 500]) > rollout.window_requests * slo.error_rate:
        return True
    if time.time() < self.since + rollout.least_seconds:
        return False
    return len(statuses) >= rollout.window_requests


Window.read, Window.full = read, full
