"""A list of questions about documents -> a benchmark: each question with the words that answer it.

Nothing is guessed. A quotation counts wherever it stands. Without one, the words of an answer have to stand in one
place only. What is placed nowhere, or cannot be told apart, is listed and left out.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath
from typing import Any

from scaffolder.adopt import reading
from scaffolder.adopt.kind import AdoptionError
from scaffolder.adopt.texts import quotations
from scaffolder.adopt.texts.folder import Listing
from scaffolder.errors import shown

COLUMNS = ("question", "answer", "type", "document", "quote")
MOST_QUESTIONS = 2_000
MOST_CHARACTERS = 1_000  # of a cell
DEV = 0.4  # of the answerable questions, and of the unanswerable ones: the part to choose settings on


class _RowError(Exception):
    """A row that is left out; the message says why."""


@dataclass
class Benchmark:
    """The questions as the project keeps them, one JSON object each; `problems` say why rows of the list are left out.

    `open` counts questions that the project places when it has read what is not read here.
    """

    questions: list[dict[str, Any]] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)
    ignored: tuple[str, ...] = ()
    open: int = 0

    @property
    def data(self) -> bytes:
        """The file of the questions."""
        return "".join(json.dumps(one, ensure_ascii=False) + "\n" for one in self.questions).encode()

    def count(self, **wanted: object) -> int:
        """How many questions have these values; `answerable` is one, too."""
        counted = ({**one, "answerable": bool(one["evidence"])} for one in self.questions)
        return sum(all(one[key] == value for key, value in wanted.items()) for one in counted)


def read(path: Path, documents: Listing) -> Benchmark:
    """Read the list in a text table.

    Raises:
        AdoptionError: it is no table, lacks a column, or is too long.
    """
    table = reading.read(path)
    names = [name.casefold() for name in table.names]
    for name in COLUMNS[:2]:
        if name not in names:
            raise AdoptionError(
                f"{shown(path, 200)} has no column '{name}': its first row names {', '.join(map(shown, table.names))}. "
                f"Columns may be {', '.join(COLUMNS)}."
            )
    if table.count > MOST_QUESTIONS:
        raise AdoptionError(f"{shown(path, 200)} has more than {MOST_QUESTIONS:,} rows: make it shorter.")
    benchmark = Benchmark(ignored=tuple(name for name in table.names if name.casefold() not in COLUMNS))
    known = set[str]()
    for number, cells in table.rows():
        row = dict.fromkeys(COLUMNS, "") | dict(zip(names, cells, strict=True))
        row["question"] = " ".join(row["question"].split())
        try:
            _add(benchmark, row, known, documents)
        except _RowError as error:
            benchmark.problems.append(f"row {number}, {shown(row['question'])}: {error}")
    return benchmark


def _add(benchmark: Benchmark, row: Mapping[str, str], known: set[str], documents: Listing) -> None:
    """Add a question to one of the two parts; raises `_RowError` if nothing says which words of documents answer it."""
    question, answer, kind, document, quote = (row[name] for name in COLUMNS)
    answers = list(dict.fromkeys(filter(None, map(str.strip, answer.split("|")))))
    if max(len(row[name]) for name in COLUMNS) > MOST_CHARACTERS:
        raise _RowError(f"a cell has more than {MOST_CHARACTERS:,} characters")
    if not question:
        raise _RowError("the question is empty")
    if not (question.isprintable() and any(map(str.isalnum, question))):
        raise _RowError(f"the question {shown(question)} has no words, or signs that do not print")
    if question.casefold() in known:
        raise _RowError(f"the question {shown(question)} is there already")
    if (answer or quote or document) and not answers:
        raise _RowError(f"the question {shown(question)} has a document, a quote or a |, but no answer")
    evidence = []
    if answers:
        place, is_open = _evidence(documents, answers, _path(documents, document), quote)
        evidence, benchmark.open = [place], benchmark.open + is_open
    part = [one["split"] for one in benchmark.questions if bool(one["evidence"]) == bool(evidence)]
    known.add(question.casefold())
    benchmark.questions.append(
        {
            "id": f"q{len(benchmark.questions) + 1:03}",
            "split": "dev" if part.count("dev") < round(DEV * (len(part) + 1)) else "test",
            "type": kind or ("general" if evidence else "unanswerable"),
            "question": question,
            "evidence": evidence,
            "answers": answers,
        }
    )


def _path(documents: Listing, wanted: str) -> str:
    """The path of the document that the list means by a path, a name or an id; "" if it names none."""
    forms = {path: {path, PurePosixPath(path).name, identity} for path, identity in documents.ids.items()}
    paths = [wanted] if wanted in {"", *forms} else [path for path, names in forms.items() if wanted in names]
    if len(paths) == 1:
        return paths[0]
    counted = f"{len(paths):,} documents" if paths else "no document"
    raise _RowError(f"{shown(wanted)} is the name of {counted}: give its path")


def _evidence(documents: Listing, answers: Sequence[str], document: str, quote: str) -> tuple[dict[str, Any], bool]:
    """The words that answer a question, with their document ("" for any), and whether they stand in nothing read here.

    They are looked for in one `document`, or in all.
    """
    texts = {document: documents.texts.get(document, "")} if document else documents.texts
    unread = document not in documents.texts if document else documents.texts.keys() != documents.files.keys()
    counts = {words: quotations.count(words, texts) for words in ([quote] if quote else answers)}
    once = [words for words in counts if quote or sum(counts[words].values()) == 1]
    if often := [words for words in counts if not once and counts[words]]:
        times = sum(counts[often[0]].values())
        raise _RowError(f"{shown(often[0])} stands in {times:,} places: give a quote, or more words")
    words = (once or answers)[0]
    if not (counts[words] or unread):
        raise _RowError(f"{shown(words)} does not stand in {shown(document) if document else 'the documents'}")
    named = document if quote or unread else next(iter(counts[words]))
    evidence = {"document": documents.ids.get(named, ""), "quote": words}
    return evidence if quote else {**evidence, "unique": True}, not counts[words]
