"""The report on a repository, with its findings, level and open items; and the feedback on a student's project."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from functools import cached_property
from typing import Any

from scaffolder.results.finding import Finding, Level, State

LADDER = tuple(Level)


@dataclass(frozen=True)
class Counts:
    """How many items are done: those that a machine verifies and those that people write, counted apart."""

    verified: int = 0  # by machine
    to_verify: int = 0  # of the items that a machine decides and that apply
    written: int = 0
    to_write: int = 0
    reviewed: int = 0  # written items that somebody other than the authors has found good enough


@dataclass(frozen=True)
class Report:
    """The findings of `check` in one repository, as plain data.

    `template` is the template that the repository was made from, "" if unknown.
    """

    name: str
    path: str
    template: str
    findings: tuple[Finding, ...]
    notes: tuple[str, ...] = ()
    complete: bool = True  # whether every item was checked
    declared: bool = True  # whether the repository has a contract
    undeclared: str = "there is no scaffolder.toml"  # why it has none, if so

    @property
    def rated(self) -> bool:
        """Whether a level can be awarded at all."""
        return self.complete and self.declared and not self.errors

    def open(self, level: Level) -> tuple[Finding, ...]:
        """The items of `level` and the levels below it that are neither done, written nor n/a."""
        return tuple(finding for finding in self._within(level) if not finding.state.counts)

    def unreviewed(self, level: Level) -> tuple[Finding, ...]:
        """The written items of `level` and the levels below it that nobody else has found good enough."""
        return tuple(
            finding for finding in self._within(level) if finding.state is State.WRITTEN and not finding.reviewed
        )

    def _within(self, level: Level) -> tuple[Finding, ...]:
        within = LADDER[: LADDER.index(level) + 1]
        return tuple(finding for finding in self.findings if finding.level in within)

    @cached_property
    def errors(self) -> tuple[Finding, ...]:
        """The items that could not be checked because of a bug of ours."""
        return tuple(finding for finding in self.findings if finding.state is State.ERROR)

    @cached_property
    def level(self) -> Level | None:
        """The highest level reached; None if it is not even the first, or if the repository is not rated."""
        reached = [level for level in LADDER if not self.open(level)]
        return reached[-1] if reached and self.rated else None

    @cached_property
    def reviewed(self) -> bool:
        """Whether somebody else has found every written item up to the level reached good enough."""
        return self.level is not None and not self.unreviewed(self.level)

    @cached_property
    def next_level(self) -> Level | None:
        """The level to reach next; None on top of the ladder."""
        return next((level for level in LADDER if self.open(level)), None)

    @property
    def blockers(self) -> tuple[Finding, ...]:
        """The open items up to the next level; none on top of the ladder."""
        return self.open(self.next_level) if self.next_level else ()

    @cached_property
    def states(self) -> Mapping[State, int]:
        """How many items are in each state."""
        found = [finding.state for finding in self.findings]
        return {state: found.count(state) for state in State}

    @cached_property
    def counts(self) -> Counts:
        """How many items are done, by machine and by people."""
        applying = [finding for finding in self.findings if finding.state is not State.NOT_APPLICABLE]
        written = [finding for finding in applying if finding.written]
        return Counts(
            verified=self.states[State.DONE],
            to_verify=len(applying) - len(written),
            written=self.states[State.WRITTEN],
            to_write=len(written),
            reviewed=sum(finding.state is State.WRITTEN and finding.reviewed for finding in written),
        )

    @property
    def score(self) -> int:
        """The percentage of the applicable items that are done or written, rounded down; 100 if none applies."""
        counts = self.counts
        applying = counts.to_verify + counts.to_write
        return (counts.verified + counts.written) * 100 // applying if applying else 100

    @property
    def label(self) -> str:
        """'Deployer', 'Deployer, unreviewed', 'none yet' or 'not rated'."""
        if not self.rated:
            return "not rated"
        if self.level is None:
            return "none yet"
        return self.level.title() if self.reviewed else f"{self.level.title()}, unreviewed"

    @property
    def unrated(self) -> str:
        """Why no level can be given; "" if one can."""
        if self.errors:
            return "some items could not be checked, because of a bug in scaffolder"
        if not self.declared:
            return self.undeclared
        return "" if self.complete else "some items were left out"

    def to_json(self) -> dict[str, Any]:
        """The report as JSON."""
        return {
            "name": self.name,
            "path": self.path,
            "template": self.template,
            "level": self.level,
            "reviewed": self.reviewed,
            "label": self.label,
            "unrated": self.unrated or None,
            "next_level": self.next_level,
            "blockers": [finding.item for finding in self.blockers],
            "score": self.score,
            "complete": self.complete,
            "counts": asdict(self.counts),
            "states": self.states,
            "notes": self.notes,
            "findings": [{**asdict(finding), "reviewed": finding.reviewed} for finding in self.findings],
        }


@dataclass(frozen=True)
class ProjectFeedback:
    """A project as it was collected: `commit`, at the time `collected` (ISO 8601 in UTC), and its report.

    The reviews in the report are the teacher's. `texts` are the items with a text to judge, and `questions` those that
    a good text answers, by item. Without a report, `problem` says why, or the project is `untouched`: it has only the
    teacher's commits. `rewritten` is when a collection no longer found the earlier commits, and `elsewhere` names the
    other branches with work, in a sentence. An update of the template waits on `branches`; `conflict` names the
    places where it and the student disagree; it is `outdated` if the student has rewritten `main` since, so that Git
    would not merge it. `failed` are sentences on other steps that failed.
    """

    name: str
    commit: str
    collected: str
    report: Report | None = None
    problem: str = ""
    texts: Collection[str] = ()
    questions: Mapping[str, Sequence[str]] = field(default_factory=dict)
    due: str = ""
    untouched: bool = False
    rewritten: str = ""
    elsewhere: str = ""
    branches: Sequence[str] = ()
    conflict: str = ""
    outdated: bool = False
    failed: Sequence[str] = ()
