"""A good service has every item of Deployer and Operator; each mutant loses exactly its own."""

from __future__ import annotations

import pytest
from deployable import GOOD, MINE, changed, findings, open_items

from scaffolder.check.engine.finding import State
from scaffolder.check.engine.item import Item
from scaffolder.check.words.placeholders import shingles

MISSING, PLACEHOLDER = State.MISSING, State.PLACEHOLDER
CI, MONITORING, RISKS = ".github/workflows/ci.yml", "docs/monitoring.md", "docs/risk-register.md"

# item, its new state, file, old text ("" for the whole file), new text
MUTANTS = [
    ("deployment", PLACEHOLDER, "README.md", "The service runs", "TODO(deployment): where? The service runs"),
    ("deployment", MISSING, "README.md", "make image && docker", "make ship && docker"),
    ("deployment", MISSING, "README.md", "docker compose up", "docker compose -f prod.yaml up"),
    ("deployment", MISSING, "README.md", "```sh\nmake image && docker compose up --wait\n```\n", ""),
    ("deployment", MISSING, "compose.yaml", "services:", "services: ["),
    ("dockerfile", MISSING, "Dockerfile", "python:3.13-slim", "python:latest"),
    ("dockerfile", MISSING, "Dockerfile", "python:3.13-slim", "python"),
    ("dockerfile", MISSING, "Dockerfile", "USER 10001:10001\n", ""),
    ("dockerfile", MISSING, "Dockerfile", "USER 10001:10001", "USER root"),
    ("dockerfile", MISSING, "Dockerfile", "HEALTHCHECK CMD", "HEALTHCHECK NONE\n#"),
    ("dockerfile", MISSING, "Dockerfile", "COPY src src", "COPY source src"),
    ("dockerfile", MISSING, "Dockerfile", "RUN pip", "RNU pip"),
    ("ci", MISSING, CI, "make test", "make image"),
    ("ci", MISSING, CI, "make test", "make test || true"),
    ("ci", MISSING, CI, "- run: make test", "- run: make test\n        continue-on-error: true"),
    ("ci", MISSING, "Makefile", "-m pytest", "-m pytest --collect-only"),
    ("ci-trust", MISSING, CI, "@de0fac2e4500dabe0009e67214ff5f5447ce83dd", "@v6"),
    ("ci-trust", MISSING, CI, "permissions:\n  contents: read\n", ""),
    ("ci-trust", MISSING, CI, "contents: read", "contents: write"),
    ("quality-gate", MISSING, CI, "run: make evaluate", "run: echo evaluate"),
    ("quality-gate", MISSING, "reports/metrics.json", '"threshold": 0.8,', '"threshold": 0.9,'),
    ("quality-gate", MISSING, "reports/metrics.json", '"passed": true', '"passed": false'),
    ("integration-test", MISSING, "tests/test_api.py", 'post("/predict"', 'get("/health"'),
    ("integration-test", MISSING, "tests/test_api.py", "    assert answer", "    print(answer"),
    ("integration-test", MISSING, "tests/test_api.py", 'assert answer.json()["probability"] <= 1', "assert True"),
    ("integration-test", MISSING, "tests/test_api.py", 'assert answer.json()["probability"] <= 1', "assert answer or True"),
    ("integration-test", MISSING, "tests/test_api.py", "def test_predict", "import pytest\n@pytest.mark.skip\ndef test_predict"),
    ("configuration", MISSING, ".env.example", "CHURN_LOG_LEVEL", "LOG_LEVEL"),
    ("configuration", MISSING, "src/churn/app.py", "\n\n@app.get", '\nKEY = os.environ["CHURN_KEY"]\n\n@app.get'),
    ("secrets", MISSING, "src/churn/app.py", "LEVEL = ", 'KEY = "AKIA' + "QX3W7VZ2NTBD6RKP" + '"\nLEVEL = '),
    ("model-card", PLACEHOLDER, "MODEL_CARD.md", "Customers who joined", "[More Information Needed] Customers who joined"),
    ("model-card", MISSING, "MODEL_CARD.md", "license: mit", "license: free for all"),
    ("model-card", MISSING, "MODEL_CARD.md", "## Training\n", "## Further words\n"),
    ("model-index", MISSING, "MODEL_CARD.md", "value: 0.8513", "value: 0.8613"),
    ("model-index", MISSING, "MODEL_CARD.md", "- type: roc_auc", "- type: accuracy"),
    ("intended-use", PLACEHOLDER, "MODEL_CARD.md", "The retention team ranks", "TODO(users): who? The retention team ranks"),
    ("intended-use", MISSING, "MODEL_CARD.md", "It must not set prices\nor end a contract.", "It is very good and quick."),
    ("slices", MISSING, "MODEL_CARD.md", "| 70 | 0.768 |", "| 70 | 0.868 |"),
    ("slices", MISSING, "MODEL_CARD.md", "| plan = gold |", "| plan = silver |"),
    ("monitoring-plan", PLACEHOLDER, MONITORING, "restart it | Ada Lovelace", "restart it | TODO(owner): who is called?"),
    ("monitoring-plan", MISSING, MONITORING, "restart it | Ada Lovelace", "restart it | someone"),
    ("monitoring-plan", MISSING, MONITORING, "`http_requests_total` with 5xx", "`http_failures_total`"),
    ("monitoring-plan", MISSING, MONITORING, "| above 1% for 5 minutes |", "| |"),
    ("monitoring-plan", MISSING, MONITORING, "| signal | where | threshold |", "| signal | where | colour |"),
    ("drift-check", MISSING, "src/churn/drift.py", "artifacts/reference.json", "artifacts/absent.json"),
    ("drift-check", MISSING, "Makefile", "\ndrift:\n\t.venv/bin/python -m churn.drift\n", ""),
    ("alerts", MISSING, "monitoring/alerts.yml", "http_requests_total[5m])) >", "http_failures_total[5m])) >"),
    ("alerts", MISSING, "monitoring/alerts.yml", " > 0.01", ""),
    ("alerts", MISSING, "monitoring/alerts.yml", "[5m])) /", "[5m]) /"),
    ("alerts", MISSING, "monitoring/alerts.yml", "for: 5m", "for: a while"),
    ("latency", MISSING, "README.md", "| 0.82 |", "| 0.72 |"),
    ("latency", MISSING, "reports/load.json", "2.144", "3.144"),
    ("staleness", MISSING, RISKS, "2027-03-01", "2026-03-01"),
    ("staleness", MISSING, MONITORING, "retrain when it fails twice", "look at the rows"),
    ("rollback", MISSING, MONITORING, "git checkout v1.0.0", "git checkout v0.9.0"),
    ("rollback", MISSING, MONITORING, "git checkout v1.0.0 -- artifacts && make image", "make image"),
    ("rollback", MISSING, "CHANGELOG.md", "## 1.1.0\n\nMore trees.\n\n", ""),
    ("risk-register", PLACEHOLDER, RISKS, "accepted: the offer is cheap", "TODO(response): what is done?"),
    ("risk-register", MISSING, RISKS, "| high | low |", "| green | low |"),
    ("risk-register", MISSING, RISKS, "| likelihood |", "| colour |"),
    ("privacy", MISSING, "README.md", "`customer_id`", "the number"),
    ("privacy", MISSING, "README.md", "## Privacy", "## Other things"),
    ("incident-contact", MISSING, MONITORING, " at ada@lovelace.dev", ""),
    ("incident-contact", PLACEHOLDER, MONITORING, "ada@lovelace.dev", "you@example.com"),
]  # fmt: skip


def test_a_good_service_has_every_item() -> None:
    states = {name: (found.state, found.evidence) for name, found in findings(GOOD).items()}
    assert {name: each for name, each in states.items() if each[0] is not State.DONE} == {}


@pytest.mark.parametrize(("item", "state", "path", "old", "new"), MUTANTS)
def test_a_mutant_loses_its_own_item_and_no_other(item: str, state: State, path: str, old: str, new: str) -> None:
    assert open_items(changed(path, old, new)) == {item: state}


def test_every_item_has_a_mutant() -> None:
    assert {item.id for item in MINE} == {mutant[0] for mutant in MUTANTS}


@pytest.mark.parametrize("path", sorted(GOOD))
def test_a_file_less_never_crashes_an_item(path: str) -> None:
    files = {name: text for name, text in GOOD.items() if name != path}
    for found in findings(files).values():
        assert not any("could not be checked" in evidence.fact for evidence in found.evidence), found


@pytest.mark.parametrize("text", ["", "\0\0\0", "- - - [", "{", "\ufffd" * 100, "---\n&a [*a]\n---\n", "[" * 5000])
@pytest.mark.parametrize("path", sorted(GOOD))
def test_a_broken_file_never_crashes_an_item(path: str, text: str) -> None:
    for found in findings({**GOOD, path: text}).values():
        assert not any("could not be checked" in evidence.fact for evidence in found.evidence), found


def test_an_empty_repository_has_nothing() -> None:
    states = {name: found.state for name, found in findings({}).items()}
    assert {name for name, state in states.items() if state.counts} == set()


def test_words_that_a_template_wrote_are_not_the_owners() -> None:
    generated = frozenset(shingle for text in GOOD.values() for shingle in shingles(text))
    human = {item.id for item in MINE if item.human} - {"staleness", "risk-register", "monitoring-plan"}
    found = findings(GOOD, generated)
    assert {name: found[name].state for name in human} == dict.fromkeys(human, PLACEHOLDER)


@pytest.mark.parametrize("item", MINE, ids=lambda item: item.id)
def test_an_item_says_what_to_do_and_who_asks_for_it(item: type[Item]) -> None:
    assert item.title()[0].isupper()
    assert item.source
    assert len(item.remedy().split()) > 15
