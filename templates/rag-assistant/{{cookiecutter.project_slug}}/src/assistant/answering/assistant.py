"""From a question to passages to an answer. The command line, the service and the evaluation all use this."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator

from ..embedding.base import Embedder
from ..errors import QuestionError
from ..hits import Hit, Where
from ..retrieval.search import Retriever
from ..settings import Settings
from ..stores.base import Store
from .base import Answer, Answerer


class Assistant:
    """Searches and answers over one index. Safe to use from several threads."""

    def __init__(
        self, store: Store, embedder: Embedder, retriever: Retriever, answerer: Answerer, settings: Settings
    ) -> None:
        self.store = store
        self.embedder = embedder
        self.retriever = retriever
        self.answerer = answerer
        self.settings = settings

    def search(self, question: str, where: Where | None = None, k: int | None = None) -> list[Hit]:
        """The best passages, at most `k` of them (`top_k` of the settings if None).

        Raises:
            QuestionError: the question is no question, or the filter names what no document has.
            Unavailable: the database or a model server does not answer.
        """
        return self.retriever.search(checked(question, self.settings.limits.question_characters), where, k)

    def stream(self, question: str, where: Where | None = None) -> Iterator[str | Answer]:
        """Pieces of the answer's text as they arrive, then, last, the whole answer.

        The passages are found before this returns, so that bad questions fail here and not in mid-stream.

        Raises:
            QuestionError: the question is no question, or the filter names what no document has.
            Unavailable: the database or a model server does not answer, also while the pieces are read.
        """
        question = checked(question, self.settings.limits.question_characters)
        return self.answerer.stream(question, self.retriever.search(question, where))

    def ask(self, question: str, where: Where | None = None) -> Answer:
        """The whole answer; raises as `stream` does."""
        *_, answer = self.stream(question, where)
        if not isinstance(answer, Answer):
            raise TypeError(f"{type(self.answerer).__name__} ended with {type(answer).__name__} instead of an answer")
        return answer


def checked(question: str, limit: int) -> str:
    """The question in Unicode's composed form, with single spaces.

    Raises:
        QuestionError: it has no words, more than `limit` characters, or characters that no text has.
    """
    if len(question) > limit:
        raise QuestionError(f"the question has {len(question)} characters; at most {limit} are read")
    broken = next((one for one in question if _unreadable(one)), None)
    if broken is not None:
        raise QuestionError(f"the question has an invalid character: U+{ord(broken):04X}")
    question = " ".join(unicodedata.normalize("NFC", question).split())
    if not any(one.isalnum() for one in question):
        raise QuestionError("the question is empty: ask in words")
    return question


def _unreadable(character: str) -> bool:
    return unicodedata.category(character) in {"Cc", "Cs"} and not character.isspace()
