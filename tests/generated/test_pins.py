"""What an image is built from: packages by their hashes, and base images by digests, once their owner pins them."""

from __future__ import annotations

import os
import re
import subprocess
from hashlib import sha256
from pathlib import Path

import pytest
import yaml
from support import every_combination, name_of

from scaffolder.project.plan import write
from scaffolder.template import catalog
from scaffolder.template.answers import chosen, complete
from scaffolder.template.render import render

SUFFIXES = (".yml", "compose.yaml", "Dockerfile", ".sh")
DOCKER = """#!/usr/bin/env python3
import sys
from hashlib import sha256

match sys.argv[1:]:
    case ["buildx", "imagetools", "inspect", name, "--format", "{{.Manifest.Digest}}"]:
        print("sha256:" + sha256(name.encode()).hexdigest())
    case _:
        sys.exit(f"unexpected: {sys.argv}")
"""
FOREIGN = re.compile(r"^(?:FROM| +image:) +(\S+)", re.MULTILINE)


@pytest.fixture
def project(name: str, given: dict[str, str], tmp_path: Path) -> Path:
    template = catalog.bundled(name)
    write(render(template, complete(template, chosen(given)), SUFFIXES), tmp_path / "project")
    (tmp_path / "docker").write_text(DOCKER)
    (tmp_path / "docker").chmod(0o755)
    return tmp_path / "project"


def pin(project: Path) -> subprocess.CompletedProcess[str]:
    env = {**os.environ, "PATH": f"{project.parent}:{os.environ['PATH']}"}
    command = ["sh", "scripts/pin.sh"]
    return subprocess.run(command, cwd=project, env=env, capture_output=True, text=True, check=False)


def images(project: Path) -> dict[Path, list[str]]:
    """The images of others, by file."""
    files = [*project.rglob("Dockerfile"), project / "compose.yaml"]
    found = {path: [one for one in FOREIGN.findall(path.read_text()) if not one.endswith(":local")] for path in files}
    return {path: names for path, names in found.items() if names}


@pytest.mark.slow
# No choice changes what make pin does with a file.
@pytest.mark.parametrize(("name", "given"), [(name, {}) for name in catalog.names()], ids=name_of)
def test_each_image_gets_the_digest_of_its_tag(project: Path) -> None:
    before = images(project)
    assert before[project / "Dockerfile"]
    done = pin(project)
    assert done.returncode == 0, done.stderr
    pinned = {
        path: [f"{one}@sha256:{sha256(one.encode()).hexdigest()}" for one in names] for path, names in before.items()
    }
    assert images(project) == pinned
    texts = {path: path.read_text() for path in before}
    assert pin(project).returncode == 0
    assert {path: path.read_text() for path in before} == texts, "what is pinned stays as it is"
    assert " AS build\n" in texts[project / "Dockerfile"]
    assert not list(project.glob(".[ip]*"))


@pytest.mark.parametrize(("name", "given"), every_combination(), ids=name_of)
def test_nothing_is_installed_without_a_hash(project: Path) -> None:
    files = [*project.rglob("Dockerfile")]
    installs = [
        line for path in files for line in path.read_text().splitlines() if re.search(r"\binstall\b.*-r|pip", line)
    ]
    assert installs
    assert [line for line in installs if "--require-hashes" not in line and "--without-pip" not in line] == []


@pytest.mark.parametrize(("name", "given"), every_combination(), ids=name_of)
def test_the_branch_for_a_host_has_what_the_image_needs(name: str, given: dict[str, str]) -> None:
    """What .gitignore leaves out is added by the commands of docs/deploy.md."""
    template = catalog.bundled(name)
    files = render(template, complete(template, chosen(given)), ("Dockerfile", ".gitignore", "docs/deploy.md"))
    dockerfile, ignored, page = (files[path][0].decode() for path in ("Dockerfile", ".gitignore", "docs/deploy.md"))
    copied = {one.partition("/")[0] for one in re.findall(r"^COPY (?:--chown=\S+ )?(\w+)", dockerfile, re.MULTILINE)}
    (added,) = re.findall(r"^git add --force (.+)$", page, re.MULTILINE)
    assert "src" in copied
    assert (
        {one for one in copied if f"{one}/" in ignored.splitlines()} <= set(added.split()) <= {*copied, "data/corpus"}
    )


@pytest.mark.parametrize(("name", "given"), every_combination(), ids=name_of)
def test_dependabot_looks_at_each_folder_with_images(project: Path) -> None:
    updates = yaml.safe_load((project / ".github/dependabot.yml").read_text())["updates"]
    looked = {one["package-ecosystem"]: one.get("directories") or [one["directory"]] for one in updates}
    folders = {
        f"/{path.parent.relative_to(project)}".rstrip(".") for path in images(project) if path.name == "Dockerfile"
    }
    assert set(looked["docker"]) == folders
    assert ("docker-compose" in looked) == (project / "compose.yaml" in images(project))
    assert "github-actions" in looked
