"""The assistant behind the service: opened on first use, asked, measured and logged."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Generator
from threading import Lock
from time import perf_counter

import structlog
from prometheus_client import CollectorRegistry, Counter, Histogram

from ..answering.assistant import Assistant
from ..answering.base import Answer, Answerer
from ..documents.text import DocumentError
from ..errors import AssistantError, QuestionError
from ..ingestion.ingest import require_current
from ..settings import Settings
from ..stores.base import Index, Where
from ..wiring import assemble
from .logs import request_id

SECONDS = (0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 20, 40)

RATEABLE = 10_000  # answers, the last ones

OpenIndex = Callable[[Settings], Index]

log = structlog.get_logger("assistant")


class Service:
    """The assistant; it counts, times and logs what becomes of each question. Safe to call from several threads.

    The index is opened on first use and, where that fails, on each further one. So the service starts without an index
    or a database, says what it lacks, and works as soon as it is there.
    """

    def __init__(
        self,
        settings: Settings,
        open_index: OpenIndex,
        answerer: Answerer,
        registry: CollectorRegistry,
        *,
        log_questions: bool,
    ) -> None:
        self.settings, self.open_index, self._answerer = settings, open_index, answerer
        self._log_questions = log_questions
        self._lock = Lock()
        self._assistant: Assistant | None = None
        self._answered = OrderedDict[str, None]()
        self._questions = Counter("questions", "Questions by what became of them", ["outcome"], registry=registry)
        self._seconds = Histogram("answer_duration_seconds", "Time to answer", buckets=SECONDS, registry=registry)
        self._confidence = Histogram(
            "answer_confidence", "Confidence, 0 to 1", buckets=[step / 10 for step in range(1, 11)], registry=registry
        )
        self._tokens = Counter("answer_tokens", "Tokens of the language model", ["kind"], registry=registry)
        self._cost = Counter("answer_cost", "Cost by the settings' prices, in their currency", registry=registry)
        self._feedback = Counter("answer_feedback", "Opinions about answers", ["verdict"], registry=registry)

    def assistant(self) -> Assistant:
        """The assistant, over an index that the settings made.

        Raises:
            AssistantError: it cannot be opened, or the index is missing or stale; the message says why.
        """
        with self._lock:
            if self._assistant is None:
                self._assistant = assemble(self.settings, self.open_index(self.settings), self._answerer)
        require_current(self._assistant.index, self.settings)
        return self._assistant

    def close(self) -> None:
        """Close the database, if it was opened."""
        if self._assistant is not None:
            self._assistant.index.store.close()

    def stream(self, question: str, where: Where) -> Generator[str | Answer]:
        """Pieces of the answer's text as they arrive, then, last, the whole answer; raises as the assistant does."""
        started, item = perf_counter(), None
        try:
            for item in self.assistant().stream(question, where):
                if isinstance(item, Answer):
                    self._count(item, perf_counter() - started)
                yield item
        except GeneratorExit:
            if not isinstance(item, Answer):
                self._note(question, "left", perf_counter() - started)
            raise
        except Exception as error:
            self._note(question, "refused" if isinstance(error, QuestionError) else "failed", perf_counter() - started)
            raise

    def _count(self, answer: Answer, seconds: float) -> None:
        self._seconds.observe(seconds)
        self._confidence.observe(answer.confidence)
        if usage := answer.usage:
            self._tokens.labels("prompt").inc(usage.prompt_tokens)
            self._tokens.labels("completion").inc(usage.completion_tokens)
            self._cost.inc(usage.cost)
        self._answered[request_id()] = None
        if len(self._answered) > RATEABLE:
            self._answered.popitem(last=False)
        outcome = "abstained" if answer.abstained else "answered"
        self._note(answer.question, outcome, seconds, confidence=answer.confidence, model=answer.model)

    def _note(self, question: str, outcome: str, seconds: float, **facts: object) -> None:
        self._questions.labels(outcome).inc()
        words = {"question": question} if self._log_questions else {}
        log.info("answer", outcome=outcome, seconds=round(seconds, 4), **facts, **words)

    def feedback(self, answer: str, *, helpful: bool) -> bool:
        """Count an opinion about the answer with this request id; False if there is none."""
        if answer not in self._answered:
            return False
        self._feedback.labels("helpful" if helpful else "unhelpful").inc()
        log.info("feedback", answer=answer, helpful=helpful)
        return True


def sentence(error: Exception) -> str:
    """What a client is told of a failure: nothing of what only the people who run the service may know."""
    if isinstance(error, AssistantError):
        told = str(getattr(error, "message", error))
        return told if told.endswith((".", "?")) else f"{told}."
    known = isinstance(error, DocumentError)  # of the sandbox, which does not know the file's name
    return f"The document {error}." if known else "The service failed; its log has the reason."
