"""What is reported of several classes is recomputed from the labels in predictions.csv."""

from __future__ import annotations

from decimal import Decimal

import pytest

from scaffolder.check.items.recomputed_metrics import recomputed
from scaffolder.check.readers import formulas
from scaffolder.check.readers.csv import Rows
from scaffolder.check.readers.metrics import Entry, Metrics

TRUE = ("a", "a", "a", "b", "b", "c")
SAID = ("a", "a", "b", "b", "c", "c")


def test_f1_is_the_mean_of_the_classes_that_occur_or_were_said() -> None:
    assert formulas.macro_f1(TRUE, SAID) == pytest.approx((4 / 5 + 2 / 4 + 2 / 3) / 3)
    assert formulas.macro_f1(("a", "b"), ("a", "d")) == pytest.approx(1 / 3)
    assert formulas.accuracy(TRUE, SAID) == pytest.approx(4 / 6)


def test_accuracy_f1_and_each_recall_follow_from_the_labels() -> None:
    rows = Rows("predictions.csv", ("row", "actual", "predicted"), tuple(zip("123456", TRUE, SAID, strict=True)))
    reported = {"accuracy": 4 / 6, "f1": 0.6555556, "recall of a": 2 / 3, "recall of b": 0.9}
    scores = tuple(Entry(metric=name, value=Decimal(f"{value:.6g}")) for name, value in reported.items())
    found = {one.metric: one.same for one in recomputed(Metrics(scores=scores), rows, {})}
    assert found == {"accuracy": True, "f1": True, "recall of a": True, "recall of b": False}
