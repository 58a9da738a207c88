"""The measurements of answers for Prometheus."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Iterator
from threading import Lock
from typing import Literal

from prometheus_client import CollectorRegistry, Counter, Histogram
from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from .activity import Asked
from .drift import Baseline, limit, stability

WINDOW = 1000  # questions that the shares and the drift are about
LEAST = 50  # questions from which on a share or a drift says anything
SECONDS = (0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 20, 40)
SCORES = (0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 1.0)

Outcome = Literal["answered", "abstained", "refused", "failed"]


class Measures:
    """Counts what happens to questions. Safe to call from several threads."""

    def __init__(self, registry: CollectorRegistry) -> None:
        self.window = Window()
        registry.register(self.window)
        self._questions = Counter("questions", "Questions by what became of them", ["outcome"], registry=registry)
        self._seconds = Histogram(
            "answer_duration_seconds", "Time to the whole answer", buckets=SECONDS, registry=registry
        )
        self._scores = Histogram(
            "retrieval_top_score", "Similarity of the nearest passage", buckets=SCORES, registry=registry
        )
        self._tokens = Counter("answer_tokens", "Tokens that the model counted", ["kind"], registry=registry)
        self._cost = Counter("answer_cost", "Cost by the settings' prices, in their currency", registry=registry)
        self._feedback = Counter("answer_feedback", "Opinions about answers", ["verdict"], registry=registry)
        self._unlogged = Counter("questions_unlogged", "Answers that the log could not take", registry=registry)

    def answered(self, asked: Asked, *, logged: bool) -> None:
        outcome: Outcome = "abstained" if asked.abstained else "answered"
        self._questions.labels(outcome).inc()
        self._seconds.observe(asked.seconds)
        if asked.top_score is not None:
            self._scores.observe(asked.top_score)
        self._tokens.labels("prompt").inc(asked.prompt_tokens)
        self._tokens.labels("completion").inc(asked.completion_tokens)
        self._cost.inc(asked.cost)
        self._unlogged.inc(not logged)
        self.window.add(asked.top_score, asked.abstained)

    def unanswered(self, outcome: Literal["refused", "failed"]) -> None:
        self._questions.labels(outcome).inc()

    def feedback(self, *, helpful: bool) -> None:
        self._feedback.labels("helpful" if helpful else "unhelpful").inc()


class Window(Collector):
    """The last questions: how many went unanswered, and whether their scores drift from `baseline`."""

    def __init__(self, size: int = WINDOW) -> None:
        self.baseline: Baseline | None = None
        self._lock = Lock()
        self._last: deque[tuple[float | None, bool]] = deque(maxlen=size)

    def add(self, top_score: float | None, abstained: bool) -> None:
        self.extend([(top_score, abstained)])

    def extend(self, rows: Iterable[tuple[float | None, bool]]) -> None:
        with self._lock:
            self._last.extend(rows)

    def collect(self) -> Iterator[Metric]:
        """Shares and drift are left out while there are fewer than `LEAST` questions.

        So is the drift's limit where the baseline comes from headings: it was made for scores of the same kind.
        """
        with self._lock:
            rows = list(self._last)
        yield GaugeMetricFamily("window_questions", "Questions that the window's measurements are about", len(rows))
        if len(rows) < LEAST:
            return
        share = sum(abstained for _, abstained in rows) / len(rows)
        yield GaugeMetricFamily("unanswered_ratio", "Share of the window that was not answered", share)
        scores = [score for score, _ in rows if score is not None]
        baseline = self.baseline
        if baseline is None or len(scores) < LEAST:
            return
        drift = stability(scores, baseline)
        yield GaugeMetricFamily("retrieval_drift_psi", "Population stability index of the top scores", drift)
        if baseline.source == "headings":
            return
        most = limit(len(scores), baseline)
        yield GaugeMetricFamily("retrieval_drift_limit", "The index above which the scores have shifted", most)
