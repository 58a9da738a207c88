"""Numbers, tables and front matter as people read them."""

from __future__ import annotations

import subprocess
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from any_package.reporting import sections
from any_package.reporting.metrics import Baseline, Gate, Metric, Report, ReportError, Run, Slice, failures
from any_package.reporting.run import commit, describe_run

RUN = Run(
    command="x", commit=None, seed=1, data_sha256="0" * 64, rows=12_345, python="3", started_at="2026", seconds=1.25
)
REPORT = Report(
    task="regression",
    run=RUN,
    metrics=[
        Metric(name="roc_auc", label="ROC AUC", value=0.85, ci95=(0.8, 0.9), higher_is_better=True),
        Metric(name="mae", value=2.5, higher_is_better=False),
    ],
    slices=[
        Slice(name="plan = _x_", n=3000, metric="roc_auc", value=0.8, ci95=(0.7, 0.84)),
        Slice(name="plan = _x_", n=3000, metric="mae", value=3),
        Slice(name="new", n=40, metric="mae", value=2.6, ci95=(2.51, 2.7)),
        Slice(name="rare", n=50, metric="mae", value=2.5),
        Slice(name="rare", n=1, metric="roc_auc", value=0, ci95=(0, 0.434)),
    ],
    gates=[
        Gate(metric="roc_auc", threshold=0.8, passed=True, value=0.85),
        Gate(metric="mae", threshold=2, passed=False, value=2.5, bound="max"),
        Gate(metric="f1", threshold=0.5, passed=False),
    ],
)


def lines(table: str) -> list[list[str]]:
    """The cells of a table, without its rule."""
    return [[cell.strip() for cell in line.strip("|").split(" | ")] for line in table.splitlines() if "---" not in line]


def test_a_table_of_slices_has_a_line_for_each_and_a_column_for_each_metric() -> None:
    assert lines(sections.tables.slices(REPORT, "rows")) == [
        ["Slice", "Rows", "ROC AUC", "mae"],
        ["all test rows", "", "0.850 [0.800, 0.900]", "2.500"],
        [r"plan = \_x\_", "3,000", "0.800 [0.700, 0.840]", "3.000"],
        ["new", "40", "", "2.600 [2.510, 2.700]"],
        ["rare", "50", "0.000 [0.000, 0.434] (too few: 1)", "2.500"],
    ]


def test_a_metric_stands_beside_that_of_each_baseline() -> None:
    baseline = [Baseline(name="mae", value=3, higher_is_better=False, model=model) for model in ("mean", "a|b")]
    assert lines(sections.tables.scores(REPORT.model_copy(update={"baseline": baseline}), "model")) == [
        ["Metric", "**model** (served)", "mean", r"a\|b"],
        ["ROC AUC", "0.850 [0.800, 0.900]", "", ""],
        ["mae", "2.500", "3.000", "3.000"],
    ]


def test_a_table_of_gates_says_which_were_kept() -> None:
    assert lines(sections.tables.gates(REPORT)) == [
        ["Gate", "Bound", "Measured", "Result"],
        ["ROC AUC", "at least 0.8", "0.850", "passed"],
        ["mae", "at most 2", "2.500", "**failed**"],
        ["f1", "at least 0.5", "", "**failed**"],
    ]


def test_a_slice_is_clearly_worse_if_its_whole_interval_is_and_it_has_enough_cases() -> None:
    assert [sections.clearly_worse(one, REPORT) for one in REPORT.slices] == [True, False, True, False, False]
    for n in (sections.FEW - 1, sections.FEW):
        few = REPORT.slices[0].model_copy(update={"n": n})
        assert sections.clearly_worse(few, REPORT) is (n == sections.FEW)
    for ci95 in ((0.7, 0.85), (0.86, 0.9)):
        assert not sections.clearly_worse(REPORT.slices[0].model_copy(update={"ci95": ci95}), REPORT)
    for ci95 in ((2.5, 2.7), (2.4, 2.45)):
        assert not sections.clearly_worse(REPORT.slices[2].model_copy(update={"ci95": ci95}), REPORT)


def test_the_circumstances_of_a_run_are_shown() -> None:
    table = lines(sections.tables.provenance(RUN, ["make a", "make b"], "of both", [["More", "7"]]))
    assert ["Command", "`make a`, `make b`"] in table
    assert ["Commit", "none: not a git repository"] in table
    assert ["Rows", "12,345"] in table
    assert table[-2:] == [["Seconds (of both)", "1.2"], ["More", "7"]]
    committed = sections.tables.provenance(RUN.model_copy(update={"commit": "abc"}), [], "")
    assert "| Commit | `abc` |" in committed
    assert "| :--- | :--- |" in committed


def test_the_hub_reads_what_was_measured() -> None:
    text = sections.tables.model_index(REPORT, "Prévision 😀", "x.csv", "tabular")
    assert '  - name: "Prévision 😀"\n' in text
    assert '          name: "x.csv"\n          type: "tabular"\n' in text
    assert text.endswith("  - type: roc_auc\n            value: 0.85\n          - type: mae\n            value: 2.5")


def test_a_metric_is_found_by_its_name() -> None:
    assert REPORT.metric("mae").value == 2.5
    with pytest.raises(ReportError, match="no metric 'f1'; run `make evaluate` again"):
        REPORT.metric("f1")


def test_a_block_that_nothing_was_measured_for_is_not_rendered() -> None:
    template = sections.environment(Path()).from_string(
        "{% block a_b %}{{ x }}{% endblock %}{% block c %}{{ y }}{% endblock %}"
    )
    assert sections.render(template, {"x": 1, "y": 2}) == {"a-b": "1\n", "c": "2\n"}
    assert sections.render(template, {"x": 1}, {"c": "Not measured."}) == {"a-b": "1\n", "c": "Not measured.\n"}


def test_a_run_is_recorded(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("GIT_DIR", "GIT_INDEX_FILE", "GIT_WORK_TREE"):  # set while Git itself runs the tests
        monkeypatch.delenv(name, raising=False)
    monkeypatch.chdir(tmp_path)
    assert commit() is None
    git = ["git", "-c", "user.name=A", "-c", "user.email=a@b.c", "-c", "commit.gpgsign=false"]
    subprocess.run([*git, "init", "-q"], check=True)
    subprocess.run([*git, "commit", "-q", "--allow-empty", "-m", "of something else"], check=True)
    assert commit() is None
    Path("pyproject.toml").touch()
    subprocess.run([*git, "add", "pyproject.toml"], check=True)
    started = datetime.now(UTC) - timedelta(hours=1)
    run = describe_run("make x", started, seed=3, data_sha256="0" * 64, rows=4, earlier=1_000.0)
    assert run.started_at == started.isoformat(timespec="seconds")
    assert 4_600 <= run.seconds == round(run.seconds, 1) < 5_600
    head = subprocess.run(["git", "rev-parse", "HEAD"], check=True, capture_output=True, text=True).stdout.strip()
    assert run.commit == head


def test_a_run_may_be_short_and_of_no_rows_and_not_of_fewer() -> None:
    least = {**RUN.model_dump(), "seconds": 0, "rows": 0}
    assert (Run(**least).seconds, Run(**least).rows) == (0, 0)
    for name in ("seconds", "rows"):
        with pytest.raises(ValueError, match=rf"{name}\n.* greater than or equal to 0"):
            Run(**{**least, name: -1})


def test_a_failed_gate_becomes_a_sentence() -> None:
    gate = Gate(metric="mae", threshold=1.15, passed=False, value=1.3, bound="max")
    kept, unknown = gate.model_copy(update={"passed": True}), gate.model_copy(update={"value": None})
    least = Gate(metric="roc_auc", threshold=0.8, passed=False, value=0.75)
    assert failures([gate, kept, unknown, least]) == [
        "mae is 1.3, but the gate asks for at most 1.15.",
        "mae has no value, but the gate asks for at most 1.15.",
        "roc_auc is 0.75, but the gate asks for at least 0.8.",
    ]
