"""Two rankings become one: each scaled to 0..1, then weighed."""

import pytest

from assistant.retrieval.fusion import convex_combination, min_max


@pytest.mark.parametrize(
    ("scores", "scaled"), [([3, 1, 2], [1, 0, 0.5]), ([-2, -4], [1, 0]), ([5, 5], [1, 1]), ([0.3], [1]), ([], [])]
)
def test_scores_reach_from_0_to_1(scores: list[float], scaled: list[float]) -> None:
    assert min_max(scores) == pytest.approx(scaled)


def test_a_passage_that_one_ranking_lacks_has_0_there() -> None:
    dense, lexical = [("a", 0.9), ("b", 0.5), ("c", 0.1)], [("d", 30.0), ("b", 20.0), ("e", 10.0)]
    assert convex_combination(dense, lexical, 0.75) == pytest.approx(
        {"a": 0.75, "b": 0.75 * 0.5 + 0.25 * 0.5, "c": 0, "d": 0.25, "e": 0}
    )
    assert convex_combination([], lexical, 0.75) == pytest.approx({"d": 0.25, "b": 0.125, "e": 0})
    assert convex_combination([], [], 0.75) == {}
