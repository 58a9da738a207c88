"""Read `settings.toml` and check its types: the corpus, indexing, search, answers and evaluation."""

from __future__ import annotations

import os
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from .documents.chunking import Chunking
from .errors import AssistantError

PREFIX = "ASSISTANT_"
# Settings that a machine may decide instead of the file, each as PREFIX + name.
OVERRIDES = {
    "EMBEDDING": ("embedding", "backend"),
    "STORE": ("store", "backend"),
    "RERANK": ("retrieval", "rerank"),
    "RERANK_MODEL": ("retrieval", "rerank_model"),
    "ANSWERING": ("answering", "backend"),
    "LLM_MODEL": ("answering", "model"),
    "EMBEDDING_MODEL": ("embedding", "model"),
}

Share = Annotated[float, Field(ge=0, le=1)]


class SettingsError(AssistantError):
    """`settings.toml` cannot be used; the message says which key and why."""


class Section(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Corpus(Section):
    """The documents that `make ingest` indexes."""

    title: str
    folder: str = "data/corpus"


class Embedding(Section):
    backend: Literal["minilm", "wordllama", "endpoint"] = "minilm"
    model: str = ""  # what the endpoint calls it


class StoreSettings(Section):
    backend: Literal["sqlite", "postgres"] = "sqlite"
    path: str = "artifacts/index.db"  # for sqlite


class Retrieval(Section):
    method: Literal["dense", "bm25", "hybrid"] = "hybrid"
    dense_weight: Share = 0.8  # in the hybrid; the rest is BM25's
    candidates: int = Field(default=30, ge=1, le=200)  # that each method contributes
    top_k: int = Field(default=6, ge=1, le=50)  # that are kept
    rerank: Literal["none", "sentences", "mmr", "endpoint"] = "none"
    rerank_model: str = ""  # what the endpoint calls it; empty for a server of one model
    mmr_lambda: Share = 0.7  # 1 is relevance alone, 0 is variety alone
    cache_size: int = Field(default=512, ge=0)  # questions whose passages are remembered


class Answering(Section):
    backend: Literal["extractive", "endpoint"] = "extractive"
    abstain_below: Share  # confidence; `make tune` finds it on the dev questions
    max_sentences: int = Field(default=3, ge=1, le=10)
    mmr_lambda: Share = 0.9
    prompt: str = "answer-v1"  # src/assistant/answering/prompts/NAME.md
    model: str = ""  # what the endpoint calls it
    max_tokens: int = Field(default=400, ge=1)
    timeout_seconds: float = Field(default=30, gt=0)
    retries: int = Field(default=2, ge=0, le=10)
    currency: str = "USD"
    price_per_million_prompt_tokens: float = Field(default=0, ge=0)
    price_per_million_completion_tokens: float = Field(default=0, ge=0)


class Limits(Section):
    question_characters: int = Field(default=1000, ge=1)
    document_bytes: int = Field(default=10_000_000, ge=1)  # of one uploaded or ingested file
    document_characters: int = Field(default=2_000_000, ge=1)  # of its text, however small the file was


class Gate(Section):
    """A bound that `make evaluate` enforces on the test questions."""

    metric: str
    min: float | None = None
    max: float | None = None


class Evaluation(Section):
    benchmark: str = "data/benchmark.jsonl"
    sha256: str  # of the benchmark: questions that change make numbers that cannot be compared
    seed: int = 20260901
    headline: Literal["ndcg_at_10", "recall_at_5", "recall_at_10", "mrr_at_10"] = "ndcg_at_10"
    permutations: int = Field(default=10_000, ge=100)


class Settings(Section):
    corpus: Corpus
    chunking: Chunking = Chunking()
    embedding: Embedding = Embedding()
    store: StoreSettings = StoreSettings()
    retrieval: Retrieval = Retrieval()
    answering: Answering
    limits: Limits = Limits()
    evaluation: Evaluation
    gates: list[Gate] = []


def load_settings(path: Path = Path("settings.toml"), environment: Mapping[str, str] | None = None) -> Settings:
    """Read and check the settings; variables such as ASSISTANT_STORE go before the file.

    Raises:
        SettingsError: the file is missing, is not TOML, or a value does not fit.
    """
    try:
        content = tomllib.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise SettingsError(f"{path} does not exist; run from the repository's root") from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise SettingsError(f"{path} is not valid TOML: {error}") from None
    return _checked(_overridden(content, os.environ if environment is None else environment), path)


def _overridden(content: dict[str, Any], environment: Mapping[str, str]) -> dict[str, Any]:
    for name, (section, key) in OVERRIDES.items():
        if value := environment.get(PREFIX + name):
            content[section] = {**content.get(section, {}), key: value}
    return content


def _checked(content: dict[str, Any], path: Path) -> Settings:
    try:
        return Settings.model_validate(content)
    except ValidationError as error:
        first = error.errors()[0]
        where = tuple(first["loc"])
        variable = next((PREFIX + name for name, place in OVERRIDES.items() if place == where), None)
        source = variable if variable and os.environ.get(variable) else f"{path}: {'.'.join(map(str, where))}"
        raise SettingsError(f"{source}: {first['msg']}") from None
