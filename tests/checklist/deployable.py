"""A small service in memory for which every item of Deployer and Operator is done, and ways to look at it."""

from __future__ import annotations

import json
from datetime import date

from scaffolder.check.engine.facts import Facts
from scaffolder.check.engine.finding import Finding, State
from scaffolder.check.engine.snapshot import Snapshot
from scaffolder.check.items import ITEMS

MINE = tuple(item for item in ITEMS if item.__module__.rpartition(".")[2].startswith(("deployer", "operator")))

METRICS = {
    "run": {"seed": 1},
    "metrics": [{"name": "roc_auc", "value": 0.8513, "ci95": [0.83, 0.87], "split": "test", "higher_is_better": True}],
    "slices": [
        {"name": "plan = basic", "n": 70, "metric": "roc_auc", "value": 0.7681},
        {"name": "plan = gold", "n": 30, "metric": "roc_auc", "value": 0.9302},
    ],
    "gates": [{"metric": "roc_auc", "threshold": 0.8, "passed": True, "value": 0.8513, "bound": "min"}],
}
LOAD = {
    "results": [
        {
            "clients": 1,
            "latency": {"constant": {"p50": 0.3812, "p95": 0.7}, "predict": {"p50": 0.8174, "p95": 1.0333}},
            "p50_ratio": {"predict": 2.144},
        }
    ]
}

README = """# Churn

## Deployment

The service runs as one container on a small virtual machine of the retention team; only the call centre's
application may ask it, from inside the company's network.

```sh
make image && docker compose up --wait
```

| Request | Clients | p50 ms | p95 ms | p50 / constant |
| --- | --- | --- | --- | --- |
| constant | 1 | 0.38 | 0.70 | 1.00 |
| predict | 1 | 0.82 | 1.03 | 2.14 |

## Privacy

The column `gender` tells something about a person and is used for the slices alone, never as an input of the
model; `customer_id` is replaced by a random number before the file reaches this repository.
"""

CARD = """---
license: mit
pipeline_tag: tabular-classification
model-index:
- name: churn
  results:
  - task:
      type: tabular-classification
    dataset:
      type: churn
      name: Churn
    metrics:
    - type: roc_auc
      value: 0.8513
---

# Model card

## Model details

A gradient boosting of two hundred shallow trees that estimates for one customer the probability of leaving soon.

## Uses

The retention team ranks customers with it once a week and calls the first fifty of them. It must not set prices
or end a contract.

## Training

Trained on five thousand customers of one year, with the settings that cross-validation liked best.

## Evaluation

| Slice | Rows | `roc_auc` |
| --- | --- | --- |
| all rows | 100 | 0.851 |
| plan = basic | 70 | 0.768 |
| plan = gold | 30 | 0.930 |

## Bias, risks and limitations

Customers who joined last month have little history, so their scores say less than they seem to.
"""

MONITORING = """# Monitoring plan

| signal | where | threshold | action | owner |
| --- | --- | --- | --- | --- |
| it is up | `GET /health` | 3 failures in a row | restart it | Ada Lovelace |
| errors | `http_requests_total` with 5xx | above 1% for 5 minutes | read the log, roll back | Ada Lovelace |
| quality | `make evaluate` on last month's rows | a gate fails | retrain when it fails twice | Grace Hopper |

## When an alert fires

Write an issue with the label incident, then tell Ada Lovelace at ada@lovelace.dev within an hour.

## Rollback

```sh
git checkout v1.0.0 -- artifacts && make image
```
"""

RISKS = """# Risk register

| risk | likelihood | impact | response | owner |
| --- | --- | --- | --- | --- |
| a loyal customer gets an offer | high | low | accepted: the offer is cheap | Ada Lovelace |
| a group is passed over | low | high | slices are compared before each release | Grace Hopper |
| the data change unseen | medium | medium | the drift check runs every night | Grace Hopper |

The next review is on 2027-03-01.
"""

APP = '''"""The service."""

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
'''

DRIFT = '''"""Compares the day's rows with the training data."""

import json
from pathlib import Path

REFERENCE = Path("artifacts/reference.json")


def population_stability(day, reference):
    return sum(abs(day[name] - reference[name]) for name in reference)
'''

API_TEST = """from fastapi.testclient import TestClient
from churn.app import app

client = TestClient(app)


def test_predict():
    answer = client.post("/predict", json={"plan": "gold"})
    assert answer.json()["probability"] <= 1
"""

WORKFLOW = """name: ci
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
"""

DOCKERFILE = """FROM python:3.13-slim
COPY requirements.lock .
RUN pip install --require-hashes -r requirements.lock
COPY src src
COPY artifacts/model.onnx artifacts/
USER 10001:10001
HEALTHCHECK CMD ["python", "-c", "import churn.ping"]
CMD ["uvicorn", "churn.app:app"]
"""

MAKEFILE = """RUN := .venv/bin/python -m churn

test:
\t.venv/bin/python -m pytest

evaluate:
\t$(RUN) evaluate

image:
\tdocker build --tag churn .

drift:
\t.venv/bin/python -m churn.drift
"""

ALERTS = """groups:
- name: churn
  rules:
  - alert: TooManyErrors
    expr: sum(rate(http_requests_total{status=~"5.."}[5m])) / sum(rate(http_requests_total[5m])) > 0.01
    for: 5m
    labels:
      severity: page
"""

GOOD = {
    "README.md": README,
    "MODEL_CARD.md": CARD,
    "CHANGELOG.md": "# Changelog\n\n## 1.1.0\n\nMore trees.\n\n## 1.0.0\n\nFirst model.\n",
    "docs/monitoring.md": MONITORING,
    "docs/risk-register.md": RISKS,
    "src/churn/app.py": APP,
    "src/churn/drift.py": DRIFT,
    "tests/test_api.py": API_TEST,
    "artifacts/reference.json": '{"plan": 0.7}',
    "artifacts/model.onnx": "model",
    "data/churn.csv": "customer_id,gender,plan,churn\n1,Female,gold,No\n",
    ".github/workflows/ci.yml": WORKFLOW,
    "Dockerfile": DOCKERFILE,
    "compose.yaml": "services:\n  api:\n    build: .\n",
    "Makefile": MAKEFILE,
    "requirements.lock": "fastapi==0.118.0\n",
    "monitoring/alerts.yml": ALERTS,
    ".env.example": "# Least severe line to log.\nCHURN_LOG_LEVEL=info\n",
    ".gitignore": ".env\n",
    "reports/metrics.json": json.dumps(METRICS),
    "reports/load.json": json.dumps(LOAD),
}


def facts_of(files: dict[str, str], stubs: frozenset[tuple[str, ...]] = frozenset()) -> Facts:
    """The facts about files in memory, on New Year's Day 2027."""
    facts = Facts(Snapshot.of_files({path: text.encode() for path, text in files.items()}))
    facts.stubs = stubs
    facts.today = date(2027, 1, 1)
    return facts


def findings(files: dict[str, str], stubs: frozenset[tuple[str, ...]] = frozenset()) -> dict[str, Finding]:
    facts = facts_of(files, stubs)
    return {item.id: item.finding(facts) for item in MINE}


def open_items(files: dict[str, str]) -> dict[str, State]:
    """The items that are neither done nor n/a, with their state."""
    return {name: found.state for name, found in findings(files).items() if not found.state.counts}


def changed(path: str, old: str, new: str) -> dict[str, str]:
    """The good repository with `old` replaced in one file; an empty `old` replaces the whole file, `new` None removes it."""
    files = dict(GOOD)
    assert not old or old in files[path], f"{old!r} is not in {path}"
    files[path] = files[path].replace(old, new) if old else new
    return files
