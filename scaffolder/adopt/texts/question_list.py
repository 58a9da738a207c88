"""A list of questions about documents -> a benchmark: each question with the words that answer it.

Nothing is guessed. A quotation counts wherever it stands. Without one, the words of an answer have to stand in one
place only. What is placed nowhere, or cannot be told apart, is listed and left out.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
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
    rows: int = 0
    open: int = 0

    @property
    def data(self) -> bytes:
        """The file of the questions."""
        return "".join(json.dumps(one, ensure_ascii=False) + "\n" for one in self.questions).encode()

    @property
    def unlike(self) -> list[str]:
        """The questions whose answer is not in the words of the quotation that the list gives."""
        return [
            one["question"]
            for one in self.questions
            for part in one["evidence"]
            if "unique" not in part
            and not any(quotations.count(answer, {"": part["quote"]}) for answer in one["answers"])
        ]

    def count(self, **wanted: object) -> int:
        """How many questions have these values; `answerable` is one, too."""
        found = ({**one, "answerable": bool(one["evidence"])} for one in self.questions)
        return sum(all(one[key] == value for key, value in wanted.items()) for one in found)


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
    found = Benchmark(rows=table.count, ignored=tuple(name for name in table.names if name.casefold() not in COLUMNS))
    writer = _Writer(found, _Places(documents))
    for number, cells in table.rows():
        row = dict(zip(names, cells, strict=True))
        try:
            writer.add(*(row.get(name, "") for name in COLUMNS))
        except _RowError as error:
            question = shown(" ".join(row["question"].split()))
            found.problems.append(f"row {number}, {question}: {error}")
    return found


class _Places:
    """Where words stand in the documents that are read here."""

    def __init__(self, documents: Listing) -> None:
        self.documents = documents
        self.unread = documents.files.keys() - documents.texts.keys()

    def count(self, words: str, document: str) -> dict[str, int]:
        """How often the words stand in each text, or in one `document`."""
        texts = self.documents.texts
        return quotations.count(words, {name: texts[name] for name in texts if document in ("", name)})

    def document(self, wanted: str) -> str:
        """The file that the list means by a path, a name or an id; "" if it names none."""
        if not wanted:
            return ""
        forms = {name: {name, PurePosixPath(name).name, identity} for name, identity in self.documents.ids.items()}
        found = [name for name in forms if name == wanted] or [name for name, one in forms.items() if wanted in one]
        if len(found) != 1:
            raise _RowError(f"{shown(wanted)} is the name of {_documents(len(found))}: give its path")
        return found[0]


class _Writer:
    """Adds questions to a benchmark, each to one of its two parts."""

    def __init__(self, benchmark: Benchmark, places: _Places) -> None:
        self.benchmark, self.places = benchmark, places
        self.known = set[str]()

    def add(self, question: str, answer: str, kind: str, document: str, quote: str) -> None:
        """Add a question; raises `_RowError` if nothing says which words of the documents answer it."""
        question = " ".join(question.split())
        answers = list(dict.fromkeys(filter(None, map(str.strip, answer.split("|")))))
        if max(map(len, (question, answer, kind, document, quote))) > MOST_CHARACTERS:
            raise _RowError(f"a cell has more than {MOST_CHARACTERS:,} characters")
        self._check(question, answers, answer or quote or document)
        evidence = [self._evidence(answers, self.places.document(document), quote)] if answers else []
        part = [one["split"] for one in self.benchmark.questions if bool(one["evidence"]) == bool(evidence)]
        self.known.add(question.casefold())
        self.benchmark.questions.append(
            {
                "id": f"q{len(self.benchmark.questions) + 1:03}",
                "split": "dev" if part.count("dev") < round(DEV * (len(part) + 1)) else "test",
                "type": kind or ("general" if evidence else "unanswerable"),
                "question": question,
                "evidence": evidence,
                "answers": answers,
            }
        )

    def _check(self, question: str, answers: Sequence[str], given: str) -> None:
        if not question:
            raise _RowError("the question is empty")
        if not (question.isprintable() and any(map(str.isalnum, question))):
            raise _RowError(f"the question {shown(question)} has no words, or signs that do not print")
        if question.casefold() in self.known:
            raise _RowError(f"the question {shown(question)} is there already")
        if given and not answers:
            raise _RowError(f"the question {shown(question)} has a document, a quote or a |, but no answer")

    def _evidence(self, answers: Sequence[str], document: str, quote: str) -> dict[str, Any]:
        """The words that answer a question, and the document in which they are looked for ("" for all)."""
        unread = document in self.places.unread if document else bool(self.places.unread)
        where = self.places.documents.ids.get(document, "")
        if quote:
            self._need(quote, document, unread)
            return {"document": where, "quote": quote}
        counts = {one: self.places.count(one, document) for one in answers}
        once = [one for one in answers if sum(counts[one].values()) == 1]
        often = [one for one in answers if sum(counts[one].values()) > 1]
        if often and not once:
            times = sum(counts[often[0]].values())
            raise _RowError(f"{shown(often[0])} stands in {times:,} places: give a quote, or more words")
        words = (once or answers)[0]
        if not once:
            self._need(words, document, unread)
        elif not unread:
            where = self.places.documents.ids[next(iter(counts[words]))]
        return {"document": where, "quote": words, "unique": True}

    def _need(self, words: str, document: str, unread: bool) -> None:
        """Raise `_RowError` if the words stand nowhere; they may stand in what is not read here."""
        if self.places.count(words, document):
            return
        if not unread:
            raise _RowError(f"{shown(words)} does not stand in {shown(document) if document else 'the documents'}")
        self.benchmark.open += 1


def _documents(count: int) -> str:
    return "no document" if not count else f"{count:,} documents"
