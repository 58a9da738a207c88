"""A report: every item's finding, the level, who reviewed it, what is ignored and why."""

from __future__ import annotations

from pathlib import Path

import pytest
from reviewable import make
from sample_reports import broken, finding, finished, learner, review, undeclared

from scaffolder.check.engine.repository import Repository
from scaffolder.check.engine.snapshot import Snapshot
from scaffolder.check.examine import check, examine
from scaffolder.check.items import BY_ID, ITEMS
from scaffolder.pages.words import counted, rungs, standing
from scaffolder.results.finding import Level, Reviewed, Standing, State
from scaffolder.results.report import Counts, Report


def _report(*states: tuple[Level, State], complete: bool = True) -> Report:
    return Report("r", ".", "", tuple(finding("x", "t", state, level=rung) for rung, state in states), (), complete)


def _examined(files: dict[str, bytes]) -> Report:
    return examine(Repository(Snapshot.of_files(files)), "name")


def _ignoring(toml: str) -> Report:
    return _examined({"scaffolder.toml": b"contract = 1", "pyproject.toml": f"[tool.scaffolder]\n{toml}\n".encode()})


def _state(report: Report, item: str) -> State:
    return next(finding.state for finding in report.findings if finding.item == item)


class TestLevels:
    @pytest.mark.parametrize(
        ("builder", "deployer", "operator", "reached", "following"),
        [
            (State.DONE, State.WRITTEN, State.DONE, Level.OPERATOR, None),
            (State.NOT_APPLICABLE, State.DONE, State.MISSING, Level.DEPLOYER, Level.OPERATOR),
            (State.WRITTEN, State.UNVERIFIED, State.DONE, Level.BUILDER, Level.DEPLOYER),
            (State.PLACEHOLDER, State.DONE, State.DONE, None, Level.BUILDER),
        ],
    )
    def test_a_level_needs_all_of_its_items_and_those_below(
        self, builder: State, deployer: State, operator: State, reached: Level | None, following: Level | None
    ) -> None:
        report = _report((Level.BUILDER, builder), (Level.DEPLOYER, deployer), (Level.OPERATOR, operator))
        assert (report.level, report.next_level) == (reached, following)
        assert [finding.level for finding in report.blockers] == ([following] if following else [])

    @pytest.mark.parametrize(
        ("reviews", "said"),
        [
            ((), "Operator, unreviewed"),
            ((review(2),), "Operator"),
            ((review(1),), "Operator, unreviewed"),
            ((review(1), review(3, reviewer="Alan")), "Operator"),
            (
                (review(3, Standing.STALE), review(3, Standing.SELF), review(3, Standing.UNKNOWN)),
                "Operator, unreviewed",
            ),
        ],
    )
    def test_a_level_is_reviewed_when_somebody_else_found_it_good_enough(
        self, reviews: tuple[Reviewed, ...], said: str
    ) -> None:
        assert finished("r", *reviews).label == said

    @pytest.mark.parametrize(
        ("report", "reason"),
        [
            (_report((Level.BUILDER, State.DONE), complete=False), "some items were left out"),
            (undeclared(), "there is no scaffolder.toml"),
            (broken(), "some items could not be checked, because of a bug in scaffolder"),
        ],
    )
    def test_no_level_where_none_can_be_given(self, report: Report, reason: str) -> None:
        assert (report.level, report.reviewed, report.label, report.unrated) == (None, False, "not rated", reason)
        assert standing(report).startswith(f"Level: not rated ({reason}). ")

    def test_counts_are_kept_apart(self) -> None:
        assert learner().counts == Counts(verified=3, to_verify=5, written=1, to_write=3, reviewed=1)
        assert counted(learner()) == "3 of 5 verified by machine; 1 of 3 written, 1 reviewed"

    def test_the_score_leaves_out_what_does_not_apply_and_rounds_down(self) -> None:
        states = (State.DONE, State.WRITTEN, State.MISSING, State.NOT_APPLICABLE)
        assert _report(*((Level.BUILDER, state) for state in states)).score == 66
        assert _report((Level.BUILDER, State.NOT_APPLICABLE)).score == 100


class TestItems:
    @pytest.mark.parametrize("item", ITEMS, ids=BY_ID)
    def test_each_says_what_it_asks_why_and_who_asks_for_it(self, item: type) -> None:
        name, _, asks = item.title().partition(": ")
        assert 0 < len(name) <= 40
        assert asks
        assert len(item.remedy()) > 80
        assert item.remedy().endswith(".")
        assert item.source

    def test_every_finding_stands_under_one_heading(self) -> None:
        report = _examined({})
        assert sorted(f.item for _, findings in rungs(report) for f in findings) == sorted(BY_ID)


class TestIgnore:
    def test_an_item_is_ignored_only_for_a_reason_and_the_report_shows_it(self) -> None:
        report = _ignoring('ignore = {problem = "it is a library"}')
        found = next(finding for finding in report.findings if finding.item == "problem")
        reason = "ignored by the owner: it is a library"
        assert (found.state, found.reason, found.remedy) == (State.NOT_APPLICABLE, reason, "")
        assert report.notes == ()

    @pytest.mark.parametrize(
        ("toml", "said"),
        [
            ('ignore = {problme = "x"}', "'problme', which is no item: did you mean 'problem'?"),
            ('ignore = ["problem"]', 'write it as {item = "reason"}'),
            ("ignore = {problem = 3}", "'problem' is not ignored"),
            ('ignore = {problem = " "}', "'problem' is not ignored, because no reason is given"),
            ("ingore = {}", "no setting 'ingore'"),
        ],
    )
    def test_a_setting_that_is_wrong_is_said_and_has_no_effect(self, toml: str, said: str) -> None:
        report = _ignoring(toml)
        assert said in report.notes[0]
        assert _state(report, "problem") is not State.NOT_APPLICABLE


class TestCheck:
    def test_only_and_skip(self, tmp_path: Path) -> None:
        assert [finding.item for finding in check(tmp_path, only=["problem"]).findings] == ["problem"]
        assert len(check(tmp_path, skip=["problem"]).findings) == len(ITEMS) - 1

    def test_a_repository_without_a_contract_is_told_why_it_has_no_level(self, tmp_path: Path) -> None:
        assert "There is no scaffolder.toml" in check(tmp_path).notes[0]
        assert not check(tmp_path).declared
        assert check(make(tmp_path / "mine")).declared
