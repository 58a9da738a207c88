"""The benchmark: questions, and the passages that answer them."""

import hashlib
import os
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Literal, Self

from pydantic import BaseModel, Field, ValidationError, model_validator

from ..errors import AssistantError
from ..ingestion.folder import list_files, read_files
from ..ingestion.ingest import is_upload
from ..ingestion.readers import READERS, shown
from ..passages import Document
from ..reporting.metrics import write_text
from ..settings import Settings
from .evidence import Evidence, EvidenceError, Passage, locate

LEAST = 20  # questions; of fewer, no score means anything
TO_FIT = (20, 10)  # answerable and unanswerable dev questions; of fewer, no threshold is chosen
UPLOADED = (
    "delete what was uploaded, on the page of `make serve` or with DELETE /documents/ID (to measure it, too, put its "
    "file into {}); then "
)
SUMS = "SHA256SUMS"  # beside the benchmark; of it and of every document

Text = Annotated[str, Field(min_length=1)]
Split = Literal["dev", "test"]


class BenchmarkError(AssistantError):
    """The benchmark, or the data it was written for, cannot be used; the message names every problem."""


class Question(BaseModel, extra="forbid", frozen=True):
    """One question; without evidence the documents do not answer it."""

    id: Text
    split: Split
    type: Text = "general"  # a group that is measured on its own, too
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
    """The questions, the places of each one's evidence, and the hash of everything they rest on."""

    questions: tuple[Question, ...]
    passages: Mapping[str, Sequence[Sequence[Passage]]]  # by question id: all places of each piece of evidence
    unplaced: Sequence[str]  # why further questions cannot be asked
    kinds: Mapping[str, str]  # by question id: the `kind` of its first document, if it has one
    data_sha256: str  # of `SHA256SUMS`

    def split(self, name: Split) -> list[Question]:
        return [one for one in self.questions if one.split == name]


def read(path: Path) -> tuple[Question, ...]:
    """The questions of a file, one JSON object a line; it may be empty.

    Raises:
        BenchmarkError: it is missing, lines do not follow the format, questions share an id, or a question is in both
            splits; all of them are named.
    """
    if not path.exists():
        raise BenchmarkError(f"{path} does not exist; get it back from Git, or begin a new one with an empty file")
    found, problems = [], []
    for number, line in enumerate(path.read_bytes().splitlines(), 1):
        try:
            found += [Question.model_validate_json(line)] if line.strip() else []
        except ValidationError as error:
            first = error.errors()[0]
            where = "".join(f"{part}: " for part in first["loc"])
            problems.append(f"line {number}: {where}{first['msg']}")
    counts = Counter(one.id for one in found).items()
    problems += [f"{count} questions are called {name!r}" for name, count in counts if count > 1]
    asked = [(one, " ".join(one.question.casefold().rstrip(" ?!.").split())) for one in found]
    dev, test = ({text: one.id for one, text in asked if one.split == split} for split in ("dev", "test"))
    problems += [f"{dev[one]!r} in dev and {test[one]!r} in test are the same question" for one in dev if one in test]
    _refuse(problems, f"{path} cannot be used", "correct these lines")
    return tuple(found)


def load(settings: Settings, documents: Iterable[Document]) -> Benchmark:
    """Read the questions and find their evidence in `documents`, those of the index, with their digests.

    Raises:
        BenchmarkError: lines break the format, or `SHA256SUMS` does not describe the files or the index. The message
            names every problem and what to run.
        DocumentError: the corpus folder has no files.
    """
    path = Path(settings.evaluation.benchmark)
    questions, known = read(path), {one.id: one for one in documents}
    sums = path.parent / SUMS
    listed = sums.read_text(encoding="utf-8", errors="replace") if sums.exists() else ""
    found = sums_of(settings, path.read_bytes())
    changed = {line[66:] for line in {*listed.splitlines()} ^ {*found.splitlines()}}
    files = {line[:64] for line in found.splitlines()}
    fileless = [one.id for one in known.values() if is_upload(one.id) or one.digest not in files]
    listing, indexed = list_files(Path(settings.corpus.folder)), {one.id: one.digest for one in known.values()}
    _refuse(
        [f"{name} is not as it is listed" for name in sorted(changed)]
        + [f"{shown(name)} is not in the index" for name, _, _ in read_files(listing, settings, indexed)]
        + [f"{name} is in the index, and no file" for name in fileless],
        f"the data are not those that {sums} lists",
        (UPLOADED.format(settings.corpus.folder) if any(map(is_upload, fileless)) else "")
        + "`make ingest` indexes the files of the folder; `make benchmark` writes the hashes anew",
    )
    passages, unplaced = place(questions, known)
    kinds = {name: known[each[0][0].document].metadata.get("kind", "") for name, each in passages.items() if each}
    fitting = tuple(one for one in questions if one.id in passages)
    return Benchmark(fitting, passages, unplaced, kinds, hashlib.sha256(found.encode()).hexdigest())


def place(
    questions: Iterable[Question], documents: Mapping[str, Document]
) -> tuple[dict[str, list[tuple[Passage, ...]]], list[str]]:
    """All places of each piece of evidence, by the question's id, and why other questions have none."""
    passages, unplaced = dict[str, list[tuple[Passage, ...]]](), list[str]()
    for one in questions:
        try:
            passages[one.id] = [locate(one.id, part, documents) for part in one.evidence]
        except EvidenceError as error:
            unplaced.append(str(error))
    return passages, unplaced


def unfitted(questions: Iterable[Question]) -> str:
    """Why the threshold for refusals cannot be fitted to the dev questions, in a sentence; "" if it can."""
    dev = Counter(one.answerable for one in questions if one.split == "dev")
    if dev[True] >= TO_FIT[0] and dev[False] >= TO_FIT[1]:
        return ""
    return (
        f"The threshold for refusals is not fitted to these documents: that takes {TO_FIT[0]} answerable and "
        f"{TO_FIT[1]} unanswerable dev questions, and there are {dev[True]} and {dev[False]}."
    )


def seal(settings: Settings, documents: Iterable[Document]) -> list[str]:
    """Write `SHA256SUMS` of the questions and of every file that ingestion reads; returns why questions do not fit.

    Raises:
        BenchmarkError: the questions cannot be read.
        DocumentError: the corpus folder has no files.
        OSError: a file cannot be read or written.
    """
    path = Path(settings.evaluation.benchmark)
    questions = read(path)
    write_text(path.parent / SUMS, sums_of(settings, path.read_bytes()))
    return place(questions, {one.id: one for one in documents})[1]


def sums_of(settings: Settings, questions: bytes) -> str:
    """What `SHA256SUMS` has to say: the SHA-256 of the benchmark and of every file that ingestion reads, by path."""
    path = Path(settings.evaluation.benchmark)
    folder = path.parent.resolve()
    files = list_files(Path(settings.corpus.folder)).files.values()
    found = {one: one.read_bytes() for one in files if one.suffix.lower() in READERS} | {folder / path.name: questions}
    digests = {os.path.relpath(one, folder): hashlib.sha256(content).hexdigest() for one, content in found.items()}
    return "".join(f"{digest}  {Path(name).as_posix()}\n" for name, digest in sorted(digests.items()))


def _refuse(found: Sequence[str], what: str, then: str) -> None:
    if found:
        raise BenchmarkError("\n".join([f"{what}:", *(f"  {one}" for one in found), f"What to do: {then}."]))
