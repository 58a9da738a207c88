"""The table of scores, which only a project with a served model has."""

from predictor.reporting import served
from predictor.reporting.metrics import Baseline, Metric, Report, Run


def test_a_metric_stands_beside_that_of_each_baseline() -> None:
    run = Run(command="x", commit=None, seed=1, data_sha256="0" * 64, rows=1, python="3", started_at="2026", seconds=1)
    metrics = [
        Metric(name="roc_auc", label="ROC AUC", value=0.85, higher_is_better=True),
        Metric(name="mae", value=2.5, higher_is_better=False),
    ]
    baseline = Baseline(name="mae", value=3, higher_is_better=False, model="mean")
    table = served.scores(Report(task="x", run=run, metrics=metrics, baseline=[baseline]), "model")
    assert "| ROC AUC | 0.850 |  |" in table
    assert "| mae | 2.500 | 3.000 |" in table
