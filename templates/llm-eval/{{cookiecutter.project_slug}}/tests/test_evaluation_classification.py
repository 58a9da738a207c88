"""Metrics agree with scikit-learn and with ir-measures, where those apply."""

from __future__ import annotations

from typing import Any

import ir_measures
import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from ir_measures import RR, Qrel, R, ScoredDoc, nDCG
from sklearn.metrics import f1_score, roc_auc_score

from bench.evaluation import classification, ranking

quick = hypothesis_settings(max_examples=60)
labels = st.tuples(st.sampled_from("abc"), st.sampled_from(["a", "b", "c", "other", ""]))
judged = st.tuples(st.sampled_from([0.0, 0.1, 0.25, 0.6, 0.7, 0.95, 1.0]), st.booleans())


def near(value: Any) -> Any:
    return pytest.approx(value, nan_ok=True)


@quick
@given(st.lists(labels, min_size=1, max_size=30))
def test_labels_as_in_scikit_learn(pairs: list[tuple[str, str]]) -> None:
    expected, predicted = zip(*pairs, strict=True)
    there = sorted(set(expected))
    assert classification.macro_f1(expected, predicted) == near(
        f1_score(expected, predicted, labels=there, average="macro")
    )


@quick
@example([(0.0, True), (0.1, False)])  # 0.1 belongs to the first bin
@given(st.lists(judged, min_size=1, max_size=30))
def test_confidence_by_its_definitions(pairs: list[tuple[float, bool]]) -> None:
    confidence, correct = np.array([one for one, _ in pairs]), np.array([one for _, one in pairs])
    area = roc_auc_score(correct, confidence) if len(set(correct)) == 2 else np.nan
    assert classification.auc(confidence, correct) == near(area)
    half = classification.selective_accuracy(confidence, correct)
    assert 0 <= half == near(classification.selective_accuracy(confidence[::-1], correct[::-1]))
    assert classification.selective_accuracy(confidence, correct, coverage=1) == near(correct.mean())
    bins = np.ceil(np.round(confidence * 10, 9)).clip(1)
    gaps = [abs(np.mean(confidence[bins == one] - correct[bins == one])) * np.mean(bins == one) for one in set(bins)]
    assert classification.expected_calibration_error(confidence, correct) == near(sum(gaps))


def test_items_as_confident_as_the_last_count_with_their_mean() -> None:
    confidence, correct = np.array([0.9, 0.5, 0.5, 0.1]), np.array([True, True, False, True])
    assert classification.selective_accuracy(confidence, correct) == 0.75  # one and a half of two


@quick
@given(st.lists(st.none() | st.integers(1, 30), min_size=1, max_size=8, unique_by=lambda rank: rank or object()))
def test_rankings_as_in_ir_measures(ranks: list[int | None]) -> None:
    qrels = [Qrel("q", str(rank or f"missed {place}"), 1) for place, rank in enumerate(ranks)]
    run = [ScoredDoc("q", str(rank), -rank) for rank in range(1, 31)]
    measured = ir_measures.calc_aggregate([nDCG @ 10, R @ 5, RR @ 10], qrels, run)
    ours = {nDCG @ 10: ranking.ndcg(ranks), R @ 5: ranking.recall(ranks, 5), RR @ 10: ranking.reciprocal_rank(ranks)}
    assert measured == near(ours)
