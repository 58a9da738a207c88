"""A container image that can be built by whoever clones the repository, and that does not run as root."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

from scaffolder.check.engine.repository import Repository, fact
from scaffolder.check.engine.verdict import Verdict, done, flawed, missing
from scaffolder.check.item import Item
from scaffolder.check.readers.data_files import loaded
from scaffolder.check.readers.dockerfile import Dockerfile, dockerfile, is_pinned
from scaffolder.check.readers.gitignore import ignored
from scaffolder.check.readers.make import makefile
from scaffolder.formats.yaml import Mapping, YamlError
from scaffolder.results.finding import Evidence, Level

_BUILDS = re.compile(r"\b(?:docker|podman|buildx|compose)\b.{0,200}\bbuild\b")


class Image(Item):
    """Dockerfile: pinned base, unprivileged user, health check, and only files that exist."""

    id = "dockerfile"
    level = Level.DEPLOYER
    needs = "container"
    source = "AWS Machine Learning Lens: establish reliable packaging patterns; CIS Docker Benchmark, section 4"

    def check(self, repo: Repository) -> Verdict:
        """Write a Dockerfile with versioned bases, a HEALTHCHECK and, at its end, a USER that is not root.

        Compose must not undo that with `user: root`, `privileged` or Docker's socket. All that it copies must be in
        the repository (a model that a run makes is committed, or the make target of the image makes it first), so
        that whoever clones it can build it.
        """
        image, services = dockerfile(repo), compose(repo)
        if image is None:
            return missing(Evidence("no Dockerfile"))
        wrong = _problems(repo, image) if image.final else ()
        found = [Evidence(text, image.path, line) for line, text in (*image.problems, *wrong)]
        if services:
            found += (Evidence(text, services.path, line) for line, text in services.exposed)
        if found:
            return flawed(*found)
        line, user = image.final["USER"]
        bases = ", ".join(dict.fromkeys(base for _, base in image.bases))
        return done(Evidence(f"runs as {user}, from {bases}", image.path, line))


def _problems(repo: Repository, image: Dockerfile) -> Iterator[tuple[int, str]]:
    for line, base in image.bases:
        if not is_pinned(base):
            yield line, f"{base[:80]} may change tomorrow: name a version or a digest"
    folder = image.path.rpartition("/")[0]
    for line, source in image.sources:
        path = source.strip("\"'").removeprefix("./").strip("/")
        if not (_is_there(repo, path, folder) or _is_made_first(repo, path)):
            yield line, f"{source[:80]} is copied, but is neither at the top nor beside the Dockerfile"
    line, user = image.final["USER"]
    if user in ("root", "0"):
        yield line, f"the image runs as {user}"
    services = compose(repo)
    if image.final.get("HEALTHCHECK", (0, "NONE"))[1].upper() == "NONE" and not (services and services.checks_health):
        yield image.final["FROM"][0], "the image has no HEALTHCHECK"


def _is_there(repo: Repository, path: str, folder: str) -> bool:
    """Whether a source of COPY is in the build context: the repository, or the Dockerfile's own folder."""
    if path in ("", ".") or "$" in path:
        return True
    places = (path, f"{folder}/{path}".lstrip("/"))
    if set("*?[") & set(path):
        return bool(repo.snapshot.find(*places, *(f"{place}/**/*" for place in places)))
    return any(map(repo.snapshot.has, places))


def _is_made_first(repo: Repository, path: str) -> bool:
    """Whether Git ignores a source of COPY, and a make target that builds the image makes a file of it first."""
    found, is_ignored = makefile(repo), ignored(repo)
    if found is None or not (is_ignored(path) or is_ignored(f"{path}/file")):
        return False
    builds = (name for name, each in found.targets.items() if any(map(_BUILDS.search, each.recipe)))
    return any(f"{made.name}/".startswith(f"{path}/") for made in found.reached(*builds) if made.recipe)


class Compose(NamedTuple):
    """The services of a compose file that are built here, or all of them if none is."""

    path: str
    exposed: list[tuple[int, str]]  # lines by which one runs as root, privileged or with Docker's socket
    checks_health: bool  # whether one that is built here has a health check


@fact
def compose(repo: Repository) -> Compose | None:
    """The compose file at the top of the repository; None where it has no services."""
    path = repo.snapshot.find("compose.yaml", "compose.yml", "docker-compose.yml", "docker-compose.yaml")
    try:
        content = loaded(repo, path) if path else None
    except YamlError:
        return None
    services = content.get("services") if isinstance(content, Mapping) else None
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
