"""What a compose file says about its services."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from scaffolder.check.engine.repository import Repository, fact
from scaffolder.formats.yaml import Mapping, YamlError, load_yaml


@dataclass(frozen=True)
class Compose:
    """A compose file."""

    path: str
    services: Mapping  # name -> as written
    problem: tuple[int, str] | None = None

    def builds(self) -> list[tuple[str, Any]]:
        """The services that are built from this repository."""
        return [(name, each) for name, each in self.services.items() if isinstance(each, Mapping) and each.get("build")]

    def healthcheck(self) -> int | None:
        """The line of a health check of a service that is built here."""
        for _, service in self.builds():
            check = service.get("healthcheck")
            if isinstance(check, Mapping) and check.get("test") and check.get("disable") is not True:
                return int(service.lines["healthcheck"])
        return None

    def exposed(self) -> list[tuple[int, str]]:
        """Where a service built here (any, if none is) runs as root, privileged or with Docker's socket."""
        services = self.builds() or [(name, each) for name, each in self.services.items() if isinstance(each, Mapping)]
        return [(line, f"{name} {what}") for name, service in services for line, what in _exposed(service)]


def _exposed(service: Mapping) -> Iterator[tuple[int, str]]:
    if str(service.get("user", "")).partition(":")[0] in ("root", "0"):
        yield service.lines["user"], f"runs as {service['user']}"
    if service.get("privileged") is True or service.get("privileged") == "true":
        yield service.lines["privileged"], "is privileged"
    volumes = service.get("volumes")
    for volume in volumes if isinstance(volumes, list) else ():
        source = volume.get("source") if isinstance(volume, Mapping) else str(volume).partition(":")[0]
        if str(source).endswith(("docker.sock", "podman.sock", "containerd.sock")):
            yield service.lines["volumes"], "can command the host: Docker's socket is mounted"


@fact
def compose(repo: Repository) -> Compose | None:
    """The compose file at the top of the repository."""
    path = repo.snapshot.find("compose.yaml", "compose.yml", "docker-compose.yml", "docker-compose.yaml")
    text = repo.snapshot.text(path) if path else None
    if path is None or text is None:
        return None
    try:
        loaded = load_yaml(text)
    except YamlError as error:
        return Compose(path, Mapping(1), (error.line or 1, f"not YAML: {error}"))
    services = loaded.get("services") if isinstance(loaded, Mapping) else None
    if not isinstance(services, Mapping) or not services:
        return Compose(path, Mapping(1), (1, "no services"))
    return Compose(path, services)
