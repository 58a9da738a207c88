"""A small finished service in memory, made without any template, and ways to change it."""

from __future__ import annotations

from scaffolder.check.engine.repository import Repository
from scaffolder.check.engine.snapshot import Snapshot
from scaffolder.check.item import Item
from scaffolder.results.finding import Finding, State

CI = ".github/workflows/ci.yml"
ALERTS, APP, CONTRACT, DRIFT = "monitoring/alerts.yml", "src/churn/app.py", "scaffolder.toml", "src/churn/drift.py"
API_TEST, RUNBOOK, README = "tests/test_api.py", "docs/operations.md", "README.md"

GOOD = {
    README: """# Churn

```sh
make setup test
python -m churn.drift day.csv
```

Read [the runbook](docs/operations.md#rollback), [the app](src/churn/app.py#L3) and [the data](#data).

## Data

| column | meaning |
| --- | --- |
| customer_id, gender | who it is |
| `plan` | what they pay for |
| churn | whether they left |

## Deployment

```sh
make image && docker compose up --wait
```
""",
    CONTRACT: """contract = 1

[capabilities]
measures = true
columns = true
serves = true
container = true
drift = true
""",
    RUNBOOK: """# Operations

## Rollback

```sh
git checkout v1.0.0 -- artifacts && make image
```
""",
    "CHANGELOG.md": "# Changelog\n\n## 1.1.0\n\nMore trees.\n\n## 1.0.0\n\nFirst model.\n",
    APP: '''"""The service."""

import os
from fastapi import FastAPI
from prometheus_client import Counter

app = FastAPI()
REQUESTS = Counter("http_requests", "Requests answered", ["status"])
LEVEL = os.environ.get("CHURN_LOG_LEVEL", "info")


@app.get("/health")
def health():
    return {"status": "ready"}


@app.post("/predict")
def predict(row: dict):
    return {"probability": 0.5}
''',
    DRIFT: '''"""Compares the day's rows with the training data."""

import json
from pathlib import Path

REFERENCE = Path("artifacts/reference.json")


def population_stability(day, reference):
    return sum(abs(day[name] - reference[name]) for name in reference)
''',
    API_TEST: """from fastapi.testclient import TestClient
from churn.app import app

client = TestClient(app)


def test_predict():
    answer = client.post("/predict", json={"plan": "gold"})
    assert answer.json()["probability"] <= 1
""",
    "artifacts/reference.json": '{"plan": 0.7}',
    "artifacts/model.onnx": "model",
    "data/churn.csv": "customer_id,gender,plan,churn\n1,Female,gold,No\n",
    "settings.toml": '[[gates]]\nmetric = "roc_auc"\nmin = 0.8\n',
    CI: """name: ci
on:
  push:
  pull_request:
permissions:
  contents: read
jobs:
  check:
    runs-on: ubuntu-24.04
    steps:
      - uses: actions/checkout@de0fac2e4500dabe0009e67214ff5f5447ce83dd # v6.0.2
      - run: make test
      - name: Hold the model against its gates
        run: make evaluate
""",
    "Dockerfile": """FROM python:3.13-slim
COPY requirements.lock .
RUN pip install --require-hashes -r requirements.lock
COPY src src
COPY artifacts/model.onnx artifacts/
USER 10001:10001
HEALTHCHECK CMD ["python", "-c", "import churn.ping"]
CMD ["uvicorn", "churn.app:app"]
""",
    "Makefile": """RUN := .venv/bin/python -m churn

setup: requirements.lock
\tpip install -r requirements.lock

test:
\t.venv/bin/python -m pytest

evaluate:
\t$(RUN) evaluate

image:
\tdocker build --tag churn .

drift:
\t.venv/bin/python -m churn.drift
""",
    "compose.yaml": "services:\n  api:\n    build: .\n    read_only: true\n",
    "requirements.lock": "fastapi==0.118.0\n",
    ALERTS: """groups:
- name: churn
  rules:
  - alert: TooManyErrors
    expr: sum(rate(http_requests_total{status=~"5.."}[5m])) / sum(rate(http_requests_total[5m])) > 0.01
    for: 5m
    labels:
      severity: page
""",
    ".env.example": "# Least severe line to log.\nCHURN_LOG_LEVEL=info\n",
    ".gitignore": ".env\n",
}


def repository(files: dict[str, str | bytes] | dict[str, str], tags: tuple[str, ...] = ()) -> Repository:
    """A repository in memory."""
    content = {path: data.encode() if isinstance(data, str) else data for path, data in files.items()}
    return Repository(Snapshot.of_files(content, tags))


def state(item: type[Item], files: dict[str, str]) -> State:
    """How far an item is."""
    return found(item, files).state


def found(item: type[Item], files: dict[str, str]) -> Finding:
    """The finding of an item."""
    return item.finding(repository(files))


def facts(item: type[Item], files: dict[str, str]) -> str:
    """What an item says, one piece of evidence a line."""
    return "\n".join(map(str, found(item, files).evidence))


def changed(path: str, old: str, new: str) -> dict[str, str]:
    """The good repository with `old` replaced by `new` in one file; of an empty `old`, the whole file."""
    assert not old or old in GOOD[path], f"{old!r} is not in {path}"
    return {**GOOD, path: GOOD[path].replace(old, new) if old else new}


def without(*paths: str) -> dict[str, str]:
    """The good repository without some files or folders."""
    return {path: text for path, text in GOOD.items() if not path.startswith(paths)}
