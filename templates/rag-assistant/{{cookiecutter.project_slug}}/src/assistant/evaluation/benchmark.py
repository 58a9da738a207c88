"""The benchmark: questions, and the passages that answer them."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from ..errors import AssistantError
from ..passages import Document, Metadata
from ..settings import Settings
from .evidence import Evidence, EvidenceError, Passage, locate

SUMS = "SHA256SUMS"  # beside the benchmark; of it and of every document

Text = Annotated[str, Field(min_length=1)]
Split = Literal["dev", "test"]


class BenchmarkError(AssistantError):
    """The benchmark, or the data it was written for, cannot be used; the message says why."""


class Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Question(Part):
    """One question; without evidence the documents do not answer it."""

    id: Text
    split: Split
    type: Text
    question: Text
    evidence: tuple[Evidence, ...]
    answers: tuple[Text, ...]  # a right answer contains one of them

    @property
    def answerable(self) -> bool:
        return bool(self.evidence)

    @model_validator(mode="after")
    def _answers_rest_on_evidence(self) -> Self:
        if bool(self.evidence) != bool(self.answers):
            raise ValueError("give both evidence and answers, or neither if the question is unanswerable")
        return self


@dataclass(frozen=True)
class Benchmark:
    """The questions, the place of each one's evidence, and the hash of everything they rest on."""

    questions: tuple[Question, ...]
    passages: Mapping[str, tuple[Passage, ...]]  # by question id
    kinds: Mapping[str, str]  # by question id: the `kind` of its first document
    data_sha256: str

    def split(self, name: Split) -> list[Question]:
        return [one for one in self.questions if one.split == name]


def load(settings: Settings, documents: Iterable[Document], root: Path = Path()) -> Benchmark:
    """Read the questions and find their evidence in `documents`, those of the index.

    Raises:
        BenchmarkError: a file is missing or is not the one that the settings or `SHA256SUMS` name, the index
            holds other documents, a question breaks the format, or a quotation is not, or not only once, in
            its document.
    """
    path = root / settings.evaluation.benchmark
    questions = read(path, settings.evaluation.sha256)
    known = {one.id: one for one in documents}
    data_sha256 = check_data(path.parent, root / settings.corpus.folder, known.values())
    try:
        passages = {one.id: tuple(locate(one.id, part, known) for part in one.evidence) for one in questions}
    except EvidenceError as error:
        raise BenchmarkError(str(error)) from None
    first = {one.id: known[one.evidence[0].document].metadata for one in questions if one.evidence}
    return Benchmark(questions, passages, {name: _kind(facts) for name, facts in first.items()}, data_sha256)


def read(path: Path, sha256: str) -> tuple[Question, ...]:
    """The questions of a file whose hash must be `sha256`."""
    content = _bytes(path)
    found = hashlib.sha256(content).hexdigest()
    if found != sha256:
        raise BenchmarkError(
            f"{path} has the SHA-256 {found}, and settings.toml asks for {sha256}: the questions have changed, so "
            "new numbers cannot be compared with old ones. Restore the file, or put its hash under "
            "[evaluation] sha256 and evaluate again"
        )
    questions = tuple(_question(path, number, line) for number, line in enumerate(content.splitlines(), 1) if line)
    ids = [one.id for one in questions]
    if repeated := next((name for name in ids if ids.count(name) > 1), None):
        raise BenchmarkError(f"{path}: two questions are called {repeated!r}")
    for split in ("dev", "test"):
        if {one.answerable for one in questions if one.split == split} != {True, False}:
            raise BenchmarkError(f"{path}: the {split} split needs answerable and unanswerable questions")
    return questions


def check_data(folder: Path, corpus: Path, documents: Iterable[Document]) -> str:
    """The SHA-256 of `SHA256SUMS`, if it describes the files and the indexed documents.

    Args:
        folder: where `SHA256SUMS` is.
        corpus: where the documents' files are.
        documents: those of the index.

    Raises:
        BenchmarkError: a file differs or is missing, the index holds other documents, or the list cannot be read.
    """
    sums = folder / SUMS
    content = _bytes(sums)
    wanted = {}
    for digest, name in listed(content, sums):
        if hashlib.sha256(_bytes(folder / name)).hexdigest() != digest:
            raise BenchmarkError(
                f"{folder / name} is not the file that {sums} lists: restore it, or, if the change is meant, "
                "list it with its new hash"
            )
        if (folder / name).resolve().is_relative_to(corpus.resolve()):
            wanted[digest] = name
    indexed = {one.digest: one.id for one in documents}
    for digest in sorted(indexed.keys() - wanted.keys(), key=lambda one: indexed[one]):
        raise BenchmarkError(
            f"the index holds {indexed[digest]!r}, which {sums} does not list: remove an upload on the page or with "
            "DELETE /documents, then run `make ingest`"
        )
    for digest in sorted(wanted.keys() - indexed.keys(), key=lambda one: wanted[one]):
        raise BenchmarkError(f"the index lacks {wanted[digest]}; run `make ingest`")
    return hashlib.sha256(content).hexdigest()


def listed(content: bytes, path: Path) -> list[tuple[str, str]]:
    """Digest and name of each line in the format of sha256sum."""
    try:
        lines = content.decode("utf-8").splitlines()
    except UnicodeDecodeError:
        raise BenchmarkError(f"{path} is not UTF-8 text") from None
    found = [(line[:64], line[66:]) for line in lines if line.strip()]
    if not found or not all(name for _, name in found):
        raise BenchmarkError(f"{path} is not a list as sha256sum writes it")
    return found


def _question(path: Path, number: int, line: bytes) -> Question:
    try:
        return Question.model_validate_json(line)
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(map(str, first["loc"]))
        raise BenchmarkError(f"{path}:{number}: {where + ': ' if where else ''}{first['msg']}") from None


def _bytes(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise BenchmarkError(f"{path} cannot be read: {error.strerror}") from None


def _kind(metadata: Metadata) -> str:
    return metadata.get("kind", "other")
