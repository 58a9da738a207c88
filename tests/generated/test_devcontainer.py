"""The development container, of this repository and of each project: few keys of its schema, and no foreign feature."""

from __future__ import annotations

import json
import re
import tomllib

import pytest
from support import ROOT, rendered

from scaffolder.template import catalog

PLACE = ".devcontainer/devcontainer.json"
FILES = (PLACE, "Makefile", "pyproject.toml")
REPOSITORIES = ["scaffolder", *catalog.names()]


@pytest.fixture(params=REPOSITORIES)
def files(request: pytest.FixtureRequest) -> dict[str, str]:
    if request.param == "scaffolder":
        return {path: (ROOT / path).read_text("utf-8") for path in FILES}
    project = rendered(catalog.bundled(request.param))
    return {path: project[path][0].decode() for path in FILES}


def test_it_names_an_image_and_the_command_that_installs(files: dict[str, str]) -> None:
    container = json.loads(files[PLACE])
    assert container.keys() == {"name", "image", "postCreateCommand", "forwardPorts"}
    assert re.fullmatch(r"[a-z][a-z0-9-]*", container["name"])
    assert container["postCreateCommand"] == "make setup"
    assert re.search(r"^setup:", files["Makefile"], re.MULTILINE)
    assert container["forwardPorts"] == [8000]


def test_its_python_is_one_that_the_project_supports(files: dict[str, str]) -> None:
    image = re.fullmatch(r"python:3\.(\d+)-bookworm", json.loads(files[PLACE])["image"])
    oldest = re.fullmatch(r">=3\.(\d+)", tomllib.loads(files["pyproject.toml"])["project"]["requires-python"])
    assert image
    assert oldest
    assert int(image[1]) >= int(oldest[1])
