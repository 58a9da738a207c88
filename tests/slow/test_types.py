"""Every combination of choices is typed, in the environment that its lock file names."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from projects import environment, run
from support import combinations, tool

from scaffolder.project.plan import write
from scaffolder.template import catalog
from scaffolder.template.answers import chosen, complete
from scaffolder.template.render import render

kept_environment = tool("try").kept_environment


@pytest.mark.parametrize("name", [pytest.param(name, marks=pytest.mark.template(name)) for name in catalog.names()])
def test_every_combination_is_typed(name: str, tmp_path: Path) -> None:
    """All in one folder, one after the other, so that mypy reads again only what differs."""
    template, project = catalog.bundled(name), tmp_path / "project"
    for answers in combinations(name):
        shutil.rmtree(project, ignore_errors=True)
        project.mkdir()
        write(render(template, complete(template, chosen(answers))), project)
        with kept_environment((project / "requirements-dev.lock").read_bytes()) as folder:
            env = {**environment(), "MYPY_CACHE_DIR": str(tmp_path / "mypy")}
            run(folder / "bin/python", "-m", "mypy", cwd=project, env=env)
