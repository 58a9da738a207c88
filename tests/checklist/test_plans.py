"""Plans, alert rules, load reports, model cards, drift and versions."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from scaffolder.check.engine.snapshot import Snapshot
from scaffolder.check.numbers.card import claims, read_front, wrong
from scaffolder.check.numbers.load import latencies, load
from scaffolder.check.numbers.printed import agrees, as_decimal, first_number
from scaffolder.check.readers.columns import columns, personal
from scaffolder.check.readers.commands import absent, cited
from scaffolder.check.readers.make import parse_makefile
from scaffolder.check.readers.markdown import Document
from scaffolder.check.watching.alerts import alerts
from scaffolder.check.watching.plans import MONITORING, RISKS, dates, empty_cells, find_plan, unfinished_cells
from scaffolder.check.watching.versions import versions


def rules(expression: str, more: str = "    for: 5m\n") -> str:
    return f"groups:\n- name: g\n  rules:\n  - alert: A\n    expr: '{expression}'\n{more}"


def only(text: str) -> tuple[str, tuple[str, ...]]:
    (rule,) = alerts(Snapshot.of_files({"monitoring/alerts.yml": text.encode()})).rules
    return rule.problem, rule.signals


@pytest.mark.parametrize(
    ("expression", "signals"),
    [
        ("up == 0", ("up",)),
        ('sum(rate(http_requests_total{status=~"5.."}[5m])) by (route) > 0.01', ("http_requests_total",)),
        ("histogram_quantile(0.95, sum by (le) (rate(http_seconds_bucket[5m]))) > 1e-1", ("http_seconds_bucket",)),
        ("a_total / on(x) b_total offset 1w >= 2 and absent(c_total)", ("a_total", "b_total", "c_total")),
    ],
)
def test_an_alert_names_its_signals(expression: str, signals: tuple[str, ...]) -> None:
    assert only(rules(expression)) == ("", signals)


@pytest.mark.parametrize("expression", ["up", "", "sum(up > 1", "up > 1)", 'up{a="b} > 1'])
def test_an_expression_that_would_not_load_or_always_fire(expression: str) -> None:
    assert only(rules(expression))[0]


def test_rules_for_kubernetes_are_rules_and_recordings_are_not() -> None:
    text = "spec:\n  groups:\n  - rules:\n    - {record: r, expr: up}\n    - {alert: A, expr: up < 1}\n"
    assert only(text) == ("", ("up",))


MONTHS = [("2027-03-01", (2027, 3, 1)), ("1 March 2027", (2027, 3, 1)), ("March 1st, 2027", (2027, 3, 1))]


@pytest.mark.parametrize(
    ("text", "day"), [*MONTHS, ("March 2027", (2027, 3, 28)), ("Q2 2027", (2027, 6, 28)), ("2027-03", (2027, 3, 28))]
)
def test_dates_in_each_form(text: str, day: tuple[int, int, int]) -> None:
    assert date(*day) in dates(f"The next review is on {text}, at the latest.")


@pytest.mark.parametrize("text", ["2027-13-45", "version 2.3", "in spring", "99 March 2027"])
def test_what_is_no_date(text: str) -> None:
    assert list(dates(text)) == []


def test_the_plan_is_the_table_with_most_of_the_columns() -> None:
    other = Document("README.md", "| metric | target |\n|---|---|\n| auc | 1 |\n")
    plan = Document(
        "docs/plan.md", "| Metric | Alert when | What to do | Who |\n|---|---|---|---|\n| a | b | c | d |\n"
    )
    found = find_plan((other, plan), MONITORING, "signal")
    assert found is not None
    assert (found.document.path, dict(found.columns)) == (
        "docs/plan.md",
        {"signal": 0, "threshold": 1, "action": 2, "owner": 3},
    )


@pytest.mark.parametrize(
    ("owner", "waits", "empty"),
    [
        ("Ada", 0, 0),
        ("TODO(owner): who?", 1, 0),
        ("who is called?", 1, 0),
        ("someone", 0, 1),
        ("", 0, 1),
        ("-", 0, 1),
        ("the team", 0, 1),
        ("ML team on call", 0, 0),
    ],
)
def test_an_owner_is_somebody(owner: str, waits: int, empty: int) -> None:
    text = f"| risk | likelihood | impact | response | owner |\n|---|---|---|---|---|\n| a | low | high | none needed | {owner} |\n"
    plan = find_plan((Document("r.md", text),), RISKS, "risk")
    assert plan is not None
    assert (len(unfinished_cells(plan, frozenset())), len(empty_cells(plan))) == (waits, empty)


@pytest.mark.parametrize(
    ("printed", "value", "same"),
    [
        ("0.851", "0.8513", True),
        ("0.85", "0.8513", True),
        ("0.852", "0.8513", False),
        ("85.1%", "0.8513", True),
        ("85.2 %", "0.8513", False),
        ("1,171", "1171", True),
        ("2.1e-07", "0.00000021", True),
        ("−0.5", "-0.49", True),
        ("0.8", "NaN", False),
    ],
)
def test_a_printed_number_is_the_value_at_its_precision(printed: str, value: str, same: bool) -> None:
    assert agrees(printed, Decimal(value)) is same


def test_the_first_number_of_a_cell() -> None:
    assert first_number("0.851 [0.832, 0.872]") == "0.851"
    assert first_number("none") is None
    assert as_decimal("12%") == Decimal("0.12")


LOAD = (
    b'{"results": [{"clients": 1, "latency": {"predict": {"p50": 1.25, "p95": 2.5}, "predict_many": {"p50": 9.75}}}]}'
)


@pytest.mark.parametrize(
    ("text", "right"),
    [
        ("| Request | p50 ms |\n|---|---|\n| predict | 1.25 |\n", [True]),
        ("| Request | p50 ms |\n|---|---|\n| predict many | 9.75 |\n", [True]),
        ("| Request | p50 ms |\n|---|---|\n| predict | 9.75 |\n", [False]),
        ("| Request | p50 ms | p95 ms |\n|---|---|---|\n| predict | 1.25 | 2.6 |\n", [True, False]),
        ("The p95 is 2.5 ms at worst.", [True]),
        ("The p95 is 0.5 ms at worst.", [False]),
        ("| Metric | Value |\n|---|---|\n| p50 | 3 |\n", []),
    ],
)
def test_latencies_are_those_of_the_report(text: str, right: list[bool]) -> None:
    found = load(Snapshot.of_files({"reports/load.json": LOAD}))
    assert [each.right for each in latencies((Document("README.md", text),), found)] == right


CARD = "---\nlicense: mit\ntags: [x]\nmodel-index:\n- name: a\n  results:\n  - task: {type: t}\n    dataset: {type: d, name: D}\n    metrics:\n"


def test_the_index_is_compared_with_what_was_measured() -> None:
    front = read_front(Document("MODEL_CARD.md", CARD + "    - type: ROC-AUC\n      value: 0.851\n---\n"))
    assert front is not None
    assert front.problems == ()
    (claim,) = claims(front)
    assert (claim.metric, claim.value, claim.line) == ("ROC-AUC", "0.851", 11)
    assert wrong(claim, {"roc_auc": Decimal("0.8513")}) is None
    assert wrong(claim, {"roc_auc": Decimal("0.8523")})
    assert wrong(claim, {"accuracy": Decimal("0.851")})


@pytest.mark.parametrize(
    "text",
    [
        "license: nonsense\ntags: [a]",
        "tags: [a]",
        "license: mit",
        "- a",
        "a: [",
        CARD.removeprefix("---\n") + "    - type: x",
    ],
)
def test_front_matter_that_the_hub_refuses(text: str) -> None:
    front = read_front(Document("MODEL_CARD.md", f"---\n{text}\n---\n"))
    assert front is not None
    assert front.problems


def test_commands_in_documents() -> None:
    text = "Run `make test`, see `settings.toml`.\n\n```console\n$ docker compose up\nstarted\n$ ./run.sh\n```\n\n```python\nmake()\n```\n"
    assert [(each.text, each.line) for each in cited(Document("README.md", text))] == [
        ("make test", 1),
        ("docker compose up", 4),
        ("./run.sh", 6),
    ]


@pytest.mark.parametrize(
    ("command", "missing"),
    [
        ("make test", False),
        ("make -C other ship", False),
        ("make ship", True),
        ("docker build -t x .", True),
        ("docker build -f deploy/Dockerfile .", False),
        ("docker compose up", True),
        ("kubectl apply -f k8s/", False),
        ("kubectl apply -f absent/", True),
        ("python scripts/train.py", True),
        ("uvicorn churn.app:app --port 80", False),
        ("uvicorn other:app", True),
        ("./deploy/Dockerfile", False),
        ("./absent.sh", True),
        ("curl -f http://localhost", False),
    ],
)
def test_a_command_whose_files_are_absent(command: str, missing: bool) -> None:
    snapshot = Snapshot.of_files({"deploy/Dockerfile": b"", "k8s/a.yaml": b"", "src/churn/app.py": b""})
    (step,) = cited(Document("README.md", f"```sh\n{command}\n```"))
    assert (absent(step.command, snapshot, parse_makefile("test:\n")) is not None) is missing


@pytest.mark.parametrize(
    ("files", "count"),
    [
        ({"CHANGELOG.md": b"# Changelog\n## [1.1.0] - 2027-01-01\n## v1.0\n## Unreleased\n"}, 2),
        ({"artifacts/v1/model.onnx": b"", "artifacts/v2/model.onnx": b"", "artifacts/model.onnx": b""}, 2),
        ({"models/registry.json": b'{"models": [{"version": 1}, {"version": 2}, {"stage": "x"}]}'}, 2),
        ({"README.md": b"## 1.0\n"}, 0),
    ],
)
def test_versions_to_go_back_to(files: dict[str, bytes], count: int) -> None:
    documents = tuple(Document(path, text.decode()) for path, text in files.items() if path.endswith(".md"))
    assert len(versions(Snapshot.of_files(files), documents)) == count


def test_tags_are_versions_if_they_have_a_number() -> None:
    found = versions(Snapshot.of_files({"a": b""}, tags=("v1.0", "2026-11-01", "latest")), ())
    assert found == {"v1.0": "Git tags", "2026-11-01": "Git tags"}


def test_columns_that_tell_who_somebody_is() -> None:
    names = (
        "customer_id",
        "gender",
        "Email",
        "homeAddress",
        "age",
        "plan",
        "usage",
        "page",
        "station_name",
        "name",
        "date_of_birth",
        "zip_code",
    )
    assert personal(names) == ("customer_id", "gender", "Email", "age", "name", "date_of_birth", "zip_code")


def test_columns_come_from_the_data_or_the_settings() -> None:
    assert columns(Snapshot.of_files({"data/a.csv": b"x,y\n1,2\n"})) == ("x", "y")
    assert columns(Snapshot.of_files({"settings.toml": b'[[features]]\nname = "z"\n'})) == ("z",)
    assert columns(Snapshot.of_files({"data/a.csv.gz": b"broken"})) == ()
