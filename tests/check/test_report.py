"""A report: every item's finding, the level, what is ignored and why."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pytest

from scaffolder.check.engine import report as reports
from scaffolder.check.engine.config import config
from scaffolder.check.engine.finding import Finding, Level, State
from scaffolder.check.report import Report, UnknownItemError, check, examine
from scaffolder.check.engine.snapshot import Snapshot
from scaffolder.check.items import BY_ID, EIGHT, ITEMS, table
from scaffolder.errors import TargetError
from scaffolder.pages.words import rungs, standing
from scaffolder.project import plan as project
from scaffolder.template import answers, catalog


def _finding(level: Level, state: State, item: str = "x") -> Finding:
    return Finding(item, "title", level, False, state, (), "", "", "")


def _report(*states: tuple[Level, State], complete: bool = True) -> Report:
    return Report("name", ".", None, tuple(_finding(*each) for each in states), complete=complete)


def _ignoring(toml: str) -> Report:
    return examine(Snapshot.of_files({"pyproject.toml": f"[tool.scaffolder]\n{toml}\n".encode()}), "name")


def _state(report: Report, item: str) -> State:
    return next(finding.state for finding in report.findings if finding.item == item)


class TestLevels:
    done, missing, not_applicable = State.DONE, State.MISSING, State.NOT_APPLICABLE

    @pytest.mark.parametrize(
        ("builder", "deployer", "operator", "level", "following"),
        [
            (State.DONE, State.DONE, State.DONE, Level.OPERATOR, None),
            (State.NOT_APPLICABLE, State.DONE, State.MISSING, Level.DEPLOYER, Level.OPERATOR),
            (State.DONE, State.UNVERIFIED, State.DONE, Level.BUILDER, Level.DEPLOYER),
            (State.PLACEHOLDER, State.DONE, State.DONE, None, Level.BUILDER),
        ],
    )
    def test_a_level_needs_all_of_its_items_and_those_below(
        self, builder: State, deployer: State, operator: State, level: Level | None, following: Level | None
    ) -> None:
        report = _report((Level.BUILDER, builder), (Level.DEPLOYER, deployer), (Level.OPERATOR, operator))
        assert (report.level, report.next_level) == (level, following)
        assert [finding.level for finding in report.blockers] == ([following] if following else [])

    def test_no_level_when_items_were_left_out(self) -> None:
        report = _report((Level.BUILDER, State.DONE), complete=False)
        assert report.level is None
        assert standing(report) == "1 of 1 items done (100%). No level, because some items were left out."

    def test_the_score_leaves_out_what_does_not_apply_and_rounds_down(self) -> None:
        levels = [(Level.BUILDER, State.DONE)] * 2 + [
            (Level.BUILDER, State.MISSING),
            (Level.BUILDER, State.NOT_APPLICABLE),
        ]
        assert _report(*levels).score == 66
        assert _report((Level.BUILDER, State.NOT_APPLICABLE)).score == 100


class TestItems:
    def test_the_essential_eight_come_first_and_in_their_order(self) -> None:
        assert tuple(item.id for item in ITEMS if item.essential) == EIGHT == tuple(item.id for item in ITEMS[:8])
        levels = [list(Level).index(item.level) for item in ITEMS[8:]]
        assert levels == sorted(levels)

    def test_no_two_items_have_one_id(self) -> None:
        assert len(BY_ID) == len(ITEMS)

    @pytest.mark.parametrize("item", ITEMS, ids=BY_ID)
    def test_each_says_what_it_asks_why_and_who_asks_for_it(self, item: type) -> None:
        name, _, asks = item.title().partition(": ")
        assert 0 < len(name) <= 40
        assert asks
        assert len(item.remedy()) > 80
        assert item.remedy().endswith(".")
        assert item.source

    def test_the_table_of_the_documentation_has_them_all(self) -> None:
        lines = table().splitlines()
        assert len(lines) == 2 + len(ITEMS)
        assert all(line.count(" | ") == 4 for line in lines[2:])

    def test_every_finding_stands_under_one_heading(self) -> None:
        report = examine(Snapshot.of_files({}), "empty")
        assert sorted(f.item for _, findings in rungs(report) for f in findings) == sorted(BY_ID)


class TestEmpty:
    report = examine(Snapshot.of_files({}), "empty")

    def test_nothing_is_done_in_an_empty_repository_but_what_cannot_be_wrong(self) -> None:
        assert {finding.item for finding in self.report.findings if finding.state is State.DONE} <= {"secrets"}

    def test_every_finding_that_is_not_done_says_what_to_do(self) -> None:
        assert all(finding.remedy for finding in self.report.findings if not finding.state.counts)
        assert not [f for f in self.report.findings if any("could not be checked" in e.fact for e in f.evidence)]


class TestIgnore:
    def test_an_item_is_ignored_only_for_a_reason_and_the_report_shows_it(self) -> None:
        report = _ignoring('ignore = {demo = "it is a library", links = " "}')
        demo = next(finding for finding in report.findings if finding.item == "demo")
        assert (demo.state, demo.reason, demo.remedy) == (
            State.NOT_APPLICABLE,
            "ignored by the owner: it is a library",
            "",
        )
        assert _state(report, "links") is not State.NOT_APPLICABLE
        assert "'links' is not ignored, because no reason is given" in report.notes[0]

    @pytest.mark.parametrize(
        ("toml", "said"),
        [
            ('ignore = {dmeo = "x"}', "'dmeo', no item: did you mean 'demo'?"),
            ('ignore = ["demo"]', 'write it as {item = "reason"}'),
            ("ignore = {demo = 3}", "'demo' is not ignored"),
            ("ingore = {}", "no setting 'ingore'"),
        ],
    )
    def test_a_setting_that_is_wrong_is_said_and_has_no_effect(self, toml: str, said: str) -> None:
        report = _ignoring(toml)
        assert said in report.notes[0]
        assert _state(report, "demo") is not State.NOT_APPLICABLE

    @pytest.mark.parametrize("table", [{"tool": 3}, {"tool": {"scaffolder": 3}}, {"tool": {}}, {}])
    def test_any_toml_will_do(self, table: dict[str, object]) -> None:
        assert not config(table).ignore


class TestCheck:
    def test_only_and_skip(self, tmp_path: Path) -> None:
        assert [finding.item for finding in check(tmp_path, only=["links", "demo"], skip=["demo"]).findings] == [
            "links"
        ]
        assert len(check(tmp_path, skip=["demo"]).findings) == len(ITEMS) - 1

    def test_what_does_not_exist(self, tmp_path: Path) -> None:
        with pytest.raises(TargetError, match="There is no folder"):
            check(tmp_path / "absent")
        with pytest.raises(UnknownItemError, match="did you mean 'problem'"):
            check(tmp_path, only=["problme"])

    def test_an_item_that_fails_hides_no_other(self, monkeypatch: pytest.MonkeyPatch) -> None:
        def explode(_: Sequence[object]) -> None:
            raise RuntimeError("a\nb")

        monkeypatch.setattr("scaffolder.check.engine.facts._function", lambda name: (explode, ("snapshot",)))
        facts = reports.Facts(Snapshot.of_files({}))
        assert {item.finding(facts).state for item in ITEMS} == {State.MISSING}


class TestGenerated:
    def _files(self) -> dict[str, bytes]:
        kind = catalog.bundled("classical-ml")
        planned = project.plan(kind, answers.complete(kind, answers.chosen({})), Path(), want_git=False)
        return {path: file.data for path, file in planned.tree.items()}

    def _written_by_nobody(self, report: Report) -> bool:
        return not [f.item for f in report.findings if f.state.counts and BY_ID[f.item].human]

    def test_nothing_is_done_that_only_a_human_can_write(self) -> None:
        report = examine(Snapshot.of_files(self._files()), "name")
        assert (report.template, report.level, report.notes) == ("classical-ml", None, ())
        assert self._written_by_nobody(report)

    @pytest.mark.parametrize(
        "record",
        [
            "",
            "{",
            "[]",
            '{"template": "x", "answers": {}}',
            '{"template": "classical-ml", "answers": {"use_case": []}}',
        ],
    )
    def test_nor_when_its_record_is_lost_or_made_up(self, record: str) -> None:
        files = self._files() | {".scaffolder.json": record.encode()}
        report = examine(Snapshot.of_files(files), "name")
        assert self._written_by_nobody(report)
        assert [note[:16] for note in report.notes] == ([] if record == "[]" else [".scaffolder.json"])
