"""If nothing differs, at most 5 of 100 looks at a report, a comparison or a gate say that something does.

A simulated rate may be as far from the right one as chance takes it in one of 10,000 simulations; seeds are fixed, so a
test passes always or never.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from scipy import stats

from bench import bootstrap, leaderboards, matrix, regressions, runner, runs, scoring, settings
from bench.evaluation.comparison import Comparison, Pair, compare
from bench.settings import Statistics

Look = Callable[[int], bool]
MANY = Statistics(seed=1, permutations=20_000)


def by_chance(header: runs.Header, plan: runner.Plan, seed: int) -> runs.Run:
    """A run in which all systems are equally good, and each answer has its scores by chance."""
    random, rows = np.random.default_rng(seed), []
    for name, system in header.systems.items():
        for case in plan.work[name][0]:
            scores = {metric: random.normal() for metric in scoring.HEADLINES[system.task]}
            rows.append(runs.Row(system=name, case=case.id, output="", scores=scores, ms=1))
    return runs.Run(header, rows)


def differs(found: list[Comparison]) -> bool:
    return any(one.verdict != "undecided" for one in found)


def looks() -> dict[str, Look]:
    """What people look at, with whether it claims a difference, in a world of this seed."""
    given, header = settings.load_settings(), runs.read(runs.LATEST).header
    plan = runner.make_plan(given, matrix.load_matrix(), "test")

    def report(seed: int) -> bool:
        boards = leaderboards.boards(by_chance(header, plan, seed), given, plan.cases)
        return any(differs([*one.comparisons, *one.rivals]) for one in boards)

    def gate(seed: int) -> bool:
        now, then = (by_chance(header, plan, 2 * seed + one) for one in (0, 1))
        return differs(regressions.regressions(now, then, given))

    def two(seed: int) -> bool:
        said = regressions.compare_two(by_chance(header, plan, seed), "bm25/headings", "hybrid/headings", given)
        return any(one.startswith("hybrid/headings is") for one in said)

    return {"report": report, "gate": gate, "compare": two}


@pytest.mark.parametrize("look", ["report", "gate", "compare"])
def test_where_nothing_differs_few_looks_claim_anything(
    published: Path, monkeypatch: pytest.MonkeyPatch, look: str
) -> None:
    monkeypatch.setattr(bootstrap, "RESAMPLES", 2)  # intervals are not looked at
    monkeypatch.setattr(scoring, "metrics", lambda *_: [])
    claims = looks()[look]
    count = 200
    assert sum(map(claims, range(count))) <= stats.binom.ppf(1 - 1e-4, count, 0.05)


def test_one_look_is_one_family(published: Path) -> None:
    given, found = settings.load_settings(), runs.read(runs.LATEST)
    plan = runner.make_plan(given, matrix.load_matrix(), "test")
    boards = leaderboards.boards(found, given, plan.cases)
    comparisons = [one for board in boards for one in [*board.comparisons, *board.rivals]]
    assert {one.family for one in comparisons} == {len(comparisons)}
    gate = regressions.regressions(found, found, given)
    assert {one.family for one in gate} == {len(gate)} == {len(found.header.systems)}
    said = regressions.compare_two(found, "bm25/headings", "dense/headings", given)
    assert all("after Holm over 4 comparisons" in one for one in said if "the same" not in one)


def test_the_candidate_meets_every_other_system_so_the_runner_up_too(published: Path) -> None:
    given, found = settings.load_settings(), runs.read(runs.LATEST)
    plan = runner.make_plan(given, matrix.load_matrix(), "test")
    for board in leaderboards.boards(found, given, plan.cases):
        baseline, candidate = (one.name for one in board.experiment.lead())
        others = {one.system for one in board.entries} - {candidate}
        assert {one.system for one in board.rivals} <= {candidate}
        assert {one.baseline for one in board.rivals} == others - {baseline}
        best = max((board.value(one).value for one in others - {baseline}), default=None)  # type: ignore[union-attr]
        runner_up = board.runner_up()
        assert (board.value(runner_up.baseline).value if runner_up else None) == best  # type: ignore[union-attr]


def test_pairs_of_one_family_may_have_other_items_and_are_corrected_together() -> None:
    values = np.random.default_rng(10).normal(0.3, 1, (2, 60))
    pairs = [Pair("a", "b", np.zeros(60), values[0]), Pair("c", "d", np.zeros(20), values[1, :20])]
    family = compare(pairs, MANY)
    alone = [compare([pair], MANY)[0] for pair in pairs]
    assert [one.n for one in family] == [60, 20]
    assert [one.p for one in family] == [pytest.approx(one.p, abs=0.01) for one in alone]
    assert min(one.p_holm / one.p for one in family) >= 1
    assert max(one.p_holm / one.p for one in family) == 2
    assert all(one.detectable > other.detectable for one, other in zip(family, alone, strict=True))  # type: ignore[operator]


def test_however_large_the_family_a_real_difference_can_be_found(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bootstrap, "RESAMPLES", 2)  # intervals are not looked at
    same = [Pair("a", "b", np.zeros(30), np.zeros(30))] * 40
    *_, real = compare([*same, Pair("a", "c", np.zeros(30), np.ones(30))], Statistics(seed=1, permutations=100))
    assert (real.verdict, real.family) == ("better", 41)
