"""The ranking on twelve jumps of growing height, taken by people who were drawn as the model believes."""

from typing import Any

import numpy as np
import pandas as pd
import pytest
from scipy.special import expit
from sklearn.metrics import brier_score_loss, roc_auc_score
from skops import io as skops

from capstone import domain, technique
from capstone.data import Cases
from capstone.settings import Settings

JUMPS = [f"jump_{height:02}" for height in range(12)]
HEIGHTS = np.linspace(-2, 2, 12)
SETTINGS = Settings.model_validate(
    {
        "problem": {"title": "Jumps", "decision": "Which jump next?"},
        "data": {"file": "jumps.csv.gz", "sha256": "0" * 64, "id": "jumper"},
        "columns": dict.fromkeys(JUMPS, "numeric"),
        "training": {"headline": "roc_auc"},
        "policy": {"most_risk": 0.2, "target": 0.7},
    }
)


@pytest.fixture(autouse=True)
def small_domain(monkeypatch: pytest.MonkeyPatch) -> None:
    """A domain whose rule looks at the first jump."""
    monkeypatch.setattr(domain, "features", lambda cases: cases)
    monkeypatch.setattr(domain, "rule", lambda cases: cases["jump_00"].map({1.0: "over", 0.0: "under"}).fillna("?"))


def jumpers(count: int, seed: int) -> Cases:
    random = np.random.default_rng(seed)
    chances = expit(1.5 * random.normal(size=(count, 1)) - HEIGHTS)
    names = pd.Index([f"j{row}" for row in range(count)], name="jumper")
    frame = pd.DataFrame((random.random(chances.shape) < chances).astype(float), names, JUMPS)
    return Cases(frame, pd.Series(np.nan, frame.index))


def one(**known: float) -> pd.DataFrame:
    return pd.DataFrame([dict.fromkeys(JUMPS, np.nan) | known])


@pytest.fixture(name="model", scope="module")
def fitted() -> Any:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(domain, "features", lambda cases: cases)
        return technique.fit(jumpers(2000, 0), jumpers(2, 1), SETTINGS)


def test_it_finds_the_difficulties_and_the_spread_that_made_the_answers(model: Any) -> None:
    assert model["difficulties"] == pytest.approx(HEIGHTS, abs=0.25)
    assert model["spread"] == pytest.approx(1.5, abs=0.15)


def test_tasks_that_were_not_done_do_not_count(model: Any) -> None:
    cases = jumpers(2000, 0)
    nothing = pd.DataFrame(np.nan, [f"n{row}" for row in range(500)], JUMPS)
    frame = pd.concat([cases.frame, nothing])
    again = technique.fit(Cases(frame, pd.Series(np.nan, frame.index)), cases, SETTINGS)
    assert again["difficulties"] == pytest.approx(model["difficulties"], abs=1e-3)


def test_each_right_answer_raises_all_chances(model: Any) -> None:
    weak, strong = one(jump_05=0, jump_06=0), one(jump_05=1, jump_06=0)
    columns = [f"chance:{name}" for name in JUMPS]
    low, high = (technique.answers(model, case, SETTINGS)[columns].to_numpy() for case in (weak, strong))
    assert (high > low).all()


def test_the_answer_is_the_task_left_that_is_nearest_to_the_target(model: Any) -> None:
    given = technique.answers(model, one(jump_03=1, jump_06=0), SETTINGS).iloc[0]
    (first, _), *others, last = technique.options(given, SETTINGS)
    assert given["answer"] == first
    assert {first, *(name for name, _ in others)} == {*JUMPS} - {"jump_03", "jump_06"}
    distances = [abs(given[f"chance:{name}"] - 0.7) for name in (first, *(name for name, _ in others))]
    assert distances == sorted(distances)
    assert last == (technique.NONE, 0)


def test_nothing_is_recommended_where_everything_is_done(model: Any) -> None:
    given = technique.answers(model, one(**dict.fromkeys(JUMPS, 1.0)), SETTINGS).iloc[0]
    assert given["answer"] == technique.NONE
    assert technique.options(given, SETTINGS) == [(technique.NONE, 0)]
    assert np.isfinite(given["uncertainty"])


def test_nothing_is_recommended_where_no_task_left_is_near_the_target(model: Any) -> None:
    given = technique.answers(model, one(**dict.fromkeys(JUMPS[:9], 0.0)), SETTINGS).iloc[0]
    first, second, *_ = technique.options(given, SETTINGS)
    assert given["answer"] == first[0] == technique.NONE
    assert second[1] < 0.7 - technique.REACH
    assert given["uncertainty"] == 1  # above each limit, so a person decides


def test_more_known_answers_make_it_surer(model: Any) -> None:
    few = one(jump_04=1, jump_07=0)
    many = one(**{name: float(row < 7) for row, name in enumerate(JUMPS) if name != "jump_05"})
    unsure, surer = (technique.answers(model, case, SETTINGS)["uncertainty"].iloc[0] for case in (few, many))
    assert surer < unsure


def test_the_rule_gives_the_shares_of_those_with_the_same_key() -> None:
    train = jumpers(400, 0)
    frame = pd.concat([one(jump_00=1), one()], ignore_index=True)
    given = technique.by_rule(train, frame, SETTINGS)["chance:jump_07"]
    over = train.frame[train.frame["jump_00"] == 1]
    assert given.tolist() == pytest.approx([over["jump_07"].mean(), train.frame["jump_07"].mean()])


def test_hidden_answers_are_hidden_and_all_others_are_kept() -> None:
    cases = jumpers(50, 2)
    cases.frame.loc["j0", "jump_00"] = np.nan
    asked = technique.asked(cases, SETTINGS)
    assert asked.frame.index.is_unique
    assert "j0 jump_00" not in asked.frame.index  # it was not done
    for row, outcome in zip(asked.frame.to_dict("records"), asked.outcomes, strict=True):
        truth = cases.frame.loc[str(row["person"])]
        shown = {name: row[name] for name in JUMPS if row[name] == row[name]}
        assert row["asked"] not in shown
        assert outcome == truth[str(row["asked"])]
        assert shown == {name: truth[str(name)] for name in shown}
        assert 1 <= len(shown) <= 11
    pd.testing.assert_frame_equal(asked.frame, technique.asked(cases, SETTINGS).frame)


def test_all_rows_of_a_person_are_drawn_together() -> None:
    asked = technique.asked(jumpers(20, 2), SETTINGS)
    units = technique.units(asked, SETTINGS)
    assert units is not None
    assert units.nunique() == 20
    assert (units + " " + asked.frame["asked"] == asked.frame.index).all()


def test_the_scores_are_those_of_scikit_learn(model: Any) -> None:
    cases = technique.asked(jumpers(300, 3), SETTINGS)
    given, every = technique.answers(model, cases.frame, SETTINGS), np.arange(len(cases))
    scores = {name: score.of(cases.outcomes, given)(every) for name, score in technique.scores(SETTINGS).items()}
    assert scores["roc_auc"] == pytest.approx(roc_auc_score(cases.outcomes, given["asked_chance"]))
    assert scores["brier"] == pytest.approx(brier_score_loss(cases.outcomes, given["asked_chance"]))
    assert scores["brier"] == pytest.approx(technique.losses(cases.outcomes, given, SETTINGS).mean())
    told = technique.predictions(cases, given, SETTINGS)
    assert told[["brier", "odd"]].mean().to_dict() == pytest.approx({name: scores[name] for name in ("brier", "odd")})
    assert np.isnan(technique.scores(SETTINGS)["roc_auc"].of(cases.outcomes, given)(every[:1]))


def test_only_the_order_of_tasks_is_better_when_it_is_higher() -> None:
    assert [name for name, score in technique.scores(SETTINGS).items() if score.higher_is_better] == ["roc_auc"]


def test_the_gap_compares_success_with_the_target_for_the_weak_and_the_strong_alike() -> None:
    given = pd.DataFrame({"asked": "a", "answer": ["a", "a", "a", "a", "b"], "so_far": [0.0, 0.0, 0.5, 1.0, 1.0]})
    gap = technique.scores(SETTINGS)["target_gap"].of(pd.Series([0.0, 1, 1, 1, 0]), given)
    assert gap(np.arange(5)) == pytest.approx((0.2 + 0.3 + 0.3) / 3)
    assert np.isnan(gap(np.array([4])))


def test_somebody_who_solves_the_hard_and_fails_the_easy_does_not_fit(model: Any) -> None:
    usual = one(**{name: float(row < 6) for row, name in enumerate(JUMPS)})
    reversed_ = one(**{name: float(row >= 6) for row, name in enumerate(JUMPS)})
    fits = [technique.answers(model, case, SETTINGS)["fit"].iloc[0] for case in (usual, reversed_)]
    assert fits[0] > 0 > technique.ODD > fits[1]
    simulated = technique.answers(model, jumpers(1000, 5).frame, SETTINGS)["fit"]
    assert (simulated < technique.ODD).mean() < 0.07


def test_only_known_answers_are_reasons(model: Any) -> None:
    case = one(jump_03=1, jump_06=0)
    changed = pd.concat([case, case.assign(jump_06=1.0), case.assign(jump_09=0.0)], ignore_index=True)
    given = technique.answers(model, changed, SETTINGS)
    strengths = technique.strength(given, "jump_05")
    assert strengths[1] > strengths[0] == strengths[2]
    assert technique.strength(given, technique.NONE).tolist() == [0, 0, 0]


def test_a_stored_model_answers_the_same(model: Any) -> None:
    stored = skops.dumps(model)
    assert set(skops.get_untrusted_types(data=stored)) <= {"numpy.dtype"}
    again = skops.loads(stored, trusted=["numpy.dtype"])
    frame = jumpers(20, 4).frame
    pd.testing.assert_frame_equal(technique.answers(again, frame, SETTINGS), technique.answers(model, frame, SETTINGS))
