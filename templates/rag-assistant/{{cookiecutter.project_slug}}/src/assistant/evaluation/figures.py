"""The figures of the documents, into `reports/figures/`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import groupby
from pathlib import Path

import numpy as np

from ..bootstrap import Array
from ..reporting.markdown import number
from ..reporting.metrics import REPORTS
from . import ranking
from .drawing import BOLD, LINE, WIDTH, Drawing, Scale
from .ranking import Ranks
from .record import BM25, Trial, Tuning
from .threshold import shares

FOLDER = REPORTS / "figures"
MARGIN = 24
HEAD = 64  # above the plot: the title and what the marks mean
FOOT = 56  # below it: the axis

RADIUS = 3.0  # of a dot that is one question

COLOURS = {"hybrid": "blue", "dense": "green", "bm25": "orange"}


def draw_choices(rows: Sequence[tuple[str, Trial]], served: str, score: str) -> Drawing:
    """A score of the served configuration and of those that differ from it in one thing.

    Args:
        rows: what each configuration is called, from top to bottom.
        served: the name of the served configuration.
        score: its name.
    """
    left = MARGIN + 12 + BOLD * max(len(name) for name, _ in rows)
    bottom = HEAD + LINE * len(rows)
    lowest = min(trial.scores[score].ci95[0] for _, trial in rows)
    scale = Scale(_start(lowest), 1.0, left, WIDTH - 80)
    described = "; ".join(f"{name}: {number(trial.scores[score].test)}" for name, trial in rows)
    drawing = Drawing(bottom + FOOT, "Retrieval quality by configuration", f"{score}: {described}.")
    drawing.text((MARGIN, 30), "How well the right passage is ranked", kind="ink title")
    drawing.text((MARGIN, 50), f"{score} on the test questions, with 95% bootstrap intervals", kind="muted")
    drawing.x_axis(scale, HEAD, bottom, f"{score} (1 is perfect)", ".1f")
    for row, (name, trial) in enumerate(rows):
        y = HEAD + LINE * (row + 0.5)
        kind = "blue" if trial.model == served else "orange" if name == BM25 else "muted"
        drawing.text((left - 12, y + 4), name, "ink strong" if trial.model == served else "ink", "end")
        low, high = trial.scores[score].ci95
        drawing.interval(y, scale(low), scale(trial.scores[score].test), scale(high), kind)
        drawing.text((WIDTH - MARGIN, y + 4), number(trial.scores[score].test), "ink", "end")
    return drawing


def draw_ablation(trials: Sequence[Trial], score: str) -> Drawing:
    """A score of all configurations: a line for each chunking and reranking, a colour for each retrieval."""
    grouped = {
        group: list(members)
        for group, members in groupby(
            sorted(trials, key=lambda one: (one.configuration.chunking, one.configuration.rerank)),
            key=lambda one: (one.configuration.chunking, one.configuration.rerank),
        )
    }
    step = 42
    bottom = HEAD + 8 + step * len(grouped)
    lowest = min(trial.scores[score].ci95[0] for trial in trials)
    scale = Scale(_start(lowest), 1.0, 200, WIDTH - MARGIN)
    best = max(trials, key=lambda one: one.scores[score].dev)
    text = f"{score} of {len(trials)} configurations; best on the dev questions: {best.model}."
    drawing = Drawing(bottom + FOOT, "Ablation", text)
    drawing.text((MARGIN, 30), "Every combination of chunking, retrieval and reranking", kind="ink title")
    drawing.legend((MARGIN, 52), [(kind, name) for name, kind in COLOURS.items()])
    drawing.x_axis(scale, HEAD, bottom, f"{score} on the test questions, with 95% bootstrap intervals", ".1f")
    for row, ((chunking, rerank), members) in enumerate(grouped.items()):
        top = HEAD + 8 + step * row
        drawing.text((184, top + 20), f"{chunking}, {rerank}", anchor="end")
        for place, name in enumerate(COLOURS):
            for trial in (one for one in members if one.configuration.retrieval == name):
                low, high = trial.scores[score].ci95
                y = top + 6 + 11 * place
                drawing.interval(y, scale(low), scale(trial.scores[score].test), scale(high), COLOURS[name])
    return drawing


def draw_recall(rankings: Mapping[str, Sequence[Ranks]], top_k: int, deepest: int) -> Drawing:
    """Share of the evidence among the first k passages, for each way to rank them."""
    height = 330
    x, y = Scale(1, deepest, MARGIN + 40, WIDTH - MARGIN), Scale(0, 1, height - FOOT, HEAD)
    kinds = [COLOURS["bm25"] if name == BM25 else kind for name, kind in zip(rankings, COLOURS.values(), strict=False)]
    drawing = Drawing(height, "Recall by number of passages", _described_recall(rankings, top_k))
    drawing.text((MARGIN, 30), "Share of the evidence among the first k passages, test questions", kind="ink title")
    drawing.legend((MARGIN, 52), list(zip(kinds, rankings, strict=True)))
    drawing.y_axis(y, x.start, x.end, ".1f")
    for k in [1, *range(5, deepest + 1, 5)]:
        drawing.text((x(k), y.start + 18), str(k), "muted", "middle")
    drawing.text(((x.start + x.end) / 2, y.start + 40), "k", anchor="middle")
    drawing.line((x(top_k), y.end), (x(top_k), y.start), "muted", stroke_dasharray="4 4")
    drawing.text((x(top_k) + 6, y.start - 8), f"{top_k} passages are kept", "muted")
    for kind, ranks in zip(kinds, rankings.values(), strict=True):
        values = [_mean_recall(ranks, k) for k in range(1, deepest + 1)]
        drawing.curve([(x(k), y(value)) for k, value in enumerate(values, 1)], kind)
    return drawing


def draw_confidence(panels: Mapping[str, tuple[Array, np.typing.NDArray[np.bool_]]], threshold: float) -> Drawing:
    """Each question's confidence, answerable and unanswerable apart, for the dev and the test questions."""
    band, gap = 66, 34
    height = HEAD + len(panels) * (2 * band + gap) + FOOT
    x = Scale(0, 1, 170, WIDTH - MARGIN - 110)
    text = "; ".join(
        f"{name}: {answered:.0%} of the answerable questions answered, {refused:.0%} of the others refused"
        for name, panel in panels.items()
        for answered, refused in [shares(*panel, threshold)]
    )
    drawing = Drawing(height, "Confidence of answerable and unanswerable questions", f"{text}.")
    drawing.text((MARGIN, 30), "When the assistant refuses", kind="ink title")
    drawing.text((MARGIN, 50), f"each dot is a question; below {threshold:g} it is refused", kind="muted")
    bottom = height - FOOT
    drawing.x_axis(x, HEAD, bottom, "confidence", ".1f")
    for index, (name, (confidence, answerable)) in enumerate(panels.items()):
        top = HEAD + index * (2 * band + gap) + 26
        drawing.text((MARGIN, top - 8), name, "ink strong")
        answered, refused = shares(confidence, answerable, threshold)
        for row, (label, chosen, kind, share) in enumerate(
            [
                ("answerable", answerable, "blue", f"{answered:.0%} answered"),
                ("unanswerable", ~answerable, "orange", f"{refused:.0%} refused"),
            ]
        ):
            middle = top + band * (row + 0.5)
            drawing.text((x.start - 12, middle + 4), label, anchor="end")
            for value, height_in_band in _spread(confidence[chosen], x):
                drawing.dot((x(value), middle + height_in_band), kind, RADIUS, fill_opacity=0.75, stroke_width=0)
            drawing.text((WIDTH - MARGIN, middle + 4), share, kind, "end")
    drawing.line((x(threshold), HEAD), (x(threshold), bottom), "ink", stroke_width=1.5, stroke_dasharray="5 4")
    return drawing


def draw_tuning(confidence: Array, answerable: np.typing.NDArray[np.bool_], tuning: Tuning, used: float) -> Drawing:
    """What each threshold does to the dev questions."""
    height = 330
    x, y = Scale(0, 1, MARGIN + 46, WIDTH - 190), Scale(0, 1, height - FOOT, HEAD)
    thresholds = np.linspace(0, 1, 201)
    answered, refused = zip(*(shares(confidence, answerable, float(one)) for one in thresholds), strict=True)
    drawing = Drawing(
        height,
        "Shares answered and refused by threshold",
        f"At {tuning.threshold:g}, {tuning.answered:.0%} of the answerable dev questions are answered and "
        f"{tuning.refused:.0%} of the others refused.",
    )
    drawing.text((MARGIN, 30), "How the threshold was chosen", kind="ink title")
    drawing.text((MARGIN, 50), "shares of the dev questions; grey: the smaller share is largest", kind="muted")
    drawing.y_axis(y, x.start, x.end, ".0%")
    drawing.x_axis(x, HEAD, height - FOOT, "threshold", ".1f")
    good = (max(tuning.good_from, 0.0), min(tuning.good_to, 1.0))
    drawing.add(
        "rect", None, "muted", x=x(good[0]), y=y.end, width=max(2, x(good[1]) - x(good[0])), height=y.start - y.end,
        fill_opacity=0.25, stroke_width=0,
    )  # fmt: skip
    drawing.curve([(x(float(a)), y(b)) for a, b in zip(thresholds, answered, strict=True)], "blue")
    drawing.curve([(x(float(a)), y(b)) for a, b in zip(thresholds, refused, strict=True)], "orange")
    drawing.line((x(used), y.end), (x(used), y.start), "ink", stroke_width=1.5, stroke_dasharray="5 4")
    for row, (kind, label) in enumerate(
        [("blue", "answerable, answered"), ("orange", "unanswerable, refused"), ("ink", f"in use: {used:g}")]
    ):
        drawing.text((x.end + 14, HEAD + 14 + 20 * row), label, kind)
    return drawing


def draw_latency(milliseconds: Sequence[float]) -> Drawing:
    """The share of questions that were answered within a time."""
    height = 290
    taken = np.sort(np.asarray(milliseconds))
    p50, p95 = (float(np.quantile(taken, share)) for share in (0.5, 0.95))
    x = Scale(0, float(taken[-1]) * 1.05, MARGIN + 46, WIDTH - MARGIN)
    y = Scale(0, 1, height - FOOT, HEAD)
    drawing = Drawing(height, "Latency", f"Half of the answers took at most {p50:.1f} ms, 95% at most {p95:.1f} ms.")
    drawing.text((MARGIN, 30), "How long an answer takes", kind="ink title")
    drawing.text((MARGIN, 50), "share of the test questions answered within a time, one after the other", kind="muted")
    drawing.y_axis(y, x.start, x.end, ".0%")
    drawing.x_axis(x, HEAD, height - FOOT, "milliseconds")
    steps = [(float(value), (index + bump) / len(taken)) for index, value in enumerate(taken) for bump in (0, 1)]
    drawing.curve([(x(a), y(b)) for a, b in [(0.0, 0.0), *steps]], "blue")
    for value, share in ((p50, 0.5), (p95, 0.95)):
        drawing.line((x(value), y(share)), (x(value), y.start), "ink", stroke_width=1.5, stroke_dasharray="5 4")
    drawing.text((x.end, 30), f"dashed: p50 {p50:.1f} ms, p95 {p95:.1f} ms", anchor="end")  # the lines may be close
    return drawing


def save(drawings: Mapping[str, Drawing], folder: Path = FOLDER) -> list[Path]:
    return [drawing.save(folder / f"{name}.svg") for name, drawing in drawings.items()]


def _start(lowest: float) -> float:
    """Where an axis of shares begins: at a round number below all, and not so late that small gaps look large."""
    return float(min(0.5, np.floor(lowest * 10) / 10))


def _mean_recall(rankings: Sequence[Ranks], k: int) -> float:
    return float(np.mean([ranking.recall(ranks, k) for ranks in rankings]))


def _described_recall(rankings: Mapping[str, Sequence[Ranks]], top_k: int) -> str:
    listed = "; ".join(f"{name}: {_mean_recall(ranks, top_k):.3f}" for name, ranks in rankings.items())
    return f"Recall at {top_k}. {listed}."


def _spread(values: Array, x: Scale, radius: float = RADIUS) -> list[tuple[float, float]]:
    """Each value with a distance from the middle, so that dots at one place lie side by side."""
    found: list[tuple[float, float]] = []
    for value in np.sort(values):
        near = [height for other, height in found if abs(x(other) - x(float(value))) < 2 * radius]
        levels = (sign * step * 2 * radius for step in range(len(values) + 1) for sign in (1, -1))
        found.append((float(value), next(level for level in levels if level not in near)))
    return found
