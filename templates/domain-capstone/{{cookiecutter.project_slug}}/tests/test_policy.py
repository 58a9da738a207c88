"""The limit is the largest that keeps the risk; guarded and unusual cases go to a person."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from capstone import domain, policy
from capstone.manifest import CategoricalInput, NumericInput, unlike_training

PAIRS = st.lists(st.tuples(st.sampled_from([0.0, 0.1, 0.2, 0.3, 0.9]), st.sampled_from([0.0, 1.0, 2.5])), min_size=1)


def test_the_limit_by_hand() -> None:
    uncertainty, losses = np.array([0.4, 0.1, 0.3, 0.2]), np.array([1.0, 0.0, 0.0, 1.0])
    assert policy.choose_limit(uncertainty, losses, 0.34) == 0.3  # of the three surest, one is wrong
    assert policy.choose_limit(uncertainty, losses, 0.5) == 0.4
    assert policy.choose_limit(uncertainty, losses, 0.1) == 0.1
    assert policy.choose_limit(uncertainty, np.ones(4), 0.1) == 0.0


@given(PAIRS, st.floats(0.01, 2))
def test_what_the_limit_accepts_keeps_the_risk_and_no_larger_one_does(
    pairs: list[tuple[float, float]], most: float
) -> None:
    uncertainty, losses = np.array(pairs).T
    limit = policy.choose_limit(uncertainty, losses, most)
    accepted = losses[uncertainty <= limit]
    assert not len(accepted) or accepted.mean() <= most or limit == 0
    for larger in sorted({one for one in uncertainty if one > limit}):
        assert losses[uncertainty <= larger].mean() > most


@given(PAIRS)
def test_the_curve_ends_at_the_mean_loss_of_all(pairs: list[tuple[float, float]]) -> None:
    uncertainty, losses = np.array(pairs).T
    points = policy.curve(uncertainty, losses)
    assert points[-1]["coverage"] == 1
    assert points[-1]["risk"] == pytest.approx(losses.mean(), rel=1e-5)
    assert [one["coverage"] for one in points] == sorted(one["coverage"] for one in points)


def test_an_unusual_value_is_named() -> None:
    size = NumericInput(name="size", nullable=True, typical=2, seen=(1, 3))
    kind = CategoricalInput(name="kind", nullable=True, typical="a", choices=["a", "b"])
    assert unlike_training(4.0, size) == "4 is outside the range seen in training, 1 to 3"
    assert unlike_training("c", kind) == "'c' was not seen in training"
    assert [unlike_training(value, one) for value, one in ((1.0, size), (None, size), ("b", kind), (None, kind))] == [
        None
    ] * 4


def test_a_guarded_case_is_for_a_person(monkeypatch: pytest.MonkeyPatch) -> None:
    size = NumericInput(name="size", nullable=True, typical=2, seen=(1, 3))
    for module in (domain, policy):  # however the policy imports it
        monkeypatch.setattr(module, "guard", lambda case: "too odd" if case["size"] == 2 else None, raising=False)
    assert policy.why({"size": 2.0}, [size]) == ["too odd"]
    assert policy.why({"size": 1.0}, [size]) == []
    assert len(policy.why({"size": math.pi}, [size])) == 1
