"""The benchmark while it is being written, and questions for it from a CSV file."""

import csv
from collections.abc import Iterable, Sequence
from io import StringIO
from itertools import count
from pathlib import Path

from ..answering.assistant import checked
from ..documents.text import DocumentError, clean, decode
from ..errors import AssistantError, QuestionError
from ..evaluation.benchmark import LEAST, BenchmarkError, Question, read
from ..evaluation.evidence import Evidence
from ..passages import Document, Span
from ..settings import Settings
from .matching import Place, evidence_at, find, nearest, quoted

DEV = 0.4  # of the answerable questions, and of the unanswerable ones
KNOWN = ("question", "answer", "type")  # columns
FORM = (
    "these columns are known: question, answer (words of the documents; several right answers with | in "
    "between; empty if the documents do not answer it) and, if you like, type"
)


class Book:
    """The questions, in their order, and the documents that they ask about."""

    def __init__(self, settings: Settings, documents: Iterable[Document]) -> None:
        self.settings = settings
        self.everywhere = [(one, Span(0, len(one.text))) for one in documents]
        self.questions = list(read(Path(settings.evaluation.benchmark)))
        self.added: list[str] = []  # what `add` returned

    def __str__(self) -> str:
        return (
            f"Questions: {len(self.questions)}, {sum(not one.answerable for one in self.questions)} of them "
            f"unanswerable, which only a person can check; make demo measures {LEAST} and more."
        )

    def fit(self) -> dict[Question, str]:
        """Quote the documents as they are now, and take out the questions that do not fit, each with the reason."""
        before, self.questions, misfits = self.questions, [], dict[Question, str]()
        for question in before:
            try:
                evidence = tuple(map(self._fitted, question.evidence))
                self.questions.append(question.model_copy(update={"evidence": evidence}))
            except BenchmarkError as error:
                misfits[question] = str(error)
        return misfits

    def _fitted(self, evidence: Evidence) -> Evidence:
        own = [one for one in self.everywhere if one[0].id == evidence.document]
        if any(document.text.count(evidence.quote) == 1 for document, _ in own):
            return evidence
        places = find(evidence.quote, own) or find(evidence.quote, self.everywhere)
        if len(places) != 1:
            raise BenchmarkError(f"{len(places) or 'no'} places in the documents have {quoted(evidence.quote)}")
        return evidence_at(*places[0])

    def knows(self, question: str) -> bool:
        """Whether it has this question, whatever its case and spaces."""
        return " ".join(question.split()).casefold() in (one.question.casefold() for one in self.questions)

    def accepted(self, question: str) -> str:
        """The question with single spaces.

        Raises:
            QuestionError: it is empty, too long, or there already.
        """
        if self.knows(question):
            raise QuestionError("this question is already there")
        return checked(question, self.settings.limits.question_characters)

    def add(self, question: str, answer: str, where: Sequence[Place], kind: str = "") -> str:
        """Add a question, to dev as long as fewer than 40% of its kind are there; returns its id, split and quotations.

        Args:
            question: its words.
            answer: right answers with `|` in between.
            where: the places in which to look for them; none if the documents do not answer the question.
            kind: its type, if it is not the usual one.

        Raises:
            QuestionError: the question cannot be accepted.
            BenchmarkError: an answer is not there, or its sentence cannot be told from others.
        """
        question = self.accepted(question)
        answers = [one for one in answer.split("|") if one.strip()] or [answer]
        places = [nearest(one, question, where) for one in answers if where]
        ids = {one.id for one in self.questions}
        group = [one.split for one in self.questions if one.answerable == bool(places)]
        split = "dev" if group.count("dev") < round(DEV * (len(group) + 1)) else "test"
        fields = {
            "id": next(name for number in count(len(ids) + 1) if (name := f"q{number:03}") not in ids),
            "split": split,
            "type": kind or ("general" if places else "unanswerable"),
            "question": question,
            "evidence": list(dict.fromkeys(evidence_at(*place) for place in places)),
            "answers": list(dict.fromkeys(document.text[span.start : span.end] for document, span in places)),
        }
        self.questions.append(Question.model_validate(fields))
        quotes = " and ".join(quoted(one.quote) for one in self.questions[-1].evidence)
        self.added.append(f"{self.questions[-1].id} ({split}): {quotes or 'no answer'}")
        return self.added[-1]

    def take_back(self) -> str:
        """Take out the question that was added last, if one was, and say so."""
        self.questions = self.questions[: len(self.questions) - bool(self.added)]
        return f"Taken back: {self.added.pop()}" if self.added else "No question was added since the start."


def add_rows(book: Book, path: Path) -> str:
    """Add the questions of a file to the book; returns in words what was done.

    Raises:
        BenchmarkError: the message names every problem; the book must not be saved.
        OSError: the file cannot be read.
    """
    try:
        text = clean(decode(path.read_bytes()))
    except DocumentError as error:
        raise BenchmarkError(f"{path} {error}") from None
    rows = csv.reader(StringIO(text), delimiter=max(",;\t", key=text.partition("\n")[0].count), strict=True)
    problems = list[str]()
    try:
        columns = [name.strip().casefold() for name in next(rows, [])]
        if missing := [name for name in KNOWN[:2] if name not in columns]:
            raise BenchmarkError(
                f"{path} has no column {' and no column '.join(missing)}: its first line, which names the columns, has "
                f"{quoted(', '.join(columns))}; {FORM}"
            )
        for cells in rows:
            try:
                _add_row(book, columns, cells)
            except AssistantError as error:
                problems.append(f"line {rows.line_num}: {error}")
    except csv.Error as error:
        problems.append(f"line {rows.line_num}: this is no CSV ({error}); nothing was read from here on")
    if problems:
        raise BenchmarkError("\n  ".join([f"{path}: nothing was added", *problems]))
    ignored = ", ".join(name for name in columns if name not in KNOWN)
    told = f"Questions added: {len(book.added)}; those that were already there are not added again."
    return "\n  ".join([told + f" Columns that nothing reads: {ignored}." * bool(ignored), *book.added])


def _add_row(book: Book, columns: list[str], cells: list[str]) -> None:
    if len(cells) > len(columns):
        raise BenchmarkError("there are more cells than columns; put a cell with the delimiter in quotation marks")
    row = dict(zip(columns, map(str.strip, cells), strict=False))
    question, answer, kind = (row.get(name, "") for name in KNOWN)
    if any(row.values()) and not book.knows(question):
        book.add(question, answer, book.everywhere if answer else [], kind)
