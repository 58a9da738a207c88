"""A project's service, run on a free port."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.request import urlopen

from projects import Project, environment, free_ports, run
from sites import until
from support import PATIENCE


@contextmanager
def serving(project: Project, folder: Path, variable: str, more: dict[str, str]) -> Iterator[str]:
    """The project's service, run in `folder` on a free port; gives its address."""
    port = free_ports(1)
    address = f"http://127.0.0.1:{port}"
    package = json.loads((folder / "reports/metrics.json").read_text())["run"]["command"].split()[2]
    process = subprocess.Popen(
        [project.path / ".venv/bin/python", "-m", package, "serve"],
        cwd=folder,
        env={**environment(), variable: str(port), **more},
        stdout=subprocess.DEVNULL,
    )

    def ready() -> bool:
        assert process.poll() is None, "the service has stopped"
        urlopen(f"{address}/health").close()
        return True

    try:
        until(ready, "the service is ready")
        yield address
    finally:
        process.terminate()
        process.wait(timeout=PATIENCE)


def reviewer(project: Project, folder: Path, name: str) -> str:
    """The token of a new reviewer of domain-capstone."""
    said = run(project.path / ".venv/bin/python", "-m", "capstone", "reviewer", name, cwd=folder, env=environment())
    return said.splitlines()[-1]
