"""What evaluation adds to the shared report, and what tuning found: `reports/metrics.json`, `reports/tuning.json`."""

from __future__ import annotations

from pathlib import Path

from pydantic import ValidationError

from ..reporting.metrics import REPORTS, Finite, Interval, Part, Report, ReportError, Run, write_json
from ..settings import Settings

TUNING = REPORTS / "tuning.json"
BM25 = "BM25 alone"  # how the documents call the baseline


class Configuration(Part):
    """One way to find passages."""

    chunking: str
    retrieval: str
    rerank: str
    embedding: str

    def __str__(self) -> str:
        return " · ".join((self.chunking, self.retrieval, self.rerank))

    @classmethod
    def of(cls, settings: Settings) -> Configuration:
        chosen = settings.retrieval
        return cls(
            chunking=settings.chunking.method,
            retrieval=chosen.method,
            rerank=chosen.rerank,
            embedding=settings.embedding.backend,
        )

    def applied(self, settings: Settings) -> Settings:
        """The settings, changed to this configuration."""
        retrieval = settings.retrieval.model_copy(update={"method": self.retrieval, "rerank": self.rerank})
        return settings.model_copy(
            update={
                "chunking": settings.chunking.model_copy(update={"method": self.chunking}),
                "embedding": settings.embedding.model_copy(update={"backend": self.embedding}),
                "retrieval": retrieval,
            }
        )


class Corpus(Part):
    """What the served index holds."""

    title: str
    documents: int
    chunks: int
    characters: int
    kinds: dict[str, int]  # documents of each


class Asked(Part):
    """How many questions a split has, by type."""

    split: str
    questions: int
    answerable: int
    types: dict[str, int]


class Comparison(Part):
    """A paired difference on the test questions; `p` by random flips of sign, `adjusted` for the whole table."""

    metric: str
    versus: str
    value: Finite
    ci95: Interval
    p: Finite
    adjusted: Finite


class Estimate(Part):
    """One score of a configuration: on the dev questions, and on the test questions with its interval."""

    dev: Finite
    test: Finite
    ci95: Interval


class Trial(Part):
    """One configuration of the ablation."""

    model: str
    configuration: Configuration
    chunks: int
    characters: int  # of the median passage
    scores: dict[str, Estimate]
    comparisons: list[Comparison]  # of the headline score: with BM25 alone and with the served configuration

    def versus(self, name: str) -> Comparison | None:
        return next((one for one in self.comparisons if one.versus == name), None)


class Abstention(Part):
    """The threshold in the settings, and the best one on the dev questions."""

    threshold: Finite
    answered: Finite  # share of the answerable dev questions
    refused: Finite  # share of the unanswerable dev questions
    tuned: Finite
    tuned_answered: Finite
    tuned_refused: Finite

    @property
    def agrees(self) -> bool:
        """Whether the tuned threshold does no better on the dev questions."""
        return min(self.answered, self.refused) >= min(self.tuned_answered, self.tuned_refused)


class Mixture(Part):
    """A weight of the embeddings in the hybrid, and how the dev questions are ranked with it."""

    dense_weight: Finite
    score: Finite  # the headline one


class Tuning(Part):
    """What `make tune` found on the dev questions."""

    run: Run
    model: str
    answerable: int
    unanswerable: int
    threshold: Finite
    good_from: Finite
    good_to: Finite
    ci95: Interval  # of the threshold, by resampling the questions
    answered: Finite  # share of the answerable questions at the threshold
    refused: Finite  # share of the unanswerable ones
    mixtures: list[Mixture]  # empty where the settings ask for no hybrid

    @property
    def best_mixture(self) -> Mixture | None:
        return max(self.mixtures, key=lambda one: one.score, default=None)

    def mixture(self, dense_weight: float) -> Mixture | None:
        return next((one for one in self.mixtures if one.dense_weight == dense_weight), None)


class Measured(Report):
    """`reports/metrics.json` of this repository."""

    model: str  # the served configuration
    headline: str  # the score that configurations are compared by
    embedder: str
    answerer: str
    corpus: Corpus
    questions: list[Asked]
    difference: list[Comparison]  # of the served configuration to BM25 alone
    ablation: list[Trial]  # best on the dev questions first
    abstention: Abstention
    errors: dict[str, int]


def write_tuning(tuning: Tuning, path: Path = TUNING) -> None:
    write_json(path, tuning.model_dump(mode="json"))


def read_tuning(path: Path = TUNING) -> Tuning:
    """Read the record.

    Raises:
        ReportError: it is missing or does not fit this version of the code.
    """
    try:
        return Tuning.model_validate_json(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise ReportError(f"{path} does not exist; run `make tune` first") from None
    except ValidationError:
        raise ReportError(f"{path} does not fit this code; run `make tune` again") from None
