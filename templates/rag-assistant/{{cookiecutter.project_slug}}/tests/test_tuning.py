"""`make tune` proposes lines for settings.toml, from the dev questions alone, and says what it cannot choose."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator, Sequence
from contextlib import chdir
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from assistant import wiring
from assistant.answering.assistant import Assistant
from assistant.answering.quotation import Quotation
from assistant.evaluation import tuning
from assistant.evaluation.benchmark import Benchmark, Question
from assistant.evaluation.scoring import metrics
from assistant.report import printed
from assistant.settings import Settings
from toy import open_toy
from toy_benchmark import LINES, line, repository

# The same questions in other words, so that there are enough answerable ones and, in dev, unanswerable ones.
AGAIN = [one | {"id": f"again{one['id']}", "question": f"{one['question'][:-1]}, please?"} for one in LINES]
MORE = [*AGAIN, *(line(f"more{number}", "dev", f"Why does planet {number} glow?") for number in range(8))]
FEW = [one for one in LINES if one["split"] == "dev"] + MORE[-4:]


@pytest.fixture(autouse=True)
def no_model(monkeypatch: pytest.MonkeyPatch) -> None:
    """Every embedding is the fake one, and a language model that cannot be asked is named."""
    monkeypatch.setattr(wiring, "open_index", open_toy)
    monkeypatch.setenv("ASSISTANT_LLM_URL", "http://127.0.0.1:9")
    monkeypatch.setenv("ASSISTANT_LLM_MODEL", "none")


def tune(settings: Settings, folder: Path) -> tuple[str, dict[str, Any]]:
    with chdir(folder):
        text = printed("tuning.jinja", **tuning.tune(settings))
    return text, tomllib.loads(text)


def test_the_proposal_is_toml_that_the_settings_take(tmp_path: Path) -> None:
    settings = repository(tmp_path, [*LINES, *MORE])
    text, proposed = tune(settings, tmp_path)
    assert set(proposed["gates"]) == {"ndcg_at_10", "answer_rate"}  # the test questions have two unanswerable ones
    assert "# No gate on abstention_recall: it takes 10 unanswerable dev questions and as many test questions" in text
    assert "there are 12 and 4" in text
    assert "favour 0." in text
    assert max(proposed["gates"].values()) <= 1 - 3 / 20  # though no answerable dev question is refused
    assert all(bound * 20 == pytest.approx(round(bound * 20)) and bound > 0 for bound in proposed["gates"].values())
    again, same = tune(pasted(settings, proposed), tmp_path)
    assert same == {"retrieval": {}, "answering": {}, "gates": {}}  # a line that changes nothing is a comment
    assert f"# abstain_below stays {proposed['answering']['abstain_below']}: " in again


def pasted(settings: Settings, proposed: dict[str, Any]) -> Settings:
    merged = settings.model_dump() | {"gates": proposed["gates"]}
    for table in ("retrieval", "answering"):
        merged[table] |= proposed[table]
    return Settings.model_validate(merged)


def test_test_questions_have_no_say(tmp_path: Path) -> None:
    asked = [*LINES, *MORE]
    swapped = [one | {"question": "Loans?"} if one["split"] == "test" else one for one in asked]
    (tmp_path / "other").mkdir()
    same = tune(repository(tmp_path, asked), tmp_path)
    assert tune(repository(tmp_path / "other", swapped), tmp_path / "other") == same


def test_a_threshold_and_a_weight_that_chance_may_prefer_stay(tmp_path: Path) -> None:
    settings = repository(tmp_path, [*LINES, *MORE])
    _, proposed = tune(settings, tmp_path)
    again = pasted(settings, proposed)
    near = again.answering.model_copy(update={"abstain_below": again.answering.abstain_below - 0.01})
    text, kept = tune(again.model_copy(update={"answering": near}), tmp_path)
    assert f"# abstain_below stays {near.abstain_below}: such questions favour 0." in text
    assert kept["answering"] == {}
    assert "# dense_weight stays 0.8: to choose it takes 40 answerable dev questions, and there are 20." in text


@pytest.mark.parametrize("lines", [[], LINES[:2], LINES[:9], FEW])
def test_of_few_questions_nothing_is_chosen(tmp_path: Path, lines: list[dict[str, Any]]) -> None:
    text, proposed = tune(repository(tmp_path, lines), tmp_path)
    yes = sum(bool(one["evidence"]) for one in lines)
    assert f"stays 0.8: to choose it takes 40 answerable dev questions, and there are {yes}." in text
    assert "abstain_below stays 0.2. The threshold for refusals is not fitted to these documents" in text
    assert f"20 answerable and 10 unanswerable dev questions, and there are {yes} and {len(lines) - yes}." in text
    need = "it takes 20 answerable dev questions and as many test questions"
    assert f"No gate on answer_rate: {need}, and there are {yes} and 0." in text
    assert not any(proposed.values())


def test_of_few_questions_the_highest_threshold_that_refuses_none_is_a_proposal(tmp_path: Path) -> None:
    settings = repository(tmp_path, FEW)
    text, _ = tune(settings, tmp_path)
    [proposed] = re.findall(r"abstain_below = (0\.\d+) is the highest that refuses none", text)
    assert refused(settings, float(proposed)) == 0
    assert refused(settings, float(proposed) + 0.001) > 0


def refused(settings: Settings, threshold: float) -> int:
    answering = settings.answering.model_copy(update={"abstain_below": threshold})
    with wiring.open_assistant(settings) as assistant:
        questions = [one["question"] for one in FEW if one["evidence"]]
        return sum(replace(assistant, answerer=Quotation(answering)).ask(one).abstained for one in questions)


def test_a_gain_is_measured_on_questions_that_did_not_choose_the_setting() -> None:
    alike = np.random.default_rng(1).normal(size=(12, 100, 400))  # of twelve settings, none is better than another
    gains = [tuning.held_out(alike[..., chance], chance)[1] for chance in range(400)]
    means = np.array([one.mean() for one in gains])
    assert abs(means.mean()) < 3 * means.std() / 20
    better = np.vstack([np.zeros(100), np.arange(100) % 2 + 0.5, np.ones(100) / 4])
    best, gained = tuning.held_out(better, 1)
    assert (best, len(gained)) == (1, 50)
    assert gained.min() == 0.5


def test_a_better_weight_is_proposed_with_the_gain_on_the_other_half(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def scores(assistant: Assistant, asked: Sequence[Question], _: Benchmark) -> dict[str, Any]:
        return {"ndcg_at_10": np.full(len(asked), assistant.settings.retrieval.dense_weight)}

    again = [one | {"id": f"3{one['id']}", "question": f"Please: {one['question']}"} for one in [*LINES, *MORE]]
    settings = repository(tmp_path, [*LINES, *MORE, *again])
    monkeypatch.setattr(tuning, "rank", scores)
    text, proposed = tune(settings, tmp_path)
    assert (
        "half of the dev questions, 1.0 is best. On the other 20, it gains 0.200 [0.200, 0.200] in ndcg_at_10" in text
    )
    assert proposed["retrieval"] == {"dense_weight": 1.0}


@pytest.mark.parametrize("chance", range(20))
def test_a_gate_holds_on_other_questions_of_the_same_kind(chance: int) -> None:
    random = np.random.default_rng(chance)
    dev, test = (random.random(20) < 0.7 for _ in range(2))
    [score] = metrics({"answer_rate": dev.astype(float)}, chance)
    assert tuning.gate(score, 20, 20) <= test.mean()


def test_a_gate_is_below_a_score_without_a_failure() -> None:
    [score] = metrics({"answer_rate": np.ones(20)}, 1)
    assert tuning.gate(score, 20, 20) == 0.75  # 1 - sqrt(2) * 0.161, rounded down
    assert tuning.gate(score, 20, 0) == 0


def pairs() -> Iterator[Any]:
    yield st.lists(st.tuples(st.floats(0, 1), st.booleans()), min_size=2, max_size=25)


@hypothesis_settings(max_examples=60)
@example([(0.0, False), (5e-324, True)])
@example([(0.5, False), (0.5000000000000001, True)])
@example([(1.0, True), (1.0, False)])
@example([(0.0, True), (0.0, False)])
@given(*pairs())
def test_no_other_threshold_makes_the_smaller_share_larger(questions: list[tuple[float, bool]]) -> None:
    confidence = np.array([one for one, _ in questions])
    answerable = np.array([one for _, one in questions])
    if answerable.all() or not answerable.any():
        assert np.isnan(tuning.choose(confidence, answerable))
        return

    def smaller(threshold: float) -> float:
        answered = confidence >= threshold
        return float(min(answered[answerable].mean(), (~answered[~answerable]).mean()))

    chosen = tuning.choose(confidence, answerable)
    assert 0 <= chosen <= 1
    for other in np.r_[0, np.unique(confidence), np.minimum(1, np.unique(confidence) + 1e-9)]:
        assert smaller(float(other)) <= smaller(chosen) + 1e-9


def test_the_threshold_lies_in_the_middle_of_the_widest_gap() -> None:
    confidence, answerable = np.array([0.1, 0.2, 0.6, 0.9]), np.array([False, False, True, True])
    assert tuning.choose(confidence, answerable) == 0.4
