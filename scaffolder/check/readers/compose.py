"""What a compose file says about its services."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from scaffolder.check.engine.repository import Repository, fact
from scaffolder.check.readers.yaml import Mapping, YamlError, load_yaml


class Compose(NamedTuple):
    """What a compose file says of the services that are built here, or of all if none is."""

    path: str
    exposed: list[tuple[int, str]]  # where one runs as root, privileged or with Docker's socket
    checks_health: bool  # whether one that is built here has a health check


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
    known = [(name, each) for name, each in services.items() if isinstance(each, Mapping)]
    built = [(name, each) for name, each in known if each.get("build")]
    exposed = [(line, f"{name} {what}") for name, each in built or known for line, what in _exposed(each)]
    checks = (each.get("healthcheck") for _, each in built)
    return Compose(path, exposed, any(isinstance(check, Mapping) and check.get("test") for check in checks))


def _exposed(service: Mapping) -> Iterator[tuple[int, str]]:
    if str(service.get("user", "")).partition(":")[0] in ("root", "0"):
        yield service.lines["user"], f"runs as {service['user']}"
    if service.get("privileged") is True:
        yield service.lines["privileged"], "is privileged"
    if "docker.sock" in str(service.get("volumes", "")):
        yield service.lines["volumes"], "can command the host: Docker's socket is mounted"
