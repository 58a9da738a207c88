"""On a good service each verified item is done; each mutant loses exactly its own items."""

from __future__ import annotations

import pytest
from synthetic import ALERTS, API_TEST, APP, CI, DRIFT, GOOD, README, RUNBOOK, changed, found, repository, without

from scaffolder.check.item import Item
from scaffolder.check.items.alerts import AlertRules
from scaffolder.check.items.ci import ContinuousIntegration, SupplyChain
from scaffolder.check.items.configuration import Configuration
from scaffolder.check.items.data_schema import DataSchema
from scaffolder.check.items.dockerfile import Image
from scaffolder.check.items.drift_check import DriftCheck
from scaffolder.check.items.endpoint_tests import IntegrationTest
from scaffolder.check.items.links import Links
from scaffolder.check.items.quality_gate import QualityGate
from scaffolder.check.items.reproduce import Reproduce
from scaffolder.check.items.rollback import Rollback
from scaffolder.check.items.secrets import NoSecrets
from scaffolder.check.items.tests import TestsProve
from scaffolder.results.finding import State

ITEMS: tuple[type[Item], ...] = (
    *(DataSchema, Reproduce, Links, TestsProve, IntegrationTest, ContinuousIntegration, SupplyChain, QualityGate),
    *(Image, Configuration, NoSecrets, DriftCheck, AlertRules, Rollback),
)
KEY = "AKIA" + "QX3W7VZ2NTBD6RKP"  # in two parts, so that no scanner takes it for a secret of ours
ASSERTION = 'assert answer.json()["probability"] <= 1'

# the items that are lost, the file, old text, new text
MUTANTS = [
    ("data-schema", README, "| churn | whether they left |\n", ""),
    ("data-schema", README, "whether they left", ""),
    ("data-schema", "data/churn.csv", "plan,", "plan,tenure,"),
    ("reproduce", README, "make setup test", "make setpu test"),
    ("reproduce", README, "churn.drift day.csv", "churn.drfit day.csv"),
    ("reproduce", README, "make setup test", "python train.py"),
    ("reproduce", README, "make setup test", "docker build -f prod.Dockerfile ."),
    ("reproduce", README, "make setup test\npython -m churn.drift day.csv\n", ""),
    ("links", README, "(src/churn/app.py#L3)", "(src/churn/api.py)"),
    ("links", README, "(src/churn/app.py#L3)", "(src/churn/app.py#L300)"),
    ("links", README, "(#data)", "(#costs)"),
    ("links", README, "operations.md#rollback", "operations.md#back"),
    ("tests integration-test", API_TEST, ASSERTION, "print(answer)"),
    ("tests integration-test", API_TEST, ASSERTION, "assert True"),
    ("tests integration-test", API_TEST, ASSERTION, "assert answer or True"),
    ("tests integration-test", API_TEST, "def test_predict():", "def test_predict(:"),
    ("tests", API_TEST, "from churn.app import app", "app = None"),
    ("integration-test", API_TEST, 'post("/predict"', 'get("/health"'),
    ("integration-test", API_TEST, "def test_predict", "import pytest\n@pytest.mark.skip\ndef test_predict"),
    ("ci", CI, "make test", "make image"),
    ("ci", CI, "make test", "make test || true"),
    ("ci", CI, "- run: make test", "- run: make test\n        continue-on-error: true"),
    ("ci", "Makefile", "-m pytest", "-m pytest --collect-only"),
    ("ci", "Makefile", "\t.venv/bin/python -m pytest", "\t-.venv/bin/python -m pytest"),
    ("ci quality-gate", CI, "  push:\n  pull_request:\n", "  schedule:\n"),
    ("ci ci-trust quality-gate", CI, "jobs:", "jobs: ["),
    ("ci-trust", CI, "@de0fac2e4500dabe0009e67214ff5f5447ce83dd", "@v6"),
    ("ci-trust", CI, "permissions:\n  contents: read\n", ""),
    ("ci-trust", CI, "contents: read", "contents: write"),
    ("quality-gate", CI, "run: make evaluate", "run: echo evaluate"),
    ("quality-gate", "settings.toml", "[[gates]]", "[[bounds]]"),
    ("dockerfile", "Dockerfile", "python:3.13-slim", "python:latest"),
    ("dockerfile", "Dockerfile", "python:3.13-slim", "python"),
    ("dockerfile", "Dockerfile", "USER 10001:10001\n", ""),
    ("dockerfile", "Dockerfile", "USER 10001:10001", "USER root"),
    ("dockerfile", "Dockerfile", "HEALTHCHECK CMD", "HEALTHCHECK NONE\n#"),
    ("dockerfile", "Dockerfile", "COPY src src", "COPY source src"),
    ("dockerfile", "Dockerfile", "RUN pip", "RNU pip"),
    ("dockerfile", "compose.yaml", "read_only: true", "user: root"),
    ("dockerfile", "compose.yaml", "read_only: true", 'user: "0"'),
    ("dockerfile", "compose.yaml", "read_only: true", "privileged: true"),
    ("dockerfile", "compose.yaml", "read_only: true", "volumes: ['/var/run/docker.sock:/x']"),
    ("configuration", ".env.example", "CHURN_LOG_LEVEL", "LOG_LEVEL"),
    ("configuration", APP, "\n\n@app.get", '\nKEY = os.environ["CHURN_KEY"]\n\n@app.get'),
    ("secrets", APP, "LEVEL = ", f'KEY = "{KEY}"\nLEVEL = '),
    ("drift-check", DRIFT, "artifacts/reference.json", "artifacts/absent.json"),
    ("drift-check", DRIFT, "population_stability", "difference"),
    ("drift-check", "Makefile", "\ndrift:\n\t.venv/bin/python -m churn.drift\n", ""),
    ("alerts", ALERTS, "http_requests_total[5m])) >", "http_failures_total[5m])) >"),
    ("alerts", ALERTS, " > 0.01", ""),
    ("alerts", ALERTS, "[5m])) /", "[5m]) /"),
    ("alerts", ALERTS, "for: 5m", "for: a while"),
    ("alerts", ALERTS, "groups:", "groups: ["),
    ("alerts", ALERTS, "alert: TooManyErrors", "record: errors"),
    ("rollback", RUNBOOK, "git checkout v1.0.0", "git checkout v0.9.0"),
    ("rollback", RUNBOOK, "git checkout v1.0.0 -- artifacts && make image", "make image"),
    ("rollback", RUNBOOK, "make image", "make iamge"),
    ("rollback links", RUNBOOK, "## Rollback", "## Return"),
    ("rollback", "CHANGELOG.md", "## 1.1.0\n\nMore trees.\n\n", ""),
]  # fmt: skip
REMOVED = [
    ("data-schema", "data/churn.csv"),
    ("reproduce dockerfile", "requirements.lock"),
    ("tests integration-test", "tests/"),
    ("integration-test alerts", APP),
    ("ci ci-trust quality-gate", ".github/"),
    ("dockerfile", "Dockerfile"),
    ("configuration", ".env.example"),
    ("drift-check", "artifacts/reference.json"),
    ("alerts", ALERTS),
    ("rollback links", RUNBOOK),
    ("rollback", "CHANGELOG.md"),
]  # fmt: skip


def lost(files: dict[str, str]) -> set[str]:
    """The items that are not done."""
    return {item.id for item in ITEMS if not found(item, files).state.counts}


def test_a_good_service_has_every_item() -> None:
    said = {item.id: found(item, GOOD) for item in ITEMS}
    assert {name: each for name, each in said.items() if each.state is not State.DONE} == {}


@pytest.mark.parametrize(("items", "path", "old", "new"), MUTANTS)
def test_a_mutant_loses_its_own_items_and_no_others(items: str, path: str, old: str, new: str) -> None:
    assert lost(changed(path, old, new)) == set(items.split())


@pytest.mark.parametrize(("items", "path"), REMOVED)
def test_a_file_less(items: str, path: str) -> None:
    assert set(items.split()) <= lost(without(path))


def test_a_committed_environment_file_is_a_secret() -> None:
    assert lost({**without(".gitignore"), ".env": "PORT=8000\n"}) == {"secrets"}


def test_every_item_has_a_mutant() -> None:
    assert {item.id for item in ITEMS} == {name for mutant in MUTANTS for name in mutant[0].split()}


def test_an_empty_repository_has_nothing() -> None:
    assert lost({}) == {item.id for item in ITEMS if not item.operated} - {"ci-trust"}


def test_without_a_contract_what_it_would_declare_is_only_found() -> None:
    unsure = {item.id: found(item, without("scaffolder.toml")) for item in ITEMS}
    needing = {"dockerfile", "data-schema", "integration-test", "quality-gate", "drift-check", "alerts"}
    assert {unsure[name].state for name in needing} == {State.FOUND}
    assert all(each.state is State.DONE for name, each in unsure.items() if name not in needing)


@pytest.mark.parametrize(
    ("capability", "item"),
    [
        *(("columns", DataSchema), ("serves", IntegrationTest), ("serves", AlertRules), ("measures", QualityGate)),
        *(("container", Image), ("drift", DriftCheck)),
    ],
)
def test_what_a_project_has_not_is_not_asked_for(capability: str, item: type[Item]) -> None:
    finding = found(item, changed("scaffolder.toml", f"{capability} = true", f'{capability} = "it is a library"'))
    assert (finding.state, finding.reason) == (State.NOT_APPLICABLE, "scaffolder.toml says: it is a library")


@pytest.mark.parametrize("text", ["", "\0\0\0", "- - - [", "{", "\ufffd" * 100, "---\n&a [*a]\n---\n", "[" * 5000])
@pytest.mark.parametrize("path", sorted(GOOD))
def test_a_broken_file_is_never_our_error(path: str, text: str) -> None:
    repo = repository({**GOOD, path: text})
    assert [item.id for item in ITEMS if item.finding(repo).state is State.ERROR] == []
