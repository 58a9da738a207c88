"""The class's standing as one HTML page for a teacher: it loads nothing, and is complete without its small script."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from functools import cache
from itertools import groupby
from typing import NamedTuple

from jinja2 import Template
from markupsafe import Markup

from scaffolder.pages.environment import shown, source, template
from scaffolder.pages.html import MEANINGS
from scaffolder.pages.words import RUNGS
from scaffolder.results.class_standing import Delivery, Item, Overview, Person, Rung, Standing, Work
from scaffolder.results.finding import Level, State

CODES = dict(zip(State, "dwfpxmnue", strict=True))
"""The class of each state's icon and colour, short because a page has thousands of them."""
DELIVERIES = {
    Delivery.IN_TIME: "there was work the first time it was collected after the due date, and it is the same since",
    Delivery.WORKING: "there is work, and it is not due yet",
    Delivery.CHANGED: "there was work the first time it was collected after the due date, and other work since",
    Delivery.AFTER: "there was no work the first time it was collected after the due date, and there is some now",
    Delivery.NOT_MOVED: "the collected work is what was handed out",
    Delivery.NOT_COLLECTED: "nothing was collected",
}
_STUCK = 6  # items that are shown at once


class Entry(NamedTuple):
    """A student to look at, and why."""

    place: int
    project: str
    why: str = ""


class Look(NamedTuple):
    """A reason to look at some students."""

    name: str
    meaning: str
    entries: tuple[Entry, ...]


class Row(NamedTuple):
    """A student's line in the grid of a project; `place` is the student's number, from 0."""

    place: int
    person: Person
    work: Work


def page(standing: Standing) -> str:
    """The page, with printable characters only."""
    places = {person.id: place for place, person in enumerate(standing.people)}
    works: dict[str, list[Work]] = {person.id: [] for person in standing.people}
    for work in standing.works:
        works[work.student].append(work)
    rows = [Row(places[work.student], standing.people[places[work.student]], work) for work in standing.works]
    return _template().render(
        standing=standing,
        places=places,
        works=works,
        looks=[look for look in _looks(standing, places) if look.entries],
        levels=[(level, [item for item in standing.items.values() if item.level is level]) for level in Level],
        grids=[
            (each, _grouped([row for row in rows if row.work.project == each.project])) for each in standing.projects
        ],
    )


@cache
def _template() -> Template:
    shared = source("report.css").partition("\ntable {")[0]
    return template(
        "cohort.html",
        {"style": f"\n{shared}\n{source('cohort.css')}", "script": f"\n{source('cohort.js')}"},
        finalize=_shown,
        codes=CODES,
        meanings=MEANINGS,
        deliveries=DELIVERIES,
        rungs=RUNGS,
        stuck_shown=_STUCK,
        states=State,
        bars=_bars,
        cells=_cells,
        day=_day,
        head=_head,
        ladder=_ladder,
        level=_level,
        earlier_than=_earlier,
        moment=_moment,
        quiet=_quiet,
        split=_split,
    )


def _shown(value: object) -> object:
    """A value as the page shows it; numbers of thousands have a comma."""
    return shown(f"{value:,}" if isinstance(value, int) else value)


def _cells(work: Work, items: Sequence[Item]) -> Markup:
    """The table cells with the states of the items; HTML allows them to have no end tag."""
    states = (work.facts[item.id].state if item.id in work.facts else None for item in items)
    return Markup("".join(f"<td class={CODES[state]}>{state}" if state else "<td>" for state in states))  # noqa: S704


def _bars(now: int, before: int | None, most: int) -> Markup:
    """A bar for now above a thin one for last time. It is a picture, since the page's policy forbids `style`."""
    was = "" if before is None else f'<rect class="was" y="8" width="{before}" height="3"/>'
    box = f'viewBox="0 0 {max(most, 1)} 11" preserveAspectRatio="none"'
    return Markup(f'<svg class="bar" {box} aria-hidden="true"><rect width="{now}" height="7"/>{was}</svg>')  # noqa: S704


def _head(title: str) -> str:
    """The name of an item: its title up to the colon."""
    return title.partition(": ")[0].rstrip(".")


def _level(rung: Rung) -> str:
    """'Builder', 'none yet'."""
    return rung.title() if rung.name in Level.__members__ else str(rung)


def _ladder(overview: Overview) -> list[tuple[Rung, int, int | None]]:
    """Each rung, highest first, with its numbers of projects now and last time; empty ones only if they are levels."""
    found = [
        (rung, number, overview.before[rung] if overview.before else None) for rung, number in overview.ladder.items()
    ]
    levels = (Rung.NONE, *map(Rung, Level))
    return [each for each in reversed(found) if each[0] in levels or each[1] or each[2]]


def _split(work: Work) -> tuple[list[str], list[str], list[str]]:
    """The items of a project: those that are open, those that are written, and the rest."""
    left = [item for item, fact in work.facts.items() if not fact.state.counts]
    written = [item for item, fact in work.facts.items() if fact.state is State.WRITTEN]
    return left, written, [item for item in work.facts if item not in left and item not in written]


def _moment(at: str, *, seconds: bool = False) -> str:
    """'21 Nov 2026, 08:00 UTC'."""
    return _time(at, "%b %Y, %H:%M:%S UTC" if seconds else "%b %Y, %H:%M UTC")


def _day(at: str) -> str:
    """'21 Nov'."""
    return _time(at, "%b")


def _time(at: str, form: str) -> str:
    """The day and the rest in this form; a text that is not a time stays as it is."""
    try:
        time = datetime.fromisoformat(at).astimezone(UTC)
    except ValueError:
        return at
    return f"{time.day} {time:{form}}"


def _earlier(before: str, checked: str) -> str:
    """The time of the check `before` the one at `checked`: '21 Nov', or '21 Nov, 07:59:34' if it was the same day."""
    return _time(before, "%b, %H:%M:%S") if before[:10] == checked[:10] else _day(before)


def _grouped(rows: Sequence[Row]) -> list[tuple[str, list[Row]]]:
    """The rows by the roster's groups, in the order in which the groups first occur."""
    order = list(dict.fromkeys(row.person.group for row in rows))
    ordered = sorted(rows, key=lambda row: order.index(row.person.group))
    return [(group, list(found)) for group, found in groupby(ordered, key=lambda row: row.person.group)]


def _looks(standing: Standing, places: dict[str, int]) -> Iterator[Look]:
    """The reasons to look at students, most urgent first."""
    works = standing.works
    last = f"since {_earlier(standing.before, standing.checked)}" if standing.before else "since last time"

    def entries(found: Iterator[tuple[Work, str]]) -> tuple[Entry, ...]:
        return tuple(Entry(places[work.student], work.project, why) for work, why in found)

    for name, meaning, state in (
        ("Failed", "A step that failed", "failed"),
        (
            "In conflict",
            "An update and the student have changed the same places, and the student settles it",
            "conflict",
        ),
    ):
        ended = ((work, each) for work in works for each in work.problems if each.state == state)
        yield Look(name, meaning, entries((work, f"{e.step}, {_day(e.at)}: {e.detail}") for work, e in ended))
    yield Look(
        "Rewritten history",
        "A collection no longer found earlier commits, as after a forced push; they are kept here",
        entries((work, ", ".join(map(_day, work.rewritten))) for work in works if work.rewritten),
    )
    yield Look(
        "Another branch",
        "There is work on another branch than main, and only main is checked",
        entries((work, work.elsewhere) for work in works if work.elsewhere),
    )
    yield Look("No README", "There is no README", entries((work, "") for work in works if not work.readme))
    for delivery in (Delivery.NOT_MOVED, Delivery.AFTER, Delivery.CHANGED):
        name = f"{str(delivery).capitalize()}{' since due' if delivery is Delivery.CHANGED else ''}"
        yield Look(name, DELIVERIES[delivery], entries((work, "") for work in works if work.delivery is delivery))
    yield Look(
        "Nothing new", f"Not handed in, and no new commit {last}", entries((work, "") for work in works if _quiet(work))
    )
    yield Look(
        "Slipped back",
        f"Items that were done or written before and are open now, {last}",
        entries((work, ", ".join(work.lost)) for work in works if work.lost and not work.updated),
    )
    yield Look(
        "Open since your update",
        "Items that were done or written before an update of yours, and are open in what it made",
        entries((work, ", ".join(work.lost)) for work in works if work.lost and work.updated),
    )
    yield Look(
        "To review",
        "Written items that nobody has judged, or that have changed since: until then, the last score counts",
        entries(
            (work, ", ".join(_parts(len(work.waiting), "new", len(work.stale), "changed")))
            for work in works
            if work.waiting or work.stale
        ),
    )


def _quiet(work: Work) -> bool:
    """Whether the student, who has begun and has not handed in, did nothing since last time."""
    return work.idle and work.delivery not in (Delivery.NOT_MOVED, Delivery.IN_TIME)


def _parts(*numbers: int | str) -> Iterator[str]:
    """'2 new', '1 changed'; those that are 0 are left out."""
    pairs = zip(numbers[::2], numbers[1::2], strict=True)
    return (f"{number} {word}" for number, word in pairs if number)
