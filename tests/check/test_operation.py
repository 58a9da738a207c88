"""Drift checks, alert rules, rollbacks and the columns of the data, in forms other than the good service's."""

from __future__ import annotations

import gzip

import pytest
from rendered import finding
from synthetic import ALERTS, APP, DRIFT, GOOD, RUNBOOK, changed, facts, repository, state, without

from scaffolder.check.items.alerts import AlertRules, measurements
from scaffolder.check.items.data_schema import columns
from scaffolder.check.items.drift_check import DriftCheck
from scaffolder.check.items.rollback import Rollback, versions
from scaffolder.results.finding import State


@pytest.mark.parametrize(
    ("expression", "signals"),
    [
        ("sum(rate(a_total{b=}[5m])) by (pod) / ignoring(x) group_left(y) d > 1e3", ("a_total", "d")),
        ("absent(up) or histogram_quantile(0.9, e_bucket) >= 0.5", ("up", "e_bucket")),
        ("1 > 2", ()),
    ],
)
def test_the_measurements_of_an_expression(expression: str, signals: tuple[str, ...]) -> None:
    assert measurements(expression) == signals


def test_rules_may_be_on_what_exporters_measure() -> None:
    rule = "{alert: A, expr: up == 0}, {record: b, expr: c}, {title: of Grafana, condition: B, data: []}"
    files = without(ALERTS)
    files["k8s/rules.yaml"] = f"groups:\n  - rules: [{rule}]\n"
    assert facts(AlertRules, files) == "k8s/rules.yaml:2: 1 rules, such as A"


def test_the_alert_on_a_measurement_that_only_a_test_names_is_wrong() -> None:
    files = changed(APP, "http_requests", "http_answers")
    files["tests/test_b.py"] = "http_requests = 1"
    assert "no Python code of this repository names http_requests_total" in facts(AlertRules, files)


def test_the_reference_may_be_recorded_by_the_code_and_the_check_run_by_the_service() -> None:
    files = changed(DRIFT, 'REFERENCE = Path("artifacts/reference.json")', "def record_baseline(rows):\n    ...")
    assert "no reference file that it names was found" in facts(DriftCheck, files)
    files["src/churn/train.py"] = "from churn.drift import record_baseline\nrecord_baseline([])\n"
    files["Makefile"] = GOOD["Makefile"].replace("drift", "compare")
    assert "run by src/churn/train.py" in facts(DriftCheck, files)


def test_the_reference_may_be_a_constant_of_another_module() -> None:
    files = changed(DRIFT, 'REFERENCE = Path("artifacts/reference.json")', "from churn.paths import REFERENCE")
    files["src/churn/paths.py"] = 'REFERENCE = "artifacts/reference.json"\n'
    assert state(DriftCheck, files) is State.DONE
    files["artifacts/reference.json"] = "{}"
    assert state(DriftCheck, files) is State.MISSING


@pytest.mark.parametrize(
    ("files", "tags", "known"),
    [
        ({"models/v1/a.onnx": "", "models/v2/a.onnx": ""}, (), {"v1", "v2"}),
        ({}, ("v1.0.0", "v1.1.0", "latest"), {"v1.0.0", "v1.1.0"}),
        ({"CHANGELOG.md": "## [1.2.0] - 2027-01-01\n\n## Version 1.1\n\n## Unreleased\n"}, (), {"1.2.0", "1.1"}),
    ],
)
def test_versions_to_go_back_to(files: dict[str, str], tags: tuple[str, ...], known: set[str]) -> None:
    assert versions(repository(files, tags)) == known


def test_a_rollback_is_a_command() -> None:
    assert facts(Rollback, {**GOOD, RUNBOOK: "# Rollback\n\nWe pray.\n"}).startswith("no document has a command")


@pytest.mark.parametrize(
    ("path", "data"),
    [
        ("data/a.csv", b"user_id,Size,7\n"),
        ("data/deep/a.csv.gz", gzip.compress(b"user_id,Size\n1,2\n", mtime=0)),
        ("a.jsonl", b'{"user_id": 1, "Size": 2}\n'),
        ("data/a.tsv", b"user_id\tSize\n"),
    ],
)
def test_columns_in_each_place(path: str, data: bytes) -> None:
    assert columns(repository({path: data})) == ("user_id", "Size")


LOAD = b'{"results": [{"clients": 1, "latency": {"predict": {"p50": 1.3521, "p95": 6.4664}}}]}'
ERRORS = "| mean error | median absolute error |\n| --- | --- |\n| -0.234 | 2.071 |\n"
LATENCY = "| Request | p50 ms | p95 ms |\n| --- | --- | --- |\n| predict | 1.35 | 6.47 |\n"


@pytest.mark.parametrize(
    ("blocks", "latency", "state"),
    [
        ('"docs/a.md" = ["worst", "latency"]', LATENCY, State.DONE),
        ('"docs/a.md" = ["worst", "latency"]', "_Not measured yet: run `make load`._", State.MISSING),
    ],
)
def test_the_block_of_the_latency_is_read_and_no_other_median(blocks: str, latency: str, state: State) -> None:
    page = f"<!-- measured:worst -->\n{ERRORS}<!-- /measured:worst -->\n\n<!-- measured:latency -->\n{latency}\n<!-- /measured:latency -->\n"
    files = {
        "scaffolder.toml": f"contract = 1\n[capabilities]\nlatency = true\n[blocks]\n{blocks}\n".encode(),
        "docs/a.md": page.encode(),
    }
    for path in ("reports/load.json", "reports/latency.json"):
        found = finding(files | {path: LOAD}, "latency")
        assert found.state is state
        assert not blocks or "2.071" not in str(found.evidence)
    assert finding(files, "latency").evidence[0].fact == "there is no such file, or it is not JSON"
