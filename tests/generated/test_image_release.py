"""How mlops-deploy releases its image: what was tested is what is released, and there is a way back."""

from __future__ import annotations

import json
import os
import subprocess
from pathlib import Path
from typing import Any

import pytest
import yaml

from scaffolder.project.plan import write
from scaffolder.template import catalog
from scaffolder.template.answers import chosen, complete
from scaffolder.template.render import render

IMAGE = "registry.example/somebody/project"
# In the place of docker: the tags of the image are kept in a file.
DOCKER = """#!/usr/bin/env python3
import json, sys
from pathlib import Path

tags = json.loads(Path("tags.json").read_text())
match sys.argv[1:]:
    case ["buildx", "imagetools", "inspect", name, "--format", "{{.Manifest.Digest}}"]:
        tag = name.rpartition(":")[2]
        if tag not in tags:
            sys.exit(f"{name}: not found")
        print(tags[tag])
    case ["buildx", "imagetools", "create", "--prefer-index=false", "--tag", name, source]:
        tags[name.rpartition(":")[2]] = source.rpartition("@")[2]
        Path("tags.json").write_text(json.dumps(tags))
    case _:
        sys.exit(f"unexpected: {sys.argv}")
"""


@pytest.fixture
def project(tmp_path: Path) -> Path:
    template = catalog.bundled("mlops-deploy")
    write(render(template, complete(template, chosen({})), (".yml", ".sh", "Makefile")), tmp_path / "project")
    (tmp_path / "bin").mkdir()
    (tmp_path / "bin/docker").write_text(DOCKER)
    (tmp_path / "bin/docker").chmod(0o755)
    (tmp_path / "tags.json").write_text("{}")
    return tmp_path / "project"


def release(project: Path, *words: str) -> subprocess.CompletedProcess[str]:
    env = {**os.environ, "PATH": f"{project.parent / 'bin'}:{os.environ['PATH']}"}
    command = ["sh", project / "scripts/release.sh", *words]
    return subprocess.run(command, cwd=project.parent, env=env, capture_output=True, text=True, check=False)


def tags(project: Path) -> dict[str, str]:
    found: dict[str, str] = json.loads((project.parent / "tags.json").read_text())
    return found


@pytest.mark.slow
def test_releases_and_the_way_back(project: Path) -> None:
    for digest in ("sha256:1", "sha256:2"):
        assert release(project, "release", IMAGE, digest).returncode == 0
    assert tags(project) == {"production": "sha256:2", "previous": "sha256:1"}
    assert "production is sha256:1" in release(project, "rollback", IMAGE).stdout
    assert tags(project)["production"] == "sha256:1"


@pytest.mark.slow
def test_the_same_image_twice_leaves_the_way_back(project: Path) -> None:
    for digest in ("sha256:1", "sha256:2", "sha256:2"):
        done = release(project, "release", IMAGE, digest)
    assert "production is sha256:2 already" in done.stdout
    assert tags(project) == {"production": "sha256:2", "previous": "sha256:1"}


def test_without_an_earlier_image_there_is_no_way_back(project: Path) -> None:
    assert release(project, "release", IMAGE, "sha256:1").returncode == 0
    done = release(project, "rollback", IMAGE)
    assert (done.returncode, "no registry.example/somebody/project:previous" in done.stderr) == (1, True)
    assert tags(project) == {"production": "sha256:1"}


def jobs(project: Path, name: str) -> dict[str, Any]:
    found: dict[str, Any] = yaml.safe_load((project / f".github/workflows/{name}.yml").read_text("utf-8"))["jobs"]
    return found


def commands(job: dict[str, Any]) -> str:
    return "\n".join(step.get("run", "") for step in job["steps"])


def test_the_image_that_was_tested_is_the_one_that_is_released(project: Path) -> None:
    quality, delivery = jobs(project, "ci")["quality"], jobs(project, "cd")
    names = [step["with"]["name"] for step in quality["steps"] if step.get("with", {}).get("path") == "image.tar.gz"]
    assert names == ["image"]
    tested, kept = (commands(quality).index(text) for text in ("docker compose up", "docker save"))
    assert tested < kept
    assert f"--name {names[0]}\n" in commands(delivery["image"])
    assert "docker load" in commands(delivery["image"])
    for name, job in delivery.items():
        assert not [one for one in ("make image", "docker build", "compose build") if one in commands(job)], name
    for name in ("staging", "production"):
        assert "needs.image.outputs.digest" in json.dumps(delivery[name]), name
        assert "$DIGEST" in commands(delivery[name]), name
