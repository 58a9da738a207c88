"""From a question to passages to an answer. The command line, the service and the evaluation all use this."""

import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from ..errors import QuestionError
from ..hits import Hit
from ..retrieval.search import Retriever
from ..settings import Settings
from ..stores.base import Index, Where
from .base import Answer, Answerer

INVALID = re.compile("[\x00-\x08\x0e-\x1b\x7f-\x84\x86-\x9f\ud800-\udfff]")  # control and half characters


@dataclass(frozen=True, slots=True)
class Assistant:
    """Searches and answers over one index. Safe to use from several threads."""

    index: Index
    retriever: Retriever
    answerer: Answerer
    settings: Settings

    def search(self, question: str, where: Where | None = None, k: int | None = None) -> list[Hit]:
        """The best passages, at most `k` of them (`top_k` of the settings if None).

        Raises:
            QuestionError: the question is no question, or the filter names what no document has.
            Unavailable: the database does not answer.
        """
        return self.retriever.search(checked(question, self.settings.limits.question_characters), where, k)

    def stream(self, question: str, where: Where | None = None) -> Iterator[str | Answer]:
        """Pieces of the answer's text as they arrive, then, last, the whole answer.

        The passages are found before this returns, so that bad questions fail here and not in mid-stream.

        Raises:
            QuestionError: the question is no question, or the filter names what no document has.
            Unavailable: the database does not answer, or, while the pieces are read, the model server does not.
        """
        question = checked(question, self.settings.limits.question_characters)
        return self.answerer.stream(question, self.retriever.search(question, where))

    def ask(self, question: str, where: Where | None = None) -> Answer:
        """The whole answer; raises as `stream` does."""
        return next(item for item in self.stream(question, where) if isinstance(item, Answer))


def checked(question: str, limit: int) -> str:
    """The question in Unicode's composed form, with single spaces.

    Raises:
        QuestionError: it has no words, more than `limit` characters, or characters that no text has.
    """
    if len(question) > limit:
        raise QuestionError(f"the question has {len(question)} characters; at most {limit} are read")
    if invalid := INVALID.search(question):
        raise QuestionError(f"the question has an invalid character: U+{ord(invalid[0]):04X}")
    question = " ".join(unicodedata.normalize("NFC", question).split())
    if not any(one.isalnum() for one in question):
        raise QuestionError("the question is empty: ask in words")
    return question


def place(title: str, section: Sequence[str]) -> str:
    """Where a passage stands, such as "Title > Section > Subsection"; each heading once."""
    return " > ".join(dict.fromkeys((title, *section)))
