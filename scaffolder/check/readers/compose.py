"""What a compose file says about its services."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from scaffolder.check.engine.repository import Repository, fact
from scaffolder.check.readers.yaml import Mapping, YamlError, load_yaml


@dataclass(frozen=True)
class Compose:
    """A compose file and its services by name: those built here, or all if none is."""

    path: str
    services: dict[str, Mapping]

    @property
    def checks_health(self) -> bool:
        """Whether a service that is built here has a health check."""
        checks = [each.get("healthcheck") for each in self.services.values() if each.get("build")]
        return any(isinstance(check, Mapping) and check.get("test") for check in checks)

    @property
    def exposed(self) -> list[tuple[int, str]]:
        """Where a service runs as root, privileged or with Docker's socket."""
        return [(line, f"{name} {what}") for name, each in self.services.items() for line, what in _exposed(each)]


def _exposed(service: Mapping) -> Iterator[tuple[int, str]]:
    if str(service.get("user", "")).partition(":")[0] in ("root", "0"):
        yield service.lines["user"], f"runs as {service['user']}"
    if service.get("privileged") is True:
        yield service.lines["privileged"], "is privileged"
    if "docker.sock" in str(service.get("volumes", "")):
        yield service.lines["volumes"], "can command the host: Docker's socket is mounted"


@fact
def compose(repo: Repository) -> Compose | None:
    """The compose file at the top of the repository; None where it has no services."""
    path = repo.snapshot.find("compose.yaml", "compose.yml", "docker-compose.yml", "docker-compose.yaml")
    try:
        loaded = load_yaml(repo.snapshot.text(path) or "") if path else None
    except YamlError:
        return None
    services = loaded.get("services") if isinstance(loaded, Mapping) else None
    if not path or not isinstance(services, Mapping):
        return None
    known = {name: each for name, each in services.items() if isinstance(each, Mapping)}
    return Compose(path, {name: each for name, each in known.items() if each.get("build")} or known)
