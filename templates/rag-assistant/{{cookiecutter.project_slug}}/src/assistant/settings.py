"""Read `settings.toml` and check its types: the corpus, indexing, search, answers and evaluation."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from .documents.chunking import Chunking
from .errors import AssistantError

FILE = Path("settings.toml")

Share = Annotated[float, Field(ge=0, le=1)]
Text = Annotated[str, Field(min_length=1)]


class SettingsError(AssistantError):
    """`settings.toml` cannot be used; the message says which key and why."""


class Section(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Corpus(Section):
    """The documents that `make ingest` indexes."""

    title: Text
    example: Text  # for `make ask` and README.md
    folder: str = "data/corpus"
    index: str = "artifacts/index.db"  # a file of SQLite, or a schema of PostgreSQL


class Retrieval(Section):
    method: Literal["dense", "bm25", "hybrid"] = "hybrid"
    dense_weight: Share = 0.8  # in the hybrid; the rest is BM25's
    candidates: int = Field(default=30, ge=1, le=200)  # that each method contributes
    top_k: int = Field(default=6, ge=1, le=50)  # that are kept
    rerank: Literal["none", "sentences"] = "sentences"


class Answering(Section):
    abstain_below: Share  # confidence; `make tune` finds it on the dev questions
    prompt: str = "answer-v1"  # src/assistant/answering/prompts/NAME.md
    max_tokens: int = Field(default=400, ge=1)  # of a language model's answer
    timeout_seconds: float = Field(default=30, gt=0)
    retries: int = Field(default=2, ge=0, le=10)
    currency: str = "USD"
    price_per_million_prompt_tokens: float = Field(default=0, ge=0)
    price_per_million_completion_tokens: float = Field(default=0, ge=0)


class Limits(Section):
    question_characters: int = Field(default=1000, ge=1)
    document_bytes: int = Field(default=10_000_000, ge=1)  # of one uploaded or ingested file
    document_characters: int = Field(default=2_000_000, ge=1)  # of its text, however small the file was
    document_sentences: int = Field(default=20_000, ge=1)
    document_seconds: float = Field(default=60, gt=0, le=3600)  # to read a file, and for each step of an upload
    megabytes: int = Field(default=1000, ge=200, le=100_000)  # of memory that this may take


class Evaluation(Section):
    benchmark: str = "data/benchmark.jsonl"
    seed: int = 20260901
    headline: Literal["ndcg_at_10", "recall_at_5", "recall_at_10", "mrr_at_10"] = "ndcg_at_10"
    permutations: int = Field(default=10_000, ge=100)
    looked_before: dict[str, list[Text]] = {}  # by the hash of the data: versions that `make evaluate` did not count


class Settings(Section):
    corpus: Corpus
    chunking: Chunking = Chunking()
    retrieval: Retrieval = Retrieval()
    answering: Answering
    limits: Limits = Limits()
    evaluation: Evaluation = Evaluation()
    gates: dict[str, Share] = {}  # the least value of a metric on the test questions


def load_settings(path: Path = FILE) -> Settings:
    """Read and check the settings.

    Raises:
        SettingsError: the file is missing, is not TOML, or a value does not fit.
    """
    try:
        return checked(tomllib.loads(path.read_text(encoding="utf-8")), path)
    except FileNotFoundError:
        raise SettingsError(f"{path} does not exist; run from the repository's root") from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise SettingsError(f"{path} is not valid TOML: {error}") from None


def checked(content: dict[str, Any], path: Path) -> Settings:
    """The settings in the content of a file, which messages name.

    Raises:
        SettingsError: a value does not fit.
    """
    try:
        return Settings.model_validate(content)
    except ValidationError as error:
        first = error.errors()[0]
        why = "is no setting; docs/settings.md lists them" if first["type"] == "extra_forbidden" else first["msg"]
        raise SettingsError(f"{path}: {'.'.join(map(str, first['loc']))}: {why}") from None
