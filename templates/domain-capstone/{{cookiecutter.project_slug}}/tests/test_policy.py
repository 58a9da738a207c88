"""If this fails, answers that nobody looks at are wrong more often than was promised."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from capstone import domain, policy
from capstone.manifest import Array, CategoricalInput, NumericInput, unlike_training

PAIRS = st.lists(st.tuples(st.sampled_from([0.0, 0.1, 0.2, 0.3, 0.9]), st.sampled_from([0.0, 1.0, 2.5])), min_size=1)
SURE = np.arange(1, 101) / 100  # the uncertainties of a hundred cases


def wrong(*places: int) -> Array:
    """The losses of a hundred cases, of which those at these places are wrong."""
    return np.isin(np.arange(1, 101), places).astype(float)


def test_the_limit_by_hand() -> None:
    assert policy.choose_limit(SURE, wrong(), 0.17) == 1
    assert policy.choose_limit(SURE, wrong(), 0.13) is None  # if 13% are wrong, 6% of all samples of 20 show no mistake
    assert policy.choose_limit(SURE, wrong(*range(41, 101)), 0.17) == 0.4  # of 45, 5 wrong
    assert policy.choose_limit(SURE, np.ones(100), 0.17) is None
    assert policy.choose_limit(np.array([]), np.array([]), 0.17) is None
    assert policy.choose_limit(np.array([0.0]), np.array([1.0]), 0.17) is None
    assert policy.choose_limit(SURE, wrong(1) * 9, 0.17, largest=1) is None  # a loss that was held to be impossible


def test_of_the_limits_that_keep_the_risk_the_cheapest_is_chosen() -> None:
    losses = np.where(SURE <= 0.6, 0.0, 0.3)  # a person decides for 0.1 what the model decides for 0.3
    chosen = [policy.choose_limit(SURE, losses, 0.9, referred=np.full(100, price)) for price in (0.1, 0.5)]
    assert chosen == [0.6, 1]
    assert policy.choose_limit(SURE, np.ones(100), 0.9, referred=np.zeros(100)) is None


def test_a_promise_is_rarely_broken() -> None:
    """The worst case: at each limit, the mean loss is just above the one that is allowed."""
    random, most = np.random.default_rng(20260901), 0.05
    for losses in (np.array([0, 1.0]), np.array([0, 0.2, 1.0])):
        rare = most * 1.001 / losses[1:].sum()
        samples = [
            random.choice(losses, 400, p=[1 - rare * len(losses[1:]), *rare + 0 * losses[1:]]) for _ in range(400)
        ]
        chosen = [policy.choose_limit(random.random(400), sample, most) for sample in samples]
        assert sum(limit is not None for limit in chosen) <= 0.07 * len(samples)


def test_cases_of_one_group_count_once() -> None:
    assert policy.choose_limit(SURE, wrong(), 0.17, groups=np.arange(100) // 5) is None
    assert policy.choose_limit(SURE, wrong(), 0.17, groups=np.arange(100)) == 1


def test_small_losses_of_the_surest_do_not_hide_that_losses_may_be_large() -> None:
    losses = np.where(SURE <= 0.4, 0.0, 50.0)  # of a forecast: those that are accepted happen to be exact
    assert policy.choose_limit(SURE, losses, 1.0) is None


@given(PAIRS, st.floats(0.01, 2))
def test_what_the_limit_accepts_keeps_the_risk_with_a_margin(pairs: list[tuple[float, float]], most: float) -> None:
    uncertainty, losses = np.array(pairs).T
    limit = policy.choose_limit(uncertainty, losses, most)
    accepted = losses[policy.within(uncertainty, limit)]
    assert len(accepted) == 0 if limit is None else accepted.mean() < most


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
