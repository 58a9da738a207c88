"""Answer questions and log them. The assistant is created when the first question needs it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from secrets import token_hex
from threading import Lock
from time import monotonic, perf_counter
from typing import Any

from ..answering.assistant import Assistant
from ..answering.base import Answer
from ..documents.ingest import require_current
from ..errors import AssistantError, QuestionError, Unavailable
from ..hits import Hit, Where
from ..monitoring.activity import ActivityLog, Asked
from ..monitoring.baseline import read_baseline, top_score
from ..monitoring.measures import WINDOW, Measures
from ..settings import Settings
from ..wiring import make_assistant

RETRY_SECONDS = 2.0
BASELINE_SECONDS = 60.0

Make = Callable[[Settings], Assistant]


def _assistant(settings: Settings) -> Assistant:
    """Without the file of cached vectors: it is for documents, and people's questions would make it grow for ever."""
    return make_assistant(settings, cache=None)


@dataclass(frozen=True, slots=True)
class Answered:
    """An answer with the id that feedback names, and how long it took."""

    id: str
    answer: Answer
    seconds: float


class Holder:
    """The assistant, created on first use. If that fails, the error is reported until the next attempt.

    So the service starts without an index or a database, says what it lacks, and works as soon as it is there.
    """

    def __init__(self, settings: Settings, make: Make = _assistant) -> None:
        self._settings, self._make = settings, make
        self._lock = Lock()
        self._assistant: Assistant | None = None
        self._failure: AssistantError | None = None
        self._again_at = 0.0

    def get(self) -> Assistant:
        """The assistant.

        Raises:
            AssistantError: it cannot be made; the message says why.
        """
        with self._lock:
            if self._assistant is None:
                self._assistant = self._made()
            return self._assistant

    def _made(self) -> Assistant:
        if self._failure and monotonic() < self._again_at:
            raise self._failure
        try:
            return self._make(self._settings)
        except AssistantError as error:
            self._failure, self._again_at = error, monotonic() + RETRY_SECONDS
            raise

    def close(self) -> None:
        with self._lock:
            if self._assistant is not None:
                self._assistant.store.close()
            self._assistant = None


class Service:
    """Asks the assistant, logs and measures. Safe to call from several threads."""

    def __init__(self, settings: Settings, holder: Holder, activity: ActivityLog, measures: Measures) -> None:
        self.settings, self.activity, self.measures = settings, activity, measures
        self._holder = holder
        self._baseline_until = 0.0
        measures.window.extend(activity.recent(WINDOW))

    @property
    def assistant(self) -> Assistant:
        return self._holder.get()

    def stream(self, question: str, where: Where) -> Iterator[str | Answered]:
        """Pieces of the answer's text as they arrive, then, last, the whole answer, logged.

        Raises:
            QuestionError: the question or the filter cannot be used.
            StaleIndex: there is no index, or other settings made it.
            Unavailable: the database or a model server does not answer, or answers nonsense.
        """
        started = perf_counter()
        try:
            for item in self.assistant.stream(question, where):
                if isinstance(item, Answer):
                    yield self._record(item, where, perf_counter() - started)
                    return
                yield item
            raise Unavailable("the answer stopped before it was complete; try again later")
        except QuestionError:
            self.measures.unanswered("refused")
            raise
        except Exception:
            self.measures.unanswered("failed")
            raise

    def search(self, question: str, where: Where, k: int | None) -> list[Hit]:
        """The best passages; raises as `stream` does."""
        return self.assistant.search(question, where, k)

    def feedback(self, answer: str, *, helpful: bool, note: str) -> bool:
        """Keep an opinion; False if no such answer is logged.

        Raises:
            Unavailable: the log cannot be written.
        """
        known = self.activity.feedback(answer, helpful, note)
        if known:
            self.measures.feedback(helpful=helpful)
        return known

    def self_test(self) -> dict[str, Any]:
        """What is served; raises an error if no question can be answered."""
        assistant = self.assistant
        require_current(assistant.store, self.settings, assistant.embedder)
        return {
            "store": self.settings.store.backend,
            "embedding": assistant.embedder.name,
            "answering": self.settings.answering.backend,
        }

    def _refresh_baseline(self) -> None:
        """Read the drift baseline from time to time, so that `/metrics` never waits for a database."""
        if monotonic() < self._baseline_until:
            return
        self._baseline_until = monotonic() + BASELINE_SECONDS
        with suppress(Unavailable):
            self.measures.window.baseline = read_baseline(self.assistant.store)

    def _record(self, answer: Answer, where: Where, seconds: float) -> Answered:
        self._refresh_baseline()
        usage = answer.usage
        asked = Asked(
            id=token_hex(12),
            question=answer.question,
            where=where,
            top_score=top_score(answer.hits),
            confidence=answer.confidence,
            abstained=answer.abstained,
            seconds=seconds,
            model=answer.model,
            prompt_tokens=usage.prompt_tokens if usage else 0,
            completion_tokens=usage.completion_tokens if usage else 0,
            cost=usage.cost if usage else 0.0,
        )
        self.measures.answered(asked, logged=self.activity.record(asked))
        return Answered(asked.id, answer, seconds)
