"""Reads reports back from the ledger, also those of earlier versions, and no more of them than a page can show."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, fields
from typing import Any

from scaffolder.cohort.ledger import Checked
from scaffolder.results.class_standing import Fact, Item, Own
from scaffolder.results.finding import Evidence, Level, State
from scaffolder.results.report import Counts

MOST_EVIDENCE, LONGEST, LONGEST_PATH = 5, 400, 200  # pieces of one finding, characters of a sentence and of a path


@dataclass(frozen=True)
class Reading:
    """The parts of a check that the class's report needs.

    `level` is None below the first one; `unrated` says why no level can be given, "" if one can; `score` is the
    percentage of the applicable items that are done or written; `texts` has the SHA-256 of the texts that people write,
    if the ledger has them; `readme` is False if the check found no README; `own` is None if it was not counted.
    """

    at: str
    commit: str
    collected: str
    level: Level | None
    unrated: str
    counts: Counts
    score: int
    facts: Mapping[str, Fact]
    items: Mapping[str, Item]
    texts: Mapping[str, str] = field(default_factory=dict)
    readme: bool = True
    own: Own | None = None


def read(checked: Checked) -> Reading:
    """Read the report of a check; what it lacks, or has in another form, is left out."""
    report = checked.report if isinstance(checked.report, Mapping) else {}
    found = [entry for entry in _list(report.get("findings")) if isinstance(entry, Mapping) and entry.get("item")]
    counts = _mapping(report.get("counts"))
    return Reading(
        at=checked.at,
        commit=checked.commit,
        collected=checked.collected,
        level=_level(report.get("level")),
        unrated=_text(report.get("unrated")) or ("" if found else "its report says nothing"),
        counts=Counts(**{each.name: _number(counts.get(each.name)) for each in fields(Counts)}),
        score=min(_number(report.get("score")), 100),
        facts={_text(entry["item"]): _fact(entry) for entry in found},
        items={_text(entry["item"]): _item(entry) for entry in found},
        texts={_text(item): _text(text) for item, text in _mapping(report.get("texts")).items()},
        readme=report.get("readme") is not False,
        own=_own(report.get("own")),
    )


def _own(value: object) -> Own | None:
    counts = value if isinstance(value, Mapping) else {}
    return Own(**{each.name: _number(counts.get(each.name)) for each in fields(Own)}) if counts else None


def _fact(entry: Mapping[str, Any]) -> Fact:
    given = [each for each in _list(entry.get("evidence")) if isinstance(each, Mapping)]
    evidence = (
        Evidence(_text(each.get("fact")), _text(each.get("path"))[:LONGEST_PATH], _number(each.get("line")) or None)
        for each in given[:MOST_EVIDENCE]
    )
    try:
        return Fact(State(entry.get("state", "")), tuple(evidence), _text(entry.get("reason")))
    except ValueError:
        return Fact(State.UNVERIFIED, tuple(evidence), "another version of scaffolder named its state")


def _item(entry: Mapping[str, Any]) -> Item:
    identity, title = _text(entry["item"]), _text(entry.get("title"))
    return Item(
        id=identity,
        title=title or identity,
        level=_level(entry.get("level")) or Level.BUILDER,
        essential=entry.get("essential") is True,
        written=entry.get("written") is True,
        remedy=_text(entry.get("remedy"), 4 * LONGEST),
        source=_text(entry.get("source")),
    )


def _level(value: object) -> Level | None:
    return Level(value) if isinstance(value, str) and value in tuple(Level) else None


def _text(value: object, most: int = LONGEST) -> str:
    text = value if isinstance(value, str) else ""
    return text if len(text) <= most else f"{text[: most - 1]}…"


def _number(value: object) -> int:
    return value if isinstance(value, int) and not isinstance(value, bool) and value > 0 else 0


def _list(value: object) -> Sequence[Any]:
    return value if isinstance(value, list | tuple) else []


def _mapping(value: object) -> Mapping[str, Any]:
    return value if isinstance(value, Mapping) else {}
