"""If this breaks, `reports/metrics.json` can hold numbers that no document may show."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from predictor.reporting.metrics import Report, ReportError, read_report, write_json

RUN = {
    "command": "make evaluate",
    "commit": None,
    "seed": 0,
    "data_sha256": "0" * 64,
    "rows": 10,
    "python": "3.12.0",
    "started_at": "2026-01-01T00:00:00+00:00",
    "seconds": 1.5,
}
RECALL = {"name": "recall", "value": 0.8, "ci95": [0.7, 0.9], "higher_is_better": True}
REPORT: dict[str, Any] = {"task": "tabular-classification", "run": RUN, "metrics": [RECALL]}


def test_a_report_is_read_as_it_was_written(tmp_path: Path) -> None:
    write_json(tmp_path / "metrics.json", REPORT)
    report = read_report(tmp_path / "metrics.json", Report)
    assert report.metric("recall").ci95 == (0.7, 0.9)
    assert report.title("recall") == "recall"
    with pytest.raises(ReportError, match="has no metric 'cost'; run `make evaluate` again"):
        report.metric("cost")


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"run": None}, "run"),
        ({"run": {**RUN, "data_sha256": "unknown"}}, "run.data_sha256"),
        ({"metrics": [{**RECALL, "value": "high"}]}, "metrics.0.value"),
        ({"metrics": [{**RECALL, "ci95": [0.7]}]}, "metrics.0.ci95"),
        ({"metrics": [{**RECALL, "mood": "good"}]}, "metrics.0.mood"),
        ({"slices": [{"name": "old", "n": 0, "metric": "recall", "value": 1.0}]}, "slices.0.n"),
    ],
)
def test_a_report_that_does_not_follow_the_schema_is_refused(wrong: dict[str, Any], field: str, tmp_path: Path) -> None:
    path = tmp_path / "metrics.json"
    path.write_text(json.dumps({**REPORT, **wrong}))
    with pytest.raises(ReportError, match=rf"does not fit this code \({field}.*run `make evaluate` again$"):
        read_report(path)


def test_a_report_is_missing_or_has_no_number(tmp_path: Path) -> None:
    with pytest.raises(ReportError, match="does not exist; run `make evaluate` first"):
        read_report(tmp_path / "metrics.json")
    with pytest.raises(ValueError, match="JSON"):
        write_json(tmp_path / "metrics.json", {"value": float("nan")})
