"""The question log for people."""

from __future__ import annotations

from collections.abc import Sequence

from .activity import ActivityLog
from .drift import Baseline, limit, stability
from .measures import LEAST, WINDOW

Line = tuple[str, str]


def summary(activity: ActivityLog, baseline: Baseline | None, days: float = 7) -> str:
    """What the last `days` were like, one measurement a line.

    Raises:
        Unavailable: the log cannot be read.
    """
    totals = activity.totals(days)
    if not totals.questions:
        return f"No questions in the last {days:g} days."
    lines = [
        ("questions", str(totals.questions)),
        ("not answered", _share(totals.abstained, totals.questions)),
        ("feedback", f"{totals.helpful} helpful, {totals.unhelpful} not"),
        ("seconds", _quantiles(activity.seconds(days))),
        ("tokens", f"{totals.prompt_tokens} prompt, {totals.completion_tokens} completion; cost {totals.cost:.4f}"),
        ("score drift", _drift([score for score, _ in activity.recent(WINDOW) if score is not None], baseline)),
    ]
    width = max(len(name) for name, _ in lines)
    return "\n".join([f"The last {days:g} days", *(f"  {name:<{width}}  {text}" for name, text in lines)])


def _share(part: int, whole: int) -> str:
    return f"{part} ({part / whole:.1%})"


def _quantiles(ordered: Sequence[float]) -> str:
    found = {name: ordered[int(share * (len(ordered) - 1))] for name, share in (("p50", 0.5), ("p95", 0.95))}
    return ", ".join(f"{name} {value:.3f}" for name, value in found.items())


def _drift(scores: Sequence[float], baseline: Baseline | None) -> str:
    if baseline is None:
        return "not known: the index has no baseline; run: make ingest"
    if len(scores) < LEAST:
        return f"not known yet: {len(scores)} scores, at least {LEAST} are needed"
    index, most = stability(scores, baseline), limit(len(scores), baseline)
    measured = f"PSI {index:.3f} of the last {len(scores)} questions"
    if baseline.source == "headings":
        return f"{measured} against the documents' headings; watch the trend"
    return f"{measured}, {'shifted' if index > most else 'as expected'} (limit {most:.3f})"
