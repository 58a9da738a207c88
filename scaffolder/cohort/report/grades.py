"""The grades of a class: the columns of a gradebook."""

from __future__ import annotations

from scaffolder.results.class_standing import RUNGS, Rung, Standing, Work

LEVEL, DONE, REVIEW = "level", "done %", "review"
JUDGED, TEXTS, STALE, HANDED_IN, AS_OF = "judged", "texts", "changed since judged", "handed in", "as of"
"""The columns of a gradebook, after the project's name."""


def grades(standing: Standing, *, words: bool = True) -> dict[str, dict[str, str | int | float]]:
    """The columns of a gradebook by student; a value that is not known yet is "".

    For each project: the level (0 no level yet, 1 Builder, 2 Deployer, 3 Operator), the percentage of items done or
    written, and the mean of the teacher's last scores (0 to 3), also for texts that have changed since. With `words`,
    also how many texts were judged, how many the project asks for, how many have changed since they were judged, how it
    was handed in and, if somebody's last check was made with `--at`, the time that was given.
    """
    found: dict[str, dict[str, str | int | float]] = {person.id: {} for person in standing.people}
    dated = {work.project for work in standing.works if work.as_of}
    for work in standing.works:
        values = {**_numbers(work), **(_said(work) if words else {})}
        if words and work.project in dated:
            values[AS_OF] = work.as_of
        found[work.student] |= {f"{work.project} {name}": value for name, value in values.items()}
    return found


def _numbers(work: Work) -> dict[str, str | int | float]:
    rated = work.rung not in (Rung.NOT_CHECKED, Rung.NOT_RATED)
    scores = [said[-1].score for said in work.judgements.values()]
    return {
        LEVEL: RUNGS.index(work.rung) - RUNGS.index(Rung.NONE) if rated else "",
        DONE: work.score if work.checked else "",
        REVIEW: round(sum(scores) / len(scores), 2) if scores else "",
    }


def _said(work: Work) -> dict[str, str | int | float]:
    stale = sum(not said[-1].current for said in work.judgements.values())
    counts = {JUDGED: len(work.judgements), TEXTS: work.counts.to_write, STALE: stale}
    known = counts if work.checked else dict.fromkeys(counts, "")
    return {**known, HANDED_IN: str(work.delivery)}
