"""A project's service, run on a free port."""

from __future__ import annotations

import json
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from socket import create_server
from urllib.error import HTTPError, URLError
from urllib.request import urlopen

from projects import Project, environment
from support import PATIENCE


@contextmanager
def serving(project: Project, folder: Path, variable: str, more: dict[str, str]) -> Iterator[str]:
    """The project's service, run in `folder` on a free port; gives its address."""
    with create_server(("127.0.0.1", 0)) as probe:
        port = probe.getsockname()[1]
    package = json.loads((folder / "reports/metrics.json").read_text())["run"]["command"].split()[2]
    process = subprocess.Popen(
        [project.path / ".venv/bin/python", "-m", package, "serve"],
        cwd=folder,
        env={**environment(), variable: str(port), **more},
        stdout=subprocess.DEVNULL,
    )
    try:
        deadline = time.monotonic() + PATIENCE
        while not ready(f"http://127.0.0.1:{port}/health"):
            assert process.poll() is None, "the service has stopped"
            assert time.monotonic() < deadline, "the service does not start"
            time.sleep(0.2)
        yield f"http://127.0.0.1:{port}"
    finally:
        process.terminate()
        process.wait(timeout=PATIENCE)


def ready(address: str) -> bool:
    try:
        with urlopen(address):
            return True
    except HTTPError as error:
        error.close()
        return False
    except (URLError, ConnectionError):
        return False
